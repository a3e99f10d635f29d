//! What is expected of a block: short rules that `impala canvas check` holds its answer against.
//!
//! ```text
//! rows > 0                       value between 1000 and 2000       not truncated
//! rows within 10% of previous    value within 5% of previous       fresh within 26h
//! column id unique               value not null                    column temp_max between -20 and 50
//! ```
//!
//! * `rows`: rows that the block has without its limit; for a metric those that its value is made of.
//! * `value`: the number of a metric.
//! * `column NAME`: each value of a column; nulls count for `not null` only.
//! * `previous`: the same block over the version of its source before the one it shows.
//! * `fresh within`: how long ago the version that the block shows was uploaded.

use std::fmt;

use crate::block::{Block, BlockType};
use crate::error::FieldError;
use crate::term::serde_as_text;

mod judge;
mod parse;

pub use judge::{Judged, Number, Verdict};

/// Rules of one block at most.
pub const MAX_RULES: usize = 50;

/// One rule. Its text is canonical: it reads back to the same rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Of the number of rows.
    Rows(Test),
    /// Of the value of a metric.
    Value(Test),
    /// The metric has a value.
    ValueNotNull,
    /// Of each value of a column.
    Column(String, ColumnTest),
    /// No rows are left out.
    NotTruncated,
    /// The version shown is no older.
    FreshWithin(Span),
}

/// What a number is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// One number.
    Is(Comparison, f64),
    /// Two numbers, both included; the first is not the larger one.
    Between(f64, f64),
    /// The same number over the earlier version.
    NearPrevious(Tolerance),
}

/// What the values of a column are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnTest {
    /// None is null.
    NotNull,
    /// None is there twice.
    Unique,
    /// All that are not null pass; neither [`Test::NearPrevious`] nor `!=`.
    Every(Test),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    /// Every one, in the order that help lists them.
    pub const ALL: [Self; 6] =
        [Self::More, Self::AtLeast, Self::Less, Self::AtMost, Self::Equal, Self::NotEqual];

    /// Its sign.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }
}

/// How far a number may be from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// By so many hundredths of the other.
    Percent(f64),
    /// By so much.
    By(f64),
}

/// A length of time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How many; at least 1.
    pub amount: u32,
    /// Of what.
    pub unit: SpanUnit,
}

impl Span {
    /// In seconds.
    pub const fn seconds(self) -> u64 {
        self.amount as u64 * self.unit.seconds()
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanUnit {
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
}

impl SpanUnit {
    const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Weeks => "w",
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
            Self::Weeks => 7 * 86_400,
        }
    }
}

impl Expectation {
    /// Whether it needs the block over the earlier version.
    pub const fn needs_previous(&self) -> bool {
        matches!(self, Self::Rows(Test::NearPrevious(_)) | Self::Value(Test::NearPrevious(_)))
    }

    /// Why a block of that type cannot be held against it.
    fn misfit(&self, block_type: BlockType) -> Option<String> {
        let is_of_a_value = matches!(self, Self::Value(_) | Self::ValueNotNull);
        match block_type {
            BlockType::Text => Some("a text asks nothing, so nothing can be expected of it".to_owned()),
            BlockType::Chart | BlockType::Table if is_of_a_value => Some(format!(
                "only a metric has a value, and this is a {block_type}; write \"rows …\" or \"column NAME …\""
            )),
            _ => None,
        }
    }
}

/// Finds what is wrong with the rules of a block, `pointer` being its place.
pub(crate) fn check(block: &Block, pointer: &str, errors: &mut Vec<FieldError>) {
    if block.expect.len() > MAX_RULES {
        let detail = format!("{} rules, where a block has up to {MAX_RULES}", block.expect.len());
        errors.push(FieldError::at(format!("{pointer}/expect"), detail));
        return;
    }
    for (index, rule) in block.expect.iter().enumerate() {
        let twice = block.expect[..index].contains(rule).then(|| "is there twice".to_owned());
        if let Some(detail) = rule.misfit(block.block_type).or(twice) {
            errors.push(FieldError::at(format!("{pointer}/expect/{index}"), format!("\"{rule}\": {detail}")));
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(test) => write!(f, "rows {test}"),
            Self::Value(test) => write!(f, "value {test}"),
            Self::ValueNotNull => f.write_str("value not null"),
            Self::Column(name, test) if parse::is_plain(name) => write!(f, "column {name} {test}"),
            Self::Column(name, test) => write!(f, "column \"{name}\" {test}"),
            Self::NotTruncated => f.write_str("not truncated"),
            Self::FreshWithin(span) => write!(f, "fresh within {span}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(comparison, number) => write!(f, "{} {number}", comparison.as_str()),
            Self::Between(low, high) => write!(f, "between {low} and {high}"),
            Self::NearPrevious(Tolerance::Percent(percent)) => write!(f, "within {percent}% of previous"),
            Self::NearPrevious(Tolerance::By(most)) => write!(f, "within {most} of previous"),
        }
    }
}

impl fmt::Display for ColumnTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("not null"),
            Self::Unique => f.write_str("unique"),
            Self::Every(test) => test.fmt(f),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.unit.as_str())
    }
}

serde_as_text!(Expectation);
