//! What was set by hand, checked before the first byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use encoding_rs::{Encoding, REPLACEMENT};
use impala_core::source::{ColumnType, CsvSettings, InputFormat, OnBadRows};
use impala_core::{Invalid, name};

use super::reader::Shape;

/// Encodings to suggest when a label is unknown.
const COMMON_ENCODINGS: [&str; 12] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "iso-8859-2",
    "iso-8859-15",
    "shift_jis",
    "euc-jp",
    "gb18030",
    "big5",
];

/// [`CsvSettings`] in the form that reading needs.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub format: Option<InputFormat>,
    pub delimiter: Option<u8>,
    pub encoding: Option<&'static Encoding>,
    pub has_header: bool,
    pub nulls: Nulls,
    pub types: BTreeMap<String, ColumnType>,
    pub skips_bad_rows: bool,
    /// All rows may be bad ones: they are looked at, not kept.
    pub may_leave_nothing: bool,
}

impl Settings {
    /// Checks what can be checked without the file; column names are checked when the header is there.
    pub fn new(settings: &CsvSettings) -> Result<Self, Invalid> {
        let is_tsv = settings.format == Some(InputFormat::Tsv);
        let given = settings.delimiter.as_deref().or(is_tsv.then_some("tab"));
        let delimiter = given.map(delimiter).transpose();
        let encoding = settings.encoding.as_deref().map(encoding).transpose();
        match (delimiter, encoding) {
            (Ok(delimiter), Ok(encoding)) => Ok(Self {
                format: settings.format,
                delimiter,
                encoding,
                has_header: !settings.no_header,
                nulls: Nulls::new(&settings.null_values),
                types: settings.types.clone(),
                skips_bad_rows: settings.on_bad_rows == OnBadRows::Skip,
                may_leave_nothing: false,
            }),
            (delimiter, encoding) => {
                let mut errors = Vec::new();
                errors.extend(delimiter.err().into_iter().flat_map(|invalid| invalid.errors));
                errors.extend(encoding.err().into_iter().flat_map(|invalid| invalid.errors));
                Err(Invalid { errors })
            }
        }
    }
}

impl Settings {
    /// The settings that apply to records of that form: JSON has no header.
    pub fn for_shape(self: &Arc<Self>, shape: Shape) -> Arc<Self> {
        match shape {
            Shape::Delimited(_) => Arc::clone(self),
            Shape::Json => Arc::new(Self { has_header: false, ..(**self).clone() }),
        }
    }
}

/// The character that a word stands for.
///
/// # Errors
/// When there is no such character.
pub(super) fn delimiter(text: &str) -> Result<u8, Invalid> {
    match text.as_bytes() {
        _ if text == "tab" || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => Ok(*byte),
        _ => Err(Invalid::at(
            "/delimiter",
            format!(
                "\"{text}\" is not a delimiter; expected one ASCII character other than a quote or a line break, or tab"
            ),
        )),
    }
}

fn encoding(label: &str) -> Result<&'static Encoding, Invalid> {
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding != REPLACEMENT => Ok(encoding),
        _ => Err(Invalid::at(
            "/encoding",
            format!("\"{label}\" is not a known encoding{}", name::suggestion(label, COMMON_ENCODINGS)),
        )),
    }
}

/// The name of a delimiter in answers.
pub(super) fn delimiter_name(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".to_owned() } else { char::from(delimiter).to_string() }
}

/// Texts that stand for null. The empty field always does, quoted or not: most programs that write CSV cannot tell
/// the two apart, so neither can the reader.
#[derive(Clone, Debug, Default)]
pub(super) struct Nulls {
    texts: Vec<Vec<u8>>,
    longest: usize,
}

impl Nulls {
    fn new(texts: &[String]) -> Self {
        Self {
            longest: texts.iter().map(String::len).max().unwrap_or(0),
            texts: texts.iter().map(|text| text.clone().into_bytes()).collect(),
        }
    }

    /// Whether `value` stands for null.
    pub fn contains(&self, value: &[u8]) -> bool {
        value.is_empty() || (value.len() <= self.longest && self.texts.iter().any(|text| text == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_mean_nothing_are_refused() {
        let check = |delimiter: Option<&str>, encoding: Option<&str>, expected: &[&str]| {
            let settings = CsvSettings {
                delimiter: delimiter.map(str::to_owned),
                encoding: encoding.map(str::to_owned),
                ..CsvSettings::default()
            };
            let found = Settings::new(&settings).err().map_or(Vec::new(), |invalid| invalid.errors);
            let pointers: Vec<&str> = found.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(pointers, expected, "{delimiter:?} {encoding:?}");
        };
        check(Some(";"), Some("latin1"), &[]);
        check(Some("tab"), Some("UTF-16LE"), &[]);
        check(Some("\""), None, &["/delimiter"]);
        check(Some("::"), Some("klingon"), &["/delimiter", "/encoding"]);
        check(Some(""), None, &["/delimiter"]);
        check(Some("ä"), None, &["/delimiter"]);
        check(None, Some("hz-gb-2312"), &["/encoding"]);
    }

    #[test]
    fn a_mistyped_encoding_is_answered_with_the_nearest() {
        let error = encoding("windows-1253x").expect_err("no label");
        let error = &error.errors[0];
        assert!(error.detail.contains("did you mean \"windows-125"), "{}", error.detail);
    }
}
