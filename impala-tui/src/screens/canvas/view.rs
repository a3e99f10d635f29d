//! Drawing a canvas: the blocks that are seen, the focus, letters to jump by; or one block on the whole screen.

use std::rc::Rc;

use impala_core::{Block, BlockKind};
use impala_render::paint::grid::Grid;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::CanvasScreen;
use super::places::Slot;
use super::standing::has_border;
use crate::action::Failure;
use crate::cache::PaintCache;
use crate::keymap::{Command, Context};
use crate::look::{Background, Look, Role};
use crate::paper::Paper;
use crate::screen::Shared;

impl CanvasScreen {
    pub(crate) fn draw(&self, paper: &mut Paper, area: Rect, shared: &Shared, cache: &mut PaintCache) {
        if let Some(failure) = &self.failure {
            return self.draw_failure(paper, area, failure, shared);
        }
        if let Some(zoom) = &self.zoom {
            return self.draw_zoom(paper, area, zoom, shared, cache);
        }
        let header =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: self.header_rows(), ..area };
        self.draw_header(paper, header);
        let page = Rect {
            x: area.x + 1,
            y: area.y + self.header_rows(),
            width: Self::page_cols(shared),
            height: area.height.saturating_sub(self.header_rows()),
        };
        if self.canvas.spec.blocks.is_empty() {
            return self.draw_empty(paper, page, shared);
        }
        for slot in &self.slots(shared) {
            if let Some(seen) = seen(slot, self.scroll, page) {
                self.draw_block(paper, slot, seen, shared, cache);
                self.draw_standing(paper, slot, seen, shared);
            }
        }
        self.draw_letters(paper, page, shared);
        let edge = Rect { x: area.right().saturating_sub(1), width: 1, ..page };
        paper.scroll_bar(edge, self.scroll, self.page_height(shared));
    }

    /// Why there is no canvas, and what can be done then.
    fn draw_failure(&self, paper: &mut Paper, area: Rect, failure: &Failure, shared: &Shared) {
        let room = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let [leave, again] =
            [Command::Leave, Command::Refresh].map(|command| shared.key(Context::Global, command));
        let below = paper.wrapped(room, 1, &failure.line(), Role::Alarm);
        let ways = format!("{leave} goes back. {again} tries again.");
        paper.wrapped(room, below + 1, &ways, Role::Muted);
    }

    fn draw_header(&self, paper: &mut Paper, area: Rect) {
        let known = self.canvas.spec.parameters.iter();
        let parts = known.map(|parameter| {
            let title = parameter.title.as_deref().unwrap_or(&parameter.name);
            let value = self.parameters.get(&parameter.name).map_or("…", String::as_str);
            let is_set = self.given.contains_key(&parameter.name);
            (format!("{title}: {value}"), if is_set { Role::Accent } else { Role::Muted })
        });
        let mut col = 0;
        for (text, role) in parts {
            col = paper.text_at(area, col, 0, &text, role) + 3;
        }
    }

    fn draw_empty(&self, paper: &mut Paper, page: Rect, shared: &Shared) {
        let [add, leave, upload] = [
            (Context::Editor, Command::Add),
            (Context::Global, Command::Leave),
            (Context::Project, Command::Upload),
        ]
        .map(|(context, command)| shared.key(context, command));
        let first = format!("{add} adds one. Charts need a source:");
        let then = format!("leave with {leave}, and {upload} uploads a CSV file in the project.");
        let more = format!("{add} adds one: proposed from the columns, or any kind, each with a preview.");
        let lines: &[&str] = match (self.is_loaded, self.may_edit(shared), self.sources.is_empty()) {
            (false, ..) => &["…"],
            (true, false, _) => &["This canvas has no blocks yet."],
            (true, true, true) => &["This canvas has no blocks yet.", "", &first, &then],
            (true, true, false) => &["This canvas has no blocks yet.", "", &more],
        };
        let room = Rect { x: page.x + 1, width: page.width.saturating_sub(2), ..page };
        lines.iter().fold(1, |row, line| paper.wrapped(room, row, line, Role::Muted));
    }

    /// The painting of a block. That with the focus says where its rows come from, unless that would be written over.
    pub(super) fn painting(
        &self,
        block: &Block,
        slot: &Slot,
        look: Look,
        shared: &Shared,
        cache: &mut PaintCache,
    ) -> Rc<Grid> {
        let (mut picture, stamp) = (self.picture(slot.w), self.stamps.of(&slot.id));
        picture.options.show_provenance |= self.focus.as_ref() == Some(&slot.id);
        let painting = cache.block(&picture, block, (slot.w, slot.h), stamp, look);
        if self.has_room(&painting, slot, shared) {
            return painting;
        }
        picture.options.show_provenance = false;
        cache.block(&picture, block, (slot.w, slot.h), stamp, look)
    }

    fn draw_block(
        &self,
        paper: &mut Paper,
        slot: &Slot,
        seen: (u32, Rect),
        shared: &Shared,
        cache: &mut PaintCache,
    ) {
        let Some(block) = self.canvas.block(&slot.id) else { return };
        let (first_row, area) = seen;
        let painting = self.painting(block, slot, paper.look, shared, cache);
        paper.grid(&painting, first_row as usize, area);
        let is_whole = first_row == 0 && u32::from(area.height) == slot.h;
        if is_whole && !self.is_busy() && self.jumping.is_none() {
            self.put_dots(paper, area, block, cache);
        }
        let is_held = self.hold.as_ref().is_some_and(|hold| hold.id == slot.id);
        if self.focus.as_ref() == Some(&slot.id) {
            let has_border = !matches!(block.kind, BlockKind::Text(_)) && has_border(slot);
            self.draw_focus(paper, slot, area, has_border, is_held);
        }
    }

    /// The picture of dots over a chart's characters, where the terminal can show it.
    pub(super) fn put_dots(&self, paper: &mut Paper, area: Rect, block: &Block, cache: &mut PaintCache) {
        let Some(gallery) = &mut cache.gallery else { return };
        let has_frame = area.height >= 4 && area.width >= 8;
        if has_frame && area.intersection(paper.area()) == area {
            let is_dark = paper.look.background != Background::Light;
            let stamp = self.stamps.of(&block.id);
            gallery.put(paper.buffer, area, (&self.picture(area.width), block), stamp, is_dark);
        }
    }

    /// The focus is seen without colors too: its border is heavy, and what has no border has a bar on its left.
    fn draw_focus(&self, paper: &mut Paper, slot: &Slot, area: Rect, has_border: bool, is_held: bool) {
        let style = paper.look.style(if is_held { Role::Warning } else { Role::Accent });
        let is_ascii = paper.look.is_ascii();
        if !has_border {
            let bar = Rect { x: area.x.saturating_sub(1), width: 1, ..area };
            for position in bar.intersection(paper.area()).positions() {
                if let Some(cell) = paper.buffer.cell_mut(position) {
                    cell.set_symbol(if is_ascii { "#" } else { "▌" }).set_style(style);
                }
            }
            return;
        }
        let bottom_row = i64::from(slot.y + slot.h) - 1 - i64::from(self.scroll);
        for position in area.intersection(paper.area()).positions() {
            let row = i64::from(position.y) - i64::from(area.y) + self.first_row(slot);
            let is_edge = row == i64::from(slot.y) - i64::from(self.scroll)
                || row == bottom_row
                || position.x == area.x
                || position.x + 1 == area.right();
            if !is_edge || (is_ascii && is_text(paper.buffer, position)) {
                continue;
            }
            let Some(cell) = paper.buffer.cell_mut(position) else { continue };
            if let Some(heavy) = heavy(cell.symbol(), is_ascii) {
                cell.set_symbol(heavy).set_style(style);
            }
        }
    }

    /// The row on the screen, counted from the page's top, that a slot's first seen row has.
    fn first_row(&self, slot: &Slot) -> i64 {
        (i64::from(slot.y) - i64::from(self.scroll)).max(0)
    }
}

/// The first row of a slot that is seen, and where it is seen; `None` when it is not.
pub(super) fn seen(slot: &Slot, scroll: u32, page: Rect) -> Option<(u32, Rect)> {
    let first = scroll.saturating_sub(slot.y);
    let top = slot.y.saturating_sub(scroll);
    if first >= slot.h || top >= u32::from(page.height) {
        return None;
    }
    let rows = (slot.h - first).min(u32::from(page.height) - top);
    let area = Rect { x: page.x + slot.x, y: page.y + top as u16, width: slot.w, height: rows as u16 };
    Some((first, area))
}

/// Whether a sign is part of a text in a border, such as `rain - snow`: no piece of the border stands beside it.
fn is_text(buffer: &Buffer, position: Position) -> bool {
    let is_line = |x: u16| {
        buffer.cell((x, position.y)).is_some_and(|cell| matches!(cell.symbol(), "-" | "=" | "+" | "#"))
    };
    let is_dash = buffer.cell(position).is_some_and(|cell| cell.symbol() == "-");
    is_dash && !is_line(position.x.saturating_sub(1)) && !is_line(position.x + 1)
}

/// The heavy form of a piece of a border.
fn heavy(symbol: &str, is_ascii: bool) -> Option<&'static str> {
    if is_ascii {
        return match symbol {
            "-" => Some("="),
            "|" => Some("#"),
            "+" => Some("#"),
            _ => None,
        };
    }
    match symbol {
        "─" => Some("━"),
        "│" => Some("┃"),
        "╭" | "┌" => Some("┏"),
        "╮" | "┐" => Some("┓"),
        "╰" | "└" => Some("┗"),
        "╯" | "┘" => Some("┛"),
        _ => None,
    }
}
