//! The values of a column, in the few figures that rules ask for.

use std::collections::HashSet;

use impala_core::block::From;
use impala_core::data::Column;
use impala_core::expect::{ColumnTest, Judged, Test, Verdict};
use impala_core::number_format::trimmed;
use impala_core::query::BlockQuery;
use impala_core::source::ColumnType;
use impala_core::term::{Aggregate, Term};
use impala_core::{Invalid, Query};

use super::Subject;
use crate::engine::Tables;
use crate::service::Error;

/// Figures of a column.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Rows, with a value or without.
    pub(super) rows: u64,
    values: u64,
    distinct: u64,
    /// Least and greatest value; `Err` says that they are no numbers.
    range: Option<Result<(f64, f64), String>>,
}

impl Figures {
    /// Counted over all values of an answer.
    pub(super) fn of(column: &Column) -> Self {
        let rows = column.values.len();
        let texts: Vec<String> = (0..rows).filter_map(|row| column.values.text(row)).collect();
        let mut range = None;
        for row in (0..rows).filter(|row| column.values.text(*row).is_some()) {
            range = Some(match (range, number(column, row)) {
                (Some(Err(why)), _) => Err(why),
                (_, Err(error)) => Err(super::not_found_out(error).found),
                (Some(Ok((low, high))), Ok(Some(number))) => Ok((number.min(low), number.max(high))),
                (Some(Ok(range)), Ok(None)) => Ok(range),
                (None, Ok(number)) => Ok(number.map_or((f64::NAN, f64::NAN), |number| (number, number))),
            });
        }
        let values = texts.len() as u64;
        let distinct = texts.into_iter().collect::<HashSet<_>>().len() as u64;
        Self { rows: rows as u64, values, distinct, range }
    }

    pub(super) fn judge(&self, test: ColumnTest) -> Judged {
        let judged = |passes: bool, found: String| Judged {
            verdict: if passes { Verdict::Pass } else { Verdict::Fail },
            found,
        };
        match test {
            ColumnTest::NotNull => match self.rows - self.values {
                0 => judged(true, "no nulls".to_owned()),
                nulls => judged(
                    false,
                    format!("{nulls} of {} {} null", self.rows, if nulls == 1 { "is" } else { "are" }),
                ),
            },
            ColumnTest::Unique if self.values == self.distinct => {
                judged(true, format!("{} different", self.distinct))
            }
            ColumnTest::Unique => {
                judged(false, format!("only {} of {} are different", self.distinct, self.values))
            }
            ColumnTest::Every(test) => self.range(test, judged),
        }
    }

    fn range(&self, test: Test, judged: impl Fn(bool, String) -> Judged) -> Judged {
        match &self.range {
            None => judged(true, "no values".to_owned()),
            Some(Err(why)) => judged(false, why.clone()),
            // What holds for both ends of a range holds within it, for every test that a column can have.
            Some(Ok((low, high))) => judged(
                test.holds(*low) && test.holds(*high),
                format!("{} to {}", trimmed(*low), trimmed(*high)),
            ),
        }
    }
}

/// The value at `row` as a number.
///
/// # Errors
/// When the column holds something else.
pub(super) fn number(column: &Column, row: usize) -> Result<Option<f64>, Error> {
    let column_type = column.values.column_type();
    if column_type.is_numeric() || column_type == ColumnType::Boolean || column.values.text(row).is_none() {
        return Ok(column.values.number(row));
    }
    let detail = format!("\"{}\" is of type {column_type}, which is not held against numbers", column.name);
    Err(Invalid::at("", detail).into())
}

impl Subject<'_> {
    /// Figures of all rows that the block looks at, without its limit: of a column of theirs, or only how many they are.
    ///
    /// # Errors
    /// What the query says: `Invalid` for a column that is not there, with the nearest name.
    pub(super) async fn figures(&self, tables: &Tables, name: Option<&str>) -> Result<Figures, Error> {
        let of = |aggregate| name.map(|name| Term::Aggregate(aggregate, Some(name.to_owned())));
        let counts = [of(Aggregate::Count), of(Aggregate::Distinct), of(Aggregate::Min), of(Aggregate::Max)];
        let select =
            [Term::Aggregate(Aggregate::Count, None)].into_iter().chain(counts.into_iter().flatten());
        let from: From = self.query.main.from.clone();
        let main = Query { from, select: select.collect(), sort: Vec::new(), limit: 1 };
        let data = self.run(&BlockQuery { main, previous: None, trend: None }, tables).await?;
        let count = |index: usize| {
            let count = data.columns.get(index).and_then(|column| column.values.number(0));
            count.map_or(0, |count| count as u64)
        };
        let range = match (data.columns.get(3), data.columns.get(4)) {
            (Some(low), Some(high)) => match (number(low, 0), number(high, 0)) {
                (Ok(low), Ok(high)) => low.zip(high).map(Ok),
                (Err(_), _) | (_, Err(_)) => Some(Err(format!(
                    "\"{}\" is of type {}, which is not held against numbers",
                    name.unwrap_or_default(),
                    low.values.column_type()
                ))),
            },
            _ => None,
        };
        Ok(Figures { rows: count(0), values: count(1), distinct: count(2), range })
    }
}
