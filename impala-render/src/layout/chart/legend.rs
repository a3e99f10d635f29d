//! What the colors, patterns and shapes of a chart mean.

use crate::format;
use crate::scene::{Along, Area, Mark, Point, Scene, Tone};

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
}

impl Legend {
    /// Columns it takes when nothing is cut.
    pub fn width(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Names { names, .. } => {
                names.iter().map(|name| 2 + format::width(name) + GAP).sum::<usize>().saturating_sub(GAP)
            }
            Self::Scale { title, low, high } => {
                format::width(title)
                    + format::width(low)
                    + format::width(high)
                    + usize::from(Tone::HEAT_MAX)
                    + 4
            }
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
        }
    }
}

fn draw_names(scene: &mut Scene, right: f64, y: f64, room: usize, entries: (&[String], &[Tone], bool)) {
    let (names, tones, is_filled) = entries;
    // Long names give way before entries do.
    let longest =
        [usize::MAX, 20, 14, 10].into_iter().find(|longest| total(names, *longest) <= room).unwrap_or(10);
    // An entry takes three columns at least, so no more than these can fit.
    let mut shown = names.len().min(room / 3 + 1);
    while shown > 0 && total(&names[..shown], longest) + more_width(names.len() - shown) > room {
        shown -= 1;
    }
    let more = names.len() - shown;
    let mut x = right - (total(&names[..shown], longest) + more_width(more)) as f64;
    for (name, tone) in format::cut_apart(&names[..shown], longest).iter().zip(tones) {
        swatch(scene, x, y, *tone, is_filled);
        scene.text(x + 2.0, y, name, Tone::Muted);
        x += (2 + format::width(name) + GAP) as f64;
    }
    if more > 0 {
        let text = if shown == 0 {
            format!("{} series", format::number::whole(more as u64))
        } else {
            format::and_more(more, "")
        };
        scene.text(x, y, &format::cut(&text, room), Tone::Muted);
    }
}

fn total(names: &[String], longest: usize) -> usize {
    names.iter().map(|name| 2 + format::width(name).min(longest) + GAP).sum::<usize>().saturating_sub(GAP)
}

fn more_width(more: usize) -> usize {
    if more == 0 { 0 } else { GAP + format::and_more(more, "").len() }
}

fn swatch(scene: &mut Scene, x: f64, y: f64, tone: Tone, is_filled: bool) {
    if is_filled {
        scene.fill(Area::new(x, y, 1.0, 1.0), tone, Along::Height);
    } else {
        scene.marks.push(Mark::Dot { at: Point::new(x + 0.5, y + 0.5), size: 3, tone, has_shape: true });
    }
}

fn draw_scale(scene: &mut Scene, right: f64, y: f64, room: usize, words: (&str, &str, &str)) {
    let (title, low, high) = words;
    let steps = usize::from(Tone::HEAT_MAX) + 1;
    let mut width = steps + format::width(low) + format::width(high) + 2;
    if width > room {
        return;
    }
    let title = format::cut(title, room.saturating_sub(width + 1));
    if !title.is_empty() {
        width += format::width(&title) + 1;
        scene.text(right - width as f64, y, &title, Tone::Muted);
    }
    scene.text_ending(right, y, high, Tone::Muted);
    let start = right - (format::width(high) + 1 + steps) as f64;
    for level in 0..=Tone::HEAT_MAX {
        scene.fill(Area::new(start + f64::from(level), y, 1.0, 1.0), Tone::Heat(level), Along::Height);
    }
    scene.text_ending(start - 1.0, y, low, Tone::Muted);
}
