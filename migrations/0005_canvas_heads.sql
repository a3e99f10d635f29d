-- One row a canvas of the SQL canvas store: its newest revision. Whoever saves or deletes changes this row first, so that
-- of those who come at once one goes on and the others wait and then find another revision, in every database.
create table canvas_heads (
    canvas_id text   not null primary key,
    revision  bigint not null
);
insert into canvas_heads (canvas_id, revision)
    select canvas_id, max(revision) from canvas_documents group by canvas_id;
