//! Impala's pictures: a canvas and the answers to its blocks become marks in units of terminal cells, and the marks
//! become text.
//!
//! [`layout`] knows what a bar chart is; a painter knows only marks. Nothing here reads a clock, a file or a terminal:
//! the same input gives the same picture.
//!
//! * [`layout`](mod@layout): canvas, blocks, tables and charts into a [`Scene`]
//! * [`scene`]: the marks, their units and their tones
//! * [`summary`]: a block in a sentence
//! * [`scale`]: values to positions, round ticks
//! * [`format`](mod@format): numbers, dates, and text in cells
//! * [`export`](mod@export): a canvas or one of its blocks as a file of any format
//! * [`paint`]: a scene into cells and text; [`theme`] has the colors
//!
//! ```
//! use std::collections::BTreeMap;
//! use impala_core::Canvas;
//! use impala_render::{Options, Picture, layout, paint};
//!
//! let canvas = Canvas::new("empty", "Nothing yet");
//! let (answers, parameters) = (BTreeMap::new(), BTreeMap::new());
//! let picture = Picture { canvas: &canvas, answers: &answers, parameters: &parameters, options: Options::default() };
//! let text = paint::text::paint(&layout(&picture), paint::Charset::Unicode, paint::Ink::None);
//! assert!(text.starts_with("Nothing yet\n"));
//! ```

pub mod export;
pub mod format;
pub mod layout;
pub mod paint;
pub mod scale;
pub mod scene;
pub mod summary;
pub mod theme;

pub use layout::{
    BlockArea, NARROW_COLS, Options, Picture, block_areas, block_title, column_texts, filled_markdown,
    grid_column, layout, layout_block, layout_block_of, layout_card, layout_columns, layout_inside,
    layout_page, provenance, text_rows,
};
pub use paint::{Charset, Ink};
pub use scene::{Mark, Medium, Scene, Spot, Tone};
