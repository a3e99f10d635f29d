//! What can be done with a canvas and with each of its blocks.

use impala_core::{Block, BlockKind};
use maud::{Markup, html};

use super::Shell;
use super::canvas::{Shown, saved};
use super::parts::{button_form, form_token, text_field};
use crate::http::web::assets;

/// Forms that a canvas can be had in.
const FORMATS: [(&str, &str); 7] = [
    ("svg", "Picture as SVG"),
    ("png", "Picture as PNG"),
    ("html", "One HTML file"),
    ("md", "Markdown"),
    ("text", "Text"),
    ("ansi", "Text with colors"),
    ("json", "Data as JSON"),
];

/// How often a page can be refreshed: seconds and words.
pub const REFRESHES: [(&str, &str); 5] =
    [("", "off"), ("10", "10 s"), ("60", "1 min"), ("300", "5 min"), ("3600", "1 h")];

/// The buttons above a canvas.
pub fn toolbar(shell: &Shell, shown: &Shown) -> Markup {
    let base = shown.base;
    html! {
        div.tools {
            @if let Some(revision) = shown.revision { (saved(shell, revision)) }
            span.live-state.needs-script id="live-state" hidden[true] {}
            label.needs-script.refresh { span { "Refresh" } " "
                select id="refresh" { @for (seconds, words) in REFRESHES {
                    option value=(seconds) selected[shown.refresh_s.map(|s| s.to_string()).unwrap_or_default() == seconds] { (words) } } } }
            @if shown.is_alone {
                a.button.small href=(shown.all_blocks()) { "All blocks" }
            } @else {
                button.small.needs-script type="button" id="full-screen" title="Full screen, for a wall display (f)" { "Full screen" }
            }
            @if shown.may_edit() && !shown.is_alone {
                button.small.needs-script type="button" id="arrange" aria-pressed="false" data-script=(assets::ARRANGE.url()) data-style=(assets::ARRANGE_STYLE.url()) title="Move and resize blocks" { "Arrange" }
                a.button.small href=(format!("{base}/add")) { "Add block" }
                a.button.small href=(format!("{base}/shares")) { "Share" }
            }
            @if !shown.is_alone { (more(shell, shown)) }
        }
    }
}

fn more(shell: &Shell, shown: &Shown) -> Markup {
    let base = shown.base;
    html! {
        details.menu {
            summary.button.small aria-label="More about this canvas" {}
            div.card {
                ul {
                    @for (format, words) in FORMATS { li { a data-keep-query="" href=(with_format(base, shown, format)) { (words) } } }
                    @if !shown.api.is_empty() {
                        li { a href=(format!("{base}?format=yaml")) { "Document as YAML" } }
                        li { a href=(format!("{base}/history")) { "History" } }
                    }
                    @if shown.may_edit() { li { a href=(format!("{base}/edit")) { "Edit the document" } } }
                }
                @if shown.may_edit() {
                    (button_form(shell, &format!("{base}/compact"), &[("etag", shown.etag)],
                        &html! { button.link type="submit" { "Close gaps between blocks" } }))
                    details {
                        summary { "Delete canvas" }
                        form method="post" action=(format!("{base}/delete")) {
                            (form_token(shell))
                            input type="hidden" name="etag" value=(shown.etag);
                            (text_field(&format!("Type {} to go on", shown.canvas.metadata.slug), "confirm", "", ""))
                            button.small.danger type="submit" { "Delete with its history" }
                        }
                    }
                }
            }
        }
    }
}

/// The menu of a block that is drawn already; those of the others the script makes. The page that it leads to has the forms
/// that its picture and data can be had in.
pub fn menu(shown: &Shown, block: &Block, title: &str) -> Markup {
    let is_text = matches!(block.kind, BlockKind::Text(_));
    if is_text && !shown.may_edit() {
        return html! {};
    }
    let called = if title.is_empty() { &block.id } else { title };
    let path = shown.block_path(block);
    html! {
        details.menu.quiet {
            summary aria-label=(format!("More about {called}")) {}
            div.card { ul {
                @if shown.may_edit() { li { a href=(format!("{path}/edit")) { "Edit" } } }
                @if !is_text {
                    @if !shown.is_alone { li { a href=(full_size(shown, block)) { "Full size and values" } } }
                    li { a href=(with_format(&path, shown, "about")) { "Query and provenance" } }
                }
            } }
        }
    }
}

/// The address of the page of one block.
fn full_size(shown: &Shown, block: &Block) -> String {
    let query = shown.query();
    let sign = if query.is_empty() { '?' } else { '&' };
    format!("{}{query}{sign}only={}", shown.base, block.id)
}

/// An address with the parameters and a format.
fn with_format(path: &str, shown: &Shown, format: &str) -> String {
    let query = shown.query();
    let sign = if query.is_empty() { '?' } else { '&' };
    format!("{path}{query}{sign}format={format}")
}
