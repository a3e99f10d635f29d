//! What a cursor stands on, in words: names as the axes have them, values exactly.

use impala_core::api::BlockAnswer;
use impala_core::data::Column;
use impala_core::encoding::Channel;
use impala_core::number_format::{NumberFormat, NumberStyle, group_thousands};
use impala_core::term::Term;
use impala_core::{Block, BlockKind};
use impala_render::{block_title, format};

mod boxes;

use super::super::CanvasScreen;
use super::scrolling::Scroll;
use super::{Content, cursor};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::screen::Shared;

impl CanvasScreen {
    /// The exact values under the cursor of a chart.
    pub(crate) fn readout(&self) -> Option<String> {
        let (data, rows) = self.rows_here()?;
        let block = self.canvas.block(&self.zoom.as_ref()?.id)?;
        let first = *rows.first()?;
        let of_columns = || data.columns.iter().map(|column| part(block, column, first)).collect();
        let mut parts: Vec<String> = boxes::parts(block, data, first).unwrap_or_else(of_columns);
        if rows.len() > 1 {
            parts.push(format!("and {} drawn with it", format::more_of(rows.len() as u64 - 1, "row")));
        }
        Some(parts.join(" · "))
    }

    /// What the line below the picture says.
    pub(crate) fn zoom_line(&self, shared: &Shared) -> (Role, String) {
        let Some(zoom) = &self.zoom else { return (Role::Muted, String::new()) };
        match &zoom.content {
            Content::Table(_) if self.awaited_order().is_some() => {
                let column = self.awaited_order().unwrap_or_default();
                (Role::Accent, format!("Sorting all rows by {column} …"))
            }
            Content::Table(table) => {
                let truncated = match self.zoomed_answer(&zoom.id) {
                    Some(BlockAnswer::Data(data)) if data.truncated => {
                        let total = group_thousands(&data.rows_total.to_string());
                        format!(" · the query has {total} rows; its limit leaves the rest out")
                    }
                    _ => String::new(),
                };
                (Role::Muted, format!("{}{truncated}", table.place()))
            }
            Content::Chart { .. } => match self.readout() {
                Some(text) => (Role::Title, text),
                None => (Role::Muted, self.how_to_read(shared)),
            },
            Content::Text(Scroll { top, rows, seen }) if rows > seen => {
                (Role::Muted, format!("lines {} to {} of {rows}", top + 1, top + seen))
            }
            Content::Text(_) | Content::Picture => (Role::Muted, String::new()),
        }
    }

    fn how_to_read(&self, shared: &Shared) -> String {
        let keys = [Command::Left, Command::Right, Command::SetParameter];
        let [left, right, set] = keys.map(|command| shared.key(Context::Chart, command));
        match self.canvas.spec.parameters.is_empty() {
            true => format!("{left} and {right} read values"),
            false => format!("{left} and {right} read values; {set} sets the parameter that matches"),
        }
    }
}

/// A column's name and its value in a row: `mean precipitation 5.2`. What an axis says without a title, its value says alone.
fn part(block: &Block, column: &Column, row: usize) -> String {
    let channel = channel_of(block, column);
    let name = channel.as_ref().map_or_else(|| column.name.clone(), Channel::axis_title);
    let unit = channel.as_ref().and_then(|channel| channel.format.as_ref());
    let value = exactly(column, row, unit);
    let is_said =
        unit.is_some_and(|unit| [&unit.prefix, &unit.suffix].iter().any(|text| text.trim() == name));
    match name.is_empty() || is_said {
        true => value,
        false if is_unit(&name, &block_title(block)) => format!("{value} {name}"),
        false => format!("{name} {value}"),
    }
}

/// Whether the title of an axis is a unit: the title of the block ends with it, as in `Rain by month, mm`, or its letters are no
/// word.
fn is_unit(name: &str, block_title: &str) -> bool {
    let is_end = |before: &str| before.ends_with([',', '(']) || before.ends_with(" in");
    let before = block_title.trim_end_matches(')').strip_suffix(name).map(str::trim_end);
    before.is_some_and(is_end) || name.contains(['°', '%', '/', '€', '$', '£']) && !name.contains(' ')
}

/// The channel that a column answers; of a column that none asks for, that of its own name.
fn channel_of(block: &Block, column: &Column) -> Option<Channel> {
    let BlockKind::Chart(chart) = &block.kind else { return None };
    let asks = |channel: &&Channel| channel.term().is_some_and(|term| term.to_string() == column.name);
    let asked = chart.encoding.channels().map(|(_, channel)| channel).find(asks).cloned();
    asked.or_else(|| column.name.parse::<Term>().ok().map(Channel::from))
}

/// A value with all its digits, and the unit that its format gives it.
fn exactly(column: &Column, row: usize, format: Option<&NumberFormat>) -> String {
    let plain = cursor::words(column, row);
    match (format, column.values.number(row)) {
        (Some(format), Some(value)) if format.style == NumberStyle::Percent => format.format(value),
        (Some(format), Some(_)) => format!("{}{plain}{}", format.prefix, format.suffix),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_from_names() {
        let check =
            |name: &str, title: &str, expected: bool| assert_eq!(is_unit(name, title), expected, "{name}");
        check("mm", "Rain by month, mm", true);
        check("mm", "Rain (mm)", true);
        check("mm", "Rain in mm", true);
        check("°C", "Highs", true);
        check("wind", "Mean wind", false);
        check("days", "Days by weather", false);
        check("rain/day share", "Rain", false);
    }
}
