//! One page that needs nothing else: the grid, styles, pictures as SVG, tables as tables, text as clean HTML. It opens from
//! disk, follows the reader's choice of light and dark, prints, and runs nothing.

mod blocks;
mod text;

use std::fmt::Write as _;

use impala_core::Block;

pub use self::text::clean_html;

use super::Export;
use crate::format;
use crate::layout::{BlockArea, NARROW_COLS, Options, Picture, block_areas, frame, page_cols};
use crate::paint::svg::{self, escape};
use crate::scene::{Area, Medium, PAGE_COLUMN_PX, PAGE_ROW_PX};
use crate::theme::page;

/// Styles of the page; colors are variables, see [`page::rules`].
const STYLE: &str = include_str!("html/page.css");

/// Writes the page.
pub fn page(export: &Export) -> String {
    let picture = picture(export);
    let canvas = picture.canvas;
    let areas = areas(export, &picture);
    let title = match export.block {
        Some(block) if !frame::title_of(block).is_empty() => frame::title_of(block),
        _ => format::clean(canvas.title()),
    };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         img-src data:; form-action 'none'; base-uri 'none'\">\n<title>{}</title>\n<style>\n{}{}{STYLE}{}</style>\n\
         </head>\n<body>\n",
        escape(&title),
        page::rules(":root"),
        svg::style(),
        width(&picture) + &places(export, &picture, &areas),
    );
    if export.block.is_none() {
        header(&mut html, &picture);
    }
    let is_stacked = export.block.is_some() || picture.options.width_cols < NARROW_COLS;
    let class = if is_stacked { "grid alone" } else { "grid" };
    let _ = writeln!(html, "<main class=\"{class}\">");
    for area in &areas {
        section(&mut html, &picture, area);
    }
    html.push_str("</main>\n");
    footer(&mut html, export);
    html.push_str("</body>\n</html>\n");
    html
}

/// The same picture as PNG and SVG of that width have: of a canvas within their margin.
fn picture<'a>(export: &Export<'a>) -> Picture<'a> {
    let width_cols = export.picture.options.width_cols;
    let width_cols = if export.block.is_some() { width_cols } else { page_cols(width_cols) };
    let steady = export.steady(Medium::Page);
    Picture { options: Options { width_cols, ..steady.options }, ..steady }
}

/// Where the blocks stand.
fn areas<'a>(export: &Export<'a>, picture: &Picture<'a>) -> Vec<BlockArea<'a>> {
    let alone = |block: &'a Block| {
        let (width_cols, height_rows) = (picture.options.width_cols, super::height_alone(block));
        vec![BlockArea { block, left_col: 0, top_row: 0, width_cols, height_rows }]
    };
    export.block.map_or_else(|| block_areas(picture), alone)
}

fn header(html: &mut String, picture: &Picture) {
    let canvas = picture.canvas;
    let _ = writeln!(html, "<header>\n<h1>{}</h1>", escape(&format::clean(canvas.title())));
    if !canvas.metadata.description.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", escape(&format::clean(&canvas.metadata.description)));
    }
    let set = canvas.spec.parameters.iter().filter_map(|parameter| {
        let value = picture.parameters.get(&parameter.name)?;
        let title = parameter.title.as_deref().unwrap_or(&parameter.name);
        Some(format!(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            escape(&format::clean(title)),
            escape(&format::clean(value))
        ))
    });
    let set: Vec<String> = set.collect();
    if !set.is_empty() {
        let _ = writeln!(html, "<dl class=\"parameters\">{}</dl>", set.concat());
    }
    html.push_str("</header>\n");
}

/// One block in its place. A block of one kind has the class of that kind.
fn section(html: &mut String, picture: &Picture, area: &BlockArea) {
    let block = area.block;
    let (id, title) = (escape(&block.id), frame::title_of(block));
    let kind = block.block_type.as_str();
    if let Some(bare) = blocks::bare(picture, area) {
        let _ = write!(html, "<section id=\"{id}\" class=\"block {kind} bare\">\n{bare}</section>\n");
        return;
    }
    let label = if title.is_empty() { String::new() } else { format!(" aria-labelledby=\"{id}-heading\"") };
    let room = Area::cells(0, 0, area.width_cols, area.height_rows);
    let tight = if frame::is_tight(room, block) { " tight" } else { "" };
    let _ = writeln!(html, "<section id=\"{id}\" class=\"block {kind}{tight}\"{label}>");
    if !title.is_empty() {
        let title = escape(&title);
        let _ = writeln!(html, "<h2 id=\"{id}-heading\" title=\"{title}\">{title}</h2>");
    }
    html.push_str(&blocks::inside(picture, area));
    html.push_str("</section>\n");
}

/// The page is as wide as it was asked for, so that pictures have the size that they were made for.
fn width(picture: &Picture) -> String {
    let width_px = f64::from(picture.options.width_cols) * PAGE_COLUMN_PX;
    format!("header,main,footer{{max-width:{width_px}px}}\n")
}

/// Where the blocks stand: a column of the grid is a column of the picture. What is too narrow for a grid stays in one column.
fn places(export: &Export, picture: &Picture, areas: &[BlockArea]) -> String {
    let cols = picture.options.width_cols;
    if export.block.is_none() && cols < NARROW_COLS {
        return String::new();
    }
    let mut styles = "@media (min-width:700px),print{\n".to_owned();
    if export.block.is_none() {
        let _ = writeln!(styles, ".grid{{grid-template-columns:repeat({cols},minmax(0,1fr))}}");
    }
    for area in areas {
        let id = css_id(&area.block.id);
        let (row, column) = (area.top_row + 1, area.left_col + 1);
        let (w, h) = (area.width_cols.max(1), area.height_rows.max(1));
        let _ = match export.block {
            Some(_) => writeln!(styles, "#{id}{{min-height:{}px}}", f64::from(h) * PAGE_ROW_PX),
            None => writeln!(styles, "#{id}{{grid-area:{row}/{column}/span {h}/span {w}}}"),
        };
        let lines = blocks::lines_of_failure(picture, area);
        if let Some(lines) = lines.filter(|_| export.block.is_none()) {
            let _ = writeln!(styles, "#{id} .failed{{-webkit-line-clamp:{lines}}}");
        }
    }
    styles + "}\n"
}

/// An id as CSS names it: a digit at its beginning is written as its code.
fn css_id(id: &str) -> String {
    id.chars()
        .enumerate()
        .map(|(index, c)| match c {
            c if c.is_ascii_digit() && index == 0 => format!("\\{:x} ", u32::from(c)),
            c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => c.to_string(),
            c => format!("\\{:x} ", u32::from(c)),
        })
        .collect()
}

fn footer(html: &mut String, export: &Export) {
    let mut sources: Vec<&str> =
        export.blocks().iter().flat_map(|block| blocks::sources(export, block)).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut words = Vec::new();
    if export.revision > 0 {
        words.push(format!("Revision {}", export.revision));
    }
    if !sources.is_empty() {
        words.push(format!("Made from {}", escape(&sources.join(", "))));
    }
    if !words.is_empty() {
        let _ = writeln!(html, "<footer>{}</footer>", words.join(" · "));
    }
}
