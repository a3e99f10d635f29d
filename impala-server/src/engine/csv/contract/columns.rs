//! The columns of a file that a contract names: what is wrong with each value, and which values are repeated.

use std::path::Path;

use impala_core::FieldError;
use impala_core::source::SourceColumn;
use impala_core::table_schema::{Names, SchemaField, TableSchema};

use super::distinct::Distinct;
use super::repeats::{Repeat, Repeats};
use super::rules::Rules;
use super::{OnDrift, broken};
use crate::engine::Stop;
use crate::engine::csv::records::Record;
use crate::engine::csv::settings::Nulls;
use crate::engine::csv::{IngestError, problems};

/// The columns that a contract speaks of and the file has, and its key.
pub(super) struct Columns {
    columns: Vec<Column>,
    key: Option<Key>,
}

impl Columns {
    pub fn new(
        schema: &TableSchema,
        columns: &[SourceColumn],
        on_drift: OnDrift,
        folder: &Path,
    ) -> Result<Self, IngestError> {
        let mut found = Vec::new();
        for field in &schema.fields {
            if let Some(index) = columns.iter().position(|column| column.name == field.name) {
                found.push(Column::new(index, field, on_drift, folder)?);
            }
        }
        Ok(Self { columns: found, key: Key::new(schema, columns, folder)? })
    }

    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// What is wrong with the values of a row, which are remembered where none may come twice.
    pub fn check(
        &mut self,
        row: u64,
        record: &Record<'_>,
        nulls: &Nulls,
    ) -> Result<Vec<FieldError>, IngestError> {
        let mut faults = Vec::new();
        for column in &mut self.columns {
            let field = record.field(column.index);
            let value = (!nulls.contains(field)).then_some(field);
            faults.extend(column.check(row, value)?);
        }
        self.key.iter_mut().try_for_each(|key| key.note(row, record))?;
        Ok(faults)
    }

    /// Adds the values to `repeats` that were repeated, the second time behind `rows_before`: by the place of the column, that of
    /// the key last.
    pub fn repeats<'a>(
        self,
        mut repeats: Repeats<'a>,
        rows_before: u64,
        stop: &Stop,
    ) -> Result<Repeats<'a>, IngestError> {
        let distinct = self.columns.into_iter().map(|column| column.distinct);
        let distinct = distinct.chain([self.key.map(|key| key.distinct)]).enumerate();
        for (place, distinct) in distinct.filter_map(|(place, distinct)| Some((place, distinct?))) {
            distinct.repeated(stop, &mut |first, row| match row <= rows_before {
                true => Ok(()),
                false => repeats.note(Repeat { row, place, first }),
            })?;
        }
        Ok(repeats)
    }
}

struct Column {
    index: usize,
    name: String,
    rules: Rules,
    distinct: Option<Distinct>,
}

impl Column {
    fn new(index: usize, field: &SchemaField, on_drift: OnDrift, folder: &Path) -> Result<Self, IngestError> {
        let distinct = field.constraints.unique.then(|| Distinct::new(folder)).transpose()?;
        Ok(Self { index, name: field.name.clone(), rules: Rules::new(field, on_drift)?, distinct })
    }

    fn check(&mut self, row: u64, value: Option<&[u8]>) -> Result<Option<FieldError>, IngestError> {
        if let (Some(value), Some(distinct)) = (value, &mut self.distinct) {
            distinct.note(row, &[value])?;
        }
        Ok(self.rules.fault(value).map(|fault| FieldError {
            column: Some(self.name.clone()),
            value: value.map(problems::shown),
            ..broken(fault.rule, fault.detail)
        }))
    }
}

/// Columns whose values together name a row.
struct Key {
    places: Vec<usize>,
    distinct: Distinct,
}

impl Key {
    fn new(
        schema: &TableSchema,
        columns: &[SourceColumn],
        folder: &Path,
    ) -> Result<Option<Self>, IngestError> {
        let Some(names) = schema.primary_key.as_ref().map(Names::as_slice) else { return Ok(None) };
        let place = |name: &String| columns.iter().position(|column| column.name == *name);
        // A missing column was reported already.
        let Some(places) = names.iter().map(place).collect() else { return Ok(None) };
        Ok(Some(Self { places, distinct: Distinct::new(folder)? }))
    }

    fn note(&mut self, row: u64, record: &Record<'_>) -> Result<(), IngestError> {
        let values: Vec<&[u8]> = self.places.iter().map(|place| record.field(*place)).collect();
        Ok(self.distinct.note(row, &values)?)
    }
}
