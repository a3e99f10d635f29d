//! Newline-delimited JSON to records: one object a line, one record an object.
//!
//! The columns are the names in the order in which they first come; where an object lacks one, its field is empty. Numbers
//! and truth values keep their text, so that no digit is lost on the way; objects and lists within are kept as JSON.
//! A string is marked as one: `"53111"` is a code and `53111` is a number, and the author of the file knew which.

use std::collections::HashMap;

use serde::de::IgnoredAny;

use super::CsvLimits;
use super::records::{ReadError, Record};

/// Reads records from text that comes in chunks. Each chunk is valid UTF-8 but for a character cut at its end.
pub(super) struct JsonReader {
    limits: CsvLimits,
    line: u64,
    /// The beginning of a line that a chunk has cut.
    cut: Vec<u8>,
    names: Vec<String>,
    index_of: HashMap<String, usize>,
    fields: Vec<Vec<u8>>,
    strings: Vec<bool>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl JsonReader {
    /// * `names`: the columns that are known already
    pub fn new(limits: CsvLimits, names: Vec<String>) -> Self {
        let index_of = names.iter().cloned().zip(0..).collect();
        let (fields, strings) = (vec![Vec::new(); names.len()], vec![false; names.len()]);
        Self {
            limits,
            line: 1,
            cut: Vec::new(),
            names,
            index_of,
            fields,
            strings,
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Reads on, and hands each record that ends in `chunk` to `sink`, with the names of its columns.
    pub fn feed<E>(
        &mut self,
        chunk: &[u8],
        sink: &mut impl FnMut(&Record<'_>, &[String]) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let mut line = std::mem::take(&mut self.cut);
            line.extend_from_slice(&rest[..end]);
            self.check_size(line.len())?;
            self.read(&line, sink)?;
            self.line += 1;
            line.clear();
            self.cut = line;
            rest = &rest[end + 1..];
        }
        self.cut.extend_from_slice(rest);
        self.check_size(self.cut.len())
    }

    /// Ends the file: the last line needs no line end.
    pub fn finish<E>(
        &mut self,
        sink: &mut impl FnMut(&Record<'_>, &[String]) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        let line = std::mem::take(&mut self.cut);
        self.read(&line, sink)
    }

    fn check_size<E>(&self, length: usize) -> Result<(), ReadError<E>> {
        match length > self.limits.record_bytes() {
            true => Err(ReadError::LargeRecord { line: self.line }),
            false => Ok(()),
        }
    }

    fn read<E>(
        &mut self,
        line: &[u8],
        sink: &mut impl FnMut(&Record<'_>, &[String]) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        let text = line.trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        let fault = self.read_object(text).err();
        self.bytes.clear();
        self.ends.clear();
        if fault.is_some() {
            // A line that is not an object has one field: itself.
            self.bytes.extend_from_slice(text);
            self.ends.push(self.bytes.len());
        } else {
            for (index, field) in self.fields.iter().enumerate() {
                if field.len() > self.limits.field_bytes {
                    return Err(ReadError::LargeField { line: self.line, index });
                }
                self.bytes.extend_from_slice(field);
                self.ends.push(self.bytes.len());
            }
        }
        let record =
            Record::of_json(&self.bytes, &self.ends, &self.strings, self.line, fault.as_deref(), text);
        sink(&record, &self.names).map_err(ReadError::Sink)
    }

    fn read_object(&mut self, text: &[u8]) -> Result<(), String> {
        self.fields.iter_mut().for_each(Vec::clear);
        self.strings.fill(false);
        let text = std::str::from_utf8(text).map_err(|_| "the line is no UTF-8".to_owned())?;
        if !text.starts_with('{') {
            return Err("the line is no JSON object; expected one such as {\"a\": 1}".to_owned());
        }
        let valid: Result<IgnoredAny, _> = serde_json::from_str(text);
        valid.map_err(|error| {
            format!("the line is no JSON object: {}", error.to_string().replace("line 1 column", "character"))
        })?;
        let mut seen = Vec::new();
        for (name, value) in members(text) {
            let index = self.column(name)?;
            if seen.contains(&index) {
                return Err(format!("the object has \"{}\" twice", self.names[index]));
            }
            seen.push(index);
            self.strings[index] = value.starts_with('"');
            match value {
                "null" => {}
                string if string.starts_with('"') => {
                    self.fields[index].extend_from_slice(unquoted(string).as_bytes());
                }
                other => self.fields[index].extend_from_slice(other.as_bytes()),
            }
        }
        Ok(())
    }

    fn column(&mut self, name: &str) -> Result<usize, String> {
        let name = unquoted(name);
        let name = name.trim();
        if let Some(index) = self.index_of.get(name) {
            return Ok(*index);
        }
        if name.is_empty() {
            return Err("the object has a field without a name".to_owned());
        }
        if self.names.len() >= self.limits.columns {
            return Err(format!(
                "\"{name}\" is one column more than the {} that are allowed",
                self.limits.columns
            ));
        }
        let index = self.names.len();
        self.names.push(name.to_owned());
        self.index_of.insert(name.to_owned(), index);
        self.fields.push(Vec::new());
        self.strings.push(false);
        Ok(index)
    }
}

/// The members of an object that is known to be right: names with their quotes, values as they are written.
fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = object[1..].trim_start();
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(',').trim_start();
        if !rest.starts_with('"') {
            return None;
        }
        let (name, behind) = rest.split_at(end_of_value(rest));
        let behind = behind.trim_start().strip_prefix(':')?.trim_start();
        let (value, behind) = behind.split_at(end_of_value(behind));
        rest = behind.trim_start();
        Some((name, value.trim_end()))
    })
}

/// Where the value ends that `text` begins with.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' if is_in_string => {
                is_in_string = false;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ if is_in_string => {}
            b'"' => is_in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

fn unquoted(string: &str) -> String {
    serde_json::from_str(string).unwrap_or_default()
}

/// Whether a file begins with a JSON object on a line of its own: no header of a CSV file looks like one.
pub(super) fn is_likely(text: &[u8], is_whole: bool) -> bool {
    let text = text.trim_ascii_start();
    let line = match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => &text[..end],
        None if is_whole => text,
        None => return false,
    };
    line.starts_with(b"{")
        && serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Each record as `line:field|field`, strings with their quotes, faults behind `!`; then the names.
    fn read(text: &str, chunk_bytes: usize) -> (Vec<String>, Vec<String>) {
        let mut reader = JsonReader::new(CsvLimits::default(), Vec::new());
        let (mut found, mut columns) = (Vec::new(), Vec::new());
        let mut sink = |record: &Record<'_>, names: &[String]| -> Result<(), Infallible> {
            let fields = record.iter().zip(0..).map(|(field, index)| {
                let quote = if record.is_string(index) { "\"" } else { "" };
                format!("{quote}{}{quote}", String::from_utf8_lossy(field))
            });
            let fields = match record.fault {
                Some(fault) => format!("!{fault}"),
                None => fields.collect::<Vec<_>>().join("|"),
            };
            found.push(format!("{}:{fields}", record.line));
            columns = names.to_vec();
            Ok(())
        };
        for chunk in text.as_bytes().chunks(chunk_bytes) {
            reader.feed(chunk, &mut sink).unwrap();
        }
        reader.finish(&mut sink).unwrap();
        (found, columns)
    }

    #[test]
    fn objects_are_records_however_they_are_cut() {
        let check = |text: &str, names: &[&str], expected: &[&str]| {
            for chunk_bytes in [1, 3, 1000] {
                let (found, columns) = read(text, chunk_bytes);
                assert_eq!(found, expected, "{text:?} by {chunk_bytes}");
                assert_eq!(columns, names, "{text:?}");
            }
        };
        check(
            "{\"a\": 1, \"b\": \"x\"}\r\n\n{\"b\":\"y\",\"a\":2.50}",
            &["a", "b"],
            &["1:1|\"x\"", "3:2.50|\"y\""],
        );
        check("{\"a\":null}\n{\"c\":true,\"a\":\"\\u00e9\\\"\"}\n", &["a", "c"], &["1:", "2:\"é\"\"|true"]);
        check("{\"a\":{\"b\":[1,\"}\"]},\"c\":[]}", &["a", "c"], &["1:{\"b\":[1,\"}\"]}|[]"]);
        check("{\"n\":123456789012345678901234.5}", &["n"], &["1:123456789012345678901234.5"]);
        check("{}", &[], &["1:"]);
    }

    #[test]
    fn what_is_no_object_is_a_fault_of_its_line() {
        let check = |line: &str, expected: &str| {
            let (found, _) = read(&format!("{{\"a\":1}}\n{line}\n"), 1000);
            assert!(found[1].starts_with("2:!") && found[1].contains(expected), "{found:?}");
        };
        check("[1]", "expected one such as");
        check("{\"a\":1", "EOF while parsing an object at character 6");
        check("{\"a\":1} x", "trailing characters");
        check("{\"a\":1,\"a\":2}", "\"a\" twice");
        check("{\"\":1}", "without a name");
    }

    #[test]
    fn a_csv_file_is_not_taken_for_json() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n", true),
            ("\n  {\"a\":1}\n", true),
            ("{\"a\":1},b\n1,2\n", false),
            ("{a},b\n", false),
            ("a,b\n", false),
        ] {
            assert_eq!(is_likely(text.as_bytes(), true), expected, "{text}");
        }
    }
}
