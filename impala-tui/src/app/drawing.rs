//! The frame: the screens and layers that are seen, the bar above them, and the keys that matter now below.

use crossterm::event::MouseEvent;
use impala_render::format;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::App;
use crate::action::Closed;
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context, Item};
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;

/// The least terminal that there is room in.
const LEAST: (u16, u16) = (42, 14);

fn has_room((width, height): (u16, u16)) -> bool {
    width >= LEAST.0 && height >= LEAST.1
}

impl App {
    /// Whether the terminal is large enough to show anything.
    pub(super) fn has_room(&self) -> bool {
        has_room(self.shared.size)
    }

    /// Draws the frame.
    pub fn view(&self, paper: &mut Paper, cache: &mut PaintCache) {
        cache.begin();
        if let Some(gallery) = &mut cache.gallery {
            gallery.begin(self.stack.last().is_some_and(|top| !top.is_layer()));
        }
        let area = paper.area();
        if !has_room((area.width, area.height)) {
            return too_small(paper, area, &self.shared.key(Context::Global, Command::Quit));
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
        let cut = self.shared.closed.map(Closed::word).or(offline);
        let only = top.is_read_only(&self.shared).then_some("read-only");
        let told = cut.into_iter().chain(only).chain([status.as_str()]);
        let status: Vec<&str> = told.filter(|text| !text.is_empty()).collect();
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let role = if cut.is_some() { Role::Warning } else { role };
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
        for Place { area, key, word, .. } in self.footer_places(inside, used) {
            let col = paper.text(area, 0, &key, Role::Key);
            paper.text_at(area, col + u16::from(!key.is_empty()), 0, word, Role::Muted);
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

    /// Where the words of the footer stand, behind what is typed there. What does not fit is left out, but never the way to
    /// all keys and to all commands.
    fn footer_places(&self, inside: Rect, typed_cols: u16) -> Vec<Place> {
        let used = if typed_cols > 0 { typed_cols + 1 } else { 0 };
        let words = self.footer_words();
        let is_kept = |command: Command| matches!(command, Command::Help | Command::Palette);
        let reserved = |word: &Word| if is_kept(word.command) { word.cols() } else { 0 };
        let mut kept: u16 = words.iter().map(reserved).sum();
        let mut col = used;
        let mut places = Vec::new();
        for word in words {
            kept -= reserved(&word);
            if col + word.cols() + kept <= inside.width + 2 {
                // Two blanks are between words.
                let area = Rect { x: inside.x + col, width: word.cols() - 2, ..inside };
                col += word.cols();
                places.push(Place { area, command: word.click, key: word.key, word: word.word });
            }
        }
        places
    }

    /// What a click on a word of the footer stands for.
    pub(super) fn footer_command(&self, mouse: MouseEvent) -> Option<Command> {
        let (width, height) = self.shared.size;
        let is_footer = mouse.row + 1 == height;
        if !is_footer || self.shared.message.is_some() {
            return None;
        }
        let inside = Rect { x: 1, y: mouse.row, width: width - 2, height: 1 };
        // How wide that is which is typed there, only drawing tells.
        let mut buffer = Buffer::empty(inside);
        let mut paper = Paper { buffer: &mut buffer, look: self.shared.look, cursor: None };
        let used = self.stack.last()?.draw_typed(&mut paper, inside, &self.shared);
        let at = (mouse.column, mouse.row).into();
        self.footer_places(inside, used).into_iter().find(|place| place.area.contains(at))?.command
    }

    /// The commands that matter now, each with its key and its word.
    fn footer_words(&self) -> Vec<Word> {
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
            let (key, word) = (item.short_keys(self.shared.look.is_ascii()), self.word(binding)?);
            // Of several keys a click cannot say which.
            let click = (!item.is_several()).then_some(binding.command).filter(|_| !key.is_empty());
            Some(Word { command: binding.command, click, key, word })
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

/// A word of the footer.
struct Word {
    command: Command,
    /// What a click on it does.
    click: Option<Command>,
    key: String,
    word: &'static str,
}

impl Word {
    /// Columns of key and word, with a blank between them and two behind.
    fn cols(&self) -> u16 {
        (format::width(&self.key) + format::width(self.word) + usize::from(!self.key.is_empty()) + 2) as u16
    }
}

/// A word of the footer on the screen.
struct Place {
    area: Rect,
    command: Option<Command>,
    key: String,
    word: &'static str,
}

fn too_small(paper: &mut Paper, area: Rect, quit: &str) {
    let text = [
        format!("This terminal is {} x {}.", area.width, area.height),
        format!("Impala needs {} x {}.", LEAST.0, LEAST.1),
        "Make it larger, or use".to_owned(),
        "`impala canvas render`.".to_owned(),
        format!("{quit} quits."),
    ];
    for (row, line) in text.iter().enumerate() {
        paper.text(area, row as u16, line, Role::Plain);
    }
}
