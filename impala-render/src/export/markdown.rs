//! For a pull request or the summary of a job: charts as text in fences, tables as tables, numbers with their change.

mod prose;

use std::fmt::Write as _;

use impala_core::api::BlockAnswer;
use impala_core::data::BlockData;
use impala_core::{Block, BlockKind};

mod changes;

use super::Export;
use crate::format;
use crate::layout::{Picture, columns, frame, layout_inside, markdown, metric, provenance};
use crate::paint::{Charset, Ink, text};
use crate::scene::Medium;
use crate::summary;

/// Writes a canvas, or one block of it.
pub fn write(export: &Export) -> String {
    let picture = export.steady(Medium::Cells);
    let mut parts = Vec::new();
    if export.block.is_none() {
        parts.extend(header(&picture));
        parts.extend(changes::section(export));
    }
    let mut numbers: Vec<String> = Vec::new();
    for block in export.blocks() {
        match (&block.kind, picture.answers.get(&block.id)) {
            (BlockKind::Metric(it), Some(BlockAnswer::Data(data))) => {
                let aside = escape(&metric::aside_text(it, data));
                let aside = if aside.is_empty() { aside } else { format!(" ({aside})") };
                let value = escape(&metric::value_text(it, data));
                numbers.push(format!("- {}: **{value}**{aside}", escape(&frame::title_of(block))));
                continue;
            }
            _ if !numbers.is_empty() => parts.push(std::mem::take(&mut numbers).join("\n")),
            _ => {}
        }
        parts.push(of_block(&picture, block, export.charset));
    }
    if !numbers.is_empty() {
        parts.push(numbers.join("\n"));
    }
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n") + "\n"
}

fn header(picture: &Picture) -> Vec<String> {
    let canvas = picture.canvas;
    let set = canvas.spec.parameters.iter().filter_map(|parameter| {
        let value = picture.parameters.get(&parameter.name)?;
        let title = parameter.title.as_deref().unwrap_or(&parameter.name);
        Some(format!("{}: **{}**", escape(title), escape(value)))
    });
    let set: Vec<String> = set.collect();
    vec![format!("# {}", escape(canvas.title())), escape(&canvas.metadata.description), set.join(" · ")]
}

fn of_block(picture: &Picture, block: &Block, charset: Charset) -> String {
    let title = frame::title_of(block);
    let heading = if title.is_empty() { String::new() } else { format!("### {}\n\n", escape(&title)) };
    let body = match (&block.kind, picture.answers.get(&block.id)) {
        (BlockKind::Text(_), _) => prose::tame(markdown::filled(picture, block).trim()),
        (_, Some(BlockAnswer::Problem(problem))) => {
            let why = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
            format!("> ✗ {}", escape(why))
        }
        (_, None) => "…".to_owned(),
        (BlockKind::Table(_), Some(BlockAnswer::Data(data))) => table(data) + &foot(&[], data),
        (_, Some(BlockAnswer::Data(data))) => chart(picture, block, data, charset),
    };
    heading + &body
}

fn chart(picture: &Picture, block: &Block, data: &BlockData, charset: Charset) -> String {
    let rows = block.at.h.saturating_sub(2).clamp(6, 60);
    let (scene, notes) = layout_inside(picture, block, picture.options.width_cols, rows);
    let drawn = text::paint(&scene, charset, Ink::None);
    let fence = fence_around(&drawn);
    let drawn = drawn.trim_end();
    let sentence = escape(&summary::of_drawn(picture, block, &scene));
    format!("{fence}text\n{drawn}\n{fence}\n\n{sentence}{}", foot(&notes, data))
}

/// Backticks, one more than the text holds in a row.
fn fence_around(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// The first rows of a table: what a reader of a pull request looks through.
const MOST_ROWS: usize = 100;

fn table(data: &BlockData) -> String {
    let there = data.columns.first().map_or(0, |column| column.values.len());
    let shown = there.min(MOST_ROWS);
    let mut lines = String::new();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    lines.push_str(&line(data.columns.iter().map(|column| escape(&column.name)).collect()));
    let rule = data.columns.iter().map(|column| match column.values.column_type().is_numeric() {
        true => "--:".to_owned(),
        false => "---".to_owned(),
    });
    lines.push_str(&line(rule.collect()));
    let cells: Vec<Vec<Option<String>>> =
        data.columns.iter().map(|column| columns::cells(column, shown)).collect();
    for row in 0..shown {
        let cell = |column: &Vec<Option<String>>| column[row].as_deref().map_or("—".to_owned(), escape);
        lines.push_str(&line(cells.iter().map(cell).collect()));
    }
    match data.rows_total.saturating_sub(shown as u64) {
        0 => {}
        more => {
            let _ = write!(lines, "\n{}", format::more(more, "row"));
        }
    }
    lines
}

fn foot(notes: &[String], data: &BlockData) -> String {
    let words: Vec<String> = notes.iter().cloned().chain(provenance::words(data)).collect();
    if words.is_empty() { String::new() } else { format!("\n\n<sub>{}</sub>", escape(&words.join(" · "))) }
}

/// Text that Markdown reads as itself, on one line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in format::clean(text).chars() {
        let is_within_a_word = escaped.ends_with(char::is_alphanumeric);
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '#' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // Names somebody on the platforms that show this.
            '@' if !is_within_a_word => escaped.push_str("@\u{200b}"),
            c => escaped.push(c),
        }
    }
    escaped
}
