//! A question with its answers.

use crossterm::event::{KeyEvent, MouseEvent};
use impala_render::format;
use ratatui::layout::Rect;

use crate::action::{Answer, Outcome};
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context, Key};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// Waits no longer for what was sent, if that is asked for; whether it was.
pub(super) fn stop_waiting(number: u64, command: Command, shared: &mut Shared) -> bool {
    if command == Command::Cancel {
        shared.forget([number]);
        shared.say(Role::Warning, "Stopped waiting; the change may still be made.");
        shared.go(Go::Pop);
    }
    command == Command::Cancel
}

/// Says in the lower border that the answer is on its way: the panel keeps its size, as most come at once.
pub(super) fn draw_waiting(paper: &mut Paper, panel: Rect, awaited: Option<u64>, shared: &Shared) {
    if awaited.is_none() || panel.height < 2 {
        return;
    }
    let key = shared.key(Context::Sending, Command::Cancel);
    let border = Rect { x: panel.x + 2, width: panel.width.saturating_sub(4), ..panel };
    paper.text_ending(border, panel.height - 1, &format!(" sending … · {key} stops waiting "), Role::Accent);
}

/// Asks whether to go on. Enter takes the answer that is marked: the one by which nothing is lost.
pub struct Confirm {
    purpose: Purpose,
    question: String,
    detail: Vec<String>,
    lookup: Option<Lookup>,
    /// Why the last key answered nothing.
    stray: String,
    /// The answer that it stays for.
    awaited: Option<u64>,
}

/// What follows from a yes and is not known yet. Until it is, a yes is not taken.
struct Lookup {
    number: u64,
    /// What is looked up: `which canvases read it`.
    what: &'static str,
    words: Words,
}

/// What an answer says of it, if it is of its kind.
type Words = fn(&Answer) -> Option<Outcome<String>>;

impl Confirm {
    /// Asks `question`; `detail` says what follows from a yes.
    pub fn new(purpose: Purpose, question: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self {
            purpose,
            question: question.into(),
            detail: detail.lines().map(str::to_owned).collect(),
            lookup: None,
            stray: String::new(),
            awaited: None,
        }
    }

    /// The same, once the answer of that number has said more of what follows; `what` says what that is.
    pub fn after(self, number: u64, what: &'static str, words: Words) -> Self {
        Self { lookup: Some(Lookup { number, what, words }), ..self }
    }

    /// Whether a form may be left; if it was changed, it is asked first whether the changes may go.
    pub fn may_drop(has_changed: bool, shared: &mut Shared) -> bool {
        if has_changed {
            let key = shared.key(Context::Caution, Command::Cancel);
            let detail = format!("{key} goes back to the form.");
            shared.push(Self::new(Purpose::Leave, "Discard the changes?", detail));
        }
        !has_changed
    }

    fn accept(&mut self, shared: &mut Shared) {
        match &self.lookup {
            Some(lookup) => self.stray = format!("Wait until it is known {}", lookup.what),
            None => shared.go(Go::Tell(Message::Confirmed(self.purpose.clone()))),
        }
    }

    fn lines(&self) -> Vec<String> {
        let looking = self.lookup.iter().map(|lookup| format!("Looking up {} …", lookup.what));
        looking.chain(self.detail.iter().cloned()).collect()
    }

    /// Its box, and the lines above the answers.
    fn panel(&self, area: Rect) -> (Rect, Vec<String>) {
        let width = 64.min(area.width.saturating_sub(4));
        let wrap = |line: &String| format::wrap(line, usize::from(width.saturating_sub(4)));
        let lines: Vec<String> = self.lines().iter().flat_map(wrap).collect();
        (centred(area, width, lines.len() as u16 + 4), lines)
    }

    /// The answers with their first keys, where they stand in the last row.
    fn answers(&self, inside: Rect, shared: &Shared) -> Vec<Choice> {
        let mut x = inside.x;
        let choice = |binding: &'static Binding| {
            let keys = shared.keymap.keys(binding);
            let is_marked = keys.iter().any(Key::is_enter);
            let mut signs: Vec<String> = keys.iter().map(|key| key.sign(shared.look.is_ascii())).collect();
            // Small and large letters answer the same.
            signs.dedup_by(|later, earlier| later.eq_ignore_ascii_case(earlier));
            signs.truncate(2);
            let (keys, word) = (signs.join(" "), binding.footer.unwrap_or(binding.label));
            let width = (format::width(&keys) + format::width(word) + 3) as u16;
            let place = Rect { x, y: inside.bottom().saturating_sub(1), width, height: 1 };
            x += width + 1;
            Choice { place: place.intersection(inside), command: binding.command, keys, word, is_marked }
        };
        shared.keymap.lines(&[self.purpose.context()]).into_iter().map(choice).collect()
    }
}

/// An answer on the screen.
struct Choice {
    place: Rect,
    command: Command,
    keys: String,
    word: &'static str,
    /// Whether Enter takes it.
    is_marked: bool,
}

impl Choice {
    fn draw(&self, paper: &mut Paper) {
        let col = paper.text(self.place, 0, &format!(" {}", self.keys), Role::Key);
        paper.text_at(self.place, col + 1, 0, &format!("{} ", self.word), Role::Muted);
        if self.is_marked {
            paper.tint(self.place, Role::Chosen);
        }
    }
}

impl Screen for Confirm {
    fn title(&self) -> String {
        self.question.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![if self.awaited.is_some() { Context::Sending } else { self.purpose.context() }]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if let Some(number) = self.awaited {
            return stop_waiting(number, command, shared);
        }
        match command {
            Command::Accept => self.accept(shared),
            // Both are answers of their own.
            Command::Save | Command::Delete => {
                shared.go(Go::Tell(Message::Answered(self.purpose.clone(), command)));
            }
            Command::Cancel => {
                if matches!(self.purpose, Purpose::Delete(_)) {
                    shared.say(Role::Muted, "Nothing was deleted.");
                }
                return false;
            }
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        self.stray = format!("{} is not an answer", Key::from(key));
    }

    fn answer(&mut self, number: u64, answer: &Answer, _shared: &mut Shared) -> bool {
        let Some(lookup) = self.lookup.take_if(|lookup| lookup.number == number) else { return false };
        self.stray.clear();
        match (lookup.words)(answer) {
            Some(Ok(words)) => self.detail.insert(0, words),
            Some(Err(failure)) => {
                self.detail.insert(0, format!("It is not known {}: {}.", lookup.what, failure.line()));
            }
            None => {}
        }
        true
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let inside = inside_box(self.panel(shared.body()).0);
        let at = (mouse.column, mouse.row);
        let clicked =
            self.answers(inside, shared).into_iter().find(|choice| choice.place.contains(at.into()));
        if let Some(choice) = clicked.filter(|_| self.awaited.is_none()) {
            shared.go(Go::Run(choice.command));
        }
    }

    fn wait(&mut self, number: u64) -> bool {
        self.awaited = Some(number);
        true
    }

    fn awaits(&self) -> Option<u64> {
        self.awaited
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let (panel, lines) = self.panel(area);
        let inside = paper.boxed(panel, &self.question, Role::Warning);
        draw_waiting(paper, panel, self.awaited, shared);
        let room = usize::from(inside.height.saturating_sub(2));
        for (row, line) in lines.iter().take(room).enumerate() {
            let is_cut = row + 1 == room && lines.len() > room;
            paper.text(inside, row as u16, if is_cut { "…" } else { line }, Role::Plain);
        }
        if self.awaited.is_some() {
            return;
        }
        self.answers(inside, shared).iter().for_each(|choice| choice.draw(paper));
        if !self.stray.is_empty() {
            let border = Rect { x: panel.x + 2, width: panel.width.saturating_sub(4), ..panel };
            paper.text_ending(border, panel.height - 1, &format!(" {} ", self.stray), Role::Warning);
        }
    }
}
