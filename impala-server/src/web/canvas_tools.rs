//! What can be done with a canvas and with each of its blocks.

use impala_core::{Block, BlockKind};
use maud::{Markup, PreEscaped, html};

use super::Shell;
use super::canvas::{Shown, saved};
use super::parts::{button_form, form_token, text_field};
use super::query;

/// Forms that a canvas can be had in.
const FORMATS: [(&str, &str); 3] = [("text", "Text"), ("ansi", "Text with colors"), ("json", "Data as JSON")];

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
            button.small.needs-script type="button" id="full-screen" title="Full screen, for a wall display (f)" { "Full screen" }
            @if shown.may_edit() {
                button.small.needs-script type="button" id="arrange" aria-pressed="false" title="Move and resize blocks" { "Arrange" }
                a.button.small href=(format!("{base}/add")) { "Add block" }
                a.button.small href=(format!("{base}/shares")) { "Share" }
            }
            (more(shell, shown))
        }
    }
}

fn more(shell: &Shell, shown: &Shown) -> Markup {
    let base = shown.base;
    let query = query(shown.given);
    let sign = if query.is_empty() { '?' } else { '&' };
    html! {
        details.menu {
            summary.button.small aria-label="More about this canvas" { (dots()) }
            div.card {
                ul {
                    @for (format, words) in FORMATS { li { a data-keep-query="" href=(format!("{base}{query}{sign}format={format}")) { (words) } } }
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

fn dots() -> Markup {
    PreEscaped("<svg viewBox='0 0 16 16' width=16 height=16 aria-hidden=true><circle cx=3 cy=8 r=1.4 /><circle cx=8 cy=8 r=1.4 /><circle cx=13 cy=8 r=1.4 /></svg>".to_owned())
}

/// The menu of a block, and the handles that move and resize it.
pub fn menu(shown: &Shown, block: &Block, title: &str) -> Markup {
    let called = if title.is_empty() { &block.id } else { title };
    let path = shown.block_path(block);
    let query = query(shown.given);
    let sign = if query.is_empty() { '?' } else { '&' };
    let link = |format: &str, words: &str| html! { li { a data-keep-query="" href=(format!("{path}{query}{sign}format={format}")) { (words) } } };
    let is_text = matches!(block.kind, BlockKind::Text(_));
    html! {
        @if shown.may_edit() {
            button.handle.move type="button" hidden[true] aria-label=(format!("Move {called}: arrow keys")) data-handle="move" { (cross()) }
            button.handle.size type="button" hidden[true] aria-label=(format!("Resize {called}: arrow keys")) data-handle="size" {}
        }
        @if !shown.is_earlier && (!is_text || shown.may_edit()) {
            details.menu.quiet {
                summary aria-label=(format!("More about {called}")) { (dots()) }
                div.card { ul {
                    @if shown.may_edit() { li { a href=(format!("{path}/edit")) { "Edit" } } }
                    @if !is_text {
                        (link("csv", "Data as CSV")) (link("json", "Data as JSON")) (link("text", "As text"))
                        (link("about", "Query and provenance"))
                    }
                } }
            }
        }
    }
}

fn cross() -> Markup {
    PreEscaped("<svg viewBox='0 0 16 16' width=14 height=14 aria-hidden=true><path d='M8 1v14M1 8h14M5.5 3.5 8 1l2.5 2.5M5.5 12.5 8 15l2.5-2.5M3.5 5.5 1 8l2.5 2.5M12.5 5.5 15 8l-2.5 2.5' fill=none stroke=currentColor stroke-width=1.3 /></svg>".to_owned())
}
