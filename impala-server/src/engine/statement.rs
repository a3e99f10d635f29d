//! What a block asks, as `SELECT`s that anyone can run: the same rows come back, by way of SQL. It shows what a chart computes,
//! and gives an analyst a start for further questions.
//!
//! Two things differ: an instant cut to the hour or the minute comes without its zone, and sums that 64 bits may not hold
//! come as decimals.

mod words;

use impala_core::api::{BlockStatement, Gives};
use impala_core::block::From;
use impala_core::parameter::Bindings;
use impala_core::query::{BlockQuery, Previous, Query};
use impala_core::source::SourceRef;
use impala_core::term::{Aggregate, Term};

use super::plan::Scale;
use super::rows::{self, Reading, Rows};
use super::sql::{self, Filter};
use super::{QueryError, Stop, Tables, plan, run};
use words::{identifier, source};

/// The statements behind a block. `previous` holds the same names one version earlier, for a metric that compares with it.
///
/// # Errors
/// As for running the block; a wrong one has no SQL.
pub fn statements(
    query: &BlockQuery,
    tables: &Tables,
    previous: Option<&Tables>,
    bindings: &Bindings,
    stop: &Stop,
) -> Result<Vec<BlockStatement>, QueryError> {
    let (query, previous) = (query.clone(), previous.cloned());
    let asking = Asking { tables: tables.clone(), bindings: bindings.clone(), stop: stop.clone() };
    run::guarded(stop, move || asking.all(&query, previous.as_ref()))
}

struct Asking {
    tables: Tables,
    bindings: Bindings,
    stop: Stop,
}

impl Asking {
    fn all(&self, query: &BlockQuery, previous: Option<&Tables>) -> Result<Vec<BlockStatement>, QueryError> {
        let from = &query.main.from;
        let reading = Reading::Files(self.stop.clone());
        let rows = rows::of_block(from, &self.tables, Some(&self.bindings), &reading)?;
        let (with, behind_from) = self.from(from)?;
        let writing = Writing { from: behind_from, condition: self.condition(from, &rows)?, rows: &rows };
        let statement = |gives, sql| BlockStatement { gives, sql: format!("{with}{sql}") };
        let mut all = match &query.previous {
            Some(Previous::Period(period)) => {
                vec![statement(Gives::Periods, writing.latest(period, &self.stop)?)]
            }
            _ => vec![statement(Gives::Rows, writing.select(&query.main, false, &self.stop)?)],
        };
        if let (Some(Previous::Version), Some(earlier)) = (&query.previous, earlier(from, previous)) {
            let writing = Writing { from: source(earlier), ..writing.clone() };
            all.push(statement(Gives::Previous, writing.select(&query.main, false, &self.stop)?));
        }
        if let Some(trend) = &query.trend {
            all.push(statement(Gives::Trend, writing.latest(trend, &self.stop)?));
        }
        Ok(all)
    }

    /// What stands before the statement, and what behind its `FROM`.
    fn from(&self, from: &From) -> Result<(String, String), QueryError> {
        let sql = match (&from.source, &from.sql) {
            (None, Some(sql)) => sql,
            (name, _) => return Ok((String::new(), name.as_ref().map(source).unwrap_or_default())),
        };
        let files: Vec<_> = self.tables.values().collect();
        let inner = sql::inner(sql, &self.bindings, &rows::types(&files))?;
        let select = inner.select.replace('\n', "\n  ");
        Ok(match inner.with {
            Some(tables) => {
                (format!("WITH {tables},\nblock_rows AS (\n  {select}\n)\n"), "block_rows".to_owned())
            }
            None => (String::new(), format!("(\n  {select}\n) AS block_rows")),
        })
    }

    /// What stands behind `WHERE`: as it was written where it names no parameter.
    fn condition(&self, from: &From, rows: &Rows) -> Result<Option<String>, QueryError> {
        let Some(text) = &from.filter else { return Ok(None) };
        let filter = Filter::read(text)?;
        if filter.parameters().is_empty() {
            return Ok(Some(text.trim().to_owned()));
        }
        let types = rows.columns.iter().map(|column| (column.name.clone(), column.column_type)).collect();
        Ok(filter.text(&self.bindings, &types)?)
    }
}

/// The version before that of a block's source. What a `SELECT` names is not searched for.
fn earlier<'a>(from: &From, previous: Option<&'a Tables>) -> Option<&'a SourceRef> {
    Some(&previous?.get(from.source.as_ref()?)?.reference)
}

/// What the statements over the same rows share.
#[derive(Clone)]
struct Writing<'a> {
    from: String,
    condition: Option<String>,
    rows: &'a Rows,
}

impl Writing<'_> {
    fn select(&self, query: &Query, is_latest: bool, stop: &Stop) -> Result<String, QueryError> {
        let scales = plan::scales(&query.select, self.rows, stop)?;
        let is_key = |index: &usize| !query.select[*index].is_aggregate();
        let keys: Vec<usize> = (0..query.select.len()).filter(is_key).collect();
        let terms = query.select.iter().zip(&scales);
        let column =
            |(term, scale): (&Term, &Option<Scale>)| self.column(term, scale.as_ref(), !keys.is_empty());
        let columns: Vec<String> = terms.map(column).collect();
        let columns = if columns.is_empty() { "*".to_owned() } else { columns.join(",\n  ") };
        let mut lines = vec![format!("SELECT {columns}"), format!("FROM {}", self.from)];
        lines.extend(self.conditions(query, is_latest));
        if query.is_grouped() && !keys.is_empty() {
            let numbers: Vec<String> = keys.iter().map(|index| (index + 1).to_string()).collect();
            lines.push(format!("GROUP BY {}", numbers.join(", ")));
        }
        lines.extend(order(query));
        if !query.is_grouped() || !keys.is_empty() {
            lines.push(format!("LIMIT {}", query.limit));
        }
        Ok(lines.join("\n"))
    }

    /// The latest rows, least first.
    fn latest(&self, query: &Query, stop: &Stop) -> Result<String, QueryError> {
        let Some(axis) = query.select.first() else { return self.select(query, true, stop) };
        let axis = identifier(&axis.to_string());
        let inner = Query {
            sort: vec![impala_core::block::SortKey {
                column: query.select[0].to_string(),
                is_descending: true,
            }],
            ..query.clone()
        };
        let inner = self.select(&inner, true, stop)?.replace('\n', "\n  ");
        Ok(format!("SELECT *\nFROM (\n  {inner}\n) AS latest\nORDER BY {axis}"))
    }

    fn conditions(&self, query: &Query, is_latest: bool) -> Option<String> {
        let axis = query.select.first().filter(|_| is_latest).and_then(Term::field);
        let is_there = axis.map(|field| format!("{} IS NOT NULL", identifier(field)));
        match (&self.condition, is_there) {
            (Some(condition), Some(is_there)) => Some(format!("WHERE ({condition}) AND {is_there}")),
            (condition, is_there) => condition.clone().or(is_there).map(|text| format!("WHERE {text}")),
        }
    }

    fn column(&self, term: &Term, scale: Option<&Scale>, has_keys: bool) -> String {
        let sql = match (term, scale) {
            (Term::Field(field), _) => return identifier(field),
            (Term::TimeUnit(unit, field), _) => words::time_unit(*unit, &identifier(field)),
            (Term::Bin(_, field), Some(scale)) => words::bin(&scale.edges(), &identifier(field)),
            (Term::Bin(_, field), None) => identifier(field),
            (Term::Aggregate(aggregate, field), _) => self.aggregate(*aggregate, field.as_deref(), has_keys),
        };
        format!("{sql} AS {}", identifier(&term.to_string()))
    }

    fn aggregate(&self, aggregate: Aggregate, field: Option<&str>, has_keys: bool) -> String {
        let Some(field) = field else { return "COUNT(*)".to_owned() };
        let value = identifier(field);
        let sql = words::aggregate(aggregate, &value);
        // The sum of nothing is null in a block, and 0 in the engine's SQL. A group has rows, all rows together may be none.
        let is_known =
            has_keys && self.rows.columns.iter().any(|column| column.name == field && column.is_never_null);
        match aggregate {
            Aggregate::Sum if !is_known => format!("CASE WHEN COUNT({value}) > 0 THEN {sql} END"),
            _ => sql,
        }
    }
}

/// What is asked for first, then the groups.
fn order(query: &Query) -> Option<String> {
    let mut keys: Vec<(String, bool)> = Vec::new();
    let asked = query.sort.iter().map(|key| (key.column.clone(), key.is_descending));
    let groups = query.select.iter().filter(|term| query.is_grouped() && !term.is_aggregate());
    for (name, is_descending) in asked.chain(groups.map(|term| (term.to_string(), false))) {
        if !keys.iter().any(|(known, _)| *known == name) {
            keys.push((name, is_descending));
        }
    }
    let key = |(name, is_descending): &(String, bool)| {
        format!("{}{} NULLS LAST", identifier(name), if *is_descending { " DESC" } else { "" })
    };
    let keys: Vec<String> = keys.iter().map(key).collect();
    (!keys.is_empty()).then(|| format!("ORDER BY {}", keys.join(", ")))
}

#[cfg(test)]
mod tests;
