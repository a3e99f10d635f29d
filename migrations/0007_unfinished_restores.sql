-- While a row is here, a restore or a copy into these stores has not ended, and `impala serve` does not start on them. `id`
-- says which one, so that the same one may go on; `what` is for people.
create table unfinished_restores (
    id       text   not null primary key,
    what     text   not null,
    begun_us bigint not null
);
