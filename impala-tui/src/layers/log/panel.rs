//! Where things are: the list, and below a rule all of the chosen line.

use ratatui::layout::Rect;

use super::tab::{TABS, Tab};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::Shared;

/// As high as what is in the longer of the lists, so that it stays where it is when the other one is opened.
pub(super) struct Panel {
    pub area: Rect,
    pub list: Rect,
    pub below: Rect,
}

impl Panel {
    /// The panel with one of the lists open.
    pub fn of(tab: Tab, area: Rect, shared: &Shared) -> Self {
        let width = area.width.saturating_sub(4).min(120);
        let room = area.height.saturating_sub(4).min(34);
        let inner = usize::from(inside_box(Rect { width, ..area }).width.max(1));
        let height = TABS.map(|tab| Heights::of(tab, room, inner, shared).all()).into_iter().max();
        let height = height.unwrap_or(room);
        let Heights { rule, below, .. } = Heights::of(tab, room, inner, shared);
        let area = centred(area, width, height + 2);
        let inside = inside_box(area);
        let list = Rect { height: height - rule - below, ..inside };
        Self { area, list, below: Rect { y: list.bottom() + rule, height: below, ..inside } }
    }

    /// Where the names of the lists stand: in the upper border.
    pub fn tabs(&self) -> Rect {
        Rect { x: self.area.x + 2, width: self.area.width.saturating_sub(4), height: 1, ..self.area }
    }

    /// The line between the two, with where the chosen line is scrolled to.
    pub fn draw_rule(&self, paper: &mut Paper, place: &str) {
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

/// Rows that a list takes, and those of a rule and all of the chosen line below it.
struct Heights {
    list: u16,
    rule: u16,
    below: u16,
}

impl Heights {
    fn of(tab: Tab, room: u16, width: usize, shared: &Shared) -> Self {
        let count = tab.numbers(shared).len().min(usize::from(room)).max(1) as u16;
        let rows = tab.most_rows(shared, width).min(usize::from(room)) as u16;
        let rule = u16::from(rows > 0);
        // Either may take what the other leaves, and half of the room in any case.
        let free = room.saturating_sub(rule);
        let below = rows.min(free.saturating_sub(count).max(room / 2)).min(free);
        Self { list: count.min(room.saturating_sub(rule + below)), rule, below }
    }

    fn all(&self) -> u16 {
        self.list + self.rule + self.below
    }
}
