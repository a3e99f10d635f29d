//! A column of labelled fields with proposals for what is being typed.

mod drawing;

use crossterm::event::{KeyCode, KeyEvent};

use crate::fuzzy;
use crate::input::TextField;
use crate::keymap::Command;

/// Where a proposal's text begins within a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// It is the whole field.
    Whole,
    /// Behind the last comma.
    List,
    /// Behind the last bracket, comma or space: a field in a term or in a condition.
    Word,
    /// The whole field; what is proposed goes on from what is typed, in the order in which it came.
    Path,
}

/// A labelled field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is called.
    pub label: &'static str,
    /// Its name for people, when that is not known at compile time.
    pub title: Option<String>,
    /// What is in it.
    pub input: TextField,
    /// What an empty one means.
    pub hint: String,
    /// What may be proposed.
    pub candidates: Vec<String>,
    /// How proposals go in.
    pub token: Token,
    /// Rows that it takes.
    pub rows: u16,
}

impl Field {
    /// A line.
    pub fn new(label: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            label,
            title: None,
            input: TextField::new(text),
            hint: hint.into(),
            candidates: Vec::new(),
            token: Token::Whole,
            rows: 1,
        }
    }

    /// Some lines.
    pub fn lines(label: &'static str, text: impl Into<String>, rows: u16) -> Self {
        Self { input: TextField::lines(text), rows, ..Self::new(label, "", "") }
    }

    /// With proposals.
    pub fn with(self, token: Token, candidates: Vec<String>) -> Self {
        Self { token, candidates, ..self }
    }

    /// What people call it.
    fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(self.label)
    }

    /// What is being typed at the cursor.
    fn typed(&self) -> &str {
        let before = self.input.before();
        let start = match self.token {
            Token::Whole | Token::Path => 0,
            Token::List => before.rfind(',').map_or(0, |at| at + 1),
            Token::Word => before.rfind(['(', ',', ' ', '\n']).map_or(0, |at| at + 1),
        };
        before[start..].trim_start()
    }
}

impl Field {
    /// Whether what is typed stands in a function whose bracket nothing closes yet: `mean(tem`.
    fn is_in_function(&self) -> bool {
        let before = self.input.before();
        let opened = before[..before.len() - self.typed().len()].strip_suffix('(');
        let is_function = opened.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        self.token == Token::Word && is_function && !self.input.text()[before.len()..].starts_with(')')
    }
}

/// Fields, one of which has the focus.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// All of them.
    pub fields: Vec<Field>,
    /// Which has the focus.
    pub focus: usize,
    /// Whether proposals are seen, and which of them is chosen.
    open: Option<usize>,
    /// Whether the bracket before the cursor came by itself: who types it anyway does not get it twice.
    has_closed: bool,
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It was none of a form's.
    None,
    /// It was done, and nothing has changed.
    Done,
    /// A field has changed.
    Changed,
    /// All is to be kept.
    Keep,
    /// All is to be left as it was.
    Leave,
}

impl Fields {
    /// Fields, the first with the focus.
    pub fn new(fields: Vec<Field>) -> Self {
        Self { fields, focus: 0, open: None, has_closed: false }
    }

    /// What is in the field of that label.
    pub fn text(&self, label: &str) -> &str {
        self.fields.iter().find(|field| field.label == label).map_or("", |field| field.input.text().trim())
    }

    fn current(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// What is proposed now, the best first.
    fn proposals(&self) -> Vec<&str> {
        let Some(field) = self.fields.get(self.focus) else { return Vec::new() };
        if field.token == Token::Path {
            return field.candidates.iter().map(String::as_str).collect();
        }
        let found = fuzzy::rank(field.typed(), field.candidates.iter().map(String::as_str));
        found.into_iter().map(|index| field.candidates[index].as_str()).collect()
    }

    /// Takes a key of text; whether it changed a field.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        if std::mem::take(&mut self.has_closed) && key.code == KeyCode::Char(')') {
            return false;
        }
        let Some(field) = self.current() else { return false };
        let before = field.input.text().to_owned();
        if !field.input.key(key) {
            return false;
        }
        let has_changed = field.input.text() != before;
        if has_changed {
            self.open = (!self.proposals().is_empty()).then_some(0);
        }
        has_changed
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.current() {
            field.input.insert(text);
        }
        self.open = None;
    }

    /// Does what is asked.
    pub fn command(&mut self, command: Command) -> Reaction {
        self.has_closed = false;
        let count = self.proposals().len();
        match (command, self.open) {
            // What is there already needs no completing.
            (Command::Complete, Some(chosen)) if self.is_typed(chosen) => self.go(1),
            (Command::Complete, Some(chosen)) if count > 0 => return self.take(chosen),
            // Enter keeps the form, but what was chosen with the arrows goes in first.
            (Command::Accept, Some(chosen)) if count > 0 && chosen > 0 => return self.take(chosen),
            (Command::Cancel, Some(_)) => self.open = None,
            (Command::Down, Some(chosen)) => self.open = Some((chosen + 1).min(count.saturating_sub(1))),
            (Command::Up, Some(chosen)) => self.open = Some(chosen.saturating_sub(1)),
            (Command::Complete, None) if self.wants_proposals() => self.open = Some(0),
            (Command::Accept, _) if self.has_lines() => {
                self.paste("\n");
                return Reaction::Changed;
            }
            (Command::Up | Command::Down, None) if self.has_lines() && self.by_line(command) => {}
            (Command::Complete | Command::Down, _) => self.go(1),
            (Command::Previous | Command::Up, _) => self.go(self.fields.len().saturating_sub(1)),
            (Command::Accept | Command::Save, _) => return Reaction::Keep,
            (Command::Cancel, None) => return Reaction::Leave,
            _ => return Reaction::None,
        }
        Reaction::Done
    }

    /// An empty field with proposals shows them before tab goes on.
    fn wants_proposals(&self) -> bool {
        self.fields
            .get(self.focus)
            .is_some_and(|field| field.input.text().is_empty() && !field.candidates.is_empty())
    }

    fn is_typed(&self, proposal: usize) -> bool {
        let typed = self.fields.get(self.focus).map(Field::typed);
        typed.is_some() && self.proposals().get(proposal).copied() == typed
    }

    /// Whether the field with the focus has several lines.
    pub fn has_lines(&self) -> bool {
        self.fields.get(self.focus).is_some_and(|field| field.input.has_lines)
    }

    /// Whether the cursor could go a line up or down within its field.
    fn by_line(&mut self, command: Command) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let before = field.input.before().len();
        let code = if command == Command::Up { KeyCode::Up } else { KeyCode::Down };
        field.input.key(KeyEvent::from(code));
        field.input.before().len() != before
    }

    fn go(&mut self, by: usize) {
        self.open = None;
        self.focus = (self.focus + by) % self.fields.len().max(1);
    }

    fn take(&mut self, chosen: usize) -> Reaction {
        self.open = None;
        let Some(text) = self.proposals().get(chosen).map(|text| (*text).to_owned()) else {
            return Reaction::Done;
        };
        let Some(field) = self.current() else { return Reaction::Done };
        let typed = field.typed().len();
        let closing = if field.is_in_function() && !text.ends_with('(') { ")" } else { "" };
        field.input.replace_before(typed, &format!("{text}{closing}"));
        self.has_closed = !closing.is_empty();
        // A function waits for its field.
        if text.ends_with('(') {
            self.open = Some(0);
        }
        Reaction::Changed
    }

    /// The proposals that are seen, as a list for the mouse stands: how many there are and which is chosen.
    pub fn open(&self) -> Option<(usize, usize)> {
        let count = self.proposals().len();
        self.open.filter(|_| count > 0).map(|chosen| (chosen, count))
    }

    /// Shows no proposals.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Chooses a proposal.
    pub fn choose(&mut self, index: usize) {
        self.open = Some(index);
    }

    /// Other proposals for a field; they are shown when it has the focus and `is_shown`.
    pub fn propose(&mut self, index: usize, candidates: Vec<String>, is_shown: bool) {
        let Some(field) = self.fields.get_mut(index) else { return };
        field.candidates = candidates;
        if self.focus == index {
            self.open = (is_shown && !self.proposals().is_empty()).then_some(0);
        }
    }

    /// What is in them, one by one.
    pub fn texts(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.input.text().to_owned()).collect()
    }

    /// Rows that all fields take.
    pub fn rows(&self) -> u16 {
        self.fields.iter().map(|field| field.rows).sum()
    }
}
