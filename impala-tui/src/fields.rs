//! A column of labelled fields: one has the focus, each may offer choices, and what is wrong stands under its field.

mod choices;
mod condition;
mod drawing;
mod field;
mod foot;
mod mouse;
mod places;
mod popup;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use choices::Open;
pub use condition::name as quoted_name;
pub use field::{Field, Token};

/// Fields, one of which has the focus.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// All of them.
    pub fields: Vec<Field>,
    /// Which has the focus.
    pub focus: usize,
    /// What is said of all of them, below.
    pub notes: Vec<(Role, String)>,
    /// The list of choices, while it is seen.
    open: Option<Open>,
    /// Whether the bracket before the cursor came by itself: who types it anyway does not get it twice.
    has_closed: bool,
    /// Whether the last click took a choice, and closed the list.
    has_taken: bool,
}

/// Something that is wrong with what is in the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The label of the field that it belongs to, if it belongs to one.
    pub label: Option<&'static str>,
    /// What is wrong, and what was expected.
    pub detail: String,
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
        Self { fields, focus: 0, notes: Vec::new(), open: None, has_closed: false, has_taken: false }
    }

    /// What is in the field of that label.
    pub fn text(&self, label: &str) -> &str {
        self.fields.iter().find(|field| field.label == label).map_or("", |field| field.input.text().trim())
    }

    fn current(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// The label of the field with the focus.
    pub fn focused(&self) -> &'static str {
        self.fields.get(self.focus).map_or("", |field| field.label)
    }

    /// Gives the focus to the field of that label.
    pub fn focus_on(&mut self, label: &str) {
        self.open = None;
        self.focus = self.fields.iter().position(|field| field.label == label).unwrap_or(self.focus);
    }

    /// Whether nothing comes after the field with the focus.
    pub fn is_at_end(&self) -> bool {
        self.focus + 1 == self.fields.len()
    }

    /// Which keys hold.
    pub fn contexts(&self) -> Vec<Context> {
        if self.has_lines() { vec![Context::Lines, Context::Form] } else { vec![Context::Form] }
    }

    /// What the footer calls a line of the table, where `submit` is what it calls submitting the form.
    pub fn word_or(&self, binding: &Binding, submit: &'static str) -> Option<&'static str> {
        let word = match (binding.context, binding.command) {
            (Context::Lines, Command::Accept) => None,
            (_, command) => self.word(command),
        };
        let submits = (binding.command == Command::Accept && binding.context == Context::Form)
            || binding.command == Command::Save;
        binding.footer.map(|footer| word.unwrap_or(if submits { submit } else { footer }))
    }

    /// Takes a key of text; whether it changed a field.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        if std::mem::take(&mut self.has_closed) && key.code == KeyCode::Char(')') {
            return false;
        }
        if matches!(key.code, KeyCode::Char(_)) && !key.modifiers.contains(KeyModifiers::CONTROL) {
            self.make_room();
        }
        let Some(field) = self.current().filter(|field| field.token != Token::Switch) else { return false };
        let before = field.input.text().to_owned();
        if !field.input.key(key) {
            return false;
        }
        let has_changed = field.input.text() != before;
        if has_changed {
            self.propose_for_typed();
        }
        has_changed
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.current().filter(|field| field.token != Token::Switch) {
            field.input.insert(text);
        }
        self.open = None;
    }

    /// Does what is asked.
    pub fn command(&mut self, command: Command) -> Reaction {
        self.has_closed = false;
        if let Some(reaction) = self.command_of_list(command) {
            return reaction;
        }
        match command {
            Command::Accept if self.has_lines() => {
                self.paste("\n");
                return Reaction::Changed;
            }
            Command::Up | Command::Down if self.has_lines() && self.by_line(command) => {}
            Command::Complete | Command::Down => self.go(1),
            Command::Previous | Command::Up => self.go(self.fields.len().saturating_sub(1)),
            Command::Accept | Command::Save => return Reaction::Keep,
            Command::Cancel => return Reaction::Leave,
            _ => return Reaction::None,
        }
        Reaction::Done
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

    /// Gives the focus to the field so many behind, past those that only show what they hold.
    fn go(&mut self, by: usize) {
        self.open = None;
        let count = self.fields.len().max(1);
        let mut steps = (1..=count).map(|step| (self.focus + step * by) % count);
        let next = steps.find(|index| self.fields.get(*index).is_some_and(|field| !field.is_fixed));
        self.focus = next.unwrap_or(self.focus);
    }

    /// A fault for each that is empty and may not be.
    pub fn missing(&self) -> Vec<Fault> {
        let is_missing = |field: &&Field| field.is_required && field.input.text().trim().is_empty();
        let fault = |field: &Field| Fault {
            label: Some(field.label),
            detail: format!("is required: {}", field.about),
        };
        self.fields.iter().filter(is_missing).map(fault).collect()
    }

    /// What is in them, one by one.
    pub fn texts(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.input.text().to_owned()).collect()
    }

    /// Says what is wrong, each fault under its field, and what belongs to none below all.
    pub fn blame(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.clear_errors();
        for Fault { label, detail } in faults {
            match self.fields.iter_mut().find(|field| Some(field.label) == label) {
                Some(field) => {
                    field.error.get_or_insert(detail);
                }
                None => self.notes.push((Role::Alarm, detail)),
            }
        }
    }

    /// Nothing is wrong any more.
    pub fn clear_errors(&mut self) {
        self.notes.clear();
        self.fields.iter_mut().for_each(|field| field.error = None);
    }

    /// Gives the focus to the first field that something is wrong with, unless it is that which has it.
    pub fn focus_on_error(&mut self) {
        let is_wrong = |field: &Field| field.error.is_some();
        if !self.fields.get(self.focus).is_some_and(is_wrong)
            && let Some(index) = self.fields.iter().position(is_wrong)
        {
            self.open = None;
            self.focus = index;
        }
    }
}
