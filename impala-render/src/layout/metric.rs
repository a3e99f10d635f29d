//! One number: the value, its change, and the line that led to it.

use impala_core::BlockData;
use impala_core::block::Metric;
use impala_core::data::Column;
use impala_core::number_format::NumberFormat;

use super::sparkline;
use crate::format::{self, narrow, number, value};
use crate::scene::{Area, Emphasis, Medium, PAGE_COLUMN_PX, PAGE_ROW_PX, Scene, TextSize, Tone};

/// The column that holds what the value is compared to.
const PREVIOUS: &str = "previous";

/// Draws value, change and sparkline, as far as there is room for them.
pub(crate) fn draw(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) {
    if scene.medium.is_exact() {
        return on_a_page(scene, area, metric, data);
    }
    let text = value_within(metric, data, area.cols());
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

/// On a page: the number large, its change beside or below it, and the line in what is left. Without a line the number has the block
/// to itself.
fn on_a_page(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) {
    let trend = trend(data);
    let has_line = trend.iter().flatten().count() > 1;
    let figure = Figure::fitting(metric, data, area, has_line);
    let change = change(metric, data).map(|change| {
        let text = scene.medium.cut(&change.text, area.cols());
        let beside = figure.width_cols() + 1.5;
        let is_beside = beside + scene.medium.width(&text) <= area.w;
        (Change { text, ..change }, is_beside.then_some(beside))
    });
    let is_below = matches!(change, Some((_, None)));
    let used = figure.height_rows() + if is_below { 0.9 } else { 0.0 };
    let top = if has_line { area.y } else { area.y + ((area.h - used) / 2.0).max(0.0) };
    // Letters of any size stand in the middle of a row.
    let middle = top + figure.height_rows() / 2.0 - 0.55;
    let emphasis = Emphasis { size: figure.size, ..Emphasis::BOLD };
    scene.styled(area.x, middle, &figure.text, Tone::Title, emphasis);
    match change {
        Some((change, Some(beside))) => scene.text(area.x + beside, middle + 0.15, &change.text, change.tone),
        Some((change, None)) => scene.text(area.x, top + figure.height_rows(), &change.text, change.tone),
        None => {}
    }
    let room = area.inset(0.0, used + 0.1, 0.0, 0.0);
    if room.h >= 0.8 && has_line {
        sparkline::draw(scene, room, &trend);
    }
}

/// The number of a metric on a page.
struct Figure {
    text: String,
    size: TextSize,
}

impl Figure {
    /// The whole number in the largest letters that have room; where none have, a shorter form of it.
    fn fitting(metric: &Metric, data: &BlockData, area: Area, has_line: bool) -> Self {
        let text = value_text(metric, data);
        let largest = if has_line { TextSize::Figure } else { TextSize::Large };
        let sizes = [TextSize::Large, TextSize::Figure, TextSize::Heading, TextSize::Body];
        let sizes = || sizes.into_iter().filter(|size| size.px() <= largest.px());
        let whole = sizes().map(|size| Self { text: text.clone(), size });
        if let Some(whole) = whole.into_iter().find(|figure| figure.fits(area)) {
            return whole;
        }
        let fits = |text: &str| Self { text: text.to_owned(), size: TextSize::Body }.fits(area);
        let text = shortened(metric, data, fits)
            .unwrap_or_else(|| Medium::Page.cut(&text, (area.w / BOLDER) as usize));
        let figure = sizes().map(|size| Self { text: text.clone(), size }).find(|figure| figure.fits(area));
        figure.unwrap_or(Self { text, size: TextSize::Body })
    }

    fn fits(&self, area: Area) -> bool {
        let is_least = self.size == TextSize::Body;
        self.width_cols() <= area.w && (is_least || self.height_rows() <= area.h + 0.2)
    }

    fn width_cols(&self) -> f64 {
        let scale = self.size.px() / TextSize::Body.px() * BOLDER;
        format::measure::width_px(&self.text) / PAGE_COLUMN_PX * scale
    }

    fn height_rows(&self) -> f64 {
        self.size.px() * 1.15 / PAGE_ROW_PX
    }
}

/// How much wider bold digits are than others.
const BOLDER: f64 = 1.06;

/// The value of a metric in so many columns of a terminal.
pub(crate) fn value_within(metric: &Metric, data: &BlockData, width_cols: usize) -> String {
    let text = value_text(metric, data);
    if format::width(&text) <= width_cols {
        return text;
    }
    let fits = |text: &str| format::width(text) <= width_cols;
    shortened(metric, data, fits).unwrap_or_else(|| format::cut(&text, width_cols))
}

/// A number in the first of its shorter forms that fits; `None` where the value is no number.
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
