//! One number: the value, its change, and the line that led to it.

use impala_core::BlockData;
use impala_core::block::Metric;
use impala_core::data::Column;
use impala_core::number_format::NumberFormat;

mod page;

use super::note::{Note, Notes};
use super::sparkline;
use crate::format::{self, narrow, number, value};
use crate::scene::{Area, Emphasis, Scene, Tone};

/// The column that holds what the value is compared to.
const PREVIOUS: &str = "previous";

/// Draws value, change and sparkline, as far as there is room for them.
pub(crate) fn draw(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) -> Notes {
    if scene.medium.is_exact() {
        return page::draw(scene, area, metric, data);
    }
    let text = value_within(metric, data, area.cols());
    let change = change(metric, data);
    let change_fits_beside = change
        .as_ref()
        .is_some_and(|change| format::width(&text) + 2 + format::width(&change.text) <= area.cols());
    let trend = trend(data);
    let has_line = has_line(&trend);
    let rows = area.rows();
    let below = usize::from(change.is_some() && !change_fits_beside && rows > 1);
    let line_rows = if has_line { rows.saturating_sub(1 + below).min(6) } else { 0 };
    let used = 1 + below + line_rows;
    let top = area.y + (rows.saturating_sub(used) / 2) as f64;
    scene.styled(area.x, top, &text, Tone::Title, Emphasis::BOLD);
    if let Some(change) = change {
        if change_fits_beside {
            scene.text_ending(area.right(), top, &change.text, change.tone);
        } else if below > 0 {
            scene.text(area.x, top + 1.0, &format::cut(&change.text, area.cols()), change.tone);
        }
    }
    if line_rows > 0 {
        let room = Area { y: top + (1 + below) as f64, h: line_rows as f64, ..area };
        sparkline::draw(scene, room, &trend);
    }
    vec![lost_unit(metric, &text)]
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

/// The change in words, `▲ 12%`; `None` when nothing is compared.
pub(crate) fn change_text(metric: &Metric, data: &BlockData) -> Option<String> {
    change(metric, data).map(|change| change.text)
}

struct Change {
    text: String,
    tone: Tone,
}

/// `▲ 12% from 49.1 mm`; `None` when nothing is compared.
fn change(metric: &Metric, data: &BlockData) -> Option<Change> {
    metric.compare.as_ref()?;
    let now = data.columns.first()?.values.number(0);
    let before = data.column(PREVIOUS).and_then(|column| column.values.number(0));
    Some(between(metric.format.as_ref(), now, before))
}

/// The change from one value to another in words, `▲ 12%`.
pub(crate) fn change_between(metric: &Metric, now: Option<f64>, before: Option<f64>) -> String {
    between(metric.format.as_ref(), now, before).text
}

fn between(format: Option<&NumberFormat>, now: Option<f64>, before: Option<f64>) -> Change {
    let muted = |text: &str| Change { text: text.to_owned(), tone: Tone::Muted };
    let (now, before) = match (now, before) {
        (Some(now), Some(before)) => (now, before),
        (None, Some(_)) => return muted("nothing now"),
        (_, None) => return muted("nothing before"),
    };
    if now == before {
        return muted("= unchanged");
    }
    let arrow = if now > before { "▲" } else { "▼" };
    let tone = if now > before { Tone::Rise } else { Tone::Fall };
    let share = (now - before) / before.abs();
    let size = if share.is_finite() {
        percent(share.abs(), now.signum() == before.signum())
    } else {
        number::one((now - before).abs(), format)
    };
    Change { text: format!("{arrow} {size}"), tone }
}

/// `0.4%`, `12%`, `×15` for what more than tenfolds; a number on the other side of zero is no multiple.
fn percent(share: f64, is_multiple: bool) -> String {
    match share {
        share if share >= 9.995 && is_multiple => format!("×{}", number::one((share + 1.0).round(), None)),
        share if share >= 9.995 => format!("{}%", number::one((share * 100.0).round(), None)),
        share if share < 0.0995 => format!("{:.1}%", share * 100.0),
        share => format!("{:.0}%", share * 100.0),
    }
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

    #[test]
    fn changes_are_written_short() {
        let check = |share, expected: &str| assert_eq!(percent(share, true), expected);
        check(0.004, "0.4%");
        check(0.125, "12%");
        check(1.0, "100%");
        check(14.0, "×15");
        assert_eq!(percent(14.0, false), "1,400%");
    }

    #[test]
    fn only_numbers_of_one_sign_are_multiples() {
        let check = |before, now, expected: &str| {
            assert_eq!(between(None, Some(now), Some(before)).text, expected, "{before} to {now}");
        };
        check(100.0, -900.0, "▼ 1,000%");
        check(-100.0, 900.0, "▲ 1,000%");
        check(-100.0, -2_000.0, "▼ ×20");
        check(100.0, 2_000.0, "▲ ×20");
        check(-100.0, -50.0, "▲ 50%");
        check(0.0, -3.0, "▼ 3");
    }
}
