//! The share links of a canvas.

use impala_core::api::{Problem, Share};
use impala_render::format::clean;
use maud::{Markup, html};

use super::Shell;
use super::frame::{Page, page};
use super::parts::{ago, button_form, choice, form_token, problem, text_field, until};
use super::project::{canvas_path, crumbs};
use crate::service::paths::CanvasPath;

/// What the page shows.
pub struct Shares<'a> {
    /// The canvas.
    pub path: &'a CanvasPath,
    /// What people call it.
    pub title: &'a str,
    /// Its links.
    pub shares: &'a [Share],
    /// The address of one that was made just now.
    pub made: Option<&'a str>,
    /// What went wrong with the last form.
    pub fault: Option<&'a Problem>,
}

/// Days after which a link ends, as offered.
const LIVES: [(&str, &str); 5] =
    [("1", "in a day"), ("7", "in a week"), ("30", "in 30 days"), ("365", "in a year"), ("", "never")];

/// The page.
pub fn show(shell: &Shell, shown: &Shares) -> Markup {
    let path = shown.path;
    let base = canvas_path(&path.owner, &path.slug, &path.canvas);
    let main = html! {
        div.column {
            div.head { h1 { "Share " (clean(shown.title)) } a.button href=(base) { "Back to the canvas" } }
            p { "Anyone who has a share link can read this canvas without signing in: its blocks and their data, and nothing else of the project." }
            @if let Some(fault) = shown.fault { (problem(fault)) }
            @if let Some(made) = shown.made {
                div.notice.good role="status" {
                    p { strong { "This is the link. It is shown only now." } }
                    p.secret { a id="share-link" href=(made) { (made) } " " button.needs-script type="button" data-copy="share-link" { "Copy" } }
                }
            }
            form.card method="post" action=(format!("{base}/shares")) {
                (form_token(shell))
                (text_field("For whom", "name", "", "So that you know it again; may be empty"))
                (choice("Ends", "days", LIVES, "30"))
                button.primary type="submit" { "Make a link" }
            }
            @if !shown.shares.is_empty() { (links(shell, &base, shown.shares)) }
        }
    };
    let mut crumbs = crumbs(&path.owner, &path.slug, &[(shown.title, &format!("canvases/{}", path.canvas))]);
    crumbs.push(("Share".to_owned(), String::new()));
    page(shell, &Page { title: &format!("Share {}", shown.title), crumbs: &crumbs, ..Page::default() }, &main)
}

fn links(shell: &Shell, base: &str, shares: &[Share]) -> Markup {
    html! {
        h2 id="links" { "Links" }
        div.scroll tabindex="0" role="region" aria-labelledby="links" {
            table {
                thead { tr { th scope="col" { "For" } th scope="col" { "State" } th scope="col" { "Made" }
                    th scope="col" { "Last opened" } th scope="col" { "Ends" } th scope="col" { span.vh { "Change" } } } }
                tbody { @for share in shares { (row(shell, base, share)) } }
            }
        }
    }
}

fn row(shell: &Shell, base: &str, share: &Share) -> Markup {
    let has_ended = share.expires_at.is_some_and(|end| end <= shell.now);
    let action = format!("{base}/shares/change");
    let id = share.id.to_string();
    let name = if share.name.is_empty() { "the link without a name".to_owned() } else { clean(&share.name) };
    let button = |what: &str, word: &str, class: &str| {
        button_form(
            shell,
            &action,
            &[("id", &id), ("do", what)],
            &html! { button class=(class) type="submit" { (word) span.vh { " " (name) } } },
        )
    };
    html! {
        tr {
            th scope="row" { @if share.name.is_empty() { span.muted { "(no name)" } } @else { (clean(&share.name)) } }
            td {
                @if has_ended { span.tag { "ended" } }
                @else if share.paused { span.tag.warn { "paused" } }
                @else { span.tag.good { "open" } }
            }
            td { (ago(share.created_at, shell.now)) " by " (share.created_by) }
            td { @match share.last_used_at { Some(at) => (ago(at, shell.now)), None => "never" } }
            td { (until(share.expires_at, shell.now)) }
            td.actions {
                @if share.paused { (button("resume", "Resume", "small")) }
                @else if !has_ended { (button("pause", "Pause", "small")) }
                (button("revoke", "Revoke", "small danger"))
            }
        }
    }
}
