//! Changes to a canvas, each with the command that would have done the same.

use impala_core::mentions::mentions;
use impala_core::merge::{self, Side};
use impala_core::parameter::Parameter;
use impala_core::{Block, BlockKind, Canvas, document};
use impala_render::text_rows;

use super::CanvasScreen;
use super::commands;
use super::desk::Desk;
use super::form::Form;
use super::picker::Picker;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::{Copied, Shared};

impl CanvasScreen {
    pub(super) fn desk(&self) -> Desk {
        Desk {
            project: self.at.project.clone(),
            canvas: self.canvas.clone(),
            sources: self.sources.clone(),
            given: self.given.clone(),
            parameters: self.parameters.clone(),
        }
    }

    pub(crate) fn open_picker(&mut self, shared: &mut Shared) {
        // Most likely more of what is shown already.
        let source_of =
            |block: &Block| block.from().and_then(|from| from.source.as_ref()).map(|one| one.name.clone());
        let near = self.block().and_then(source_of);
        let near = near.or_else(|| self.canvas.spec.blocks.iter().find_map(source_of));
        let picker = Picker::new(self.desk(), near.as_deref(), shared);
        shared.push(picker);
    }

    /// Opens the form for `block`, or for that with the focus.
    pub(crate) fn open_form(&mut self, block: Option<Block>, shared: &mut Shared) {
        let Some(block) = block.or_else(|| self.block().cloned()) else { return };
        let answer = self.answers.get(&block.id).cloned();
        let form = Form::new(self.desk(), block, answer, shared);
        shared.push(form);
    }

    /// Takes a block that was made or changed on top of `before`, which may no longer be what stands here.
    pub(crate) fn take_block(&mut self, before: &Canvas, block: Block, shared: &mut Shared) {
        let mut mine = before.clone();
        let id = block.id.clone();
        match mine.spec.blocks.iter_mut().find(|one| one.id == id) {
            Some(one) => *one = block,
            None => mine.add(self.fitted(block, shared), None),
        }
        self.take_made(before, mine, Some(id), shared);
    }

    /// A new text with all rows that it needs, as wide as it is here.
    fn fitted(&self, mut block: Block, shared: &Shared) -> Block {
        if matches!(block.kind, BlockKind::Text(_)) {
            let page = u32::from(Self::page_cols(shared));
            let width = (page * block.at.w / impala_core::grid::COLUMNS) as u16;
            block.at.h = text_rows(&self.picture(width), &block, width).max(1);
        }
        block
    }

    /// Takes `mine`, which was made of `before` in a form or an editor. The focus goes to the block that it is `about`.
    pub(crate) fn take_made(
        &mut self,
        before: &Canvas,
        mine: Canvas,
        about: Option<String>,
        shared: &mut Shared,
    ) {
        let earlier = self.moment();
        self.focus = about.or(self.focus.take());
        // While it was in hand nothing else could be changed here: what stands here now and not in `before` is another's.
        let merged = merge::merge(before, &mine, &self.canvas, |_| Side::Mine);
        if !merged.conflicts.is_empty() {
            return self.part(before.clone(), mine, shared);
        }
        self.canvas = merged.canvas;
        self.note_changes(&earlier.canvas, shared);
        self.edited(earlier, shared);
    }

    /// Notes the commands that make the canvas what it is here. What no command for a block says is brought together with what
    /// others have saved, or refused; it never overwrites that.
    pub(crate) fn note_changes(&self, before: &Canvas, shared: &mut Shared) {
        let project = &self.at.project;
        match commands::between(before, &self.canvas) {
            Some(commands) => {
                for command in commands {
                    shared.note(format!("impala block {command} --project {project}"));
                }
            }
            None => {
                let yaml = document::to_yaml(&self.canvas);
                shared
                    .note(format!("impala canvas apply --merge --project {project} -f - <<'EOF'\n{yaml}EOF"));
            }
        }
    }

    pub(crate) fn note_place(&self, id: &str, is_sizing: bool, shared: &mut Shared) {
        let Some(at) = self.canvas.block(id).map(|block| block.at) else { return };
        let (slug, project) = (&self.at.slug, &self.at.project);
        shared.note(match is_sizing {
            true => format!(
                "impala block resize {slug} {id} --width {} --height {} --project {project}",
                at.w, at.h
            ),
            false => format!("impala block move {slug} {id} --x {} --y {} --project {project}", at.x, at.y),
        });
    }

    pub(crate) fn delete(&mut self, shared: &mut Shared) {
        let Some((id, name)) = self.block().map(|block| (block.id.clone(), quoted_name_of(block))) else {
            return;
        };
        let texts = self.texts_that_name(&id);
        if !texts.is_empty() {
            let words = format!("{name} is named by {}: remove {{{{{id}}}}} there first.", texts.join(", "));
            return shared.hint(Role::Warning, words);
        }
        let before = self.moment();
        self.canvas.spec.blocks.retain(|block| block.id != id);
        self.keep_focus(&before.canvas);
        shared.note(format!("impala block remove {} {id} --project {}", self.at.slug, self.at.project));
        let key = shared.key(Context::Editor, Command::Undo);
        shared.say(Role::Good, format!("{name} deleted; {key} brings it back"));
        self.edited(before, shared);
    }

    /// The texts that show the number of a metric, which they name by its id.
    fn texts_that_name(&self, id: &str) -> Vec<String> {
        let spec = &self.canvas.spec;
        if spec.parameters.iter().any(|parameter| parameter.name == id) {
            return Vec::new();
        }
        let texts = spec.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Text(_)));
        texts.filter(|block| mentions(block, id)).map(quoted_name_of).collect()
    }

    pub(crate) fn copy(&mut self, shared: &mut Shared) {
        if let Some(block) = self.block().cloned() {
            let key = shared.key(Context::Editor, Command::Paste);
            let name = quoted_name_of(&block);
            shared.hint(Role::Good, format!("{name} copied; {key} pastes it on this or another canvas"));
            let known = self.canvas.spec.parameters.iter();
            let parameters = known.filter(|one| mentions(&block, &one.name)).cloned().collect();
            shared.clipboard = Some(Copied { block, parameters });
        }
    }

    pub(crate) fn put_copied(&mut self, shared: &mut Shared) {
        if let Some(copied) = shared.clipboard.clone() {
            self.put(copied, shared);
        }
    }

    pub(crate) fn duplicate(&mut self, shared: &mut Shared) {
        if let Some(block) = self.block().cloned() {
            self.put(Copied { block, parameters: Vec::new() }, shared);
        }
    }

    /// Puts a copy of a block below that with the focus, with the parameters that it names and that are not here.
    fn put(&mut self, Copied { block, parameters }: Copied, shared: &mut Shared) {
        let before = self.moment();
        let here = &mut self.canvas.spec.parameters;
        let is_new = |new: &Parameter| before.canvas.spec.parameters.iter().all(|old| old.name != new.name);
        let new: Vec<Parameter> = parameters.into_iter().filter(is_new).collect();
        if !new.is_empty() {
            let names: Vec<&str> = new.iter().map(|one| one.name.as_str()).collect();
            let (count, key) = (names.len(), shared.key(Context::Editor, Command::Undo));
            let word = if count == 1 { "parameter" } else { "parameters" };
            shared.say(
                Role::Good,
                format!(
                    "{} brought its {word} {} along; {key} undoes both",
                    quoted_name_of(&block),
                    names.join(", ")
                ),
            );
        }
        here.extend(new);
        let id = self.canvas.fresh_id(&block.id);
        let below = self.block().map(|block| (block.at.x, block.at.bottom()));
        let place = below.map(|(x, y)| {
            let x = x.min(impala_core::grid::COLUMNS - block.at.w);
            impala_core::Place { x, y, ..block.at }
        });
        self.canvas.add(Block { id: id.clone(), ..block }, place);
        // A text may show the number of a metric that is not here.
        if let (Ok(()), Err(invalid)) = (before.canvas.check(), self.canvas.check()) {
            self.canvas = (*before.canvas).clone();
            let why = invalid.errors.first().map(|error| error.detail.clone()).unwrap_or_default();
            return shared.say(Role::Warning, format!("Not pasted: {why}."));
        }
        self.focus = Some(id);
        self.note_changes(&before.canvas, shared);
        self.edited(before, shared);
    }

    pub(crate) fn compact(&mut self, shared: &mut Shared) {
        let before = self.moment();
        self.canvas.compact();
        self.note_changes(&before.canvas, shared);
        self.edited(before, shared);
    }
}

/// What people call a block: the title that it is drawn with, or its id.
pub(crate) fn name_of(block: &Block) -> String {
    let title = impala_render::block_title(block);
    if title.is_empty() { block.id.clone() } else { title }
}

/// The same in a sentence.
pub(crate) fn quoted_name_of(block: &Block) -> String {
    format!("\"{}\"", name_of(block))
}
