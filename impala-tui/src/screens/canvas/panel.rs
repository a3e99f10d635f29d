//! A panel of fields in front of the canvas. What the fields are for is a matter of its content.

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::fields::{Fields, Reaction};
use crate::keymap::{Binding, Command, Context};
use crate::layers::Confirm;
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// Columns of a panel.
const COLS: u16 = 72;

/// What the fields of a panel are for.
pub trait Content {
    /// What stands above the fields.
    fn title(&self) -> String;

    /// What the footer calls submitting them.
    fn submit_word(&self) -> &'static str;

    /// The field with the focus holds something else now.
    fn changed(&mut self, fields: &mut Fields, shared: &mut Shared);

    /// Tells the screen below what the fields come to, or says under each what is wrong with it.
    fn submit(&mut self, fields: &mut Fields, shared: &mut Shared);

    /// Takes an answer; whether it had waited for that number.
    fn answer(&mut self, _number: u64, _answer: &Answer, _fields: &mut Fields) -> bool {
        false
    }

    /// The server can be asked again: what could not be had before is asked for.
    fn ask_again(&mut self, _fields: &mut Fields, _shared: &mut Shared) {}

    /// Questions under way.
    fn asks(&self) -> Vec<u64> {
        Vec::new()
    }
}

/// A panel in front of the canvas.
pub struct Panel<C> {
    content: C,
    fields: Fields,
    /// What was in the fields when it was opened.
    began: Vec<String>,
}

impl<C: Content> Panel<C> {
    /// A panel with these fields.
    pub fn new(content: C, fields: Fields) -> Self {
        let began = fields.texts();
        Self { content, fields, began }
    }

    fn place(&self, area: Rect) -> Rect {
        let inside = inside_box(Rect { width: COLS.min(area.width), ..area });
        centred(area, COLS, self.fields.rows(inside.width) + 2)
    }

    fn has_changed(&self) -> bool {
        self.fields.texts() != self.began
    }

    fn react(&mut self, reaction: Reaction, shared: &mut Shared) {
        match reaction {
            Reaction::None | Reaction::Done => {}
            Reaction::Changed => self.changed(shared),
            Reaction::Keep => {
                self.fields.close();
                self.content.submit(&mut self.fields, shared);
            }
            Reaction::Leave if self.may_leave(shared) => shared.go(Go::Pop),
            Reaction::Leave => {}
        }
    }

    /// What is being changed is judged when it is submitted.
    fn changed(&mut self, shared: &mut Shared) {
        if let Some(field) = self.fields.fields.get_mut(self.fields.focus) {
            field.error = None;
        }
        self.content.changed(&mut self.fields, shared);
    }
}

impl<C: Content> Screen for Panel<C> {
    fn title(&self) -> String {
        self.content.title()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.fields.contexts()
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        self.fields.word_or(binding, self.content.submit_word())
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let reaction = self.fields.command(command);
        self.react(reaction, shared);
        reaction != Reaction::None
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let inside = inside_box(self.place(shared.body()));
        let reaction = self.fields.mouse(mouse, inside, shared);
        self.react(reaction, shared);
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        if self.fields.key(key) {
            self.changed(shared);
        }
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        self.fields.paste(text);
        self.changed(shared);
    }

    fn answer(&mut self, number: u64, answer: &Answer, _shared: &mut Shared) -> bool {
        self.content.answer(number, answer, &mut self.fields)
    }

    fn asks(&self) -> Vec<u64> {
        self.content.asks()
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        self.content.ask_again(&mut self.fields, shared);
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if shared.is_back(live) {
            self.content.ask_again(&mut self.fields, shared);
        }
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        if message == Message::Confirmed(Purpose::Leave) {
            shared.go(Go::Pop);
        }
    }

    fn loss(&self) -> Option<String> {
        self.has_changed().then(|| format!("{}: the form was not submitted.", self.title()))
    }

    fn may_leave(&mut self, shared: &mut Shared) -> bool {
        Confirm::may_drop(self.has_changed(), shared)
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.place(area), &self.title(), Role::Accent);
        self.fields.draw(paper, inside);
    }
}
