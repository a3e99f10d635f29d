//! The names of the columns.

use std::collections::HashMap;

use impala_core::source::{ColumnType, SourceColumn};
use impala_core::{FieldError, Invalid, name};

use super::CsvLimits;
use super::problems::{Problems, counted, shown, thousands};
use super::records::Record;
use super::settings::Settings;
use super::temporal::Temporal;
use super::value;

/// The names in the first record, or `column_1`, `column_2`, ... when there is no header. Spaces around a name are not
/// part of it: nobody could tell ` b` from `b` in a query.
///
/// # Errors
/// Empty and duplicate names, too many columns, what cannot be read, and types set by hand for columns that are not
/// there.
pub(super) fn names(
    record: &Record<'_>,
    settings: &Settings,
    limits: CsvLimits,
) -> Result<Vec<String>, Invalid> {
    let at_header = |detail: String| FieldError { line: Some(record.line), ..FieldError::at("", detail) };
    if record.fields > limits.columns as u64 {
        let most = thousands(limits.columns as u64);
        return Err(at_header(format!(
            "the file has {}; at most {most} are allowed",
            counted(record.fields, "column")
        ))
        .into());
    }
    let names: Vec<String> = if settings.has_header {
        record.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect()
    } else {
        (1..=record.fields).map(|number| format!("column_{number}")).collect()
    };
    let mut problems = Problems::default();
    if settings.has_header {
        let unreadable = [(record.broken_field, BROKEN_QUOTE), (record.nul_field(), NUL)];
        for (index, what) in unreadable.into_iter().filter_map(|(index, what)| Some((index?, what))) {
            let value = Some(shown(record.field(index)));
            problems.add(FieldError { value, ..at_header(format!("in the header, {what}")) });
        }
        check_names(&names, record.line, &mut problems);
    }
    problems.extend(check_types(settings, &names));
    problems.check().map(|()| names)
}

/// What is wrong with types that are set by hand for columns that are not there.
pub(super) fn check_types(settings: &Settings, names: &[String]) -> Problems {
    let mut problems = Problems::default();
    for given in settings.types.keys().filter(|given| !names.contains(given)) {
        let suggestion = name::suggestion(given, names.iter().map(String::as_str));
        let pointer = format!("/types/{}", given.replace('~', "~0").replace('/', "~1"));
        problems.add(FieldError::at(pointer, format!("the file has no column \"{given}\"{suggestion}")));
    }
    problems
}

/// What is wrong with a field whose closing quote is followed by text.
pub(super) const BROKEN_QUOTE: &str = "text follows a closing quote; expected a delimiter or the end of the line (within quotes, a quote is written twice)";

/// What is wrong with a field that holds a NUL byte.
pub(super) const NUL: &str = "a field holds a NUL byte; expected text";

fn check_names(names: &[String], line: u64, problems: &mut Problems) {
    let mut first_of = HashMap::new();
    for (number, name) in (1_u64..).zip(names) {
        let detail = if name.is_empty() {
            format!("column {number} has no name; expected a header that names every column")
        } else if let Some(first) = first_of.insert(name.as_str(), number) {
            format!(
                "columns {first} and {number} are both called \"{}\"; expected different names",
                shown(name.as_bytes())
            )
        } else {
            continue;
        };
        problems.add(FieldError {
            line: Some(line),
            column: (!name.is_empty()).then(|| shown(name.as_bytes())),
            ..FieldError::at("", detail)
        });
    }
}

/// Whether the header is a row of data: each name is a value of its column wherever that is not text, and not all of
/// those are integers, which name years and positions (`country,1990,1991`).
pub(super) fn is_data(columns: &[SourceColumn]) -> bool {
    let is_value = |column: &SourceColumn| {
        let name = value::trim(column.name.as_bytes());
        match column.column_type {
            ColumnType::Boolean => value::boolean(name).is_some(),
            ColumnType::Integer => value::integer(name).is_some(),
            ColumnType::Decimal => value::decimal(name).is_some(),
            _ => Temporal::parse(name).is_some(),
        }
    };
    let typed = || columns.iter().filter(|column| column.column_type != ColumnType::String);
    typed().all(is_value) && typed().any(|column| !value::is_digits(column.name.as_bytes()))
}
