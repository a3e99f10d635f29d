//! Marks into cells that still know what lies in them: fills in eighths, dots in braille, rules, text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::glyphs::{self, EAST, NORTH, SOUTH, WEST};
use super::grid::Cell;
use super::{Charset, Ink, resolve};
use crate::format;
use crate::scene::{Along, Area, Emphasis, Mark, Point, Stroke, Tone, dots_between};

/// Columns between the markers that tell lines apart.
const MARKER_EVERY: i64 = 12;

/// What lies in one cell.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Eighths of a fill, from the top or from the left.
    pub fill: [Option<Tone>; 8],
    /// Which of the two, when anything fills it.
    pub along: Option<Along>,
    /// Directions of rules, and their tone.
    pub rule: u8,
    pub rule_tone: Tone,
    /// Directions of grid lines.
    pub grid: u8,
    /// Braille dots, their tone, and whether they belong to a line.
    pub dots: u8,
    pub dots_tone: Tone,
    pub is_curve: bool,
    /// A shape over the dots.
    pub shape: Option<(char, Tone)>,
    /// Directions of a thick line.
    pub heavy: u8,
    pub heavy_tone: Tone,
    /// Text; empty in the second cell of a wide grapheme.
    pub text: Option<(String, Tone, Emphasis)>,
}

/// A picture in the making.
pub struct Raster {
    width_cols: usize,
    rows: Range<u32>,
    charset: Charset,
    ink: Ink,
    cells: Vec<Layers>,
}

impl Raster {
    pub fn new(width_cols: u16, rows: Range<u32>, charset: Charset, ink: Ink) -> Self {
        let width_cols = usize::from(width_cols);
        let cells = vec![Layers::default(); width_cols * rows.len()];
        Self { width_cols, rows, charset, ink, cells }
    }

    pub fn draw(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { tone: Tone::MutedInColor, .. } | Mark::Dot { tone: Tone::MutedInColor, .. }
                if !self.ink.has_color() => {}
            Mark::Text { tone: Tone::MutedWithoutColor, .. } if self.ink.has_color() => {}
            Mark::Text { at, text, tone, emphasis, .. } => self.text(*at, text, *tone, *emphasis),
            Mark::Fill { area, tone, along } => self.fill(*area, *tone, *along),
            Mark::Band { upper, lower, tone, .. } => self.band(upper, lower, *tone),
            Mark::Line { points, tone, stroke } => self.line(points, *tone, *stroke),
            Mark::Dot { at, size, tone, has_shape } => self.dot(*at, *size, *tone, *has_shape),
            Mark::Border { area, tone } => self.border(*area, *tone),
            Mark::Target { .. } => {}
        }
    }

    pub fn finish(self) -> Vec<Vec<Cell>> {
        if self.width_cols == 0 {
            return vec![Vec::new(); self.rows.len()];
        }
        let cell = |layers| resolve::cell(layers, self.charset, self.ink);
        self.cells.chunks(self.width_cols).map(|row| row.iter().map(cell).collect()).collect()
    }

    fn at(&mut self, x: i64, y: i64) -> Option<&mut Layers> {
        let (x, y) = (usize::try_from(x).ok()?, u32::try_from(y).ok()?);
        if x >= self.width_cols || !self.rows.contains(&y) {
            return None;
        }
        self.cells.get_mut((y - self.rows.start) as usize * self.width_cols + x)
    }

    fn text(&mut self, at: Point, text: &str, tone: Tone, emphasis: Emphasis) {
        // Layout has cleaned it; here is the last place where a control character could get through.
        let mut text = format::clean(text);
        if self.charset == Charset::Ascii && text.starts_with("… ") {
            text.replace_range(..'…'.len_utf8(), "...");
        }
        let (mut x, y) = (at.x.round() as i64, at.y.floor() as i64);
        for grapheme in UnicodeSegmentation::graphemes(text.as_str(), true) {
            let wide = format::grapheme_width(grapheme) as i64;
            if wide == 0 || x + wide > self.width_cols as i64 {
                continue;
            }
            self.clear_text(x, y);
            self.clear_text(x + wide - 1, y);
            let (symbol, second) = match self.charset {
                Charset::Unicode => (grapheme, ""),
                Charset::Ascii => (glyphs::ascii_of(grapheme), "?"),
            };
            for (column, symbol) in [(x, symbol), (x + 1, second)].into_iter().take(wide as usize) {
                if let Some(cell) = self.at(column, y) {
                    cell.text = Some((symbol.to_owned(), tone, emphasis));
                }
            }
            x += wide;
        }
    }

    /// Takes text out of a cell, and the other half with it when it was half of a wide grapheme.
    fn clear_text(&mut self, x: i64, y: i64) {
        let is_second = |cell: &Layers| cell.text.as_ref().is_some_and(|(symbol, ..)| symbol.is_empty());
        let here = self.at(x, y).is_some_and(|cell| is_second(cell));
        let next = self.at(x + 1, y).is_some_and(|cell| is_second(cell));
        let blank = || Some((" ".to_owned(), Tone::Plain, Emphasis::NONE));
        if here && let Some(cell) = self.at(x - 1, y) {
            cell.text = blank();
        }
        if next && let Some(cell) = self.at(x + 1, y) {
            cell.text = blank();
        }
    }

    fn fill(&mut self, area: Area, tone: Tone, along: Along) {
        let (across, length) = match along {
            Along::Height => ((area.x, area.right()), (area.y, area.bottom())),
            Along::Width => ((area.y, area.bottom()), (area.x, area.right())),
        };
        let first = across.0.round() as i64;
        let last = (across.1.round() as i64).max(first + 1);
        let from = (length.0 * 8.0).round() as i64;
        let to = (length.1 * 8.0).round() as i64;
        // A value that is not zero shows, however small it is.
        let from = if from == to { from - i64::from(along == Along::Height) } else { from };
        let to = to.max(from + 1);
        // Nothing outside of the picture needs a look.
        let width = self.width_cols as i64;
        let (top, bottom) = (i64::from(self.rows.start), i64::from(self.rows.end));
        let (first, last, from, to) = match along {
            Along::Height => (first.max(0), last.min(width), from.max(top * 8), to.min(bottom * 8)),
            Along::Width => (first.max(top), last.min(bottom), from.max(0), to.min(width * 8)),
        };
        for lane in first..last {
            for eighth in from..to {
                let (cell, slice) = (eighth.div_euclid(8), eighth.rem_euclid(8) as usize);
                let (x, y) = if along == Along::Height { (lane, cell) } else { (cell, lane) };
                if let Some(layers) = self.at(x, y) {
                    if layers.along != Some(along) {
                        layers.fill = [None; 8];
                        layers.along = Some(along);
                    }
                    layers.fill[slice] = Some(tone);
                }
            }
        }
    }

    fn band(&mut self, upper: &[Point], lower: &[Point], tone: Tone) {
        let (Some(first), Some(last)) = (upper.first(), upper.last()) else {
            return;
        };
        let (start, end) = (first.x.floor() as i64, last.x.ceil() as i64);
        for column in start.max(0)..end.min(self.width_cols as i64) {
            let x = (column as f64 + 0.5).clamp(first.x, last.x);
            if let (Some(top), Some(bottom)) = (height_at(upper, x), height_at(lower, x)) {
                let (top, bottom) = (top.min(bottom), top.max(bottom));
                if bottom > top {
                    self.fill(Area::new(column as f64, top, 1.0, bottom - top), tone, Along::Height);
                }
            }
        }
    }

    fn line(&mut self, points: &[Point], tone: Tone, stroke: Stroke) {
        for pair in points.windows(2) {
            match stroke {
                Stroke::Curve { .. } => self.curve(pair[0], pair[1], tone),
                _ => self.straight(pair[0], pair[1], tone, stroke),
            }
        }
        if stroke == (Stroke::Curve { has_markers: true }) && !self.ink.has_color() {
            self.markers(points, tone);
        }
    }

    /// A line from middle to middle of cells sets, in each cell, the half towards its neighbour.
    fn straight(&mut self, from: Point, to: Point, tone: Tone, stroke: Stroke) {
        let is_level = (to.x - from.x).abs() >= (to.y - from.y).abs();
        let ((start, end), lane, ahead, back) = if is_level {
            (ordered(from.x, to.x), from.y.floor() as i64, EAST, WEST)
        } else {
            (ordered(from.y, to.y), from.x.floor() as i64, SOUTH, NORTH)
        };
        let longest = (self.width_cols as f64).max(f64::from(self.rows.end));
        for cell in start.max(0.0).floor() as i64..=end.min(longest).ceil() as i64 {
            let edge = cell as f64;
            let mut directions = 0;
            if start < edge + 0.4 && end > edge + 0.1 {
                directions |= back;
            }
            if start < edge + 0.9 && end > edge + 0.6 {
                directions |= ahead;
            }
            let (x, y) = if is_level { (cell, lane) } else { (lane, cell) };
            if directions != 0
                && let Some(layers) = self.at(x, y)
            {
                match stroke {
                    Stroke::Grid => layers.grid |= directions,
                    Stroke::Heavy => (layers.heavy, layers.heavy_tone) = (layers.heavy | directions, tone),
                    _ => (layers.rule, layers.rule_tone) = (layers.rule | directions, tone),
                }
            }
        }
    }

    fn curve(&mut self, from: Point, to: Point, tone: Tone) {
        for (x, y) in dots_between(from, to) {
            self.braille(x, y, tone, true);
        }
    }

    fn braille(&mut self, x: i64, y: i64, tone: Tone, is_curve: bool) {
        if let Some(layers) = self.at(x.div_euclid(2), y.div_euclid(4)) {
            layers.dots |= glyphs::braille_bit(x.rem_euclid(2) as usize, y.rem_euclid(4) as usize);
            layers.dots_tone = tone;
            layers.is_curve = is_curve;
        }
    }

    /// Shapes along a line and at its end. Each series has them at other columns, so that they seldom meet.
    fn markers(&mut self, points: &[Point], tone: Tone) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let offset = if let Tone::Series(n) = tone { i64::from(n) * 5 } else { 0 };
        let is_every = self.charset == Charset::Ascii;
        for column in first.x.floor() as i64..=last.x.floor() as i64 {
            let is_here = is_every
                || (column + offset).rem_euclid(MARKER_EVERY) == 4
                || column == last.x.floor() as i64;
            let x = (column as f64 + 0.5).clamp(first.x, last.x);
            if is_here && let Some(y) = height_at(points, x) {
                self.shape(Point::new(column as f64, y), glyphs::shape(tone, self.charset), tone);
            }
        }
    }

    fn dot(&mut self, at: Point, size: f64, tone: Tone, has_shape: bool) {
        if has_shape && !self.ink.has_color() {
            self.shape(at, glyphs::shape(tone, self.charset), tone);
        } else if let (Tone::Heat(_), false) = (tone, self.ink.has_color()) {
            // The shades of the legend stand for the colors that are missing.
            self.shape(at, glyphs::pattern(tone, self.charset), tone);
        } else if size == 0.0 {
            self.braille((at.x * 2.0).floor() as i64, (at.y * 4.0).floor() as i64, tone, false);
        } else {
            self.shape(at, glyphs::dot(size.round() as u8, self.charset), tone);
        }
    }

    fn shape(&mut self, at: Point, symbol: char, tone: Tone) {
        if let Some(layers) = self.at(at.x.floor() as i64, at.y.floor() as i64) {
            layers.shape = Some((symbol, tone));
        }
    }

    fn border(&mut self, area: Area, tone: Tone) {
        let (w, h) = (area.cols(), area.rows());
        if w < 2 || h < 2 {
            return;
        }
        let level = "─".repeat(w - 2);
        let right = area.right() - 1.0;
        for (row, corners) in [(area.y, ("╭", "╮")), (area.bottom() - 1.0, ("╰", "╯"))] {
            let line = format!("{}{level}{}", corners.0, corners.1);
            self.text(Point::new(area.x, row), &line, tone, Emphasis::NONE);
        }
        for row in 1..h - 1 {
            for x in [area.x, right] {
                self.text(Point::new(x, area.y + row as f64), "│", tone, Emphasis::NONE);
            }
        }
    }
}

fn ordered(a: f64, b: f64) -> (f64, f64) {
    (a.min(b), a.max(b))
}

/// y of the line through `points` (rising in x) at `x`; `None` outside.
pub fn height_at(points: &[Point], x: f64) -> Option<f64> {
    let index = points.partition_point(|point| point.x < x);
    let right = points.get(index)?;
    let left = points[index.saturating_sub(1)];
    if index == 0 || right.x <= left.x {
        return (right.x <= x || index == 0 && right.x - x < 1e-9).then_some(right.y);
    }
    Some(left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x))
}
