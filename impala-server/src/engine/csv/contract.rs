//! Whether a file keeps a contract: every row against a Table Schema, with memory that does not grow with the file.

mod columns;
mod distinct;
mod repeats;
mod rules;

use std::fs::File;
use std::path::Path;

use impala_core::source::{ColumnType, CsvSettings, OnBadRows, SourceColumn};
use impala_core::table_schema::{FieldType, TableSchema};
use impala_core::{FieldError, Invalid, name};

use self::columns::Columns;
use self::repeats::{Repeat, Repeats};
use self::rules::Rules;
use super::records::Record;
use super::{CsvLimits, IngestError, Scanned, intake, rows};
use crate::engine::Stop;

/// So many parts of what is kept in files: of a billion entries each holds about 200 MB.
const PARTS: u64 = 128;

/// What becomes of columns and types that the contract does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrift {
    /// They break it.
    Fail,
    /// New columns, and values that are not of the type, are let through.
    Widen,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Rows of the file.
    pub rows: u64,
    /// What is broken, in all.
    pub violations: u64,
}

/// Gets each violation, and the row as it is written where it is about one row.
pub type Report<'a> = dyn FnMut(FieldError, &[u8]) -> std::io::Result<()> + 'a;

/// What a file is held against.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// How the file is read.
    pub settings: &'a CsvSettings,
    /// What it has to be.
    pub schema: &'a TableSchema,
    /// What becomes of columns and types that the schema does not have.
    pub on_drift: OnDrift,
    /// What a file may be at most.
    pub limits: CsvLimits,
    /// Where columns that may hold no value twice are sorted; nothing is left there.
    pub folder: &'a Path,
    /// Rows that were appended to others, and are found right by themselves.
    pub appended: Option<Appended<'a>>,
}

/// Rows behind those that were there before: they must not repeat those rows' values. The earlier rows are not checked.
#[derive(Clone, Copy, Debug)]
pub struct Appended<'a> {
    /// Rows that were there.
    pub rows_before: u64,
    /// The file that was appended: its rows and lines are reported.
    pub file: &'a Path,
    /// How it was read. Rows that it leaves out were not appended.
    pub scanned: &'a Scanned,
}

/// Checks a file.
///
/// * `report`: gets every violation, by row; those of values that come twice at the end
///
/// # Errors
/// `Refused` for a file that cannot be read as a table at all, and for a contract whose rules make no sense.
pub fn check_contract(
    path: &Path,
    contract: &Contract<'_>,
    stop: &Stop,
    report: &mut Report<'_>,
) -> Result<Checked, IngestError> {
    let Contract { schema, on_drift, folder, .. } = *contract;
    let scanned = as_text(path, contract, stop)?;
    let checked = Checked { rows: 0, violations: 0 };
    let rows_before = contract.appended.map_or(0, |appended| appended.rows_before);
    let mut check = Check { report, checked, rows_before };
    check.columns(schema, &scanned.columns, on_drift)?;
    if scanned.has_types() && on_drift == OnDrift::Fail {
        check.types(schema, &scanned.columns)?;
    }
    let mut columns = Columns::new(schema, &scanned.columns, on_drift, folder)?;
    // With `on_bad_rows: skip`, rows that cannot be read are no violations.
    let leaves_out = contract.settings.on_bad_rows == OnBadRows::Skip;
    let nulls = scanned.settings().nulls.clone();
    let mut last = 0;
    rows::each(&File::open(path)?, &scanned, true, stop, &mut |row, record, fault| {
        last = row;
        match fault {
            Some(_) if leaves_out => Ok(()),
            Some(detail) => check.row(row, record, vec![broken("row", detail)]),
            None => check.row(row, record, columns.check(row, record, &nulls)?),
        }
    })?;
    let names = columns.names();
    let repeats = columns.repeats(Repeats::new(folder, last), rows_before, stop)?;
    let whole = Appended { rows_before: 0, file: path, scanned: &scanned };
    check.repeated(repeats, &names, contract.appended.unwrap_or(whole), stop)?;
    Ok(check.checked)
}

/// Finds out how a file is read. Types are not decided: every wrong value is to be reported, not only the first of its row.
fn as_text(path: &Path, contract: &Contract<'_>, stop: &Stop) -> Result<Scanned, IngestError> {
    let Contract { settings, schema, limits, .. } = *contract;
    let mut settings = CsvSettings { on_bad_rows: OnBadRows::Skip, ..settings.clone() };
    settings.null_values.extend(schema.missing_values.iter().filter(|text| !text.is_empty()).cloned());
    settings.types.clear();
    let found = intake::scan_whatever_is_left(path, &settings, limits, stop)?;
    if found.has_types() {
        return Ok(found);
    }
    let text = |column: &SourceColumn| (column.name.clone(), ColumnType::String);
    settings.types = found.columns.iter().map(text).collect();
    intake::scan_whatever_is_left(path, &settings, limits, stop)
}

/// Whether a contract says of anything that it may be there only once.
pub fn asks_for_unique(schema: &TableSchema) -> bool {
    schema.primary_key.is_some() || schema.fields.iter().any(|field| field.constraints.unique)
}

/// Whether the rules of a contract make sense, before a file is there.
///
/// # Errors
/// Those that do not.
pub fn check_rules(schema: &TableSchema) -> Result<(), Invalid> {
    schema.fields.iter().try_for_each(|field| Rules::new(field, OnDrift::Fail).map(drop))
}

struct Check<'a, 'b> {
    report: &'a mut Report<'b>,
    checked: Checked,
    rows_before: u64,
}

/// A violation of a rule.
fn broken(rule: &'static str, detail: impl Into<String>) -> FieldError {
    FieldError { rule: Some(rule.to_owned()), ..FieldError::at("", detail) }
}

fn of_column(name: &str, fault: FieldError) -> FieldError {
    FieldError { column: Some(name.to_owned()), ..fault }
}

impl Check<'_, '_> {
    fn add(&mut self, fault: FieldError, raw: &[u8]) -> Result<(), IngestError> {
        self.checked.violations += 1;
        Ok((self.report)(fault, raw)?)
    }

    /// Columns that are missing, and those that the contract does not name.
    fn columns(
        &mut self,
        schema: &TableSchema,
        columns: &[SourceColumn],
        on_drift: OnDrift,
    ) -> Result<(), IngestError> {
        let names = || columns.iter().map(|column| column.name.as_str());
        for field in &schema.fields {
            let may_lack = on_drift == OnDrift::Widen && !field.constraints.required;
            if !may_lack && names().all(|name| name != field.name) {
                let hint = name::suggestion(&field.name, names());
                let detail = format!("the file lacks this column of the contract{hint}");
                self.add(of_column(&field.name, broken("missing_column", detail)), b"")?;
            }
        }
        for extra in names().filter(|name| on_drift == OnDrift::Fail && schema.field(name).is_none()) {
            let hint = name::suggestion(extra, schema.fields.iter().map(|field| field.name.as_str()));
            let detail = format!("the contract does not have this column{hint}");
            self.add(of_column(extra, broken("extra_column", detail)), b"")?;
        }
        Ok(())
    }

    /// Where the file says that a column is text, its values are, whatever they look like.
    fn types(&mut self, schema: &TableSchema, columns: &[SourceColumn]) -> Result<(), IngestError> {
        for column in columns.iter().filter(|column| column.column_type == ColumnType::String) {
            let Some(field) = schema.field(&column.name) else { continue };
            let has_values = column.min.is_some();
            if has_values && !matches!(field.field_type, FieldType::String | FieldType::Any) {
                let wanted = field.field_type.as_str();
                let detail = format!("is text in the file, where the contract asks for the type {wanted}");
                self.add(of_column(&column.name, broken("type", detail)), b"")?;
            }
        }
        Ok(())
    }

    fn row(&mut self, row: u64, record: &Record<'_>, faults: Vec<FieldError>) -> Result<(), IngestError> {
        if row <= self.rows_before {
            return Ok(());
        }
        self.checked.rows += 1;
        for fault in faults {
            let fault = FieldError { row: Some(row - self.rows_before), line: line(record), ..fault };
            self.add(fault, record.raw)?;
        }
        Ok(())
    }

    /// Reports repeated values. Which rows they are in is known only at the end, so the file is read again for their text.
    ///
    /// * `names`: of the columns that the places refer to
    fn repeated(
        &mut self,
        repeats: Repeats<'_>,
        names: &[String],
        Appended { rows_before, file, scanned }: Appended<'_>,
        stop: &Stop,
    ) -> Result<(), IngestError> {
        let Some(mut by_row) = repeats.by_row() else { return Ok(()) };
        let mut left_out = 0;
        rows::each(&File::open(file)?, scanned, true, stop, &mut |row, record, fault| {
            if rows_before > 0 && fault.is_some() {
                left_out += 1;
                return Ok(());
            }
            while let Some(repeat) = by_row.next_of(rows_before + row - left_out)? {
                let name = names.get(repeat.place);
                let index = name.and_then(|name| scanned.columns.iter().position(|own| own.name == *name));
                let fault = FieldError {
                    row: Some(row),
                    line: line(record),
                    column: name.cloned(),
                    value: index.map(|index| super::problems::shown(record.field(index))),
                    ..self.repeat(repeat, name.is_some(), rows_before == 0 || scanned.rejected_rows == 0)
                };
                self.add(fault, record.raw)?;
            }
            Ok(())
        })
    }

    /// * `is_numbered`: whether the first row is numbered as in the file that was sent
    fn repeat(&self, Repeat { first, .. }: Repeat, is_column: bool, is_numbered: bool) -> FieldError {
        let (what, rule) = if is_column { ("the value", "unique") } else { ("the key", "primaryKey") };
        let place = match first.checked_sub(self.rows_before).filter(|first| *first > 0) {
            Some(first) if is_numbered => format!("row {first}"),
            Some(_) => "an earlier row of the file".to_owned(),
            None => format!("row {first} of the rows that it is appended to"),
        };
        broken(rule, format!("{what} is that of {place} already; expected a different one in every row"))
    }
}

/// Line of the text; a file that has none counts them as 0.
fn line(record: &Record<'_>) -> Option<u64> {
    Some(record.line).filter(|line| *line > 0)
}

/// A rule that makes no sense.
fn bad_rule(field: &str, rule: &str, detail: String) -> Invalid {
    Invalid::at(format!("fields.{field}.constraints.{rule}"), detail)
}

#[cfg(test)]
mod tests;
