//! Where blocks stand on the screen, and which of them has the focus.

use impala_core::{Block, BlockKind, Canvas};
use impala_render::block_areas;

use super::CanvasScreen;
use crate::keymap::Command;
use crate::screen::Shared;

/// Rows of a block that have to be seen for the focus to begin there.
const LEAST_SEEN: u32 = 6;

/// A block's cells on the page, which begins below the bar and may be longer than the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub id: String,
    pub x: u16,
    pub y: u32,
    pub w: u16,
    pub h: u32,
}

impl Slot {
    pub fn holds(&self, x: u16, y: u32) -> bool {
        (self.x..self.x + self.w).contains(&x) && (self.y..self.y + self.h).contains(&y)
    }
}

impl CanvasScreen {
    /// Columns of the page: one is left free on each side, for the marks of the focus and of the scroll.
    pub(crate) fn page_cols(shared: &Shared) -> u16 {
        shared.size.0.saturating_sub(2).max(1)
    }

    /// Whether blocks stand below each other, wherever they are on the grid.
    pub(crate) fn is_stacked(shared: &Shared) -> bool {
        Self::page_cols(shared) < impala_render::NARROW_COLS
    }

    /// Rows of the header below the bar.
    pub(crate) fn header_rows(&self) -> u16 {
        u16::from(!self.canvas.spec.parameters.is_empty())
    }

    /// Rows of the page that are seen at once.
    pub(crate) fn page_rows(&self, shared: &Shared) -> u32 {
        u32::from(shared.size.1.saturating_sub(2 + self.header_rows())).max(1)
    }

    /// Where all blocks stand, in reading order.
    pub(crate) fn slots(&self, shared: &Shared) -> Vec<Slot> {
        let areas = block_areas(&self.picture(Self::page_cols(shared)));
        let slot = |area: &impala_render::BlockArea| Slot {
            id: area.block.id.clone(),
            x: area.left_col,
            y: area.top_row,
            w: area.width_cols,
            h: area.height_rows,
        };
        areas.iter().map(slot).collect()
    }

    pub(crate) fn slot(&self, id: &str, shared: &Shared) -> Option<Slot> {
        self.slots(shared).into_iter().find(|slot| slot.id == id)
    }

    pub(crate) fn focus_on(&mut self, id: String, shared: &Shared) {
        self.focus = Some(id);
        self.see_focus(shared);
    }

    /// The focus of a canvas that has just come: on the first block that is seen and has something to read in it, as texts have
    /// not.
    pub(crate) fn focus_first(&mut self, shared: &Shared) {
        let rows = self.page_rows(shared);
        let slots = self.slots(shared);
        let first = |is_meant: fn(&BlockKind) -> bool| {
            let is_it = |slot: &&Slot| {
                self.canvas.block(&slot.id).is_some_and(|block| is_meant(&block.kind))
                    && slot.y + slot.h.min(LEAST_SEEN) <= rows
            };
            slots.iter().find(is_it).map(|slot| slot.id.clone())
        };
        let is_zoomable = |kind: &BlockKind| matches!(kind, BlockKind::Chart(_) | BlockKind::Table(_));
        let found = first(is_zoomable).or_else(|| first(|kind| !matches!(kind, BlockKind::Text(_))));
        self.focus = found.or_else(|| slots.first().map(|slot| slot.id.clone()));
    }

    /// The focus stays on a block that is there: where its block is gone, on that which comes next.
    pub(crate) fn keep_focus(&mut self, before: &Canvas) {
        if self.block().is_some() {
            return;
        }
        let blocks = &self.canvas.spec.blocks;
        let gone = |block: &Block| Some(&block.id) == self.focus.as_ref();
        let index = before.spec.blocks.iter().position(gone).unwrap_or(0);
        self.focus = blocks.get(index).or(blocks.last()).map(|block| block.id.clone());
    }

    /// Moves the focus in reading order, round the ends.
    pub(crate) fn focus_by(&mut self, by: i64, shared: &Shared) {
        let slots = self.slots(shared);
        let at = slots.iter().position(|slot| Some(&slot.id) == self.focus.as_ref()).unwrap_or(0) as i64;
        let next = (at + by).rem_euclid(slots.len().max(1) as i64) as usize;
        if let Some(slot) = slots.into_iter().nth(next) {
            self.focus_on(slot.id, shared);
        }
    }

    pub(crate) fn focus_end(&mut self, is_last: bool, shared: &Shared) {
        let mut slots = self.slots(shared);
        let end = if is_last { slots.pop() } else { slots.into_iter().next() };
        if let Some(slot) = end {
            self.focus_on(slot.id, shared);
        }
    }

    /// Moves the focus to the nearest block in a direction, best one that lies straight ahead.
    pub(crate) fn focus_towards(&mut self, command: Command, shared: &Shared) {
        let slots = self.slots(shared);
        let Some(here) = slots.iter().find(|slot| Some(&slot.id) == self.focus.as_ref()) else {
            return self.focus_end(false, shared);
        };
        let nearest = slots
            .iter()
            .filter(|slot| slot.id != here.id)
            .filter_map(|slot| Some((distance(here, slot, command)?, slot.id.clone())))
            .min();
        if let Some((_, id)) = nearest {
            self.focus_on(id, shared);
        }
    }

    /// Scrolls so that the block with the focus is seen, its top if it is higher than the screen.
    pub(crate) fn see_focus(&mut self, shared: &Shared) {
        let rows = self.page_rows(shared);
        let Some(slot) = self.focus.clone().and_then(|id| self.slot(&id, shared)) else {
            self.scroll = 0;
            return;
        };
        if slot.y < self.scroll || slot.h > rows {
            self.scroll = slot.y;
        } else if slot.y + slot.h > self.scroll + rows {
            self.scroll = slot.y + slot.h - rows;
        }
        // The first row of blocks stands at the top of the page.
        if slot.y < 2 && slot.h <= rows {
            self.scroll = 0;
        }
    }

    pub(crate) fn scroll_by(&mut self, by: i64, shared: &Shared) {
        let most = self.page_height(shared).saturating_sub(self.page_rows(shared));
        self.scroll = (i64::from(self.scroll) + by).clamp(0, i64::from(most)) as u32;
    }

    /// Rows of the whole page.
    pub(crate) fn page_height(&self, shared: &Shared) -> u32 {
        self.slots(shared).iter().map(|slot| slot.y + slot.h).max().unwrap_or(0)
    }
}

/// How far `to` lies in the direction of a command, best those straight ahead; `None` behind.
fn distance(from: &Slot, to: &Slot, command: Command) -> Option<u64> {
    let gap = |a: i64, a_size: i64, b: i64, b_size: i64| (b - (a + a_size)).max(a - (b + b_size)).max(0);
    let (fx, fy, fw, fh) = (i64::from(from.x), i64::from(from.y), i64::from(from.w), i64::from(from.h));
    let (tx, ty, tw, th) = (i64::from(to.x), i64::from(to.y), i64::from(to.w), i64::from(to.h));
    let (ahead, aside, offset) = match command {
        Command::Left => (fx - (tx + tw), gap(fy, fh, ty, th), (fy - ty).abs()),
        Command::Right => (tx - (fx + fw), gap(fy, fh, ty, th), (fy - ty).abs()),
        Command::Up => (fy - (ty + th), gap(fx, fw, tx, tw), (fx - tx).abs() / 2),
        _ => (ty - (fy + fh), gap(fx, fw, tx, tw), (fx - tx).abs() / 2),
    };
    // Blocks touch, and one of them may begin a column early where the grid does not divide the width.
    (ahead >= -1).then_some(ahead.max(0) as u64 * 4 + aside as u64 * 8 + offset as u64)
}
