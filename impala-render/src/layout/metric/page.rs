//! A metric on a page: the number large, its change beside or below it, and the line in what is left. What has least to say gives way
//! first: letters get smaller before the line goes, and the line goes before the change.

use impala_core::BlockData;
use impala_core::block::Metric;

use super::change::{Aside, Piece, Place, Wording, after_gap};
use super::{notes, pieces, sparkline, trend, value_fitting};
use crate::format::{self, measure};
use crate::layout::note::Notes;
use crate::scene::{Area, Emphasis, Medium, PAGE_COLUMN_PX, PAGE_ROW_PX, Scene, TextSize, Tone};

/// By how much the bold letters of a reader's font may be wider: DejaVu's, which many have, by 18 percent.
const WIDER_BOLD: f64 = 1.18;

/// The same of other letters.
const WIDER: f64 = 1.15;

/// Columns between the words and a line beside them.
const GAP_COLS: f64 = 1.5;

/// Rows of words below the number.
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
    let aside = Aside::of(metric, data);
    let plan = Plan::fitting(&text, &aside, has_line, area);
    let (top, line) = plan.places(area);
    words(scene, Area { y: top, ..area }, &plan, (&text, &aside));
    if let Some(room) = line {
        sparkline::draw(scene, room, &trend);
    }
    notes(metric, &text, aside.lost_period(plan.wording))
}

/// The whole number where it has room in the smallest letters; else a shorter form of it.
fn figure_text(metric: &Metric, data: &BlockData, room_cols: f64) -> String {
    let fits = |text: &str| width_cols(text, TextSize::Body) <= room_cols;
    let text = value_fitting(metric, data, fits);
    if fits(&text) { text } else { Medium::Page.cut(&text, (room_cols / WIDER_BOLD) as usize) }
}

/// Number and what is beside it are one line of text, so that neither lies over the other whatever the reader's font.
fn words(scene: &mut Scene, area: Area, plan: &Plan, (text, aside): (&str, &Aside)) {
    let middle = area.y + height_rows(plan.size) / 2.0 - 0.55;
    let emphasis = Emphasis { size: plan.size, ..Emphasis::BOLD };
    scene.styled(area.x, middle, text, Tone::Title, emphasis);
    let end = area.x + format::width(text) as f64;
    pieces(scene, end, middle, &beside(aside, plan.wording));
    // Letters stand in the middle of a row.
    let row = area.y + height_rows(plan.size) + CHANGE_ROWS / 2.0 - 0.5;
    pieces(scene, area.x, row, &below(aside, plan.wording));
}

/// Behind the number, on its line.
fn beside(aside: &Aside, wording: Wording) -> Vec<Piece> {
    let behind = aside.behind(wording).into_iter().chain(after_gap(aside.ending(wording)));
    behind.map(kept_apart).collect()
}

/// A piece whose first spaces are kept.
fn kept_apart((text, tone): Piece) -> Piece {
    let words = text.trim_start();
    ("\u{a0}".repeat(text.len() - words.len()) + words, tone)
}

fn below(aside: &Aside, wording: Wording) -> Vec<Piece> {
    aside.below(wording).into_iter().map(kept_apart).collect()
}

/// How large the number is, and where the rest stands.
#[derive(Clone, Copy)]
struct Plan {
    size: TextSize,
    wording: Wording,
    line: Place,
    /// Columns and rows of number and words.
    words: (f64, f64),
}

impl Plan {
    /// What shows most, in the largest letters. The line goes before the words do.
    fn fitting(text: &str, aside: &Aside, has_line: bool, area: Area) -> Self {
        const ABOVE: [Place; 2] = [Place::Below, Place::Beside];
        const GONE: [Place; 1] = [Place::Nowhere];
        let wordings: Vec<Wording> = aside.wordings().collect();
        let unsaid = [Wording::default()];
        let wordings = wordings.chunk_by(|a, b| a.says() == b.says()).chain([unsaid.as_slice()]);
        let lines: &[&[Place]] = if has_line { &[&ABOVE, &GONE] } else { &[&GONE] };
        let sizes = [TextSize::Large, TextSize::Figure, TextSize::Title, TextSize::Heading, TextSize::Body];
        for wordings in wordings {
            for lines in lines {
                // Where there is a line, the number leaves it some room.
                let largest = if has_line { TextSize::Figure } else { TextSize::Large };
                for size in sizes.into_iter().filter(|size| size.px() <= largest.px()) {
                    let places =
                        lines.iter().flat_map(|line| wordings.iter().map(move |wording| (*wording, *line)));
                    let mut plans =
                        places.map(|(wording, line)| Self::of(text, aside, size, (wording, line)));
                    if let Some(plan) = plans.find(|plan| plan.fits(area)) {
                        return plan;
                    }
                }
            }
        }
        Self::of(text, aside, TextSize::Body, (Wording::default(), Place::Nowhere))
    }

    fn of(text: &str, aside: &Aside, size: TextSize, (wording, line): (Wording, Place)) -> Self {
        let (width, height) = (width_cols(text, size), height_rows(size));
        let cols =
            |pieces: Vec<Piece>| pieces.iter().map(|(text, _)| Medium::Page.width(text)).sum::<f64>() * WIDER;
        let (beside, below) = (cols(beside(aside, wording)), cols(below(aside, wording)));
        let below_rows = if below > 0.0 { CHANGE_ROWS } else { 0.0 };
        let words = ((width + beside).max(below), height + below_rows);
        Self { size, wording, line, words }
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
