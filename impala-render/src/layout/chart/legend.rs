//! What the colors, patterns, shapes and sizes of a chart mean.

use crate::format;
use crate::scene::{Along, Area, Mark, Medium, Point, Scene, Tone};

/// Columns between two entries.
const GAP: usize = 2;

/// A legend.
pub enum Legend {
    /// Nothing needs to be told apart.
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
    /// Two, side by side.
    Both(Box<Legend>, Box<Legend>),
}

impl Legend {
    /// This one and another.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, other) => other,
            (this, Self::None) => this,
            (this, other) => Self::Both(Box::new(this), Box::new(other)),
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

    /// Draws it on one line that ends before `right`, in at most `room` columns. Entries that do not fit are counted.
    pub fn draw(&self, scene: &mut Scene, right: f64, y: f64, room: usize) {
        match self {
            Self::None => {}
            Self::Names { names, tones, is_filled } => {
                draw_names(scene, right, y, room, (names, tones, *is_filled));
            }
            Self::Scale { title, low, high } => draw_scale(scene, right, y, room, (title, low, high)),
            Self::Sizes { title, tone, low, high } => {
                draw_sizes(scene, right, y, room, (title, low, high), *tone);
            }
            Self::Both(first, second) => {
                // Both give way alike; each at least says that it is there.
                let wanted = second.width(scene.medium);
                let own = wanted.min(room.saturating_sub(first.width(scene.medium) + 2 * GAP).max(room / 2));
                second.draw(scene, right, y, own);
                let left = room.saturating_sub(own + 2 * GAP);
                first.draw(scene, right - (own + 2 * GAP) as f64, y, left);
            }
        }
    }
}

fn draw_names(scene: &mut Scene, right: f64, y: f64, room: usize, entries: (&[String], &[Tone], bool)) {
    let (names, tones, is_filled) = entries;
    let medium = scene.medium;
    // Long names give way before entries do.
    let longest = [usize::MAX, 20, 14, 10]
        .into_iter()
        .find(|longest| total(Medium::Cells, names, *longest) <= room)
        .unwrap_or(10);
    // An entry takes three columns at least, so no more than these can fit.
    let mut shown = names.len().min(room / 3 + 1);
    // A page names as many as a terminal.
    while shown > 0 && total(Medium::Cells, &names[..shown], longest) + more_width(names.len() - shown) > room
    {
        shown -= 1;
    }
    let more = names.len() - shown;
    let mut x = right - (total(medium, &names[..shown], longest) + more_width(more)) as f64;
    let cut = format::cut_apart(medium, &names[..shown], longest.min(10_000));
    for ((name, whole), tone) in cut.iter().zip(names).zip(tones) {
        swatch(scene, x, y, *tone, is_filled);
        scene.text(x + 2.0, y, name, Tone::Muted);
        scene.tip(|| if name == whole { String::new() } else { whole.clone() });
        x += (2 + medium.cols(name) + GAP) as f64;
    }
    if more > 0 {
        let text = if shown == 0 {
            format!("{} series", format::number::whole(more as u64))
        } else {
            format::and_more(more)
        };
        scene.text(x, y, &medium.cut(&text, room), Tone::Muted);
        scene.tip(|| names[shown..].iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", "));
    }
}

/// Names told of those that found no room, at most.
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

fn draw_scale(scene: &mut Scene, right: f64, y: f64, room: usize, words: (&str, &str, &str)) {
    let (title, low, high) = words;
    let medium = scene.medium;
    let steps = usize::from(Tone::HEAT_MAX) + 1;
    let mut width = steps + medium.cols(low) + medium.cols(high) + 2;
    if width > room {
        return;
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
}

/// `body mass ∙ 2,700 ● 6,300`.
fn draw_sizes(scene: &mut Scene, right: f64, y: f64, room: usize, words: (&str, &str, &str), tone: Tone) {
    let (title, low, high) = words;
    let medium = scene.medium;
    let mut width = medium.cols(low) + medium.cols(high) + 7;
    if width > room {
        return;
    }
    let title = medium.cut(title, room.saturating_sub(width + 1));
    if !title.is_empty() {
        width += medium.cols(&title) + 1;
        scene.text(right - width as f64, y, &title, tone);
        width -= medium.cols(&title) + 1;
    }
    let mut x = right - width as f64;
    for (text, size, room) in [(low, 1.0, 2.0), (high, 3.0, medium.pick(2.0, 3.5))] {
        let at = Point::new(x + medium.pick(0.5, room * 0.8 - 0.9), y + 0.5);
        scene.marks.push(Mark::Dot { at, size, tone, has_shape: false });
        scene.text(x + room, y, text, tone);
        x += room + (medium.cols(text) + GAP) as f64;
    }
}
