//! Small Parquet files for the engine's tests.

use std::fs::File;

use impala_core::block::Block;
use impala_core::data::Column;
use impala_core::document;
use impala_core::parameter::{Bindings, Bound};
use impala_core::query::BlockQuery;
use impala_core::source::{ColumnType, SourceColumn, SourceRef};
use polars::prelude::{
    DataFrame, DataType, IntoLazy, NamedFrom, ParquetWriter, Series, StrptimeOptions, TimeUnit, TimeZone,
    col, lit,
};
use tempfile::TempDir;

use super::{Answer, QueryError, QueryLimits, Stop, TableFile, Tables, collect, run_block, run_sql};

pub(super) const LIMITS: QueryLimits = QueryLimits { rows: 10_000 };

/// Tables in a temporary folder.
pub(super) struct Fixture {
    dir: TempDir,
    pub(super) tables: Tables,
    pub(super) bindings: Bindings,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self { dir, tables: Tables::new(), bindings: Bindings::new() }
    }

    /// With the sources `weather` and `cities`.
    pub(super) fn weather() -> Self {
        let cities = DataFrame::new_infer_height(vec![
            Series::new("city".into(), ["Oslo", "Rome"]).into(),
            Series::new("kind".into(), ["snow", "sun"]).into(),
        ]);
        Self::new().with("weather", weather()).with("cities", cities.expect("equal lengths"))
    }

    pub(super) fn with(mut self, name: &str, frame: DataFrame) -> Self {
        let file = self.file(name, frame);
        self.tables.insert(file.reference.clone(), file);
        self
    }

    pub(super) fn bind(mut self, name: &str, value: Bound) -> Self {
        self.bindings.insert(name.to_owned(), value);
        self
    }

    pub(super) fn file(&self, name: &str, mut frame: DataFrame) -> TableFile {
        let path = self.dir.path().join(format!("{name}.parquet"));
        let writer = ParquetWriter::new(File::create(&path).expect("a writable folder"));
        writer.with_row_group_size(Some(1000)).finish(&mut frame).expect("a writable folder");
        let reference: SourceRef = name.parse().expect(name);
        let columns = frame.columns().iter().map(|column| {
            let column_type = collect::column_type(column.dtype()).expect("a type that sources have");
            source_column(column.name(), column_type, column.null_count() as u64)
        });
        TableFile { reference, path, columns: columns.collect(), rows: frame.height() as u64, preview: None }
    }

    pub(super) fn sql(&self, sql: &str) -> Result<Answer, QueryError> {
        run_sql(sql, &self.tables, &self.bindings, LIMITS, &Stop::never())
    }

    pub(super) fn block(&self, yaml: &str) -> Result<Answer, QueryError> {
        run_block(&query(yaml), &self.tables, None, &self.bindings, LIMITS, &Stop::never())
    }
}

/// Nothing is known of the values but which are missing, as for a column whose bounds are not integers.
fn source_column(name: &str, column_type: ColumnType, nulls: u64) -> SourceColumn {
    let unknown = Some("?".to_owned());
    let (min, max) = (unknown.clone(), unknown);
    SourceColumn { name: name.to_owned(), column_type, reason: String::new(), nulls, min, max }
}

/// What a block asks; `type: table, id: a` may be left out.
pub(super) fn query(yaml: &str) -> BlockQuery {
    let yaml = match yaml.contains("type:") {
        true => format!("{{id: a, {yaml}}}"),
        false => format!("{{id: a, type: table, {yaml}}}"),
    };
    let block: Block = document::read_block(&document::from_yaml(&yaml).expect(&yaml)).expect(&yaml);
    BlockQuery::of(&block).expect("not a text block")
}

/// Columns as lines: the name, a colon, the values; null is `-`.
pub(super) fn lines(columns: &[Column]) -> Vec<String> {
    let line = |column: &Column| {
        let value = |row| column.values.text(row).unwrap_or_else(|| "-".to_owned());
        let values: Vec<String> = (0..column.values.len()).map(value).collect();
        format!("{}: {}", column.name, values.join(" "))
    };
    columns.iter().map(line).collect()
}

/// The detail and pointer of the first fault.
pub(super) fn fault<T: std::fmt::Debug>(result: Result<T, QueryError>) -> String {
    match result {
        Err(QueryError::Invalid(invalid)) => invalid.errors[0].to_string(),
        other => format!("{other:?}"),
    }
}

/// Six days of weather, two without wind.
fn weather() -> DataFrame {
    let days = ["2012-01-01", "2012-01-02", "2012-02-29", "2012-12-31", "2013-01-01", "2013-07-15"];
    let times = days.map(|day| format!("{day}T06:30:00"));
    let text = |name: &str, values: &[String]| Series::new(name.into(), values);
    let frame = DataFrame::new_infer_height(vec![
        text("date", &days.map(str::to_owned)).into(),
        text("at", &times).into(),
        text("instant", &times).into(),
        Series::new(
            "kind".into(),
            [Some("rain"), Some("sun"), None, Some("snow"), Some("rain"), Some("sun")],
        )
        .into(),
        Series::new("wind".into(), [Some(1.5), Some(2.5), None, None, Some(4.0), Some(0.5)]).into(),
        Series::new("days".into(), [1_i64, 2, 3, 4, 5, 6]).into(),
        Series::new("is_cold".into(), [Some(true), Some(false), None, Some(true), Some(true), Some(false)])
            .into(),
    ]);
    let options = StrptimeOptions::default;
    let micros = Some(TimeUnit::Microseconds);
    let datetime = |name: &str, zone| col(name).str().to_datetime(micros, zone, options(), lit("raise"));
    let typed = frame.expect("equal lengths").lazy().with_columns([
        col("date").cast(DataType::Date),
        datetime("at", None),
        datetime("instant", None).dt().replace_time_zone(
            Some(TimeZone::UTC),
            lit("raise"),
            polars::prelude::NonExistent::Raise,
        ),
    ]);
    typed.collect().expect("well-formed days")
}
