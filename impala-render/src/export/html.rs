//! One page that needs nothing else: the grid, styles, pictures as SVG, tables as tables, text as clean HTML. It opens from
//! disk, follows the reader's choice of light and dark, prints, and runs nothing.

mod blocks;
mod text;

use std::fmt::Write as _;

use impala_core::Block;

pub use self::blocks::inside;
pub use self::text::clean_html;

use super::Export;
use crate::format;
use crate::layout::{Options, Picture, frame, grid_column};
use crate::paint::svg::{self, escape};
use crate::scene::Medium;
use crate::theme::page;

/// Styles of the page; colors are variables, see [`page::rules`].
const STYLE: &str = include_str!("html/page.css");

/// Writes the page.
pub fn page(export: &Export) -> String {
    let canvas = export.picture.canvas;
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
        width(export) + &places(export),
    );
    if export.block.is_none() {
        header(&mut html, &export.picture);
    }
    let class = if export.block.is_some() { "grid alone" } else { "grid" };
    let _ = writeln!(html, "<main class=\"{class}\">");
    for block in export.blocks() {
        section(&mut html, export, block);
    }
    html.push_str("</main>\n");
    footer(&mut html, export);
    html.push_str("</body>\n</html>\n");
    html
}

fn header(html: &mut String, picture: &Picture) {
    let canvas = picture.canvas;
    let _ = writeln!(html, "<header>\n<h1>{}</h1>", escape(&format::clean(canvas.title())));
    if !canvas.metadata.description.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", escape(&canvas.metadata.description));
    }
    let set = canvas.spec.parameters.iter().filter_map(|parameter| {
        let value = picture.parameters.get(&parameter.name)?;
        let title = parameter.title.as_deref().unwrap_or(&parameter.name);
        Some(format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(title), escape(value)))
    });
    let set: Vec<String> = set.collect();
    if !set.is_empty() {
        let _ = writeln!(html, "<dl class=\"parameters\">{}</dl>", set.concat());
    }
    html.push_str("</header>\n");
}

/// One block in its place. A block of one kind has the class of that kind.
fn section(html: &mut String, export: &Export, block: &Block) {
    let id = escape(&block.id);
    let title = frame::title_of(block);
    let kind = block.block_type.as_str();
    let label = if title.is_empty() { String::new() } else { format!(" aria-labelledby=\"{id}-heading\"") };
    let _ = writeln!(html, "<section id=\"{id}\" class=\"block {kind}\"{label}>");
    if !title.is_empty() {
        let _ = writeln!(html, "<h2 id=\"{id}-heading\">{}</h2>", escape(&title));
    }
    let width = export.picture.options.width_cols;
    let cols = match export.block {
        Some(_) => width,
        None => grid_column(block.at.right(), width).saturating_sub(grid_column(block.at.x, width)),
    };
    let options = Options { medium: Medium::Page, show_timing: false, ..export.picture.options };
    let picture = Picture { options, ..export.picture };
    // The card has a margin of 16 pixels at each side, a title and a foot.
    let room = (cols.saturating_sub(5), block.at.h.saturating_sub(3).max(1));
    html.push_str(&inside(&picture, block, room));
    html.push_str("</section>\n");
}

/// The page is as wide as it was asked for, so that pictures have the size that they were made for.
fn width(export: &Export) -> String {
    let width_px = u32::from(export.picture.options.width_cols) * 8;
    format!("header,main,footer{{max-width:{width_px}px}}\n")
}

/// Where the blocks stand.
fn places(export: &Export) -> String {
    if export.block.is_some() {
        return String::new();
    }
    let mut styles = "@media (min-width:700px),print{\n".to_owned();
    for block in export.blocks() {
        let (id, at) = (css_id(&block.id), block.at);
        let (row, column) = (at.y + 1, at.x + 1);
        let _ = writeln!(styles, "#{id}{{grid-area:{row}/{column}/span {}/span {}}}", at.h, at.w);
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
