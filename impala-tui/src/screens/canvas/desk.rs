//! What a form and the picker work with: the canvas, the sources, and the picture of a block that is not saved.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, CanvasDraft};
use impala_core::client::ParameterTexts;
use impala_core::source::Source;
use impala_core::{Block, BlockKind, Canvas};
use impala_render::paint::grid::Grid;
use impala_render::{Options, Picture, layout_block_of};
use ratatui::layout::Rect;

use crate::action::Answer;
use crate::effect::{ProjectAt, Request};
use crate::paper::Paper;
use crate::screen::Shared;

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

/// Rows that a picture keeps below a panel.
const LEAST_PICTURE: u16 = 6;

/// The panel on the left and the picture on the right; below each other where that is too narrow. The panel has `rows` rows
/// inside, or fewer where they would leave no picture: then what is in it scrolls.
pub fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    let is_wide = area.width >= WIDE;
    let most = if is_wide { area.height } else { area.height.saturating_sub(LEAST_PICTURE) };
    let panel = Rect { width: panel_cols(area), height: (rows + 2).min(most), ..area };
    let preview = match is_wide {
        true => Rect { x: panel.right() + 1, width: area.width - panel.width - 1, ..area },
        false => Rect { y: panel.bottom(), height: area.height - panel.height, ..area },
    };
    (panel, preview)
}

/// Columns from which on panel and picture stand beside each other.
const WIDE: u16 = 100;

/// Columns of the panel.
fn panel_cols(area: Rect) -> u16 {
    if area.width >= WIDE { (area.width * 2 / 5).clamp(44, 64) } else { area.width }
}

/// Columns inside of the panel.
pub fn inside_cols(area: Rect) -> u16 {
    panel_cols(area).saturating_sub(4)
}
