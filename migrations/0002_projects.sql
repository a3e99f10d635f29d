-- `deleted_us` hides a project at once; its files, documents and rows go afterwards, if need be at the next start.
create table projects (
    id          text   not null primary key,
    owner_id    text   not null references users (id) on delete cascade,
    slug        text   not null,
    title       text   not null,
    description text   not null,
    created_us  bigint not null,
    deleted_us  bigint
);
create unique index projects_by_slug on projects (owner_id, slug) where deleted_us is null;
create index projects_deleted on projects (deleted_us) where deleted_us is not null;

-- The owner is a member too, with the role `owner`.
create table members (
    project_id text   not null references projects (id) on delete cascade,
    user_id    text   not null references users (id) on delete cascade,
    role       text   not null,
    created_us bigint not null,
    primary key (project_id, user_id)
);
create index members_by_user on members (user_id);

-- `scopes` are words parted by commas; `last_used_us` is kept to the minute.
create table api_tokens (
    id           text   not null primary key,
    user_id      text   not null references users (id) on delete cascade,
    name         text   not null,
    hash         text   not null unique,
    scopes       text   not null,
    project_id   text   references projects (id) on delete cascade,
    created_us   bigint not null,
    expires_us   bigint,
    last_used_us bigint
);
create index api_tokens_by_user on api_tokens (user_id);
create index api_tokens_by_project on api_tokens (project_id);
