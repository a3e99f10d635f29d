//! A column of labelled fields with proposals for what is being typed.

use crossterm::event::KeyEvent;
use impala_render::format;
use ratatui::layout::Rect;

use crate::fuzzy;
use crate::input::TextField;
use crate::keymap::Command;
use crate::look::Role;
use crate::paper::Paper;

/// Proposals shown at once.
const SHOWN: usize = 7;

/// Columns of the labels.
const LABEL: u16 = 11;

/// Where a proposal's text begins within a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// It is the whole field.
    Whole,
    /// Behind the last comma.
    List,
    /// Behind the last bracket, comma or space: a field in a term or in a condition.
    Word,
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

    /// What is being typed at the cursor.
    fn typed(&self) -> &str {
        let before = self.input.before();
        let start = match self.token {
            Token::Whole => 0,
            Token::List => before.rfind(',').map_or(0, |at| at + 1),
            Token::Word => before.rfind(['(', ',', ' ', '\n']).map_or(0, |at| at + 1),
        };
        before[start..].trim_start()
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
        Self { fields, focus: 0, open: None }
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
        let found = fuzzy::rank(field.typed(), field.candidates.iter().map(String::as_str));
        found.into_iter().map(|index| field.candidates[index].as_str()).collect()
    }

    /// Takes a key of text; whether it changed a field.
    pub fn key(&mut self, key: KeyEvent) -> bool {
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
        let count = self.proposals().len();
        match (command, self.open) {
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

    fn has_lines(&self) -> bool {
        self.fields.get(self.focus).is_some_and(|field| field.input.has_lines)
    }

    /// Whether the cursor could go a line up or down within its field.
    fn by_line(&mut self, command: Command) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let before = field.input.before().len();
        let code = if command == Command::Up {
            crossterm::event::KeyCode::Up
        } else {
            crossterm::event::KeyCode::Down
        };
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
        field.input.replace_before(typed, &text);
        // A function waits for its field.
        if text.ends_with('(') {
            self.open = Some(0);
        }
        Reaction::Changed
    }

    /// Draws the fields into `area`, and the proposals over what is below.
    pub fn draw(&self, paper: &mut Paper, area: Rect) {
        let mut row = 0;
        let mut below = None;
        for (index, field) in self.fields.iter().enumerate() {
            let has_focus = index == self.focus;
            let role = if has_focus { Role::Accent } else { Role::Muted };
            let label = field.title.as_deref().unwrap_or(field.label);
            paper.text(Rect { width: LABEL.min(area.width), ..area }, row, label, role);
            let room = Rect {
                x: area.x + LABEL,
                y: area.y + row,
                width: area.width.saturating_sub(LABEL),
                height: field.rows.min(area.height.saturating_sub(row)),
            };
            if field.input.text().is_empty() {
                // In brackets, so that it is told from a value where there are no colors.
                let hint = if field.hint.is_empty() { String::new() } else { format!("({})", field.hint) };
                paper.text(room, 0, &hint, Role::Faint);
            }
            field.input.draw(paper, room, has_focus);
            row += field.rows;
            if has_focus {
                below = Some(Rect { y: room.y + room.height, ..room });
            }
        }
        if let (Some(chosen), Some(below)) = (self.open, below) {
            self.draw_proposals(paper, below, chosen);
        }
    }

    fn draw_proposals(&self, paper: &mut Paper, below: Rect, chosen: usize) {
        let proposals = self.proposals();
        let width = proposals.iter().map(|text| format::width(text)).max().unwrap_or(0) as u16 + 4;
        let shown = proposals.len().min(SHOWN) as u16;
        if shown == 0 {
            return;
        }
        let panel = Rect { width: width.min(below.width), height: shown + 2, ..below };
        let panel = panel.intersection(paper.area());
        let inside = paper.boxed(panel, "", Role::Faint);
        let top = (chosen + 1).saturating_sub(SHOWN);
        for (row, text) in proposals.iter().skip(top).take(SHOWN).enumerate() {
            paper.text(inside, row as u16, text, Role::Plain);
            if top + row == chosen {
                paper.tint(Rect { y: inside.y + row as u16, height: 1, ..inside }, Role::Chosen);
            }
        }
    }

    /// Rows that all fields take.
    pub fn rows(&self) -> u16 {
        self.fields.iter().map(|field| field.rows).sum()
    }
}
