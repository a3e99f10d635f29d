//! Takes the events of a Markdown parser and writes lines.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::table::Table;
use super::{Cell, Line};
use crate::format::{self, Span, wrap_spans};
use crate::scene::{Emphasis, Medium, TextSize, Tone};

/// Deeper nesting than this is written like this.
const MAX_DEPTH: usize = 8;

/// Writes lines of at most `width_cols` columns.
pub struct Writer {
    medium: Medium,
    width_cols: usize,
    lines: Vec<Line>,
    /// Text of the current paragraph, heading or cell.
    spans: Vec<Span>,
    emphasis: Vec<Emphasis>,
    /// What stands before each line inside lists and quotes.
    containers: Vec<Container>,
    /// Links, by the order in which they were met.
    links: Vec<String>,
    link: Option<(String, bool)>,
    is_code_block: bool,
    table: Option<Table>,
    /// Whether a blank line belongs before the next block.
    wants_gap: bool,
}

/// A list item or quote that lines stand in.
struct Container {
    /// Number of the next item, for ordered lists.
    number: Option<u64>,
    /// Before the first line of an item; taken when it was written.
    marker: Option<String>,
    /// Before all other lines.
    indent: String,
}

impl Writer {
    pub fn new(medium: Medium, width_cols: usize) -> Self {
        Self {
            medium,
            width_cols,
            lines: Vec::new(),
            spans: Vec::new(),
            emphasis: Vec::new(),
            containers: Vec::new(),
            links: Vec::new(),
            link: None,
            is_code_block: false,
            table: None,
            wants_gap: false,
        }
    }

    pub fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code_block => self.code_block(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, Tone::Plain),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text, Tone::Code);
            }
            Event::SoftBreak => self.text(" ", Tone::Plain),
            Event::HardBreak => self.write_paragraph(),
            Event::Rule => self.rule(),
            Event::TaskListMarker(is_done) => self.task(is_done),
            Event::FootnoteReference(name) => self.text(&format!("[{name}]"), Tone::Link),
        }
    }

    /// The lines, with the links' addresses at the end.
    pub fn finish(mut self) -> Vec<Line> {
        self.write_paragraph();
        for (index, link) in std::mem::take(&mut self.links).into_iter().enumerate() {
            if index == 0 {
                self.gap();
            }
            self.spans = vec![Span::toned(format!("[{}] {}", index + 1, format::clean(&link)), Tone::Link)];
            self.write_paragraph();
        }
        self.lines
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.gap(),
            Tag::Heading { .. } => {
                self.gap();
                self.push_emphasis(|emphasis| emphasis.is_bold = true);
            }
            Tag::BlockQuote(_) => {
                self.gap();
                self.containers.push(Container { number: None, marker: None, indent: "▎ ".to_owned() });
            }
            Tag::CodeBlock(_) => {
                self.gap();
                self.is_code_block = true;
            }
            Tag::List(number) => self.start_list(number),
            Tag::Item => self.start_item(),
            Tag::Emphasis => self.push_emphasis(|emphasis| emphasis.is_italic = true),
            Tag::Strong => self.push_emphasis(|emphasis| emphasis.is_bold = true),
            Tag::Strikethrough => self.push_emphasis(|emphasis| emphasis.is_struck = true),
            Tag::Link { link_type, dest_url, .. } => {
                let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                // What no page would let through is text, and not drawn as if it led somewhere.
                self.link = format::is_web(&dest_url).then(|| (dest_url.to_string(), is_bare));
            }
            Tag::Image { .. } => self.text("[picture: ", Tone::Muted),
            Tag::Table(alignments) => {
                self.gap();
                self.table = Some(Table { alignments, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.write_paragraph();
                self.wants_gap = true;
            }
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::BlockQuote(_) => {
                self.write_paragraph();
                self.containers.pop();
                self.wants_gap = true;
            }
            TagEnd::CodeBlock => (self.is_code_block, self.wants_gap) = (false, true),
            TagEnd::List(_) => {
                self.containers.pop();
                self.wants_gap = self.containers.is_empty();
            }
            TagEnd::Item => {
                self.write_paragraph();
                self.wants_gap = false;
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.emphasis.pop();
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.text("]", Tone::Muted),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.end_table(),
            _ => {}
        }
    }

    fn push_emphasis(&mut self, change: impl FnOnce(&mut Emphasis)) {
        let mut emphasis = self.emphasis.last().copied().unwrap_or_default();
        change(&mut emphasis);
        self.emphasis.push(emphasis);
    }

    fn text(&mut self, text: &str, tone: Tone) {
        let tone = if self.link.is_some() && tone == Tone::Plain { Tone::Link } else { tone };
        let emphasis = self.emphasis.last().copied().unwrap_or_default();
        self.spans.push(Span { text: format::clean(text), tone, emphasis });
    }

    fn end_link(&mut self) {
        let Some((address, is_bare)) = self.link.take() else {
            return;
        };
        if is_bare || address.is_empty() {
            return;
        }
        let known = self.links.iter().position(|link| *link == address);
        let index = known.unwrap_or_else(|| {
            self.links.push(address);
            self.links.len() - 1
        });
        self.spans.push(Span::toned(format!("[{}]", index + 1), Tone::Link));
    }

    fn start_list(&mut self, number: Option<u64>) {
        self.write_paragraph();
        if self.containers.is_empty() {
            self.gap();
        }
        self.wants_gap = false;
        self.containers.push(Container { number, marker: None, indent: String::new() });
    }

    fn start_item(&mut self) {
        let depth = self.containers.len();
        if let Some(list) = self.containers.last_mut() {
            let marker = match &mut list.number {
                Some(number) => {
                    *number += 1;
                    format!("{}. ", *number - 1)
                }
                None if depth > 1 => "◦ ".to_owned(),
                None => "• ".to_owned(),
            };
            list.indent = " ".repeat(format::width(&marker));
            list.marker = Some(marker);
        }
    }

    fn task(&mut self, is_done: bool) {
        if let Some(list) = self.containers.last_mut() {
            list.marker = Some(if is_done { "☑ " } else { "☐ " }.to_owned());
        }
    }

    fn gap(&mut self) {
        self.write_paragraph();
        let is_first_of_item = self.containers.last().is_some_and(|container| container.marker.is_some());
        if self.wants_gap && !self.lines.is_empty() && !is_first_of_item {
            self.lines.push(Line::default());
        }
        self.wants_gap = false;
    }

    /// What stands before the next line.
    fn prefix(&mut self) -> Vec<Span> {
        let shown = self.containers.iter_mut().take(MAX_DEPTH);
        shown
            .map(|container| {
                Span::toned(container.marker.take().unwrap_or_else(|| container.indent.clone()), Tone::Muted)
            })
            .collect()
    }

    fn room(&self) -> usize {
        let taken: usize =
            self.containers.iter().take(MAX_DEPTH).map(|container| format::width(&container.indent)).sum();
        self.width_cols.saturating_sub(taken).max(4)
    }

    fn write_line(&mut self, spans: Vec<Span>) {
        let mut line = self.prefix();
        line.extend(spans);
        self.lines.push(Line { spans: line, cells: Vec::new() });
    }

    fn write_row(&mut self, row: Line) {
        let prefix = self.prefix();
        let (spans, cols) =
            (prefix.len(), prefix.iter().map(|span| format::width(&span.text)).sum::<usize>());
        let moved = |cell: Cell| Cell {
            spans: cell.spans.start + spans..cell.spans.end + spans,
            cols: (cell.cols.0 + cols, cell.cols.1),
            ..cell
        };
        let cells = row.cells.into_iter().map(moved).collect();
        self.lines.push(Line { spans: prefix.into_iter().chain(row.spans).collect(), cells });
    }

    fn write_paragraph(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        let size = spans.first().map_or(TextSize::Body, |span| span.emphasis.size);
        // On a page large letters are wide, too.
        let share = self.medium.pick(1.0, TextSize::Body.px() / size.px());
        for line in wrap_spans(&spans, ((self.room() as f64 * share) as usize).max(4)) {
            self.write_line(line);
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        self.emphasis.pop();
        let size = match level {
            HeadingLevel::H1 => TextSize::Title,
            HeadingLevel::H2 => TextSize::Heading,
            HeadingLevel::H3 => TextSize::Subheading,
            _ => TextSize::Body,
        };
        for span in &mut self.spans {
            span.tone = if level <= HeadingLevel::H2 { Tone::Title } else { Tone::Plain };
            span.emphasis.size = size;
        }
        let width = self.spans.iter().map(|span| format::width(&span.text)).sum::<usize>().min(self.room());
        self.write_paragraph();
        if level == HeadingLevel::H1 {
            self.write_line(vec![Span::toned("═".repeat(width), Tone::Faint)]);
        }
    }

    fn rule(&mut self) {
        self.gap();
        let line = "─".repeat(self.room());
        self.write_line(vec![Span::toned(line, Tone::Faint)]);
        self.wants_gap = true;
    }

    /// Code keeps its spaces; lines that are too long are cut.
    fn code_block(&mut self, text: &str) {
        let room = self.room().saturating_sub(2);
        for line in text.lines() {
            let line = format::cut(&format::clean(&line.replace('\t', "    ")), room);
            self.write_line(vec![Span::toned(format!("  {line}"), Tone::Code)]);
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        let widths = table.widths(self.room());
        for (index, row) in table.rows.iter().enumerate() {
            let line = table.line(row, &widths, index == 0);
            self.write_row(line);
            if index == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                self.write_line(vec![Span::toned(rules.join("  "), Tone::Faint)]);
            }
        }
        self.wants_gap = true;
    }
}
