//! What comes back from a source: typed columns, and where they came from.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::source::ColumnType;

/// The column of a metric that holds what its value is compared to.
pub const PREVIOUS: &str = "previous";

/// The column of a metric that is compared to an earlier period: when the period of its value begins, as its time unit has it.
pub const PERIOD: &str = "period";

/// The same of the period that it is compared to, the latest before it that has rows.
pub const PREVIOUS_PERIOD: &str = "previous_period";

/// The answer to one block or query. All columns are of the same length, `rows_shown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockData {
    /// Typed columns; each is called after its term: `yearmonth(date)`, `sum(precipitation)`.
    ///
    /// A metric has one row: its value first, then `previous` when it is compared; to an earlier period also `period` and
    /// `previous_period`, when the two periods begin.
    pub columns: Vec<Column>,
    /// For a metric with a sparkline: the axis and the value, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trend: Vec<Column>,
    /// Rows in `columns`.
    pub rows_shown: u64,
    /// Rows that the query has without its limit.
    pub rows_total: u64,
    /// Whether rows were left out: `rows_shown < rows_total`.
    pub truncated: bool,
    /// Rows of the sources that were read.
    pub rows_scanned: u64,
    /// What was read, `taxis@3`; several when a `SELECT` names several.
    pub sources: Vec<String>,
    /// When the answer was computed, which for a cached one is in the past.
    pub computed_at: Timestamp,
    /// How long that took, in milliseconds.
    pub elapsed_ms: u64,
    /// Whether it came from the cache.
    pub cached: bool,
}

impl BlockData {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A named column of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Its term, or for SQL its name in the `SELECT`.
    pub name: String,
    /// Its values.
    #[serde(flatten)]
    pub values: Values,
    /// For `bin(field)`: the width of a bin, in the unit of the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin_step: Option<f64>,
}

impl Column {
    /// A column of values.
    pub fn new(name: impl Into<String>, values: Values) -> Self {
        Self { name: name.into(), values, bin_step: None }
    }
}

/// Values of one type, null as `None`.
///
/// In JSON: `{"type": "date", "values": ["2012-01-01", null]}`. Numbers that JSON has no word for are the texts `NaN`,
/// `Infinity` and `-Infinity`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "values", rename_all = "lowercase")]
pub enum Values {
    /// true or false.
    Boolean(Vec<Option<bool>>),
    /// Integers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Decimal(#[serde(with = "decimals")] Vec<Option<f64>>),
    /// Days.
    Date(Vec<Option<Date>>),
    /// Days and times without a zone.
    Datetime(Vec<Option<DateTime>>),
    /// Instants.
    Timestamp(Vec<Option<Timestamp>>),
    /// Texts.
    String(Vec<Option<String>>),
}

impl Values {
    /// How many there are, nulls included.
    pub fn len(&self) -> usize {
        match self {
            Self::Boolean(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Decimal(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Datetime(values) => values.len(),
            Self::Timestamp(values) => values.len(),
            Self::String(values) => values.len(),
        }
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their type.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Integer(_) => ColumnType::Integer,
            Self::Decimal(_) => ColumnType::Decimal,
            Self::Date(_) => ColumnType::Date,
            Self::Datetime(_) => ColumnType::Datetime,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::String(_) => ColumnType::String,
        }
    }

    /// The value at `row` as a number: dates and datetimes in seconds since 1970, booleans as 0 and 1.
    /// `None` for null, for text, and past the end.
    pub fn number(&self, row: usize) -> Option<f64> {
        let seconds = |at: DateTime| {
            let since = at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
            since.as_secs_f64()
        };
        match self {
            Self::Boolean(values) => (*values.get(row)?).map(|value| f64::from(u8::from(value))),
            Self::Integer(values) => (*values.get(row)?).map(|value| value as f64),
            Self::Decimal(values) => *values.get(row)?,
            Self::Date(values) => (*values.get(row)?).map(|date| seconds(date.at(0, 0, 0, 0))),
            Self::Datetime(values) => (*values.get(row)?).map(seconds),
            Self::Timestamp(values) => (*values.get(row)?).map(|at| at.as_duration().as_secs_f64()),
            Self::String(_) => None,
        }
    }

    /// The value at `row` as text, in the form that a CSV file would hold; `None` for null and past the end.
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Boolean(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Integer(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Decimal(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Date(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Datetime(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Timestamp(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::String(values) => values.get(row)?.clone(),
        }
    }
}

/// `type` decides what `values` holds, which a derived schema cannot say of foreign types.
#[cfg(feature = "openapi")]
mod schema {
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType};

    use super::Values;
    use crate::source::ColumnType;

    impl utoipa::PartialSchema for Values {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .property("type", <ColumnType as utoipa::PartialSchema>::schema())
                .required("type")
                .property(
                    "values",
                    ArrayBuilder::new().items(ObjectBuilder::new().schema_type(SchemaType::AnyValue)),
                )
                .required("values")
                .into()
        }
    }

    impl utoipa::ToSchema for Values {}
}

/// JSON has no NaN and no infinity; they travel as texts.
mod decimals {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Decimal {
        Number(f64),
        Text(String),
    }

    pub fn serialize<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| {
            value.map(|number| {
                if number.is_finite() {
                    Decimal::Number(number)
                } else if number.is_nan() {
                    Decimal::Text("NaN".to_owned())
                } else {
                    Decimal::Text(if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned())
                }
            })
        }))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<f64>>, D::Error> {
        let values = Vec::<Option<Decimal>>::deserialize(deserializer)?;
        values
            .into_iter()
            .map(|value| match value {
                None => Ok(None),
                Some(Decimal::Number(number)) => Ok(Some(number)),
                Some(Decimal::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_travel_as_json_with_their_type() {
        let column = Column::new("x", Values::Decimal(vec![Some(1.5), None, Some(f64::NEG_INFINITY)]));
        let json = serde_json::to_string(&column).expect("plain data");
        assert_eq!(json, r#"{"name":"x","type":"decimal","values":[1.5,null,"-Infinity"]}"#);
        assert_eq!(serde_json::from_str::<Column>(&json).expect("what was written"), column);
    }

    #[test]
    fn dates_count_seconds_since_1970() {
        let values = Values::Date(vec![Some(jiff::civil::date(1970, 1, 2)), None]);
        assert_eq!((values.number(0), values.number(1), values.number(2)), (Some(86_400.0), None, None));
    }
}
