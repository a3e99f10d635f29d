//! A canvas, one of its blocks, or a table of columns into a [`Scene`].

pub(crate) mod chart;
pub(crate) mod columns;
mod failed;
pub(crate) mod frame;
pub(crate) mod markdown;
pub(crate) mod metric;
pub(crate) mod note;
pub(crate) mod provenance;
mod sparkline;

use std::collections::BTreeMap;

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockKind, Canvas, grid};

use crate::format;
use crate::scene::{Area, Emphasis, Medium, Scene, TextSize, Tone};

pub use columns::{column_texts, layout_columns};
pub use provenance::provenance;

/// Under this width blocks stand below each other, in reading order.
pub const NARROW_COLS: u16 = 60;

/// Rows of a block that are drawn at most; more would only be empty.
const MAX_BLOCK_ROWS: u32 = 4_000;

/// How a canvas is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Width of the picture.
    pub width_cols: u16,
    /// Whether each block says where its rows came from. That rows were left out is always said.
    pub show_provenance: bool,
    /// Whether provenance says how long the answer took, which differs each time that it is asked for.
    pub show_timing: bool,
    /// What the picture is made for.
    pub medium: Medium,
}

impl Default for Options {
    fn default() -> Self {
        Self { width_cols: 100, show_provenance: true, show_timing: true, medium: Medium::Cells }
    }
}

/// All that a picture of a canvas is made of.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The document.
    pub canvas: &'a Canvas,
    /// Answers by block id; see [`impala_core::api::CanvasData::blocks`].
    pub answers: &'a BTreeMap<String, BlockAnswer>,
    /// What each parameter is set to, as text; see [`impala_core::api::CanvasData::parameters`].
    pub parameters: &'a BTreeMap<String, String>,
    /// How it is drawn.
    pub options: Options,
}

/// Lays out a canvas: its title, what its parameters are set to, and its blocks.
///
/// The 24 columns of the grid are spread over the width so that neighbours meet; under [`NARROW_COLS`] blocks stand
/// below each other.
pub fn layout(picture: &Picture) -> Scene {
    let mut scene = Scene::on(picture.options.medium, picture.options.width_cols, 0);
    let top = header(&mut scene, picture);
    let areas = block_areas(picture);
    let bottom = areas.iter().map(BlockArea::bottom_row).max().unwrap_or(0);
    for area in areas {
        let one = layout_block_of(picture, area.block, area.width_cols, area.height_rows);
        scene.place(one, f64::from(area.left_col), f64::from(top.saturating_add(area.top_row)));
    }
    scene.height_rows = top.saturating_add(bottom);
    scene
}

/// Where a block stands in a picture, in cells, below the canvas's title.
#[derive(Clone, Copy, Debug)]
pub struct BlockArea<'a> {
    /// Which.
    pub block: &'a Block,
    /// Its first column.
    pub left_col: u16,
    /// Its first row.
    pub top_row: u32,
    /// Columns that it fills, without the one that sets it apart from its neighbour.
    pub width_cols: u16,
    /// Rows that it fills.
    pub height_rows: u32,
}

impl BlockArea<'_> {
    /// The first row below it.
    pub fn bottom_row(&self) -> u32 {
        self.top_row.saturating_add(self.height_rows)
    }
}

/// Where the blocks of a canvas stand at the picture's width, in reading order.
pub fn block_areas<'a>(picture: &Picture<'a>) -> Vec<BlockArea<'a>> {
    let mut blocks: Vec<&Block> = picture.canvas.spec.blocks.iter().collect();
    blocks.sort_by_key(|block| (block.at.y, block.at.x));
    if picture.options.width_cols < NARROW_COLS {
        stacked(picture, &blocks)
    } else {
        on_the_grid(picture, &blocks)
    }
}

/// Lays out one block of a canvas, with `{{name}}` of text blocks filled from the picture. The picture's width does
/// not matter.
///
/// * `width_cols`, `height_rows`: size of the result.
pub fn layout_block_of(picture: &Picture, block: &Block, width_cols: u16, height_rows: u32) -> Scene {
    let mut scene = Scene::on(picture.options.medium, width_cols, height_rows);
    let area = Area::cells(0, 0, width_cols, height_rows.min(MAX_BLOCK_ROWS));
    frame::draw(&mut scene, area, &Content::of(picture, block));
    scene
}

/// Lays out what is inside the frame of a block, for a page that draws title, border and provenance itself. Returns what
/// the picture had to leave out, in words, beside it.
///
/// * `height_rows`: what the border of a terminal would leave, so that both show the same bars, ticks and rows.
pub fn layout_inside(
    picture: &Picture,
    block: &Block,
    width_cols: u16,
    height_rows: u32,
) -> (Scene, Vec<String>) {
    let mut scene = Scene::on(picture.options.medium, width_cols, height_rows);
    let area = Area::cells(0, 0, width_cols, height_rows.min(MAX_BLOCK_ROWS));
    let notes = frame::inside(&mut scene, area, area.rows(), &Content::of(picture, block));
    (scene, notes.iter().map(|note| note.whole().to_owned()).collect())
}

/// As [`layout_inside`], for a page that has one line below for all that there is to say: in words that leave room for `beside`
/// on it, and in all words.
pub fn layout_card(
    picture: &Picture,
    block: &Block,
    (width_cols, height_rows): (u16, u32),
    beside: &str,
) -> (Scene, [String; 2]) {
    let mut scene = Scene::on(picture.options.medium, width_cols, height_rows);
    let area = Area::cells(0, 0, width_cols, height_rows.min(MAX_BLOCK_ROWS));
    let notes = frame::inside(&mut scene, area, area.rows(), &Content::of(picture, block));
    let room = area.cols().saturating_sub(scene.medium.cols(beside) + 2);
    let said = note::shortened(&notes, scene.medium, room);
    let said = said.unwrap_or_else(|| note::fitted(&notes, scene.medium, area.cols()));
    (scene, [said, note::whole(&notes)])
}

/// The inside of a block on a page that draws card, title and foot itself.
pub(crate) struct OnCard {
    /// As large as the block; nothing but its inside is drawn.
    pub scene: Scene,
    /// Where the inside is.
    pub room: Area,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// Lays out what is inside a block just where its card has it in a picture. `None` where there is no room for a card.
///
/// * `width_cols`, `height_rows`: size of the block.
pub(crate) fn layout_on_card(
    picture: &Picture,
    block: &Block,
    (width_cols, height_rows): (u16, u32),
) -> Option<OnCard> {
    let mut scene = Scene::on(picture.options.medium, width_cols, height_rows);
    let area = Area::cells(0, 0, width_cols, height_rows.min(MAX_BLOCK_ROWS));
    let room = frame::card_room(area, block);
    frame::has_frame(area).then(|| {
        let notes = frame::inside(&mut scene, room, frame::rows_within(area), &Content::of(picture, block));
        OnCard { scene, room, notes: notes.iter().map(|note| note.whole().to_owned()).collect() }
    })
}

/// Title of a block, or one made from what it shows. Empty for text without one.
pub fn block_title(block: &Block) -> String {
    frame::title_of(block)
}

/// The Markdown of a text block with `{{name}}` replaced by parameters and metrics; empty for other blocks.
pub fn filled_markdown(picture: &Picture, block: &Block) -> String {
    markdown::filled(picture, block)
}

/// Rows that a text block needs for all of its lines at that width, and its title; the picture's width does not matter. Beyond
/// what [`layout_block_of`] draws at most there are no more.
pub fn text_rows(picture: &Picture, block: &Block, width_cols: u16) -> u32 {
    let markdown = markdown::filled(picture, block);
    frame::text_rows(picture.options.medium, &markdown, block, width_cols).min(MAX_BLOCK_ROWS)
}

/// Lays out one block by itself. `{{name}}` in a text block stays as it is, see [`layout_block_of`].
///
/// * `answer`: `None` for a text block, and while there is none yet.
/// * `width_cols`, `height_rows`: size of the result.
pub fn layout_block(block: &Block, answer: Option<&BlockAnswer>, width_cols: u16, height_rows: u32) -> Scene {
    let canvas = Canvas::new("block", "");
    let answers = answer.map(|answer| (block.id.clone(), answer.clone())).into_iter().collect();
    let options = Options { width_cols, ..Options::default() };
    let picture = Picture { canvas: &canvas, answers: &answers, parameters: &BTreeMap::new(), options };
    layout_block_of(&picture, block, width_cols, height_rows)
}

/// What is to be drawn of a block.
pub(crate) struct Content<'a> {
    block: &'a Block,
    answer: Option<&'a BlockAnswer>,
    /// For a text block: its Markdown, filled.
    markdown: String,
    options: Options,
}

impl<'a> Content<'a> {
    fn of(picture: &'a Picture, block: &'a Block) -> Self {
        Self {
            block,
            answer: picture.answers.get(&block.id),
            markdown: markdown::filled(picture, block),
            options: picture.options,
        }
    }
}

/// The first column, in a picture of `width_cols`, that belongs to column `x` of the grid.
///
/// A block at `at` has the columns from that of `at.x` up to that of `at.right()`, so that neighbours meet; [`layout`] leaves
/// the last of them free, but for blocks at the right edge.
pub fn grid_column(x: u32, width_cols: u16) -> u16 {
    let exact = f64::from(x.min(grid::COLUMNS)) * f64::from(width_cols) / f64::from(grid::COLUMNS);
    exact.round() as u16
}

fn header(scene: &mut Scene, picture: &Picture) -> u32 {
    let width = usize::from(picture.options.width_cols);
    let canvas = picture.canvas;
    let heading = Emphasis { size: TextSize::Title, ..Emphasis::BOLD };
    let title_width = scene.medium.pick(width, width * 11 / 20);
    scene.styled(
        0.0,
        0.0,
        &scene.medium.cut(&format::clean(canvas.title()), title_width),
        Tone::Title,
        heading,
    );
    let mut row = 1;
    let description = format::clean(&canvas.metadata.description);
    for line in format::wrap(&description, width).into_iter().chain(parameters(picture, width)) {
        scene.text(0.0, f64::from(row), &line, Tone::Muted);
        row += 1;
    }
    if canvas.spec.blocks.is_empty() {
        scene.text(0.0, f64::from(row), "This canvas has no blocks yet.", Tone::Muted);
        return row + 1;
    }
    row + 1
}

/// What stands around a picture on a page, in columns and rows.
const PAGE_MARGIN: (u16, u32) = (2, 1);

/// Columns that the margin of a page leaves.
pub(crate) fn page_cols(width_cols: u16) -> u16 {
    width_cols.saturating_sub(2 * PAGE_MARGIN.0)
}

/// Lays out a canvas as [`layout`] does for a page, with a margin around it.
pub fn layout_page(picture: &Picture) -> Scene {
    let (side, above) = PAGE_MARGIN;
    let width_cols = picture.options.width_cols;
    let options = Options { medium: Medium::Page, width_cols: page_cols(width_cols), ..picture.options };
    let inner = layout(&Picture { options, ..*picture });
    let mut scene = Scene::on(Medium::Page, width_cols, inner.height_rows + 2 * above);
    scene.place(inner, f64::from(side), f64::from(above));
    scene
}

/// `Since 2013-01-01 · Weather rain, snow`, wrapped.
fn parameters(picture: &Picture, width: usize) -> Vec<String> {
    let known = picture.canvas.spec.parameters.iter();
    let set = known.filter_map(|parameter| {
        let value = picture.parameters.get(&parameter.name)?;
        let title = parameter.title.as_deref().unwrap_or(&parameter.name);
        Some(format::clean(&format!("{title}: {value}")))
    });
    format::wrap(&set.collect::<Vec<_>>().join(" · "), width)
}

fn on_the_grid<'a>(picture: &Picture, blocks: &[&'a Block]) -> Vec<BlockArea<'a>> {
    let width = picture.options.width_cols;
    let area = |&block: &&'a Block| {
        let (left, right) = (grid_column(block.at.x, width), grid_column(block.at.right(), width));
        let gap = u16::from(block.at.right() < grid::COLUMNS);
        let width_cols = right.saturating_sub(left + gap);
        BlockArea { block, left_col: left, top_row: block.at.y, width_cols, height_rows: block.at.h }
    };
    blocks.iter().map(area).collect()
}

fn stacked<'a>(picture: &Picture, blocks: &[&'a Block]) -> Vec<BlockArea<'a>> {
    let width_cols = picture.options.width_cols;
    let mut top_row = 0;
    let area = |&block: &&'a Block| {
        let height_rows = match &block.kind {
            // One more sets it apart.
            BlockKind::Text(_) => text_rows(picture, block, width_cols) + 1,
            _ => block.at.h.min(MAX_BLOCK_ROWS),
        };
        let area = BlockArea { block, left_col: 0, top_row, width_cols, height_rows };
        top_row += height_rows;
        area
    };
    blocks.iter().map(area).collect()
}
