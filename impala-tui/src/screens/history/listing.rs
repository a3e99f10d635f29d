//! What the history shows: its lines, and what changed in the chosen revision.

use impala_core::api::Revision;

use super::{HistoryScreen, changes};
use crate::list::Line;
use crate::look::Role;
use crate::screen::Shared;
use crate::screens::{WAITING, minute_of, nothing_shown, try_again};

impl HistoryScreen {
    pub(super) fn lines(&self) -> Vec<Line> {
        let revisions = self.revisions.as_deref().unwrap_or_default();
        let shown = self.list.shown(&self.names());
        let line = |one: &Revision| {
            Line::new([
                format!("r{}", one.revision),
                one.saved_by.clone(),
                minute_of(one.saved_at),
                self.what(one),
            ])
        };
        shown.into_iter().filter_map(|index| revisions.get(index)).map(line).collect()
    }

    pub(super) fn empty(&self, shared: &Shared) -> String {
        match (&self.failure, &self.revisions) {
            (Some(failure), _) => format!("{failure} {}", try_again(shared)),
            (None, None) => WAITING.to_owned(),
            (None, Some(_)) => nothing_shown(&self.list, shared),
        }
    }

    pub(super) fn changes(&self) -> Vec<(Role, String)> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let Some(now) = self.canvases.get(&chosen) else { return vec![(Role::Muted, "…".to_owned())] };
        let before = match chosen {
            1 => None,
            _ => match self.canvases.get(&(chosen - 1)) {
                Some(before) => Some(before),
                None => return vec![(Role::Muted, "…".to_owned())],
            },
        };
        let changes = changes::between(before, now);
        if changes.is_empty() { vec![(Role::Muted, "nothing".to_owned())] } else { changes }
    }
}
