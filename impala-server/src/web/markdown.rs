//! Markdown of text blocks as HTML without anything that could run.

use impala_render::format::unturned;
use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The HTML of a Markdown text. HTML within it stands as text; links lead only where people may be led.
pub fn html(markdown: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(markdown, options).map(below);
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

/// The canvas has the first heading of the page and the block the second.
fn below(event: Event<'_>) -> Event<'_> {
    use pulldown_cmark::HeadingLevel::{H1, H2, H3, H4, H5, H6};
    let lower = |level| match level {
        H1 => H2,
        H2 => H3,
        H3 => H4,
        H4 => H5,
        H5 | H6 => H6,
    };
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
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
            |markdown: &str, expected: &str| assert_eq!(html(markdown).into_string().trim(), expected);
        check("# Rain\n", "<h2>Rain</h2>");
        check("**a** & *b*", "<p><strong>a</strong> &amp; <em>b</em></p>");
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        check("[x](javascript:alert(1))", "<p><a rel=\"noopener noreferrer nofollow\">x</a></p>");
        check(
            "[x](https://a.example/)",
            "<p><a href=\"https://a.example/\" rel=\"noopener noreferrer nofollow\">x</a></p>",
        );
        check("![x](https://a.example/pixel.gif)", "<p></p>");
        check(
            "| a | n |\n|:-:|--:|\n| x | 1 |",
            "<table><thead><tr><th class=\"middle\">a</th><th class=\"number\">n</th></tr></thead><tbody>\n\
             <tr><td class=\"middle\">x</td><td class=\"number\">1</td></tr>\n</tbody></table>",
        );
        check("&#x202e;gnp.exe \u{2066}", "<p>gnp.exe </p>");
    }
}
