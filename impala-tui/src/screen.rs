//! What every screen and every layer before it has in common, and what they share.

mod messages;
mod shared;

pub use messages::{Copied, Go, Message, Purpose, Subject};
pub use shared::{Passing, Shared};

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::action::{Answer, Live, Sent};
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context};
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;

/// A screen, or a layer before one. Its methods change the model and note effects; only `view` draws, and it changes nothing.
pub trait Screen {
    /// What the bar at the top calls it.
    fn title(&self) -> String;

    /// How it stands, for the right end of that bar.
    fn status(&self, _shared: &Shared) -> (Role, String) {
        (Role::Muted, String::new())
    }

    /// Which keys hold, the most special first. `Global` is added by itself, but before a layer.
    fn contexts(&self, shared: &Shared) -> Vec<Context>;

    /// Whether what lies below is still seen.
    fn is_layer(&self) -> bool {
        false
    }

    /// Whether letters are text here, and no commands.
    fn takes_text(&self, shared: &Shared) -> bool {
        self.contexts(shared).into_iter().any(Context::is_typed)
    }

    /// Which keys hold once what is before this screen's own page is left, such as a block on the whole screen.
    fn beneath(&self, _shared: &Shared) -> Vec<Context> {
        Vec::new()
    }

    /// Leaves what is before its own page.
    fn uncover(&mut self) {}

    /// Why a command cannot be run here and now. Footer and help leave it out, the palette says it.
    fn refusal(&self, _command: Command, _shared: &Shared) -> Option<Refusal> {
        None
    }

    /// What the footer calls a line of the table now; `None` when it does not matter.
    fn word(&self, binding: &Binding) -> Option<&'static str> {
        binding.footer
    }

    /// Its list, whose filter stands in the footer while it is on.
    fn list(&self) -> Option<&List> {
        None
    }

    /// Draws what is typed in the footer; returns the columns used, none while nothing is.
    fn draw_typed(&self, paper: &mut Paper, area: Rect, _shared: &Shared) -> u16 {
        self.list().map_or(0, |list| list.draw_filter(paper, area))
    }

    /// Whether nothing can be changed here, as the bar says.
    fn is_read_only(&self, shared: &Shared) -> bool {
        shared.reads_only()
    }

    /// Does what a key or the palette asks for; whether it is one of its commands.
    fn command(&mut self, command: Command, shared: &mut Shared) -> bool;

    /// Whether Esc cancels something that goes on here: the footer then names it first.
    fn cancels(&self) -> bool {
        false
    }

    /// Takes a key that no line of the table names.
    fn key(&mut self, _key: KeyEvent, _shared: &mut Shared) {}

    /// Takes pasted text.
    fn paste(&mut self, _text: &str, _shared: &mut Shared) {}

    /// Takes what the mouse did. The wheel goes through lists, a click chooses a line, a second one opens it.
    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        match mouse.kind {
            MouseEventKind::ScrollDown => {
                self.command(Command::Down, shared);
            }
            MouseEventKind::ScrollUp => {
                self.command(Command::Up, shared);
            }
            MouseEventKind::Down(MouseButton::Left) => {
                match self.lines_at(shared).and_then(|lines| lines.at(mouse)) {
                    Some(index) if shared.is_double_click => self.double_click(index, shared),
                    Some(index) => self.choose(index, shared),
                    None => self.click(mouse, shared),
                }
            }
            _ => {}
        }
    }

    /// Where its list stands, for the mouse.
    fn lines_at(&self, _shared: &Shared) -> Option<Lines> {
        None
    }

    /// Chooses a line of its list.
    fn choose(&mut self, _index: usize, _shared: &mut Shared) {}

    /// Takes the second click on a line.
    fn double_click(&mut self, _index: usize, shared: &mut Shared) {
        match self.refusal(Command::Accept, shared) {
            Some(refusal) => shared.say(Role::Warning, refusal.sentence),
            None => drop(self.command(Command::Accept, shared)),
        }
    }

    /// Takes a click beside its list.
    fn click(&mut self, _mouse: MouseEvent, _shared: &mut Shared) {}

    /// Someone has signed in again after the session had ended: what was asked meanwhile came to nothing.
    fn signed_in_again(&mut self, shared: &mut Shared) {
        if !self.is_layer() {
            self.command(Command::Refresh, shared);
        }
    }

    /// Takes an answer; whether it had waited for that number.
    fn answer(&mut self, _number: u64, _answer: &Answer, _shared: &mut Shared) -> bool {
        false
    }

    /// Hears how far an upload is.
    fn sent(&mut self, _number: u64, _sent: Sent) {}

    /// Hears of changes in the open project.
    fn live(&mut self, _live: &Live, _shared: &mut Shared) {}

    /// Hears what a layer before it came to.
    fn told(&mut self, _message: Message, _shared: &mut Shared) {}

    /// Stays until the answer of that number has come, and takes no keys for anything else meanwhile; whether it does.
    fn wait(&mut self, _number: u64) -> bool {
        false
    }

    /// The answer that it stays for.
    fn awaits(&self) -> Option<u64> {
        None
    }

    /// Whether it has come to its end by an answer: it goes with [`Go::Over`], also from under what stands in front of it by then.
    fn is_over(&self) -> bool {
        false
    }

    /// Questions under way whose answers nobody waits for once it is left: the server need not work on them any more.
    fn asks(&self) -> Vec<u64> {
        Vec::new()
    }

    /// Has been left.
    fn left(&mut self, _shared: &mut Shared) {}

    /// Whether it may be left now; if not, it has asked.
    fn may_leave(&mut self, _shared: &mut Shared) -> bool {
        true
    }

    /// What would be lost if the program ended now, in a sentence or two; `None` when nothing would.
    fn loss(&self) -> Option<String> {
        None
    }

    /// Whether something is on its way that need not be lost: it then runs the command by itself. Asked again, it waits no more.
    fn goes_later(&mut self, _command: Command, _shared: &mut Shared) -> bool {
        false
    }

    /// What would be lost if the program ended now: names for files, and their texts.
    fn unsaved(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Takes another size.
    fn resized(&mut self, _shared: &mut Shared) {}

    /// What it shows, for the list that is returned to.
    fn subject(&self) -> Option<Subject> {
        None
    }

    /// What was opened from here, and shows that, was left: a list chooses its line.
    fn choose_left(&mut self, _subject: &Subject, _shared: &mut Shared) {}

    /// Is on top again.
    fn returned(&mut self, _shared: &mut Shared) {}

    /// Draws it.
    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, cache: &mut PaintCache);
}

/// Why a command cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In a word or two, for a list of commands.
    pub short: &'static str,
    /// As a sentence, for the user who has pressed its key.
    pub sentence: &'static str,
}

impl Refusal {
    /// Nothing may be changed: by `--read-only`, as a viewer of the project, or because it is of the past.
    pub const READ_ONLY: Self = Self { short: "read-only", sentence: "This is read-only here." };

    /// There is nothing to open, to delete or to look through yet.
    pub const EMPTY: Self = Self { short: "an empty list", sentence: "There is nothing in this list yet." };
}

/// A list on the screen: where its lines stand, the first that is seen, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Where the lines stand, without a header.
    pub area: Rect,
    /// The first that is seen.
    pub top: usize,
    /// How many there are.
    pub count: usize,
}

impl Lines {
    /// A list that scrolls no further than to its chosen line.
    pub fn ending_with(chosen: usize, count: usize, area: Rect) -> Self {
        Self { area, top: (chosen + 1).saturating_sub(usize::from(area.height)), count }
    }

    /// The line that the mouse is on.
    pub fn at(&self, mouse: MouseEvent) -> Option<usize> {
        let is_inside = self.area.contains((mouse.column, mouse.row).into());
        let index = self.top + usize::from(mouse.row.saturating_sub(self.area.y));
        (is_inside && index < self.count).then_some(index)
    }
}

/// Rows that are scrolled away after so many pages more of `seen` rows; all `rows` are reached, and no more.
pub fn scrolled(from: usize, pages: i64, rows: usize, seen: u16) -> usize {
    let most = rows.saturating_sub(usize::from(seen)) as i64;
    (from as i64 + pages * i64::from(seen)).clamp(0, most) as usize
}

/// A path as a word of a shell, which finds the home folder by itself.
pub fn quoted_path(path: &str) -> String {
    match path.strip_prefix("~/") {
        Some("") => path.to_owned(),
        Some(rest) => format!("~/{}", quoted(rest)),
        None => quoted(path),
    }
}

/// A word of a shell.
pub fn quoted(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "/._-+@%,:=".contains(c));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
