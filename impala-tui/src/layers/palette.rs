//! Every command of what has the focus, found by some of its letters.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::fuzzy;
use crate::input::TextField;
use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Screen, Shared};

/// A line to type, and the commands that match it.
pub struct Palette {
    field: TextField,
    lines: Vec<(&'static Binding, String)>,
    found: Vec<usize>,
    chosen: usize,
}

impl Palette {
    /// The commands of these contexts.
    pub fn new(contexts: &[Context], shared: &Shared) -> Self {
        let is_movement = |command: Command| {
            use Command::{Down, First, Last, Left, PageDown, PageUp, Palette, Right, Up};
            matches!(command, Up | Down | Left | Right | PageUp | PageDown | First | Last | Palette)
        };
        let lines = shared.keymap.lines(contexts).into_iter().filter(|line| !is_movement(line.command));
        let lines: Vec<_> = lines.map(|line| (line, shared.keymap.keys_text(line))).collect();
        Self { field: TextField::default(), found: (0..lines.len()).collect(), lines, chosen: 0 }
    }

    fn filter(&mut self) {
        let texts: Vec<String> =
            self.lines.iter().map(|(line, _)| format!("{} {}", line.label, line.command.name())).collect();
        self.found = fuzzy::rank(self.field.text(), texts.iter().map(String::as_str));
        self.chosen = 0;
    }

    fn panel(&self, area: Rect) -> Rect {
        let rows = (self.lines.len() as u16 + 4).min(area.height.saturating_sub(2)).min(22);
        centred(area, 72, rows)
    }

    fn step(&mut self, by: i64) {
        let most = self.found.len().saturating_sub(1) as i64;
        self.chosen = (self.chosen as i64 + by).clamp(0, most) as usize;
    }
}

impl Screen for Palette {
    fn title(&self) -> String {
        "Commands".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Palette]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.step(-1),
            Command::Down => self.step(1),
            Command::Accept => {
                shared.go(Go::Pop);
                if let Some(index) = self.found.get(self.chosen) {
                    shared.go(Go::Run(self.lines[*index].0.command));
                }
            }
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if self.field.key(key) {
            self.filter();
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        self.field.insert(text);
        self.filter();
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let panel = inside_box(self.panel(shared.body()));
        let area = Rect { y: panel.y + 2, height: panel.height.saturating_sub(2), ..panel };
        Some(Lines { area, chosen: self.chosen, count: self.found.len() })
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.chosen = index;
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.panel(area), "Commands", Role::Accent);
        paper.text(inside, 0, paper.look.pick("›", ">"), Role::Accent);
        self.field.draw(paper, Rect { x: inside.x + 2, width: inside.width - 2, height: 1, ..inside }, true);
        let list = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
        let top = (self.chosen + 1).saturating_sub(usize::from(list.height));
        for (row, index) in self.found.iter().skip(top).take(usize::from(list.height)).enumerate() {
            let (line, keys) = &self.lines[*index];
            let from = paper.text_ending(list, row as u16, keys, Role::Key);
            paper.text(Rect { width: from.saturating_sub(1), ..list }, row as u16, line.label, Role::Plain);
            if top + row == self.chosen {
                paper.tint(Rect { y: list.y + row as u16, height: 1, ..list }, Role::Chosen);
            }
        }
        if self.found.is_empty() {
            paper.text(list, 0, "nothing matches", Role::Muted);
        }
    }
}
