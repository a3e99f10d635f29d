-- What the files of a source have to be: each upload is held against it, whoever sends it and in whatever way. It may be there
-- before the source is. `contract` is JSON: a Table Schema, and what becomes of columns that it does not have.
create table source_contracts (
    project_id text   not null references projects (id) on delete cascade,
    source     text   not null,
    contract   text   not null,
    set_by     text   not null,
    set_us     bigint not null,
    primary key (project_id, source)
);
