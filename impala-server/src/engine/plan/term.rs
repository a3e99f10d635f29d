//! One term as an expression of Polars.

use impala_core::name;
use impala_core::source::ColumnType;
use impala_core::term::{Aggregate, Term, TimeUnit};
use polars::prelude::{DataType, Expr, LiteralValue, QuantileMethod, col, len, lit, when};

use super::bin::Scale;
use crate::engine::rows::InputColumn;

/// Whether a term fits the columns.
///
/// # Errors
/// An unknown field, with the nearest; an aggregate, time unit or bin of the wrong type.
pub(super) fn check(term: &Term, columns: &[InputColumn]) -> Result<(), String> {
    let Some(field) = term.field() else { return Ok(()) };
    let Some(column) = columns.iter().find(|column| column.name == field) else {
        let hint = name::suggestion(field, columns.iter().map(|column| column.name.as_str()));
        return Err(format!("there is no field \"{field}\"{hint}"));
    };
    let found = column.column_type;
    let wants = |what: &str| Err(format!("{term} needs {what}, but \"{field}\" is of type {found}"));
    match term {
        _ if column.is_null => Ok(()),
        Term::Field(_) => Ok(()),
        Term::TimeUnit(..) if !found.is_temporal() => wants("a date or datetime"),
        Term::TimeUnit(unit, _) if unit.is_within_a_day() && found == ColumnType::Date => {
            wants("a time of day")
        }
        Term::Bin(..) if !found.is_numeric() => wants("a number"),
        Term::Aggregate(aggregate, _) if !aggregate.takes_any_type() && !found.is_numeric() => {
            wants("a number")
        }
        _ => Ok(()),
    }
}

/// The term's value. It fits the columns; a bin has its scale.
pub(super) fn expr(term: &Term, columns: &[InputColumn], scale: Option<&Scale>) -> Expr {
    match term {
        Term::Field(field) => col(field.as_str()),
        Term::TimeUnit(unit, field) => {
            let value = col(field.as_str());
            let is_null = columns.iter().any(|column| column.name == *field && column.is_null);
            let instant = DataType::Datetime(polars::prelude::TimeUnit::Microseconds, None);
            time_unit(*unit, if is_null { value.cast(instant) } else { value })
        }
        Term::Bin(_, field) => {
            scale.map_or_else(|| col(field.as_str()), |scale| scale.expr(col(field.as_str())))
        }
        Term::Aggregate(aggregate, None) => {
            debug_assert_eq!(*aggregate, Aggregate::Count, "only count does without a field");
            len().cast(DataType::Int64)
        }
        Term::Aggregate(aggregate, Some(field)) => {
            let found = columns.iter().find(|column| column.name == *field).map(|column| column.column_type);
            let is_exact = found == Some(ColumnType::Integer) && risky_sum(term, columns).is_none();
            aggregated(*aggregate, col(field.as_str()), is_exact)
        }
    }
}

fn time_unit(unit: TimeUnit, value: Expr) -> Expr {
    let start = |every: &str| value.clone().dt().truncate(lit(every));
    let day = |every: &str| start(every).cast(DataType::Date);
    let part = |expr: Expr| expr.cast(DataType::Int64);
    let of = value.clone().dt();
    match unit {
        TimeUnit::Year => day("1y"),
        TimeUnit::YearQuarter => day("1q"),
        TimeUnit::YearMonth => day("1mo"),
        TimeUnit::YearWeek => day("1w"),
        TimeUnit::YearMonthDate => value.cast(DataType::Date),
        TimeUnit::YearMonthDateHours => start("1h"),
        TimeUnit::YearMonthDateHoursMinutes => start("1m"),
        TimeUnit::Quarter => part(of.quarter()),
        TimeUnit::Month => part(of.month()),
        TimeUnit::Week => part(of.week()),
        TimeUnit::Day => part(of.weekday()),
        TimeUnit::Date => part(of.day()),
        TimeUnit::DayOfYear => part(of.ordinal_day()),
        TimeUnit::Hours => part(of.hour()),
        TimeUnit::Minutes => part(of.minute()),
    }
}

fn aggregated(aggregate: Aggregate, value: Expr, is_exact: bool) -> Expr {
    let number = || value.clone().cast(DataType::Float64);
    let count = || value.clone().count().cast(DataType::Int64);
    match aggregate {
        Aggregate::Count => count(),
        Aggregate::Sum => sum(&value, if is_exact { DataType::Int64 } else { DataType::Float64 }),
        Aggregate::Mean => number().mean(),
        Aggregate::Median => number().median(),
        Aggregate::Min => value.min(),
        Aggregate::Max => value.max(),
        // Polars counts null as one more value.
        Aggregate::Distinct => {
            let has_null = len().cast(DataType::Int64).gt(count()).cast(DataType::Int64);
            value.clone().n_unique().cast(DataType::Int64) - has_null
        }
        Aggregate::Stdev => number().std(1),
        Aggregate::Q1 => number().quantile(lit(0.25), QuantileMethod::Linear),
        Aggregate::Q3 => number().quantile(lit(0.75), QuantileMethod::Linear),
    }
}

/// As in SQL, the sum of nothing is null.
fn sum(value: &Expr, dtype: DataType) -> Expr {
    or_null(value, value.clone().cast(dtype).sum())
}

fn or_null(value: &Expr, total: Expr) -> Expr {
    when(value.clone().count().gt(lit(0))).then(total).otherwise(lit(LiteralValue::untyped_null()))
}

/// Where a 64-bit integer is cut in two for [`exact_sum`].
pub(super) const HALF: i64 = 1 << 32;

/// For a sum of integers that may not fit into 64 bits: the sums of the upper and the lower halves, which do.
pub(super) fn exact_sum(term: &Term, columns: &[InputColumn]) -> Option<[Expr; 2]> {
    let field = risky_sum(term, columns)?;
    let value = col(field).cast(DataType::Int64);
    // Both round down, so the lower half is never negative.
    let (upper, lower) = (value.clone().floor_div(lit(HALF)), value.clone() % lit(HALF));
    Some([or_null(&value, upper.sum()), or_null(&value, lower.sum())])
}

/// The field, when its sum may not fit into 64 bits.
fn risky_sum<'a>(term: &'a Term, columns: &[InputColumn]) -> Option<&'a str> {
    let Term::Aggregate(Aggregate::Sum, Some(field)) = term else { return None };
    let column = columns.iter().find(|column| column.name == *field)?;
    (column.column_type == ColumnType::Integer && !column.is_sum_safe).then_some(field)
}
