//! A line to type.

use crossterm::event::{KeyEvent, MouseEvent};
use impala_render::format;
use ratatui::layout::Rect;

use super::question::{draw_waiting, stop_waiting};
use crate::cache::PaintCache;
use crate::input::TextField;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// Asks for a line of text.
pub struct Prompt {
    purpose: Purpose,
    question: String,
    field: TextField,
    /// Why what was typed before is not taken.
    why: String,
    /// The answer that it stays for.
    awaited: Option<u64>,
}

impl Prompt {
    /// Asks `question`, with `text` to begin with.
    pub fn new(purpose: Purpose, question: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            purpose,
            question: question.into(),
            field: TextField::new(text),
            why: String::new(),
            awaited: None,
        }
    }

    /// The same again, with why what stands in it was refused.
    pub fn refused(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// Its box, and the lines below the field.
    fn panel(&self, area: Rect) -> (Rect, Vec<String>) {
        let width = 64.min(area.width.saturating_sub(4));
        let lines = match self.why.as_str() {
            "" => Vec::new(),
            // As under the fields of a form.
            why => format::wrap(&format!("! {why}"), usize::from(width.saturating_sub(4))),
        };
        (centred(area, width, lines.len() as u16 + 3), lines)
    }
}

impl Screen for Prompt {
    fn title(&self) -> String {
        self.question.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![if self.awaited.is_some() { Context::Sending } else { Context::Prompt }]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if let Some(number) = self.awaited {
            return stop_waiting(number, command, shared);
        }
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
        if self.awaited.is_none() {
            self.field.key(key);
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        if self.awaited.is_none() {
            self.field.insert(text);
        }
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let field = Rect { height: 1, ..inside_box(self.panel(shared.body()).0) };
        let at = (mouse.column, mouse.row).into();
        if self.awaited.is_none() && field.contains(at) {
            self.field.click(field, at, true);
        }
    }

    fn wait(&mut self, number: u64) -> bool {
        self.why.clear();
        self.awaited = Some(number);
        true
    }

    fn awaits(&self) -> Option<u64> {
        self.awaited
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let (panel, lines) = self.panel(area);
        let inside = paper.boxed(panel, &self.question, Role::Accent);
        self.field.draw(paper, Rect { height: 1, ..inside }, self.awaited.is_none());
        draw_waiting(paper, panel, self.awaited, shared);
        for (row, line) in lines.iter().enumerate() {
            paper.text(inside, row as u16 + 1, line, Role::Alarm);
        }
    }
}
