//! Text: one element a line, so that words in several styles flow after each other in letters of any width.

use std::fmt::Write as _;

use super::{Run, Style, Typesetter, escape, escape_set, number};
use crate::format;
use crate::scene::{Anchor, Emphasis, Mark, PAGE_COLUMN_PX, PAGE_ROW_PX, Point, Scene, TextSize, Tone};
use crate::theme::page;

/// Words in one style.
struct Piece<'a> {
    at: Point,
    text: &'a str,
    tone: Tone,
    emphasis: Emphasis,
    anchor: Anchor,
    tip: Option<&'a str>,
}

/// Writes all text of a scene.
pub fn write(text: &mut String, scene: &Scene, typesetter: &Typesetter) {
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, mark) in scene.marks.iter().enumerate() {
        if let Mark::Text { at, text, tone, emphasis, anchor } = mark {
            let tip = scene.tips.get(&index).map(String::as_str);
            let piece = Piece { at: *at, text, tone: *tone, emphasis: *emphasis, anchor: *anchor, tip };
            split(&mut pieces, piece);
        }
    }
    text.push_str("<g>\n");
    for run in pieces.chunk_by(|before, after| flows_on(before, after)) {
        element(text, run, typesetter);
    }
    text.push_str("</g>\n");
}

/// Runs of spaces stand for places, as in a table: what is behind them keeps its column.
fn split<'a>(pieces: &mut Vec<Piece<'a>>, piece: Piece<'a>) {
    if piece.anchor != Anchor::Start || piece.tone == Tone::Code || !piece.text.contains("  ") {
        if !piece.text.trim().is_empty() || piece.text.len() == 1 {
            pieces.push(piece);
        }
        return;
    }
    let mut offset = 0;
    for part in piece.text.split("  ") {
        let words = part.trim_start();
        if !words.is_empty() {
            let before = &piece.text[..offset + part.len() - words.len()];
            let at = Point::new(piece.at.x + format::width(before) as f64, piece.at.y);
            pieces.push(Piece { at, text: words, ..piece });
        }
        offset += part.len() + 2;
    }
}

/// Whether a piece begins where the one before it ended.
fn flows_on(before: &Piece, after: &Piece) -> bool {
    let end = before.at.x + format::width(before.text) as f64;
    let is_start = before.anchor == Anchor::Start && after.anchor == Anchor::Start;
    is_start && before.at.y == after.at.y && (end - after.at.x).abs() < 1e-9 && after.tip.is_none()
}

fn element(text: &mut String, run: &[Piece], typesetter: &Typesetter) {
    let Some(first) = run.first() else { return };
    let words: Vec<(&str, Style)> = run.iter().map(|piece| (piece.text, style(piece))).collect();
    if let Some(runs) = typesetter(&words) {
        return set(text, run, &runs);
    }
    let cells = format::width(first.text) as f64;
    let (column, anchor) = match first.anchor {
        Anchor::Start => (first.at.x, ""),
        Anchor::Middle => (first.at.x + cells / 2.0, " text-anchor=\"middle\""),
        Anchor::End => (first.at.x + cells, " text-anchor=\"end\""),
    };
    let (x, y) = (number(column * PAGE_COLUMN_PX), number(baseline(first)));
    let _ = write!(text, "<text x=\"{x}\" y=\"{y}\"{anchor}");
    if let [only] = run {
        let _ = write!(text, " class=\"{}\" fill=\"currentColor\">{}", classes(only), escape(only.text));
    } else {
        text.push('>');
        for piece in run {
            let _ = write!(
                text,
                "<tspan class=\"{}\" fill=\"currentColor\">{}</tspan>",
                classes(piece),
                escape(piece.text)
            );
        }
    }
    if let Some(tip) = first.tip {
        let _ = write!(text, "<title>{}</title>", escape(tip));
    }
    text.push_str("</text>\n");
}

/// Letters stand on a line about a third of their size below the middle of the row.
fn baseline(piece: &Piece) -> f64 {
    (piece.at.y + 0.5) * PAGE_ROW_PX + 0.35 * piece.emphasis.size.px()
}

/// Words that were parted by font: each run where the one before it ends.
fn set(text: &mut String, pieces: &[Piece], runs: &[Run]) {
    let first = &pieces[0];
    let px = |run: &Run| run.width_em * pieces[run.piece].emphasis.size.px();
    let (width, cells) = (runs.iter().map(px).sum::<f64>(), format::width(first.text) as f64);
    let mut x = match first.anchor {
        Anchor::Start => first.at.x * PAGE_COLUMN_PX,
        Anchor::Middle => (first.at.x + cells / 2.0) * PAGE_COLUMN_PX - width / 2.0,
        Anchor::End => (first.at.x + cells) * PAGE_COLUMN_PX - width,
    };
    for run in runs {
        let (piece, left, y) = (&pieces[run.piece], number(x), number(baseline(first)));
        let (classes, family, words) = (classes(piece), run.family, escape_set(&run.text));
        let _ = writeln!(
            text,
            "<text x=\"{left}\" y=\"{y}\" class=\"{classes}\" fill=\"currentColor\" \
             style=\"font-family:'{family}'\" xml:space=\"preserve\">{words}</text>"
        );
        x += px(run);
    }
}

fn style(piece: &Piece) -> Style {
    let (is_bold, is_italic) = (is_bold(piece), piece.emphasis.is_italic);
    Style { is_bold, is_italic, is_code: piece.tone == Tone::Code }
}

fn is_bold(piece: &Piece) -> bool {
    piece.emphasis.is_bold || piece.tone == Tone::Title
}

fn classes(piece: &Piece) -> String {
    let emphasis = piece.emphasis;
    let names = [
        Some(page::name(piece.tone)),
        is_bold(piece).then_some("b"),
        emphasis.is_italic.then_some("i"),
        emphasis.is_underlined.then_some("u"),
        emphasis.is_struck.then_some("x"),
        (piece.tone == Tone::Code).then_some("m"),
        TextSize::NAMED.into_iter().find(|(size, _)| *size == emphasis.size).map(|(_, name)| name),
    ];
    names.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
