//! Two people have changed the same: which side stands, for each part.

mod told;

use impala_core::api::Revision;
use impala_core::merge::{Conflict, Side};
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Message, Screen, Shared, scrolled};
pub(crate) use told::{Sides, Told};

/// The choice, part by part.
pub struct ConflictLayer {
    conflicts: Vec<(Told, Side)>,
    by: String,
    revision: u64,
    chosen: usize,
    /// Rows of what was changed that are scrolled away.
    scroll: usize,
}

/// Rows between what was changed and the frame: the two lines at the top, with a blank one.
const HEAD: u16 = 3;

impl ConflictLayer {
    /// Every part begins with the side that was marked `before`; else with both changes where they go together, or with mine.
    pub fn new(conflicts: Vec<Told>, theirs: &Revision, before: &[(Conflict, Side)]) -> Self {
        let first = |told: &Told| match before.iter().find(|(conflict, _)| *conflict == told.conflict) {
            Some((_, side)) => *side,
            None if told.conflict.takes_both => Side::Both,
            None => Side::Mine,
        };
        let conflicts = conflicts
            .into_iter()
            .map(|told| {
                let side = first(&told);
                (told, side)
            })
            .collect();
        Self { conflicts, by: theirs.saved_by.clone(), revision: theirs.revision, chosen: 0, scroll: 0 }
    }

    fn panel(area: Rect) -> Rect {
        centred(area, area.width.saturating_sub(4).min(110), area.height.saturating_sub(2).min(30))
    }

    /// The list of parts, and below it what was changed in the chosen one.
    fn split(&self, inside: Rect) -> (Rect, Rect) {
        let room = inside.height.saturating_sub(HEAD);
        let rows = (self.conflicts.len() as u16).min(room / 2).max(1);
        let list = Rect { y: inside.y + HEAD, height: rows, ..inside };
        let below = Rect { y: list.bottom() + 1, height: room.saturating_sub(rows + 1), ..inside };
        (list, below)
    }

    fn go(&mut self, to: usize) {
        (self.chosen, self.scroll) = (to.min(self.conflicts.len().saturating_sub(1)), 0);
    }

    fn turn(&mut self) {
        if let Some((told, side)) = self.conflicts.get_mut(self.chosen) {
            *side = match side {
                Side::Both => Side::Mine,
                Side::Mine => Side::Theirs,
                Side::Theirs if told.conflict.takes_both => Side::Both,
                Side::Theirs => Side::Mine,
            };
        }
    }

    fn all(&mut self, side: Side) {
        for (_, one) in &mut self.conflicts {
            *one = side;
        }
    }

    fn sides(&self) -> Vec<(Conflict, Side)> {
        self.conflicts.iter().map(|(told, side)| (told.conflict.clone(), *side)).collect()
    }

    fn done(&self, shared: &mut Shared) {
        shared.go(Go::Tell(Message::Resolved(self.sides())));
    }

    /// What was changed in the chosen part, in lines of a width.
    fn detail(&self, width: u16) -> Vec<(Role, String)> {
        let Some((told, _)) = self.conflicts.get(self.chosen) else { return Vec::new() };
        told.lines(&self.by, usize::from(width))
    }

    fn scroll(&mut self, by: i64, shared: &Shared) {
        let (_, below) = self.split(inside_box(Self::panel(shared.body())));
        self.scroll = scrolled(self.scroll, by, self.detail(below.width).len(), below.height);
    }

    fn draw_list(&self, paper: &mut Paper, list: Rect) {
        let top = (self.chosen + 1).saturating_sub(usize::from(list.height));
        let by = format!("{}'s", self.by);
        for (row, (told, side)) in self.conflicts.iter().skip(top).take(usize::from(list.height)).enumerate()
        {
            let mark = |is_so| if is_so { paper.look.pick("●", "*") } else { " " };
            let (mine, theirs) = (mark(*side != Side::Theirs), mark(*side != Side::Mine));
            let words = [
                format!("{mine} mine ({})", told.conflict.mine.as_str()),
                format!("{theirs} {by} ({})", told.conflict.theirs.as_str()),
            ];
            let row = row as u16;
            let [mine, theirs] = words.each_ref().map(|word| impala_render::format::width(word) as u16 + 2);
            let name = Rect { width: list.width.saturating_sub(mine + theirs).clamp(8, 30), ..list };
            paper.text(name, row, &told.name, Role::Plain);
            paper.text_at(list, name.width + 1, row, &words[0], Role::Plain);
            paper.text_at(list, name.width + 1 + mine, row, &words[1], Role::Plain);
            if top + usize::from(row) == self.chosen {
                paper.tint(Rect { y: list.y + row, height: 1, ..list }, Role::Chosen);
            }
        }
    }
}

impl Screen for ConflictLayer {
    fn title(&self) -> String {
        "Conflict".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Conflict, Context::Choice]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.go(self.chosen.saturating_sub(1)),
            Command::Down => self.go(self.chosen + 1),
            Command::First => self.go(0),
            Command::Last => self.go(usize::MAX),
            Command::PageDown => self.scroll(1, shared),
            Command::PageUp => self.scroll(-1, shared),
            Command::Turn => self.turn(),
            Command::KeepMine => {
                self.all(Side::Mine);
                self.done(shared);
            }
            Command::TakeTheirs => {
                self.all(Side::Theirs);
                self.done(shared);
            }
            Command::Accept => self.done(shared),
            Command::Cancel => shared.go(Go::Tell(Message::PutOff(self.sides()))),
            _ => return false,
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let (area, _) = self.split(inside_box(Self::panel(shared.body())));
        Some(Lines::ending_with(self.chosen, self.conflicts.len(), area))
    }

    /// A click on the chosen line turns it, as space does; on another one it shows what was changed there.
    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        if index == self.chosen { self.turn() } else { self.go(index) }
    }

    fn double_click(&mut self, _index: usize, _shared: &mut Shared) {
        self.turn();
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(Self::panel(area), "Changed on both sides", Role::Warning);
        let text = format!("{} has saved revision {}.", self.by, self.revision);
        paper.text(inside, 0, &text, Role::Plain);
        paper.text(inside, 1, "The marked side stays; all else is merged.", Role::Plain);
        let (list, below) = self.split(inside);
        self.draw_list(paper, list);
        let lines = self.detail(below.width);
        for (row, (role, line)) in lines.iter().skip(self.scroll).take(usize::from(below.height)).enumerate()
        {
            paper.text(below, row as u16, line, *role);
        }
        if lines.len() > usize::from(below.height) {
            let key = shared.keymap.key_for(Context::Conflict, Command::PageDown);
            let rule = Rect { y: below.y.saturating_sub(1), height: 1, ..below };
            paper.text_ending(rule, 0, &format!("{key}: more changes"), Role::Muted);
        }
    }
}
