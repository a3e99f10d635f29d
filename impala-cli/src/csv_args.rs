//! Flags that say how a CSV file is to be read; `impala upload` and `impala open` take the same.

use std::path::Path;

use impala_core::client::CsvChoices;
#[cfg(feature = "server")]
use impala_core::source::CsvSettings;
use impala_core::source::{ColumnType, InputFormat, OnBadRows};

/// How a CSV file is to be read.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Reading the file (as in its last upload, or found out, when left out)")]
pub struct CsvArgs {
    /// What the file is: csv, tsv, ndjson, these packed with gzip or Zstandard or not, or parquet. By its name when left out
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<InputFormat>,
    /// Between fields: one character, tab, or auto
    #[arg(long, value_name = "CHAR", allow_hyphen_values = true, value_parser = parse_delimiter)]
    delimiter: Option<String>,
    /// Encoding of the text, such as windows-1252, or auto
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<String>,
    /// The first row holds data; columns are called column_1, column_2, ...
    #[arg(long)]
    no_header: bool,
    /// The first row holds names, after an upload with --no-header
    #[arg(long, conflicts_with = "no_header")]
    header: bool,
    /// Texts that stand for no value, separated by commas
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', allow_hyphen_values = true)]
    null_values: Vec<String>,
    /// Type of a column: boolean, integer, decimal, date, datetime, timestamp, string, or auto
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = parse_type)]
    types: Vec<(String, Option<ColumnType>)>,
    /// What becomes of rows that cannot be read
    #[arg(long, value_name = "WHAT", value_parser = ["fail", "skip"])]
    on_bad_rows: Option<String>,
}

/// Refuses what no server takes before a file is sent.
fn parse_delimiter(text: &str) -> Result<String, String> {
    let is_one = matches!(text.as_bytes(), [byte] if byte.is_ascii() && !b"\"\r\n\0".contains(byte));
    match is_one || ["auto", "tab", "\\t"].contains(&text) {
        true => Ok(text.to_owned()),
        false => {
            Err("expected one ASCII character other than a quote or a line break, tab or auto".to_owned())
        }
    }
}

/// As [`parse_delimiter`]: labels of the WHATWG Encoding Standard, but for the one that reads nothing.
fn parse_encoding(text: &str) -> Result<String, String> {
    let known = encoding_rs::Encoding::for_label(text.as_bytes());
    match text == "auto" || known.is_some_and(|encoding| encoding != encoding_rs::REPLACEMENT) {
        true => Ok(text.to_owned()),
        false => {
            Err("expected a label such as utf-8, utf-16le, windows-1252 or shift_jis, or auto".to_owned())
        }
    }
}

fn parse_type(text: &str) -> Result<(String, Option<ColumnType>), String> {
    // The name of a column may hold "=", a type never does.
    let Some((column, word)) = text.rsplit_once('=').filter(|(column, _)| !column.is_empty()) else {
        return Err(format!("\"{text}\" is not COLUMN=TYPE"));
    };
    let column_type = if word == "auto" { None } else { Some(word.parse()?) };
    Ok((column.to_owned(), column_type))
}

impl CsvArgs {
    /// What was chosen for a file that is read here, where no earlier upload is known.
    #[cfg(feature = "server")]
    pub fn settings(&self, path: &Path) -> CsvSettings {
        let choices = self.choices(path);
        CsvSettings {
            format: choices.format,
            delimiter: choices.delimiter.filter(|text| text != "auto"),
            encoding: choices.encoding.filter(|text| text != "auto"),
            no_header: self.no_header,
            null_values: choices.null_values,
            ..CsvSettings::default()
        }
    }

    /// What was chosen for a file; what it is may be told by its name.
    pub fn choices(&self, path: &Path) -> CsvChoices {
        let by_name = CsvChoices::of_file(path);
        CsvChoices {
            format: self.input_format.or(by_name.format),
            delimiter: self.delimiter.clone(),
            encoding: self.encoding.clone(),
            no_header: (self.no_header || self.header).then_some(self.no_header),
            null_values: self.null_values.clone(),
            types: self.types.clone(),
            on_bad_rows: self.on_bad_rows.as_deref().map(|word| match word {
                "skip" => OnBadRows::Skip,
                _ => OnBadRows::Fail,
            }),
            ..by_name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_and_encodings_are_checked_here() {
        let check = |parse: fn(&str) -> Result<String, String>, text: &str, is_right: bool| {
            assert_eq!(parse(text).is_ok(), is_right, "{text}");
        };
        for right in [";", "\t", "\\t", "tab", "auto", "|", "-"] {
            check(parse_delimiter, right, true);
        }
        for wrong in ["", "ab", "\"", "\n", "ä"] {
            check(parse_delimiter, wrong, false);
        }
        for right in ["UTF-8", "latin1", "windows-1252", "auto"] {
            check(parse_encoding, right, true);
        }
        for wrong in ["", "klingon", "iso-2022-kr"] {
            check(parse_encoding, wrong, false);
        }
    }

    #[test]
    fn types_are_given_by_column() {
        let check = |text: &str, expected: Option<(&str, Option<ColumnType>)>| {
            let expected = expected.map(|(column, column_type)| (column.to_owned(), column_type));
            assert_eq!(parse_type(text).ok(), expected);
        };
        check("zip=string", Some(("zip", Some(ColumnType::String))));
        check("a=b=integer", Some(("a=b", Some(ColumnType::Integer))));
        check("zip=auto", Some(("zip", None)));
        check("zip", None);
        check("zip=text", None);
    }
}
