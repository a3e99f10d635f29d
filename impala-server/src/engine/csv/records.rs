//! UTF-8 to records and fields, in chunks of any size.
//!
//! Written by hand, as csv-core forgives what must be refused here: text behind a closing quote, and a quote that is
//! never closed. As RFC 4180 has it, a field may be quoted, within quotes a quote is doubled, and line breaks belong to
//! the field. A line ends with LF, CRLF or CR, each line as it likes. A quote inside an unquoted field is itself.

/// One record, with its quotes taken off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
    /// How many fields it has; more than can be asked for when there are more than the limit.
    pub fields: u64,
    /// Line of the text file on which it begins, from 1.
    pub line: u64,
    /// An empty line.
    pub is_blank: bool,
    /// The field whose closing quote is followed by text.
    pub broken_field: Option<usize>,
    /// False when it certainly holds none.
    pub may_hold_nul: bool,
    /// The record as it is written, without its line end; empty unless kept.
    pub raw: &'a [u8],
    /// Why it is not a record at all.
    pub fault: Option<&'a str>,
    /// Which fields are certainly text, where the file says so.
    strings: &'a [bool],
}

impl<'a> Record<'a> {
    /// A record of a file of JSON.
    pub fn of_json(
        bytes: &'a [u8],
        ends: &'a [usize],
        strings: &'a [bool],
        line: u64,
        fault: Option<&'a str>,
        raw: &'a [u8],
    ) -> Self {
        let (fields, may_hold_nul) = (ends.len() as u64, bytes.contains(&0));
        Self {
            bytes,
            ends,
            fields,
            line,
            is_blank: false,
            broken_field: None,
            may_hold_nul,
            raw,
            fault,
            strings,
        }
    }

    /// Whether the file says of a field that it is text.
    pub fn is_string(&self, index: usize) -> bool {
        self.strings.get(index).copied().unwrap_or(false)
    }

    /// The fields within the column limit.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (bytes, mut start) = (self.bytes, 0);
        self.ends.iter().map(move |end| &bytes[std::mem::replace(&mut start, *end)..*end])
    }

    /// Field `index`; empty when there is no such field.
    pub fn field(&self, index: usize) -> &'a [u8] {
        let start = if index == 0 { Some(&0) } else { self.ends.get(index - 1) };
        match (start, self.ends.get(index)) {
            (Some(start), Some(end)) => &self.bytes[*start..*end],
            _ => &[],
        }
    }

    /// Where a NUL byte is, if there is one.
    pub fn nul_field(&self) -> Option<usize> {
        if self.may_hold_nul { self.iter().position(|field| field.contains(&0)) } else { None }
    }
}

/// Why reading cannot go on.
#[derive(Debug)]
pub(super) enum ReadError<E> {
    /// A field is larger than the limit. It began on `line`.
    LargeField { line: u64, index: usize },
    /// All fields of a record together are larger than the limit.
    LargeRecord { line: u64 },
    /// The file ended within quotes that were opened on `line`.
    OpenQuote { line: u64, index: usize },
    /// The receiver of the records refused one.
    Sink(E),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    /// Behind a quote within quotes: it closes the field, or is the first of two.
    Quote,
}

/// Reads records from text that comes in chunks. Each chunk is valid UTF-8 but for a character cut at its end.
pub(super) struct RecordReader {
    delimiter: u8,
    /// Delimiter, CR and LF.
    ends_field: [bool; 256],
    limits: super::CsvLimits,
    keeps_raw: bool,
    state: State,
    after_cr: bool,
    may_hold_nul: bool,
    line: u64,
    record_line: u64,
    field_line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    fields_over: u64,
    broken_field: Option<usize>,
    raw: Vec<u8>,
}

impl RecordReader {
    /// * `keeps_raw`: whether [`Record::raw`] is wanted, which costs a copy
    pub fn new(delimiter: u8, limits: super::CsvLimits, keeps_raw: bool) -> Self {
        let mut ends_field = [false; 256];
        for byte in [delimiter, b'\r', b'\n'] {
            ends_field[usize::from(byte)] = true;
        }
        Self {
            delimiter,
            ends_field,
            limits,
            keeps_raw,
            state: State::FieldStart,
            after_cr: false,
            may_hold_nul: false,
            line: 1,
            record_line: 1,
            field_line: 1,
            bytes: Vec::new(),
            ends: Vec::new(),
            fields_over: 0,
            broken_field: None,
            raw: Vec::new(),
        }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The field of the record that is being read, from 0.
    pub fn field_index(&self) -> usize {
        self.ends.len()
    }

    /// Reads on, and hands each record that ends in `chunk` to `sink`.
    pub fn feed<E>(
        &mut self,
        chunk: &[u8],
        sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        self.may_hold_nul |= chunk.contains(&0);
        let (mut at, mut raw_from) = (0, 0);
        while at < chunk.len() {
            match self.state {
                State::FieldStart if std::mem::take(&mut self.after_cr) && chunk[at] == b'\n' => {
                    at += 1;
                    raw_from = at;
                }
                State::FieldStart => {
                    self.field_line = self.line;
                    let is_quoted = chunk[at] == b'"';
                    self.state = if is_quoted { State::Quoted } else { State::Unquoted };
                    at += usize::from(is_quoted);
                }
                State::Quoted => at = self.read_quoted(chunk, at)?,
                State::Quote if chunk[at] == b'"' => {
                    self.take(b"\"")?;
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Quote if !self.ends_field[usize::from(chunk[at])] => {
                    self.broken_field.get_or_insert(self.ends.len());
                    self.state = State::Unquoted;
                }
                State::Unquoted | State::Quote => {
                    let end = self.find_end(chunk, at);
                    self.take(&chunk[at..end])?;
                    at = end + 1;
                    let Some(byte) = chunk.get(end) else { break };
                    if *byte == self.delimiter {
                        self.end_field();
                    } else {
                        self.keep_raw(&chunk[raw_from..end]);
                        raw_from = at;
                        self.end_line(*byte, sink)?;
                    }
                }
            }
        }
        self.keep_raw(&chunk[raw_from.min(chunk.len())..]);
        Ok(())
    }

    /// Ends the file: the last line needs no line end.
    pub fn finish<E>(
        &mut self,
        sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        match self.state {
            State::Quoted => Err(ReadError::OpenQuote { line: self.field_line, index: self.ends.len() }),
            State::FieldStart if self.ends.is_empty() && self.fields_over == 0 => Ok(()),
            _ => self.end_record(sink),
        }
    }

    fn find_end(&self, chunk: &[u8], from: usize) -> usize {
        let length = chunk[from..].iter().position(|byte| self.ends_field[usize::from(*byte)]);
        length.map_or(chunk.len(), |length| from + length)
    }

    fn read_quoted<E>(&mut self, chunk: &[u8], from: usize) -> Result<usize, ReadError<E>> {
        let length = chunk[from..].iter().position(|byte| *byte == b'"');
        let end = length.map_or(chunk.len(), |length| from + length);
        let text = &chunk[from..end];
        self.take(text)?;
        self.count_lines(text);
        if length.is_some() {
            self.after_cr = false;
            self.state = State::Quote;
        }
        Ok((end + 1).min(chunk.len()))
    }

    /// Counts the line breaks within quotes; CRLF is one, also when a chunk ends between the two.
    fn count_lines(&mut self, text: &[u8]) {
        for byte in text {
            let is_break = *byte == b'\r' || (*byte == b'\n' && !self.after_cr);
            self.line += u64::from(is_break);
            self.after_cr = *byte == b'\r';
        }
    }

    fn take<E>(&mut self, text: &[u8]) -> Result<(), ReadError<E>> {
        let index = self.ends.len();
        if index >= self.limits.columns {
            return Ok(());
        }
        self.bytes.extend_from_slice(text);
        if self.bytes.len() - self.ends.last().copied().unwrap_or(0) > self.limits.field_bytes {
            return Err(ReadError::LargeField { line: self.field_line, index });
        }
        if self.bytes.len() > self.record_limit() {
            return Err(ReadError::LargeRecord { line: self.record_line });
        }
        Ok(())
    }

    fn record_limit(&self) -> usize {
        self.limits.record_bytes()
    }

    fn keep_raw(&mut self, text: &[u8]) {
        if self.keeps_raw {
            let room = self.record_limit().saturating_sub(self.raw.len());
            self.raw.extend_from_slice(&text[..text.len().min(room)]);
        }
    }

    fn end_field(&mut self) {
        if self.ends.len() < self.limits.columns {
            self.ends.push(self.bytes.len());
        } else {
            self.fields_over += 1;
        }
        self.state = State::FieldStart;
    }

    fn end_line<E>(
        &mut self,
        line_end: u8,
        sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        self.after_cr = line_end == b'\r';
        self.end_record(sink)?;
        self.line += 1;
        self.record_line = self.line;
        Ok(())
    }

    fn end_record<E>(
        &mut self,
        sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        let is_blank = self.state == State::Unquoted && self.ends.is_empty() && self.bytes.is_empty();
        self.end_field();
        let record = Record {
            bytes: &self.bytes,
            ends: &self.ends,
            fields: self.ends.len() as u64 + self.fields_over,
            line: self.record_line,
            is_blank: is_blank && self.broken_field.is_none(),
            broken_field: self.broken_field,
            may_hold_nul: self.may_hold_nul,
            raw: &self.raw,
            fault: None,
            strings: &[],
        };
        sink(&record).map_err(ReadError::Sink)?;
        self.bytes.clear();
        self.ends.clear();
        self.raw.clear();
        self.fields_over = 0;
        self.broken_field = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::engine::csv::CsvLimits;

    /// Each record as `line:field|field`, with `!` behind a record whose quotes are broken.
    fn read(text: &str, chunk_bytes: usize, limits: CsvLimits) -> Result<Vec<String>, String> {
        let mut reader = RecordReader::new(b',', limits, true);
        let mut found = Vec::new();
        let mut sink = |record: &Record<'_>| -> Result<(), Infallible> {
            let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
            let end = if record.broken_field.is_some() { "!" } else { "" };
            let blank = if record.is_blank { "blank" } else { "" };
            found.push(format!("{}:{}{end}{blank}", record.line, fields.join("|")));
            Ok(())
        };
        text.as_bytes()
            .chunks(chunk_bytes)
            .try_for_each(|chunk| reader.feed(chunk, &mut sink))
            .and_then(|()| reader.finish(&mut sink))
            .map(|()| found)
            .map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn records_are_the_same_however_they_are_cut() {
        let check = |text: &str, expected: &[&str]| {
            for chunk_bytes in [1, 2, 3, 5, 1000] {
                let found = read(text, chunk_bytes, CsvLimits::default()).expect("well-formed");
                assert_eq!(found, expected, "{text:?} by {chunk_bytes}");
            }
        };
        check("a,b\n1,2\n", &["1:a|b", "2:1|2"]);
        check("a,b\r\n1,2\r3,4\n5,6", &["1:a|b", "2:1|2", "3:3|4", "4:5|6"]);
        check("\"a\",\"b \"\"x\"\"\"\n\"\",\n", &["1:a|b \"x\"", "2:|"]);
        check("\"a\r\nb\rc\nd\",2\n3,4", &["1:a\r\nb\rc\nd|2", "5:3|4"]);
        check("a\n\n\r\nb\n", &["1:a", "2:blank", "3:blank", "4:b"]);
        check("\"\"\n", &["1:"]);
        check("1,", &["1:1|"]);
        check("5\" pipe,x\"y\"\n", &["1:5\" pipe|x\"y\""]);
        check("\"a\"b,\"c\"\n", &["1:ab|c!"]);
        check("\"a\" ,c\n", &["1:a |c!"]);
        check("", &[]);
        check("\n", &["1:blank"]);
        check(",", &["1:|"]);
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let check = |text: &str, expected: &str| {
            let limits = CsvLimits { columns: 20, field_bytes: 4, ..CsvLimits::default() };
            for chunk_bytes in [1, 3, 1000] {
                assert_eq!(read(text, chunk_bytes, limits).expect_err("refused"), expected, "{text:?}");
            }
        };
        check("a\n1,\"b", "OpenQuote { line: 2, index: 1 }");
        check("a\n\"b\n\nc\n\nd", "LargeField { line: 2, index: 0 }");
        check("a,b\n1,12345", "LargeField { line: 2, index: 1 }");
        check(&"1234,".repeat(17), "LargeRecord { line: 1 }");
    }

    #[test]
    fn fields_beyond_the_limit_are_counted_but_not_kept() {
        let mut reader =
            RecordReader::new(b',', CsvLimits { columns: 2, field_bytes: 10, ..CsvLimits::default() }, true);
        let mut found = None;
        let mut sink = |record: &Record<'_>| -> Result<(), Infallible> {
            found = Some((record.fields, record.iter().count(), record.raw.len()));
            Ok(())
        };
        reader.feed("x,".repeat(10_000).as_bytes(), &mut sink).expect("no limit is broken");
        reader.finish(&mut sink).expect("one record");
        assert_eq!(found, Some((10_001, 2, 160)));
    }
}
