//! The rows that break a contract, as a file of CSV: row, reason and line.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use impala_core::FieldError;

use crate::error::CliError;

/// A file of rows that are wrong.
pub struct Rejects(BufWriter<File>);

impl Rejects {
    /// Begins with no row, also where a file of an earlier run is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path) -> Result<Self, CliError> {
        let begin = || {
            let mut file = BufWriter::new(File::create(path)?);
            file.write_all(b"row,reason,line\n")?;
            file.flush()?;
            Ok(Self(file))
        };
        begin().map_err(|error: io::Error| CliError::file("write", path, &error))
    }

    /// Adds the row that a violation is about, if it is about one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, fault: &FieldError, raw: &[u8]) -> io::Result<()> {
        let Some(row) = fault.row else { return Ok(()) };
        let column = fault.column.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let reason = format!("{column}{}", fault.detail);
        writeln!(self.0, "{row},{},{}", quoted(&reason), quoted(&String::from_utf8_lossy(raw)))
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
