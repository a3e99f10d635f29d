-- Links to one canvas for those who have not signed in. A link ends with its canvas; `hash` is of its secret, and
-- `last_used_us` is kept to the minute.
create table shares (
    id           text   not null primary key,
    canvas_id    text   not null references canvases (id) on delete cascade,
    name         text   not null,
    hash         text   not null unique,
    created_by   text   not null,
    created_us   bigint not null,
    expires_us   bigint,
    paused_us    bigint,
    last_used_us bigint
);
create index shares_by_canvas on shares (canvas_id);
