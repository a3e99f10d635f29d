//! The rows of a file while it is read for the first time: their columns, and what is wrong with them.

use std::sync::Arc;

use impala_core::source::{ColumnType, SourceColumn};
use impala_core::{FieldError, Invalid};

use super::CsvLimits;
use super::format::ColumnFormat;
use super::header::{self, BROKEN_QUOTE, NUL};
use super::infer::ColumnScan;
use super::problems::{Problems, counted, shown, thousands};
use super::reader::Shape;
use super::records::{ReadError, Record};
use super::settings::Settings;

/// What was found when all rows have been seen.
#[derive(Debug)]
pub(super) struct Found {
    pub rows: u64,
    pub rejected_rows: u64,
    pub columns: Vec<SourceColumn>,
    pub formats: Vec<ColumnFormat>,
}

/// Counts rows, watches columns, and keeps problems.
pub(super) struct Table {
    settings: Arc<Settings>,
    limits: CsvLimits,
    shape: Shape,
    columns: Vec<ColumnScan>,
    /// Columns whose type was set by hand: a row is checked against these before it counts.
    by_hand: Vec<usize>,
    records: u64,
    rejected: u64,
    problems: Problems,
}

impl Table {
    pub fn new(settings: Arc<Settings>, limits: CsvLimits, shape: Shape) -> Self {
        Self {
            settings,
            limits,
            shape,
            columns: Vec::new(),
            by_hand: Vec::new(),
            records: 0,
            rejected: 0,
            problems: Problems::default(),
        }
    }

    /// Takes in the next record. The first that is not blank is the header.
    ///
    /// # Errors
    /// What is wrong with the header, without which nothing else has a meaning.
    ///
    /// * `names`: the columns so far, where the records tell them; there may be more than before
    pub fn add(&mut self, record: &Record<'_>, names: &[String]) -> Result<(), Invalid> {
        self.grow(names);
        if self.shape == Shape::Json {
            // Records name their columns themselves.
        } else if self.columns.is_empty() {
            if record.is_blank {
                return Ok(());
            }
            self.set_columns(record)?;
            if self.settings.has_header {
                return Ok(());
            }
        }
        if !is_row(record, self.columns.len()) {
            return Ok(());
        }
        self.records += 1;
        match self.fault(record) {
            None => self.observe(record),
            Some(fault) if self.settings.skips_bad_rows => {
                self.rejected += 1;
                // The first ones are reported when nothing else is left.
                self.problems.add(fault);
            }
            Some(fault) => self.problems.add(fault),
        }
        Ok(())
    }

    /// Adds the columns that are new: the rows so far have no value in them.
    fn grow(&mut self, names: &[String]) {
        for name in names.iter().skip(self.columns.len()) {
            let by_hand = self.settings.types.get(name).copied();
            self.by_hand.extend(by_hand.map(|_| self.columns.len()));
            let rows = self.records - self.rejected;
            self.columns.push(ColumnScan::new(name.clone(), by_hand).after_nulls(rows));
        }
    }

    fn set_columns(&mut self, record: &Record<'_>) -> Result<(), Invalid> {
        let names = header::names(record, &self.settings, self.limits)?;
        let types = &self.settings.types;
        self.by_hand = (0..names.len()).filter(|index| types.contains_key(&names[*index])).collect();
        self.columns = names
            .into_iter()
            .map(|name| {
                let by_hand = types.get(&name).copied();
                ColumnScan::new(name, by_hand)
            })
            .collect();
        Ok(())
    }

    fn observe(&mut self, record: &Record<'_>) {
        let row = self.records;
        for (index, (column, field)) in self.columns.iter_mut().zip(record.iter()).enumerate() {
            if self.settings.nulls.contains(field) {
                column.observe_null();
            } else if record.is_string(index) {
                column.observe_string(row, field);
            } else {
                column.observe(row, field);
            }
        }
    }

    /// What is wrong with the row, if anything.
    fn fault(&self, record: &Record<'_>) -> Option<FieldError> {
        let at_row = |detail: String| FieldError {
            row: Some(self.records),
            line: Some(record.line),
            ..FieldError::at("", detail)
        };
        if let Some((detail, index)) = structural_fault(record, self.columns.len(), self.settings.has_header)
        {
            let column = index.and_then(|index| self.column_name(index));
            let value = Some(self.shown_fault(record, index));
            return Some(FieldError { column, value, ..at_row(detail) });
        }
        self.by_hand.iter().find_map(|index| {
            let (column, field) = (&self.columns[*index], record.field(*index));
            let column_type = if self.settings.nulls.contains(field) { None } else { column.misfit(field) }?;
            Some(FieldError {
                column: self.column_name(*index),
                value: Some(shown(field)),
                ..at_row(misfit(field, column_type))
            })
        })
    }

    /// The field that is at fault, or for a ragged row as much of the row as is readable.
    fn shown_fault(&self, record: &Record<'_>, index: Option<usize>) -> String {
        match index {
            Some(index) if record.fields == self.columns.len() as u64 => shown(record.field(index)),
            _ => {
                let fields: Vec<&[u8]> = record.iter().take(60).collect();
                let delimiter = match self.shape {
                    Shape::Delimited(delimiter) => delimiter,
                    Shape::Json => b' ',
                };
                shown(&fields.join(&delimiter))
            }
        }
    }

    fn column_name(&self, index: usize) -> Option<String> {
        self.columns.get(index).map(|column| shown(column.name.as_bytes()))
    }

    /// The error when reading ended at `error`.
    pub fn refuse(self, error: ReadError<Invalid>) -> Invalid {
        let field_bytes = thousands(self.limits.field_bytes as u64);
        let (line, index, detail) = match error {
            ReadError::Sink(invalid) => return invalid,
            ReadError::LargeField { line, index } => (
                line,
                Some(index),
                format!("a field is larger than {field_bytes} bytes; is a quote before it never closed?"),
            ),
            ReadError::LargeRecord { line } => (
                line,
                None,
                format!("all fields of the row together are larger than 16 times {field_bytes} bytes"),
            ),
            ReadError::OpenQuote { line, index } => (
                line,
                Some(index),
                "a quote is opened here and never closed; expected another quote before the end of the file"
                    .to_owned(),
            ),
        };
        let problem = self.at_next_row(line, index, detail);
        self.refuse_for(problem)
    }

    /// The error when `bytes` are not text in `encoding`.
    pub fn refuse_bytes(self, line: u64, index: Option<usize>, bytes: &[u8], detail: String) -> Invalid {
        let value = Some(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" "));
        let problem = FieldError { value, ..self.at_next_row(line, index, detail) };
        self.refuse_for(problem)
    }

    /// Rows that were to be skipped are no reason to refuse the file, and would only hide this one.
    fn refuse_for(self, problem: FieldError) -> Invalid {
        if self.settings.skips_bad_rows { problem.into() } else { self.problems.with(problem) }
    }

    fn at_next_row(&self, line: u64, index: Option<usize>, detail: String) -> FieldError {
        let is_header = self.columns.is_empty() && self.settings.has_header;
        FieldError {
            row: (!is_header).then_some(self.records + 1),
            line: Some(line),
            column: index.and_then(|index| self.column_name(index)),
            ..FieldError::at("", detail)
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// That it holds no rows, or every problem that was found.
    pub fn finish(self) -> Result<Found, Invalid> {
        let rows = self.records - self.rejected;
        if self.shape == Shape::Json {
            self.check_names_of_types()?;
        }
        if self.columns.is_empty() {
            return Err(Invalid::at("", "the file is empty; expected a header and at least one row"));
        }
        if self.records == 0 {
            return Err(Invalid::at(
                "",
                "the file holds a header and no rows; expected at least one row of data",
            ));
        }
        if rows == 0 && !self.settings.may_leave_nothing {
            let all = counted(self.rejected, "row");
            let summary = format!("nothing is left of {all}; expected at least one good row");
            return Err(self.problems.behind(FieldError::at("", summary)));
        }
        if !self.settings.skips_bad_rows {
            self.problems.check()?;
        }
        let (columns, formats): (Vec<_>, Vec<_>) = self.columns.into_iter().map(ColumnScan::finish).unzip();
        if self.settings.has_header && self.settings.types.is_empty() && header::is_data(&columns) {
            return Err(no_header(&columns));
        }
        Ok(Found { rows, rejected_rows: self.rejected, columns, formats })
    }
}

impl Table {
    /// Types may be set for columns that are there only.
    fn check_names_of_types(&self) -> Result<(), Invalid> {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        if names.is_empty() { Ok(()) } else { header::check_types(&self.settings, &names).check() }
    }
}

/// Whether a record is a row. An empty line is not, but where there is one column it is a row without a value.
pub(super) fn is_row(record: &Record<'_>, columns: usize) -> bool {
    !record.is_blank || columns == 1
}

/// Why a record cannot be read as a row, and at which field, if at one.
pub(super) fn structural_fault(
    record: &Record<'_>,
    columns: usize,
    has_header: bool,
) -> Option<(String, Option<usize>)> {
    if let Some(fault) = record.fault {
        return Some((fault.to_owned(), None));
    }
    if let Some(index) = record.broken_field {
        return Some((BROKEN_QUOTE.to_owned(), Some(index)));
    }
    if record.fields != columns as u64 {
        let fields = counted(record.fields, "field");
        let model = if has_header { "header" } else { "first row" };
        // The first column that the row does not reach.
        let missing = usize::try_from(record.fields).ok().filter(|fields| *fields < columns);
        return Some((format!("the row has {fields}; expected {columns}, as in the {model}"), missing));
    }
    record.nul_field().map(|index| (NUL.to_owned(), Some(index)))
}

/// What is wrong with a value that is not of the type that was set by hand.
pub(super) fn misfit(value: &[u8], column_type: ColumnType) -> String {
    let example = match column_type {
        ColumnType::Boolean => "true or false",
        ColumnType::Integer => "an integer such as 42",
        ColumnType::Decimal => "a number such as 4.2",
        ColumnType::Date => "a date such as 2012-01-31, written like the ones before",
        ColumnType::Datetime => "a datetime such as 2012-01-31 20:21:09, written like the ones before",
        ColumnType::Timestamp => "a time with a zone such as 2012-01-31T20:21:09Z",
        ColumnType::String => "text",
    };
    format!("\"{}\" is not {example}", shown(value))
}

fn no_header(columns: &[SourceColumn]) -> Invalid {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Invalid::from(FieldError {
        line: Some(1),
        value: Some(shown(names.join(", ").as_bytes())),
        ..FieldError::at(
            "",
            "the first row looks like data; expected a header with the names of the columns (a file without one is read with no_header)",
        )
    })
}
