//! Drawing one block on the whole screen, and the cursor of a chart.

use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockKind};
use impala_render::scene::Area;
use impala_render::{Spot, block_title, format, provenance};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::super::CanvasScreen;
use super::super::editing::name_of;
use super::super::places::Slot;
use super::stepping::is_sideways;
use super::{Content, Zoom};
use crate::cache::PaintCache;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;
use crate::table::DataTable;

/// Rows that a metric has at most: one number says no more for being set in a hall.
const METRIC_ROWS: u32 = 14;

impl CanvasScreen {
    pub(crate) fn draw_zoom(
        &self,
        paper: &mut Paper,
        area: Rect,
        zoom: &Zoom,
        shared: &Shared,
        cache: &mut PaintCache,
    ) {
        let Some(block) = self.canvas.block(&zoom.id) else { return };
        let (role, line) = self.zoom_line(shared);
        let last = Rect {
            x: area.x + 1,
            y: area.bottom().saturating_sub(1),
            width: area.width.saturating_sub(2),
            height: 1,
        };
        paper.text(last, 0, &line, role);
        let room = without_last_row(area);
        let (width, height) = Self::zoom_size(shared);
        let h = match (&zoom.content, &block.kind) {
            (Content::Text(scroll), _) => scroll.rows.max(1),
            (_, BlockKind::Metric(_)) => height.min(METRIC_ROWS),
            _ => height,
        };
        let slot = Slot { id: block.id.clone(), x: 0, y: 0, w: width, h };
        if let Content::Table(table) = &zoom.content {
            self.draw_table(paper, room, block, table, shared);
            return self.draw_standing(paper, &slot, (0, room), shared);
        }
        let painting = self.painting(block, &slot, paper.look, shared, cache);
        let first = match &zoom.content {
            Content::Text(scroll) => scroll.top,
            _ => 0,
        };
        paper.grid(&painting, first as usize, room);
        self.draw_standing(paper, &slot, (first, room), shared);
        match &zoom.content {
            Content::Text(scroll) => {
                let edge = Rect { x: room.right().saturating_sub(1), width: 1, ..room };
                paper.scroll_bar(edge, scroll.top, scroll.rows);
            }
            // The cursor goes over the marks as characters draw them.
            Content::Chart { cursor: None, .. } => {
                let area = Rect { width, height: (slot.h as u16).min(room.height), ..room };
                self.put_dots(paper, area, block, cache);
            }
            Content::Chart { spots, plots, cursor: Some(cursor), .. } => {
                draw_cursor(paper, room, spots, plots, *cursor);
            }
            _ => {}
        }
    }

    fn draw_table(&self, paper: &mut Paper, area: Rect, block: &Block, table: &DataTable, shared: &Shared) {
        // Nothing else can have the focus.
        let inside = paper.boxed(area, &block_title(block), Role::Faint);
        table.draw(paper, inside);
        if let Some(BlockAnswer::Data(data)) = self.zoomed_answer(&block.id) {
            let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..inside };
            let words = provenance(data, usize::from(foot.width.saturating_sub(2)));
            let role = if data.truncated { Role::Warning } else { Role::Muted };
            let cols = format::width(&words) + 4 + self.standing_cols(&block.id, shared);
            if !words.is_empty() && cols <= usize::from(foot.width) {
                paper.text_ending(foot, 0, &format!(" {words} "), role);
            }
        }
    }

    /// What the bar calls the block on the whole screen.
    pub(crate) fn zoomed_name(&self) -> Option<String> {
        let block = self.canvas.block(&self.zoom.as_ref()?.id)?;
        Some(name_of(block))
    }
}

/// Where the picture stands: the last row reads the value.
pub(super) fn without_last_row(area: Rect) -> Rect {
    Rect { height: area.height.saturating_sub(1), ..area }
}

/// Marks the value under the cursor, and draws a line through it from end to end of its plot, across the categories.
fn draw_cursor(paper: &mut Paper, room: Rect, spots: &[Spot], plots: &[Area], cursor: usize) {
    let Some(spot) = spots.get(cursor).map(|spot| spot.area) else { return };
    let (x, y) = (spot.x + spot.w / 2.0, spot.y + spot.h / 2.0);
    let holds =
        |plot: &&Area| (plot.x..=plot.x + plot.w).contains(&x) && (plot.y..=plot.y + plot.h).contains(&y);
    if let Some(plot) = plots.iter().find(holds) {
        let is_lying = is_sideways(spots);
        let line = match is_lying {
            true => Area { y: y.floor(), h: 1.0, ..*plot },
            false => Area { x: x.floor().min(plot.x + plot.w - 1.0), w: 1.0, ..*plot },
        };
        draw_line(paper, cells(room, line), is_lying);
    }
    mark(paper, cells(room, spot));
}

/// The cells that an area touches, at least one.
fn cells(room: Rect, area: Area) -> Rect {
    let (left, top) = (area.x.floor().max(0.0) as u16, area.y.floor().max(0.0) as u16);
    let (right, bottom) = ((area.x + area.w).ceil() as u16, (area.y + area.h).ceil() as u16);
    let rect = Rect {
        x: room.x + left,
        y: room.y + top,
        width: right.saturating_sub(left).max(1),
        height: bottom.saturating_sub(top).max(1),
    };
    rect.intersection(room)
}

/// The line of the cursor: it is drawn where nothing else is, and colors what is there.
fn draw_line(paper: &mut Paper, line: Rect, is_lying: bool) {
    let style = paper.look.style(Role::Accent);
    let symbol = if is_lying { paper.look.pick("─", "-") } else { paper.look.pick("│", "|") }.to_owned();
    for position in line.positions() {
        let Some(cell) = paper.buffer.cell_mut(position) else { continue };
        let is_free = matches!(cell.symbol(), " " | "┈" | "┊");
        if is_free {
            cell.set_symbol(&symbol).set_style(style);
        }
    }
}

/// The marked value: a bar takes the color of letters, which no series has; everything else, and a bar without colors, changes
/// places with its background.
fn mark(paper: &mut Paper, area: Rect) {
    let has_color = paper.look.ink.has_color();
    let (accent, letters) = (paper.look.style(Role::Accent), paper.look.style(Role::Title).fg(Color::Reset));
    for position in area.positions() {
        let Some(cell) = paper.buffer.cell_mut(position) else { continue };
        let is_block = cell.symbol().chars().all(|c| ('▀'..='▐').contains(&c));
        cell.set_style(if is_block { letters } else { accent });
        if !(is_block && has_color) {
            cell.modifier.toggle(Modifier::REVERSED);
        }
    }
}
