//! A tone to a color, for each target.
//!
//! The colors are of middling lightness, so that they read on light and on dark terminals, and follow each other so that
//! neighbours differ for color-blind readers too.

pub mod page;

use crate::paint::Ink;
use crate::paint::grid::Cell;
use crate::scene::Tone;

/// A color as red, green and blue.
pub type Rgb = (u8, u8, u8);

/// How many colors series have before they come again.
pub const SERIES_COLORS: usize = SERIES.len();

const SERIES: [Rgb; 10] = [
    (78, 148, 222),
    (240, 140, 46),
    (84, 170, 96),
    (222, 88, 92),
    (164, 122, 210),
    (44, 172, 170),
    (206, 168, 40),
    (228, 120, 176),
    (160, 120, 92),
    (128, 142, 156),
];

/// From faint to strong, even in lightness (after viridis).
const HEAT: [Rgb; 9] = [
    (68, 48, 110),
    (64, 72, 136),
    (52, 96, 142),
    (42, 120, 142),
    (34, 144, 140),
    (46, 170, 124),
    (100, 196, 88),
    (170, 216, 56),
    (250, 226, 52),
];

const SERIES_16: [u8; 10] = [34, 33, 32, 31, 35, 36, 93, 95, 91, 90];

/// The color of a tone; `None` for that of plain text.
pub fn rgb(tone: Tone) -> Option<Rgb> {
    match tone {
        Tone::Plain | Tone::Title => None,
        Tone::Muted | Tone::MutedInColor | Tone::MutedWithoutColor => Some((136, 142, 150)),
        Tone::Faint => Some((98, 104, 114)),
        Tone::Code => Some((190, 130, 80)),
        Tone::Link => Some((90, 150, 220)),
        Tone::Series(n) => Some(SERIES[usize::from(n) % SERIES.len()]),
        Tone::Heat(level) => Some(HEAT[usize::from(level.min(Tone::HEAT_MAX))]),
        Tone::Rise => Some((84, 170, 96)),
        Tone::Fall | Tone::Alarm => Some((222, 88, 92)),
        Tone::Warning => Some((206, 168, 40)),
    }
}

/// The nearest of the 6 by 6 by 6 cube or of the greys of xterm's 256 colors.
pub fn xterm((red, green, blue): Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |value: u8| (0..6).min_by_key(|i| LEVELS[*i].abs_diff(value)).unwrap_or(0);
    let (r, g, b) = (nearest(red), nearest(green), nearest(blue));
    let distance = |(r, g, b): Rgb| {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(r, red) + square(g, green) + square(b, blue)
    };
    let grey = (0..24_u8).min_by_key(|i| distance((8 + i * 10, 8 + i * 10, 8 + i * 10))).unwrap_or(0);
    let level = 8 + grey * 10;
    if distance((level, level, level)) < distance((LEVELS[r], LEVELS[g], LEVELS[b])) {
        232 + grey
    } else {
        (16 + 36 * r + 6 * g + b) as u8
    }
}

/// The SGR code of a tone among the terminal's own 16 colors: 30 to 37, 90 to 97, or 2 for dim.
pub fn code_16(tone: Tone) -> Option<u8> {
    match tone {
        Tone::Plain | Tone::Title => None,
        // Dim, as bright black cannot be read in some palettes; frames may well vanish there, labels may not.
        Tone::Muted | Tone::MutedInColor | Tone::MutedWithoutColor => Some(2),
        Tone::Faint => Some(90),
        Tone::Code => Some(33),
        Tone::Link => Some(34),
        Tone::Series(n) => Some(SERIES_16[usize::from(n) % SERIES_16.len()]),
        Tone::Heat(_) => Some(36),
        Tone::Rise => Some(32),
        Tone::Fall | Tone::Alarm => Some(31),
        Tone::Warning => Some(33),
    }
}

fn color(tone: Tone, ink: Ink, is_back: bool) -> Option<String> {
    let kind = if is_back { 48 } else { 38 };
    match ink {
        Ink::None => None,
        Ink::Ansi16 => code_16(tone).map(|code| (code + if is_back { 10 } else { 0 }).to_string()),
        Ink::Ansi256 => rgb(tone).map(|rgb| format!("{kind};5;{}", xterm(rgb))),
        Ink::TrueColor => rgb(tone).map(|(r, g, b)| format!("{kind};2;{r};{g};{b}")),
    }
}

/// The parameters of the SGR sequence that a cell needs; empty for plain text and without ink.
pub fn sgr(cell: &Cell, ink: Ink) -> String {
    if !ink.has_color() {
        return String::new();
    }
    let emphasis = cell.emphasis;
    let codes = [
        (emphasis.is_bold || cell.tone == Tone::Title).then(|| "1".to_owned()),
        emphasis.is_italic.then(|| "3".to_owned()),
        emphasis.is_underlined.then(|| "4".to_owned()),
        cell.is_reversed.then(|| "7".to_owned()),
        emphasis.is_struck.then(|| "9".to_owned()),
        color(cell.tone, ink, false),
        cell.back.and_then(|tone| color(tone, ink, true)),
    ];
    codes.into_iter().flatten().collect::<Vec<_>>().join(";")
}

/// The sequence from one style to another.
pub fn change(from: &str, to: &str) -> String {
    match (from, to) {
        (from, to) if from == to => String::new(),
        (_, "") => "\u{1b}[0m".to_owned(),
        ("", to) => format!("\u{1b}[{to}m"),
        (_, to) => format!("\u{1b}[0;{to}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_have_their_nearest_among_256() {
        let check = |rgb, expected| assert_eq!(xterm(rgb), expected, "{rgb:?}");
        check((0, 0, 0), 16);
        check((255, 255, 255), 231);
        check((255, 0, 0), 196);
        check((128, 128, 128), 244);
    }

    #[test]
    fn styles_change_by_the_shortest_safe_sequence() {
        let check = |from, to, expected: &str| assert_eq!(change(from, to), expected);
        check("", "", "");
        check("", "1", "\u{1b}[1m");
        check("1", "31", "\u{1b}[0;31m");
        check("31", "", "\u{1b}[0m");
    }
}
