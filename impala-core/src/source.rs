//! CSV sources, their versions, and the types of their columns.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name;

/// A source of the project, perhaps pinned to a version: `taxis`, `taxis@3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceRef {
    /// Name of the source.
    pub name: String,
    /// Its version; the current one when `None`.
    pub version: Option<u32>,
}

impl SourceRef {
    /// The current version of a source.
    pub fn current(name: impl Into<String>) -> Self {
        Self { name: name.into(), version: None }
    }
}

impl FromStr for SourceRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, number)) => match number.parse::<u32>() {
                Ok(version) if version > 0 => (name, Some(version)),
                _ => {
                    return Err(format!("\"{text}\": after @ comes a version's number, as in {name}@3"));
                }
            },
            None => (text, None),
        };
        if !name::is_slug(name) {
            return Err(format!("\"{name}\" is not a source's name: {}", name::SLUG_RULE));
        }
        Ok(Self { name: name.to_owned(), version })
    }
}

impl fmt::Display for SourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.version.map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

crate::term::serde_as_text!(SourceRef);

/// Type of a column, decided over all of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// true or false.
    Boolean,
    /// 64-bit signed integer.
    Integer,
    /// 64-bit floating-point number.
    Decimal,
    /// Calendar day.
    Date,
    /// Day and time of day without a zone, to the microsecond.
    Datetime,
    /// Instant: day and time with a zone, kept in UTC to the microsecond.
    Timestamp,
    /// Text.
    String,
}

impl ColumnType {
    /// Every type, in the order that help lists them.
    pub const ALL: [Self; 7] = [
        Self::Boolean,
        Self::Integer,
        Self::Decimal,
        Self::Date,
        Self::Datetime,
        Self::Timestamp,
        Self::String,
    ];

    /// Its word in JSON and flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Timestamp => "timestamp",
            Self::String => "string",
        }
    }

    /// Integer or decimal.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    /// Date, datetime or timestamp.
    pub const fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Datetime | Self::Timestamp)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ColumnType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|column_type| column_type.as_str() == text).ok_or_else(|| {
            format!("\"{text}\" is not a column type{}", name::suggestion(text, Self::ALL.map(Self::as_str)))
        })
    }
}

/// What is known of a column of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceColumn {
    /// As the header has it.
    pub name: String,
    /// Decided over all rows, or set by hand.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Why it has that type: `row 48,113 holds "N/A"`.
    pub reason: String,
    /// Rows without a value.
    pub nulls: u64,
    /// Least value as text; `None` when all are null.
    pub min: Option<String>,
    /// Greatest value as text.
    pub max: Option<String>,
}

/// How a CSV file is to be read. What is `None` is detected from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CsvSettings {
    /// Format of the file. It comes with each upload, and is not remembered for the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<InputFormat>,
    /// One ASCII character, or `tab`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// A label of the WHATWG Encoding Standard, `windows-1252`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The first row holds data; columns are called `column_1`, `column_2`, ...
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_header: bool,
    /// Texts that stand for null, besides the empty field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub null_values: Vec<String>,
    /// Types set by hand, by column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, ColumnType>,
    /// What becomes of rows that cannot be read.
    #[serde(skip_serializing_if = "OnBadRows::is_default")]
    pub on_bad_rows: OnBadRows,
}

/// What a file is that holds a table. All but Parquet may be packed with gzip or Zstandard, which the first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum InputFormat {
    /// Fields parted by a delimiter.
    Csv,
    /// Fields parted by tabs.
    Tsv,
    /// A JSON object a line.
    Ndjson,
    /// Columns with their types, packed inside.
    Parquet,
}

/// Endings of packed files.
const PACKED: [&str; 2] = [".gz", ".zst"];

/// Endings of files with a table, and what they are.
const ENDINGS: [(&str, InputFormat); 8] = [
    (".csv", InputFormat::Csv),
    (".tsv", InputFormat::Tsv),
    (".tab", InputFormat::Tsv),
    (".ndjson", InputFormat::Ndjson),
    (".jsonl", InputFormat::Ndjson),
    (".jsonlines", InputFormat::Ndjson),
    (".parquet", InputFormat::Parquet),
    (".pq", InputFormat::Parquet),
];

impl InputFormat {
    /// Every format, in the order that help lists them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Tsv, Self::Ndjson, Self::Parquet];

    /// Its word in JSON and flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }

    /// What a file is by its name; CSV, which says nothing of its delimiter, is `None`, as is what nobody knows.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (_, format) = split_name(name);
        format.filter(|format| *format != Self::Csv)
    }
}

/// Endings of other files that people keep tables in, which do not say how.
const VAGUE: [&str; 2] = [".txt", ".psv"];

/// Endings of files that can be uploaded, for a file chooser: `.csv`, `.gz`.
pub fn file_endings() -> impl Iterator<Item = &'static str> {
    ENDINGS.into_iter().map(|(ending, _)| ending).chain(VAGUE).chain(PACKED)
}

/// Whether a file looks by its name as if it held a table: `sales.csv`, `sales.tsv.gz`, `sales.txt`.
pub fn is_table(file_name: &str) -> bool {
    let unpacked = PACKED.iter().find_map(|ending| cut(file_name, ending)).unwrap_or(file_name);
    split_name(unpacked).1.is_some() || VAGUE.iter().any(|ending| cut(unpacked, ending).is_some())
}

/// A name without that ending, if it has it.
fn cut<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(ending.len())?;
    name.get(at..).filter(|end| end.eq_ignore_ascii_case(ending)).map(|_| &name[..at])
}

/// The name of a file without the endings that say what it is: `sales` of `sales.csv.gz`.
pub fn stem(file_name: &str) -> &str {
    split_name(file_name).0
}

fn split_name(name: &str) -> (&str, Option<InputFormat>) {
    let unpacked = PACKED.iter().find_map(|ending| cut(name, ending)).unwrap_or(name);
    match ENDINGS.iter().find_map(|(ending, format)| Some((cut(unpacked, ending)?, *format))) {
        Some((stem, format)) => (stem, Some(format)),
        // Any other ending says nothing, and is not part of the name either.
        None => (unpacked.rsplit_once('.').map_or(unpacked, |(stem, _)| stem), None),
    }
}

impl FromStr for InputFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            format!(
                "\"{text}\" is not an input format{}",
                name::suggestion(text, Self::ALL.map(Self::as_str))
            )
        })
    }
}

/// What becomes of rows that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnBadRows {
    /// The file is refused.
    #[default]
    Fail,
    /// They are left out, counted and kept in a rejects file.
    Skip,
}

impl OnBadRows {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One version of a source. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceVersion {
    /// 1, 2, 3, ...
    pub version: u32,
    /// SHA-256 of the bytes as they came, in hexadecimal.
    pub sha256: String,
    /// Size of the file as it came, in bytes.
    pub size_bytes: u64,
    /// Rows of data.
    pub rows: u64,
    /// Rows left out with `on_bad_rows: skip`.
    pub rejected_rows: u64,
    /// Columns in the order of the file.
    pub columns: Vec<SourceColumn>,
    /// Delimiter that was used, a character or `tab`.
    pub delimiter: String,
    /// Encoding that was used, and how it was known: `UTF-8`, `windows-1252 (detected)`.
    pub encoding: String,
    /// What the file is, as its name would end: `csv`, `tsv.gz`, `ndjson.zst`.
    #[serde(default = "csv")]
    pub format: String,
    /// Username of the uploader.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// What the upload said of itself: a CI run, a commit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A data source: a name whose current version the canvases show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    /// Its name within the project.
    pub name: String,
    /// How its files are read, as far as set by hand.
    pub settings: CsvSettings,
    /// How many versions there are.
    pub versions: u32,
    /// The version that `name` alone means.
    pub current: SourceVersion,
}

fn csv() -> String {
    "csv".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_tell_what_they_are() {
        let check = |name: &str, expected: &str, format| {
            assert_eq!((stem(name), InputFormat::of_file_name(name)), (expected, format), "{name}");
        };
        check("sales.csv", "sales", None);
        check("sales.CSV.gz", "sales", None);
        check("a.b.tsv.zst", "a.b", Some(InputFormat::Tsv));
        check("log.jsonl", "log", Some(InputFormat::Ndjson));
        check("log.ndjson.gz", "log", Some(InputFormat::Ndjson));
        check("Sales.Parquet", "Sales", Some(InputFormat::Parquet));
        check("report.txt", "report", None);
        check("data", "data", None);
    }

    #[test]
    fn tables_are_known_by_their_names() {
        for name in ["a.csv", "a.TSV.gz", "a.jsonl.zst", "a.parquet", "a.txt", "a.psv.gz"] {
            assert!(is_table(name), "{name}");
        }
        for name in ["a", "a.gz", "a.png", "csv", "a.csv.bak"] {
            assert!(!is_table(name), "{name}");
        }
    }
}
