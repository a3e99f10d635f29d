//! What people wrote in text blocks, as part of a larger Markdown document: it may come from anybody who edits a canvas, and
//! ends up on pages of other systems. Its Markdown stays; HTML in it is text, as everywhere else here; links lead to the web only;
//! and nothing it leaves open swallows what comes after it.

use crate::format::{is_web, turns_text};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Makes a text block safe to stand among others.
pub fn tame(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    // Places in the text, and what is put there.
    let mut added: Vec<(usize, &str)> = Vec::new();
    let mut open_fence = None;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        let text = &markdown[range.clone()];
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let is_markup = |c: char| matches!(c, '<' | '[' | '!' | '*' | '_' | '`' | '&' | '~');
                added.extend(text.match_indices(is_markup).map(|(at, _)| (range.start + at, "\\")));
            }
            Event::Start(Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. }) => {
                let is_turned = title.contains(turns_text) || dest_url.contains(turns_text);
                if is_turned || !is_web(&dest_url) {
                    let at = text.find(['[', '<']).unwrap_or(0);
                    added.push((range.start + at, "\\"));
                }
                if is_turned {
                    added.extend(entities(text).map(|at| (range.start + at, "\\")));
                }
            }
            Event::Text(shown) if shown.contains(turns_text) => {
                added.extend(entities(text).map(|at| (range.start + at, "\\")));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))
                if range.end >= markdown.trim_end().len() =>
            {
                open_fence = missing_fence(text);
            }
            _ => {}
        }
    }
    added.sort_unstable();
    added.dedup();
    let mut tamed = String::with_capacity(markdown.len() + added.len() + 8);
    let mut from = 0;
    for (at, what) in added {
        tamed.push_str(&markdown[from..at]);
        tamed.push_str(what);
        from = at;
    }
    tamed.push_str(&markdown[from..]);
    if let Some(fence) = open_fence {
        tamed.push('\n');
        tamed.push_str(&fence);
    }
    tamed
}

/// Where marks that reorder text may hide behind their codes: `&#x202e;`.
fn entities(text: &str) -> impl Iterator<Item = usize> {
    let is_read = |at: usize| !text[..at].ends_with('\\');
    text.match_indices('&').map(|(at, _)| at).filter(move |at| is_read(*at))
}

/// The fence that a block of code lacks at its end.
fn missing_fence(block: &str) -> Option<String> {
    let mark = block.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let fence: String = block.chars().take_while(|c| *c == mark).collect();
    let last = block.trim_end().lines().skip(1).last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '>']);
    let is_closed = last.len() >= fence.len() && last.chars().all(|c| c == mark);
    (!is_closed).then_some(fence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        assert_eq!(tame(markdown), expected, "{markdown}");
    }

    #[test]
    fn markdown_stays_and_html_is_text() {
        check(
            "## Rain\n\n- **a** `<b>` [x](https://a.b) 1 < 2",
            "## Rain\n\n- **a** `<b>` [x](https://a.b) 1 < 2",
        );
        check("a <b>c</b>", "a \\<b>c\\</b>");
        check("<script>alert(1)</script>", "\\<script>alert(1)\\</script>");
        check("<div>\n[x](javascript:a)\n</div>", "\\<div>\n\\[x](javascript:a)\n\\</div>");
        check("<!-- hidden", "\\<\\!-- hidden");
    }

    #[test]
    fn links_lead_to_the_web() {
        check("[x](javascript:alert(1))", "\\[x](javascript:alert(1))");
        check("![x](data:image/svg+xml,a)", "!\\[x](data:image/svg+xml,a)");
        check("<javascript:a>", "\\<javascript:a>");
        check("[x](JaVaScRiPt&#58;a)", "\\[x](JaVaScRiPt&#58;a)");
        check("[x](a/b:c#d) [y](mailto:a@b.c)", "[x](a/b:c#d) [y](mailto:a@b.c)");
    }

    #[test]
    fn nothing_turns_the_text_around() {
        check("a &#x202e;b &amp; `&#x202e;`", "a \\&#x202e;b &amp; `&#x202e;`");
        check("&rlm;", "\\&rlm;");
        check("[x](https://a.b \"&#8238;\")", "\\[x](https://a.b \"\\&#8238;\")");
    }

    #[test]
    fn nothing_stays_open() {
        check("```\ncode", "```\ncode\n```");
        check("~~~~ sh\ncode\n~~~", "~~~~ sh\ncode\n~~~\n~~~~");
        check("```\ncode\n```", "```\ncode\n```");
        check("```\ncode\n```\n\nafter", "```\ncode\n```\n\nafter");
    }
}
