//! Terms: a field, or something made of it. They are what a query selects, and the short way to write
//! an encoding: `wind`, `yearmonth(date)`, `bin(wind)`, `sum(precipitation)`, `count()`.
//!
//! The text of a term is also the name of its column in the answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name;

/// Gives a type that has `Display` and `FromStr<Err: Display>` the matching serde traits, and the schema of a text.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <String as utoipa::PartialSchema>::schema()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $type {}
    };
}
pub(crate) use serde_as_text;

/// A field, or something made of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// The value of a field: `wind`.
    Field(String),
    /// A date or datetime cut to a unit: `yearmonth(date)`.
    TimeUnit(TimeUnit, String),
    /// The lower bound of the bin that a number falls in: `bin(wind)`.
    Bin(Bin, String),
    /// One value for a group of rows: `sum(precipitation)`. Only `count` does without a field.
    Aggregate(Aggregate, Option<String>),
}

impl Term {
    /// Whether it makes one value of a group of rows.
    pub fn is_aggregate(&self) -> bool {
        matches!(self, Self::Aggregate(..))
    }

    /// The field that it reads, if any.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(field) | Self::TimeUnit(_, field) | Self::Bin(_, field) => Some(field),
            Self::Aggregate(_, field) => field.as_deref(),
        }
    }

    /// What it is called beside an axis and in sentences: `rows`, `mean wind`, `month`.
    pub fn words(&self) -> String {
        match self {
            Self::Field(field) | Self::Bin(_, field) => field.clone(),
            Self::TimeUnit(unit, _) => unit.words().to_owned(),
            Self::Aggregate(Aggregate::Count, None) => "rows".to_owned(),
            Self::Aggregate(aggregate, field) => {
                format!("{} {}", aggregate.words(), field.as_deref().unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field),
            Self::TimeUnit(unit, field) => write!(f, "{}({field})", unit.as_str()),
            Self::Bin(_, field) => write!(f, "bin({field})"),
            Self::Aggregate(aggregate, field) => {
                write!(f, "{}({})", aggregate.as_str(), field.as_deref().unwrap_or_default())
            }
        }
    }
}

impl FromStr for Term {
    type Err = String;

    /// Reads the short form. Text that is not a call of a known function is a field's name, whatever it holds:
    /// `Body mass (g)` is a field.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("names no field".to_owned());
        }
        let Some((function, argument)) = text.strip_suffix(')').and_then(|call| call.split_once('(')) else {
            return Ok(Self::Field(text.to_owned()));
        };
        let (function, argument) = (function.trim(), argument.trim());
        let field = (!argument.is_empty()).then(|| argument.to_owned());
        if let Some(aggregate) = Aggregate::named(function) {
            return match field {
                None if aggregate != Aggregate::Count => {
                    Err(format!("{function}() needs a field: {function}(FIELD)"))
                }
                field => Ok(Self::Aggregate(aggregate, field)),
            };
        }
        let needs_field = || format!("{function}() needs a field: {function}(FIELD)");
        if function == "bin" {
            return Ok(Self::Bin(Bin::default(), field.ok_or_else(needs_field)?));
        }
        if let Some(unit) = TimeUnit::named(function) {
            return Ok(Self::TimeUnit(unit, field.ok_or_else(needs_field)?));
        }
        let looks_like_a_call =
            !function.is_empty() && function.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if looks_like_a_call {
            let known =
                Aggregate::ALL.iter().map(|a| a.as_str()).chain(TimeUnit::ALL.iter().map(|u| u.as_str()));
            let hint = name::suggestion(function, known.chain(["bin"]));
            return Err(format!("\"{function}\" is not an aggregate, time unit or bin{hint}"));
        }
        Ok(Self::Field(text.to_owned()))
    }
}

serde_as_text!(Term);

/// How a number axis is cut into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// Bins at most, but never fewer than 2; their width is a round number (1, 2 or 5 times a power of ten).
    pub maxbins: u32,
}

impl Bin {
    /// Bins at most that may be asked for.
    pub const MAX: u32 = 1_000;
}

impl Default for Bin {
    fn default() -> Self {
        Self { maxbins: 20 }
    }
}

/// Makes one value of a group of rows. Nulls are left out, but `count()` counts rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Aggregate {
    /// Rows, or with a field those where it is not null.
    Count,
    /// Sum; null when there is nothing to sum up, as in SQL. Integers stay integers as long as every sum fits into 64 bits.
    Sum,
    /// Arithmetic mean.
    Mean,
    /// Median; the mean of the two middle values when there are two.
    Median,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Number of different values, null not counted.
    Distinct,
    /// Sample standard deviation (n - 1).
    Stdev,
    /// First quartile, linear between values.
    Q1,
    /// Third quartile, linear between values.
    Q3,
}

impl Aggregate {
    /// Every aggregate, in the order that help lists them.
    pub const ALL: [Self; 10] = [
        Self::Count,
        Self::Sum,
        Self::Mean,
        Self::Median,
        Self::Min,
        Self::Max,
        Self::Distinct,
        Self::Stdev,
        Self::Q1,
        Self::Q3,
    ];

    /// Its word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
            Self::Distinct => "distinct",
            Self::Stdev => "stdev",
            Self::Q1 => "q1",
            Self::Q3 => "q3",
        }
    }

    /// What stands before the field's name where people read it.
    const fn words(self) -> &'static str {
        match self {
            Self::Count => "rows with",
            Self::Sum => "sum of",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Min => "least",
            Self::Max => "greatest",
            Self::Distinct => "different",
            Self::Stdev => "standard deviation of",
            Self::Q1 => "first quartile of",
            Self::Q3 => "third quartile of",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregate| aggregate.as_str() == text)
    }

    /// Whether it makes sense of values that are no numbers.
    pub const fn takes_any_type(self) -> bool {
        matches!(self, Self::Count | Self::Min | Self::Max | Self::Distinct)
    }
}

/// Cuts a date or datetime to a unit, in the words of Vega-Lite.
///
/// Units that begin with `year` keep their place in time: the answer is the first instant of the unit, a
/// date for `yearmonthdate` and coarser, a datetime for finer ones. The others repeat, and are integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// First day of the year.
    Year,
    /// First day of the quarter.
    YearQuarter,
    /// First day of the month.
    YearMonth,
    /// Monday of the week.
    YearWeek,
    /// The day.
    YearMonthDate,
    /// The hour.
    YearMonthDateHours,
    /// The minute.
    YearMonthDateHoursMinutes,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// ISO week, 1 to 53.
    Week,
    /// Day of the week, 1 (Monday) to 7.
    Day,
    /// Day of the month, 1 to 31.
    Date,
    /// Day of the year, 1 to 366.
    DayOfYear,
    /// 0 to 23.
    Hours,
    /// 0 to 59.
    Minutes,
}

impl TimeUnit {
    /// Every unit, in the order that help lists them.
    pub const ALL: [Self; 15] = [
        Self::Year,
        Self::YearQuarter,
        Self::YearMonth,
        Self::YearWeek,
        Self::YearMonthDate,
        Self::YearMonthDateHours,
        Self::YearMonthDateHoursMinutes,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Date,
        Self::DayOfYear,
        Self::Hours,
        Self::Minutes,
    ];

    /// Its word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::YearQuarter => "yearquarter",
            Self::YearMonth => "yearmonth",
            Self::YearWeek => "yearweek",
            Self::YearMonthDate => "yearmonthdate",
            Self::YearMonthDateHours => "yearmonthdatehours",
            Self::YearMonthDateHoursMinutes => "yearmonthdatehoursminutes",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Date => "date",
            Self::DayOfYear => "dayofyear",
            Self::Hours => "hours",
            Self::Minutes => "minutes",
        }
    }

    /// What people call it: `month` for each month of a year and for each month of all years.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::YearQuarter | Self::Quarter => "quarter",
            Self::YearMonth | Self::Month => "month",
            Self::YearWeek | Self::Week => "week",
            Self::YearMonthDate => "day",
            Self::YearMonthDateHours | Self::Hours => "hour",
            Self::YearMonthDateHoursMinutes | Self::Minutes => "minute",
            Self::Day => "weekday",
            Self::Date => "day of the month",
            Self::DayOfYear => "day of the year",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == text)
    }

    /// Whether it repeats (month 1 to 12) rather than keeping its place in time.
    pub const fn is_cyclic(self) -> bool {
        !matches!(
            self,
            Self::Year
                | Self::YearQuarter
                | Self::YearMonth
                | Self::YearWeek
                | Self::YearMonthDate
                | Self::YearMonthDateHours
                | Self::YearMonthDateHoursMinutes
        )
    }

    /// Whether it is shorter than a day, so that a date has no such part.
    pub const fn is_within_a_day(self) -> bool {
        matches!(
            self,
            Self::YearMonthDateHours | Self::YearMonthDateHoursMinutes | Self::Hours | Self::Minutes
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_read_back_as_they_are_written() {
        for text in ["wind", "yearmonth(date)", "bin(wind)", "sum(precipitation)", "count()", "Body mass (g)"]
        {
            assert_eq!(text.parse::<Term>().map(|term| term.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn people_read_words() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<Term>().map(|term| term.words()), Ok(expected.to_owned()));
        };
        check("count()", "rows");
        check("count(sex)", "rows with sex");
        check("sum(rain)", "sum of rain");
        check("mean(wind)", "mean wind");
        check("bin(wind)", "wind");
        check("month(date)", "month");
        check("yearmonthdate(at)", "day");
        check("day(date)", "weekday");
    }

    #[test]
    fn a_mistyped_function_is_named_with_the_nearest() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<Term>().expect_err(text);
            assert!(error.contains(expected), "{error}");
        };
        check("summ(x)", "did you mean \"sum\"?");
        check("yearmont(x)", "did you mean \"yearmonth\"?");
        check("sum()", "sum(FIELD)");
        check("  ", "names no field");
    }
}
