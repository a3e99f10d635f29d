-- Which instance this database belongs to: one row, made by the first start. The uploads folder and the document store hold the
-- same id, so that a server that was started on stores of two instances tells so before it removes what it does not know.
-- `takes_uploads` and `takes_documents` are 1 in a database that is older than this table, until its own have got the id: what
-- has none may belong to it. A new database takes only what is empty.
create table instance (
    place           bigint not null primary key,
    id              text   not null,
    takes_uploads   bigint not null,
    takes_documents bigint not null
);
