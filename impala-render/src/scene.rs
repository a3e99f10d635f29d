//! The picture between layout and paint: marks in units of terminal cells, with a tone instead of a color.
//!
//! x runs right in columns, y runs down in rows; cell (0, 0) covers `0.0..1.0` in both. Fractions are allowed:
//! text rounds them to eighth blocks and braille dots, other targets multiply them by the size of a cell.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::format::{self, measure};

/// What a picture is made for. Marks are the same; where they stand differs, as a terminal has whole cells only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Medium {
    /// A terminal: text, axes and bars begin and end with a cell, and every character is one or two cells wide.
    #[default]
    Cells,
    /// A page: every place is exact, letters have their own widths, and blocks are cards. A column is
    /// [`PAGE_COLUMN_PX`] wide, a row [`PAGE_ROW_PX`] high.
    Page,
}

/// Width of a column on a page, in pixels.
pub const PAGE_COLUMN_PX: f64 = 8.0;

/// Height of a row on a page, in pixels.
pub const PAGE_ROW_PX: f64 = 24.0;

impl Medium {
    /// Whether marks stand where they should rather than at the nearest cell.
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Page)
    }

    /// Columns that text of ordinary size takes.
    pub fn width(self, text: &str) -> f64 {
        match self {
            Self::Cells => format::width(text) as f64,
            Self::Page => measure::width_px(text) / PAGE_COLUMN_PX,
        }
    }

    /// Whole columns that hold the text.
    pub fn cols(self, text: &str) -> usize {
        self.width(text).ceil() as usize
    }

    /// Cuts text to so many columns; what was cut ends in an ellipsis.
    pub fn cut(self, text: &str, width_cols: usize) -> String {
        match self {
            Self::Cells => format::cut(text, width_cols),
            Self::Page => measure::cut(text, width_cols as f64 * PAGE_COLUMN_PX),
        }
    }

    /// The value for this medium.
    pub fn pick<T>(self, cells: T, page: T) -> T {
        match self {
            Self::Cells => cells,
            Self::Page => page,
        }
    }
}

/// A finished picture. Later marks lie over earlier ones of the same sort; text lies over everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width in columns. No mark reaches beyond it.
    pub width_cols: u16,
    /// Height in rows.
    pub height_rows: u32,
    /// What it is made for.
    pub medium: Medium,
    /// What is drawn.
    pub marks: Vec<Mark>,
    /// Tooltips, by the mark's index in `marks`. Pictures for cells have none.
    pub tips: BTreeMap<usize, String>,
    /// Where the values of the answer are drawn, for pointers. Painters do without.
    pub spots: Vec<Spot>,
    /// Where charts draw their marks, between the axes; for pointers, too.
    pub plots: Vec<Area>,
    /// What is drawn in a sentence, where it is not what the answer says row by row. Painters do without.
    pub sentence: Option<String>,
}

/// Where a chart draws rows of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// What its mark covers; of no size for a point.
    pub area: Area,
    /// The rows of the answer that it stands for; several where they share a mark.
    pub rows: Vec<usize>,
}

/// A point, in columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Columns from the left.
    pub x: f64,
    /// Rows from the top.
    pub y: f64,
}

/// A rectangle, in columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// One line of text whose first cell is at `at`.
    Text {
        /// Top left of the first cell.
        at: Point,
        /// Free of control characters; see [`Scene::text`].
        text: String,
        /// What it means.
        tone: Tone,
        /// How it stands out.
        emphasis: Emphasis,
        /// Which part of it stays where it is when letters are narrower than cells.
        anchor: Anchor,
    },
    /// A filled rectangle.
    Fill {
        /// Where.
        area: Area,
        /// What it means.
        tone: Tone,
        /// The direction in which its length carries the value.
        along: Along,
    },
    /// The room between two lines that run from left to right over the same x.
    Band {
        /// Upper edge.
        upper: Vec<Point>,
        /// Lower edge.
        lower: Vec<Point>,
        /// What it means.
        tone: Tone,
        /// Whether what is behind it should be seen, where that can be drawn.
        is_pale: bool,
    },
    /// A line through points.
    Line {
        /// At least two.
        points: Vec<Point>,
        /// What it means.
        tone: Tone,
        /// What kind of line.
        stroke: Stroke,
    },
    /// A dot around `at`.
    Dot {
        /// Its middle.
        at: Point,
        /// 0 is as fine as the target can draw, 1 to 3 are small to large; a terminal rounds them.
        size: f64,
        /// What it means.
        tone: Tone,
        /// Whether it must differ from dots of other series where there are no colors.
        has_shape: bool,
    },
    /// A frame of one cell's thickness inside the rectangle; on a page the card that a block is.
    Border {
        /// Outer edge.
        area: Area,
        /// What it means.
        tone: Tone,
    },
    /// Invisible: an area with a tooltip.
    Target {
        /// Where.
        area: Area,
    },
}

/// Which part of a text stays where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// Its beginning.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// What a mark means. Each target has its own color for it, see [`crate::theme`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Text to read.
    #[default]
    Plain,
    /// Titles and headings.
    Title,
    /// Text of second rank: axis labels, provenance, notes.
    Muted,
    /// As muted; not drawn where there are no colors, since what it speaks of is not seen there.
    MutedInColor,
    /// As muted; drawn only where there are no colors: what is not seen there.
    MutedWithoutColor,
    /// Frames, axes and grid lines.
    Faint,
    /// Code in a text block.
    Code,
    /// Links and their footnotes.
    Link,
    /// One series of a chart, counted from 0.
    Series(u8),
    /// A level of a color scale, 0 (least) to [`Tone::HEAT_MAX`].
    Heat(u8),
    /// A change to more.
    Rise,
    /// A change to less.
    Fall,
    /// A warning: rows were left out.
    Warning,
    /// A failure.
    Alarm,
}

impl Tone {
    /// The greatest heat level.
    pub const HEAT_MAX: u8 = 8;

    /// The series of that index; colors repeat after 256.
    pub fn series(index: usize) -> Self {
        Self::Series((index % 256) as u8)
    }

    /// The heat level for `share` of the scale, 0 to 1.
    pub fn heat(share: f64) -> Self {
        Self::Heat((share.clamp(0.0, 1.0) * f64::from(Self::HEAT_MAX)).round() as u8)
    }
}

/// How text stands out besides its tone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Emphasis {
    /// Strong.
    pub is_bold: bool,
    /// Emphasised.
    pub is_italic: bool,
    /// Underlined.
    pub is_underlined: bool,
    /// Struck through.
    pub is_struck: bool,
    /// How large, where there are sizes.
    pub size: TextSize,
}

/// How large text is on a page. In a terminal all is of one size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TextSize {
    /// Labels and running text.
    #[default]
    Body,
    /// A heading of the third rank.
    Subheading,
    /// A heading of the second rank.
    Heading,
    /// A heading of the first rank, or the title of a canvas.
    Title,
    /// The number of a metric.
    Figure,
    /// The number of a metric that has its block to itself.
    Large,
}

impl TextSize {
    /// Every size but that of ordinary text, with the class that it has on a page.
    pub const NAMED: [(Self, &str); 5] = [
        (Self::Subheading, "subheading"),
        (Self::Heading, "heading"),
        (Self::Title, "title"),
        (Self::Figure, "figure"),
        (Self::Large, "large"),
    ];

    /// The size of its letters on a page, in pixels.
    pub const fn px(self) -> f64 {
        match self {
            Self::Body => measure::BODY_PX,
            Self::Subheading => 14.0,
            Self::Heading => 16.0,
            Self::Title => 20.0,
            Self::Figure => 28.0,
            Self::Large => 44.0,
        }
    }
}

impl Emphasis {
    /// None at all.
    pub const NONE: Self = Self {
        is_bold: false,
        is_italic: false,
        is_underlined: false,
        is_struck: false,
        size: TextSize::Body,
    };
    /// Bold.
    pub const BOLD: Self = Self { is_bold: true, ..Self::NONE };
}

/// The direction in which a fill's length carries the value; across it, text rounds to whole cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Along {
    /// Its height counts.
    Height,
    /// Its width counts.
    Width,
}

/// What kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stroke {
    /// A thin straight line along an axis, behind the data.
    Rule,
    /// A fainter one.
    Grid,
    /// A thick straight one, over the data.
    Heavy,
    /// A line through data.
    Curve {
        /// Whether it must differ from lines of other series where there are no colors.
        has_markers: bool,
    },
}

impl Point {
    /// A point.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Area {
    /// A rectangle.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// A rectangle of whole cells.
    pub fn cells(x: u16, y: u32, w: u16, h: u32) -> Self {
        Self::new(f64::from(x), f64::from(y), f64::from(w), f64::from(h))
    }

    /// Width in whole columns.
    pub fn cols(&self) -> usize {
        self.w.max(0.0) as usize
    }

    /// Height in whole rows.
    pub fn rows(&self) -> usize {
        self.h.max(0.0) as usize
    }

    /// The first column right of it.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// The first row below it.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// What is left when margins are taken away; never less than nothing.
    pub fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        let (w, h) = ((self.w - left - right).max(0.0), (self.h - top - bottom).max(0.0));
        Self::new(self.x + left, self.y + top, w, h)
    }
}

impl Mark {
    /// Whether any of it may lie within those rows.
    pub fn is_within(&self, rows: &Range<u32>) -> bool {
        let extent = |points: &[Point]| {
            let rows = points.iter().map(|point| point.y);
            rows.fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), y| (top.min(y), bottom.max(y)))
        };
        let (top, bottom) = match self {
            Self::Text { at, .. } | Self::Dot { at, .. } => (at.y, at.y),
            Self::Fill { area, .. } | Self::Border { area, .. } | Self::Target { area } => {
                (area.y, area.bottom())
            }
            Self::Line { points, .. } => extent(points),
            Self::Band { upper, lower, .. } => {
                let (upper, lower) = (extent(upper), extent(lower));
                (upper.0.min(lower.0), upper.1.max(lower.1))
            }
        };
        // What is smaller than a cell may round into the next one.
        bottom + 1.0 >= f64::from(rows.start) && top - 1.0 < f64::from(rows.end)
    }
}

impl Scene {
    /// An empty picture for a terminal.
    pub fn new(width_cols: u16, height_rows: u32) -> Self {
        Self::on(Medium::Cells, width_cols, height_rows)
    }

    /// An empty picture.
    pub fn on(medium: Medium, width_cols: u16, height_rows: u32) -> Self {
        Self { width_cols, height_rows, medium, ..Self::default() }
    }

    /// Adds a tooltip to the mark that was added last. Only made for a page.
    pub fn tip(&mut self, tip: impl FnOnce() -> String) {
        if let (Medium::Page, Some(last)) = (self.medium, self.marks.len().checked_sub(1)) {
            let tip = tip();
            if !tip.is_empty() {
                self.tips.insert(last, tip);
            }
        }
    }

    /// On a page, adds a tooltip to an area that shows nothing of its own.
    pub fn target(&mut self, area: Area, tip: impl FnOnce() -> String) {
        if self.medium == Medium::Page && area.w > 0.0 && area.h > 0.0 {
            self.marks.push(Mark::Target { area });
            self.tip(tip);
        }
    }

    /// Adds text, rid of control characters.
    pub fn text(&mut self, x: f64, y: f64, text: &str, tone: Tone) {
        self.styled(x, y, text, tone, Emphasis::NONE);
    }

    /// Adds text that ends before column `right`, rid of control characters.
    pub fn text_ending(&mut self, right: f64, y: f64, text: &str, tone: Tone) {
        let text = format::clean(text);
        let at = Point::new(right - format::width(&text) as f64, y);
        self.anchored(at, text, tone, Emphasis::NONE, Anchor::End);
    }

    /// Adds text around column `middle`, rid of control characters.
    pub fn text_around(&mut self, middle: f64, y: f64, text: &str, tone: Tone) {
        let text = format::clean(text);
        let at = Point::new(middle - format::width(&text) as f64 / 2.0, y);
        self.anchored(at, text, tone, Emphasis::NONE, Anchor::Middle);
    }

    /// Adds text that stands out, rid of control characters.
    pub fn styled(&mut self, x: f64, y: f64, text: &str, tone: Tone, emphasis: Emphasis) {
        self.anchored(Point::new(x, y), format::clean(text), tone, emphasis, Anchor::Start);
    }

    /// Adds text, free of control characters already, that keeps its place by `anchor`.
    pub fn anchored(&mut self, at: Point, text: String, tone: Tone, emphasis: Emphasis, anchor: Anchor) {
        if !text.is_empty() {
            self.marks.push(Mark::Text { at, text, tone, emphasis, anchor });
        }
    }

    /// Adds a filled rectangle.
    pub fn fill(&mut self, area: Area, tone: Tone, along: Along) {
        if area.w > 0.0 && area.h > 0.0 {
            self.marks.push(Mark::Fill { area, tone, along });
        }
    }

    /// Notes where rows of the answer are drawn.
    pub fn spot(&mut self, area: Area, rows: Vec<usize>) {
        self.spots.push(Spot { area, rows });
    }

    /// Adds a straight line.
    pub fn rule(&mut self, from: Point, to: Point, tone: Tone, stroke: Stroke) {
        self.marks.push(Mark::Line { points: vec![from, to], tone, stroke });
    }

    /// Adds all marks of `other`, moved right and down.
    pub fn place(&mut self, other: Self, right: f64, down: f64) {
        let before = self.marks.len();
        self.tips.extend(other.tips.into_iter().map(|(index, tip)| (before + index, tip)));
        let moved = |point: Point| Point::new(point.x + right, point.y + down);
        let area = |area: Area| Area { x: area.x + right, y: area.y + down, ..area };
        self.spots.extend(other.spots.into_iter().map(|spot| Spot { area: area(spot.area), ..spot }));
        self.plots.extend(other.plots.into_iter().map(area));
        self.marks.extend(other.marks.into_iter().map(|mark| match mark {
            Mark::Text { at, text, tone, emphasis, anchor } => {
                Mark::Text { at: moved(at), text, tone, emphasis, anchor }
            }
            Mark::Fill { area: old, tone, along } => Mark::Fill { area: area(old), tone, along },
            Mark::Band { upper, lower, tone, is_pale } => {
                let all = |points: Vec<Point>| points.into_iter().map(moved).collect();
                Mark::Band { upper: all(upper), lower: all(lower), tone, is_pale }
            }
            Mark::Line { points, tone, stroke } => {
                Mark::Line { points: points.into_iter().map(moved).collect(), tone, stroke }
            }
            Mark::Dot { at, size, tone, has_shape } => Mark::Dot { at: moved(at), size, tone, has_shape },
            Mark::Border { area: old, tone } => Mark::Border { area: area(old), tone },
            Mark::Target { area: old } => Mark::Target { area: area(old) },
        }));
    }
}
/// The braille dots of a line between two points, two in a column and four in a row of a terminal: column and row of each.
pub fn dots_between(from: Point, to: Point) -> impl Iterator<Item = (i64, i64)> {
    let (x0, y0) = ((from.x * 2.0).floor(), (from.y * 4.0).floor());
    let (x1, y1) = ((to.x * 2.0).floor(), (to.y * 4.0).floor());
    let steps = (x1 - x0).abs().max((y1 - y0).abs()).clamp(1.0, 1e6);
    (0..=steps as u64).map(move |step| {
        let share = step as f64 / steps;
        ((x0 + (x1 - x0) * share).round() as i64, (y0 + (y1 - y0) * share).round() as i64)
    })
}
