//! Moving and sizing blocks, live, by keys and by mouse. Those in the way make room as the grid's rules say, and come back
//! when the block goes on.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use impala_core::grid::{COLUMNS, MAX_ROWS};
use impala_core::{Canvas, Place};

use super::CanvasScreen;
use super::editing::quoted_name_of;
use super::undoing::Moment;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::Shared;

/// A block in hand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hold {
    pub id: String,
    /// The canvas before it was taken up.
    pub before: Canvas,
    /// Where it is now.
    pub at: Place,
    pub is_sizing: bool,
}

impl Hold {
    /// The canvas before it was taken up, with the focus on it.
    fn moment(self) -> Moment {
        Moment { canvas: self.before.into(), focus: Some(self.id) }
    }
}

/// A mouse button held down on a block. The block is in hand from the first cell on that the mouse goes, so that keys end a
/// drag as they end a move.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drag {
    /// Where the button went down.
    from: (u16, u32),
    /// Where the block was then.
    began: Place,
    is_sizing: bool,
}

/// Rows that a wheel turns at once.
const WHEEL: i64 = 3;

impl CanvasScreen {
    pub(crate) fn take_hold(&mut self, is_sizing: bool) {
        if let Some(block) = self.block() {
            let (id, at) = (block.id.clone(), block.at);
            self.hold = Some(Hold { id, before: self.canvas.clone(), at, is_sizing });
        }
    }

    pub(crate) fn hold_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let Some(hold) = self.hold.clone() else { return false };
        match command {
            Command::Accept => self.put_down(shared),
            Command::Cancel | Command::Leave => {
                (self.hold, self.drag) = (None, None);
                self.canvas = hold.before;
                self.see_focus(shared);
                self.go_on_saving(shared);
            }
            command => {
                let Some(at) = stepped(hold.at, hold.is_sizing, command) else { return false };
                self.hold = Some(self.place(Hold { at, ..hold }, shared));
            }
        }
        true
    }

    /// Keeps the block where it is held.
    fn put_down(&mut self, shared: &mut Shared) {
        self.drag = None;
        let Some(hold) = self.hold.take() else { return };
        if self.canvas != hold.before {
            self.note_place(&hold.id, hold.is_sizing, shared);
        }
        self.edited(hold.moment(), shared);
    }

    /// Puts the block where it is held, on the canvas as it was before.
    fn place(&mut self, hold: Hold, shared: &mut Shared) -> Hold {
        self.canvas = hold.before.clone();
        self.canvas.place(&hold.id, hold.at);
        self.see_focus(shared);
        let Place { x, y, w, h } = hold.at;
        let context = if hold.is_sizing { Context::Sizing } else { Context::Moving };
        let [keep, back] = [Command::Accept, Command::Cancel].map(|command| shared.key(context, command));
        let name = self.canvas.block(&hold.id).map(quoted_name_of).unwrap_or_default();
        shared.hint(
            Role::Accent,
            format!("{name}: column {x}, row {y}, {w} x {h} · {keep} keeps, {back} reverts"),
        );
        hold
    }

    pub(crate) fn take_mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        if self.zoom.is_some() {
            return self.zoom_mouse(mouse, shared);
        }
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll_by(WHEEL, shared),
            MouseEventKind::ScrollUp => self.scroll_by(-WHEEL, shared),
            MouseEventKind::Down(MouseButton::Left) => self.press(mouse, shared),
            MouseEventKind::Drag(MouseButton::Left) => self.drag_to(mouse, shared),
            MouseEventKind::Up(MouseButton::Left) if self.drag.is_some() => self.release(shared),
            _ => {}
        }
    }

    /// The cell of the page that the mouse is on.
    fn page_cell(&self, mouse: MouseEvent) -> Option<(u16, u32)> {
        let y = mouse.row.checked_sub(1 + self.header_rows())?;
        Some((mouse.column.saturating_sub(1), u32::from(y) + self.scroll))
    }

    fn press(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        self.finding = None;
        // What is in hand keeps the focus until it is put down.
        if self.hold.is_some() {
            return;
        }
        let Some((x, y)) = self.page_cell(mouse) else { return };
        let Some(slot) = self.slots(shared).into_iter().find(|slot| slot.holds(x, y)) else { return };
        self.focus = Some(slot.id.clone());
        if shared.is_double_click {
            return self.zoom_in(shared);
        }
        // Where blocks are stacked, a cell of the screen is none of the grid.
        if !self.may_edit(shared) || Self::is_stacked(shared) {
            return;
        }
        let Some(at) = self.block().map(|block| block.at) else { return };
        let is_sizing = x + 2 >= slot.x + slot.w && y + 1 >= slot.y + slot.h;
        self.drag = Some(Drag { from: (x, y), began: at, is_sizing });
    }

    fn drag_to(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let (Some(drag), Some((x, y))) = (self.drag.clone(), self.page_cell(mouse)) else { return };
        let cols =
            (f64::from(x) - f64::from(drag.from.0)) * f64::from(COLUMNS) / f64::from(Self::page_cols(shared));
        let rows = i64::from(y) - i64::from(drag.from.1);
        let at = dragged(drag.began, drag.is_sizing, cols.round() as i64, rows);
        if self.hold.is_none() && at != drag.began {
            self.take_hold(drag.is_sizing);
        }
        if let Some(hold) = self.hold.clone().filter(|hold| at != hold.at) {
            self.hold = Some(self.place(Hold { at, ..hold }, shared));
        }
    }

    /// The button is let go: what was dragged is kept, and what was said of it is over.
    fn release(&mut self, shared: &mut Shared) {
        if self.hold.is_none() {
            return self.end_press(shared);
        }
        shared.message = None;
        self.put_down(shared);
    }

    /// A button that is held down, and has dragged nothing, drags nothing any more.
    pub(crate) fn end_press(&mut self, shared: &mut Shared) {
        if self.hold.is_none() && self.drag.take().is_some() {
            self.go_on_saving(shared);
        }
    }
}

/// The place after a step; `None` for what is not a step.
fn stepped(at: Place, is_sizing: bool, command: Command) -> Option<Place> {
    let (cols, rows) = match command {
        Command::Left => (-1, 0),
        Command::Right => (1, 0),
        Command::Up => (0, -1),
        Command::Down => (0, 1),
        Command::PageUp => (0, -10),
        Command::PageDown => (0, 10),
        Command::First => (-i64::from(COLUMNS), 0),
        Command::Last => (i64::from(COLUMNS), 0),
        _ => return None,
    };
    Some(dragged(at, is_sizing, cols, rows))
}

/// The place so many columns and rows on, within the grid.
fn dragged(at: Place, is_sizing: bool, cols: i64, rows: i64) -> Place {
    let add = |value: u32, by: i64, low: u32, high: u32| {
        (i64::from(value) + by).clamp(i64::from(low), i64::from(high.max(low))) as u32
    };
    if is_sizing {
        let w = add(at.w, cols, 1, COLUMNS - at.x);
        return Place { w, h: add(at.h, rows, 1, MAX_ROWS - at.y), ..at };
    }
    Place { x: add(at.x, cols, 0, COLUMNS - at.w), y: add(at.y, rows, 0, MAX_ROWS - at.h), ..at }
}
