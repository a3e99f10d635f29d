//! The list of what may be added: two groups, each below its heading.

use ratatui::layout::Rect;

use super::Picker;
use super::offers::Offer;
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
    /// What the filter looks at: the labels, and what kinds of blocks there are.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |offer: &Offer| format!("{} {}", offer.label, offer.block.block_type);
        self.offers.iter().map(name).collect()
    }

    /// The numbers of the offers that the filter lets through.
    pub(super) fn shown(&self) -> Vec<usize> {
        self.list.shown(&self.names())
    }

    /// The number of the chosen offer.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.list.index(&self.names())
    }

    /// How many offers are proposed; those of any kind come behind.
    pub(super) fn proposed(&self) -> usize {
        self.offers.iter().take_while(|offer| offer.is_whole).count()
    }

    /// How many of those that are shown are proposed.
    pub(super) fn proposed_shown(&self) -> usize {
        let proposed = self.proposed();
        self.shown().into_iter().take_while(|index| *index < proposed).count()
    }

    /// Whether both groups are shown.
    pub(super) fn has_groups(&self) -> bool {
        (1..self.shown().len()).contains(&self.proposed_shown())
    }

    /// The lines of the list: the offers that the filter lets through by their numbers, each group below its heading.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.lines_of(&self.shown())
    }

    fn lines_of(&self, offers: &[usize]) -> Vec<Line> {
        let proposed = self.proposed();
        let group = |heading: &'static str, is_in: &dyn Fn(usize) -> bool| {
            let offers: Vec<Line> =
                offers.iter().copied().filter(|index| is_in(*index)).map(Line::Offer).collect();
            let heading = (!offers.is_empty()).then_some(Line::Heading(heading));
            heading.into_iter().chain(offers)
        };
        let whole = group("Proposed from the columns", &|index| index < proposed);
        whole.chain(group("Any kind", &|index| index >= proposed)).collect()
    }

    /// The line of the chosen offer.
    pub(super) fn line(&self) -> usize {
        let chosen = self.chosen().map(Line::Offer);
        self.lines().iter().position(|line| Some(*line) == chosen).unwrap_or(0)
    }

    /// The list, as high as what is in it, and the picture; below each other they share the screen.
    pub(super) fn panels(&self, area: Rect) -> (Rect, Rect) {
        // A filter changes neither size nor place.
        let all: Vec<usize> = (0..self.offers.len()).collect();
        let rows = self.lines_of(&all).len() as u16 + HEAD;
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
                if Some(index) == self.chosen() {
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
