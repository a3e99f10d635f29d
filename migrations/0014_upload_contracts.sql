-- Contracts that came with uploads: each is held against the files that name it. `id` is the SHA-256 of `contract`, which is JSON as
-- in source_contracts. Whatever has not been named for a week goes.
create table upload_contracts (
    project_id text   not null references projects (id) on delete cascade,
    id         text   not null,
    contract   text   not null,
    used_us    bigint not null,
    primary key (project_id, id)
);
create index upload_contracts_by_use on upload_contracts (used_us);
