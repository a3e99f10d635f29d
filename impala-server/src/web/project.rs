//! A project: its canvases, its sources, its members.

use impala_core::api::{CanvasSummary, Member, Project, Role};
use impala_core::source::{self, Source};
use impala_render::format::clean;
use maud::{Markup, html};

use super::frame::{Page, page};
use super::parts::{ago, button_form, bytes, choice, count, counted, form_token, text_field};
use super::{Shell, encode};
use crate::http::web::assets;

/// All that the page shows.
pub struct Overview<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its canvases.
    pub canvases: &'a [CanvasSummary],
    /// Its sources.
    pub sources: &'a [Source],
    /// Who is in it.
    pub members: &'a [Member],
    /// Whether one of the lists goes on.
    pub is_cut: bool,
}

/// Where the pages of a project stand.
pub fn path(project: &Project) -> String {
    format!("/{}/{}", project.owner, project.slug)
}

/// What people call it.
pub fn title(project: &Project) -> String {
    clean(if project.title.is_empty() { &project.slug } else { &project.title })
}

/// The way to a project and from there to something in it.
pub fn crumbs(owner: &str, slug: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut path = format!("/{owner}/{slug}");
    let mut crumbs = vec![(format!("{owner}/{slug}"), path.clone())];
    for (word, part) in more {
        path = format!("{path}/{part}");
        crumbs.push(((*word).to_owned(), path.clone()));
    }
    crumbs
}

/// The page.
pub fn show(shell: &Shell, overview: &Overview) -> Markup {
    let project = overview.project;
    let may_edit = project.role >= Role::Editor;
    let main = html! {
        div.column {
            div.head { h1 { (title(project)) } }
            @if !project.description.is_empty() { p.lead { (clean(&project.description)) } }
            (canvases(shell, overview, may_edit))
            (sources(shell, overview, may_edit))
            @if overview.is_cut { p.hint { "There is more than this page lists; the command line lists all." } }
            (members(shell, overview))
            @if project.role == Role::Owner { (settings(shell, project)) }
        }
    };
    let crumbs = crumbs(&project.owner, &project.slug, &[]);
    let page_of =
        Page { title: &title(project), crumbs: &crumbs, scripts: &[&assets::UPLOAD], ..Page::default() };
    page(shell, &page_of, &main)
}

fn canvases(shell: &Shell, overview: &Overview, may_edit: bool) -> Markup {
    let path = path(overview.project);
    html! {
        section aria-labelledby="canvases" {
            div.head {
                h2 id="canvases" { "Canvases" }
                @if may_edit { (new_canvas(shell, overview, &path)) }
            }
            @if overview.canvases.is_empty() {
                div.empty { p { "No canvas yet. " @if overview.sources.is_empty() { "Upload a CSV file first: a canvas can be proposed from its columns." }
                    @else { "Make one from a source: what it shows first is proposed from the columns." } } }
            } @else {
                ul.cards {
                    @for canvas in overview.canvases {
                        li {
                            a.card href=(format!("{path}/canvases/{}", canvas.slug)) {
                                strong { (clean(if canvas.title.is_empty() { &canvas.slug } else { &canvas.title })) }
                                span.muted { @if !canvas.title.is_empty() { (canvas.slug) " · " } (counted(canvas.blocks.into(), "block")) }
                                span.muted.foot { "saved by " (canvas.revision.saved_by) ", " (ago(canvas.revision.saved_at, shell.now)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn new_canvas(shell: &Shell, overview: &Overview, path: &str) -> Markup {
    let sources = overview.sources.iter().map(|source| (source.name.as_str(), source.name.as_str()));
    html! {
        details.pop {
            summary.button.primary { "New canvas" }
            form.card method="post" action=(format!("{path}/canvases")) {
                (form_token(shell))
                (text_field("Title", "title", "", ""))
                (choice("From", "source", std::iter::once(("", "nothing: an empty canvas")).chain(sources),
                    overview.sources.first().map_or("", |source| source.name.as_str())))
                button.primary type="submit" { "Make canvas" }
            }
        }
    }
}

fn sources(shell: &Shell, overview: &Overview, may_edit: bool) -> Markup {
    let project = overview.project;
    let path = path(project);
    html! {
        section aria-labelledby="sources" {
            h2 id="sources" { "Sources" }
            @if may_edit { (upload_form(shell, project, None)) }
            @if !overview.sources.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Table of sources" {
                    table {
                        thead { tr { th scope="col" { "Name" } th.number scope="col" { "Rows" } th.number scope="col" { "Columns" }
                            th.number scope="col" { "Size" } th.number scope="col" { "Version" } th scope="col" { "Uploaded" } } }
                        tbody { @for source in overview.sources { (source_row(shell, &path, source)) } }
                    }
                }
            }
        }
    }
}

fn source_row(shell: &Shell, path: &str, source: &Source) -> Markup {
    let current = &source.current;
    html! {
        tr {
            th scope="row" { a href=(format!("{path}/sources/{}", source.name)) { (source.name) } }
            td.number { (count(current.rows)) }
            td.number { (count(current.columns.len() as u64)) }
            td.number { (bytes(current.size_bytes)) }
            td.number { (current.version) }
            td { (ago(current.created_at, shell.now)) " by " (current.created_by) }
        }
    }
}

/// Where a file is dropped. `name`: the source whose next version it is to be.
pub fn upload_form(shell: &Shell, project: &Project, name: Option<&str>) -> Markup {
    let path = path(project);
    html! {
        form.drop method="post" action=(format!("{path}/sources")) enctype="multipart/form-data"
            data-upload=(format!("/api/v1{}", format!("/projects{path}/sources"))) data-page=(format!("{path}/sources")) {
            (form_token(shell))
            @if let Some(name) = name { input type="hidden" name="name" value=(name); }
            p {
                label for="file" { @match name { Some(_) => "A new version", None => "Upload a CSV file" } }
                " " input id="file" type="file" name="file" required accept=(accepted());
                " " button type="submit" { "Upload" }
                span.hint.needs-script { " or drop it here" }
            }
            div.progress hidden[true] { progress max="100" value="0" aria-label="Upload" {} " " output {} " " button.small type="button" { "Cancel" } }
            div.outcome aria-live="polite" {}
        }
    }
}

fn members(shell: &Shell, overview: &Overview) -> Markup {
    let project = overview.project;
    let path = path(project);
    let is_owner = project.role == Role::Owner;
    html! {
        section aria-labelledby="members" {
            h2 id="members" { "Members" }
            ul.rows {
                @for member in overview.members {
                    li {
                        span { (member.username) } " " span.tag { (member.role.as_str()) }
                        @if member.role != Role::Owner && (is_owner || shell.username.as_deref() == Some(&member.username)) {
                            (button_form(shell, &format!("{path}/members/remove"), &[("username", &member.username)],
                                &html! { button.small.danger type="submit" { @if is_owner { "Remove" } @else { "Leave" } span.vh { " " (member.username) } } }))
                        }
                    }
                }
            }
            @if is_owner {
                details {
                    summary.button { "Add member" }
                    form.card method="post" action=(format!("{path}/members")) {
                        (form_token(shell))
                        (text_field("Username", "username", "", "They have registered here already"))
                        (choice("Role", "role", [("viewer", "viewer: reads"), ("editor", "editor: uploads and changes")], "viewer"))
                        button.primary type="submit" { "Add" }
                    }
                }
            }
        }
    }
}

fn settings(shell: &Shell, project: &Project) -> Markup {
    let path = path(project);
    html! {
        section aria-labelledby="settings" {
            h2 id="settings" { "Settings" }
            details {
                summary.button { "Title and description" }
                form.card method="post" action=(format!("{path}/edit")) {
                    (form_token(shell))
                    (text_field("Title", "title", &project.title, ""))
                    div.field { label for="description" { "About" } textarea id="description" name="description" rows="3" { (project.description) } }
                    button.primary type="submit" { "Save" }
                }
            }
            details {
                summary.button.danger { "Delete project" }
                form.card method="post" action=(format!("{path}/delete")) {
                    (form_token(shell))
                    p { "All its sources, their files and all its canvases go with it. It cannot be undone." }
                    (text_field(&format!("Type {} to go on", project.slug), "confirm", "", ""))
                    button.danger type="submit" { "Delete it all" }
                }
            }
        }
    }
}

/// The address of a canvas of a project.
pub fn canvas_path(owner: &str, slug: &str, canvas: &str) -> String {
    format!("/{owner}/{slug}/canvases/{}", encode(canvas))
}

/// What a browser offers of a folder.
fn accepted() -> String {
    source::file_endings().collect::<Vec<_>>().join(",")
}
