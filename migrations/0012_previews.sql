-- Versions that only those see who ask for the preview. From `expires_us` on it is as if it were not there; the rows and the
-- files go a little later. `life_us` is what each upload to it prolongs it to.
create table previews (
    id         text   not null primary key,
    project_id text   not null references projects (id) on delete cascade,
    name       text   not null,
    life_us    bigint not null,
    created_by text   not null,
    created_us bigint not null,
    expires_us bigint not null,
    unique (project_id, name)
);
create index previews_by_expiry on previews (expires_us);

-- The newest version of a source is the one that a preview shows. `replaced_us` is when a newer one came: until it goes too,
-- whoever looks at it just now may go on.
create table preview_versions (
    id            text   not null primary key,
    preview_id    text   not null references previews (id) on delete cascade,
    source        text   not null,
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
    format        text   not null,
    appended      text   not null,
    replaced_us   bigint,
    unique (preview_id, source, version)
);
create index preview_versions_replaced on preview_versions (replaced_us) where replaced_us is not null;

-- SHA-256 of the file whose rows a version has more than the one before; empty for what was no append. The same file appended
-- once more, as by a job that is run again, is known by it.
alter table source_versions add column appended text not null default '';
