//! What the terminal is asked before its keys are read, and what the system knows of it.

use std::time::Duration;

use ratatui_image::FontSize;
use ratatui_image::picker::cap_parser::QueryStdioOptions;
use ratatui_image::picker::{Picker, ProtocolType};
use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

/// How long the terminal may take to answer. It is asked for its kind behind each question, which every terminal answers, so only
/// a slow line and what is no real terminal are waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Dots of a cell where the terminal does not say.
const CELL: (u16, u16) = (10, 20);

/// Whether it is light or dark; `None` when it does not answer.
pub fn theme() -> Option<ThemeMode> {
    let mut options = QueryOptions::default();
    options.timeout = PATIENCE;
    theme_mode(options).ok()
}

/// How it shows pictures; `None` when it can show none, or does not answer.
pub fn picker() -> Option<Picker> {
    // A reader that waits for an answer that never comes would swallow what is typed: one that answers a question about its
    // colors answers these too.
    theme()?;
    let options = QueryStdioOptions { timeout: PATIENCE, ..QueryStdioOptions::default() };
    let picker = Picker::from_query_stdio_with_options(options).ok()?;
    (picker.protocol_type() != ProtocolType::Halfblocks).then_some(picker)
}

/// A way of showing pictures that was asked for by name, with the cells that the terminal has now.
pub fn picker_for(protocol: ProtocolType) -> Picker {
    let (width, height) = cell_dots().unwrap_or(CELL);
    // The other ways to make one ask the terminal, or know the size of no cell.
    #[allow(deprecated)]
    let mut picker = Picker::from_fontsize(FontSize::new(width, height));
    picker.set_protocol_type(protocol);
    picker
}

/// Dots of a cell, as the system knows them; `None` where it does not.
pub fn cell_dots() -> Option<(u16, u16)> {
    let size = crossterm::terminal::window_size().ok()?;
    let dots = |pixels: u16, cells: u16| pixels.checked_div(cells).filter(|dots| *dots > 0);
    Some((dots(size.width, size.columns)?, dots(size.height, size.rows)?))
}
