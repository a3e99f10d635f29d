//! The answers to the blocks: each is asked for by itself and drawn as it comes. What is asked is the block as it stands here,
//! saved or not, so that an answer never belongs to another revision.

use impala_core::api::{BlockAnswer, CanvasData, CanvasDraft};
use impala_core::block::ChartMark;
use impala_core::client::ParameterTexts;
use impala_core::mentions::mentions;
use impala_core::query::BlockQuery;
use impala_core::{Block, BlockKind, Canvas, parameter};

use super::CanvasScreen;
use super::naming::Names;
use super::questions::Stop;
use crate::action::{Failure, Outcome};
use crate::effect::Request;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::Shared;

impl CanvasScreen {
    /// Asks for the answers to blocks; to all when `None`.
    pub(crate) fn ask_answers(&mut self, ids: Option<&[String]>, shared: &mut Shared) {
        let is_meant = |id: &String| ids.is_none_or(|ids| ids.contains(id));
        let asks = |block: &&Block| !matches!(block.kind, BlockKind::Text(_)) && is_meant(&block.id);
        for block in self.canvas.spec.blocks.iter().filter(asks) {
            shared.forget(self.questions.add(&block.id));
        }
        self.ask_next(shared);
    }

    /// Sends as many questions as may be under way: first that of the block with the focus, then of those that are seen.
    fn ask_next(&mut self, shared: &mut Shared) {
        if !self.questions.has_next() {
            return;
        }
        let (top, bottom) = (self.scroll, self.scroll + self.page_rows(shared));
        let mut slots = self.slots(shared);
        let focus = self.zoom.as_ref().map(|zoom| &zoom.id).or(self.focus.as_ref());
        // They come in reading order, which stays among equals.
        slots.sort_by_key(|slot| (Some(&slot.id) != focus, slot.y >= bottom || slot.y + slot.h <= top));
        for id in self.questions.take(slots.into_iter().map(|slot| slot.id).collect()) {
            if let Some(draft) = self.draft_of(&id) {
                let number = shared.ask(Request::Draft(self.at.project.clone(), Box::new(draft)));
                self.questions.sent(number, id);
            }
        }
    }

    /// A canvas of this block alone.
    fn draft_of(&self, id: &str) -> Option<CanvasDraft> {
        self.draft_with(self.canvas.block(id)?.clone())
    }

    /// A canvas of a block as it may never be saved.
    pub(crate) fn draft_with(&self, block: Block) -> Option<CanvasDraft> {
        let mut canvas = Canvas::new(self.canvas.metadata.slug.clone(), "");
        canvas.spec.parameters.clone_from(&self.canvas.spec.parameters);
        let id = block.id.clone();
        canvas.spec.blocks.push(block);
        let canvas = serde_json::to_value(&canvas).ok()?;
        Some(CanvasDraft { canvas, parameters: self.given.clone(), blocks: vec![id] })
    }

    pub(crate) fn answered(&mut self, number: u64, outcome: &Outcome<Box<CanvasData>>, shared: &mut Shared) {
        let Some(id) = self.questions.answered(number) else { return };
        match outcome {
            Ok(data) => {
                let answer = data.blocks.get(&id).cloned();
                self.keep_answer(id, answer.unwrap_or_else(|| problem("the server gave no answer")), shared);
            }
            Err(failure) if is_of_all(failure) => {
                let why = if failure.status.is_none() { Stop::Unreached } else { Stop::Refused };
                self.forget_all(Some(id), why, shared);
                shared.fail(failure);
            }
            Err(failure) => {
                let failure = self.canvas.block(&id).map(|block| Names::of_block(block).failure(failure));
                self.keep_answer(id, failure.unwrap_or_default().as_answer(), shared);
            }
        }
        self.ask_next(shared);
    }

    fn keep_answer(&mut self, id: String, answer: BlockAnswer, shared: &mut Shared) {
        // Texts may hold the values of metrics.
        let holds_it = |block: &&Block| match &block.kind {
            BlockKind::Text(text) => text.placeholders().any(|name| name == id),
            _ => block.id == id,
        };
        let mut is_zoomed = false;
        for block in self.canvas.spec.blocks.iter().filter(holds_it) {
            self.stamps.renew(&block.id);
            is_zoomed |= self.zoom.as_ref().is_some_and(|zoom| zoom.id == block.id);
        }
        self.outdated.remove(&id);
        self.answers.insert(id, answer);
        if is_zoomed {
            self.renew_zoom(shared);
            self.sort_again(shared);
        }
    }

    fn forget_all(&mut self, id: Option<String>, why: Stop, shared: &mut Shared) {
        shared.forget(self.questions.stop(id, why));
    }

    /// Whether there are blocks whose answers are waited for.
    pub(crate) fn is_waiting(&self) -> bool {
        self.questions.count() > 0
    }

    pub(crate) fn stop_waiting(&mut self, shared: &mut Shared) {
        self.forget_all(None, Stop::Cancelled, shared);
        self.stop_sorting(shared);
        let key = shared.key(Context::Global, Command::Refresh);
        shared.say(Role::Warning, format!("Cancelled; {key} asks again."));
    }

    /// Asks blocks again, now that their question is another one.
    pub(crate) fn ask_anew(&mut self, ids: &[String], shared: &mut Shared) {
        self.outdated.extend(ids.iter().cloned());
        self.ask_answers(Some(ids), shared);
    }

    pub(crate) fn set_parameters(&mut self, given: ParameterTexts, shared: &mut Shared) {
        if given == self.given {
            return;
        }
        let flags: String = given
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}={value}")))
            .map(|pair| format!(" --param {}", crate::screen::quoted(&pair)))
            .collect();
        shared.note(format!("impala canvas render {}{flags} --project {}", self.at.slug, self.at.project));
        let is_other = |name: &str| given.get(name) != self.given.get(name);
        let known = &self.canvas.spec.parameters;
        let changed: Vec<&str> = known.iter().map(|one| &*one.name).filter(|name| is_other(name)).collect();
        let asks = |block: &&Block| {
            let is_answered = matches!(self.answers.get(&block.id), Some(BlockAnswer::Data(_)));
            !is_answered || changed.iter().any(|name| mentions(block, name))
        };
        let ids: Vec<String> =
            self.canvas.spec.blocks.iter().filter(asks).map(|block| block.id.clone()).collect();
        self.given = given;
        shared.given.insert(self.steps_key.clone(), self.given.clone());
        self.bind_parameters(shared);
        // A text says what they are set to.
        self.renew_zoom(shared);
        self.ask_anew(&ids, shared);
    }

    /// Sets the parameters to what they were set to when the canvas was open before, as far as that still fits.
    pub(crate) fn take_given(&mut self, shared: &Shared) {
        if let Some(given) = shared.given.get(&self.steps_key) {
            self.given = parameter::fitting(&self.canvas.spec.parameters, given).0;
        }
    }

    /// Says in words what the parameters are set to. What is given to one that is no more is given up.
    pub(crate) fn bind_parameters(&mut self, shared: &mut Shared) {
        let known = &self.canvas.spec.parameters;
        self.given.retain(|name, _| known.iter().any(|parameter| parameter.name == *name));
        match parameter::bind_all(known, &self.given) {
            Ok(bindings) => {
                self.parameters = bindings.into_iter().map(|(name, bound)| (name, bound.text())).collect();
            }
            Err(invalid) => {
                self.parameters.clear();
                let names = Names::of(&self.canvas);
                let words: Vec<String> = invalid.errors.iter().map(|error| names.words(error)).collect();
                shared.say(Role::Alarm, words.join("; "));
            }
        }
        self.stamps.renew_all();
    }

    /// Asks the blocks again that show that source.
    pub(crate) fn renew_source(&mut self, name: &str, shared: &mut Shared) {
        let is_of = |block: &&Block| {
            block.from().is_some_and(|from| {
                let is_sql = from.sql.as_ref().is_some_and(|sql| sql.contains(name));
                is_sql || from.source.as_ref().is_some_and(|source| source.name == name)
            })
        };
        let blocks = self.canvas.spec.blocks.iter().filter(is_of);
        let ids: Vec<String> = blocks.map(|block| block.id.clone()).collect();
        // They say that they are loading.
        shared.has_changed |= !ids.is_empty();
        self.ask_answers(Some(&ids), shared);
    }
}

/// Whether it is no matter of one block, and the others would hear the same.
fn is_of_all(failure: &Failure) -> bool {
    matches!(failure.status, None | Some(401 | 403 | 404 | 408 | 429 | 503))
}

fn problem(detail: &str) -> BlockAnswer {
    Failure::new(detail).as_answer()
}

/// Whether two blocks ask the same, wherever they stand and however they show it.
pub(crate) fn is_same_question(old: &Block, new: &Block) -> bool {
    // Which way the boxes of a boxplot lie, and so what they ask, is for the server to see.
    let is_boxes =
        |block: &Block| matches!(&block.kind, BlockKind::Chart(chart) if chart.mark == ChartMark::Boxplot);
    let is_plain = !is_boxes(old) && !is_boxes(new);
    old.kind == new.kind || (is_plain && BlockQuery::of(old) == BlockQuery::of(new))
}
