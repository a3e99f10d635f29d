-- Uploads that come in several requests. `state` is open (takes bytes), reading (all are there, and a server makes the
-- version until `lease_us`), done, refused, expired or ended. `metadata` is the header that it began with; `attempt` the
-- version that is being made; `outcome` is JSON.
create table resumable_uploads (
    id           text   not null primary key,
    project_id   text   not null references projects (id) on delete cascade,
    user_id      text   not null references users (id) on delete cascade,
    metadata     text   not null,
    length_bytes bigint not null,
    offset_bytes bigint not null,
    state        text   not null,
    attempt      text,
    lease_us     bigint,
    outcome      text,
    created_us   bigint not null,
    expires_us   bigint not null
);
create index resumable_uploads_by_user on resumable_uploads (user_id);
create index resumable_uploads_by_project on resumable_uploads (project_id);
create index resumable_uploads_by_expiry on resumable_uploads (expires_us);

-- The bytes that are stored, in pieces that never change. No two begin at the same byte, so that of two requests that bring
-- the same bytes one counts.
create table resumable_parts (
    upload_id    text   not null references resumable_uploads (id) on delete cascade,
    at_bytes     bigint not null,
    length_bytes bigint not null,
    name         text   not null,
    primary key (upload_id, at_bytes)
);
