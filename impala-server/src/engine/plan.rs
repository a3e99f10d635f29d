//! A query over rows: its terms become columns, grouped when one of them is an aggregate, sorted and cut.

mod bin;
mod term;

use impala_core::data::{Column, Values};
use impala_core::query::Query;
use impala_core::term::Term;
use impala_core::{FieldError, Invalid, name};
use polars::prelude::{DataFrame, Expr, LazyFrame, SortMultipleOptions, col, len};

use super::collect::{self, internal};
use super::rows::{InputColumn, Rows};
use super::{QueryError, Stop, run};
pub(super) use bin::{Scale, scales};

/// Which end of the rows is kept when there are more than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// The first, in the order that the query asks for.
    First,
    /// Those with the greatest first column, least first. Rows without a value there are left out.
    Latest,
}

/// The result of a query.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows_total: u64,
}

/// What is wrong with the terms of a query over rows of these columns. Pointers are empty.
pub(super) fn check(query: &Query, columns: &[InputColumn]) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = Vec::new();
    for term in &query.select {
        errors.extend(term::check(term, columns).err().map(|detail| FieldError::at("", detail)));
    }
    let names: Vec<String> = terms(query, columns).iter().map(ToString::to_string).collect();
    for key in query.sort.iter().filter(|key| !names.contains(&key.column)) {
        let hint = name::suggestion(&key.column, names.iter().map(String::as_str));
        errors
            .push(FieldError::at("", format!("cannot sort by \"{}\", which is not shown{hint}", key.column)));
    }
    errors
}

fn terms(query: &Query, columns: &[InputColumn]) -> Vec<Term> {
    if query.select.is_empty() {
        return columns.iter().map(|column| Term::Field(column.name.clone())).collect();
    }
    query.select.clone()
}

/// Runs a query over rows.
///
/// # Errors
/// `Invalid` for terms that do not fit the columns; else those of running.
pub(super) fn run(
    query: &Query,
    rows: &Rows,
    limit: u64,
    keep: Keep,
    stop: &Stop,
) -> Result<Table, QueryError> {
    Invalid::unless_empty(check(query, &rows.columns))?;
    let plan = Plan::new(query, rows, stop)?;
    let limit = query.limit.min(limit);
    let wanted =
        plan.sorted(query, keep).limit(u32::try_from(limit).unwrap_or(u32::MAX - 1).saturating_add(1));
    let mut frame = run::collect(wanted, &rows.names(), stop)?;
    let height = frame.height() as u64;
    let mut rows_total = height;
    if height > limit {
        rows_total = plan.count(rows, keep, stop)?.max(height);
        frame = frame.head(Some(usize::try_from(limit).unwrap_or(usize::MAX)));
    }
    frame = collect::cut(&frame);
    if keep == Keep::Latest {
        frame = frame.reverse();
    }
    Ok(Table { columns: plan.columns(&frame)?, rows_total })
}

struct Plan {
    terms: Vec<Term>,
    scales: Vec<Option<Scale>>,
    /// Columns `c0`, `c1`, ... for the terms. A sum that may not fit into 64 bits is a number there; its exact halves are in
    /// `upper_c0` and `lower_c0`.
    frame: LazyFrame,
    keys: Vec<usize>,
    is_grouped: bool,
    names: Vec<String>,
}

fn half_names(index: usize) -> [String; 2] {
    [format!("upper_c{index}"), format!("lower_c{index}")]
}

impl Plan {
    fn new(query: &Query, rows: &Rows, stop: &Stop) -> Result<Self, QueryError> {
        let terms = terms(query, &rows.columns);
        let scales = scales(&terms, rows, stop)?;
        let (mut keys, mut key_exprs, mut exprs) = (Vec::new(), Vec::new(), Vec::new());
        for (index, term) in terms.iter().enumerate() {
            let expr = term::expr(term, &rows.columns, scales[index].as_ref()).alias(internal(index));
            if term.is_aggregate() {
                exprs.push(expr);
                let [upper, lower] = half_names(index);
                if let Some([upper_sum, lower_sum]) = term::exact_sum(term, &rows.columns) {
                    exprs.extend([upper_sum.alias(upper), lower_sum.alias(lower)]);
                }
            } else {
                keys.push(index);
                key_exprs.push(expr);
            }
        }
        let frame = rows.frame.clone();
        let is_grouped = query.is_grouped();
        let frame = match (is_grouped, key_exprs.is_empty()) {
            (false, _) => frame.select(key_exprs),
            (true, true) => frame.select(exprs),
            (true, false) => frame.group_by(key_exprs).agg(exprs),
        };
        Ok(Self { terms, scales, frame, keys, is_grouped, names: rows.names() })
    }

    fn kept(&self, keep: Keep) -> LazyFrame {
        match keep {
            Keep::First => self.frame.clone(),
            Keep::Latest => self.frame.clone().filter(col(internal(0)).is_not_null()),
        }
    }

    fn sorted(&self, query: &Query, keep: Keep) -> LazyFrame {
        let mut by: Vec<(usize, bool)> = Vec::new();
        if keep == Keep::Latest {
            by.push((0, true));
        }
        for key in &query.sort {
            let index = self.terms.iter().position(|term| term.to_string() == key.column);
            by.extend(index.map(|index| (index, key.is_descending)));
        }
        if self.is_grouped {
            by.extend(self.keys.iter().map(|index| (*index, false)));
        }
        let mut seen = Vec::new();
        by.retain(|(index, _)| {
            !seen.contains(index) && {
                seen.push(*index);
                true
            }
        });
        let frame = self.kept(keep);
        if by.is_empty() {
            return frame;
        }
        let descending: Vec<bool> = by.iter().map(|(_, is_descending)| *is_descending).collect();
        let options = SortMultipleOptions::default()
            .with_order_descending_multi(descending)
            .with_nulls_last(true)
            .with_maintain_order(!self.is_grouped);
        frame.sort_by_exprs(by.iter().map(|(index, _)| col(internal(*index))).collect::<Vec<Expr>>(), options)
    }

    /// Rows without the limit.
    fn count(&self, rows: &Rows, keep: Keep, stop: &Stop) -> Result<u64, QueryError> {
        let frame = match (self.is_grouped, keep, rows.total) {
            (false, Keep::First, Some(total)) => return Ok(total),
            (false, Keep::First, None) => rows.frame.clone(),
            _ => self.kept(keep),
        };
        let counted = run::collect(frame.select([len().alias("n")]), &self.names, stop)?;
        Ok(collect::count(&counted, "n"))
    }

    fn columns(&self, frame: &DataFrame) -> Result<Vec<Column>, QueryError> {
        let column = |(index, term): (usize, &Term)| {
            let column =
                frame.column(&internal(index)).map_err(|error| QueryError::Failed(Box::new(error)))?;
            let mut values = collect::values(column)?;
            let [upper, lower] = half_names(index);
            if let (Ok(upper), Ok(lower)) = (frame.column(&upper), frame.column(&lower)) {
                values = exact(&collect::values(upper)?, &collect::values(lower)?).unwrap_or(values);
            }
            let bin_step = self.scales[index].as_ref().map(Scale::step);
            Ok(Column { bin_step, ..Column::new(term.to_string(), values) })
        };
        self.terms.iter().enumerate().map(column).collect()
    }
}

/// Sums put together from their halves; `None` when one does not fit.
fn exact(upper: &Values, lower: &Values) -> Option<Values> {
    let (Values::Integer(upper), Values::Integer(lower)) = (upper, lower) else { return None };
    let mut sums = Vec::with_capacity(upper.len());
    for halves in upper.iter().zip(lower) {
        sums.push(match halves {
            (Some(upper), Some(lower)) => {
                let sum = i128::from(*upper) * i128::from(term::HALF) + i128::from(*lower);
                Some(i64::try_from(sum).ok()?)
            }
            _ => None,
        });
    }
    Some(Values::Integer(sums))
}

#[cfg(test)]
mod tests;
