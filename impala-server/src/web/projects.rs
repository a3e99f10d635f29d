//! The projects that someone is in.

use impala_core::api::{Problem, Project};
use impala_render::format::clean;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{ago, form_token, problem, text_field};
use super::project::title;

/// All of them.
pub fn list(shell: &Shell, projects: &[Project]) -> Markup {
    let main = html! {
        div.column {
            div.head { h1 { "Projects" } a.button.primary href="/new" { "New project" } }
            @if projects.is_empty() {
                div.empty {
                    p { strong { "Nothing here yet." } }
                    p { "A project holds CSV sources and the canvases that show them. Make your first, and drop a file on it." }
                    p { a.button href="/new" { "New project" } }
                }
            } @else {
                ul.cards { @for project in projects { li { (card(shell, project)) } } }
            }
        }
    };
    page(shell, &Page { title: "Projects", ..Page::default() }, &main)
}

fn card(shell: &Shell, project: &Project) -> Markup {
    html! {
        a.card href=(format!("/{}/{}", project.owner, project.slug)) {
            strong { (title(project)) }
            span.muted { (project.owner) "/" (project.slug) }
            @if !project.description.is_empty() { span.about { (clean(&project.description)) } }
            span.muted.foot { (project.role.as_str()) " · made " (ago(project.created_at, shell.now)) }
        }
    }
}

/// The form for a new one.
pub fn new(shell: &Shell, fields: [&str; 3], fault: Option<&Problem>) -> Markup {
    let [slug, title, description] = fields;
    let main = html! {
        div.narrow.small-form {
            h1 { "New project" }
            @if let Some(fault) = fault { (problem(fault)) }
            form method="post" action="/new" {
                (form_token(shell))
                div.field {
                    label for="slug" { "Name" }
                    input id="slug" name="slug" value=(slug) required autofocus autocomplete="off" autocapitalize="none"
                        spellcheck="false" pattern="[a-z0-9][a-z0-9_\\-]{0,63}" aria-describedby="slug-hint";
                    p.hint id="slug-hint" { "Of a-z, 0-9, - and _: it stands in addresses" }
                }
                (text_field("Title", "title", title, "Its name for people"))
                div.field { label for="description" { "About" } textarea id="description" name="description" rows="3" { (description) } }
                button.primary type="submit" { "Make project" }
            }
        }
    };
    page(shell, &Page { title: "New project", ..Page::default() }, &main)
}
