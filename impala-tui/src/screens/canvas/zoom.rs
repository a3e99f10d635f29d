//! One block on the whole screen: a cursor that reads exact values, a table that scrolls both ways, a text that scrolls.

use std::collections::BTreeSet;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use impala_core::api::BlockAnswer;
use impala_core::block::ChartMark;
use impala_core::encoding::Channel;
use impala_core::{Block, BlockData, BlockKind, Canvas};
use impala_render::scene::Area;
use impala_render::{Spot, layout_block_of, text_rows};

mod cursor;
mod drawing;
mod readout;
mod scrolling;
mod stepping;

use super::CanvasScreen;
use crate::keymap::{Command, Context};
use crate::layers::Prompt;
use crate::look::Role;
use crate::paper::inside_box;
use crate::screen::{Purpose, Screen as _, Shared};
use crate::table::{DataTable, Reaction};
use cursor::{Found, Standing};
use drawing::without_last_row;
use scrolling::Scroll;
use stepping::{Lines, moved, nearest};

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Zoom {
    pub id: String,
    pub content: Content,
}

/// How it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// A chart, by where its values are drawn and where its plots are; `standing` is what the cursor was put on.
    Chart { spots: Vec<Spot>, plots: Vec<Area>, cursor: Option<usize>, standing: Option<Standing> },
    /// Rows and columns.
    Table(Box<DataTable>),
    /// A text, at its own number of rows.
    Text(Scroll),
    /// Anything else.
    Picture,
}

impl Zoom {
    pub(crate) fn contexts(&self) -> Vec<Context> {
        match &self.content {
            Content::Chart { .. } => vec![Context::Chart, Context::Zoom],
            Content::Table(_) => vec![Context::Table, Context::Zoom],
            Content::Text(_) | Content::Picture => vec![Context::Zoom],
        }
    }
}

/// Rows above and below the picture: the bar, the line that reads the value, the footer.
const AROUND: u16 = 3;

impl CanvasScreen {
    /// The picture's size on the whole screen.
    pub(crate) fn zoom_size(shared: &Shared) -> (u16, u32) {
        (shared.size.0.max(1), u32::from(shared.size.1.saturating_sub(AROUND).max(1)))
    }

    fn zoom_page(shared: &Shared) -> u64 {
        u64::from(shared.size.1.saturating_sub(AROUND + 3)).max(1)
    }

    pub(crate) fn zoom_in(&mut self, shared: &Shared) {
        self.sorting = None;
        let Some(block) = self.block() else { return };
        let id = block.id.clone();
        let content = self.content_of(block, shared);
        self.zoom = Some(Zoom { id, content });
    }

    fn content_of(&self, block: &Block, shared: &Shared) -> Content {
        match (&block.kind, self.zoomed_answer(&block.id)) {
            (BlockKind::Table(_), Some(BlockAnswer::Data(data))) => {
                let mut table = DataTable::new(data.columns.clone());
                table.is_limited = data.truncated;
                Content::Table(Box::new(table))
            }
            (BlockKind::Chart(_), _) => {
                let (width_cols, height_rows) = Self::zoom_size(shared);
                let scene = layout_block_of(&self.picture(width_cols), block, width_cols, height_rows);
                Content::Chart { spots: scene.spots, plots: scene.plots, cursor: None, standing: None }
            }
            (BlockKind::Text(_), _) => {
                let (width_cols, height_rows) = Self::zoom_size(shared);
                let rows = text_rows(&self.picture(width_cols), block, width_cols);
                Content::Text(Scroll::new(rows, height_rows))
            }
            _ => Content::Picture,
        }
    }

    /// A block that has got another id is still looked at, and the focus stays on what is looked at, whatever was changed.
    pub(crate) fn keep_zoom(&mut self, before: &Canvas) {
        let is_here = |id: &String| self.canvas.block(id).is_some();
        let renamed = self.focus.clone().filter(|id| is_here(id) && before.block(id).is_none());
        let Some(zoom) = &mut self.zoom else { return };
        match (self.canvas.block(&zoom.id), renamed) {
            (Some(block), _) => self.focus = Some(block.id.clone()),
            (None, Some(id)) => zoom.id = id,
            (None, None) => {}
        }
    }

    /// The answer or the size is another one; the cursor stays on the values that it was put on.
    pub(crate) fn renew_zoom(&mut self, shared: &mut Shared) {
        let Some(zoom) = self.zoom.take() else { return };
        let Some(block) = self.canvas.block(&zoom.id) else { return };
        let mut content = self.content_of(block, shared);
        match (&mut content, &zoom.content) {
            (Content::Table(new), Content::Table(old)) => {
                new.stand_as(old);
                if new.is_limited {
                    new.stand_sorted(self.sort_key(&zoom.id));
                }
                new.settle(Self::zoom_page(shared));
            }
            (Content::Chart { spots, cursor, standing, .. }, Content::Chart { standing: Some(old), .. }) => {
                *standing = Some(old.clone());
                if let Some(BlockAnswer::Data(data)) = self.answers.get(&zoom.id) {
                    *cursor = stand_again(old, data, spots, shared);
                }
                // What there was no answer for is looked for in the next one.
                if let (Some(at), Some(BlockAnswer::Data(data))) = (*cursor, self.answers.get(&zoom.id)) {
                    *standing = Standing::of(data, &spots[at]);
                }
            }
            (Content::Text(new), Content::Text(old)) => new.stand_as(old),
            _ => {}
        }
        self.zoom = Some(Zoom { content, ..zoom });
    }

    /// Remembers what the cursor stands on.
    fn stand(&mut self) {
        let Some(Zoom { id, content: Content::Chart { spots, cursor, standing, .. } }) = &mut self.zoom
        else {
            return;
        };
        if let (Some(BlockAnswer::Data(data)), Some(at)) = (self.answers.get(id), *cursor) {
            *standing = spots.get(at).and_then(|spot| Standing::of(data, spot));
        }
    }

    pub(crate) fn zoom_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Cancel if self.cancels() => self.stop_waiting(shared),
            Command::Leave | Command::Cancel => {
                self.end_sorting(shared);
                self.zoom = None;
            }
            Command::Parameters => self.open_parameters(shared),
            Command::Refresh => self.refresh(shared),
            Command::Next | Command::Previous => {
                self.end_sorting(shared);
                self.focus_by(if command == Command::Next { 1 } else { -1 }, shared);
                self.zoom_in(shared);
            }
            Command::SetParameter => self.set_parameter_here(shared),
            Command::Edit | Command::EditYaml | Command::Undo | Command::Redo | Command::Save => {
                return self.may_edit(shared) && self.edit_command(command, shared);
            }
            _ => return self.content_command(command, shared),
        }
        true
    }

    fn content_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let text = self.readout();
        let Some(id) = self.zoom.as_ref().map(|zoom| zoom.id.clone()) else { return false };
        let series = self.line_series();
        let left_out = match self.zoomed_answer(&id) {
            Some(BlockAnswer::Data(data)) if data.truncated => Some(data.rows_total),
            _ => None,
        };
        let Some(zoom) = &mut self.zoom else { return false };
        match &mut zoom.content {
            Content::Table(table) => match table.command(command, Self::zoom_page(shared), shared) {
                Reaction::None => return false,
                Reaction::AskSearch => shared.push(Prompt::new(Purpose::Search, "Find in the table", "")),
                Reaction::Done if command == Command::CopyColumn => {
                    if let Some(total) = left_out {
                        let whole =
                            |rows: u64| impala_core::number_format::group_thousands(&rows.to_string());
                        let (rows, total) = (whole(table.rows_total()), whole(total));
                        let words = format!(
                            "Column copied: {rows} of the query's {total} rows; its limit leaves the rest out"
                        );
                        shared.say(Role::Warning, words);
                    }
                }
                Reaction::AskSort(key) => self.sort_zoomed(&id, key, shared),
                // All rows of an answer are held.
                Reaction::Done | Reaction::SearchOn(..) | Reaction::CopyAll => {}
            },
            Content::Chart { .. } if command == Command::CopyRow => {
                shared.clip(text.unwrap_or_default(), "Value");
            }
            Content::Chart { spots, plots, cursor, .. } => {
                let lines = series.map(|series| Lines { series, plots });
                match moved(spots, lines.as_ref(), *cursor, command) {
                    Some(next) => {
                        *cursor = Some(next);
                        self.stand();
                    }
                    None => {
                        return matches!(
                            command,
                            Command::Up | Command::Down | Command::Left | Command::Right
                        );
                    }
                }
            }
            Content::Text(scroll) => return scroll.command(command),
            Content::Picture => return false,
        }
        true
    }

    /// The series of each spot of a chart of lines; `None` for all other blocks.
    fn line_series(&self) -> Option<Vec<usize>> {
        let zoom = self.zoom.as_ref()?;
        let (Content::Chart { spots, .. }, Some(BlockAnswer::Data(data))) =
            (&zoom.content, self.zoomed_answer(&zoom.id))
        else {
            return None;
        };
        let BlockKind::Chart(chart) = &self.canvas.block(&zoom.id)?.kind else { return None };
        if !matches!(chart.mark, ChartMark::Line | ChartMark::Area) {
            return None;
        }
        let color = chart.encoding.color.as_ref().and_then(Channel::term);
        let column = color.and_then(|term| data.column(&term.to_string()));
        let name = |spot: &Spot| column?.values.text(*spot.rows.first()?);
        let names: Vec<Option<String>> = spots.iter().map(name).collect();
        let all: Vec<&Option<String>> = names.iter().collect::<BTreeSet<_>>().into_iter().collect();
        Some(names.iter().map(|name| all.partition_point(|other| *other < name)).collect())
    }

    pub(crate) fn find_in_zoom(&mut self, text: &str, shared: &mut Shared) {
        if let Some(Zoom { content: Content::Table(table), .. }) = &mut self.zoom {
            table.find(text, shared);
            table.settle(Self::zoom_page(shared));
        }
    }

    pub(crate) fn zoom_mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let command = match mouse.kind {
            MouseEventKind::ScrollDown => Command::Down,
            MouseEventKind::ScrollUp => Command::Up,
            MouseEventKind::Down(MouseButton::Left) => return self.point_at(mouse, shared),
            _ => return,
        };
        self.content_command(command, shared);
    }

    /// Puts the cursor on the value nearest to the mouse, in a table on the cell under it.
    fn point_at(&mut self, mouse: MouseEvent, shared: &Shared) {
        let (spots, cursor) = match self.zoom.as_mut().map(|zoom| &mut zoom.content) {
            Some(Content::Chart { spots, cursor, .. }) => (spots, cursor),
            Some(Content::Table(table)) => {
                let area = inside_box(without_last_row(shared.body()));
                table.point_at(area, mouse.column, mouse.row);
                return table.settle(Self::zoom_page(shared));
            }
            _ => return,
        };
        let (x, y) = (f64::from(mouse.column) + 0.5, f64::from(mouse.row) - 1.0 + 0.5);
        *cursor = nearest(spots, x, y);
        self.stand();
    }

    /// The rows of the answer under the cursor.
    pub(crate) fn rows_here(&self) -> Option<(&BlockData, Vec<usize>)> {
        let zoom = self.zoom.as_ref()?;
        let Some(BlockAnswer::Data(data)) = self.zoomed_answer(&zoom.id) else { return None };
        let rows = match &zoom.content {
            Content::Chart { spots, cursor, .. } => spots.get((*cursor)?)?.rows.clone(),
            Content::Table(table) => vec![table.held_row()?],
            Content::Text(_) | Content::Picture => return None,
        };
        Some((data, rows))
    }
}

/// Where a cursor comes to stand in another answer; what is gone is said.
fn stand_again(old: &Standing, data: &BlockData, spots: &[Spot], shared: &mut Shared) -> Option<usize> {
    match old.find(data, spots)? {
        Found::Same(at) => Some(at),
        Found::Nearest(at) => {
            let words = Standing::of(data, &spots[at]).map(|new| new.words()).unwrap_or_default();
            shared.say(Role::Warning, format!("{} is gone; the nearest is {words}", old.words()));
            Some(at)
        }
    }
}
