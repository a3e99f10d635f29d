//! Tables within Markdown.

use pulldown_cmark::Alignment;

use super::{Cell, Line};
use crate::format::{self, Span};
use crate::scene::Anchor;

/// Rows of cells; the first row is the header.
#[derive(Default)]
pub struct Table {
    /// How each column stands.
    pub alignments: Vec<Alignment>,
    /// Styled text by row and column.
    pub rows: Vec<Vec<Vec<Span>>>,
}

fn spans_width(spans: &[Span]) -> usize {
    spans.iter().map(|span| format::width(&span.text)).sum()
}

impl Table {
    /// Widths of the columns; the widest give way until the table fits.
    pub fn widths(&self, room: usize) -> Vec<usize> {
        let columns = self.alignments.len();
        let widest = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| spans_width(cell)).max()
        };
        let mut widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0).max(1)).collect();
        while widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1) > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > 1 => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    /// One row as a line, its cells padded to `widths`.
    pub fn line(&self, row: &[Vec<Span>], widths: &[usize], is_head: bool) -> Line {
        let mut line = Line::default();
        let mut col = 0;
        for (column, width) in widths.iter().enumerate() {
            let cell = row.get(column).map_or(&[][..], Vec::as_slice);
            let mut cell = cut_spans(cell, *width);
            let missing = width - spans_width(&cell).min(*width);
            let (anchor, before) = match self.alignments.get(column) {
                Some(Alignment::Right) => (Anchor::End, missing),
                Some(Alignment::Center) => (Anchor::Middle, missing / 2),
                _ => (Anchor::Start, 0),
            };
            for span in &mut cell {
                span.emphasis.is_bold |= is_head;
            }
            let gap = if column > 0 { 2 } else { 0 };
            line.spans.push(Span::plain(" ".repeat(before + gap)));
            let first = line.spans.len();
            line.spans.extend(cell);
            line.cells.push(Cell { spans: first..line.spans.len(), cols: (col + gap, *width), anchor });
            line.spans.push(Span::plain(" ".repeat(missing - before)));
            col += gap + width;
        }
        let end = line.spans.iter().rposition(|span| !span.text.trim().is_empty()).map_or(0, |last| last + 1);
        line.spans.truncate(end);
        line.cells.retain(|cell| cell.spans.end <= end);
        line
    }
}

/// The beginning of styled text that fits a width; what was cut ends in an ellipsis.
fn cut_spans(spans: &[Span], width_cols: usize) -> Vec<Span> {
    if spans_width(spans) <= width_cols {
        return spans.to_vec();
    }
    let mut room = width_cols.saturating_sub(1);
    let mut kept = Vec::new();
    for span in spans {
        let text = format::head(&span.text, room).to_owned();
        room -= format::width(&text);
        let is_whole = text.len() == span.text.len();
        kept.push(Span { text, ..span.clone() });
        if !is_whole {
            break;
        }
    }
    match kept.last_mut() {
        Some(last) => last.text.push('…'),
        None => kept.push(Span::plain("…")),
    }
    kept
}
