//! Editing a block in a form, its picture beside it.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use impala_core::FieldError;
use impala_core::api::{BlockAnswer, CanvasDraft};
use impala_core::client::ParameterTexts;
use impala_core::source::Source;
use impala_core::{Block, BlockKind, Canvas};
use impala_render::paint::grid::Grid;
use impala_render::{Options, Picture, format, layout_block_of};
use ratatui::layout::Rect;

use super::block_fields::{block_of, fields_of};
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::fields::{Fields, Reaction};
use crate::keymap::{Command, Context};
use crate::layers::Confirm;
use crate::look::Role;
use crate::paper::{Paper, inside_box};
use crate::screen::{Go, Message, Purpose, Screen, Shared};

/// All that a block is edited with.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The project.
    pub project: ProjectAt,
    /// The canvas as it was when the edit began.
    pub canvas: Canvas,
    /// Sources of the project.
    pub sources: Vec<Source>,
    /// What the parameters are set to.
    pub given: ParameterTexts,
    /// What they are set to, for people.
    pub parameters: BTreeMap<String, String>,
}

impl Desk {
    /// The canvas with the block in it.
    pub fn with(&self, block: &Block) -> Canvas {
        let mut canvas = self.canvas.clone();
        match canvas.spec.blocks.iter_mut().find(|one| one.id == block.id) {
            Some(one) => *one = block.clone(),
            None => canvas.add(block.clone(), None),
        }
        canvas
    }

    /// Asks for the answer to a block that is not saved, instead of an earlier one.
    pub fn ask(&self, block: &Block, earlier: Option<u64>, shared: &mut Shared) -> Option<u64> {
        if matches!(block.kind, BlockKind::Text(_)) {
            return None;
        }
        let canvas = serde_json::to_value(self.with(block)).ok()?;
        let draft = CanvasDraft { canvas, parameters: self.given.clone(), blocks: vec![block.id.clone()] };
        Some(shared.ask_instead(earlier, Request::Preview(self.project.clone(), Box::new(draft))))
    }

    /// Takes the sources out of an answer that the canvas below waits for; whether they are other ones now.
    pub fn hear(&mut self, answer: &Answer) -> bool {
        let Answer::Project(Ok(content)) = answer else { return false };
        let is_mine =
            content.project.owner == self.project.owner && content.project.slug == self.project.slug;
        let is_news = is_mine && content.sources != self.sources;
        if is_news {
            self.sources.clone_from(&content.sources);
        }
        is_news
    }

    /// Draws a block that is not saved.
    pub fn draw(&self, paper: &mut Paper, area: Rect, block: &Block, answer: Option<&BlockAnswer>) {
        // About as high as it would stand on the canvas: a bar chart of five names needs no fifty rows.
        let height = area.height.min((block.at.h as u16).saturating_add(4).max(16));
        let area = Rect { height, ..area };
        let answers = answer.map(|answer| (block.id.clone(), answer.clone())).into_iter().collect();
        let options = Options { width_cols: area.width, ..Options::default() };
        let picture =
            Picture { canvas: &self.canvas, answers: &answers, parameters: &self.parameters, options };
        let scene = layout_block_of(&picture, block, area.width, u32::from(area.height));
        paper.grid(&Grid::of(&scene, paper.look.charset, paper.look.ink), 0, area);
    }
}

/// A form for one block.
pub struct Form {
    desk: Desk,
    /// What the form has no field for.
    block: Block,
    fields: Fields,
    /// The last block that the fields made, and what is wrong with those now.
    made: Block,
    errors: Vec<String>,
    answer: Option<BlockAnswer>,
    number: Option<u64>,
    /// What was in the fields when it was opened.
    began: Vec<String>,
}

impl Form {
    /// A form for a block, with its answer if there is one.
    pub fn new(desk: Desk, block: Block, answer: Option<BlockAnswer>, shared: &mut Shared) -> Self {
        let fields = fields_of(&block, &desk.sources);
        let (made, began) = (block.clone(), fields.texts());
        let mut form = Self { desk, made, block, fields, errors: Vec::new(), answer, number: None, began };
        form.errors = block_of(&form.block, &form.fields).err().unwrap_or_default();
        if form.answer.is_none() && form.errors.is_empty() {
            form.number = form.desk.ask(&form.made, None, shared);
        }
        form
    }

    fn changed(&mut self, shared: &mut Shared) {
        match block_of(&self.block, &self.fields) {
            Ok(made) => {
                self.errors.clear();
                if made != self.made {
                    self.number = self.desk.ask(&made, self.number, shared);
                    self.follow_source(&made);
                    self.made = made;
                }
            }
            Err(errors) => self.errors = errors,
        }
    }

    /// Another source has other columns to propose.
    fn follow_source(&mut self, made: &Block) {
        let source = |block: &Block| block.from().and_then(|from| from.source.clone());
        if source(made) != source(&self.made) {
            self.propose(made);
        }
    }

    fn propose(&mut self, made: &Block) {
        let fresh = fields_of(made, &self.desk.sources);
        for (field, fresh) in self.fields.fields.iter_mut().zip(fresh.fields) {
            field.candidates = fresh.candidates;
        }
    }

    fn keep(&mut self, shared: &mut Shared) {
        if let Some(error) = self.errors.first() {
            return shared.say(Role::Alarm, error.clone());
        }
        if let Some(why) = self.refused() {
            let question = Confirm::new(Purpose::Keep, "Keep a block that fails?", why);
            return shared.push(question);
        }
        self.keep_as_it_is(shared);
    }

    /// Why there is no answer to what was changed, if that is so.
    fn refused(&self) -> Option<String> {
        let Some(BlockAnswer::Problem(problem)) = &self.answer else { return None };
        let words = |text: String, error: &FieldError| text.replace(&error.to_string(), &error.words());
        let why = problem.errors.iter().fold(problem.detail.clone(), words);
        (self.number.is_none() && self.has_changed()).then_some(why)
    }

    fn has_changed(&self) -> bool {
        self.fields.texts() != self.began
    }

    /// Leaves the form; what was changed is dropped by a yes only.
    fn leave(&self, shared: &mut Shared) {
        if !self.has_changed() {
            return shared.go(Go::Pop);
        }
        let key = shared.key(Context::Question, Command::Cancel);
        let detail = format!("{key} goes back to the form.");
        shared.push(Confirm::new(Purpose::Leave, "Drop what was changed?", detail));
    }

    fn keep_as_it_is(&self, shared: &mut Shared) {
        let message =
            Message::Block { before: Box::new(self.desk.canvas.clone()), block: Box::new(self.made.clone()) };
        shared.go(Go::Tell(message));
    }
}

impl Screen for Form {
    fn title(&self) -> String {
        self.block.id.clone()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        match self.fields.has_lines() {
            true => vec![Context::Lines, Context::Form],
            false => vec![Context::Form],
        }
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match self.fields.command(command) {
            Reaction::None => return false,
            Reaction::Done => {}
            Reaction::Changed => self.changed(shared),
            Reaction::Keep => self.keep(shared),
            Reaction::Leave => self.leave(shared),
        }
        true
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
        if self.desk.hear(answer) {
            self.propose(&self.made.clone());
            return false;
        }
        let (true, Answer::Preview(outcome)) = (self.number == Some(number), answer) else { return false };
        self.number = None;
        self.answer = Some(match outcome {
            Ok(answer) => (**answer).clone(),
            Err(failure) => crate::world::problem_of(failure),
        });
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Confirmed(Purpose::Keep) => self.keep_as_it_is(shared),
            Message::Confirmed(Purpose::Leave) => shared.go(Go::Pop),
            _ => {}
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let title = format!("{} {}", self.block.block_type, self.block.id);
        // Where the form is above its picture, what is wrong takes rows of the picture and none of the fields.
        let wrapped = |width: u16| -> Vec<String> {
            let lines = self.errors.iter().flat_map(|error| format::wrap(error, usize::from(width)));
            lines.take(MOST_ERROR_ROWS).collect()
        };
        let errors = wrapped(inside_box(split(area, 0).0).width);
        let (form, preview) = split(area, self.fields.rows() + errors.len() as u16);
        paper.clear(area);
        self.desk.draw(paper, preview, &self.made, self.answer.as_ref());
        let inside = paper.boxed(form, &title, Role::Accent);
        let room = Rect { height: inside.height.saturating_sub(errors.len() as u16), ..inside };
        for (row, line) in errors.iter().enumerate() {
            paper.text(inside, room.height + row as u16, line, Role::Alarm);
        }
        self.fields.draw(paper, room, errors.len() as u16);
    }
}

/// Rows that what is wrong may take.
const MOST_ERROR_ROWS: usize = 3;

/// Rows that a picture keeps below a form.
const LEAST_PICTURE: u16 = 6;

/// The form on the left and the picture on the right; below each other where that is too narrow. A form of more rows than
/// leave a picture scrolls.
pub fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    if area.width >= 100 {
        let width = (area.width * 2 / 5).clamp(44, 64);
        let form = Rect { width, ..area };
        let preview = Rect { x: area.x + width + 1, width: area.width - width - 1, ..area };
        return (form, preview);
    }
    let height = (rows + 3).min(area.height.saturating_sub(LEAST_PICTURE));
    let form = Rect { height, ..area };
    let preview = Rect { y: area.y + height, height: area.height - height, ..area };
    (form, preview)
}
