//! Markdown as HTML that can do no harm.

use std::collections::HashSet;

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd, html};

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
    let mut table = TableTags::default();
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
            event => match table.tag_of(&event) {
                Some(tag) => tamed.push(Event::Html(tag.into())),
                None => tamed.push(event),
            },
        }
    }
    tamed
}

/// Writes tables with classes for the sides of their cells, where the parser's own writer has inline styles.
#[derive(Default)]
struct TableTags {
    alignments: Vec<Alignment>,
    column: usize,
    is_head: bool,
}

impl TableTags {
    /// The tag that an event is; `None` for what is no part of a table's frame.
    fn tag_of(&mut self, event: &Event) -> Option<String> {
        let tag = match event {
            Event::Start(Tag::Table(columns)) => {
                self.alignments.clone_from(columns);
                "<table>"
            }
            Event::End(TagEnd::Table) => "</tbody></table>",
            Event::Start(Tag::TableHead) => {
                (self.column, self.is_head) = (0, true);
                "<thead><tr>"
            }
            Event::End(TagEnd::TableHead) => {
                self.is_head = false;
                "</tr></thead><tbody>"
            }
            Event::Start(Tag::TableRow) => {
                self.column = 0;
                "<tr>"
            }
            Event::End(TagEnd::TableRow) => "</tr>",
            Event::Start(Tag::TableCell) => return Some(self.cell()),
            Event::End(TagEnd::TableCell) if self.is_head => "</th>",
            Event::End(TagEnd::TableCell) => "</td>",
            _ => return None,
        };
        Some(tag.to_owned())
    }

    fn cell(&mut self) -> String {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Right) => " class=\"n\"",
            Some(Alignment::Center) => " class=\"c\"",
            _ => "",
        };
        self.column += 1;
        format!("<{}{class}>", if self.is_head { "th" } else { "td" })
    }
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
