//! Text blocks: Markdown into lines of styled text.

mod table;
mod writer;

use std::ops::Range;

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockKind};
use pulldown_cmark::{Options, Parser};

use super::{Picture, metric};
use crate::format::{self, Span};
use crate::scene::{Anchor, Area, Medium, Point, Scene, Stroke, Tone};

/// The Markdown of a text block with `{{name}}` replaced by parameters and metrics; empty for other blocks.
pub(crate) fn filled(picture: &Picture, block: &Block) -> String {
    let BlockKind::Text(text) = &block.kind else {
        return String::new();
    };
    let value = |name: &str| picture.parameters.get(name).cloned().or_else(|| metric_value(picture, name));
    format::unturned(&text.fill(|name| value(name).map(|text| literal(&text))))
}

fn metric_value(picture: &Picture, id: &str) -> Option<String> {
    let BlockKind::Metric(metric) = &picture.canvas.block(id)?.kind else {
        return None;
    };
    match picture.answers.get(id) {
        Some(BlockAnswer::Data(data)) => Some(metric::value_text(metric, data)),
        _ => Some("…".to_owned()),
    }
}

/// A value is text, never markup: what Markdown would read as such is escaped.
fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in format::clean(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '#' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A line of a Markdown text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// From left to right, each a cell behind the other, as a terminal has them.
    pub spans: Vec<Span>,
    /// The cells of a row of a table; other lines have none.
    pub cells: Vec<Cell>,
}

/// A cell of a table in a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// Its spans in the line.
    pub spans: Range<usize>,
    /// Its first column, and how many it has.
    pub cols: (usize, usize),
    /// Which part of its text keeps its place.
    pub anchor: Anchor,
}

/// The lines of a Markdown text at a width.
pub(crate) fn lines(medium: Medium, markdown: &str, width_cols: usize) -> Vec<Line> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = writer::Writer::new(medium, width_cols.max(1));
    for event in Parser::new_ext(markdown, options) {
        writer.take(event);
    }
    writer.finish()
}

/// Draws the lines that fit and says how many more there are.
pub(crate) fn draw(scene: &mut Scene, area: Area, markdown: &str) {
    let rows = area.rows();
    let mut lines = lines(scene.medium, markdown, area.cols());
    if lines.len() > rows {
        // Blank lines give way before words do.
        lines.retain(|line| !line.spans.is_empty());
    }
    let shown = if lines.len() <= rows { lines.len() } else { rows.saturating_sub(1) };
    for (row, line) in lines[..shown].iter().enumerate() {
        let at = Point::new(area.x, area.y + row as f64);
        if !scene.medium.is_exact() {
            flow(scene, at, &line.spans);
        } else if !drawn_as_rule(scene, area, row, &line.spans) {
            row_of_page(scene, at, line);
        }
    }
    if shown < lines.len() && rows > 0 {
        let more = format::more((lines.len() - shown) as u64, "line");
        scene.text(area.x, area.y + shown as f64, &format::cut(&more, area.cols()), Tone::Muted);
    }
}

/// Draws spans behind each other.
fn flow(scene: &mut Scene, at: Point, spans: &[Span]) {
    let mut x = at.x;
    for span in spans {
        scene.styled(x, at.y, &span.text, span.tone, span.emphasis);
        x += format::width(&format::clean(&span.text)) as f64;
    }
}

/// A line on a page: letters have widths of their own, so that cells that stand on the right have to be anchored there.
fn row_of_page(scene: &mut Scene, at: Point, line: &Line) {
    let before = line.cells.first().map_or(line.spans.len(), |cell| cell.spans.start);
    flow(scene, at, &line.spans[..before]);
    for cell in &line.cells {
        let spans = &line.spans[cell.spans.clone()];
        let (left, cols) = (at.x + cell.cols.0 as f64, cell.cols.1 as f64);
        let share = match cell.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        if let [span] = spans {
            let text = format::clean(&span.text);
            let x = left + (cols - format::width(&text) as f64) * share;
            scene.anchored(Point::new(x, at.y), text, span.tone, span.emphasis, cell.anchor);
        } else {
            let width: f64 = spans.iter().map(|span| scene.medium.width(&span.text)).sum();
            flow(scene, Point::new(left + (cols - width).max(0.0) * share, at.y), spans);
        }
    }
}

/// On a page a line of dashes is a rule. Under a heading, whose letters are larger there, none is needed.
fn drawn_as_rule(scene: &mut Scene, area: Area, row: usize, line: &[Span]) -> bool {
    let [span] = line else { return false };
    let is_all = |dash: char| !span.text.is_empty() && span.text.chars().all(|c| c == dash || c == ' ');
    if is_all('─') {
        let y = area.y + row as f64 + 0.5;
        let end = area.x + format::width(&span.text) as f64;
        scene.rule(Point::new(area.x, y), Point::new(end, y), Tone::Faint, Stroke::Rule);
    }
    is_all('─') || is_all('═')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_lines() {
        let check = |markdown: &str, cols, expected: &[&str]| {
            let text = |line: Line| line.spans.into_iter().map(|span| span.text).collect();
            let lines: Vec<String> = lines(Medium::Cells, markdown, cols).into_iter().map(text).collect();
            assert_eq!(lines, expected, "{markdown}");
        };
        check("# Rain\nin *Seattle*,\nday by day", 40, &["Rain", "════", "in Seattle, day by day"]);
        check("## Rain", 40, &["Rain"]);
        check("one\n\ntwo", 40, &["one", "", "two"]);
        check("- one\n- two\n  - three", 40, &["• one", "• two", "  ◦ three"]);
        check("3. one\n4. two words", 8, &["3. one", "4. two", "   words"]);
        check("- [x] done\n- [ ] open", 40, &["☑ done", "☐ open"]);
        check("> said\n> so", 40, &["▎ said so"]);
        check("```\nlet x;\n  y\n```", 40, &["  let x;", "    y"]);
        check(
            "[here](http://a.b) and [here](http://a.b)",
            40,
            &["here[1] and here[1]", "", "[1] http://a.b"],
        );
        check("<http://a.b>", 40, &["http://a.b"]);
        check("[x](javascript:alert(1)) [y](data:text/html,a)", 40, &["x y"]);
        check("![a cat](cat.png)", 40, &["[picture: a cat]"]);
        check("a\n\n---\n\nb", 8, &["a", "", "────────", "", "b"]);
        check("| a | n |\n|---|--:|\n| x | 10 |\n| yy | 7 |", 40, &["a    n", "──  ──", "x   10", "yy   7"]);
        check("<b>x</b>\u{1b}[31m", 40, &["<b>x</b>[31m"]);
        check("", 40, &[]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_no_link() {
        let tones = |markdown: &str| {
            let lines = lines(Medium::Cells, markdown, 40);
            lines.iter().flat_map(|line| &line.spans).map(|span| span.tone).collect::<Vec<_>>()
        };
        assert!(!tones("[x](javascript:alert(1))").contains(&Tone::Link));
        assert!(tones("[x](https://a.b)").contains(&Tone::Link));
    }

    #[test]
    fn values_are_never_markup() {
        assert_eq!(literal("**bold** [x](y)\u{1b}"), "\\*\\*bold\\*\\* \\[x\\](y)");
    }
}
