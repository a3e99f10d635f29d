//! The room of a chart: header, plot, axes, and where values stand in the plot.

use super::View;
use super::axis::{self, Divided};
use super::bands::{BandSort, Bands, Order};
use super::field::{Field, Kind};
use super::header::Header;
use super::legend::NO_LEGEND;
use crate::format::{self, number};
use crate::layout::note::Note;
use crate::scale::Linear;
use crate::scene::{Area, Medium, Scene, Tone};

/// Rows from which on an axis title gets a row of its own.
const ROWS_FOR_X_TITLE: usize = 9;

/// How a chart's area is divided.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Where the marks go.
    pub plot: Area,
    /// All of it, axes included.
    pub whole: Area,
    /// Where the marks would go in a terminal: what is shown is chosen by it, also on a page.
    pub cells: Area,
    /// Row of the title of the x axis.
    title_row: Option<f64>,
}

/// What stands around a plot.
pub struct Around<'a> {
    /// Title of the x axis.
    pub x_title: &'a str,
    /// Title of the y axis.
    pub y_title: &'a str,
    /// The legend.
    pub legend: &'a super::legend::Legend,
    /// Rows that the plot needs to show all it has; titles give way for them.
    pub rows_wanted: usize,
}

impl Room {
    /// Divides `area`, draws the header, and leaves room for `labels` columns of labels left of the plot.
    ///
    /// * `labels`: given the rows that the plot has in a terminal, says how wide the labels are in that medium.
    pub fn divide(
        scene: &mut Scene,
        area: Area,
        view: &View,
        around: &Around,
        labels: impl FnMut(Medium, usize) -> usize,
    ) -> Self {
        let (room, header) = Self::plan(scene.medium, area, view, around, labels);
        header.draw(scene, area);
        scene.plots.push(room.plot);
        room
    }

    /// As [`Room::divide`], with the header still to be drawn.
    pub fn plan<'a>(
        medium: Medium,
        area: Area,
        view: &View,
        around: &Around<'a>,
        mut labels: impl FnMut(Medium, usize) -> usize,
    ) -> (Self, Header<'a>) {
        let cell_rows = view.cell_rows;
        let spare = cell_rows.saturating_sub(2 + around.rows_wanted);
        let y_title = if view.has_titles && spare > 0 { around.y_title } else { "" };
        // A single name tells nothing apart: it gives way for what the plot needs.
        let has_legend = view.has_legend && (spare > 0 || !around.legend.is_single());
        let legend = if has_legend { around.legend } else { &NO_LEGEND };
        let above = Header::new(y_title, legend, (area.cols(), cell_rows), spare);
        let header = above.rows();
        let has_x_title =
            view.has_titles && !around.x_title.is_empty() && cell_rows >= ROWS_FOR_X_TITLE && spare > header;
        let below = 2 + usize::from(has_x_title);
        let rows = cell_rows.saturating_sub(header + below).max(1);
        let mut left = |medium| (labels(medium, rows) + 1).min(area.cols().saturating_sub(4));
        let plot_of = |left: usize, top: f64, h: f64| {
            Area::new(area.x + left as f64, area.y + top, (area.cols() - left) as f64, h)
        };
        let cells = plot_of(left(Medium::Cells), header as f64, rows as f64);
        let plot = match medium {
            Medium::Cells => cells,
            Medium::Page => {
                let (above, below) = around_on_page(header, has_x_title);
                plot_of(left(Medium::Page), above, (area.h - above - below).max(1.0))
            }
        };
        let title_row = plot.bottom() + medium.pick(2.0, 0.85);
        (Self { plot, cells, whole: area, title_row: has_x_title.then_some(title_row) }, above)
    }

    /// Whether the x axis has its title below it.
    pub fn has_x_title(&self) -> bool {
        self.title_row.is_some()
    }

    /// Writes the title of the x axis, when it has a row, and what the axis' labels leave unsaid: without that row beside
    /// the labels, where `free` columns are left of the first of them.
    pub fn draw_x_title(&self, scene: &mut Scene, title: &str, context: Option<Context>) {
        let title = match &context {
            Some(context) if title.is_empty() => context.text.clone(),
            Some(context) => format!("{title} ({})", context.text),
            None => title.to_owned(),
        };
        let medium = scene.medium;
        if self.title_row.is_none()
            && let Some(context) = context
            && self.whole.x + medium.width(&context.text) + 1.0 <= context.free_until
        {
            scene.text(self.whole.x, self.label_row(medium), &context.text, Tone::Muted);
        }
        let Some(row) = self.title_row else { return };
        let title = medium.cut(&title, self.plot.cols());
        if medium.is_exact() {
            return scene.text_around(self.plot.x + self.plot.w / 2.0, row, &title, Tone::Muted);
        }
        let left = self.plot.x + ((self.plot.cols() - format::width(&title)) / 2) as f64;
        scene.text(left, row, &title, Tone::Muted);
    }

    /// The row of the labels below the plot.
    pub fn label_row(&self, medium: Medium) -> f64 {
        self.plot.bottom() + medium.pick(1.0, 0.15)
    }
}

/// Rows above a plot on a page, and below it for its axis.
fn around_on_page(header: usize, has_x_title: bool) -> (f64, f64) {
    let below = 1.0 + if has_x_title { 0.75 } else { 0.0 };
    // Without a header the topmost label needs room for its upper half.
    let above = if header == 0 { 0.35 } else { header as f64 * 0.9 + 0.4 };
    (above, below)
}

/// Rows of a band of `lanes` bars that has `each` rows, and free rows behind it. A single bar is of an odd number of rows, so that
/// its label stands in its middle.
fn thickness(each: usize, lanes: usize) -> (usize, usize) {
    match (each, lanes) {
        (..=1, 1) => (1, 0),
        (2..=3, 1) => (1, each - 1),
        (4..=5, 1) => (3, each - 3),
        (_, 1) => (5, (each - 5).min(3)),
        _ => {
            let bar = (each.saturating_sub(1) / lanes).clamp(1, 3);
            (bar * lanes, each.saturating_sub(bar * lanes).min(2))
        }
    }
}

/// What the labels of an axis leave unsaid, such as the year.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// In words.
    pub text: String,
    /// Where the first of the labels begins.
    pub free_until: f64,
}

/// Places of equal size along an axis, in whole cells.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// First cell.
    pub origin: f64,
    /// From one to the next, in cells; under 1 when several share a cell.
    pub step: f64,
    /// How many there are room for.
    pub shown: usize,
    /// Cells left free between bands.
    pub gap: f64,
    /// Whether they keep to whole cells.
    pub medium: Medium,
}

impl Slots {
    /// How many of `count` bands find room in so many cells, when each needs `least` of them; all of them when that is 0.
    pub fn fitting(cells: usize, count: usize, least: usize) -> usize {
        cells.checked_div(least).map_or(count, |fitting| count.min(fitting.max(1)))
    }

    /// Places for `shown` bands in `room` cells from `origin`.
    ///
    /// * `most`: cells that a band fills at most; it stands in the middle of those that it has.
    pub fn new(medium: Medium, origin: f64, room: f64, shown: usize, most: f64) -> Self {
        let step = room / shown.max(1) as f64;
        if medium.is_exact() {
            return Self { origin, step, shown, gap: (step * 0.2).max(step - most), medium };
        }
        // Even steps look calmer, where they do not waste much room.
        let waste = step.fract() * shown as f64;
        let step = if step >= 2.0 && waste <= room * 0.1 { step.floor() } else { step };
        let gap: f64 = match step {
            step if step < 2.0 => 0.0,
            step if step < 6.0 => 1.0,
            _ => 2.0,
        };
        Self { origin, step, shown, gap: gap.max((step - most).floor()), medium }
    }

    /// Rows for `count` bands of `lanes` bars each, as thick as the room allows and all alike, with free rows between them
    /// where there are any. Those that find no room in a terminal are not shown.
    pub fn rows(room: &Room, medium: Medium, count: usize, lanes: usize) -> Self {
        let (rows, lanes) = (room.cells.rows(), lanes.max(1));
        let shown = Self::fitting(rows, count, lanes);
        if medium.is_exact() {
            let step = (room.plot.h / shown.max(1) as f64).min(2.0 + lanes as f64);
            let origin = room.plot.y + (room.plot.h - step * shown as f64) / 2.0;
            return Self { origin, step, shown, gap: step * 0.25, medium };
        }
        // The last band needs no free row behind it.
        let (thick, gap) = thickness((rows + 1) / shown.max(1), lanes);
        let step = thick + gap;
        // Few of them stand in the middle. Each begins behind half of its gap.
        let above = ((rows + gap).saturating_sub(step * shown) / 2) as f64 - (gap / 2) as f64;
        Self { origin: room.plot.y + above, step: step as f64, shown, gap: gap as f64, medium }
    }

    /// All of them, evenly over the whole room and without gaps; several share a cell where there are more than cells.
    pub fn even(medium: Medium, origin: f64, room: f64, count: usize) -> Self {
        Self { origin, step: room / count.max(1) as f64, shown: count, gap: 0.0, medium }
    }

    /// Rows for `shown` bands of a vertical axis without bars.
    pub fn lines(medium: Medium, plot: Area, shown: usize) -> Self {
        Self::even(medium, plot.y, plot.h, shown)
    }

    /// The row of a band's label.
    pub fn label_row(&self, index: usize) -> f64 {
        let (from, to) = self.cells(index);
        if self.medium.is_exact() {
            return (from + to) / 2.0 - 0.5;
        }
        from + ((to - from - 1.0) / 2.0).floor()
    }

    /// The same without room between bands.
    pub fn without_gaps(self) -> Self {
        Self { gap: 0.0, ..self }
    }

    /// The cells of a band: from, to.
    pub fn cells(&self, index: usize) -> (f64, f64) {
        if self.medium.is_exact() {
            let from = self.origin + index as f64 * self.step + self.gap / 2.0;
            return (from, from + self.step - self.gap);
        }
        let edge = |index: usize| (self.origin + index as f64 * self.step).round();
        let lead = (self.gap / 2.0).floor();
        let from = edge(index) + lead;
        // Bars that stand apart are all as wide as each other; those that touch leave no cell free.
        let to = if self.gap > 0.0 { from + self.step.floor() - self.gap } else { edge(index + 1) };
        (from, to.max(from + 1.0))
    }

    /// The middle of a band.
    pub fn middle(&self, index: usize) -> f64 {
        let (from, to) = self.cells(index);
        (from + to) / 2.0
    }
}

/// Where the values of a field stand along one axis, as shares of it.
pub enum Ruler<'a> {
    /// Numbers.
    Numbers(Field<'a>, Linear),
    /// Numbers along the rows of a plot.
    Rows(Field<'a>, Divided),
    /// Instants.
    Times(Field<'a>, Linear),
    /// Side by side, and how many of them find room.
    Bands(Field<'a>, Bands, usize),
    /// Nothing is placed by it: all in the middle.
    Nothing,
}

impl<'a> Ruler<'a> {
    /// The ruler for points and lines.
    pub fn of(field: Option<Field<'a>>, other: Option<&Field>, view: &View, is_x: bool) -> Self {
        let Some(field) = field else { return Self::Nothing };
        let rows = view.parts.concat();
        let numbers = || rows.iter().filter_map(|row| field.number(*row));
        match field.kind() {
            Kind::Number => {
                let scale = Linear::over(numbers(), false);
                // Close to zero, the eye wants zero.
                let wants_zero = !is_x && scale.low > 0.0 && scale.low < scale.high * 0.35;
                let bin = field.column.bin_step.filter(|_| field.is_binned()).unwrap_or(0.0);
                let scale = Linear { high: scale.high + bin, ..scale };
                let scale = if wants_zero { Linear { low: 0.0, ..scale } } else { scale };
                Self::Numbers(field, if is_x { scale.rounded() } else { scale })
            }
            Kind::Time => Self::Times(field, time_scale(numbers(), field.finest_s().max(43_200.0))),
            Kind::Names => {
                let bands = Bands::of(&field, &rows, other, is_x);
                let shown = bands.len();
                Self::Bands(field, bands, shown)
            }
        }
    }

    /// Makes a vertical ruler keep to the rows of a plot: ticks stand in the middle of rows, and of names only those are shown
    /// that find a row of their own.
    pub fn settle(&mut self, room: &Room) {
        match self {
            Self::Numbers(field, values) => {
                *self = Self::Rows(*field, axis::divided(*values, room.cells.rows(), field));
            }
            Self::Bands(_, bands, shown) if are_names(bands) => {
                *shown = bands.len().min(room.cells.rows().max(1));
            }
            _ => {}
        }
    }

    /// The y of a row's value in `plot`: for a band the middle of the row in which its label stands. `None` when it has no
    /// value, or its band found no room.
    pub fn y(&self, medium: Medium, plot: Area, row: usize) -> Option<f64> {
        let Self::Bands(_, bands, shown) = self else {
            return self.share(row).map(|share| y_at(medium, plot, share));
        };
        let slots = Slots::lines(medium, plot, *shown);
        let band = bands.of_row.get(&row).filter(|band| **band < slots.shown)?;
        Some(slots.label_row(*band) + 0.5)
    }

    /// The rows of the plot that belong to a row's band, from and to; all of them without bands.
    pub fn lane(&self, medium: Medium, plot: Area, row: usize) -> Option<(f64, f64)> {
        let Self::Bands(_, bands, shown) = self else { return Some((plot.y, plot.bottom())) };
        let slots = Slots::lines(medium, plot, *shown);
        bands.of_row.get(&row).filter(|band| **band < slots.shown).map(|band| slots.cells(*band))
    }

    /// What of its bands found no row, in words.
    pub fn left_out(&self) -> Note {
        match self {
            Self::Bands(field, bands, shown) => left_out(bands, *shown, field),
            _ => Note::NONE,
        }
    }

    /// Where a row stands, 0 to 1; `None` when it has no value.
    pub fn share(&self, row: usize) -> Option<f64> {
        match self {
            Self::Rows(field, Divided { scale, .. }) => Self::Numbers(*field, *scale).share(row),
            Self::Numbers(field, scale) => {
                let half_bin = field.column.bin_step.filter(|_| field.is_binned()).unwrap_or(0.0) / 2.0;
                field.number(row).map(|value| scale.share(value + half_bin))
            }
            Self::Times(field, scale) => field.number(row).map(|value| scale.share(value)),
            Self::Bands(_, bands, _) => {
                bands.of_row.get(&row).map(|band| (*band as f64 + 0.5) / bands.len().max(1) as f64)
            }
            Self::Nothing => Some(0.5),
        }
    }

    /// The value of a row in words.
    pub fn in_words(&self, row: usize) -> String {
        match self {
            Self::Numbers(field, _) | Self::Rows(field, _) | Self::Times(field, _) => field.label(row),
            Self::Bands(_, bands, _) => {
                bands.of_row.get(&row).map_or_else(String::new, |band| bands.in_words(*band))
            }
            Self::Nothing => String::new(),
        }
    }

    /// The title of its axis.
    pub fn title(&self) -> String {
        match self {
            Self::Numbers(field, _)
            | Self::Rows(field, _)
            | Self::Times(field, _)
            | Self::Bands(field, ..) => field.title(),
            Self::Nothing => String::new(),
        }
    }

    /// What of its values cannot be drawn, in words.
    pub fn note(&self, rows: &[usize]) -> Note {
        match self {
            Self::Numbers(field, _) | Self::Rows(field, _) => field.undrawable_note(rows),
            _ => Note::NONE,
        }
    }
}

/// A scale of instants; a single one stands in the middle, `around_s` from both ends.
fn time_scale(numbers: impl Iterator<Item = f64>, around_s: f64) -> Linear {
    let (low, high) =
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)));
    match low {
        low if low > high => Linear { low: 0.0, high: 1.0 },
        low if low == high => Linear { low: low - around_s, high: high + around_s },
        low => Linear { low, high },
    }
}

/// How many bands found no room, and which did, in words.
pub fn left_out(bands: &Bands, shown: usize, field: &Field) -> Note {
    let more = bands.len().saturating_sub(shown);
    if more == 0 {
        return Note::NONE;
    }
    let (title, rest, shown) = (field.title(), format::and_more(more), number::whole(shown as u64));
    let chosen = match bands.order {
        Order::Rising => format!("first {shown} by {title}"),
        Order::Falling => format!("last {shown} by {title}"),
        Order::Greatest => format!("{shown} greatest of {title}"),
        Order::Least => format!("{shown} least of {title}"),
    };
    Note::from(format!("{chosen}, {rest}")).or(format::and_more_of(more, &title)).or(rest)
}

/// How many rows have no place among the bands, in words. Behind one row of a grouped answer there may be many.
pub fn without_value(view: &View, bands: &[&Bands]) -> Note {
    let has_none = |row: &&usize| bands.iter().any(|bands| !bands.of_row.contains_key(row));
    let rows: Vec<usize> = view.rows.iter().filter(has_none).copied().collect();
    let is_grouped = view.chart.encoding.channels().any(|(_, channel)| channel.aggregate.is_some());
    let counts = view.data.column("count()");
    let count = match counts {
        Some(counts) => rows.iter().filter_map(|row| counts.values.number(*row)).sum::<f64>() as u64,
        None if is_grouped && !rows.is_empty() => {
            return Note::from("rows without a value left out").or("nulls left out");
        }
        None => rows.len() as u64,
    };
    rows_without_value(count)
}

/// So many rows have no value, in words.
pub fn rows_without_value(count: u64) -> Note {
    let rows = || format::count(count, "row");
    match count {
        0 => Note::NONE,
        _ => Note::from(format!("{} without a value", rows())).or(format!("{} null", number::whole(count))),
    }
}

/// Whether bands need a label each.
pub fn are_names(bands: &Bands) -> bool {
    bands.sort == BandSort::Names
}

/// x in the plot; in cells kept a quarter of one from its edges, so that a dot stays inside.
pub fn x_at(medium: Medium, plot: Area, share: f64) -> f64 {
    let margin = medium.pick(0.25, 0.0);
    plot.x + margin + share.clamp(0.0, 1.0) * (plot.w - 2.0 * margin)
}

/// y in the plot. In cells what stands at a tick is in the tick's row, and what lies on the ground in the lowest one.
pub fn y_at(medium: Medium, plot: Area, share: f64) -> f64 {
    let y = plot.bottom() - share.clamp(0.0, 1.0) * plot.h;
    medium.pick((y + 0.125).min(plot.bottom() - 0.125), y)
}
