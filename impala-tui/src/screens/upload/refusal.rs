//! Why a file was refused: what is wrong where, each fault once, and what helps in the words of the form.

use impala_core::FieldError;
use impala_render::format;
use ratatui::layout::Rect;

use super::UploadScreen;
use super::form::{self, BAD_ROWS};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::Shared;

/// What messages say for the command line, and how the form says it.
const IN_THE_FORM: [(&str, &str); 3] = [
    ("say so with --input-format parquet", "name it so that it ends in .parquet"),
    ("say what it is with --input-format", "name it by what it is, as .csv or .ndjson"),
    ("or forget that: --type ", "or forget that, with Types set to "),
];

/// Whether rows that cannot be read are what is wrong. A quote that is never closed swallows all rows behind it: to leave them
/// out helps nobody.
fn is_of_rows(errors: &[FieldError]) -> bool {
    errors.iter().any(|error| error.row.is_some() && !error.detail.contains("never closed"))
}

impl UploadScreen {
    /// Whether rows are what the file was refused for, and the others would be taken without them.
    pub(super) fn has_bad_rows(&self) -> bool {
        self.failure.as_ref().is_some_and(|(_, errors)| is_of_rows(errors))
    }

    /// What helps after a refusal, in the words of this form.
    pub(super) fn remedy(&self, shared: &Shared) -> String {
        let [send, skip] =
            [Command::Accept, Command::SkipBadRows].map(|one| shared.key(Context::Upload, one));
        match self.has_bad_rows() {
            true if form::skips(&self.fields) => {
                format!("Bad rows is set to skip: {send} sends it again without such rows.")
            }
            true => format!(
                "{skip} sets Bad rows to skip, which leaves such rows out. Or fix the file, or change above how it is read. {send} sends it again."
            ),
            false => format!("Fix the file, or change above how it is read. {send} sends it again."),
        }
    }

    pub(super) fn turn_bad_rows(&mut self) {
        let text = if form::skips(&self.fields) { "fail" } else { "skip" };
        self.fields.close();
        self.fields.focus = BAD_ROWS;
        self.fields.fields[BAD_ROWS].input.set(text);
    }
}

/// Rows that the message and its first fault need.
const LEAST_ROWS: usize = 2;

/// Draws the message with its faults, and below them the remedy, which has its room before all faults but the first.
pub(super) fn draw(paper: &mut Paper, area: Rect, (message, errors): (&str, &[FieldError]), remedy: &str) {
    let width = usize::from(area.width);
    let mut remedy = if errors.is_empty() { Vec::new() } else { format::wrap(remedy, width) };
    if remedy.len() + LEAST_ROWS >= usize::from(area.height) {
        remedy.clear();
    }
    let rows_below = if remedy.is_empty() { 0 } else { remedy.len() + 1 };
    let room = usize::from(area.height).saturating_sub(rows_below);
    let lines = lines(message, errors);
    let lines =
        lines.iter().flat_map(|(text, role)| format::wrap(text, width).into_iter().map(|line| (line, *role)));
    let mut row = 0;
    for (line, role) in lines.take(room) {
        paper.text(area, row, &line, role);
        row += 1;
    }
    for (index, line) in remedy.iter().enumerate() {
        paper.text(area, row + 1 + index as u16, line, Role::Accent);
    }
}

fn lines(message: &str, errors: &[FieldError]) -> Vec<(String, Role)> {
    // Of one fault the message says all; of several it begins with the first.
    let is_said = |error: &FieldError| message.contains(&error.detail);
    let message = match errors {
        [first, ..] if is_said(first) => {
            "The file was refused; nothing has changed on the server.".to_owned()
        }
        _ => in_the_form(message),
    };
    let told = errors.iter().map(|error| {
        let value = error.value.as_ref().map(|value| format!("  {value}")).unwrap_or_default();
        (format!("{}{value}", in_the_form(&error.words())), Role::Plain)
    });
    std::iter::once((message, Role::Alarm)).chain(told).collect()
}

fn in_the_form(text: &str) -> String {
    IN_THE_FORM.iter().fold(text.to_owned(), |text, (flag, words)| text.replace(flag, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_fields_and_no_flags() {
        let check = |detail: &str, expected: &str| {
            let lines = lines("refused", &[FieldError::at("", detail)]);
            assert_eq!(lines[1].0, expected);
        };
        check(
            "is a string, or forget that: --type 'zip=auto'",
            "is a string, or forget that, with Types set to 'zip=auto'",
        );
        check(
            "a Parquet file; say so with --input-format parquet",
            "a Parquet file; name it so that it ends in .parquet",
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_is_no_matter_of_rows() {
        let at_row = |detail: &str| [FieldError { row: Some(3), ..FieldError::at("", detail) }];
        assert!(is_of_rows(&at_row("has 3 fields, and 4 were expected")));
        assert!(!is_of_rows(&at_row("the quote is never closed")));
        assert!(!is_of_rows(&[FieldError::at("", "no header")]));
    }
}
