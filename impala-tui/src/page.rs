//! What a frame shows, so that one that would show the same is not written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::cache::PaintCache;
use crate::paper::Paper;

/// What a frame shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its cells.
    pub buffer: Buffer,
    /// Where the cursor is, if it is to be seen.
    pub cursor: Option<(u16, u16)>,
}

impl Page {
    /// The program as it is now.
    pub fn of(app: &App, cache: &mut PaintCache, area: Rect) -> Self {
        let mut buffer = Buffer::empty(area);
        let mut paper = Paper { buffer: &mut buffer, look: app.shared.look, cursor: None };
        app.view(&mut paper, cache);
        let cursor = paper.cursor;
        Self { buffer, cursor }
    }
}
