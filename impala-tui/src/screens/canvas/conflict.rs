//! Two people have changed the same: which side stands, for each part.

use impala_core::api::Revision;
use impala_core::merge::{Conflict, Side};
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Message, Screen, Shared};

/// The choice, part by part.
pub struct ConflictLayer {
    conflicts: Vec<(Conflict, Side)>,
    by: String,
    revision: u64,
    chosen: usize,
}

impl ConflictLayer {
    /// Every part begins with mine.
    pub fn new(conflicts: Vec<Conflict>, theirs: &Revision) -> Self {
        let conflicts = conflicts.into_iter().map(|conflict| (conflict, Side::Mine)).collect();
        Self { conflicts, by: theirs.saved_by.clone(), revision: theirs.revision, chosen: 0 }
    }

    fn panel(&self, area: Rect) -> Rect {
        centred(area, 72, self.conflicts.len() as u16 + 9)
    }

    fn turn(&mut self) {
        if let Some((_, side)) = self.conflicts.get_mut(self.chosen) {
            *side = if *side == Side::Mine { Side::Theirs } else { Side::Mine };
        }
    }

    fn all(&mut self, side: Side) {
        for (_, one) in &mut self.conflicts {
            *one = side;
        }
    }

    fn done(&self, shared: &mut Shared) {
        shared.go(Go::Tell(Message::Resolved(self.conflicts.clone())));
    }
}

impl Screen for ConflictLayer {
    fn title(&self) -> String {
        "Conflict".to_owned()
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
            Command::Down => self.chosen = (self.chosen + 1).min(self.conflicts.len().saturating_sub(1)),
            Command::Next => self.turn(),
            Command::KeepMine => {
                self.all(Side::Mine);
                self.done(shared);
            }
            Command::TakeTheirs => {
                self.all(Side::Theirs);
                self.done(shared);
            }
            Command::Accept => self.done(shared),
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let inside = inside_box(self.panel(shared.body()));
        let area = Rect { y: inside.y + 3, height: inside.height.saturating_sub(6), ..inside };
        Some(Lines { area, chosen: 0, count: self.conflicts.len() })
    }

    /// A click turns a line, as space does; that is all the choice there is.
    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.chosen = index;
        self.turn();
    }

    fn double_click(&mut self, _shared: &mut Shared) {}

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.panel(area), "Both of you have changed this", Role::Warning);
        let text =
            format!("{} has saved revision {}. What only one has changed is merged.", self.by, self.revision);
        paper.text(inside, 0, &text, Role::Plain);
        paper.text(inside, 1, "For each of the others, which stands?", Role::Plain);
        let list = Rect { y: inside.y + 3, height: inside.height.saturating_sub(6), ..inside };
        for (row, (conflict, side)) in self.conflicts.iter().enumerate() {
            let row = row as u16;
            let mark = |is_so| if is_so { paper.look.pick("●", "*") } else { " " };
            let (mine, theirs) = (mark(*side == Side::Mine), mark(*side == Side::Theirs));
            paper.text(
                Rect { width: 32.min(list.width), ..list },
                row,
                &conflict.part.to_string(),
                Role::Plain,
            );
            paper.text_at(list, 33, row, &format!("{mine} mine ({})", conflict.mine.as_str()), Role::Plain);
            paper.text_at(
                list,
                51,
                row,
                &format!("{theirs} theirs ({})", conflict.theirs.as_str()),
                Role::Plain,
            );
            if usize::from(row) == self.chosen {
                paper.tint(Rect { y: list.y + row, height: 1, ..list }, Role::Chosen);
            }
        }
        let last = inside.height.saturating_sub(1);
        paper.text(
            inside,
            last,
            "space turns one · enter merges · m keeps all mine · t takes all theirs",
            Role::Muted,
        );
    }
}
