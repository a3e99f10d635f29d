//! Markdown as HTML that can do no harm.

use std::collections::HashSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::format::unturned;

/// CommonMark with tables, strikethrough and task lists, as HTML without scripts, styles, frames or pictures from
/// elsewhere. Links open without a referrer.
pub fn clean_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut raw = String::new();
    html::push_html(&mut raw, tame(Parser::new_ext(markdown, options)).into_iter());
    let tags: HashSet<&str> = [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
    .into();
    let html = ammonia::Builder::new()
        .tags(tags)
        .clean_content_tags(["script", "style"].into())
        .generic_attributes(HashSet::new())
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .allowed_classes(
            [("li", ["task"].into()), ("td", ["n", "c"].into()), ("th", ["n", "c"].into())].into(),
        )
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(&raw)
        .to_string();
    // Markdown may have written them as `&#x202e;`.
    unturned(&html)
}

/// Pictures become their words, task boxes signs: neither a request to elsewhere nor a form belongs into a text block.
/// Columns that stand right or in the middle say so by a class, as styles are not let through.
fn tame<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut tamed = Vec::new();
    let mut alignments = Vec::new();
    let mut column = 0;
    let mut is_head = false;
    for event in events {
        match event {
            Event::Start(Tag::Image { .. }) => tamed.push(Event::Text("[picture: ".into())),
            Event::End(TagEnd::Image) => tamed.push(Event::Text("]".into())),
            Event::TaskListMarker(is_done) => {
                // The sign stands in the place of the item's dot.
                if let Some(item) = tamed.iter_mut().rev().find(|event| **event == Event::Start(Tag::Item)) {
                    *item = Event::Html("<li class=\"task\">".into());
                }
                tamed.push(Event::Text(if is_done { "☑ " } else { "☐ " }.into()));
            }
            Event::Start(Tag::Table(columns)) => {
                alignments.clone_from(&columns);
                tamed.push(Event::Html("<table>".into()));
            }
            Event::End(TagEnd::Table) => tamed.push(Event::Html("</tbody></table>".into())),
            Event::Start(Tag::TableHead) => {
                (column, is_head) = (0, true);
                tamed.push(Event::Html("<thead><tr>".into()));
            }
            Event::End(TagEnd::TableHead) => {
                is_head = false;
                tamed.push(Event::Html("</tr></thead><tbody>".into()));
            }
            Event::Start(Tag::TableRow) => {
                column = 0;
                tamed.push(Event::Html("<tr>".into()));
            }
            Event::End(TagEnd::TableRow) => tamed.push(Event::Html("</tr>".into())),
            Event::Start(Tag::TableCell) => {
                let class = match alignments.get(column) {
                    Some(pulldown_cmark::Alignment::Right) => " class=\"n\"",
                    Some(pulldown_cmark::Alignment::Center) => " class=\"c\"",
                    _ => "",
                };
                column += 1;
                tamed.push(Event::Html(format!("<{}{class}>", if is_head { "th" } else { "td" }).into()));
            }
            Event::End(TagEnd::TableCell) => {
                tamed.push(Event::Html(if is_head { "</th>" } else { "</td>" }.into()));
            }
            event => tamed.push(event),
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        let check =
            |markdown: &str, expected: &str| assert_eq!(clean_html(markdown).trim(), expected, "{markdown}");
        check("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>");
        check("- [x] done", "<ul>\n<li class=\"task\">☑ done</li>\n</ul>");
        check(
            "| n |\n|--:|\n| 1 |",
            "<table><thead><tr><th class=\"n\">n</th></tr></thead><tbody><tr><td class=\"n\">1</td></tr></tbody></table>",
        );
        check("[a](http://b)", "<p><a href=\"http://b\" rel=\"noopener noreferrer nofollow\">a</a></p>");
        check("![cat](http://b/c.png)", "<p>[picture: cat]</p>");
        check("a\u{202e}b &#x202e;c &rlm;d", "<p>ab c d</p>");
    }

    #[test]
    fn nothing_that_runs_gets_through() {
        for evil in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "<a href=\"data:text/html,x\">x</a>",
            "<p style=\"position:fixed\" onclick=\"alert(1)\">x</p>",
            "<iframe src=http://x></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<form action=http://x><input></form>",
        ] {
            let html = clean_html(evil);
            for word in [
                "<script",
                "onerror",
                "onclick",
                "javascript:",
                "data:",
                "style",
                "<iframe",
                "<form",
                "<input",
                "<img",
            ] {
                assert!(!html.contains(word), "{evil}: {html}");
            }
        }
    }
}
