//! Appends: one file with the rows of a version, followed by those of a new file.
//!
//! The result is a file of its own. Behind text it is a CSV file in UTF-8, and goes through the same pass as any other: types
//! are decided over all rows, and have to come out as they were. Behind Parquet it is Parquet, as text has no types and
//! does not distinguish an empty text from null.

mod columns;

use std::fs::File;
use std::path::Path;

use impala_core::source::{ColumnType, CsvSettings, InputFormat, SourceColumn};
use impala_core::{FieldError, Invalid, name};

use super::quote::put_field;
use super::records::Record;
use super::{CsvLimits, IngestError, Intake, Scanned, intake, rows};
use crate::engine::Stop;

/// Rows are handed on in pieces of about this size.
const PIECE_BYTES: usize = 256 * 1024;

/// What is appended to.
#[derive(Clone, Debug)]
pub struct Base<'a> {
    /// The file as it came.
    pub csv: &'a Path,
    /// How it was read, as far as set by hand.
    pub settings: &'a CsvSettings,
    /// What parted its fields: a character, `tab`, or `none`.
    pub delimiter: &'a str,
    /// What it is.
    pub format: Option<InputFormat>,
    /// What was found in it.
    pub columns: &'a [SourceColumn],
    /// What it is called: `sales@3`.
    pub name: &'a str,
}

impl Base<'_> {
    /// How it was read, with what was found out when it was.
    fn as_read(&self) -> CsvSettings {
        match self.delimiter {
            "none" => CsvSettings { format: self.format, ..self.settings.clone() },
            delimiter => CsvSettings { delimiter: Some(delimiter.to_owned()), ..self.settings.clone() },
        }
    }
}

/// Writes the rows of `base` and behind them those of a new file.
///
/// * `csv`, `new`: the new file, and what was found in it
/// * `settings`: how the new file was read
/// * `out`: open for reading and writing, and empty
/// * Result: what was found in all rows, and how the result is to be read
///
/// # Errors
/// `Refused` when the columns do not agree, which names the first that does not.
pub fn append(
    base: &Base<'_>,
    (csv, new): (&Path, &Scanned),
    settings: &CsvSettings,
    out: File,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<(Scanned, CsvSettings), IngestError> {
    let old = intake::scan_file(base.csv, &base.as_read(), limits, stop)?;
    let places = places(base, &new.columns)?;
    // As few settings as possible are kept, as they are remembered: the next file may have another delimiter.
    let stored = CsvSettings { format: None, encoding: None, ..settings.clone() };
    if old.has_types() {
        let joint = columns::Joint { base, old: &old, places: &places, limits };
        return Ok((joint.append(csv, new, settings, out, stop)?, stored));
    }
    let delimiter = match &stored.delimiter {
        Some(delimiter) => super::settings::delimiter(delimiter)?,
        None => b',',
    };
    let mut pinned =
        CsvSettings { delimiter: Some(super::settings::delimiter_name(delimiter)), ..stored.clone() };
    // What was text stays text, also where all that is new looks like something else.
    for column in base.columns.iter().filter(|column| column.column_type == ColumnType::String) {
        pinned.types.entry(column.name.clone()).or_insert(ColumnType::String);
    }
    let mut writer =
        Writer { intake: Intake::new(out, &pinned, limits)?, delimiter, piece: Vec::new(), limits };
    if !settings.no_header {
        writer.fields(base.columns.iter().map(|column| column.name.as_bytes()))?;
    }
    let in_order: Vec<usize> = (0..base.columns.len()).collect();
    writer.rows(&File::open(base.csv)?, &old, &in_order, stop)?;
    writer.rows(&File::open(csv)?, new, &places, stop)?;
    let mut all = writer.finish(stop)?;
    check_types(base, new, &places, &all)?;
    for (column, before) in all.columns.iter_mut().zip(base.columns) {
        if !settings.types.contains_key(&column.name) && column.column_type == ColumnType::String {
            column.reason.clone_from(&before.reason);
        }
    }
    Ok((all, stored))
}

/// Where in the new file each column of the base is.
fn places(base: &Base<'_>, new: &[SourceColumn]) -> Result<Vec<usize>, Invalid> {
    let names = || new.iter().map(|column| column.name.as_str());
    let mut errors = Vec::new();
    let mut places = Vec::new();
    for column in base.columns {
        match names().position(|other| other == column.name) {
            Some(place) => places.push(place),
            None => {
                // A name that both files have was not meant.
                let is_new = |name: &&str| base.columns.iter().all(|column| column.name != *name);
                let hint = name::suggestion(&column.name, names().filter(is_new));
                let detail = format!("the new file lacks this column of {}{hint}", base.name);
                errors.push(FieldError { column: Some(column.name.clone()), ..FieldError::at("", detail) });
            }
        }
    }
    for extra in names().filter(|other| base.columns.iter().all(|column| column.name != *other)) {
        let detail = format!("the new file has this column, which {} has not", base.name);
        errors.push(FieldError { column: Some(extra.to_owned()), ..FieldError::at("", detail) });
    }
    Invalid::unless_empty(errors)?;
    Ok(places)
}

/// The types over all rows are those of the base; a column of nulls had none.
fn check_types(base: &Base<'_>, new: &Scanned, places: &[usize], all: &Scanned) -> Result<(), Invalid> {
    let mut errors = Vec::new();
    for ((before, after), place) in base.columns.iter().zip(&all.columns).zip(places) {
        if before.column_type == after.column_type || before.min.is_none() {
            continue;
        }
        errors.push(other_type(base, before, &new.columns[*place]));
    }
    Invalid::unless_empty(errors)
}

/// Whether all rows together are as many bytes as a version may have.
fn check_size(bytes: u64, limits: CsvLimits) -> Result<(), IngestError> {
    if bytes <= limits.unpacked_bytes {
        return Ok(());
    }
    let limit = super::problems::thousands(limits.unpacked_bytes);
    let detail =
        format!("all rows together are more than {limit} bytes, the largest that a version may have");
    Err(Invalid::at("", detail).into())
}

/// A column that has values of another type in the new file.
fn other_type(base: &Base<'_>, before: &SourceColumn, own: &SourceColumn) -> FieldError {
    let detail = format!(
        "it is {} in {} and {} in the new file ({})",
        before.column_type, base.name, own.column_type, own.reason
    );
    FieldError { column: Some(before.name.clone()), ..FieldError::at("", detail) }
}

struct Writer {
    intake: Intake,
    delimiter: u8,
    piece: Vec<u8>,
    limits: CsvLimits,
}

impl Writer {
    /// Writes the good rows of a file, the fields in the order of `places`. What stands for null becomes empty.
    fn rows(
        &mut self,
        file: &File,
        scanned: &Scanned,
        places: &[usize],
        stop: &Stop,
    ) -> Result<(), IngestError> {
        let (nulls, has_types) = (&scanned.settings().nulls, scanned.has_types());
        let mut sink = |_: u64, record: &Record<'_>, fault: Option<String>| {
            if fault.is_some() {
                return Ok(());
            }
            let field = |place: &usize| {
                let field = record.field(*place);
                if !has_types && nulls.contains(field) { &b""[..] } else { field }
            };
            self.fields(places.iter().map(field))
        };
        rows::each(file, scanned, false, stop, &mut sink)
    }

    fn fields<'a>(&mut self, fields: impl Iterator<Item = &'a [u8]>) -> Result<(), IngestError> {
        for (index, field) in fields.enumerate() {
            if index > 0 {
                self.piece.push(self.delimiter);
            }
            put_field(&mut self.piece, field, self.delimiter);
        }
        self.piece.push(b'\n');
        if self.piece.len() < PIECE_BYTES {
            return Ok(());
        }
        self.hand_on()
    }

    fn hand_on(&mut self) -> Result<(), IngestError> {
        self.intake.push(&self.piece)?;
        self.piece.clear();
        check_size(self.intake.size_bytes(), self.limits)
    }

    fn finish(mut self, stop: &Stop) -> Result<Scanned, IngestError> {
        self.hand_on()?;
        self.intake.finish(stop)
    }
}

#[cfg(test)]
mod tests;
