//! Text blocks: Markdown into lines of styled text.

mod table;
mod writer;

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockKind};
use pulldown_cmark::{Options, Parser};

use super::{Picture, metric};
use crate::format::{self, Span};
use crate::scene::{Area, Point, Scene, Stroke, Tone};

/// The Markdown of a text block with `{{name}}` replaced by parameters and metrics; empty for other blocks.
pub(crate) fn filled(picture: &Picture, block: &Block) -> String {
    let BlockKind::Text(text) = &block.kind else {
        return String::new();
    };
    text.fill(|name| {
        picture
            .parameters
            .get(name)
            .cloned()
            .or_else(|| metric_value(picture, name))
            .map(|text| literal(&text))
    })
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

/// The lines of a Markdown text at a width.
pub(crate) fn lines(markdown: &str, width_cols: usize) -> Vec<Vec<Span>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = writer::Writer::new(width_cols.max(1));
    for event in Parser::new_ext(markdown, options) {
        writer.take(event);
    }
    writer.finish()
}

/// Draws the lines that fit and says how many more there are.
pub(crate) fn draw(scene: &mut Scene, area: Area, markdown: &str) {
    let rows = area.rows();
    let mut lines = lines(markdown, area.cols());
    if lines.len() > rows {
        // Blank lines give way before words do.
        lines.retain(|line| !line.is_empty());
    }
    let shown = if lines.len() <= rows { lines.len() } else { rows.saturating_sub(1) };
    for (row, line) in lines[..shown].iter().enumerate() {
        let mut x = area.x;
        if scene.medium.is_exact() && drawn_as_rule(scene, area, row, line) {
            continue;
        }
        for span in line {
            scene.styled(x, area.y + row as f64, &span.text, span.tone, span.emphasis);
            x += format::width(&format::clean(&span.text)) as f64;
        }
    }
    if shown < lines.len() && rows > 0 {
        let more = format::more((lines.len() - shown) as u64, "line");
        scene.text(area.x, area.y + shown as f64, &format::cut(&more, area.cols()), Tone::Muted);
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
            let lines: Vec<String> = lines(markdown, cols)
                .into_iter()
                .map(|line| line.into_iter().map(|span| span.text).collect())
                .collect();
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
        let tones =
            |markdown: &str| lines(markdown, 40).concat().iter().map(|span| span.tone).collect::<Vec<_>>();
        assert!(!tones("[x](javascript:alert(1))").contains(&Tone::Link));
        assert!(tones("[x](https://a.b)").contains(&Tone::Link));
    }

    #[test]
    fn values_are_never_markup() {
        assert_eq!(literal("**bold** [x](y)\u{1b}"), "\\*\\*bold\\*\\* \\[x\\](y)");
    }
}
