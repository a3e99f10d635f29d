-- One set for SQLite and PostgreSQL: text, bigint and double precision only. Ids are UUIDv7 as text; columns that end
-- in _us are microseconds since 1970 in UTC.

create table users (
    id            text   not null primary key,
    username      text   not null unique,
    password_hash text   not null,
    created_us    bigint not null
);

-- A sign-in begins a family; each refresh spends one token and adds the next. A spent one that comes again revokes
-- the family.
create table refresh_tokens (
    hash       text   not null primary key,
    family     text   not null,
    user_id    text   not null references users (id) on delete cascade,
    created_us bigint not null,
    expires_us bigint not null,
    used_us    bigint,
    revoked_us bigint
);
create index refresh_tokens_by_family on refresh_tokens (family);
create index refresh_tokens_by_user on refresh_tokens (user_id);

-- Answers to POSTs that carried an Idempotency-Key. `status` is null while the first request is still at work; `headers`
-- is a JSON object; `body` is null when it held a secret.
create table idempotent_answers (
    user_id      text   not null references users (id) on delete cascade,
    key          text   not null,
    request_hash text   not null,
    status       bigint,
    headers      text,
    body         text,
    created_us   bigint not null,
    primary key (user_id, key)
);
create index idempotent_answers_by_age on idempotent_answers (created_us);
