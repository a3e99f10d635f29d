//! What is inside a block, as HTML without styles of its own: a page with a strict content security policy can hold it.

use std::fmt::Write as _;

use impala_core::api::{BlockAnswer, Problem};
use impala_core::block::Metric;
use impala_core::data::BlockData;
use impala_core::{Block, BlockKind};

use super::text::clean_html;
use crate::export::Export;
use crate::format::{self, value};
use crate::layout::{Picture, columns, frame, layout_inside, markdown, metric, provenance};
use crate::paint::svg::{self, Form, Svg, escape};
use crate::summary;

/// Writes what is inside a block: its picture, table, number or text, and what there is to say about its rows.
///
/// * `picture`: for the medium [`Page`](crate::Medium::Page).
/// * `room`: columns and rows that a picture may take.
pub fn inside(picture: &Picture, block: &Block, room: (u16, u32)) -> String {
    if let BlockKind::Text(_) = &block.kind {
        return format!("<div class=\"prose\">\n{}</div>\n", clean_html(&markdown::filled(picture, block)));
    }
    match (picture.answers.get(&block.id), &block.kind) {
        (None, _) => "<p class=\"waiting\">…</p>\n".to_owned(),
        (Some(BlockAnswer::Problem(problem)), _) => failed(problem),
        (Some(BlockAnswer::Data(data)), BlockKind::Metric(it)) => {
            number(picture, block, it, data, room) + &foot(&[], data)
        }
        (Some(BlockAnswer::Data(data)), BlockKind::Table(_)) => table(block, data) + &foot(&[], data),
        (Some(BlockAnswer::Data(data)), _) => {
            let (scene, notes) = layout_inside(picture, block, room.0, room.1);
            let (title, description) = (frame::title_of(block), summary::of_block(picture, block));
            let named = Svg { form: Form::Inline, title: &title, description: &description, id: &block.id };
            format!("<div class=\"picture\">\n{}</div>\n{}", svg::paint(&scene, &named), foot(&notes, data))
        }
    }
}

/// The sources that a block was made from.
pub fn sources<'a>(export: &Export<'a>, block: &Block) -> Vec<&'a str> {
    match export.picture.answers.get(&block.id) {
        Some(BlockAnswer::Data(data)) => data.sources.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn failed(problem: &Problem) -> String {
    let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    let mut html = format!("<p class=\"failed\">✗ {}</p>\n", escape(why));
    for error in problem.errors.iter().filter(|error| !problem.detail.contains(&error.detail)) {
        let _ = writeln!(html, "<p class=\"failed\">{}</p>", escape(&error.to_string()));
    }
    html
}

/// What the picture left out on the left, where the rows came from on the right.
fn foot(notes: &[String], data: &BlockData) -> String {
    let mut words = provenance::words(data);
    let cut = if data.truncated && !words.is_empty() { Some(words.remove(0)) } else { None };
    let notes: Vec<String> = notes.iter().cloned().chain(cut).collect();
    format!(
        "<p class=\"foot\"><span class=\"note\">{}</span><span>{}</span></p>\n",
        escape(&notes.join(" · ")),
        escape(&words.join(" · "))
    )
}

fn number(picture: &Picture, block: &Block, it: &Metric, data: &BlockData, room: (u16, u32)) -> String {
    let change = metric::change_text(it, data).map_or_else(String::new, |change| {
        let class = match change.chars().next() {
            Some('▲') => "rise",
            Some('▼') => "fall",
            _ => "same",
        };
        format!(" <span class=\"change {class}\">{}</span>", escape(&change))
    });
    let value = escape(&metric::value_text(it, data));
    let mut html = format!("<div class=\"figure\">{value}{change}</div>\n");
    let line = metric::line_alone(picture.options.medium, data, room);
    if let Some(scene) = line {
        let description = format!("{} over time", frame::title_of(block));
        let named = Svg { form: Form::Inline, title: &description, description: "", id: &block.id };
        let _ = write!(html, "<div class=\"picture sparkline\">\n{}</div>\n", svg::paint(&scene, &named));
    }
    html
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
