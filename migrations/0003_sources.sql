-- A source is visible once it has a current version. `settings` is JSON.
create table data_sources (
    id              text   not null primary key,
    project_id      text   not null references projects (id) on delete cascade,
    name            text   not null,
    current_version bigint not null,
    settings        text   not null,
    created_us      bigint not null,
    deleted_us      bigint
);
create unique index data_sources_by_name on data_sources (project_id, name) where deleted_us is null;
create index data_sources_deleted on data_sources (deleted_us) where deleted_us is not null;

-- A version never changes. `columns` is JSON. The same bytes read with other settings give another Parquet file, so
-- a file is known by sha256 and settings_fingerprint together.
create table source_versions (
    source_id            text   not null references data_sources (id) on delete cascade,
    version              bigint not null,
    sha256               text   not null,
    settings_fingerprint text   not null,
    size_bytes           bigint not null,
    rows                 bigint not null,
    rejected_rows        bigint not null,
    columns              text   not null,
    delimiter            text   not null,
    encoding             text   not null,
    created_by           text   not null,
    created_us           bigint not null,
    note                 text   not null,
    primary key (source_id, version)
);
create index source_versions_by_sha256 on source_versions (sha256);
