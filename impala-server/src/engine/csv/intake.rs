//! Takes a file in: keeps its bytes as they came, and decides while they arrive what is in it.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use impala_core::Invalid;
use impala_core::source::{CsvSettings, InputFormat};
use sha2::{Digest, Sha256};

use super::pack::{self, Packing, Unpacker};
use super::parquet::Dialect;
use super::scan::{Scan, ScanError, ScanResult};
use super::settings::Settings;
use super::text::{self, TextEncoding};
use super::{CsvLimits, How, IngestError, Scanned, columnar};
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
    /// Too few bytes to know how it is packed.
    Head(Vec<u8>),
    Scanning(Packing, Box<Unpacker<Sink>>),
    /// It is in another encoding, which is detected when all bytes are there.
    NotUtf8(Packing),
    /// Its metadata is at its end.
    Parquet,
    Refused(Invalid),
}

/// Where unpacked bytes go: into the scan. Why it ended is kept here, as writers speak of I/O only.
struct Sink {
    scan: Scan,
    ended: Option<ScanError>,
    is_packed: bool,
    bytes: u64,
    limit: u64,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        let result = match self.is_packed && self.bytes > self.limit {
            true => Err(ScanError::Refused(pack::too_large(self.limit))),
            false => self.scan.push(bytes),
        };
        result.map(|()| bytes.len()).map_err(|error| {
            self.ended = Some(error);
            io::Error::other("the scan has ended")
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Intake {
    /// Begins with an empty file.
    ///
    /// * `file`: open for reading and writing, and empty; the caller removes it when the file is refused
    ///
    /// # Errors
    /// An invalid delimiter or encoding in the settings.
    pub fn new(file: File, settings: &CsvSettings, limits: CsvLimits) -> Result<Self, Invalid> {
        let settings = Arc::new(Settings::new(settings)?);
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            hash: Sha256::new(),
            size_bytes: 0,
            progress: Progress::Head(Vec::new()),
            settings,
            limits,
        })
    }

    /// Bytes so far.
    pub const fn size_bytes(&self) -> u64 {
        self.size_bytes
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
        match &mut self.progress {
            Progress::Head(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= pack::MARK_BYTES {
                    self.begin()?;
                }
            }
            Progress::Scanning(_, unpacker) => {
                let result = unpacker.push(bytes);
                self.note(result);
            }
            Progress::NotUtf8(_) | Progress::Parquet | Progress::Refused(_) => {}
        }
        match &self.progress {
            Progress::Refused(invalid) => Err(IngestError::Refused(invalid.clone())),
            _ => Ok(()),
        }
    }

    /// Begins to scan, with what has come so far.
    fn begin(&mut self) -> Result<(), IngestError> {
        let Progress::Head(head) = &mut self.progress else { return Ok(()) };
        let head = std::mem::take(head);
        let packing = Packing::of_head(&head);
        match said_parquet(&head, packing, &self.settings) {
            Ok(false) => {}
            Ok(true) => {
                self.progress = Progress::Parquet;
                return Ok(());
            }
            Err(invalid) => {
                self.progress = Progress::Refused(invalid);
                return Ok(());
            }
        }
        let sink = Sink {
            scan: Scan::new(Arc::clone(&self.settings), self.limits, None),
            ended: None,
            is_packed: packing != Packing::Plain,
            bytes: 0,
            limit: self.limits.unpacked_bytes,
        };
        let mut unpacker = Box::new(Unpacker::new(packing, sink)?);
        let result = unpacker.push(&head);
        self.progress = Progress::Scanning(packing, unpacker);
        self.note(result);
        Ok(())
    }

    /// Notes why scanning ended, if it did.
    fn note(&mut self, result: io::Result<()>) {
        let (Err(error), Progress::Scanning(packing, unpacker)) = (result, &mut self.progress) else {
            return;
        };
        self.progress = match unpacker.sink().ended.take() {
            Some(ScanError::NotUtf8) => Progress::NotUtf8(*packing),
            Some(ScanError::Refused(invalid)) => Progress::Refused(invalid),
            None => Progress::Refused(packing.damaged(&error)),
        };
    }

    /// Ends the file. All of it is on disk when this returns.
    ///
    /// A file that turned out not to be UTF-8 is read back twice: once to detect its encoding over all of its bytes,
    /// once to scan it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, that it cannot be kept, or that the work was ended.
    pub fn finish(mut self, stop: &Stop) -> Result<Scanned, IngestError> {
        self.begin()?;
        if let Progress::Scanning(_, unpacker) = &mut self.progress {
            let result = unpacker.end();
            self.note(result);
        }
        let Self { file, hash, size_bytes, settings, limits, progress } = self;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let (packing, result) = match progress {
            Progress::Scanning(packing, unpacker) => (packing, unpacker.into_sink()?.scan.finish()),
            Progress::NotUtf8(packing) => (packing, Err(ScanError::NotUtf8)),
            Progress::Parquet => {
                file.sync_all()?;
                let found = columnar::scan(&file, &settings, limits, stop)?;
                return Ok(columns(found, settings, limits, hex::encode(hash.finalize()), size_bytes));
            }
            Progress::Refused(invalid) => return Err(IngestError::Refused(invalid)),
            Progress::Head(_) => return Err(IngestError::Failed("the file was not begun".into())),
        };
        let found = match result {
            Ok(found) => found,
            Err(ScanError::Refused(invalid)) => return Err(IngestError::Refused(invalid)),
            Err(ScanError::NotUtf8) => rescan(&mut file, packing, &settings, limits, stop)?,
        };
        stop.check()?;
        file.sync_all()?;
        Ok(scanned(found, packing, limits, hex::encode(hash.finalize()), size_bytes))
    }
}

/// Whether a file is Parquet, by its declared format and by its first bytes.
fn said_parquet(head: &[u8], packing: Packing, settings: &Settings) -> Result<bool, Invalid> {
    let refused = |detail: &str| Err(Invalid::at("", detail));
    match settings.format {
        None => Ok(columnar::is_parquet(head, false)),
        Some(InputFormat::Parquet) if packing != Packing::Plain => refused(
            "the file is said to be Parquet and is packed; Parquet is packed inside, so send it as it was written",
        ),
        Some(InputFormat::Parquet) if columnar::is_parquet(head, true) => Ok(true),
        Some(InputFormat::Parquet) => refused(
            "the file is said to be Parquet, and does not begin as Parquet does, with PAR1; say what it is with --input-format",
        ),
        Some(_) => Ok(false),
    }
}

/// The result for a Parquet file.
pub(super) fn columns(
    found: columnar::Found,
    settings: Arc<Settings>,
    limits: CsvLimits,
    sha256: String,
    size_bytes: u64,
) -> Scanned {
    Scanned {
        sha256,
        size_bytes,
        rows: found.rows,
        rejected_rows: 0,
        columns: found.columns,
        delimiter: "none".to_owned(),
        encoding: "UTF-8".to_owned(),
        format: InputFormat::Parquet.as_str().to_owned(),
        how: How::Parquet(settings, limits),
    }
}

/// Scans a file that is on disk and stays as it is.
///
/// * Result: its hash is empty
///
/// # Errors
/// As [`Intake::finish`].
pub fn scan_file(
    path: &Path,
    settings: &CsvSettings,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<Scanned, IngestError> {
    scan_with(path, Settings::new(settings)?, limits, stop)
}

/// As [`scan_file`], of a file that may have only unreadable rows.
///
/// # Errors
/// As [`Intake::finish`].
pub(super) fn scan_whatever_is_left(
    path: &Path,
    settings: &CsvSettings,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<Scanned, IngestError> {
    let settings = Settings { may_leave_nothing: true, ..Settings::new(settings)? };
    scan_with(path, settings, limits, stop)
}

fn scan_with(
    path: &Path,
    settings: Settings,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<Scanned, IngestError> {
    let settings = Arc::new(settings);
    let mut file = File::open(path)?;
    let size_bytes = file.metadata()?.len();
    let mut head = Vec::new();
    (&file).take(pack::MARK_BYTES as u64).read_to_end(&mut head)?;
    let packing = Packing::of_head(&head);
    if said_parquet(&head, packing, &settings)? {
        let found = columnar::scan(&file, &settings, limits, stop)?;
        return Ok(columns(found, settings, limits, String::new(), size_bytes));
    }
    let found = match scan_once(&mut file, packing, &settings, limits, None, stop)? {
        Err(ScanError::NotUtf8) => rescan(&mut file, packing, &settings, limits, stop)?,
        Err(ScanError::Refused(invalid)) => return Err(IngestError::Refused(invalid)),
        Ok(found) => found,
    };
    Ok(scanned(found, packing, limits, String::new(), size_bytes))
}

fn scanned(
    found: ScanResult,
    packing: Packing,
    limits: CsvLimits,
    sha256: String,
    size_bytes: u64,
) -> Scanned {
    Scanned {
        sha256,
        size_bytes,
        rows: found.table.rows,
        rejected_rows: found.table.rejected_rows,
        columns: found.table.columns,
        delimiter: found.shape.delimiter_name(),
        encoding: found.text.describe(),
        format: format!("{}{}", found.shape.ending(), packing.ending()),
        how: How::Text(Box::new(Dialect {
            packing,
            text: found.text,
            shape: found.shape,
            formats: found.table.formats,
            settings: found.settings,
            limits,
        })),
    }
}

fn rescan(
    file: &mut File,
    packing: Packing,
    settings: &Arc<Settings>,
    limits: CsvLimits,
    stop: &Stop,
) -> Result<ScanResult, IngestError> {
    file.rewind()?;
    let text =
        TextEncoding::of_file(unpacked(file, packing, limits)?, stop).map_err(|error| match error {
            IngestError::Io(error) if packing != Packing::Plain => {
                IngestError::Refused(packing.damaged(&error))
            }
            error => error,
        })?;
    scan_once(file, packing, settings, limits, Some(text), stop)?.map_err(refused)
}

/// * `text`: the encoding, when it was detected already
fn scan_once(
    file: &mut File,
    packing: Packing,
    settings: &Arc<Settings>,
    limits: CsvLimits,
    text: Option<TextEncoding>,
    stop: &Stop,
) -> Result<Result<ScanResult, ScanError>, IngestError> {
    file.rewind()?;
    let mut scan = Scan::new(Arc::clone(settings), limits, text);
    let mut buffer = vec![0; BUFFER_BYTES];
    let (mut file, mut bytes) = (unpacked(file, packing, limits)?, 0);
    loop {
        stop.check()?;
        let length = text::read(&mut file, &mut buffer).map_err(|error| damaged(packing, error))?;
        bytes += length as u64;
        if packing != Packing::Plain && bytes > limits.unpacked_bytes {
            return Err(IngestError::Refused(pack::too_large(limits.unpacked_bytes)));
        }
        if length == 0 {
            return Ok(scan.finish());
        }
        if let Err(error) = scan.push(&buffer[..length]) {
            return Ok(Err(error));
        }
    }
}

fn damaged(packing: Packing, error: io::Error) -> IngestError {
    match packing {
        Packing::Plain => IngestError::Io(error),
        packing => IngestError::Refused(packing.damaged(&error)),
    }
}

/// What is packed is read no further than a little beyond the limit.
fn unpacked(file: &File, packing: Packing, limits: CsvLimits) -> io::Result<Box<dyn Read + '_>> {
    let reader = pack::reader(packing, file)?;
    Ok(match packing {
        Packing::Plain => reader,
        _ => Box::new(reader.take(limits.unpacked_bytes.saturating_add(1))),
    })
}

/// With an encoding that is known, a scan ends in nothing but a refusal.
fn refused(error: ScanError) -> IngestError {
    match error {
        ScanError::Refused(invalid) => IngestError::Refused(invalid),
        ScanError::NotUtf8 => IngestError::Failed("the encoding of the file could not be decided".into()),
    }
}
