//! The revisions of a canvas.

use impala_core::api::{CanvasView, Revision};
use impala_render::format::clean;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{ago, button_form};
use super::project::{canvas_path, crumbs};
use crate::service::paths::CanvasPath;

/// The page: `next` is the cursor of older ones.
pub fn history(
    shell: &Shell,
    path: &CanvasPath,
    view: &CanvasView,
    revisions: &[Revision],
    next: Option<&str>,
    may_edit: bool,
) -> Markup {
    let base = canvas_path(&path.owner, &path.slug, &path.canvas);
    let title = view.canvas.title();
    let main = html! {
        div.column {
            div.head { h1 { "History of " (clean(title)) } a.button href=(base) { "Back to the canvas" } }
            div.scroll tabindex="0" role="region" aria-label="Revisions" {
                table {
                    thead { tr { th.number scope="col" { "Revision" } th scope="col" { "Saved" } th scope="col" { "What" }
                        th scope="col" { span.vh { "Restore" } } } }
                    tbody { @for revision in revisions { (row(shell, &base, view, revision, may_edit)) } }
                }
            }
            @if let Some(next) = next { p { a.button href=(format!("?cursor={next}")) { "Older" } } }
        }
    };
    let mut crumbs = crumbs(&path.owner, &path.slug, &[(title, &format!("canvases/{}", path.canvas))]);
    crumbs.push(("History".to_owned(), String::new()));
    page(shell, &Page { title: &format!("History of {title}"), crumbs: &crumbs, ..Page::default() }, &main)
}

fn row(shell: &Shell, base: &str, view: &CanvasView, revision: &Revision, may_edit: bool) -> Markup {
    let number = revision.revision.to_string();
    let is_current = revision.revision == view.revision.revision;
    html! {
        tr {
            th.number scope="row" { a href=(format!("{base}?revision={number}")) { (number) } }
            td.any { (ago(revision.saved_at, shell.now)) " by " (revision.saved_by) }
            td.any { (clean(&revision.note)) }
            td {
                @if is_current { span.tag.good { "current" } }
                @else if may_edit {
                    (button_form(shell, &format!("{base}/restore"), &[("revision", &number), ("etag", &view.etag)],
                        &html! { button.small type="submit" { "Restore" span.vh { " revision " (number) } } }))
                }
            }
        }
    }
}
