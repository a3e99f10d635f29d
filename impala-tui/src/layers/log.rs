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
        let Panel { below, .. } = Panel::of(shared.body(), shared);
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

/// Where things are: the list, and below a rule all of the chosen command. As high as what is in it.
struct Panel {
    area: Rect,
    list: Rect,
    below: Rect,
}

impl Panel {
    fn of(area: Rect, shared: &Shared) -> Self {
        let width = area.width.saturating_sub(4).min(120);
        let room = area.height.saturating_sub(4).min(34);
        let count = shared.log.numbers().len().max(1) as u16;
        let inner = usize::from(inside_box(Rect { width, ..area }).width.max(1));
        let rows = |command: &str| match command.lines().map(|line| line.len().div_ceil(inner).max(1)).sum() {
            1 => 0,
            rows => rows,
        };
        let rows = shared.log.iter().map(rows).max().unwrap_or(0).min(usize::from(room));
        let (list, rule) = (count.min(room), u16::from(rows > 0));
        // Either may take what the other leaves, and half of the room in any case.
        let below = (rows as u16).min((room - rule).saturating_sub(list).max(room / 2)).min(room - rule);
        let list = list.min(room - rule - below);
        let area = centred(area, width, list + rule + below + 2);
        let inside = inside_box(area);
        let list = Rect { height: list, ..inside };
        Self { area, list, below: Rect { y: list.bottom() + rule, height: below, ..inside } }
    }

    /// The line between the two, with where the chosen command is scrolled to.
    fn draw_rule(&self, paper: &mut Paper, place: &str) {
        if self.below.height == 0 {
            return;
        }
        let rule = Rect { y: self.below.y - 1, height: 1, ..self.below };
        let line = paper.look.pick("─", "-").repeat(usize::from(rule.width));
        paper.text(rule, 0, &line, Role::Faint);
        if !place.is_empty() {
            paper.text_ending(rule, 0, &format!(" {place} "), Role::Muted);
        }
    }
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
        let Panel { list, .. } = Panel::of(shared.body(), shared);
        let numbers = shared.log.numbers();
        Some(Lines::ending_with(within(self.chosen, shared) - numbers.start, numbers.len(), list))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.go(shared.log.numbers().start + index, shared);
    }

    fn double_click(&mut self, shared: &mut Shared) {
        self.command(Command::Copy, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let panel = Panel::of(area, shared);
        let Panel { list, below, .. } = panel;
        paper.boxed(panel.area, "Equivalent CLI commands", Role::Accent);
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
            paper.text(
                list,
                0,
                "No commands yet: what you do here is listed as commands for the shell.",
                Role::Muted,
            );
        }
        let lines = self.detail(shared, below.width);
        for (row, line) in lines.iter().skip(self.scroll).take(usize::from(below.height)).enumerate() {
            paper.text(below, row as u16, line, Role::Muted);
        }
        let shown = self.scroll + usize::from(below.height);
        let mut place = String::new();
        if lines.len() > usize::from(below.height) {
            let last = shown.min(lines.len());
            let key = shared.keymap.key_for(Context::Log, Command::PageDown);
            place = format!("lines {} to {last} of {} · {key} scrolls", self.scroll + 1, lines.len());
        }
        panel.draw_rule(paper, &place);
    }
}
