//! The rows that a query looks at: those of a source or a `SELECT` for which its filter is true.

use impala_core::block::From;
use impala_core::parameter::{Bindings, Bound};
use impala_core::source::{ColumnType, SourceColumn, SourceRef};
use impala_core::{FieldError, Invalid, name};
use polars::prelude::{LazyFrame, PolarsError, Schema};
use polars::sql::SQLContext;

use super::sql::{Filter, Select, Types, internal_name};
use super::{QueryError, SourceRefs, Stop, TableFile, Tables, collect, failure, run};

/// Where the rows are read from.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// The files, for as long as it may.
    Files(Stop),
    /// Nothing: there are columns but no rows. That is enough to find out what is wrong with a query.
    Nothing,
}

/// Rows, not read yet.
#[derive(Clone)]
pub(super) struct Rows {
    /// Their plan.
    pub(super) frame: LazyFrame,
    /// Their columns.
    pub(super) columns: Vec<InputColumn>,
    /// How many there are, where that is known without counting.
    pub(super) total: Option<u64>,
    /// Rows of the files behind them.
    pub(super) scanned: u64,
}

/// A column that terms may name.
#[derive(Clone, Debug)]
pub(super) struct InputColumn {
    pub(super) name: String,
    pub(super) column_type: ColumnType,
    /// Whether it surely has a value in every group of rows.
    pub(super) is_never_null: bool,
    /// Whether the sum of all its values surely fits into 64 bits.
    pub(super) is_sum_safe: bool,
    /// Whether it surely holds nothing but null, which is of every type: a file says nothing of what was meant.
    pub(super) is_null: bool,
}

impl Rows {
    /// The names of their columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }
}

/// The sources that a `SELECT` names.
///
/// # Errors
/// SQL that is not let through, at `/sql`.
pub(super) fn sources(sql: &str) -> Result<SourceRefs, Invalid> {
    Ok(Select::read(sql).map_err(|error| under("/sql", error))?.sources)
}

/// Puts a pointer before those of the errors.
pub(super) fn under(pointer: &str, mut invalid: Invalid) -> Invalid {
    for error in &mut invalid.errors {
        error.pointer.insert_str(0, pointer);
    }
    invalid
}

fn query_under(pointer: &str, error: QueryError) -> QueryError {
    match error {
        QueryError::Invalid(invalid) => under(pointer, invalid).into(),
        other => other,
    }
}

/// Plans the rows of a block. `bindings` is `None` when only the query is to be checked: no parameter is set then.
///
/// # Errors
/// `Invalid` for a source that is not there, for SQL and filters that are not let through or name unknown columns;
/// `Failed` when a file cannot be opened.
pub(super) fn of_block(
    from: &From,
    tables: &Tables,
    bindings: Option<&Bindings>,
    reading: &Reading,
) -> Result<Rows, QueryError> {
    let rows = match (&from.source, &from.sql) {
        (Some(source), _) => {
            of_source(table(source, tables).map_err(|error| under("/source", error.into()))?, reading)?
        }
        (None, Some(sql)) => {
            of_sql(sql, tables, bindings, reading).map_err(|error| query_under("/sql", error))?
        }
        (None, None) => {
            return Err(Invalid::at("/source", "says nothing about where the rows come from").into());
        }
    };
    match &from.filter {
        None => Ok(rows),
        Some(filter) => filtered(rows, filter, bindings).map_err(|error| query_under("/filter", error)),
    }
}

fn table<'a>(source: &SourceRef, tables: &'a Tables) -> Result<&'a TableFile, FieldError> {
    tables.get(source).ok_or_else(|| {
        let known: Vec<String> = tables.keys().map(ToString::to_string).collect();
        let hint = name::suggestion(&source.to_string(), known.iter().map(String::as_str));
        FieldError::at("", format!("there is no source \"{source}\"{hint}"))
    })
}

fn frame(file: &TableFile, reading: &Reading) -> Result<LazyFrame, QueryError> {
    match reading {
        Reading::Files(stop) => run::scan(file, stop),
        Reading::Nothing => Ok(run::empty(file)),
    }
}

fn of_source(file: &TableFile, reading: &Reading) -> Result<Rows, QueryError> {
    let columns = file.columns.iter().map(|column| InputColumn {
        name: column.name.clone(),
        column_type: column.column_type,
        is_never_null: column.nulls == 0 && file.rows > 0,
        is_sum_safe: is_sum_safe(column, file.rows),
        is_null: column.nulls == file.rows,
    });
    Ok(Rows {
        frame: frame(file, reading)?,
        columns: columns.collect(),
        total: Some(file.rows),
        scanned: file.rows,
    })
}

/// Whether the sum of `rows` values of an integer column surely fits into 64 bits.
pub(super) fn is_sum_safe(column: &SourceColumn, rows: u64) -> bool {
    let size = |text: &Option<String>| match text {
        None => Some(0),
        Some(text) => text.parse::<i64>().ok().map(i64::unsigned_abs),
    };
    match (size(&column.min), size(&column.max)) {
        (Some(min), Some(max)) => min.max(max).checked_mul(rows).is_some_and(|sum| sum < i64::MAX as u64),
        _ => false,
    }
}

/// Plans the rows of a `SELECT`.
///
/// # Errors
/// As [`of_block`], with an empty pointer.
pub(super) fn of_sql(
    sql: &str,
    tables: &Tables,
    bindings: Option<&Bindings>,
    reading: &Reading,
) -> Result<Rows, QueryError> {
    let select = Select::read(sql)?;
    let mut context = SQLContext::new();
    let (mut scanned, mut files) = (0, Vec::new());
    for source in &select.sources {
        let file = table(source, tables).map_err(Invalid::from)?;
        context.register(&internal_name(source), frame(file, reading)?);
        scanned += file.rows;
        files.push(file);
    }
    let names: Vec<String> =
        files.iter().flat_map(|file| &file.columns).map(|column| column.name.clone()).collect();
    let unset = bindings.is_none().then(|| unset(select.parameters()));
    let bindings = bindings.or(unset.as_ref());
    let text = select.text(tables, bindings.unwrap_or(&Bindings::new()), &types(&files))?;
    let mut frame = context.execute(&text).map_err(|error| failure::from_polars(error, &names))?;
    let schema = frame.collect_schema().map_err(|error| failure::from_polars(error, &names))?;
    let (from, to) = renamed(&schema, select.titles());
    let mut frame = frame.rename(from, to, true);
    let schema = frame.collect_schema().map_err(|error| failure::from_polars(error, &names))?;
    Ok(Rows { frame, columns: columns_of(&schema)?, total: None, scanned })
}

/// What Polars calls columns without a name, and what they are called here. A title that another column has is not given.
fn renamed(schema: &Schema, titles: Vec<Option<String>>) -> (Vec<String>, Vec<String>) {
    if titles.len() != schema.len() {
        return Default::default();
    }
    let pairs = schema.iter_names().map(ToString::to_string).zip(titles);
    let titled = pairs.filter_map(|(name, title)| Some((name, title?)));
    titled.filter(|(name, title)| name != title && !schema.contains(title)).unzip()
}

fn unset(parameters: Vec<String>) -> Bindings {
    parameters.into_iter().map(|parameter| (parameter, Bound::Unset)).collect()
}

/// The types of the files' columns, but for names that have several.
pub(super) fn types(files: &[&TableFile]) -> Types {
    let mut types = Types::new();
    let mut differing = Vec::new();
    for column in files.iter().flat_map(|file| &file.columns) {
        if types
            .insert(column.name.clone(), column.column_type)
            .is_some_and(|other| other != column.column_type)
        {
            differing.push(column.name.as_str());
        }
    }
    types.retain(|name, _| !differing.contains(&name.as_str()));
    types
}

fn columns_of(schema: &Schema) -> Result<Vec<InputColumn>, QueryError> {
    let column = |(name, dtype): (&polars::prelude::PlSmallStr, &polars::prelude::DataType)| {
        let detail =
            || format!("the column \"{name}\" holds lists or nested values, which no output can show");
        let column_type = collect::column_type(dtype).ok_or_else(|| Invalid::at("", detail()))?;
        let name = name.to_string();
        Ok(InputColumn { name, column_type, is_never_null: false, is_sum_safe: false, is_null: false })
    };
    schema.iter().map(column).collect()
}

fn filtered(rows: Rows, filter: &str, bindings: Option<&Bindings>) -> Result<Rows, QueryError> {
    let names = rows.names();
    let filter = Filter::read(filter)?;
    Invalid::unless_empty(filter.unknown_fields(&names.iter().map(String::as_str).collect::<Vec<_>>()))?;
    let types = rows.columns.iter().map(|column| (column.name.clone(), column.column_type)).collect();
    let unset = bindings.is_none().then(|| unset(filter.parameters()));
    let bindings = bindings.or(unset.as_ref());
    let Some(condition) = filter.text(bindings.unwrap_or(&Bindings::new()), &types)? else {
        return Ok(rows);
    };
    let mut context = SQLContext::new();
    context.register("rows", rows.frame);
    let fail = |error: PolarsError| failure::from_polars(error, &names);
    let frame = context.execute(&format!("SELECT * FROM rows WHERE {condition}")).map_err(fail)?;
    Ok(Rows { frame, total: None, ..rows })
}
