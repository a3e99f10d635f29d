//! The frame: the screens and layers that are seen, the bar above them, and the keys that matter now below.

use impala_render::format;
use ratatui::layout::Rect;

use super::App;
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context, Item};
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;

/// The least terminal that there is room in.
const LEAST: (u16, u16) = (60, 16);

impl App {
    /// Draws the frame.
    pub fn view(&self, paper: &mut Paper, cache: &mut PaintCache) {
        cache.begin();
        if let Some(gallery) = &mut cache.gallery {
            gallery.begin(self.stack.last().is_some_and(|top| !top.is_layer()));
        }
        let area = paper.area();
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return too_small(paper, area);
        }
        let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
        let first = self.stack.iter().rposition(|screen| !screen.is_layer()).unwrap_or(0);
        for screen in &self.stack[first..] {
            paper.cursor = None;
            if screen.is_layer() {
                paper.dim(body);
            }
            screen.view(paper, body, &self.shared, cache);
        }
        self.bar(paper, Rect { height: 1, ..area });
        self.footer(paper, Rect { y: area.bottom() - 1, height: 1, ..area });
    }

    fn bar(&self, paper: &mut Paper, area: Rect) {
        paper.clear(area);
        let Some(top) = self.stack.iter().rev().find(|screen| !screen.is_layer()) else { return };
        let (role, status) = top.status(&self.shared);
        let offline = self.shared.offline.as_ref().map(|_| "offline");
        let only = top.is_read_only(&self.shared).then_some("read-only");
        let told = offline.into_iter().chain(only).chain([status.as_str()]);
        let status: Vec<&str> = told.filter(|text| !text.is_empty()).collect();
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let role = if self.shared.offline.is_some() { Role::Warning } else { role };
        let from = paper.text_ending(inside, 0, &status.join(" · "), role);
        let room = Rect { width: from.saturating_sub(2), ..inside };
        let col = paper.text(room, 0, "Impala ", Role::Accent);
        paper.text_at(room, col + 1, 0, &top.title(), Role::Title);
        paper.tint(area, Role::Bar);
    }

    fn footer(&self, paper: &mut Paper, area: Rect) {
        paper.clear(area);
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        if let Some((role, text)) = &self.shared.message {
            return self.draw_message(paper, inside, text, *role);
        }
        let used = self.stack.last().map_or(0, |top| top.draw_typed(paper, inside, &self.shared));
        let used = if used > 0 { used + 1 } else { 0 };
        let inside = Rect { x: inside.x + used, width: inside.width.saturating_sub(used), ..inside };
        // What does not fit is left out, but never the way to all keys and to all commands.
        let words = self.footer_words();
        let is_kept = |command: Command| matches!(command, Command::Help | Command::Palette);
        let reserved = |(command, key, word): &(Command, String, &str)| match is_kept(*command) {
            true => footer_width(key, word),
            false => 0,
        };
        let mut kept: u16 = words.iter().map(reserved).sum();
        let mut col = 0;
        for line in &words {
            let (_, key, word) = line;
            kept -= reserved(line);
            if col + footer_width(key, word) + kept <= inside.width + 2 {
                col = paper.text_at(inside, col, 0, key, Role::Key);
                let gap = u16::from(!key.is_empty());
                col = paper.text_at(inside, col + gap, 0, word, Role::Muted) + 2;
            }
        }
    }

    /// Draws a message; of one that is cut it is said which key shows all of it.
    fn draw_message(&self, paper: &mut Paper, area: Rect, text: &str, role: Role) {
        let is_cut = format::width(&format::clean(text)) > usize::from(area.width);
        let is_kept = self.shared.messages.iter().next_back().is_some_and(|said| said.text == text);
        let line = self.lines().into_iter().find(|line| line.binding.command == Command::Messages);
        let Some(line) = line.filter(|line| is_cut && is_kept && !line.keys().is_empty()) else {
            paper.text(area, 0, text, role);
            return;
        };
        let (key, words) = (line.short_key(), "shows all");
        let cols = (format::width(&key) + format::width(words) + 3) as u16;
        let room = Rect { width: area.width.saturating_sub(cols), ..area };
        paper.text(room, 0, text, role);
        let col = paper.text_at(area, room.width + 2, 0, &key, Role::Key) + 1;
        paper.text_at(area, col, 0, words, Role::Muted);
    }

    /// The commands that matter now, each with its key and its word.
    fn footer_words(&self) -> Vec<(Command, String, &'static str)> {
        let Some(top) = self.stack.last() else { return Vec::new() };
        let mut known: Vec<Command> = Vec::new();
        let mut lines = self.lines();
        lines.retain(|line| {
            let is_told = self.word(line.binding).is_some() && !known.contains(&line.binding.command);
            known.extend(is_told.then_some(line.binding.command));
            is_told
        });
        if top.list().is_some_and(List::is_filtering) || top.cancels() {
            // The way back from it comes first, so that there is room for it.
            lines.sort_by_key(|line| line.binding.command != Command::Cancel);
        }
        let word = |item: &Item| {
            let binding = item.binding();
            Some((binding.command, item.short_keys(self.shared.look.is_ascii()), self.word(binding)?))
        };
        Item::of(lines).iter().filter_map(word).collect()
    }

    /// What the footer calls a line of the table now. Of the ways up it names the one that leads somewhere.
    fn word(&self, binding: &Binding) -> Option<&'static str> {
        let top = self.stack.last()?;
        let goes_back = |binding: &Binding| {
            (binding.context, binding.command) == (Context::Global, Command::Cancel)
                && top.word(binding) == binding.footer
        };
        let is_leave = (binding.context, binding.command) == (Context::Global, Command::Leave);
        match self.is_last() {
            true if goes_back(binding) => None,
            true if is_leave => Some("quit"),
            false if is_leave && self.lines().iter().any(|line| goes_back(line.binding)) => None,
            _ => top.word(binding),
        }
    }
}

fn footer_width(key: &str, word: &str) -> u16 {
    (format::width(key) + format::width(word) + 3) as u16
}

fn too_small(paper: &mut Paper, area: Rect) {
    let text = [
        format!("This terminal is {} x {}.", area.width, area.height),
        format!("Impala needs {} x {}.", LEAST.0, LEAST.1),
        "Make it larger, or use".to_owned(),
        "`impala canvas render`.".to_owned(),
    ];
    for (row, line) in text.iter().enumerate() {
        paper.text(area, row as u16, line, Role::Plain);
    }
}
