//! The list of what may be added: two groups, each below its heading.

use ratatui::layout::Rect;

use super::Picker;
use crate::look::Role;
use crate::paper::Paper;
use crate::screens::canvas::desk::split;

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// What follows.
    Heading(&'static str),
    /// The offer of that number.
    Offer(usize),
}

/// Rows above the list.
const HEAD: u16 = 2;

impl Picker {
    /// The lines of the list: headings, and offers by their numbers.
    pub(super) fn lines(&self) -> Vec<Line> {
        let proposed = self.proposed();
        let offers = |range: std::ops::Range<usize>| range.map(Line::Offer);
        let heading = (proposed > 0).then_some(Line::Heading("Proposed from the columns"));
        let kinds = offers(proposed..self.offers.len());
        heading
            .into_iter()
            .chain(offers(0..proposed))
            .chain([Line::Heading("Any kind")])
            .chain(kinds)
            .collect()
    }

    /// The line of the chosen offer.
    pub(super) fn line(&self) -> usize {
        self.lines().iter().position(|line| *line == Line::Offer(self.chosen)).unwrap_or(0)
    }

    /// The list, as high as what is in it, and the picture; below each other they share the screen.
    pub(super) fn panels(&self, area: Rect) -> (Rect, Rect) {
        let rows = self.lines().len() as u16 + HEAD;
        let (panel, preview) = split(area, rows);
        match preview.y > area.y {
            true => split(area, rows.min(area.height / 2)),
            false => (panel, preview),
        }
    }

    /// The first line that is seen of so many: the group of the chosen one is seen from its heading on, as far as that goes.
    pub(super) fn top(&self, height: u16) -> usize {
        let (lines, chosen, height) = (self.lines(), self.line(), usize::from(height));
        let is_heading = |line: &Line| matches!(line, Line::Heading(_));
        let heading = lines.iter().take(chosen).rposition(is_heading).unwrap_or(0);
        let least = (chosen + 1).saturating_sub(height);
        heading.max(least).min(lines.len().saturating_sub(height))
    }

    pub(super) fn draw_line(&self, paper: &mut Paper, area: Rect, line: Line) {
        match line {
            Line::Heading(text) => drop(paper.text(area, 0, text, Role::Title)),
            Line::Offer(index) => {
                let label = self.offers.get(index).map_or("", |offer| offer.label.as_str());
                paper.text_at(area, 2, 0, label, Role::Plain);
                if index == self.chosen {
                    paper.tint(area, Role::Chosen);
                }
            }
        }
    }
}

/// Where the lines stand within the panel.
pub(super) fn list_of(inside: Rect) -> Rect {
    Rect { y: inside.y + HEAD, height: inside.height.saturating_sub(HEAD), ..inside }
}
