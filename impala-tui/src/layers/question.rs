//! A line to type, or a question to confirm.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::effect::Effect;
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

    fn wait(&mut self, number: u64) -> bool {
        self.why.clear();
        self.awaited = Some(number);
        true
    }

    fn awaits(&self) -> Option<u64> {
        self.awaited
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let width = 64.min(area.width.saturating_sub(4));
        let lines = match self.why.as_str() {
            "" => Vec::new(),
            // As under the fields of a form.
            why => impala_render::format::wrap(&format!("! {why}"), usize::from(width.saturating_sub(4))),
        };
        let panel = centred(area, width, lines.len() as u16 + 3);
        let inside = paper.boxed(panel, &self.question, Role::Accent);
        self.field.draw(paper, Rect { height: 1, ..inside }, self.awaited.is_none());
        draw_waiting(paper, panel, self.awaited, shared);
        for (row, line) in lines.iter().enumerate() {
            paper.text(inside, row as u16 + 1, line, Role::Alarm);
        }
    }
}

/// Waits no longer for what was sent, if that is asked for; whether it was.
fn stop_waiting(number: u64, command: Command, shared: &mut Shared) -> bool {
    if command == Command::Cancel {
        shared.effect(Effect::Forget(number));
        shared.say(Role::Warning, "Stopped waiting; the change may still be made.");
        shared.go(Go::Pop);
    }
    command == Command::Cancel
}

/// Says in the lower border that the answer is on its way: the panel keeps its size, as most come at once.
fn draw_waiting(paper: &mut Paper, panel: Rect, awaited: Option<u64>, shared: &Shared) {
    if awaited.is_none() || panel.height < 2 {
        return;
    }
    let key = shared.key(Context::Sending, Command::Cancel);
    let border = Rect { x: panel.x + 2, width: panel.width.saturating_sub(4), ..panel };
    paper.text_ending(border, panel.height - 1, &format!(" sending … · {key} stops waiting "), Role::Accent);
}

/// Asks whether to go on.
pub struct Confirm {
    purpose: Purpose,
    question: String,
    detail: Vec<String>,
    /// The answer that it stays for.
    awaited: Option<u64>,
}

impl Confirm {
    /// Asks `question`; `detail` says what follows from a yes.
    pub fn new(purpose: Purpose, question: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self {
            purpose,
            question: question.into(),
            detail: detail.lines().map(str::to_owned).collect(),
            awaited: None,
        }
    }
}

impl Confirm {
    /// Asks whether what was changed in a panel may go; `back` is where a no leads.
    pub fn dropping(back: &str, shared: &Shared) -> Self {
        let key = shared.key(Context::Question, Command::Cancel);
        Self::new(Purpose::Leave, "Discard the changes?", format!("{key} goes back to {back}."))
    }
}

impl Screen for Confirm {
    fn title(&self) -> String {
        self.question.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![if self.awaited.is_some() { Context::Sending } else { Context::Question }]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if let Some(number) = self.awaited {
            return stop_waiting(number, command, shared);
        }
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

    fn wait(&mut self, number: u64) -> bool {
        self.awaited = Some(number);
        true
    }

    fn awaits(&self) -> Option<u64> {
        self.awaited
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let width = 64.min(area.width.saturating_sub(4));
        let lines: Vec<String> = self
            .detail
            .iter()
            .flat_map(|line| impala_render::format::wrap(line, usize::from(width.saturating_sub(4))))
            .collect();
        let panel = centred(area, width, lines.len() as u16 + 4);
        let inside = paper.boxed(panel, &self.question, Role::Warning);
        draw_waiting(paper, panel, self.awaited, shared);
        for (row, line) in lines.iter().enumerate() {
            paper.text(inside, row as u16, line, Role::Plain);
        }
        if self.awaited.is_some() {
            return;
        }
        let last = inside.height.saturating_sub(1);
        let mut col = 0;
        for binding in shared.keymap.lines(&[Context::Question]) {
            col = paper.text_at(inside, col, last, &shared.keymap.short_key(binding), Role::Key);
            col = paper.text_at(inside, col + 1, last, &binding.label.to_lowercase(), Role::Muted) + 3;
        }
    }
}
