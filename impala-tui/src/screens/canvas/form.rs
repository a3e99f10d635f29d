//! Editing a block in a form, its picture beside it.

mod asking;
mod keeping;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::Block;
use impala_core::api::BlockAnswer;
use ratatui::layout::Rect;

use super::block_fields::{block_of, fields_of, first_label};
use super::desk::{Desk, inside_cols, split};
use super::editing::name_of;
use super::faults;
use super::naming::Names;
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::fields::{Fault, Field, Fields, Reaction};
use crate::keymap::{Binding, Command, Context};
use crate::layers::Confirm;
use crate::look::Role;
use crate::paper::{Paper, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// A form for one block.
pub struct Form {
    desk: Desk,
    /// What the form has no field for.
    block: Block,
    fields: Fields,
    /// The last block that the fields made, and what is wrong with those now.
    made: Block,
    faults: Vec<Fault>,
    /// Whether the fields make a block now.
    is_whole: bool,
    answer: Option<BlockAnswer>,
    number: Option<u64>,
    /// Whether it is kept as soon as the answer has come, unless that says that it fails.
    is_keeping: bool,
    /// What was in the fields when it was opened.
    began: Vec<String>,
    /// Whether it was to be kept before: only then it is said of a field that nobody was in yet that it is required.
    is_tried: bool,
}

impl Form {
    /// A form for a block, with its answer if there is one.
    pub fn new(desk: Desk, block: Block, answer: Option<BlockAnswer>, shared: &mut Shared) -> Self {
        let fields = fields_of(&block, &desk);
        let (made, began) = (block.clone(), fields.texts());
        let faults = block_of(&block, &fields).err().unwrap_or_default();
        let mut form = Self {
            desk,
            block,
            fields,
            made,
            is_whole: faults.is_empty(),
            faults,
            answer,
            number: None,
            is_keeping: false,
            began,
            is_tried: false,
        };
        if form.is_new() {
            form.fields.focus_on(first_label(&form.block));
        }
        if form.answer.is_none() && form.faults.is_empty() {
            form.number = form.desk.ask(&form.made, None, shared);
        }
        form.learn_columns();
        form.judge();
        form
    }

    /// Says under each field what is wrong with it: what is seen here, and what the server has answered.
    fn judge(&mut self) {
        let mut faults = self.faults.clone();
        faults.retain(|fault| self.is_tried || !self.is_untouched(fault));
        if let Some(BlockAnswer::Problem(problem)) = &self.answer {
            let canvas = self.desk.with(&self.made);
            let index = canvas.spec.blocks.iter().position(|block| block.id == self.made.id);
            // What is being typed is not yet what was answered.
            let is_newer = self.number.is_some() || !self.faults.is_empty();
            let typed = Some(self.fields.focused()).filter(|_| is_newer);
            let told = faults::of_problem(problem, &self.fields, index, &Names::of(&canvas));
            faults.extend(told.into_iter().filter(|fault| typed.is_none() || fault.label != typed));
        }
        self.fields.blame(faults);
        if self.is_keeping {
            self.fields.notes.push((Role::Accent, "checking …".to_owned()));
        }
    }

    /// Whether a fault is of a field that is empty from the beginning.
    fn is_untouched(&self, fault: &Fault) -> bool {
        let of_label =
            |(field, began): (&Field, &String)| Some(field.label) == fault.label && began.is_empty();
        let is_empty = fault.label.is_some_and(|label| self.fields.text(label).is_empty());
        is_empty && self.fields.fields.iter().zip(&self.began).any(of_label)
    }

    fn react(&mut self, reaction: Reaction, shared: &mut Shared) {
        match reaction {
            Reaction::None => {}
            Reaction::Done => self.judge(),
            Reaction::Changed => self.changed(shared),
            Reaction::Keep => self.keep(shared),
            Reaction::Leave => self.leave(shared),
        }
    }

    /// The form and its picture.
    fn panels(&self, area: Rect) -> (Rect, Rect) {
        split(area, self.fields.rows(inside_cols(area)))
    }

    fn is_new(&self) -> bool {
        self.desk.canvas.block(&self.block.id).is_none()
    }

    fn has_changed(&self) -> bool {
        self.fields.texts() != self.began
    }

    /// Leaves the form; what was changed is dropped by a yes only.
    fn leave(&mut self, shared: &mut Shared) {
        if std::mem::take(&mut self.is_keeping) {
            self.judge();
            shared.say(Role::Warning, "Not kept; the form stays open.");
        } else if self.may_leave(shared) {
            shared.go(Go::Pop);
        }
    }
}

impl Screen for Form {
    fn title(&self) -> String {
        let kind = self.block.block_type;
        let name = name_of(&self.block);
        match self.is_new() {
            true => format!("Add a {kind}"),
            false if name == self.block.id => format!("Edit {kind} {name}"),
            false => format!("Edit {kind} “{name}”"),
        }
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.fields.contexts()
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        let keep = match (self.is_keeping, self.is_new()) {
            (true, _) => "keep it unchecked",
            (false, true) => "add the block",
            (false, false) => "keep the block",
        };
        match binding.command {
            Command::Cancel if self.is_keeping => binding.footer.and(Some("edit on")),
            _ => self.fields.word_or(binding, keep),
        }
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if command == Command::Cancel && self.is_keeping {
            self.leave(shared);
            return true;
        }
        let reaction = self.fields.command(command);
        self.react(reaction, shared);
        reaction != Reaction::None
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

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        if self.desk.hear(answer) {
            self.propose(&self.made.clone());
            return false;
        }
        let (true, Answer::Preview(outcome)) = (self.number == Some(number), answer) else { return false };
        self.take_answer(outcome, shared);
        true
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        self.ask_again(shared);
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if shared.is_back(live) {
            self.ask_again(shared);
        }
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Confirmed(Purpose::Keep) if self.is_keeping && self.number.is_none() => {
                self.checked(shared);
            }
            Message::Confirmed(Purpose::Keep) => self.keep_as_it_is(shared),
            Message::Confirmed(Purpose::Leave) => shared.go(Go::Pop),
            _ => {}
        }
    }

    fn loss(&self) -> Option<String> {
        self.has_changed().then(|| format!("{}: the form was not submitted.", self.title()))
    }

    fn asks(&self) -> Vec<u64> {
        self.number.into_iter().collect()
    }

    fn may_leave(&mut self, shared: &mut Shared) -> bool {
        Confirm::may_drop(self.has_changed(), shared)
    }

    fn returned(&mut self, shared: &mut Shared) {
        if self.is_keeping && self.number.is_none() {
            self.checked(shared);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let inside = inside_box(self.panels(shared.body()).0);
        let reaction = self.fields.mouse(mouse, inside, shared);
        self.react(reaction, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let (form, preview) = self.panels(area);
        paper.clear(area);
        let (block, answer) = self.pictured();
        self.desk.draw(paper, preview, &block, answer.as_ref());
        let inside = paper.boxed(form, &self.title(), Role::Accent);
        self.fields.draw(paper, inside);
    }
}
