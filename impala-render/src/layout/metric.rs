//! One number: the value, its change, and the line that led to it.

use impala_core::BlockData;
use impala_core::block::Metric;

use super::sparkline;
use crate::format::{self, number, value};
use crate::scene::{Area, Emphasis, Medium, Scene, TextSize, Tone};

/// The column that holds what the value is compared to.
const PREVIOUS: &str = "previous";

/// Draws value, change and sparkline, as far as there is room for them.
pub(crate) fn draw(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) {
    if scene.medium.is_exact() {
        return on_a_page(scene, area, metric, data);
    }
    let text = format::cut(&value_text(metric, data), area.cols());
    let change = change(metric, data);
    let change_fits_beside = change
        .as_ref()
        .is_some_and(|change| format::width(&text) + 2 + format::width(&change.text) <= area.cols());
    let trend = trend(data);
    let has_line = trend.iter().flatten().count() > 1;
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
}

/// How much wider the letters of a figure are than those of running text.
const FIGURE_WIDTH: f64 = 28.0 / 12.0;

/// On a page: the number large, its change below it, and the line in what is left.
fn on_a_page(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) {
    let text = scene.medium.cut(&value_text(metric, data), (area.w / FIGURE_WIDTH) as usize);
    let figure = Emphasis { size: TextSize::Figure, ..Emphasis::BOLD };
    scene.styled(area.x, area.y + 0.15, &text, Tone::Title, figure);
    let mut used = 1.4;
    if let Some(change) = change(metric, data) {
        let change_text = scene.medium.cut(&change.text, area.cols());
        let beside = area.x + scene.medium.width(&text) * FIGURE_WIDTH + 1.5;
        if beside + scene.medium.width(&change_text) <= area.right() {
            scene.text(beside, area.y + 0.3, &change_text, change.tone);
        } else {
            scene.text(area.x, area.y + used, &change_text, change.tone);
            used += 0.9;
        }
    }
    let trend = trend(data);
    let room = area.inset(0.0, used + 0.1, 0.0, 0.0);
    if room.h >= 0.8 && trend.iter().flatten().count() > 1 {
        sparkline::draw(scene, room, &trend);
    }
}

/// The value as the block writes it; a dash when there is none.
pub(crate) fn value_text(metric: &Metric, data: &BlockData) -> String {
    let Some(column) = data.columns.iter().find(|column| column.name != PREVIOUS) else {
        return value::NULL.to_owned();
    };
    let format = metric.format.as_ref().or(metric.value.format.as_ref());
    match column.values.number(0) {
        Some(value) if column.values.column_type().is_numeric() => format::clean(&number::one(value, format)),
        _ => value::text(&column.values, 0).unwrap_or_else(|| value::NULL.to_owned()),
    }
}

/// The line that led to the value, by itself; `None` when there is none, or no room.
///
/// * `room`: columns and rows of the block; the value takes some of them.
pub(crate) fn line_alone(medium: Medium, data: &BlockData, room: (u16, u32)) -> Option<Scene> {
    let trend = trend(data);
    // The number takes more than a row.
    let rows = room.1.saturating_sub(2).max(1);
    if trend.iter().flatten().count() < 2 || room.1 < 2 {
        return None;
    }
    let mut scene = Scene::on(medium, room.0, rows);
    sparkline::draw(&mut scene, Area::cells(0, 0, room.0, rows), &trend);
    Some(scene)
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
    Some(between(metric, now, before))
}

/// The change from one value to another in words, `▲ 12%`.
pub(crate) fn change_between(metric: &Metric, now: Option<f64>, before: Option<f64>) -> String {
    between(metric, now, before).text
}

fn between(metric: &Metric, now: Option<f64>, before: Option<f64>) -> Change {
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
        percent(share.abs())
    } else {
        number::one((now - before).abs(), metric.format.as_ref())
    };
    Change { text: format!("{arrow} {size}"), tone }
}

/// `0.4%`, `12%`, `×15` for what more than tenfolds.
fn percent(share: f64) -> String {
    match share {
        share if share >= 9.995 => format!("×{}", number::one((share + 1.0).round(), None)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_written_short() {
        let check = |share, expected: &str| assert_eq!(percent(share), expected);
        check(0.004, "0.4%");
        check(0.125, "12%");
        check(1.0, "100%");
        check(14.0, "×15");
    }
}
