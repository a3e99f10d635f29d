//! What lies in a cell into the one symbol that shows it best.

use super::glyphs;
use super::grid::Cell;
use super::raster::Layers;
use super::{Charset, Ink};
use crate::scene::{Along, Emphasis, Tone};

/// Text lies over shapes, those over dots, thick lines, fills, rules and grid lines.
pub fn cell(layers: &Layers, charset: Charset, ink: Ink) -> Cell {
    if let Some((symbol, tone, emphasis)) = &layers.text {
        return Cell { symbol: symbol.clone(), tone: *tone, emphasis: *emphasis, ..Cell::default() };
    }
    let back = if ink.has_color() { full_tone(layers) } else { None };
    let over = |symbol: char, tone| Cell { symbol: symbol.to_string(), tone, back, ..Cell::default() };
    if let Some((symbol, tone)) = layers.shape {
        return over(symbol, tone);
    }
    if layers.heavy != 0 {
        let cell = over(glyphs::heavy(layers.heavy, charset), layers.heavy_tone);
        // A thick line belongs to the box that it crosses, also where that fills only part of the cell.
        let back = if ink.has_color() { mostly(layers) } else { None };
        return Cell { back, ..cell };
    }
    if layers.dots != 0 {
        return over(dots(layers, charset), layers.dots_tone);
    }
    if layers.along.is_some() {
        return if ink.has_color() && charset == Charset::Unicode {
            blend(layers, ink)
        } else {
            patterned(layers, charset)
        };
    }
    if layers.rule != 0 {
        return over(glyphs::rule(layers.rule, charset), layers.rule_tone);
    }
    // In ASCII a grid line would look like data.
    if layers.grid != 0 && charset == Charset::Unicode {
        return over(glyphs::grid(layers.grid), Tone::Faint);
    }
    over(' ', Tone::Plain)
}

fn dots(layers: &Layers, charset: Charset) -> char {
    match charset {
        Charset::Unicode => glyphs::braille(layers.dots),
        Charset::Ascii if layers.is_curve => glyphs::ascii_curve(layers.dots),
        Charset::Ascii => glyphs::ascii_cloud(layers.dots),
    }
}

/// The tone that fills all of a cell.
fn full_tone(layers: &Layers) -> Option<Tone> {
    let first = layers.fill[0]?;
    layers.fill.iter().all(|tone| *tone == Some(first)).then_some(first)
}

/// The tone that fills three eighths of a cell or more.
fn mostly(layers: &Layers) -> Option<Tone> {
    let filled: Vec<Option<Tone>> = layers.fill.iter().copied().filter(Option::is_some).collect();
    if filled.len() >= 3 { majority(&filled) } else { None }
}

/// What most of the slices hold.
fn majority(slices: &[Option<Tone>]) -> Option<Tone> {
    let votes = |tone: &Option<Tone>| slices.iter().filter(|slice| *slice == tone).count();
    slices.iter().max_by_key(|tone| votes(tone)).copied().flatten()
}

fn misses(slices: &[Option<Tone>], tone: Option<Tone>) -> usize {
    slices.iter().filter(|slice| **slice != tone).count()
}

/// Two tones, split where the fewest eighths come out wrong: the block character shows the part that begins at the
/// bottom or left, the cell's background the rest.
fn blend(layers: &Layers, ink: Ink) -> Cell {
    let is_upright = layers.along == Some(Along::Height);
    let mut slices = layers.fill;
    if is_upright {
        slices.reverse();
    }
    let errors = |n: usize| {
        let (near, far) = slices.split_at(n);
        misses(near, majority(near)) + misses(far, majority(far))
    };
    let split = (1..=8).rev().min_by_key(|n| errors(*n)).unwrap_or(8);
    let (near, far) = slices.split_at(split);
    let (near, far) = (majority(near), majority(far));
    let block = if is_upright { glyphs::lower(split) } else { glyphs::left(split) };
    let cell = |symbol: char, tone| Cell { symbol: symbol.to_string(), tone, ..Cell::default() };
    match (near, far) {
        (Some(tone @ Tone::Heat(_)), _) if !ink.has_shades() => {
            cell(glyphs::pattern(tone, Charset::Unicode), tone)
        }
        (Some(tone), _) if split == 8 => cell('█', tone),
        (Some(near), Some(far)) if near == far => cell('█', near),
        (Some(near), far) => Cell { back: far, ..cell(block, near) },
        (None, Some(far)) => Cell { is_reversed: true, ..cell(block, far) },
        (None, None) => cell(' ', Tone::Plain),
    }
}

/// Without colors: the pattern of what fills most of the cell. Only the solid one can be cut into eighths.
fn patterned(layers: &Layers, charset: Charset) -> Cell {
    let filled: Vec<Option<Tone>> = layers.fill.iter().copied().filter(Option::is_some).collect();
    let Some(tone) = majority(&filled) else {
        return Cell { symbol: " ".to_owned(), ..Cell::default() };
    };
    let pattern = glyphs::pattern(tone, charset);
    let is_one_tone = filled.iter().all(|slice| *slice == Some(tone));
    let symbol = match (filled.len(), charset) {
        (8, _) => pattern,
        (count, Charset::Unicode) if pattern == '█' && is_one_tone => solid_part(layers, count),
        (4.., _) => pattern,
        (_, Charset::Ascii) if layers.along == Some(Along::Height) && layers.fill[7].is_some() => '_',
        (2.., _) => pattern,
        _ => ' ',
    };
    Cell { symbol: symbol.to_string(), tone, emphasis: Emphasis::NONE, ..Cell::default() }
}

fn solid_part(layers: &Layers, count: usize) -> char {
    let is_upright = layers.along == Some(Along::Height);
    let begins_near = if is_upright { layers.fill[7].is_some() } else { layers.fill[0].is_some() };
    match (is_upright, begins_near, count) {
        (true, true, _) => glyphs::lower(count),
        (false, true, _) => glyphs::left(count),
        (_, _, 6..) => '█',
        (true, _, 3..) => '▀',
        (true, _, _) => '▔',
        (false, _, 3..) => '▐',
        (false, _, _) => '▕',
    }
}
