-- A source is visible once it has a version: both come in one transaction. `settings` is JSON.
create table data_sources (
    id              text   not null primary key,
    project_id      text   not null references projects (id) on delete cascade,
    name            text   not null,
    current_version bigint not null,
    settings        text   not null,
    created_us      bigint not null,
    unique (project_id, name)
);

-- A version never changes. `id` names the folder of its files; `columns` and `settings` are JSON.
create table source_versions (
    id            text   not null primary key,
    source_id     text   not null references data_sources (id) on delete cascade,
    version       bigint not null,
    sha256        text   not null,
    settings      text   not null,
    size_bytes    bigint not null,
    rows          bigint not null,
    rejected_rows bigint not null,
    columns       text   not null,
    delimiter     text   not null,
    encoding      text   not null,
    created_by    text   not null,
    created_us    bigint not null,
    note          text   not null,
    unique (source_id, version)
);
