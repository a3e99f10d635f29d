//! A canvas: its head, its parameters, and its blocks in their grid.
//!
//! The page is sent without waiting for a query; a script fetches the blocks one by one, each as soon as it is near the
//! screen. Without scripts the browser is led to the same page with all blocks in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use impala_core::api::{Revision, Role};
use impala_core::parameter::{Bindings, Parameter};
use impala_core::{Block, BlockKind, Canvas, FieldError};
use impala_render::format::clean;
use maud::{Markup, html};

use super::canvas_tools::{menu, toolbar};
use super::frame::{Page, page};
use super::parameters::{self, Choices};
use super::parts::{ago, ended, field_error, sentence};
use super::{Kept, Shell, query};
use crate::http::web::assets;
use crate::http::web::drawn::cols_of;
use crate::service::data::Given;
use crate::service::previews::Overlay;

/// All that the page shows.
pub struct Shown<'a> {
    /// Path of the page: `/ann/weather/canvases/rain`, `/s/SECRET`.
    pub base: &'a str,
    /// Path of the canvas in the API; empty behind a share link.
    pub api: &'a str,
    /// The document.
    pub canvas: &'a Canvas,
    /// Its revision; `None` behind a share link, where nobody is named.
    pub revision: Option<&'a Revision>,
    /// Names the state, for changes.
    pub etag: &'a str,
    /// Role of the reader; `None` behind a share link.
    pub role: Option<Role>,
    /// Whether it is an earlier revision.
    pub is_earlier: bool,
    /// What may not work as meant.
    pub warnings: &'a [FieldError],
    /// What the parameters are set to.
    pub bindings: &'a Bindings,
    /// What they can be set to.
    pub choices: &'a Choices,
    /// What the address sets of them, as far as it fits.
    pub given: &'a Given,
    /// What the address sets.
    pub linked: &'a Given,
    /// What of that does not fit.
    pub ignored: &'a [FieldError],
    /// What its addresses keep.
    pub kept: &'a Kept,
    /// The preview that it is seen through.
    pub preview: Option<&'a Overlay>,
    /// Seconds between refreshes.
    pub refresh_s: Option<u32>,
    /// Whether it hangs on a wall.
    pub is_wall: bool,
    /// Blocks that are drawn already, by id.
    pub drawn: BTreeMap<String, Markup>,
    /// Whether its page is that of one block.
    pub is_alone: bool,
    /// The way to it.
    pub crumbs: Vec<(String, String)>,
}

impl Shown<'_> {
    /// Whether the reader may change what they see.
    pub fn may_edit(&self) -> bool {
        self.role >= Some(Role::Editor) && !self.is_earlier
    }

    /// The address of a block: its picture.
    pub fn block_path(&self, block: &Block) -> String {
        format!("{}/blocks/{}", self.base, block.id)
    }

    /// Path of the page's events.
    fn events(&self) -> String {
        let base = if self.api.is_empty() { self.base } else { self.api };
        format!("{base}/events")
    }

    /// The address of the whole canvas.
    pub fn all_blocks(&self) -> String {
        let kept: Vec<_> = self.kept.iter().filter(|(name, _)| *name != "only").cloned().collect();
        format!("{}{}", self.base, query(&kept, self.given))
    }

    /// What is asked for, as the query of an address.
    pub fn query(&self) -> String {
        query(self.kept, self.given)
    }

    /// The address of this page with all blocks in it.
    fn whole(&self) -> String {
        let query = query(self.kept, self.linked);
        let sign = if query.is_empty() { '?' } else { '&' };
        format!("{}{query}{sign}all=1", self.base)
    }
}

/// The page.
pub fn show(shell: &Shell, shown: &Shown) -> Markup {
    let title = shown.canvas.title();
    let is_whole = !shown.drawn.is_empty() || shown.canvas.spec.blocks.is_empty();
    let tag = shown.etag.trim_matches('"');
    let head = html! {
        link rel="stylesheet" id="places" href=(format!("{}/grid.css?of={tag}", shown.base));
        @if !is_whole { noscript { meta http-equiv="refresh" content=(format!("0;url={}", shown.whole())); } }
        @if let (true, Some(seconds)) = (is_whole, shown.refresh_s) { noscript { meta http-equiv="refresh" content=(seconds); } }
        @if shown.role.is_none() { meta name="robots" content="noindex"; }
    };
    let class = match (shown.is_alone, shown.is_wall) {
        (true, _) => "canvas alone",
        (false, true) => "canvas wall",
        (false, false) => "canvas",
    };
    let page_of = Page { title, crumbs: &shown.crumbs, scripts: &[&assets::CANVAS], head, class };
    page(shell, &page_of, &canvas(shell, shown))
}

fn canvas(shell: &Shell, shown: &Shown) -> Markup {
    let spec = &shown.canvas.spec;
    let kept: Vec<(&str, String)> = [
        ("refresh", shown.refresh_s.map(|seconds| seconds.to_string())),
        ("view", shown.is_wall.then(|| "wall".to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .chain(shown.kept.iter().cloned())
    .collect();
    html! {
        div id="canvas" data-base=(shown.base) data-api=(shown.api) data-etag=(shown.etag)
            data-slug=(shown.canvas.metadata.slug) data-events=[(!shown.is_earlier).then(|| shown.events())] data-edit[shown.may_edit()] data-earlier[shown.is_earlier] data-refresh=[shown.refresh_s]
            data-theirs=(assets::THEIRS.url()) data-params=(assets::PARAMS.url()) data-wall=(assets::WALL.url())
            data-given=[(!shown.ignored.is_empty()).then(|| query(&[], shown.given))] {
            (head(shell, shown))
            (parameters::form(&spec.parameters, shown.bindings, shown.choices, &kept, &query(shown.kept, &Given::new())))
            @if !shown.ignored.is_empty() { (ignored(shown)) }
            @if let Some(preview) = shown.preview { (through(shown, preview)) }
            @if shown.is_earlier { (earlier(shown)) }
            @if shown.may_edit() && !shown.warnings.is_empty() { (warnings(shown.canvas, shown.warnings)) }
            @if spec.blocks.is_empty() {
                div.empty { p { strong { "This canvas has no blocks yet." } }
                    @if shown.may_edit() { p { a.button.primary href=(format!("{}/add", shown.base)) { "Add a block" } } } }
            }
            @if shown.drawn.is_empty() && !spec.blocks.is_empty() {
                noscript { p { a href=(shown.whole()) { "Show all blocks" } } }
            }
            div.grid id="grid" data-states=(super::state::of_blocks(shown.canvas)) { @for each in &spec.blocks { (block(shown, each)) } }
        }
    }
}

fn head(shell: &Shell, shown: &Shown) -> Markup {
    html! {
        div.canvas-head {
            div.names {
                h1 { (clean(shown.canvas.title())) }
                @if !shown.canvas.metadata.description.is_empty() { p.muted { (clean(&shown.canvas.metadata.description)) } }
                @if !shown.canvas.spec.parameters.is_empty() { p.muted.set { (parameters::set(&shown.canvas.spec.parameters, shown.bindings)) } }
            }
            (toolbar(shell, shown))
        }
    }
}

/// The effect of a parameter whose value does not fit.
fn instead(parameter: &Parameter) -> &'static str {
    match (parameter.multiple, &parameter.default) {
        (true, _) => "",
        (false, Some(_)) => "It has its default value.",
        (false, None) => "It is not set.",
    }
}

/// Parts of a link that are ignored, since the canvas has changed.
fn ignored(shown: &Shown) -> Markup {
    let named = |error: &FieldError| {
        let name = error.pointer.rsplit('/').next()?;
        shown.canvas.spec.parameters.iter().find(|parameter| parameter.name == name)
    };
    html! {
        div.notice.warn.ignored role="status" {
            p { "Part of this link was left out:" }
            ul { @for error in shown.ignored { li {
                @match named(error) {
                    Some(parameter) => { (clean(parameters::title(parameter))) ": " (ended(&error.detail)) " " (instead(parameter)) }
                    None => (sentence(&error.detail)),
                }
            } } }
        }
    }
}

fn through(shown: &Shown, preview: &Overlay) -> Markup {
    let sources: Vec<&str> = preview.versions.keys().map(String::as_str).collect();
    html! {
        p.notice { "This is the preview " strong { (preview.row.name) } ", where "
            (sources.join(", ")) " differ from the project, until "
            (preview.row.expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string()) ". "
            a href=(format!("{}{}", shown.base, query(&[], shown.given))) { "See the canvas without it" } "." }
    }
}

fn earlier(shown: &Shown) -> Markup {
    let Some(revision) = shown.revision else { return html! {} };
    html! {
        p.notice { "This is revision " (revision.revision) ", saved by " (revision.saved_by) " on "
            (revision.saved_at.strftime("%Y-%m-%d %H:%M UTC").to_string()) ", with the sources of today. "
            a href=(shown.base) { "See the canvas as it stands" } " or " a href=(format!("{}/history", shown.base)) { "its history" } "." }
    }
}

/// A warning by the title of its block, which is what people know it by.
fn by_title(canvas: &Canvas, warning: &FieldError) -> Markup {
    let block = warning.pointer.strip_prefix("/spec/blocks/").and_then(|rest| {
        let index: usize = rest.split('/').next()?.parse().ok()?;
        canvas.spec.blocks.get(index)
    });
    let Some(block) = block else { return field_error(warning) };
    let title = impala_render::block_title(block);
    let called = if title.is_empty() { &block.id } else { &title };
    html! { a href=(format!("#b-{}", block.id)) { (clean(called)) } ": " (ended(&warning.detail)) }
}

fn warnings(canvas: &Canvas, warnings: &[FieldError]) -> Markup {
    html! {
        details.notice.warn { summary { (super::parts::counted(warnings.len() as u64, "thing")) " may not work as meant" }
            ul { @for warning in warnings { li { (by_title(canvas, warning)) } } } }
    }
}

/// Who saved it, and when: in the toolbar.
pub fn saved(shell: &Shell, revision: &Revision) -> Markup {
    html! { span.muted.saved { "saved by " (revision.saved_by) ", " (ago(revision.saved_at, shell.now)) } }
}

/// Columns of a picture that a phone has room for.
const PHONE_COLS: u16 = 44;

/// A block. One that is not drawn yet is its title and its place only, since a canvas can have many of them: the script makes
/// the rest. One that is drawn has all that it needs without scripts.
fn block(shown: &Shown, block: &Block) -> Markup {
    let title = impala_render::block_title(block);
    let is_text = matches!(block.kind, BlockKind::Text(_));
    let called = (!title.is_empty() && (!is_text || block.title.is_some())).then_some(title.as_str());
    let heading = format!("t-{}", block.id);
    let at = block.at;
    let drawn = shown.drawn.get(&block.id);
    html! {
        article class=(format!("block {}", block.block_type)) id=(format!("b-{}", block.id))
            data-at=(format!("{} {} {} {}", at.x, at.y, at.w, at.h))
            aria-labelledby=[drawn.and(called).is_some().then_some(&heading)]
            aria-label=[(drawn.is_some() && called.is_none()).then_some("Text")] {
            @match drawn {
                Some(drawn) => {
                    div.block-head {
                        @if let Some(called) = called { h2 id=(heading) { (called) } }
                        (menu(shown, block, &title))
                    }
                    div.content.drawn.wide[!is_text && cols_of(block) > PHONE_COLS] tabindex=[is_text.then_some("0")] { (drawn) }
                }
                None => @if let Some(called) = called { h2 { (called) } },
            }
        }
    }
}

/// Where the blocks stand, as a style sheet of its own: the policy of the pages forbids styles in the page.
pub fn grid_css(canvas: &Canvas) -> String {
    canvas.spec.blocks.iter().fold(String::new(), |mut css, block| {
        let (at, id) = (block.at, &block.id);
        let _ = writeln!(
            css,
            "#b-{id}{{grid-area:{}/{}/{}/{};--h:{}}}",
            at.y + 1,
            at.x + 1,
            at.y + 1 + at.h,
            at.x + 1 + at.w,
            at.h
        );
        css
    })
}

#[cfg(test)]
mod tests {
    use impala_core::document;

    use super::*;

    #[test]
    fn places_become_grid_areas() {
        let yaml = "{apiVersion: impala/v1, kind: Canvas, metadata: {slug: c}, spec: {blocks: [
            {id: a-1, type: text, markdown: x, at: {x: 6, y: 3, w: 18, h: 14}}]}}";
        let canvas = document::read_canvas(&document::from_yaml(yaml).unwrap()).unwrap();
        assert_eq!(grid_css(&canvas), "#b-a-1{grid-area:4/7/18/25;--h:14}\n");
    }
}
