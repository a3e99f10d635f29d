//! One number: the value, its change, and the line that led to it.

use impala_core::BlockData;
use impala_core::block::Metric;
use impala_core::data::{Column, PREVIOUS};
use impala_core::number_format::NumberFormat;

mod change;
mod page;

pub(crate) use self::change::between as change_between;
use self::change::{Aside, Piece, Place, Wording, width};
use super::note::{Note, Notes};
use super::sparkline;
use crate::format::{self, narrow, number, value};
use crate::scene::{Area, Emphasis, Scene, Tone};

/// Draws value, period, change and sparkline, as far as there is room for them.
pub(crate) fn draw(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) -> Notes {
    if scene.medium.is_exact() {
        return page::draw(scene, area, metric, data);
    }
    let text = value_within(metric, data, area.cols());
    let aside = Aside::of(metric, data);
    let wording = aside.wordings().find(|wording| fits(&aside, *wording, &text, area)).unwrap_or_default();
    let trend = trend(data);
    let below = aside.below(wording);
    let rows = area.rows();
    let used = 1 + usize::from(!below.is_empty());
    let line_rows = if has_line(&trend) { rows.saturating_sub(used).min(6) } else { 0 };
    let top = area.y + (rows.saturating_sub(used + line_rows) / 2) as f64;
    scene.styled(area.x, top, &text, Tone::Title, Emphasis::BOLD);
    pieces(scene, area.x + format::width(&text) as f64, top, &aside.behind(wording));
    let ending = aside.ending(wording);
    pieces(scene, area.right() - width(&ending) as f64, top, &ending);
    pieces(scene, area.x, top + 1.0, &within(below, area.cols()));
    if line_rows > 0 {
        let room = Area { y: top + used as f64, h: line_rows as f64, ..area };
        sparkline::draw(scene, room, &trend);
    }
    notes(metric, &text, aside.lost_period(wording))
}

/// Whether words find room beside and below the number. A change that has nothing else beside it is cut rather than left out.
fn fits(aside: &Aside, wording: Wording, text: &str, area: Area) -> bool {
    let (behind, ending, below) = (aside.behind(wording), aside.ending(wording), aside.below(wording));
    let gap = if ending.is_empty() { 0 } else { 2 };
    let can_be_cut = wording.period == Place::Nowhere;
    format::width(text) + width(&behind) + gap + width(&ending) <= area.cols()
        && (below.is_empty() || area.rows() > 1 && (can_be_cut || width(&below) <= area.cols()))
}

/// Pieces that flow on from each other.
fn pieces(scene: &mut Scene, mut x: f64, y: f64, pieces: &[Piece]) {
    for (text, tone) in pieces {
        scene.text(x, y, text, *tone);
        x += format::width(text) as f64;
    }
}

/// Pieces in so many columns: a single one is cut.
fn within(mut pieces: Vec<Piece>, width_cols: usize) -> Vec<Piece> {
    if let [(text, _)] = pieces.as_mut_slice() {
        *text = format::cut(text, width_cols);
    }
    pieces
}

/// What had no room.
fn notes(metric: &Metric, shown: &str, lost_period: Note) -> Notes {
    let notes = [lost_unit(metric, shown), lost_period];
    notes.into_iter().filter(|note| !note.is_empty()).collect()
}

/// What stands around the number when it has room, and does not in `shown`: 56 of what?
fn lost_unit(metric: &Metric, shown: &str) -> Note {
    let Some(format) = number_format(metric).filter(|_| shown.contains(|c: char| c.is_ascii_digit())) else {
        return Note::NONE;
    };
    let words = [format::clean(&format.prefix), format::clean(&format.suffix)];
    let words: Vec<&str> = words.iter().map(|words| words.trim()).filter(|words| !words.is_empty()).collect();
    match words.iter().all(|words| shown.contains(words)) {
        true => Note::NONE,
        false => Note::from(format!("in {}", words.join(" … "))).or(words.join(" … ")),
    }
}

/// The value of a metric where it fits, or a shorter form of it; an ellipsis where none does.
pub(crate) fn value_fitting(metric: &Metric, data: &BlockData, fits: impl Fn(&str) -> bool) -> String {
    let text = value_text(metric, data);
    if fits(&text) {
        return text;
    }
    shortened(metric, data, fits).unwrap_or(text)
}

/// The value of a metric in so many columns of a terminal.
fn value_within(metric: &Metric, data: &BlockData, width_cols: usize) -> String {
    let text = value_fitting(metric, data, |text| format::width(text) <= width_cols);
    format::cut(&text, width_cols)
}

/// A number in the first of its shorter forms that fits; `None` where the value is not a number.
fn shortened(metric: &Metric, data: &BlockData, fits: impl Fn(&str) -> bool) -> Option<String> {
    let column = value_column(data)?;
    let value = column.values.number(0).filter(|_| column.values.column_type().is_numeric())?;
    Some(narrow::fitting(value, number_format(metric), fits))
}

fn value_column(data: &BlockData) -> Option<&Column> {
    data.columns.iter().find(|column| column.name != PREVIOUS)
}

fn number_format(metric: &Metric) -> Option<&NumberFormat> {
    metric.format.as_ref().or(metric.value.format.as_ref())
}

/// The value as the block writes it; a dash when there is none.
pub(crate) fn value_text(metric: &Metric, data: &BlockData) -> String {
    let Some(column) = value_column(data) else {
        return value::NULL.to_owned();
    };
    match column.values.number(0) {
        Some(value) if column.values.column_type().is_numeric() => {
            format::clean(&number::one(value, number_format(metric)))
        }
        _ => value::text(&column.values, 0).unwrap_or_else(|| value::NULL.to_owned()),
    }
}

/// All that is to be said beside the value, in words: `2015, ▼ 7.6% vs 2014`; empty when nothing is compared.
pub(crate) fn aside_text(metric: &Metric, data: &BlockData) -> String {
    Aside::of(metric, data).in_words()
}

/// The period that the value is of, where it is compared to an earlier one.
pub(crate) fn period_text(metric: &Metric, data: &BlockData) -> Option<String> {
    Aside::of(metric, data).period
}

fn trend(data: &BlockData) -> Vec<Option<f64>> {
    let Some(column) = data.trend.get(1) else {
        return Vec::new();
    };
    (0..column.values.len()).map(|row| column.values.number(row)).collect()
}

/// Whether a trend is worth a line: a single value and one that never changes say nothing that the number does not.
fn has_line(trend: &[Option<f64>]) -> bool {
    let mut values = trend.iter().flatten();
    values.next().is_some_and(|first| values.any(|value| value != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_flat_is_not_drawn() {
        let check =
            |trend: &[Option<f64>], expected: bool| assert_eq!(has_line(trend), expected, "{trend:?}");
        check(&[], false);
        check(&[Some(3.0)], false);
        check(&[Some(3.0), None, Some(3.0)], false);
        check(&[Some(3.0), Some(3.0), Some(4.0)], true);
    }
}
