//! One block on the whole screen: a cursor that reads exact values, a table that scrolls both ways.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use impala_core::api::BlockAnswer;
use impala_core::{Block, BlockData, BlockKind};
use impala_render::{Spot, format, layout_block_of};

mod cursor;

use super::CanvasScreen;
use crate::keymap::{Command, Context};
use crate::layers::Prompt;
use crate::look::Role;
use crate::screen::{Purpose, Shared};
use crate::table::{DataTable, Reaction};
use cursor::{Found, Standing};

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Zoom {
    pub id: String,
    pub content: Content,
}

/// How it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// A chart, by where its values are drawn; `standing` is what the cursor was put on.
    Chart { spots: Vec<Spot>, cursor: Option<usize>, standing: Option<Standing> },
    /// Rows and columns.
    Table(Box<DataTable>),
    /// Anything else, scrolled.
    Picture { scroll: u32 },
}

impl Zoom {
    pub(crate) fn contexts(&self) -> Vec<Context> {
        match &self.content {
            Content::Chart { .. } => vec![Context::Chart, Context::Zoom],
            Content::Table(_) => vec![Context::Table, Context::Zoom],
            Content::Picture { .. } => vec![Context::Zoom],
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
        let Some(block) = self.block() else { return };
        let id = block.id.clone();
        let content = self.content_of(block, shared);
        self.zoom = Some(Zoom { id, content });
    }

    fn content_of(&self, block: &Block, shared: &Shared) -> Content {
        match (&block.kind, self.answers.get(&block.id)) {
            (BlockKind::Table(_), Some(BlockAnswer::Data(data))) => {
                Content::Table(Box::new(DataTable::new(data.columns.clone())))
            }
            (BlockKind::Chart(_), _) => {
                Content::Chart { spots: self.spots(block, shared), cursor: None, standing: None }
            }
            _ => Content::Picture { scroll: 0 },
        }
    }

    fn spots(&self, block: &Block, shared: &Shared) -> Vec<Spot> {
        let (width_cols, height_rows) = Self::zoom_size(shared);
        layout_block_of(&self.picture(width_cols), block, width_cols, height_rows).spots
    }

    /// The answer or the size is another one; the cursor stays on the values that it was put on.
    pub(crate) fn renew_zoom(&mut self, shared: &mut Shared) {
        let Some(zoom) = self.zoom.take() else { return };
        let Some(block) = self.canvas.block(&zoom.id) else { return };
        let mut content = self.content_of(block, shared);
        match (&mut content, &zoom.content) {
            (Content::Table(new), Content::Table(old)) => {
                new.stand_as(old);
                new.settle(Self::zoom_page(shared));
            }
            (Content::Chart { spots, cursor, standing }, Content::Chart { standing: Some(old), .. }) => {
                *standing = Some(old.clone());
                if let Some(BlockAnswer::Data(data)) = self.answers.get(&zoom.id) {
                    *cursor = stand_again(old, data, spots, shared);
                }
                // What there was no answer for is looked for in the next one.
                if let (Some(at), Some(BlockAnswer::Data(data))) = (*cursor, self.answers.get(&zoom.id)) {
                    *standing = Standing::of(data, &spots[at]);
                }
            }
            (Content::Picture { scroll }, Content::Picture { scroll: old }) => *scroll = *old,
            _ => {}
        }
        self.zoom = Some(Zoom { content, ..zoom });
    }

    /// Remembers what the cursor stands on.
    fn stand(&mut self) {
        let Some(Zoom { id, content: Content::Chart { spots, cursor, standing } }) = &mut self.zoom else {
            return;
        };
        if let (Some(BlockAnswer::Data(data)), Some(at)) = (self.answers.get(id), *cursor) {
            *standing = spots.get(at).and_then(|spot| Standing::of(data, spot));
        }
    }

    pub(crate) fn zoom_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Leave | Command::Cancel => self.zoom = None,
            Command::Parameters => self.open_parameters(shared),
            Command::Refresh => self.refresh(shared),
            Command::Next | Command::Previous => {
                self.focus_by(if command == Command::Next { 1 } else { -1 }, shared);
                self.zoom_in(shared);
            }
            Command::SetParameter => self.set_parameter_here(shared),
            _ => return self.content_command(command, shared),
        }
        true
    }

    fn content_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let text = self.readout();
        let Some(zoom) = &mut self.zoom else { return false };
        let left_out = match self.answers.get(&zoom.id) {
            Some(BlockAnswer::Data(data)) if data.truncated => Some(data.rows_total),
            _ => None,
        };
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
                // All rows of an answer are held.
                Reaction::Done | Reaction::SearchOn(_) | Reaction::CopyAll => {}
            },
            Content::Chart { .. } if command == Command::CopyRow => {
                shared.clip(text.unwrap_or_default(), "Value");
            }
            Content::Chart { spots, cursor, .. } => match moved(spots, *cursor, command) {
                Some(next) => {
                    *cursor = Some(next);
                    self.stand();
                }
                None => {
                    return matches!(command, Command::Up | Command::Down | Command::Left | Command::Right);
                }
            },
            Content::Picture { scroll } => match command {
                Command::Down => *scroll += 1,
                Command::Up => *scroll = scroll.saturating_sub(1),
                _ => return false,
            },
        }
        true
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
            MouseEventKind::Down(MouseButton::Left) => return self.point_at(mouse),
            _ => return,
        };
        self.content_command(command, shared);
    }

    /// Puts the cursor on the value nearest to the mouse.
    fn point_at(&mut self, mouse: MouseEvent) {
        let Some(Zoom { content: Content::Chart { spots, cursor, .. }, .. }) = &mut self.zoom else { return };
        let (x, y) = (f64::from(mouse.column) + 0.5, f64::from(mouse.row) - 1.0 + 0.5);
        let away = |low: f64, size: f64, at: f64| (low - at).max(at - (low + size)).max(0.0);
        let distance = |spot: &Spot| {
            // A cell is about twice as high as it is wide.
            away(spot.area.x, spot.area.w, x).hypot(away(spot.area.y, spot.area.h, y) * 2.0)
        };
        *cursor = (0..spots.len()).min_by(|&a, &b| distance(&spots[a]).total_cmp(&distance(&spots[b])));
        self.stand();
    }

    /// The rows of the answer under the cursor.
    pub(crate) fn rows_here(&self) -> Option<(&BlockData, Vec<usize>)> {
        let zoom = self.zoom.as_ref()?;
        let Some(BlockAnswer::Data(data)) = self.answers.get(&zoom.id) else { return None };
        let rows = match &zoom.content {
            Content::Chart { spots, cursor, .. } => spots.get((*cursor)?)?.rows.clone(),
            Content::Table(table) => vec![table.held_row()?],
            Content::Picture { .. } => return None,
        };
        Some((data, rows))
    }

    /// The exact values under the cursor of a chart.
    pub(crate) fn readout(&self) -> Option<String> {
        let (data, rows) = self.rows_here()?;
        let first = *rows.first()?;
        let value =
            |column: &impala_core::data::Column| format!("{} {}", column.name, cursor::words(column, first));
        let mut parts: Vec<String> = data.columns.iter().map(value).collect();
        if rows.len() > 1 {
            parts.push(format!("and {} drawn with it", format::more_of(rows.len() as u64 - 1, "row")));
        }
        Some(parts.join(" · "))
    }

    /// What the line below the picture says.
    pub(crate) fn zoom_line(&self, shared: &Shared) -> (Role, String) {
        let Some(zoom) = &self.zoom else { return (Role::Muted, String::new()) };
        match &zoom.content {
            Content::Table(table) => {
                let truncated = match self.answers.get(&zoom.id) {
                    Some(BlockAnswer::Data(data)) if data.truncated => {
                        let total = impala_core::number_format::group_thousands(&data.rows_total.to_string());
                        format!(" · the query has {total} rows; its limit leaves the rest out")
                    }
                    _ => String::new(),
                };
                (Role::Muted, format!("{}{truncated}", table.place()))
            }
            Content::Chart { .. } => match self.readout() {
                Some(text) => (Role::Title, text),
                None => {
                    let keys = [Command::Left, Command::Right, Command::SetParameter];
                    let [left, right, set] = keys.map(|command| shared.key(Context::Chart, command));
                    let text =
                        format!("{left} and {right} read values; {set} sets the parameter that matches");
                    (Role::Muted, text)
                }
            },
            Content::Picture { .. } => (Role::Muted, String::new()),
        }
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

/// Whether the marks lie: they have one height and different widths.
fn is_sideways(spots: &[Spot]) -> bool {
    let Some(first) = spots.first() else { return false };
    let same_height = spots.iter().all(|spot| (spot.area.h - first.area.h).abs() < 0.01);
    let same_width = spots.iter().all(|spot| (spot.area.w - first.area.w).abs() < 0.01);
    first.area.h > 0.0 && same_height && !same_width
}

/// The spot that a command goes to; `None` when there is none that way.
fn moved(spots: &[Spot], cursor: Option<usize>, command: Command) -> Option<usize> {
    let by_x = |a: &usize, b: &usize| {
        let (a, b) = (spots[*a].area, spots[*b].area);
        if is_sideways(spots) { (a.y, a.x) } else { (a.x, a.y) }
            .partial_cmp(&if is_sideways(spots) { (b.y, b.x) } else { (b.x, b.y) })
            .unwrap_or(std::cmp::Ordering::Equal)
    };
    let all = || 0..spots.len();
    let (first, last) = (all().min_by(by_x)?, all().max_by(by_x)?);
    let Some(here) = cursor else {
        return Some(if matches!(command, Command::Last) { last } else { first });
    };
    match command {
        Command::First => Some(first),
        Command::Last => Some(last),
        Command::PageDown => (0..10).try_fold(here, |at, _| step(spots, at, Command::Right)).or(Some(last)),
        Command::PageUp => (0..10).try_fold(here, |at, _| step(spots, at, Command::Left)).or(Some(first)),
        command => step(spots, here, command),
    }
}

/// The nearest spot in a direction: along the axis of the categories the next one, across it the next in the same place.
fn step(spots: &[Spot], here: usize, command: Command) -> Option<usize> {
    const TINY: f64 = 0.01;
    let at = spots[here].area;
    let is_sideways = is_sideways(spots);
    let (is_along_x, is_forward) = match command {
        Command::Left => (true, false),
        Command::Right => (true, true),
        Command::Up => (false, false),
        Command::Down => (false, true),
        _ => return None,
    };
    let measure = |spot: &Spot| {
        let (dx, dy) = (spot.area.x - at.x, spot.area.y - at.y);
        let ahead = if is_along_x { dx } else { dy };
        let ahead = if is_forward { ahead } else { -ahead };
        // Along the categories it is the next one that counts; across, the one that stands in the same place.
        let is_along_categories = is_along_x != is_sideways;
        let aside = if is_along_x { dy.abs() } else { dx.abs() };
        (ahead > TINY).then_some(if is_along_categories { (ahead, aside) } else { (aside, ahead) })
    };
    let found = spots.iter().enumerate().filter_map(|(index, spot)| Some((measure(spot)?, index)));
    let best = found.min_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))?;
    let ((first, _), index) = best;
    // Across the categories only what stands in the same place is meant, or nearly so among scattered points.
    let is_along_categories = is_along_x != is_sideways;
    (is_along_categories || first < 3.0).then_some(index)
}
