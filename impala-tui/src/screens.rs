//! The screens: sign in, projects, a project, a source, a canvas, its history, an upload.

pub mod canvas;
mod history;
mod project;
mod projects;
mod sign_in;
mod source;
mod start;
mod upload;

pub use canvas::CanvasScreen;
pub use history::HistoryScreen;
pub use project::ProjectScreen;
pub use projects::Projects;
pub use sign_in::{SignIn, parting};
pub use source::SourceScreen;
pub use start::{Start, Target, arrive};
pub use upload::UploadScreen;

use crossterm::event::MouseEvent;
use impala_core::name;
use ratatui::layout::Rect;

use crate::keymap::{Command, Context};
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Shared, quoted};

/// What is inside of a screen, with a column of air on each side and a row at the top.
fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// What is below a line of tabs.
fn below_tabs(area: Rect) -> Rect {
    Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }
}

/// Stands where a list does, until it has come.
const WAITING: &str = "Loading …";

/// A day and a time, as lists say them below a header that says "UTC".
fn minute_of(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

/// How to ask once more for what could not be had.
fn try_again(shared: &Shared) -> String {
    format!("{} tries again.", shared.key(Context::Global, Command::Refresh))
}

/// What stands where a filter leaves no line.
fn nothing_shown(list: &List, shared: &Shared) -> String {
    list.nothing(&shared.key(Context::Filter, Command::Cancel)).unwrap_or_default()
}

/// Which of the tabs the mouse is on.
pub(crate) fn tab_at(area: Rect, names: &[String], mouse: MouseEvent) -> Option<usize> {
    if mouse.row != area.y {
        return None;
    }
    let mut left = area.x;
    names.iter().position(|name| {
        let right = left + impala_render::format::width(name) as u16 + 2;
        let is_on = (left..right).contains(&mouse.column);
        left = right + 1;
        is_on
    })
}

/// Names of tabs, the open one standing out; returns the first column behind them.
pub(crate) fn tabs(paper: &mut Paper, area: Rect, names: &[String], open: usize) -> u16 {
    let mut col = 0;
    for (index, name) in names.iter().enumerate() {
        if index == open {
            let text = format!("[{name}]");
            col = paper.text_at(area, col, 0, &text, Role::Accent);
        } else {
            col = paper.text_at(area, col, 0, &format!(" {name} "), Role::Muted);
        }
        col += 1;
    }
    col
}

/// The name in addresses that is made of what was typed, and what was typed as the title where that says more.
fn slug_and_title(typed: &str) -> Result<(String, String), String> {
    let slug = name::slug_from(typed);
    match slug.as_str() {
        "" => Err(format!("\"{typed}\" is not a name: {}", name::SLUG_RULE)),
        slug if slug == typed => Ok((slug.to_owned(), String::new())),
        slug => Ok((slug.to_owned(), typed.to_owned())),
    }
}

/// ` --title 'West coast'`; nothing without a title.
fn title_flag(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" --title {}", quoted(title)) }
}
