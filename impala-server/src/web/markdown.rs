//! Markdown of text blocks as HTML without anything that could run.

use impala_render::format::unturned;
use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The HTML of a Markdown text. HTML within it is shown as text; links lead only to allowed targets.
///
/// * `top`: the level of its first heading, 2 where nothing but the page has a heading above it.
pub fn html(markdown: &str, top: usize) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut above = Vec::new();
    let events = Parser::new_ext(markdown, options).map(|event| below(event, top, &mut above));
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    PreEscaped(clean(&aligned(html)))
}

/// Cells that stand right or in the middle say so by a class: the policy of the pages allows no inline style. Tags are the writer's
/// own, as HTML of users is text.
fn aligned(mut html: String) -> String {
    for cell in ["td", "th"] {
        for (side, class) in [("right", "number"), ("center", "middle")] {
            let styled = format!("<{cell} style=\"text-align: {side}\">");
            html = html.replace(&styled, &format!("<{cell} class=\"{class}\">"));
        }
    }
    html
}

/// Headings below those of the page, each one level below the one that it belongs to, whatever levels were left out: readers who
/// go by headings miss none. `above` are the levels, as they were written, of the headings that one belongs to.
fn below<'a>(event: Event<'a>, top: usize, above: &mut Vec<HeadingLevel>) -> Event<'a> {
    let level_of = |above: &[HeadingLevel]| {
        HeadingLevel::try_from((top + above.len() - 1).min(6)).unwrap_or(HeadingLevel::H6)
    };
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            above.retain(|other| *other < level);
            above.push(level);
            Event::Start(Tag::Heading { level: level_of(above), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(level_of(above))),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }
}

fn clean(html: &str) -> String {
    let html = ammonia::Builder::default()
        .add_tags(["input"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .rm_tags(["img"])
        .add_allowed_classes("td", ["number", "middle"])
        .add_allowed_classes("th", ["number", "middle"])
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string();
    // Markdown may have written them as `&#x202e;`.
    unturned(&html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_html_and_html_becomes_text() {
        let check =
            |markdown: &str, expected: &str| assert_eq!(html(markdown, 2).into_string().trim(), expected);
        check("# Rain\n", "<h2>Rain</h2>");
        check("**a** & *b*", "<p><strong>a</strong> &amp; <em>b</em></p>");
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        check("[x](javascript:alert(1))", "<p><a rel=\"noopener noreferrer nofollow\">x</a></p>");
        check(
            "[x](https://a.example/)",
            "<p><a href=\"https://a.example/\" rel=\"noopener noreferrer nofollow\">x</a></p>",
        );
        check("### a\n# b\n#### c\n## d", "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>\n<h3>d</h3>");
        assert_eq!(html("# a", 3).into_string().trim(), "<h3>a</h3>");
        check("![x](https://a.example/pixel.gif)", "<p></p>");
        check(
            "| a | n |\n|:-:|--:|\n| x | 1 |",
            "<table><thead><tr><th class=\"middle\">a</th><th class=\"number\">n</th></tr></thead><tbody>\n\
             <tr><td class=\"middle\">x</td><td class=\"number\">1</td></tr>\n</tbody></table>",
        );
        check("&#x202e;gnp.exe \u{2066}", "<p>gnp.exe </p>");
    }
}
