//! The form of an upload: its fields, what they say of how the file is to be read, and the command that says the same.

use impala_core::client::CsvChoices;
use impala_core::name;
use impala_core::source::{ColumnType, InputFormat, OnBadRows, stem};

use crate::effect::ProjectAt;
use crate::fields::{Field, Fields, Token};
use crate::screen::{quoted, quoted_path};

/// The field of the path.
pub(super) const FILE: usize = 0;

/// The field of the source's name.
const SOURCE: usize = 1;

/// The field of what becomes of bad rows.
pub(super) const BAD_ROWS: usize = 6;

/// Rows of the form, with a blank one below it.
pub(super) const ROWS: u16 = 8;

/// An empty form; `source` is the name of a source that gets a new version.
pub(super) fn fields(source: Option<String>) -> Fields {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Fields::new(vec![
        Field::new("File", "", "path of a CSV, TSV or NDJSON file; arrows or tab choose")
            .with(Token::Path, Vec::new()),
        Field::new("Source", source.unwrap_or_default(), "made from the file's name"),
        some_of(Field::new("Delimiter", "", "found out"), words(&[",", ";", "tab", "|"])),
        some_of(Field::new("Encoding", "", "found out"), words(&ENCODINGS)),
        Field::new("Null values", "", "only empty fields"),
        Field::new("Types", "", "inferred; override as zip=string, day=auto"),
        Field::new("Bad rows", "", "fail").with(Token::Whole, words(&["fail", "skip"])),
    ])
}

/// Encodings that files come in most.
const ENCODINGS: [&str; 6] = ["utf-8", "windows-1252", "iso-8859-15", "utf-16le", "shift_jis", "gb18030"];

/// A field that takes more than what it offers.
fn some_of(field: Field, candidates: Vec<String>) -> Field {
    Field { is_free: true, ..field.with(Token::Whole, candidates) }
}

/// What is in a field, unless it is empty.
fn text(fields: &Fields, label: &str) -> Option<String> {
    Some(fields.text(label).to_owned()).filter(|text| !text.is_empty())
}

/// The path that is typed.
pub(super) fn path(fields: &Fields) -> String {
    fields.text("File").to_owned()
}

/// The name that the source gets.
pub(super) fn source(fields: &Fields) -> String {
    text(fields, "Source").unwrap_or_else(|| name_of(&path(fields)))
}

fn name_of(path: &str) -> String {
    name::slug_from(stem(path.rsplit('/').next().unwrap_or(path)))
}

/// Shows the name that the source gets where it would be typed.
pub(super) fn follow_name(fields: &mut Fields) {
    let name = name_of(&path(fields));
    let hint = if name.is_empty() { "made from the file's name".to_owned() } else { name };
    fields.fields[SOURCE].hint = hint;
}

/// Whether bad rows are to be left out.
pub(super) fn skips(fields: &Fields) -> bool {
    fields.text("Bad rows") == "skip"
}

/// How the file is to be read.
///
/// # Errors
/// What is not a choice of a field, for people.
pub(super) fn choices(fields: &Fields) -> Result<CsvChoices, String> {
    let on_bad_rows = match fields.text("Bad rows") {
        "" => None,
        "fail" => Some(OnBadRows::Fail),
        "skip" => Some(OnBadRows::Skip),
        other => return Err(format!("Bad rows: \"{other}\" is neither fail nor skip.")),
    };
    let null_values = text(fields, "Null values");
    let null_values = null_values.iter().flat_map(|text| text.split(',').map(|one| one.trim().to_owned()));
    Ok(CsvChoices {
        format: InputFormat::of_file_name(&path(fields)),
        delimiter: text(fields, "Delimiter"),
        encoding: text(fields, "Encoding"),
        null_values: null_values.collect(),
        types: types(fields.text("Types"))?,
        on_bad_rows,
        ..CsvChoices::default()
    })
}

/// `zip=string, day=auto`: types by column, and none where it is to be found out again.
fn types(text: &str) -> Result<Vec<(String, Option<ColumnType>)>, String> {
    let given = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    given
        .map(|one| {
            let (column, word) = one
                .rsplit_once('=')
                .ok_or_else(|| format!("Types: \"{one}\" names no type; write it as {one}=string."))?;
            let column_type = match word.trim() {
                "auto" => None,
                word => Some(word.parse().map_err(|why| format!("Types: {why}."))?),
            };
            Ok((column.trim().to_owned(), column_type))
        })
        .collect()
}

/// The command that does the same.
pub(super) fn command_line(path: &str, source: &str, project: &ProjectAt, choices: &CsvChoices) -> String {
    let mut line = format!("impala upload {} --name {source} --project {project}", quoted_path(path));
    let flags = [("--delimiter", &choices.delimiter), ("--encoding", &choices.encoding)];
    for (flag, value) in flags {
        line += &value.as_ref().map_or(String::new(), |value| format!(" {flag} {}", quoted(value)));
    }
    if !choices.null_values.is_empty() {
        line += &format!(" --null-values {}", quoted(&choices.null_values.join(",")));
    }
    for (column, column_type) in &choices.types {
        let word = column_type.map_or("auto", ColumnType::as_str);
        line += &format!(" --type {}", quoted(&format!("{column}={word}")));
    }
    if choices.on_bad_rows == Some(OnBadRows::Skip) {
        line += " --on-bad-rows skip";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_and_what_is_none_is_said() {
        let zip = ("zip".to_owned(), Some(ColumnType::String));
        assert_eq!(types("zip=string, a=b=auto ,"), Ok(vec![zip, ("a=b".to_owned(), None)]));
        let check = |text: &str, expected: &str| {
            assert!(types(text).is_err_and(|why| why.contains(expected)), "{text}: {:?}", types(text));
        };
        check("zip", "write it as zip=string");
        check("zip=strng", "did you mean \"string\"?");
    }

    #[test]
    fn the_command_has_a_flag_for_each_field() {
        let mut fields = fields(None);
        for (field, text) in
            fields.fields.iter_mut().zip(["~/a b.csv", "", ";", "", "-,n/a", "zip=string", "skip"])
        {
            field.input.set(text);
        }
        let choices = choices(&fields).expect("right");
        let line = command_line(&path(&fields), &source(&fields), &ProjectAt::default(), &choices);
        assert!(line.starts_with("impala upload ~/'a b.csv' --name a-b "), "{line}");
        assert!(
            line.ends_with(" --delimiter ';' --null-values -,n/a --type zip=string --on-bad-rows skip"),
            "{line}"
        );
    }
}
