//! How an upload wants its file read: what it sets counts and is remembered; what it leaves out is as in the last
//! upload.

use std::str::FromStr;

use impala_core::source::{ColumnType, CsvSettings, InputFormat, OnBadRows};
use impala_core::{FieldError, Invalid, name};
use jiff::SignedDuration;

use super::previews;

/// The word that resets a choice: it is detected from the file again.
const AUTO: &str = "auto";

/// Longest note, in characters.
const NOTE_CHARS: usize = 500;

const KEYS: [&str; 13] = [
    "format",
    "append",
    "allow_duplicate",
    "preview",
    "ttl_s",
    "contract",
    "delimiter",
    "encoding",
    "no_header",
    "null_values",
    "type",
    "on_bad_rows",
    "note",
];

/// The settings of an upload, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadSettings {
    format: Option<InputFormat>,
    delimiter: Option<String>,
    encoding: Option<String>,
    no_header: Option<bool>,
    null_values: Option<Vec<String>>,
    types: Vec<(String, Option<ColumnType>)>,
    on_bad_rows: Option<OnBadRows>,
    /// Whether its rows come behind those of the current version.
    pub append: bool,
    /// Whether rows are appended that the last upload has appended already.
    pub allow_duplicate: bool,
    /// The preview that its version goes to.
    pub preview: Option<String>,
    /// How long that preview lives from now.
    pub life: Option<SignedDuration>,
    /// The contract that the file is checked against, besides that of its source.
    pub contract: Option<String>,
    /// Where the file comes from: a CI run, a commit.
    pub note: String,
}

impl UploadSettings {
    /// Reads the parameters of an upload's address.
    ///
    /// # Errors
    /// Every parameter that is unknown or has no such value.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, Invalid> {
        let mut settings = Self::default();
        let mut errors: Vec<FieldError> = pairs
            .iter()
            .filter_map(|(key, value)| {
                let fault = settings.set(key, value).err()?;
                Some(FieldError::at(format!("/{key}"), fault))
            })
            .collect();
        if errors.is_empty() && settings.life.is_some() && settings.preview.is_none() {
            errors.push(FieldError::at("/ttl_s", "is for previews only; name one with preview"));
        }
        Invalid::unless_empty(errors)?;
        Ok(settings)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "append" => self.append = is_true(value)?,
            "allow_duplicate" => self.allow_duplicate = is_true(value)?,
            "preview" => {
                previews::check_name(value)?;
                self.preview = Some(value.to_owned());
            }
            "ttl_s" => {
                let seconds = value.parse().map_err(|_| format!("\"{value}\" is not a number of seconds"))?;
                self.life = Some(previews::life(seconds)?);
            }
            "contract" => self.contract = Some(value.to_owned()),
            "format" => self.format = Some(value.parse()?),
            "delimiter" => self.delimiter = Some(value.to_owned()),
            "encoding" => self.encoding = Some(value.to_owned()),
            "no_header" => self.no_header = Some(is_true(value)?),
            "null_values" => self.null_values.get_or_insert_default().extend(some(value)),
            "type" => self.types.push(column_type(value)?),
            "on_bad_rows" => self.on_bad_rows = Some(on_bad_rows(value)?),
            "note" if value.chars().count() > NOTE_CHARS => {
                return Err(format!("is longer than {NOTE_CHARS} characters"));
            }
            "note" => value.clone_into(&mut self.note),
            _ => return Err(format!("unknown parameter \"{key}\"{}", name::suggestion(key, KEYS))),
        }
        Ok(())
    }

    /// Takes the format from the file's name, unless it was given.
    pub fn or_by_name(&mut self, file_name: &str) {
        self.format = self.format.or_else(|| InputFormat::of_file_name(file_name));
    }

    /// The settings that hold for the file: these over those of the last upload.
    pub fn over(&self, last: &CsvSettings) -> CsvSettings {
        let choice = |given: &Option<String>, last: &Option<String>| match given.as_deref() {
            None => last.clone(),
            Some("" | AUTO) => None,
            Some(text) => Some(text.to_owned()),
        };
        let mut types = last.types.clone();
        for (column, column_type) in &self.types {
            match column_type {
                Some(column_type) => types.insert(column.clone(), *column_type),
                None => types.remove(column),
            };
        }
        // The delimiter of one format says nothing about another.
        let last_delimiter = if self.format == last.format { &last.delimiter } else { &None };
        CsvSettings {
            format: self.format,
            delimiter: choice(&self.delimiter, last_delimiter),
            encoding: choice(&self.encoding, &last.encoding),
            no_header: self.no_header.unwrap_or(last.no_header),
            null_values: self.null_values.clone().unwrap_or_else(|| last.null_values.clone()),
            types,
            on_bad_rows: self.on_bad_rows.unwrap_or(last.on_bad_rows),
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_true(text: &str) -> Result<bool, String> {
    match text {
        "" | "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false")),
    }
}

fn on_bad_rows(text: &str) -> Result<OnBadRows, String> {
    match text {
        "fail" => Ok(OnBadRows::Fail),
        "skip" => Ok(OnBadRows::Skip),
        _ => Err(format!("\"{text}\" is neither fail nor skip")),
    }
}

/// `zip:string`; a column's name may hold colons itself.
fn column_type(text: &str) -> Result<(String, Option<ColumnType>), String> {
    let Some((column, word)) = text.rsplit_once(':').filter(|(column, _)| !column.is_empty()) else {
        return Err(format!("\"{text}\" is not a column and type; write it as zip:string"));
    };
    let column_type = if word == AUTO { None } else { Some(ColumnType::from_str(word)?) };
    Ok((column.to_owned(), column_type))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<UploadSettings, Invalid> {
        let pairs: Vec<_> =
            query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        UploadSettings::read(&pairs)
    }

    fn last() -> CsvSettings {
        CsvSettings {
            delimiter: Some(";".to_owned()),
            null_values: vec!["N/A".to_owned()],
            types: BTreeMap::from([("zip".to_owned(), ColumnType::String)]),
            ..CsvSettings::default()
        }
    }

    #[test]
    fn what_is_given_counts_and_what_is_left_out_stays() {
        let check = |query: &[(&str, &str)], change: fn(&mut CsvSettings)| {
            let mut expected = last();
            change(&mut expected);
            assert_eq!(read(query).unwrap().over(&last()), expected, "{query:?}");
        };
        check(&[], |_| {});
        check(&[("note", "build 7")], |_| {});
        check(&[("delimiter", "tab")], |settings| settings.delimiter = Some("tab".to_owned()));
        check(&[("delimiter", "auto")], |settings| settings.delimiter = None);
        check(&[("no_header", "true")], |settings| settings.no_header = true);
        check(&[("null_values", "-"), ("null_values", "?")], |settings| {
            settings.null_values = vec!["-".to_owned(), "?".to_owned()];
        });
        check(&[("null_values", "")], |settings| settings.null_values.clear());
        check(&[("type", "a:b:date")], |settings| {
            settings.types.insert("a:b".to_owned(), ColumnType::Date);
        });
        check(&[("type", "zip:auto")], |settings| settings.types.clear());
        check(&[("on_bad_rows", "skip")], |settings| settings.on_bad_rows = OnBadRows::Skip);
    }

    #[test]
    fn wrong_parameters_are_named() {
        let check = |key: &str, value: &str, expected: &str| {
            assert_eq!(read(&[(key, value)]).unwrap_err().to_string(), expected);
        };
        check("delimeter", ";", "/delimeter: unknown parameter \"delimeter\"; did you mean \"delimiter\"?");
        check("no_header", "maybe", "/no_header: \"maybe\" is neither true nor false");
        check("type", "zip", "/type: \"zip\" is not a column and type; write it as zip:string");
        check("type", "zip:strin", "/type: \"strin\" is not a column type; did you mean \"string\"?");
        check("preview", "7", "/preview: \"7\" is a number, as versions have; call the preview pr-7");
        check("ttl_s", "60", "/ttl_s: is for previews only; name one with preview");
        check("ttl_s", "1", "/ttl_s: is 1 second, where 60 (a minute) to 7776000 (90 days) is possible");
        check("on_bad_rows", "keep", "/on_bad_rows: \"keep\" is neither fail nor skip");
    }
}
