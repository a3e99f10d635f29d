-- Heads know the project and the slug of their canvas, so that no two canvases of a project are ever made with the same slug. A
-- document without a canvas is a stray, of no project that could still be told: it goes.
drop table canvas_heads;
create table canvas_heads (
    canvas_id  text   not null primary key,
    revision   bigint not null,
    project_id text   not null,
    slug       text   not null,
    unique (project_id, slug)
);
insert into canvas_heads (canvas_id, revision, project_id, slug)
    select d.canvas_id, max(d.revision), c.project_id, c.slug
    from canvas_documents d join canvases c on c.id = d.canvas_id
    group by d.canvas_id, c.project_id, c.slug;
delete from canvas_documents where canvas_id not in (select canvas_id from canvas_heads);
