//! What the command line would have been for what was done here.

use std::ops::Range;

use impala_render::format;
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Lines, Screen, Shared};

/// The commands, the latest last and chosen.
pub struct Log {
    /// Its number.
    chosen: usize,
    /// Rows of the chosen command that are scrolled away.
    scroll: usize,
}

impl Log {
    /// The log as it is now.
    pub fn new(shared: &Shared) -> Self {
        Self { chosen: shared.log.numbers().end.saturating_sub(1), scroll: 0 }
    }

    fn go(&mut self, to: usize, shared: &Shared) {
        (self.chosen, self.scroll) = (within(to, shared), 0);
    }

    /// Scrolls through the chosen command, as far as there is more of it.
    fn scroll(&mut self, by: i64, shared: &Shared) {
        let inside = inside_box(panel(shared.body()));
        let (_, below) = split(inside);
        let rows = self.detail(shared, below.width).len();
        let most = rows.saturating_sub(usize::from(below.height)) as i64;
        self.scroll = (self.scroll as i64 + by * i64::from(below.height)).clamp(0, most) as usize;
    }

    /// The whole of the chosen command, its long lines broken; nothing when the list shows all of it.
    fn detail(&self, shared: &Shared, width: u16) -> Vec<String> {
        let is_cut = |command: &&str| {
            command.lines().count() > 1 || format::width(&format::clean(command)) > usize::from(width)
        };
        let command = shared.log.get(within(self.chosen, shared)).filter(is_cut);
        let lines = command.iter().flat_map(|command| command.lines());
        lines.flat_map(|line| broken(line, usize::from(width))).collect()
    }
}

/// The nearest number of a command that is still there.
fn within(number: usize, shared: &Shared) -> usize {
    let numbers = shared.log.numbers();
    number.clamp(numbers.start, numbers.end.saturating_sub(1).max(numbers.start))
}

/// A line in pieces of a width, its blanks kept: they matter in what it holds.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut rest = format::clean(line);
    let mut pieces = Vec::new();
    while format::width(&rest) > width.max(2) {
        let head = format::head(&rest, width.max(2)).to_owned();
        rest = rest[head.len()..].to_owned();
        pieces.push(head);
    }
    pieces.push(rest);
    pieces
}

fn panel(area: Rect) -> Rect {
    centred(area, area.width.saturating_sub(4).min(120), area.height.saturating_sub(2).min(36))
}

/// The list, and the place of the chosen command below it: half of the room each.
fn split(inside: Rect) -> (Rect, Rect) {
    let room = inside.height.saturating_sub(1);
    let list = Rect { height: room / 2, ..inside };
    (list, Rect { y: list.bottom() + 1, height: room - list.height, ..inside })
}

impl Screen for Log {
    fn title(&self) -> String {
        "Log".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Log, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.go(self.chosen.saturating_sub(1), shared),
            Command::First => self.go(0, shared),
            Command::Last => self.go(usize::MAX, shared),
            Command::Down => self.go(self.chosen + 1, shared),
            Command::PageDown => self.scroll(1, shared),
            Command::PageUp => self.scroll(-1, shared),
            Command::Copy => {
                if let Some(text) = shared.log.get(within(self.chosen, shared)).map(str::to_owned) {
                    shared.clip(text, "Command");
                }
            }
            Command::CopyAll => {
                let what = match shared.log.numbers() {
                    Range { start: 0, .. } => "Every command".to_owned(),
                    kept => format!("The last {}", format::count(kept.len() as u64, "command")),
                };
                shared.clip(shared.log.script(), &what);
            }
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let (area, _) = split(inside_box(panel(shared.body())));
        let numbers = shared.log.numbers();
        Some(Lines::ending_with(within(self.chosen, shared) - numbers.start, numbers.len(), area))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.go(shared.log.numbers().start + index, shared);
    }

    fn double_click(&mut self, shared: &mut Shared) {
        self.command(Command::Copy, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(panel(area), "The same on the command line", Role::Accent);
        let (list, below) = split(inside);
        let (numbers, chosen) = (shared.log.numbers(), within(self.chosen, shared));
        let top = (chosen + 1 - numbers.start).saturating_sub(usize::from(list.height));
        for (row, command) in shared.log.iter().skip(top).take(usize::from(list.height)).enumerate() {
            let first = command.lines().next().unwrap_or_default();
            paper.text(list, row as u16, first, Role::Plain);
            if numbers.start + top + row == chosen {
                paper.tint(Rect { y: list.y + row as u16, height: 1, ..list }, Role::Chosen);
            }
        }
        if numbers.is_empty() {
            paper.text(list, 0, "Nothing was done yet.", Role::Muted);
        }
        let lines = self.detail(shared, below.width);
        for (row, line) in lines.iter().skip(self.scroll).take(usize::from(below.height)).enumerate() {
            paper.text(below, row as u16, line, Role::Muted);
        }
        let rule = Rect { y: below.y - 1, height: 1, ..inside };
        let shown = self.scroll + usize::from(below.height);
        if lines.len() > usize::from(below.height) {
            let last = shown.min(lines.len());
            let key = shared.keymap.key_for(Context::Log, Command::PageDown);
            let place = format!("lines {} to {last} of {} · {key} scrolls", self.scroll + 1, lines.len());
            paper.text_ending(rule, 0, &place, Role::Muted);
        }
    }
}
