//! Appending to a Parquet file, as Parquet.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::sync::Arc;

use impala_core::Invalid;
use impala_core::source::{ColumnType, CsvSettings};
use polars::prelude::{Column, DataFrame, PolarsError};
use sha2::{Digest as _, Sha256};

use super::super::settings::Settings;
use super::super::{CsvLimits, How, IngestError, Scanned, columnar, intake, parquet};
use super::{Base, check_size, other_type};
use crate::engine::Stop;
use crate::engine::collect::dtype;

/// A Parquet file, and where in the new file its columns are.
pub(super) struct Joint<'a> {
    pub base: &'a Base<'a>,
    pub old: &'a Scanned,
    pub places: &'a [usize],
    pub limits: CsvLimits,
}

impl Joint<'_> {
    /// Writes all rows to `out`, which is open for reading and writing, and empty.
    ///
    /// # Errors
    /// `Refused` when a column is of another type.
    pub fn append(
        &self,
        file: &Path,
        new: &Scanned,
        settings: &CsvSettings,
        out: File,
        stop: &Stop,
    ) -> Result<Scanned, IngestError> {
        let (path, new) = self.typed(file, new, settings, stop)?;
        let types = self.types(&new)?;
        let in_order: Vec<usize> = (0..types.len()).collect();
        let file = parquet::write_frames(out, types.iter().copied(), |sink| {
            self.frames(self.base.csv, self.old, (&in_order, &types), stop, sink)?;
            self.frames(&path, &new, (self.places, &types), stop, sink)
        })?;
        let (sha256, size_bytes) = hash(&file)?;
        check_size(size_bytes, self.limits)?;
        let plain = Arc::new(Settings::new(&CsvSettings::default())?);
        let found = columnar::scan(&file, &plain, self.limits, stop)?;
        Ok(intake::columns(found, plain, self.limits, sha256, size_bytes))
    }

    /// The new file as Parquet. What is text in the old one stays text, also where all of it looks like something else.
    fn typed(
        &self,
        file: &Path,
        new: &Scanned,
        settings: &CsvSettings,
        stop: &Stop,
    ) -> Result<(std::path::PathBuf, Scanned), IngestError> {
        if new.has_types() {
            return Ok((file.to_owned(), new.clone()));
        }
        let mut settings = settings.clone();
        for column in self.base.columns.iter().filter(|column| column.column_type == ColumnType::String) {
            settings.types.entry(column.name.clone()).or_insert(ColumnType::String);
        }
        let text = intake::scan_file(file, &settings, self.limits, stop)?;
        // It is stored beside the file, and removed with it.
        let path = file.with_extension("appended");
        parquet::write_parquet(file, &text, &path, None, stop)?;
        let plain = Arc::new(Settings::new(&CsvSettings::default())?);
        Ok((path, Scanned { how: How::Parquet(plain, self.limits), ..text }))
    }

    /// The columns of the result. A column of nulls had no type.
    fn types(&self, new: &Scanned) -> Result<Vec<(&str, ColumnType)>, Invalid> {
        let mut errors = Vec::new();
        let mut types = Vec::new();
        for (before, place) in self.base.columns.iter().zip(self.places) {
            let own = &new.columns[*place];
            let (is, comes) = (before.column_type, own.column_type);
            let is_widened = (is, comes) == (ColumnType::Decimal, ColumnType::Integer);
            match before.min.is_none() && own.min.is_some() {
                true => types.push((before.name.as_str(), comes)),
                false if is == comes || is_widened || own.min.is_none() => {
                    types.push((before.name.as_str(), is));
                }
                false => errors.push(other_type(self.base, before, own)),
            }
        }
        Invalid::unless_empty(errors)?;
        Ok(types)
    }

    fn frames(
        &self,
        path: &Path,
        scanned: &Scanned,
        (places, types): (&[usize], &[(&str, ColumnType)]),
        stop: &Stop,
        sink: &mut columnar::Sink<'_>,
    ) -> Result<(), IngestError> {
        let file = File::open(path)?;
        columnar::frames(&file, scanned.settings(), self.limits, stop, &mut |frame| {
            let column = |(place, (name, kind)): (&usize, &(&str, ColumnType))| {
                let cast = frame.columns()[*place].as_materialized_series().strict_cast(&dtype(*kind));
                Ok(Column::from(cast.map_err(failed)?.with_name((*name).into())))
            };
            let columns: Result<Vec<Column>, IngestError> = places.iter().zip(types).map(column).collect();
            sink(DataFrame::new(frame.height(), columns?).map_err(failed)?)
        })
    }
}

fn failed(error: PolarsError) -> IngestError {
    IngestError::Failed(Box::new(error))
}

/// SHA-256 in hexadecimal, and size in bytes.
fn hash(file: &File) -> io::Result<(String, u64)> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    let mut hash = Sha256::new();
    let (mut bytes, mut buffer) = (0, vec![0; 256 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex::encode(hash.finalize()), bytes)),
            length => {
                hash.update(&buffer[..length]);
                bytes += length as u64;
            }
        }
    }
}
