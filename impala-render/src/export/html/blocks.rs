//! What is inside a block, as HTML without styles of its own: a page with a strict content security policy can hold it.

use std::fmt::Write as _;

use impala_core::api::{BlockAnswer, Problem};
use impala_core::data::BlockData;
use impala_core::{Block, BlockKind};

use super::text::clean_html;
use crate::export::Export;
use crate::format::{self, value};
use crate::layout::{
    BlockArea, NARROW_COLS, Picture, columns, frame, layout_block_of, layout_on_card, markdown, provenance,
};
use crate::paint::svg::{self, Form, Svg, escape};
use crate::scene::{Area, PAGE_ROW_PX};
use crate::summary;

/// A block that is too small for a card: all of it as one picture. `None` for others.
pub fn bare(picture: &Picture, area: &BlockArea) -> Option<String> {
    let room = Area::cells(0, 0, area.width_cols, area.height_rows);
    if matches!(area.block.kind, BlockKind::Text(_)) || frame::has_frame(room) {
        return None;
    }
    let scene = layout_block_of(picture, area.block, area.width_cols, area.height_rows);
    let (title, description) = (frame::title_of(area.block), summary::of_drawn(picture, area.block, &scene));
    let id = &area.block.id;
    let named = Svg { form: Form::Inline, title: &title, description: &description, id };
    Some(format!("<div class=\"picture\">\n{}</div>\n", svg::paint(&scene, &named)))
}

/// Writes what is inside a card: picture, table, number or text, and what there is to say about its rows.
///
/// * `picture`: for the medium [`Page`](crate::Medium::Page).
pub fn inside(picture: &Picture, area: &BlockArea) -> String {
    let block = area.block;
    if let BlockKind::Text(_) = &block.kind {
        return format!("<div class=\"prose\">\n{}</div>\n", clean_html(&markdown::filled(picture, block)));
    }
    match (picture.answers.get(&block.id), &block.kind) {
        (None, _) => "<p class=\"waiting\">…</p>\n".to_owned(),
        (Some(BlockAnswer::Problem(problem)), _) => failed(problem),
        (Some(BlockAnswer::Data(data)), BlockKind::Table(_)) => table(block, data) + &foot(&[], data, ""),
        (Some(BlockAnswer::Data(data)), _) => drawn(picture, area, data),
    }
}

/// Columns of a block on a phone, whose page is 390 pixels wide.
const PHONE_COLS: u16 = 44;

/// A picture that would be so much larger with one for phones goes without.
const MOST_BYTES: usize = 200_000;

/// A picture in the size that it has on the page, and one for phones, where it would be too small to be read. Styles show one
/// of them.
fn drawn(picture: &Picture, area: &BlockArea, data: &BlockData) -> String {
    let (block, size) = (area.block, (area.width_cols, area.height_rows));
    let is_stacked = picture.options.width_cols < NARROW_COLS;
    let small = if is_stacked { None } else { one(picture, block, data, ((PHONE_COLS, size.1), " phone")) };
    match small.filter(|small| small.len() < MOST_BYTES) {
        None => one(picture, block, data, (size, "")).unwrap_or_default(),
        Some(small) => one(picture, block, data, (size, " wide")).unwrap_or_default() + &small,
    }
}

/// A picture in one size, with its foot. `None` where it has no room for a card.
fn one(
    picture: &Picture,
    block: &Block,
    data: &BlockData,
    (size, class): ((u16, u32), &str),
) -> Option<String> {
    let card = layout_on_card(picture, block, size)?;
    let (title, description) = (frame::title_of(block), summary::of_drawn(picture, block, &card.scene));
    let id = format!("{}{}", block.id, class.replace(' ', "-"));
    let named = Svg { form: Form::Inline, title: &title, description: &description, id: &id };
    let drawn = svg::paint_part(&card.scene, card.room, &named);
    Some(format!("<div class=\"picture{class}\">\n{drawn}</div>\n{}", foot(&card.notes, data, class)))
}

/// The sources that a block was made from.
pub fn sources<'a>(export: &Export<'a>, block: &Block) -> Vec<&'a str> {
    match export.picture.answers.get(&block.id) {
        Some(BlockAnswer::Data(data)) => data.sources.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What went wrong; all of it for a pointer, as a low block cuts it.
fn failed(problem: &Problem) -> String {
    let lines: Vec<String> = failure(problem).iter().map(|line| escape(line)).collect();
    format!("<p class=\"failed\" title=\"{}\">✗ {}</p>\n", lines.join("\n"), lines.join("<br>\n"))
}

fn failure(problem: &Problem) -> Vec<String> {
    let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    let others = problem.errors.iter().filter(|error| !problem.detail.contains(&error.detail));
    std::iter::once(why.clone()).chain(others.map(ToString::to_string)).collect()
}

/// Height of a line of the page's small letters, in pixels.
const LINE_PX: f64 = 18.0;

/// Lines of its failure that a block has room for; `None` where nothing failed.
pub fn lines_of_failure(picture: &Picture, area: &BlockArea) -> Option<usize> {
    let Some(BlockAnswer::Problem(_)) = picture.answers.get(&area.block.id) else { return None };
    let room = frame::card_room(Area::cells(0, 0, area.width_cols, area.height_rows), area.block);
    // What failed has no foot.
    Some((((room.h + 1.0) * PAGE_ROW_PX / LINE_PX) as usize).max(1))
}

/// What the picture left out on the left, where the rows came from on the right: as many pieces of it as have room, all of them for
/// a pointer.
fn foot(notes: &[String], data: &BlockData, class: &str) -> String {
    let mut words = provenance::words(data);
    let cut = if data.truncated && !words.is_empty() { Some(words.remove(0)) } else { None };
    let notes: Vec<String> = notes.iter().cloned().chain(cut).collect();
    let (notes, whole) = (escape(&notes.join(" · ")), escape(&words.join(" · ")));
    let pieces = words.iter().enumerate().map(|(index, word)| {
        let dot = if index == 0 { "" } else { " · " };
        format!("<span>{dot}{}</span>", escape(word))
    });
    let note = match notes.as_str() {
        "" => String::new(),
        notes => format!("<span class=\"note\" title=\"{notes}\">{notes}</span>"),
    };
    let pieces = pieces.collect::<String>();
    format!("<p class=\"foot{class}\">{note}<span class=\"from\" title=\"{whole}\">{pieces}</span></p>\n")
}

fn table(block: &Block, data: &BlockData) -> String {
    let rows = data.columns.first().map_or(0, |column| column.values.len());
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">\n<table>\n<thead><tr>",
        escape(&frame::title_of(block))
    );
    let class = |column: &impala_core::data::Column| match column.values.column_type().is_numeric() {
        true => " class=\"n\"",
        false => "",
    };
    for column in &data.columns {
        let _ =
            write!(html, "<th scope=\"col\"{}>{}</th>", class(column), escape(&format::clean(&column.name)));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    let cells: Vec<Vec<Option<String>>> =
        data.columns.iter().map(|column| columns::cells(column, rows)).collect();
    for row in 0..rows {
        html.push_str("<tr>");
        for (column, cells) in data.columns.iter().zip(&cells) {
            match &cells[row] {
                Some(text) => {
                    let _ = write!(html, "<td{}>{}</td>", class(column), escape(text));
                }
                None => {
                    let _ = write!(html, "<td class=\"null\">{}</td>", value::NULL);
                }
            }
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
    match data.rows_total.saturating_sub(rows as u64) {
        0 if rows == 0 => html.push_str("<p>no rows</p>\n"),
        0 => {}
        more => {
            let _ = writeln!(html, "<p>{}</p>", format::more(more, "row"));
        }
    }
    html + "</div>\n"
}
