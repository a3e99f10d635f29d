-- The row decides that a canvas exists and who may see it; what it shows is its document, wherever those are kept.
create table canvases (
    id         text   not null primary key,
    project_id text   not null references projects (id) on delete cascade,
    slug       text   not null,
    created_us bigint not null,
    unique (project_id, slug)
);

-- The documents of the SQL canvas store, every revision of them. No reference to `canvases`: documents come before
-- their row and go after it, as they do in any other store.
create table canvas_documents (
    canvas_id text   not null,
    revision  bigint not null,
    title     text   not null,
    blocks    bigint not null,
    document  text   not null,
    saved_by  text   not null,
    saved_us  bigint not null,
    note      text   not null,
    primary key (canvas_id, revision)
);
