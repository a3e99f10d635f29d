//! Why a column has its type, in words: `row 48,113 holds "N/A"`.

use impala_core::source::ColumnType;

use super::problems::thousands;
use super::temporal::Order;
use super::value;

/// A value and its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub row: u64,
    pub value: String,
}

/// What was seen of a column that explains its type.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// The first value that is not null.
    pub first: Option<Sample>,
    /// The value that last made the type wider.
    pub widened: Option<Sample>,
    /// The type before that.
    pub before: Option<ColumnType>,
    /// More on the value that made it text.
    pub note: Option<String>,
    /// The first datetime among dates.
    pub grown: Option<Sample>,
    /// What comes first in days such as `1/31/2012`.
    pub order: Option<Order>,
    /// Both orders are possible.
    pub is_ambiguous: bool,
}

impl Evidence {
    /// For a type that was decided over `values` values.
    pub fn describe(&self, column_type: ColumnType, values: u64) -> String {
        let Some(first) = &self.first else { return "it holds no value".to_owned() };
        if column_type == ColumnType::String {
            return self.describe_text(first);
        }
        let kind = plural(column_type);
        if let Some(widened) = self.widened.as_ref().or(self.grown.as_ref()) {
            let before = self.before.map_or("dates", plural);
            return format!("{}; the values before it are {before}{}", holds(widened), self.order_note());
        }
        match values {
            1 => format!("its only value is {}{}", first.value, self.order_note()),
            _ => format!(
                "all {} values are {kind} like {}{}",
                thousands(values),
                first.value,
                self.order_note()
            ),
        }
    }

    /// For a type that was set by hand.
    pub fn by_hand(&self) -> String {
        format!("set by hand{}", self.order_note())
    }

    fn describe_text(&self, first: &Sample) -> String {
        if self.is_ambiguous {
            return format!(
                "{}, and every value can be read with the day or the month first; set the type to date to read the month first",
                holds(first)
            );
        }
        let note = self.note.as_ref().map_or(String::new(), |note| format!(", {note}"));
        match (&self.widened, self.before) {
            (Some(widened), Some(before)) => {
                format!("{}{note}; the values before it are {}", holds(widened), plural(before))
            }
            _ => format!("{}{note}", holds(first)),
        }
    }

    fn order_note(&self) -> &'static str {
        match (self.order, self.is_ambiguous) {
            (None, _) => "",
            (_, true) => "; read with the month first, as every value fits both orders",
            (Some(Order::MonthFirst), _) => "; the month comes first",
            (Some(Order::DayFirst), _) => "; the day comes first",
        }
    }
}

/// What is special about a value that makes a column of `before` text.
pub(super) fn text_note(before: Option<ColumnType>, value: &[u8]) -> Option<String> {
    let is_number = before.is_none_or(ColumnType::is_numeric);
    if is_number && value::is_code(value) {
        return Some("whose leading zeros make it a code".to_owned());
    }
    if is_number && value::is_digits(value) {
        return Some(if value::integer(value).is_none() {
            "which is more than a 64-bit integer holds".to_owned()
        } else {
            "which a decimal cannot hold exactly".to_owned()
        });
    }
    if before == Some(ColumnType::Integer) && value::decimal(value).is_some() {
        return Some("and a decimal cannot hold the integers before exactly".to_owned());
    }
    None
}

fn holds(sample: &Sample) -> String {
    format!("row {} holds \"{}\"", thousands(sample.row), sample.value)
}

/// `integers`, `dates`.
fn plural(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Boolean => "booleans",
        ColumnType::Integer => "integers",
        ColumnType::Decimal => "decimals",
        ColumnType::Date => "dates",
        ColumnType::Datetime => "datetimes",
        ColumnType::Timestamp => "timestamps",
        ColumnType::String => "texts",
    }
}
