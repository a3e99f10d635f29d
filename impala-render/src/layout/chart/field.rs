//! A channel with its column: values as numbers and as labels.

use impala_core::BlockData;
use impala_core::data::{Column, Values};
use impala_core::encoding::{Channel, FieldType};
use impala_core::number_format::NumberStyle;
use impala_core::term::Aggregate;

use crate::format::{self, number, time, value};
use crate::layout::note::Note;
use crate::scale::{self, Linear};

/// What null is called on an axis or in a legend.
pub const NULL: &str = "(none)";

/// How the values of a channel are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Along a scale of numbers.
    Number,
    /// Along a scale of time.
    Time,
    /// Side by side.
    Names,
}

/// A channel and its column.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    /// What was asked.
    pub channel: &'a Channel,
    /// What came back.
    pub column: &'a Column,
}

impl<'a> Field<'a> {
    /// The column of a channel, when there are both.
    pub fn of(channel: Option<&'a Channel>, data: &'a BlockData) -> Option<Self> {
        let channel = channel?;
        let column = data.column(&channel.term()?.to_string())?;
        Some(Self { channel, column })
    }

    /// How its values are placed: as its type says, or as its column suggests.
    pub fn kind(&self) -> Kind {
        let column_type = self.column.values.column_type();
        let is_cyclic = self.channel.time_unit.is_some_and(|unit| unit.is_cyclic());
        match self.channel.field_type {
            Some(FieldType::Nominal | FieldType::Ordinal) => Kind::Names,
            Some(FieldType::Quantitative) if column_type.is_numeric() => Kind::Number,
            _ if is_cyclic => Kind::Names,
            _ if column_type.is_temporal() => Kind::Time,
            _ if column_type.is_numeric() => Kind::Number,
            _ => Kind::Names,
        }
    }

    /// Whether it makes one value of a group.
    pub fn is_aggregate(&self) -> bool {
        self.channel.aggregate.is_some()
    }

    /// Whether its numbers are bounds of bins.
    pub fn is_binned(&self) -> bool {
        self.channel.bin.is_some()
    }

    /// Whether its values are measured, so that they can be a bar's length.
    pub fn is_measure(&self) -> bool {
        self.kind() == Kind::Number && !self.is_binned() || self.could_be_numbers()
    }

    /// Whether it holds nothing but nulls that were not called names. A file says nothing of the type of such a column, so it
    /// comes as text.
    pub fn could_be_numbers(&self) -> bool {
        let is_called_names =
            matches!(self.channel.field_type, Some(FieldType::Nominal | FieldType::Ordinal));
        let Values::String(values) = &self.column.values else { return false };
        !is_called_names && self.channel.time_unit.is_none() && values.iter().all(Option::is_none)
    }

    /// The value at `row`, when it can stand on an axis.
    pub fn number(&self, row: usize) -> Option<f64> {
        self.column.values.number(row).filter(|value| scale::is_drawable(*value))
    }

    /// Whether the value at `row` is there, but cannot stand on an axis: NaN or infinite.
    pub fn is_undrawable(&self, row: usize) -> bool {
        self.column.values.number(row).is_some_and(|value| !scale::is_drawable(value))
    }

    /// The value at `row` in words.
    pub fn label(&self, row: usize) -> String {
        let values = &self.column.values;
        if let (Some(unit), Some(value)) = (self.channel.time_unit, values.number(row)) {
            return time::unit_label(unit, value);
        }
        match (values, values.number(row)) {
            (Values::Integer(_) | Values::Decimal(_), Some(value)) if self.is_binned() => {
                self.write_measured(value)
            }
            (Values::Integer(_) | Values::Decimal(_), Some(value)) => self.write(value),
            _ => value::text(values, row).map_or_else(|| NULL.to_owned(), |text| blank_named(&text)),
        }
    }

    /// A number of this channel, in its format.
    pub fn write(&self, value: f64) -> String {
        match &self.channel.format {
            Some(format) => format::clean(&format.format(value)),
            None if matches!(self.column.values, Values::Integer(_)) && value.abs() < 1e15 => {
                value.to_string()
            }
            None => number::one(value, None),
        }
    }

    /// A number that was measured rather than named, so with thousands apart.
    pub fn write_measured(&self, value: f64) -> String {
        format::clean(&number::one(value, self.channel.format.as_ref()))
    }

    /// The ends of its scale, both as finely.
    pub fn write_ends(&self, scale: Linear) -> (String, String) {
        let (low, high) = number::ends(scale.low, scale.high, self.channel.format.as_ref());
        (format::clean(&low), format::clean(&high))
    }

    /// What stands beside its axis.
    pub fn title(&self) -> String {
        format::clean(&self.channel.axis_title())
    }

    /// What stands beside an axis of shares: `share of rain`, also of sums of rain.
    pub fn share_title(&self) -> String {
        let Channel { title, aggregate, field, .. } = self.channel;
        let whole = match (title, aggregate, field) {
            (None, Some(Aggregate::Sum), Some(field)) => format::clean(field),
            _ => self.title(),
        };
        format!("share of {whole}")
    }

    /// Its channel, for an axis of shares: in percent.
    pub fn as_percent(&self) -> Channel {
        Channel { format: "{:.0%}".parse().ok(), ..self.channel.clone() }
    }

    /// Whether it is written in percent.
    pub fn is_percent(&self) -> bool {
        self.channel.format.as_ref().is_some_and(|format| format.style == NumberStyle::Percent)
    }

    /// Whether only whole numbers make sense as its ticks.
    pub fn is_whole(&self) -> bool {
        matches!(self.column.values, Values::Integer(_))
    }

    /// The shortest time between ticks that makes sense, in seconds: a day for dates.
    pub fn finest_s(&self) -> f64 {
        if matches!(self.column.values, Values::Date(_)) { 86_400.0 } else { 0.0 }
    }

    /// What of its values cannot be drawn, in words; empty when all can.
    pub fn undrawable_note(&self, rows: &[usize]) -> Note {
        let undrawable: Vec<f64> = rows
            .iter()
            .filter(|row| self.is_undrawable(**row))
            .filter_map(|row| self.column.values.number(*row))
            .collect();
        let (count, title) = (undrawable.len() as u64, self.title());
        let counted = number::whole(count);
        match undrawable.iter().filter(|value| value.is_finite()).count() as u64 {
            _ if count == 0 => Note::NONE,
            0 if count == 1 => Note::from(format!("1 value of {title} is not finite")).or("1 not finite"),
            0 => Note::from(format!("{counted} values of {title} are not finite"))
                .or(format!("{counted} values not finite"))
                .or(format!("{counted} not finite")),
            large if large == count => {
                let most = scale::LARGEST;
                Note::from(format!(
                    "{} of {title} beyond {most:e}, which is not drawn",
                    format::count(count, "value")
                ))
                .or(format!("{counted} too large to draw"))
                .or(format!("{counted} too large"))
            }
            _ => Note::from(format!("{counted} values of {title} are not finite or too large"))
                .or(format!("{counted} not drawn")),
        }
    }

    /// The value at `row` in a sentence: a bin with both of its bounds.
    pub fn in_words(&self, row: usize) -> String {
        let step = self.column.bin_step.filter(|_| self.is_binned());
        match (step, self.column.values.number(row)) {
            (Some(step), Some(low)) => {
                format!("{} to {}", self.write_measured(low), self.write_measured(low + step))
            }
            _ => self.label(row),
        }
    }
}

/// Text that would show as nothing is named.
fn blank_named(text: &str) -> String {
    if text.trim().is_empty() { "(blank)".to_owned() } else { text.to_owned() }
}
