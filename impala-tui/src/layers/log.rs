//! What can be read again: the commands that would have done the same as what was done here, and the messages.

mod panel;
mod tab;

use crossterm::event::MouseEvent;
use impala_render::format;
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Screen, Shared, scrolled};
use panel::Panel;
use tab::{TABS, Tab};

/// Two lists, of which one is seen; in each the latest line is the last, and chosen at first.
pub struct Log {
    tab: Tab,
    /// The numbers of the chosen lines.
    chosen: [usize; 2],
    /// Rows of the chosen one that are scrolled away.
    scroll: usize,
}

impl Log {
    /// The commands as they are now.
    pub fn commands(shared: &Shared) -> Self {
        let chosen = TABS.map(|tab| tab.numbers(shared).end.saturating_sub(1));
        Self { tab: Tab::Commands, chosen, scroll: 0 }
    }

    /// The messages as they are now.
    pub fn messages(shared: &Shared) -> Self {
        Self { tab: Tab::Messages, ..Self::commands(shared) }
    }

    fn open(&mut self, tab: Tab) {
        (self.tab, self.scroll) = (tab, 0);
    }

    /// The number of the chosen line, or the nearest that is still there.
    fn chosen(&self, shared: &Shared) -> usize {
        self.tab.nearest(self.chosen[self.tab as usize], shared)
    }

    fn go(&mut self, to: usize, shared: &Shared) {
        self.chosen[self.tab as usize] = self.tab.nearest(to, shared);
        self.scroll = 0;
    }

    /// Scrolls through the chosen line, as far as there is more of it.
    fn scroll(&mut self, by: i64, shared: &Shared) {
        let Panel { below, .. } = Panel::of(self.tab, shared.body(), shared);
        self.scroll = scrolled(self.scroll, by, self.detail(shared, below.width).len(), below.height);
    }

    /// The whole of the chosen line; nothing when the list shows all of it.
    fn detail(&self, shared: &Shared, width: u16) -> Vec<String> {
        self.tab.detail(self.chosen(shared), shared, width)
    }

    fn copy(&self, shared: &mut Shared) {
        if let Some(text) = self.tab.text(self.chosen(shared), shared).map(str::to_owned) {
            shared.clip(text, self.tab.noun());
        }
    }

    fn draw_list(&self, paper: &mut Paper, list: Rect, shared: &Shared) {
        let (numbers, chosen) = (self.tab.numbers(shared), self.chosen(shared));
        let top = (chosen + 1).saturating_sub(usize::from(list.height)).max(numbers.start);
        let below = numbers.end.saturating_sub(top + usize::from(list.height));
        let edges = Rect { y: list.y.saturating_sub(1), height: list.height + 2, ..list };
        paper.more_at(edges, top - numbers.start, below);
        for (row, number) in (top..numbers.end).take(usize::from(list.height)).enumerate() {
            let place = Rect { y: list.y + row as u16, height: 1, ..list };
            self.tab.draw(paper, place, number, shared);
            if number == chosen {
                paper.tint(place, Role::Chosen);
            }
        }
        if numbers.is_empty() {
            for (row, line) in format::wrap(self.tab.nothing(), usize::from(list.width)).iter().enumerate() {
                paper.text(list, row as u16, line, Role::Muted);
            }
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

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::NextTab if self.tab == Tab::Messages => Some("commands"),
            _ => binding.footer,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let chosen = self.chosen(shared);
        match command {
            Command::NextTab | Command::PreviousTab => self.open(self.tab.other()),
            Command::Up => self.go(chosen.saturating_sub(1), shared),
            Command::First => self.go(0, shared),
            Command::Last => self.go(usize::MAX, shared),
            Command::Down => self.go(chosen + 1, shared),
            Command::PageDown => self.scroll(1, shared),
            Command::PageUp => self.scroll(-1, shared),
            Command::Copy => self.copy(shared),
            Command::CopyAll => {
                let (text, what) = self.tab.all(shared);
                shared.clip(text, &what);
            }
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let Panel { list, .. } = Panel::of(self.tab, shared.body(), shared);
        let numbers = self.tab.numbers(shared);
        Some(Lines::ending_with(self.chosen(shared) - numbers.start, numbers.len(), list))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.go(self.tab.numbers(shared).start + index, shared);
    }

    fn double_click(&mut self, _index: usize, shared: &mut Shared) {
        self.copy(shared);
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let panel = Panel::of(self.tab, shared.body(), shared);
        if let Some(tab) = crate::screens::tab_at(panel.tabs(), &TABS.map(Tab::title), mouse) {
            self.open(TABS[tab]);
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let panel = Panel::of(self.tab, area, shared);
        paper.boxed(panel.area, "", Role::Accent);
        crate::screens::tabs(paper, panel.tabs(), &TABS.map(Tab::title), self.tab as usize);
        let below = panel.below;
        let lines = self.detail(shared, below.width);
        for (row, line) in lines.iter().skip(self.scroll).take(usize::from(below.height)).enumerate() {
            paper.text(below, row as u16, line, Role::Muted);
        }
        let last = self.scroll + usize::from(below.height);
        let mut place = String::new();
        if lines.len() > usize::from(below.height) {
            let last = last.min(lines.len());
            let key = shared.keymap.key_for(Context::Log, Command::PageDown);
            place = format!("lines {} to {last} of {} · {key} scrolls", self.scroll + 1, lines.len());
        }
        panel.draw_rule(paper, &place);
        self.draw_list(paper, panel.list, shared);
    }
}
