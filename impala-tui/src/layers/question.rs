//! A line to type, or a question to confirm.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::input::TextField;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// Asks for a line of text.
pub struct Prompt {
    purpose: Purpose,
    question: String,
    field: TextField,
    /// Why what was typed before is not taken.
    why: String,
}

impl Prompt {
    /// Asks `question`, with `text` to begin with.
    pub fn new(purpose: Purpose, question: impl Into<String>, text: impl Into<String>) -> Self {
        Self { purpose, question: question.into(), field: TextField::new(text), why: String::new() }
    }

    /// The same again, with why what stands in it was refused.
    pub fn refused(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }
}

impl Screen for Prompt {
    fn title(&self) -> String {
        self.question.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Prompt]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Accept | Command::Save => {
                let text = self.field.text().trim().to_owned();
                shared.go(Go::Tell(Message::Typed(self.purpose.clone(), text)));
            }
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        self.field.key(key);
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        self.field.insert(text);
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let width = 64.min(area.width.saturating_sub(4));
        let lines = match self.why.as_str() {
            "" => Vec::new(),
            why => impala_render::format::wrap(why, usize::from(width.saturating_sub(4))),
        };
        let rows = if lines.is_empty() { 3 } else { lines.len() as u16 + 4 };
        let inside = paper.boxed(centred(area, width, rows), &self.question, Role::Accent);
        self.field.draw(paper, Rect { height: 1, ..inside }, true);
        for (row, line) in lines.iter().enumerate() {
            paper.text(inside, row as u16 + 2, line, Role::Alarm);
        }
    }
}

/// Asks whether to go on.
pub struct Confirm {
    purpose: Purpose,
    question: String,
    detail: Vec<String>,
}

impl Confirm {
    /// Asks `question`; `detail` says what follows from a yes.
    pub fn new(purpose: Purpose, question: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self { purpose, question: question.into(), detail: detail.lines().map(str::to_owned).collect() }
    }
}

impl Screen for Confirm {
    fn title(&self) -> String {
        self.question.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Question]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if command == Command::Accept {
            shared.go(Go::Tell(Message::Confirmed(self.purpose.clone())));
        }
        command == Command::Accept
    }

    fn unsaved(&self) -> Vec<(String, String)> {
        match &self.purpose {
            Purpose::EditAgain(text) => vec![("edited.yaml".to_owned(), text.clone())],
            _ => Vec::new(),
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let width = 64.min(area.width.saturating_sub(4));
        let lines: Vec<String> = self
            .detail
            .iter()
            .flat_map(|line| impala_render::format::wrap(line, usize::from(width.saturating_sub(4))))
            .collect();
        let inside = paper.boxed(centred(area, width, lines.len() as u16 + 4), &self.question, Role::Warning);
        for (row, line) in lines.iter().enumerate() {
            paper.text(inside, row as u16, line, Role::Plain);
        }
        let last = inside.height.saturating_sub(1);
        let mut col = 0;
        for binding in shared.keymap.lines(&[Context::Question]) {
            col = paper.text_at(inside, col, last, &shared.keymap.short_key(binding), Role::Key);
            col = paper.text_at(inside, col + 1, last, &binding.label.to_lowercase(), Role::Muted) + 3;
        }
    }
}
