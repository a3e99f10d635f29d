//! Answers to a block or a `SELECT`, and what would go wrong.

use impala_core::block::From;
use impala_core::data::{self, Column, Values};
use impala_core::parameter::Bindings;
use impala_core::query::{BlockQuery, Previous, Query};
use impala_core::{FieldError, Invalid, name};

use super::plan::{self, Keep, Table};
use super::rows::{self, Reading, Rows};
use super::{Answer, QueryError, SourceRefs, Stop, Tables, run};

/// How much an answer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// Rows at most.
    pub rows: u64,
}

/// The sources that a `SELECT` names.
///
/// # Errors
/// `Invalid` at `/sql` for what is not one `SELECT` over sources; `TimedOut` and `Cancelled` as `stop` says.
pub fn sources_of_sql(sql: &str, stop: &Stop) -> Result<SourceRefs, QueryError> {
    let sql = sql.to_owned();
    run::guarded(stop, move || Ok(rows::sources(&sql)?)).map_err(|error| run::blame(error, "/sql"))
}

/// Answers a block. `previous` holds the same names one version earlier, for a metric that compares with it.
///
/// # Errors
/// `Invalid` with pointers into the block; `TimedOut` and `Cancelled` as `stop` says; `Failed`.
pub fn run_block(
    query: &BlockQuery,
    tables: &Tables,
    previous: Option<&Tables>,
    bindings: &Bindings,
    limits: QueryLimits,
    stop: &Stop,
) -> Result<Answer, QueryError> {
    let (query, previous) = (query.clone(), previous.cloned());
    let asking = Asking { tables: tables.clone(), bindings: bindings.clone(), limits, stop: stop.clone() };
    let pointer = text_pointer(&query);
    run::guarded(stop, move || asking.block(&query, previous)).map_err(|error| match pointer {
        Some(pointer) => run::blame(error, pointer),
        None => error,
    })
}

/// Answers a `SELECT`.
///
/// # Errors
/// `Invalid` at `/sql`; `TimedOut` and `Cancelled` as `stop` says; `Failed`.
pub fn run_sql(
    sql: &str,
    tables: &Tables,
    bindings: &Bindings,
    limits: QueryLimits,
    stop: &Stop,
) -> Result<Answer, QueryError> {
    let from = From { sql: Some(sql.to_owned()), ..From::default() };
    let main = Query { from, select: Vec::new(), sort: Vec::new(), limit: limits.rows };
    let query = BlockQuery { main, previous: None, trend: None };
    run_block(&query, tables, None, bindings, limits, stop)
}

/// What would go wrong with a block, found without reading a row: unknown fields with the nearest name, aggregates, time
/// units and bins of the wrong type, SQL and filters that cannot run. `pointer` is the block's place in the document, and
/// `expected` are columns that its rules name, with their places in it.
///
/// A block without SQL and filter costs next to nothing; the others are checked until `stop` says so.
pub fn warnings(
    query: &BlockQuery,
    tables: &Tables,
    expected: &[(String, String)],
    pointer: &str,
    stop: &Stop,
) -> Vec<FieldError> {
    let found = if let Some(text) = text_pointer(query) {
        let (query, tables, within) = (query.clone(), tables.clone(), stop.clone());
        let expected = expected.to_vec();
        run::guarded(stop, move || Ok(problems(&query, &tables, &expected, &within)))
            .map_err(|error| run::blame(error, text))
    } else {
        Ok(problems(query, tables, expected, stop))
    };
    let mut errors = match found {
        Ok(errors) => errors,
        Err(error) => errors_of(error),
    };
    for error in &mut errors {
        error.pointer.insert_str(0, pointer);
    }
    errors
}

/// The pointer of the SQL that the author of the block wrote.
fn text_pointer(query: &BlockQuery) -> Option<&'static str> {
    match (&query.main.from.sql, &query.main.from.filter) {
        (Some(_), _) => Some("/sql"),
        (None, Some(_)) => Some("/filter"),
        (None, None) => None,
    }
}

fn problems(
    query: &BlockQuery,
    tables: &Tables,
    expected: &[(String, String)],
    stop: &Stop,
) -> Vec<FieldError> {
    let from = &query.main.from;
    let (rows, mut errors) = match rows::of_block(from, tables, None, &Reading::Nothing) {
        Ok(rows) => (rows, Vec::new()),
        Err(error) => {
            // A filter changes no columns: what is asked of them is looked at without it.
            let unfiltered = From { filter: None, ..from.clone() };
            let rows = rows::of_block(&unfiltered, tables, None, &Reading::Nothing);
            match rows.ok().filter(|_| from.filter.is_some()) {
                Some(rows) => (rows, errors_of(error)),
                None => return errors_of(error),
            }
        }
    };
    let could_filter = errors.is_empty();
    let period = match &query.previous {
        Some(Previous::Period(period)) => Some(period),
        _ => None,
    };
    for part in [Some(&query.main), period, query.trend.as_ref()].into_iter().flatten() {
        for error in plan::check(part, &rows.columns) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
    }
    if could_filter && text_pointer(query).is_some() {
        // Types within a filter or SQL come to light when it runs, and over no rows that costs nothing. Where what is shown
        // is at fault, the rows alone are asked for.
        let is_sound = errors.is_empty();
        let all = Query { select: Vec::new(), sort: Vec::new(), ..query.main.clone() };
        let asked = if is_sound { &query.main } else { &all };
        let found = plan::run(asked, &rows, 1, Keep::First, stop).err().map_or(Vec::new(), errors_of);
        errors.extend(found.into_iter().map(|error| match (is_sound, text_pointer(query)) {
            (false, Some(text)) if error.pointer.is_empty() => {
                FieldError { pointer: text.to_owned(), ..error }
            }
            _ => error,
        }));
    }
    errors.extend(expected.iter().filter_map(|(place, column)| unknown(column, place, query, &rows)));
    errors
}

/// A rule is held against the columns that the block shows, or those of the rows that it looks at.
fn unknown(column: &str, place: &str, query: &BlockQuery, rows: &Rows) -> Option<FieldError> {
    let shown: Vec<String> = match query.main.is_grouped() {
        true => query.main.select.iter().map(ToString::to_string).collect(),
        false => Vec::new(),
    };
    let read = rows.columns.iter().map(|column| column.name.as_str());
    let known: Vec<&str> = shown.iter().map(String::as_str).chain(read).collect();
    if known.contains(&column) {
        return None;
    }
    let hint = name::suggestion(column, known);
    Some(FieldError::at(place, format!("there is no column \"{column}\"{hint}")))
}

fn errors_of(error: QueryError) -> Vec<FieldError> {
    match error {
        QueryError::Invalid(Invalid { errors }) => errors,
        other => vec![FieldError::at("", other.to_string())],
    }
}

/// What a query is asked of.
struct Asking {
    tables: Tables,
    bindings: Bindings,
    limits: QueryLimits,
    stop: Stop,
}

impl Asking {
    fn rows(&self, query: &Query, tables: &Tables) -> Result<Rows, QueryError> {
        rows::of_block(&query.from, tables, Some(&self.bindings), &Reading::Files(self.stop.clone()))
    }

    fn run(&self, query: &Query, rows: &Rows, keep: Keep) -> Result<Table, QueryError> {
        plan::run(query, rows, self.limits.rows, keep, &self.stop)
    }

    fn block(&self, query: &BlockQuery, previous: Option<Tables>) -> Result<Answer, QueryError> {
        let rows = self.rows(&query.main, &self.tables)?;
        let mut scanned = rows.scanned;
        let main = match &query.previous {
            None => self.run(&query.main, &rows, Keep::First)?,
            Some(Previous::Period(period)) => self.periods(period, &rows)?,
            Some(Previous::Version) => {
                let mut main = self.run(&query.main, &rows, Keep::First)?;
                let earlier = self.earlier(&query.main, previous, &mut scanned)?;
                main.columns.extend(compared(earlier, main.columns.first()));
                main
            }
        };
        let trend = match &query.trend {
            None => Vec::new(),
            Some(trend) => self.run(trend, &rows, Keep::Latest)?.columns,
        };
        Ok(Answer { columns: main.columns, trend, rows_total: main.rows_total, rows_scanned: scanned })
    }

    /// The value over the version before. `None` when there is no such version, or when it lacks the columns.
    fn earlier(
        &self,
        query: &Query,
        previous: Option<Tables>,
        scanned: &mut u64,
    ) -> Result<Option<Column>, QueryError> {
        let Some(tables) = previous else { return Ok(None) };
        let answer = self.rows(query, &tables).and_then(|rows| {
            *scanned += rows.scanned;
            self.run(query, &rows, Keep::First)
        });
        match answer {
            Ok(table) => Ok(table.columns.into_iter().next()),
            Err(QueryError::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The value of the latest period and of the one before, and when they begin.
    fn periods(&self, period: &Query, rows: &Rows) -> Result<Table, QueryError> {
        let table = self.run(period, rows, Keep::Latest)?;
        let [axis, value] = <[Column; 2]>::try_from(table.columns)
            .map_err(|_| QueryError::Failed("a period has no value".into()))?;
        // The latest comes last.
        let len = value.values.len();
        let (latest, before) = (len.checked_sub(1), len.checked_sub(2));
        let named = |column: &Column, row, name: &str| Column { name: name.to_owned(), ..part(column, row) };
        let columns = vec![
            part(&value, latest),
            named(&value, before, data::PREVIOUS),
            named(&axis, latest, data::PERIOD),
            named(&axis, before, data::PREVIOUS_PERIOD),
        ];
        Ok(Table { columns, rows_total: 1 })
    }
}

/// A column of the one value at `row`; null when there is no such row.
fn part(column: &Column, row: Option<usize>) -> Column {
    fn one<T: Clone>(values: &[Option<T>], row: Option<usize>) -> Vec<Option<T>> {
        vec![row.and_then(|row| values.get(row).cloned().flatten())]
    }
    let values = match &column.values {
        Values::Boolean(values) => Values::Boolean(one(values, row)),
        Values::Integer(values) => Values::Integer(one(values, row)),
        Values::Decimal(values) => Values::Decimal(one(values, row)),
        Values::Date(values) => Values::Date(one(values, row)),
        Values::Datetime(values) => Values::Datetime(one(values, row)),
        Values::Timestamp(values) => Values::Timestamp(one(values, row)),
        Values::String(values) => Values::String(one(values, row)),
    };
    Column { values, ..column.clone() }
}

/// The column `previous` beside `value`.
fn compared(earlier: Option<Column>, value: Option<&Column>) -> Option<Column> {
    let column = match earlier {
        Some(column) => part(&column, Some(0)),
        None => part(value?, None),
    };
    Some(Column { name: data::PREVIOUS.to_owned(), ..column })
}

#[cfg(test)]
mod tests;
