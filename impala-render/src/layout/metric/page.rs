//! A metric on a page: the number large, its change beside or below it, and the line in what is left. What has least to say gives way
//! first: letters get smaller before the line goes, and the line goes before the change.

use impala_core::BlockData;
use impala_core::block::Metric;

use super::{Change, change, lost_unit, sparkline, trend, value_fitting};
use crate::format::{self, measure};
use crate::layout::note::Notes;
use crate::scene::{Area, Emphasis, Medium, PAGE_COLUMN_PX, PAGE_ROW_PX, Scene, TextSize, Tone};

/// By how much the bold letters of a reader's font may be wider: DejaVu's, which many have, by 18 percent.
const WIDER_BOLD: f64 = 1.18;

/// The same of other letters.
const WIDER: f64 = 1.15;

/// Columns between the number and what is beside it.
const GAP_COLS: f64 = 1.5;

/// Rows of a change below the number.
const CHANGE_ROWS: f64 = 0.65;

/// Rows between the words and the line below them.
const GAP_ROWS: f64 = 0.05;

/// Columns and rows that a line needs to be one.
const LEAST_LINE: (f64, f64) = (7.0, 0.65);

/// Draws value, change and line.
pub(super) fn draw(scene: &mut Scene, area: Area, metric: &Metric, data: &BlockData) -> Notes {
    let trend = trend(data);
    let has_line = super::has_line(&trend);
    let text = figure_text(metric, data, area.w);
    let change = change(metric, data);
    let plan = Plan::fitting(&text, change.as_ref(), has_line, area);
    let (top, line) = plan.places(area);
    words(scene, Area { y: top, ..area }, &plan, (&text, change));
    if let Some(room) = line {
        sparkline::draw(scene, room, &trend);
    }
    vec![lost_unit(metric, &text)]
}

/// The whole number where it has room in the smallest letters; else a shorter form of it.
fn figure_text(metric: &Metric, data: &BlockData, room_cols: f64) -> String {
    let fits = |text: &str| width_cols(text, TextSize::Body) <= room_cols;
    let text = value_fitting(metric, data, fits);
    if fits(&text) { text } else { Medium::Page.cut(&text, (room_cols / WIDER_BOLD) as usize) }
}

/// Number and change are one line of text where they stand beside each other, so that neither lies over the other whatever the
/// reader's font.
fn words(scene: &mut Scene, area: Area, plan: &Plan, (text, change): (&str, Option<Change>)) {
    let middle = area.y + height_rows(plan.size) / 2.0 - 0.55;
    let emphasis = Emphasis { size: plan.size, ..Emphasis::BOLD };
    scene.styled(area.x, middle, text, Tone::Title, emphasis);
    match (change, plan.change) {
        (Some(Change { text: change, tone }), Place::Beside) => {
            let end = area.x + format::width(text) as f64;
            scene.text(end, middle, &format!("\u{a0}\u{a0}\u{a0}{change}"), tone);
        }
        (Some(Change { text: change, tone }), Place::Below) => {
            let cut = scene.medium.cut(&change, (area.w / WIDER) as usize);
            // Letters stand in the middle of a row.
            let below = area.y + height_rows(plan.size) + CHANGE_ROWS / 2.0 - 0.5;
            scene.text(area.x, below, &cut, tone);
        }
        _ => {}
    }
}

/// How large the number is, and where the rest stands.
#[derive(Clone, Copy)]
struct Plan {
    size: TextSize,
    change: Place,
    line: Place,
    /// Columns and rows of number and change.
    words: (f64, f64),
}

/// Where something stands, from number and change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Beside,
    Below,
    Nowhere,
}

impl Plan {
    /// What shows most, in the largest letters.
    fn fitting(text: &str, change: Option<&Change>, has_line: bool, area: Area) -> Self {
        const SHOWN: [Place; 2] = [Place::Beside, Place::Below];
        const ABOVE: [Place; 2] = [Place::Below, Place::Beside];
        const GONE: [Place; 1] = [Place::Nowhere];
        let changes: &[&[Place]] = if change.is_some() { &[&SHOWN, &GONE] } else { &[&GONE] };
        let lines: &[&[Place]] = if has_line { &[&ABOVE, &GONE] } else { &[&GONE] };
        let sizes = [TextSize::Large, TextSize::Figure, TextSize::Title, TextSize::Heading, TextSize::Body];
        for changes in changes {
            for lines in lines {
                // Where there is a line, the number leaves it some room.
                let largest = if has_line { TextSize::Figure } else { TextSize::Large };
                for size in sizes.into_iter().filter(|size| size.px() <= largest.px()) {
                    let places =
                        lines.iter().flat_map(|line| changes.iter().map(move |change| (*change, *line)));
                    let plans = places.map(|(place, line)| Self::of(text, change, size, (place, line)));
                    if let Some(plan) = plans.into_iter().find(|plan| plan.fits(area)) {
                        return plan;
                    }
                }
            }
        }
        Self::of(text, None, TextSize::Body, (Place::Nowhere, Place::Nowhere))
    }

    fn of(text: &str, change: Option<&Change>, size: TextSize, (place, line): (Place, Place)) -> Self {
        let (width, height) = (width_cols(text, size), height_rows(size));
        let change_cols = change.map_or(0.0, |change| Medium::Page.width(&change.text) * WIDER);
        let words = match place {
            Place::Beside => (width + GAP_COLS + change_cols, height),
            Place::Below => (width.max(change_cols), height + CHANGE_ROWS),
            Place::Nowhere => (width, height),
        };
        Self { size, change: place, line, words }
    }

    fn fits(&self, area: Area) -> bool {
        let (cols, rows) = match self.line {
            Place::Beside => (self.words.0 + GAP_COLS + LEAST_LINE.0, self.words.1.max(LEAST_LINE.1)),
            Place::Below => (self.words.0, self.words.1 + GAP_ROWS + LEAST_LINE.1),
            Place::Nowhere => self.words,
        };
        cols <= area.w + 1e-9 && rows <= area.h + 1e-9
    }

    /// The top of the words, and the room of the line.
    fn places(&self, area: Area) -> (f64, Option<Area>) {
        let middle = area.y + ((area.h - self.words.1) / 2.0).max(0.0);
        match self.line {
            Place::Below => (area.y, Some(area.inset(0.0, self.words.1 + GAP_ROWS, 0.0, 0.0))),
            Place::Beside => (middle, Some(area.inset(self.words.0 + GAP_COLS, 0.0, 0.0, 0.0))),
            Place::Nowhere => (middle, None),
        }
    }
}

/// Columns that the number takes, also in a wider font.
fn width_cols(text: &str, size: TextSize) -> f64 {
    measure::width_px(text) / PAGE_COLUMN_PX * size.px() / TextSize::Body.px() * WIDER_BOLD
}

fn height_rows(size: TextSize) -> f64 {
    size.px() * 1.15 / PAGE_ROW_PX
}
