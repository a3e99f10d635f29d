//! What the command line would have been for what was done here.

use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Lines, Screen, Shared};

/// The commands, the latest last and chosen.
pub struct Log {
    chosen: usize,
}

impl Log {
    /// The log as it is now.
    pub fn new(shared: &Shared) -> Self {
        Self { chosen: shared.log.len().saturating_sub(1) }
    }
}

fn panel(area: Rect) -> Rect {
    centred(area, area.width.saturating_sub(4).min(120), area.height.saturating_sub(2).min(24))
}

impl Screen for Log {
    fn title(&self) -> String {
        "Log".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.chosen = self.chosen.saturating_sub(1),
            Command::First => self.chosen = 0,
            Command::Last => self.chosen = shared.log.len().saturating_sub(1),
            Command::Down => self.chosen = (self.chosen + 1).min(shared.log.len().saturating_sub(1)),
            Command::Copy | Command::Accept => {
                if let Some(text) = shared.log.get(self.chosen).cloned() {
                    shared.clip(text, "Command");
                }
            }
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let inside = inside_box(panel(shared.body()));
        let area = Rect { height: inside.height.saturating_sub(6), ..inside };
        Some(Lines { area, chosen: self.chosen, count: shared.log.len() })
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.chosen = index;
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(panel(area), "The same on the command line", Role::Accent);
        let list = Rect { height: inside.height.saturating_sub(6), ..inside };
        let top = (self.chosen + 1).saturating_sub(usize::from(list.height));
        for (row, command) in shared.log.iter().skip(top).take(usize::from(list.height)).enumerate() {
            let first = command.lines().next().unwrap_or_default();
            paper.text(list, row as u16, first, Role::Plain);
            if top + row == self.chosen {
                paper.tint(Rect { y: list.y + row as u16, height: 1, ..list }, Role::Chosen);
            }
        }
        let below = Rect { y: list.bottom() + 1, height: 4, ..inside };
        match shared.log.get(self.chosen) {
            None => {
                paper.text(list, 0, "Nothing was done yet.", Role::Muted);
            }
            Some(command) => {
                for (row, line) in command.lines().take(3).enumerate() {
                    paper.text(below, row as u16, line, Role::Muted);
                }
            }
        }
        let lines = shared.log.get(self.chosen).map_or(0, |command| command.lines().count());
        let more = if lines > 3 { format!("{lines} lines · ") } else { String::new() };
        paper.text(
            inside,
            inside.height.saturating_sub(1),
            &format!("{more}y copies · esc leaves"),
            Role::Muted,
        );
    }
}
