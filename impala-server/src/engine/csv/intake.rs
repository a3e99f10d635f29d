//! Takes a file in: keeps its bytes as they came, and decides while they arrive what is in it.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::sync::Arc;

use impala_core::Invalid;
use impala_core::source::CsvSettings;
use sha2::{Digest, Sha256};

use super::parquet::Dialect;
use super::scan::{Scan, ScanError, ScanResult};
use super::settings::{self, Settings};
use super::text::{self, TextEncoding};
use super::{CsvLimits, IngestError, Scanned};
use crate::engine::Stop;

/// Small chunks are gathered to this size before they are written, and a file is read back in pieces of it.
const BUFFER_BYTES: usize = 256 * 1024;

/// A file that is being taken in.
pub struct Intake {
    file: BufWriter<File>,
    hash: Sha256,
    size_bytes: u64,
    settings: Arc<Settings>,
    limits: CsvLimits,
    progress: Progress,
}

/// What is known so far.
enum Progress {
    Scanning(Box<Scan>),
    /// It is in another encoding, which is detected when all bytes are there.
    NotUtf8,
    Refused(Invalid),
}

impl Intake {
    /// Begins with an empty file.
    ///
    /// * `file`: open for reading and writing, and empty; whoever calls removes it when the file is refused
    ///
    /// # Errors
    /// A delimiter or an encoding in the settings that is none.
    pub fn new(file: File, settings: &CsvSettings, limits: CsvLimits) -> Result<Self, Invalid> {
        let settings = Arc::new(Settings::new(settings)?);
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            hash: Sha256::new(),
            size_bytes: 0,
            progress: Progress::Scanning(Box::new(Scan::new(Arc::clone(&settings), limits, None))),
            settings,
            limits,
        })
    }

    /// Takes the next bytes in.
    ///
    /// # Errors
    /// `Refused` as soon as reading on makes no sense: a bad header, a huge field, bytes that decode to nothing. Bad
    /// rows are gathered until [`Intake::finish`]. `Io` when the bytes cannot be written.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), IngestError> {
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
        self.file.write_all(bytes)?;
        if let Progress::Scanning(scan) = &mut self.progress {
            match scan.push(bytes) {
                Ok(()) => {}
                Err(ScanError::NotUtf8) => self.progress = Progress::NotUtf8,
                Err(ScanError::Refused(invalid)) => self.progress = Progress::Refused(invalid),
            }
        }
        match &self.progress {
            Progress::Refused(invalid) => Err(IngestError::Refused(invalid.clone())),
            _ => Ok(()),
        }
    }

    /// Ends the file. All of it is on disk when this returns.
    ///
    /// A file that turned out not to be UTF-8 is read back twice: once to detect its encoding over all of its bytes,
    /// once to scan it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, that it cannot be kept, or that the work was ended.
    pub fn finish(self, stop: &Stop) -> Result<Scanned, IngestError> {
        let Self { file, hash, size_bytes, settings, limits, progress } = self;
        let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        let result = match progress {
            Progress::Scanning(scan) => scan.finish(),
            Progress::NotUtf8 => Err(ScanError::NotUtf8),
            Progress::Refused(invalid) => Err(ScanError::Refused(invalid)),
        };
        let found = match result {
            Ok(found) => found,
            Err(ScanError::Refused(invalid)) => return Err(IngestError::Refused(invalid)),
            Err(ScanError::NotUtf8) => rescan(&mut file, &settings, limits, stop)?,
        };
        stop.check()?;
        file.sync_all()?;
        Ok(Scanned {
            sha256: hex::encode(hash.finalize()),
            size_bytes,
            rows: found.table.rows,
            rejected_rows: found.table.rejected_rows,
            columns: found.table.columns,
            delimiter: settings::delimiter_name(found.delimiter),
            encoding: found.text.describe(),
            dialect: Dialect {
                text: found.text,
                delimiter: found.delimiter,
                formats: found.table.formats,
                settings,
                limits,
            },
        })
    }
}

fn rescan(
    file: &mut File,
    settings: &Arc<Settings>,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<ScanResult, IngestError> {
    file.rewind()?;
    let text = TextEncoding::of_file(&*file, stop)?;
    file.rewind()?;
    let mut scan = Scan::new(Arc::clone(settings), limits, Some(text));
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        stop.check()?;
        match text::read(file, &mut buffer)? {
            0 => break,
            length => scan.push(&buffer[..length]).map_err(refused)?,
        }
    }
    scan.finish().map_err(refused)
}

/// With an encoding that is known, a scan ends in nothing but a refusal.
fn refused(error: ScanError) -> IngestError {
    match error {
        ScanError::Refused(invalid) => IngestError::Refused(invalid),
        ScanError::NotUtf8 => IngestError::Failed("the encoding of the file could not be decided".into()),
    }
}
