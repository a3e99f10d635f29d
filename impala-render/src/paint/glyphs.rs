//! The characters that marks become.

use super::Charset;
use crate::format;
use crate::scene::Tone;

/// Directions in which a rule leaves the middle of its cell.
pub const NORTH: u8 = 1;
pub const EAST: u8 = 2;
pub const SOUTH: u8 = 4;
pub const WEST: u8 = 8;

const LOWER: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const LEFT: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const RULES: [char; 16] = [' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '┼'];

/// Fill patterns that differ without color; the first is solid.
const PATTERNS: [char; 8] = ['█', '░', '▒', '╱', '▚', '╳', '▓', '·'];
const ASCII_PATTERNS: [char; 8] = ['#', '.', 'o', '/', '%', 'x', '=', ':'];
const SHAPES: [char; 10] = ['●', '○', '◆', '◇', '▲', '△', '■', '□', '+', '×'];
const ASCII_SHAPES: [char; 10] = ['*', 'o', '+', 'x', '#', '@', '%', '=', '&', '$'];
const DOTS: [char; 3] = ['∙', '•', '●'];
const ASCII_DOTS: [char; 3] = ['.', 'o', 'O'];
const SHADES: [char; 9] = ['·', '·', '░', '░', '▒', '▒', '▓', '▓', '█'];
const ASCII_SHADES: [char; 9] = ['.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// The lower `eighths` of a cell.
pub fn lower(eighths: usize) -> char {
    LOWER[eighths.min(8)]
}

/// The left `eighths` of a cell.
pub fn left(eighths: usize) -> char {
    LEFT[eighths.min(8)]
}

/// Lines that meet in the middle of a cell, by directions.
pub fn rule(directions: u8, charset: Charset) -> char {
    match (charset, directions) {
        (Charset::Unicode, _) => RULES[usize::from(directions & 15)],
        (_, 0) => ' ',
        (_, d) if d & (NORTH | SOUTH) == 0 => '-',
        (_, d) if d & (EAST | WEST) == 0 => '|',
        _ => '+',
    }
}

/// A grid line, by directions.
pub fn grid(directions: u8) -> char {
    if directions & (EAST | WEST) != 0 { '┈' } else { '┊' }
}

/// A thick line, by directions.
pub fn heavy(directions: u8, charset: Charset) -> char {
    match (charset, directions & (EAST | WEST) != 0) {
        (Charset::Unicode, true) => '━',
        (Charset::Unicode, false) => '┃',
        (Charset::Ascii, true) => '=',
        (Charset::Ascii, false) => '|',
    }
}

fn nth(table: &[char], index: u8) -> char {
    table[usize::from(index) % table.len()]
}

/// What fills a cell where there are no colors.
pub fn pattern(tone: Tone, charset: Charset) -> char {
    match (tone, charset) {
        (Tone::Series(n), Charset::Unicode) => nth(&PATTERNS, n),
        (Tone::Series(n), Charset::Ascii) => nth(&ASCII_PATTERNS, n),
        (Tone::Heat(level), Charset::Unicode) => SHADES[usize::from(level.min(Tone::HEAT_MAX))],
        (Tone::Heat(level), Charset::Ascii) => ASCII_SHADES[usize::from(level.min(Tone::HEAT_MAX))],
        (_, Charset::Unicode) => '█',
        (_, Charset::Ascii) => '#',
    }
}

/// The shape of a series' points.
pub fn shape(tone: Tone, charset: Charset) -> char {
    let index = if let Tone::Series(n) = tone { n } else { 0 };
    match charset {
        Charset::Unicode => nth(&SHAPES, index),
        Charset::Ascii => nth(&ASCII_SHAPES, index),
    }
}

/// A round dot of size 1 to 3.
pub fn dot(size: u8, charset: Charset) -> char {
    let index = usize::from(size.clamp(1, 3)) - 1;
    match charset {
        Charset::Unicode => DOTS[index],
        Charset::Ascii => ASCII_DOTS[index],
    }
}

/// The bit of a braille dot: `x` 0 to 1, `y` 0 to 3.
pub fn braille_bit(x: usize, y: usize) -> u8 {
    const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
    BITS[y.min(3)][x.min(1)]
}

/// The braille character of those dots.
pub fn braille(bits: u8) -> char {
    char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' ')
}

/// What comes nearest, in ASCII, to the piece of a line that those dots make.
pub fn ascii_curve(bits: u8) -> char {
    let row_has = |y: usize| bits & (braille_bit(0, y) | braille_bit(1, y)) != 0;
    let rows: Vec<usize> = (0..4).filter(|y| row_has(*y)).collect();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return ' ';
    };
    let top_left = (0..4).find(|y| bits & braille_bit(0, *y) != 0);
    let top_right = (0..4).find(|y| bits & braille_bit(1, *y) != 0);
    match (last - first, top_left, top_right) {
        (0 | 1, _, _) if *first == 0 && *last == 0 => '\'',
        (0 | 1, _, _) if *first >= 3 => '_',
        (0 | 1, _, _) => '-',
        (_, Some(left), Some(right)) if left > right => '/',
        (_, Some(left), Some(right)) if left < right => '\\',
        _ => '|',
    }
}

/// What comes nearest, in ASCII, to a cloud of that many dots.
pub fn ascii_cloud(bits: u8) -> char {
    match bits.count_ones() {
        0 => ' ',
        1 => '.',
        2 | 3 => ':',
        4 | 5 => '*',
        _ => '#',
    }
}

/// ASCII for the characters that layout itself writes and for common ones of users; `?` for others.
pub fn ascii_of(grapheme: &str) -> &str {
    match grapheme {
        "…" => "~",
        "—" | "–" | "─" | "━" => "-",
        "│" | "▏" | "┃" | "▎" => "|",
        "•" | "∙" => "*",
        "·" | "◦" => "-",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "→" => ">",
        "≤" => "<",
        "≥" => ">",
        "×" | "✗" => "x",
        "✓" => "v",
        "☐" => "o",
        "☑" => "x",
        "‘" | "’" => "'",
        "“" | "”" => "\"",
        "╭" | "╮" | "╰" | "╯" | "┼" => "+",
        "▁" => "_",
        "▂" => "_",
        "▃" => ".",
        "▄" => "-",
        "▅" => "=",
        "▆" => "+",
        "▇" => "*",
        "█" => "#",
        _ if grapheme.is_ascii() => grapheme,
        _ => format::ascii_sign(grapheme).unwrap_or("?"),
    }
}
