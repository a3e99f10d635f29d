//! The first pass over the text of a file, with nothing known of it but what was set by hand.

use std::sync::Arc;

use encoding_rs::Encoding;
use impala_core::Invalid;
use impala_core::source::InputFormat;

use super::CsvLimits;
use super::json;
use super::magic;
use super::reader::{Reader, Shape};
use super::records::ReadError;
use super::settings::Settings;
use super::sniff;
use super::table::{Found, Table};
use super::text::{DecodeError, Decoder, KnownBy, TextEncoding};

/// So much of a file is looked at before its delimiter is decided.
const HEAD_BYTES: usize = 128 * 1024;

/// Why a scan ended.
#[derive(Debug)]
pub(super) enum ScanError {
    /// The file was taken for UTF-8 and is not: its encoding has to be detected over all of its bytes.
    NotUtf8,
    Refused(Invalid),
}

/// What a scan found.
#[derive(Debug)]
pub(super) struct ScanResult {
    pub text: TextEncoding,
    pub shape: Shape,
    pub settings: Arc<Settings>,
    pub table: Found,
}

/// One pass over a file whose bytes come in chunks of any size. Where the chunks are cut makes no difference.
pub(super) struct Scan {
    settings: Arc<Settings>,
    limits: CsvLimits,
    head_bytes: usize,
    /// The encoding, when it is already known.
    text: Option<TextEncoding>,
    stage: Stage,
}

enum Stage {
    /// The first bytes are collected until there are enough to decide on.
    Head(Vec<u8>),
    Body(Box<Body>),
}

impl Scan {
    /// * `text`: the encoding, when it was detected already
    pub fn new(settings: Arc<Settings>, limits: CsvLimits, text: Option<TextEncoding>) -> Self {
        Self { settings, limits, head_bytes: HEAD_BYTES, text, stage: Stage::Head(Vec::new()) }
    }

    /// Decides by fewer bytes, so that a short file has a body.
    #[cfg(test)]
    pub fn with_head(mut self, head_bytes: usize) -> Self {
        self.head_bytes = head_bytes;
        self
    }

    /// Reads on. After an error nothing may be pushed any more.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), ScanError> {
        if let Stage::Head(head) = &mut self.stage {
            let missing = (self.head_bytes - head.len()).min(bytes.len());
            head.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if head.len() < self.head_bytes {
                return Ok(());
            }
            self.begin(false)?;
        }
        match &mut self.stage {
            Stage::Body(body) => body.push(bytes, false),
            Stage::Head(_) => Ok(()),
        }
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<ScanResult, ScanError> {
        if matches!(self.stage, Stage::Head(_)) {
            self.begin(true)?;
        }
        match self.stage {
            Stage::Body(body) => body.finish(),
            Stage::Head(_) => Err(ScanError::NotUtf8),
        }
    }

    fn begin(&mut self, is_whole: bool) -> Result<(), ScanError> {
        let Stage::Head(head) = &mut self.stage else { return Ok(()) };
        let head = std::mem::take(head);
        if let Some(detail) = magic::refusal(&head) {
            return Err(ScanError::Refused(Invalid::at("", detail)));
        }
        let setting: Option<&'static Encoding> = self.settings.encoding;
        let text = self.text.unwrap_or_else(|| TextEncoding::of_head(&head, setting));
        let (mut decoder, mut decoded) = (text.decoder(), Vec::new());
        let result: Result<(), DecodeError<ScanError>> =
            decoder.decode(&head[text.mark_bytes..], false, &mut |piece| {
                decoded.extend_from_slice(piece);
                Ok(())
            });
        if text.known_by == KnownBy::Assumption && result.is_err() {
            // Text in the wrong encoding: what was found so far is meaningless.
            return Err(ScanError::NotUtf8);
        }
        let shape = self.shape(&decoded, is_whole);
        let settings = self.settings.for_shape(shape);
        let mut body = Box::new(Body {
            text,
            decoder,
            shape,
            reader: Reader::new(shape, self.limits, Vec::new(), false),
            table: Some(Table::new(Arc::clone(&settings), self.limits, shape)),
            settings,
        });
        body.read(&decoded)?;
        if let Err(DecodeError::Malformed(bytes)) = result {
            return Err(body.refuse_bytes(&bytes));
        }
        self.stage = Stage::Body(body);
        Ok(())
    }
}

impl Scan {
    fn shape(&self, text: &[u8], is_whole: bool) -> Shape {
        let sniffed = || sniff::delimiter(text, is_whole, self.settings.has_header, self.limits);
        match self.settings.format {
            Some(InputFormat::Ndjson) => Shape::Json,
            None if self.settings.delimiter.is_none() && json::is_likely(text, is_whole) => Shape::Json,
            _ => Shape::Delimited(self.settings.delimiter.unwrap_or_else(sniffed)),
        }
    }
}

/// The rest of the pass, once encoding and delimiter are known.
struct Body {
    text: TextEncoding,
    decoder: Decoder,
    shape: Shape,
    settings: Arc<Settings>,
    reader: Reader,
    /// `None` once the file has been refused.
    table: Option<Table>,
}

impl Body {
    fn push(&mut self, bytes: &[u8], is_last: bool) -> Result<(), ScanError> {
        let (reader, Some(table)) = (&mut self.reader, &mut self.table) else { return Ok(()) };
        let mut sink = |text: &[u8]| reader.feed(text, &mut |record, names| table.add(record, names));
        match self.decoder.decode(bytes, is_last, &mut sink) {
            Ok(()) => Ok(()),
            Err(DecodeError::Sink(error)) => Err(self.refuse(error)),
            Err(DecodeError::Malformed(bytes)) => Err(self.refuse_bytes(&bytes)),
        }
    }

    /// Reads text that is decoded already.
    fn read(&mut self, text: &[u8]) -> Result<(), ScanError> {
        let (reader, Some(table)) = (&mut self.reader, &mut self.table) else { return Ok(()) };
        let result = reader.feed(text, &mut |record, names| table.add(record, names));
        result.map_err(|error| self.refuse(error))
    }

    fn finish(mut self: Box<Self>) -> Result<ScanResult, ScanError> {
        self.push(&[], true)?;
        let (reader, Some(table)) = (&mut self.reader, &mut self.table) else {
            return Err(ScanError::NotUtf8);
        };
        reader.finish(&mut |record, names| table.add(record, names)).map_err(|error| self.refuse(error))?;
        let table = self.table.take().ok_or(ScanError::NotUtf8)?;
        let table = table.finish().map_err(ScanError::Refused)?;
        Ok(ScanResult { text: self.text, shape: self.shape, settings: self.settings, table })
    }

    fn refuse(&mut self, error: ReadError<Invalid>) -> ScanError {
        self.table.take().map_or(ScanError::NotUtf8, |table| ScanError::Refused(table.refuse(error)))
    }

    fn refuse_bytes(&mut self, bytes: &[u8]) -> ScanError {
        let name = self.text.encoding.name();
        let detail = match self.text.known_by {
            KnownBy::Assumption => return ScanError::NotUtf8,
            KnownBy::Majority => format!("these bytes are no text in {name}, which most of the file is in"),
            KnownBy::Detection => {
                format!("these bytes are no text in {name}, which the file looks to be in; set its encoding")
            }
            KnownBy::Setting => format!(
                "these bytes are no text in {name}; set another encoding, or none to have it detected"
            ),
            KnownBy::ByteOrderMark => {
                format!("these bytes are no text in {name}, which its byte order mark says it is in")
            }
        };
        let (line, index) = (self.reader.line(), self.reader.field_index());
        let table = self.table.take();
        table.map_or(ScanError::NotUtf8, |table| {
            ScanError::Refused(table.refuse_bytes(line, index, bytes, detail))
        })
    }
}
