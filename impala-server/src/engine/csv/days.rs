//! Days, datetimes and instants of one column: which of them, and what comes first in `1/2/2012`.

use impala_core::source::ColumnType;

use super::problems::shown;
use super::range::Range;
use super::reason::Sample;
use super::temporal::{DateForm, Order, Temporal};

/// Days, datetimes or instants of one column.
#[derive(Clone, Debug)]
pub(super) struct DaysScan {
    pub column_type: ColumnType,
    is_by_hand: bool,
    pub form: Option<DateForm>,
    /// Whether all values so far can be read in an [`Order`].
    is_possible: [bool; 2],
    /// Whether some value means different days in the two orders.
    orders_differ: bool,
    pub ranges: [Range<i64>; 2],
    /// The first datetime in a column of dates.
    pub grown: Option<Sample>,
    has_grown: bool,
}

impl DaysScan {
    /// * `by_hand`: the type that was set, which then does not change
    pub fn new(by_hand: Option<ColumnType>) -> Self {
        Self {
            column_type: by_hand.unwrap_or(ColumnType::Date),
            is_by_hand: by_hand.is_some(),
            form: None,
            is_possible: [true; 2],
            orders_differ: false,
            ranges: Default::default(),
            grown: None,
            has_grown: false,
        }
    }

    /// Whether `value` goes with the ones before.
    pub fn fits(&self, value: &Temporal) -> bool {
        let is_readable = |order: usize| self.is_possible[order] && value.days[order].is_some();
        self.form.is_none_or(|form| form == value.form)
            && (is_readable(0) || is_readable(1))
            && self.merged(value.column_type()).is_some()
    }

    /// The type that holds both what there is and a value of `other`.
    fn merged(&self, other: ColumnType) -> Option<ColumnType> {
        use ColumnType::{Date, Datetime};
        match (self.column_type, other) {
            (own, other) if own == other => Some(own),
            (Datetime, Date) => Some(Datetime),
            (Date, Datetime) if !self.is_by_hand => Some(Datetime),
            (_, other) if self.form.is_none() && !self.is_by_hand => Some(other),
            _ => None,
        }
    }

    /// Includes `value` if it is compatible with the ones before.
    pub fn take(&mut self, value: &Temporal) -> bool {
        let merged = self.merged(value.column_type());
        let (true, Some(column_type)) = (self.fits(value), merged) else { return false };
        self.has_grown = self.form.is_some() && column_type != self.column_type;
        self.column_type = column_type;
        self.form = Some(value.form);
        self.orders_differ |= value.days[0] != value.days[1];
        for order in [Order::MonthFirst, Order::DayFirst] {
            let index = order as usize;
            match value.micros(order) {
                Some(us) if self.is_possible[index] => self.ranges[index].include(us),
                _ => self.is_possible[index] = false,
            }
        }
        true
    }

    /// Remembers the value that was just included if it turned dates into datetimes.
    pub fn note_growth(&mut self, row: u64, text: &[u8]) {
        if std::mem::take(&mut self.has_grown) {
            self.grown = Some(Sample { row, value: shown(text) });
        }
    }

    /// The only order in which all values can be read, or else month first.
    pub fn order(&self) -> Order {
        if self.is_possible[0] { Order::MonthFirst } else { Order::DayFirst }
    }

    /// Whether nothing settles what comes first, though it matters.
    pub fn is_ambiguous(&self) -> bool {
        self.is_possible == [true; 2] && self.orders_differ
    }

    /// Why `value`, which is a date or the like, does not go with the ones before.
    pub fn conflict(&self, value: &[u8]) -> Option<String> {
        let found = Temporal::parse(value)?;
        if self.form != Some(found.form) {
            return Some("which is written in another way than the dates before".to_owned());
        }
        Some(match (self.column_type, found.column_type(), self.order()) {
            (ColumnType::Timestamp, _, _) => "which has no zone, unlike the values before".to_owned(),
            (_, ColumnType::Timestamp, _) => "which has a zone, unlike the values before".to_owned(),
            (_, _, Order::MonthFirst) => {
                "which has the day first, while values before have the month first".to_owned()
            }
            (_, _, Order::DayFirst) => {
                "which has the month first, while values before have the day first".to_owned()
            }
        })
    }
}
