//! What the colors, patterns, shapes and sizes of a chart mean.

use std::ops::Range;

use crate::format;
use crate::scene::{Along, Area, Mark, Medium, Point, Scene, Tone};

/// Columns between two entries.
const GAP: usize = 2;

/// A legend.
pub enum Legend {
    /// Nothing needs to be distinguished.
    None,
    /// One entry a series.
    Names {
        /// Names of the series.
        names: Vec<String>,
        /// Their tones.
        tones: Vec<Tone>,
        /// Whether they are areas rather than points and lines.
        is_filled: bool,
    },
    /// A color scale between two numbers.
    Scale {
        /// What the numbers are.
        title: String,
        /// Least.
        low: String,
        /// Greatest.
        high: String,
    },
    /// Small and large dots, and what they stand for.
    Sizes {
        /// What the numbers are.
        title: String,
        /// [`Tone::MutedInColor`] where dots have colors as well: without colors they then have other shapes, and one size.
        tone: Tone,
        /// Least.
        low: String,
        /// Greatest.
        high: String,
    },
    /// That of the colors, and that of the sizes.
    Both(Box<Legend>, Box<Legend>),
}

/// The legend of a chart that needs none.
pub static NO_LEGEND: Legend = Legend::None;

impl Legend {
    /// This one and another.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, other) => other,
            (this, Self::None) => this,
            (this, other) => Self::Both(Box::new(this), Box::new(other)),
        }
    }

    /// Whether it has one name.
    pub fn is_single(&self) -> bool {
        matches!(self, Self::Names { names, .. } if names.len() == 1)
    }

    /// That of the colors, and that of the sizes.
    pub fn parts(&self) -> (&Self, &Self) {
        match self {
            Self::Both(color, size) => (color, size),
            Self::Sizes { .. } => (&Self::None, self),
            other => (other, &Self::None),
        }
    }

    /// Columns it takes when nothing is cut.
    pub fn width(&self, medium: Medium) -> usize {
        let words = |texts: [&String; 3]| texts.iter().map(|text| medium.cols(text)).sum::<usize>();
        match self {
            Self::None => 0,
            Self::Names { names, .. } => total(medium, names, usize::MAX),
            Self::Scale { title, low, high } => words([title, low, high]) + usize::from(Tone::HEAT_MAX) + 4,
            Self::Sizes { title, low, high, .. } => words([title, low, high]) + 8,
            Self::Both(first, second) => first.width(medium) + second.width(medium) + 2 * GAP,
        }
    }

    /// Lines of so many columns that name all, or as many as a legend has at most.
    pub fn lines(&self, cols: usize) -> usize {
        match self {
            Self::Names { names, .. } => wrapped(names, cols, MOST_LINES).lines.len(),
            _ => 1,
        }
    }

    /// Draws it on `lines` lines from `y` on that end before `right`, in at most `room` columns. Entries that do not fit are
    /// counted. Returns the columns that it took.
    pub fn draw(&self, scene: &mut Scene, right: f64, (y, lines): (f64, usize), room: usize) -> f64 {
        match self {
            Self::None | Self::Both(..) => 0.0,
            Self::Names { names, tones, is_filled } => {
                draw_names(scene, right, (y, lines), room, (names, tones, *is_filled))
            }
            Self::Scale { title, low, high } => draw_scale(scene, right, y, room, (title, low, high)),
            Self::Sizes { title, tone, low, high } => {
                draw_sizes(scene, right, y, room, (title, low, high), *tone)
            }
        }
    }
}

/// Lines of names at most.
const MOST_LINES: usize = 3;

/// Names on lines.
struct Wrapped {
    /// What a name is cut to.
    longest: usize,
    /// The names of each line; the last ends in the count of the others.
    lines: Vec<Range<usize>>,
}

/// As many names as find room on at most so many lines. Long names give way before entries do. A page names as many as a
/// terminal, so this is about cells.
fn wrapped(names: &[String], room: usize, most: usize) -> Wrapped {
    let cuts = || [usize::MAX, 20, 14, 10].into_iter();
    let ways = cuts()
        .map(|cut| (cut, 1))
        .take(2)
        .chain(cuts().skip(1).flat_map(|cut| (1..=most).map(move |lines| (cut, lines))));
    for (longest, most) in ways {
        let lines = lines_of(names, longest, room, most, 0);
        if lines.last().is_some_and(|line| line.end == names.len()) {
            return Wrapped { longest, lines };
        }
    }
    // An entry takes three columns at least, so no more than these can fit.
    let most_shown = names.len().min(most * (room / 3 + 1));
    let fitting = (1..=most_shown).rev().find_map(|shown| {
        let lines = lines_of(&names[..shown], 10, room, most, more_width(names.len() - shown));
        lines.last().is_some_and(|line| line.end == shown).then_some(lines)
    });
    Wrapped { longest: 10, lines: fitting.unwrap_or_else(|| Vec::from([Range { start: 0, end: 0 }])) }
}

/// The names that fit on lines one after the other, with `end` columns behind the last of all.
fn lines_of(names: &[String], longest: usize, room: usize, most: usize, end: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < names.len() && lines.len() < most {
        let fits = |to: &usize| {
            let behind = if *to == names.len() { end } else { 0 };
            total(Medium::Cells, &names[start..*to], longest) + behind <= room
        };
        let to =
            (start + 1..=names.len()).take_while(|to| *to == names.len() || fits(to)).filter(fits).last();
        let Some(to) = to else { break };
        lines.push(start..to);
        start = to;
    }
    lines
}

fn draw_names(
    scene: &mut Scene,
    right: f64,
    (y, lines): (f64, usize),
    room: usize,
    entries: (&[String], &[Tone], bool),
) -> f64 {
    let (names, tones, is_filled) = entries;
    let medium = scene.medium;
    let Wrapped { longest, lines } = wrapped(names, room, lines);
    let shown = lines.last().map_or(0, |line| line.end);
    let cut = format::cut_apart(medium, &names[..shown], longest.min(10_000));
    let mut widest: f64 = 0.0;
    for (index, line) in lines.into_iter().enumerate() {
        let y = y + index as f64 * medium.pick(1.0, 0.9);
        let more = if line.end == shown { names.len() - shown } else { 0 };
        let text = match (more, shown) {
            (0, _) => String::new(),
            (more, 0) => format!("{} series", format::number::whole(more as u64)),
            (more, _) => format::and_more(more),
        };
        let text = medium.cut(&text, room);
        let width = total(medium, &cut[line.clone()], usize::MAX)
            + if more > 0 { GAP + medium.cols(&text) } else { 0 };
        let mut x = right - width as f64;
        widest = widest.max(width as f64);
        for index in line {
            let (name, whole) = (&cut[index], &names[index]);
            swatch(scene, x, y, tones[index], is_filled);
            scene.text(x + 2.0, y, name, Tone::Muted);
            scene.tip(|| if name == whole { String::new() } else { whole.clone() });
            x += (2 + medium.cols(name) + GAP) as f64;
        }
        if more > 0 {
            scene.text_ending(right, y, &text, Tone::Muted);
            scene.tip(|| names[shown..].iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", "));
        }
    }
    widest
}

/// Names listed of those that found no room, at most.
const MOST_TOLD: usize = 40;

fn total(medium: Medium, names: &[String], longest: usize) -> usize {
    let entry = |name: &String| 2 + medium.cols(name).min(longest) + GAP;
    names.iter().map(entry).sum::<usize>().saturating_sub(GAP)
}

fn more_width(more: usize) -> usize {
    if more == 0 { 0 } else { GAP + format::and_more(more).len() }
}

fn swatch(scene: &mut Scene, x: f64, y: f64, tone: Tone, is_filled: bool) {
    if is_filled {
        scene.fill(scene.medium.pick(Area::new(x, y, 1.0, 1.0), page_square(x, y)), tone, Along::Height);
    } else {
        let at = Point::new(x + scene.medium.pick(0.5, 0.75), y + 0.5);
        scene.marks.push(Mark::Dot { at, size: scene.medium.pick(3.0, 2.0), tone, has_shape: true });
    }
}

/// Ten pixels square.
fn page_square(x: f64, y: f64) -> Area {
    Area::new(x + 0.25, y + 7.0 / 24.0, 1.25, 10.0 / 24.0)
}

fn draw_scale(scene: &mut Scene, right: f64, y: f64, room: usize, words: (&str, &str, &str)) -> f64 {
    let (title, low, high) = words;
    let medium = scene.medium;
    let steps = usize::from(Tone::HEAT_MAX) + 1;
    let mut width = steps + medium.cols(low) + medium.cols(high) + 2;
    if width > room {
        return 0.0;
    }
    let title = medium.cut(title, room.saturating_sub(width + 1));
    if !title.is_empty() {
        width += medium.cols(&title) + 1;
        scene.text(right - width as f64, y, &title, Tone::Muted);
    }
    scene.text_ending(right, y, high, Tone::Muted);
    let start = right - (medium.cols(high) + 1 + steps) as f64;
    for level in 0..=Tone::HEAT_MAX {
        let x = start + f64::from(level);
        let cell = medium.pick(Area::new(x, y, 1.0, 1.0), Area { x, w: 1.0, ..page_square(x, y) });
        scene.fill(cell, Tone::Heat(level), Along::Height);
    }
    scene.text_ending(start - medium.pick(1.0, 0.5), y, low, Tone::Muted);
    width as f64
}

/// `body mass ∙ 2,700 ● 6,300`.
fn draw_sizes(
    scene: &mut Scene,
    right: f64,
    y: f64,
    room: usize,
    words: (&str, &str, &str),
    tone: Tone,
) -> f64 {
    let (title, low, high) = words;
    let medium = scene.medium;
    let mut width = medium.cols(low) + medium.cols(high) + 7;
    if width > room {
        return 0.0;
    }
    let title = medium.cut(title, room.saturating_sub(width + 1));
    let mut x = right - width as f64;
    if !title.is_empty() {
        width += medium.cols(&title) + 1;
        scene.text(right - width as f64, y, &title, tone);
    }
    for (text, size, room) in [(low, 1.0, 2.0), (high, 3.0, medium.pick(2.0, 3.5))] {
        let at = Point::new(x + medium.pick(0.5, room * 0.8 - 0.9), y + 0.5);
        scene.marks.push(Mark::Dot { at, size, tone, has_shape: false });
        scene.text(x + room, y, text, tone);
        x += room + (medium.cols(text) + GAP) as f64;
    }
    if tone == Tone::MutedInColor && !medium.is_exact() {
        let lost = medium.cut("size not shown", room);
        scene.text_ending(right, y, &lost, Tone::MutedWithoutColor);
    }
    width as f64
}
