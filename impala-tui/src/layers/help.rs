//! All keys of what has the focus.

use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred};
use crate::screen::{Screen, Shared};

/// The keys, as a list that scrolls.
pub struct Help {
    lines: Vec<(String, &'static str)>,
    top: usize,
}

impl Help {
    /// The keys of these contexts.
    pub fn new(contexts: &[Context], shared: &Shared) -> Self {
        let lines = shared.keymap.lines(contexts).into_iter();
        let lines = lines
            .map(|binding| (shared.keymap.keys_text(binding), binding.label))
            .filter(|(keys, _)| !keys.is_empty())
            .collect();
        Self { lines, top: 0 }
    }

    fn scroll(&mut self, by: i64) {
        let most = self.lines.len().saturating_sub(1) as i64;
        self.top = (self.top as i64 + by).clamp(0, most) as usize;
    }
}

impl Screen for Help {
    fn title(&self) -> String {
        "Keys".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Help, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, _shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.scroll(-1),
            Command::Down => self.scroll(1),
            Command::PageUp => self.scroll(-10),
            Command::PageDown => self.scroll(10),
            Command::First => self.scroll(i64::MIN / 2),
            Command::Last => self.scroll(i64::MAX / 2),
            Command::Help => {}
            _ => return false,
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let columns = if area.width >= 120 { 2 } else { 1 };
        let rows = self.lines.len().div_ceil(columns);
        let panel = centred(area, 64 * columns as u16, rows as u16 + 4);
        let inside = paper.boxed(panel, "Keys", Role::Accent);
        let room = inside.height.saturating_sub(2);
        let top = self.top.min(rows.saturating_sub(usize::from(room)));
        let width = inside.width / columns as u16;
        for (index, (keys, label)) in self.lines.iter().enumerate() {
            let (column, row) = (index / rows.max(1), index % rows.max(1));
            if row < top || row - top >= usize::from(room) {
                continue;
            }
            let cell = Rect { x: inside.x + column as u16 * width, width: width.saturating_sub(2), ..inside };
            let row = (row - top) as u16;
            paper.text(Rect { width: 18, ..cell }, row, keys, Role::Key);
            paper.text_at(cell, 19, row, label, Role::Plain);
        }
        let more = if rows > usize::from(room) { "down and up scroll · " } else { "" };
        let last = inside.height.saturating_sub(1);
        paper.text(inside, last, &format!("{more}keys can be changed: impala tui --help"), Role::Muted);
    }
}
