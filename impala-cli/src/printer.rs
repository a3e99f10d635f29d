//! The only place that prints: data to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::CliError;
use listener::Listener;

pub mod ago;
pub mod columns;
pub mod json;
mod listener;
pub mod table;

#[cfg(feature = "server")]
pub use json::JsonStream;
pub use json::{JsonArgs, JsonFields};
pub use table::Table;

/// Headings.
pub const HEADING: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What to do next.
pub const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Width to draw in when stdout is not a terminal and nothing says otherwise.
const WIDTH_ELSEWHERE: usize = 100;

/// Where output goes, and how.
///
/// Output that cannot be written ends no command: what was begun is finished, reports are written, and the exit code is the
/// command's own. Commands that do nothing but print ask [`Self::is_heard`].
#[derive(Clone, Debug)]
pub struct Printer {
    color: ColorChoice,
    listener: Arc<Listener>,
    /// Print ids only, and no notes.
    pub is_quiet: bool,
    /// Whether a person is reading stdout.
    pub is_terminal: bool,
}

impl Printer {
    /// A printer to this process's stdout and stderr.
    pub fn new(color: ColorChoice, is_quiet: bool) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        Self { color, listener: Arc::default(), is_quiet, is_terminal }
    }

    /// Whether anyone still reads stdout; after the first `false` nothing is written to it any more.
    pub fn is_heard(&self) -> bool {
        self.listener.is_there()
    }

    /// Whether all that was printed could be written. A reader that has gone, `| head`, has seen what it wanted.
    ///
    /// # Errors
    /// Why the output is not whole, such as a full disk.
    pub fn outcome(&self) -> Result<(), CliError> {
        match self.listener.fault() {
            Some(fault) => Err(CliError::failed(format!("could not write the output: {fault}"))),
            None => Ok(()),
        }
    }

    /// Whether stdout gets color.
    pub fn has_color(&self) -> bool {
        let choice = match self.color {
            ColorChoice::Auto => AutoStream::choice(&std::io::stdout()),
            choice => choice,
        };
        !matches!(choice, ColorChoice::Never)
    }

    /// Columns to draw in: the terminal's, else those of `COLUMNS`.
    pub fn width_cols(&self) -> usize {
        self.known_width().unwrap_or(WIDTH_ELSEWHERE)
    }

    /// Width that tables are cut to: none when a program reads them, unless `COLUMNS` asks for one.
    pub fn table_width(&self) -> Option<usize> {
        self.known_width().or_else(|| self.is_terminal.then_some(WIDTH_ELSEWHERE))
    }

    fn known_width(&self) -> Option<usize> {
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        match self.is_terminal {
            true => terminal().filter(|width| *width > 0),
            false => std::env::var("COLUMNS").ok().and_then(|text| columns_of(&text)),
        }
    }

    /// Prints data.
    ///
    /// # Errors
    /// None: what could not be written is told by [`Self::outcome`], when the command has done its work.
    pub fn print(&self, text: &str) -> Result<(), CliError> {
        self.print_bytes(text, text.as_bytes())
    }

    /// Prints a line of data.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn line(&self, text: &str) -> Result<(), CliError> {
        self.print(&format!("{text}\n"))
    }

    /// Prints bytes as they are.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn raw(&self, bytes: &[u8]) -> Result<(), CliError> {
        let mut stdout = std::io::stdout().lock();
        self.listener.hears(|| stdout.write_all(bytes).and_then(|()| stdout.flush()));
        Ok(())
    }

    fn print_bytes(&self, text: &str, bytes: &[u8]) -> Result<(), CliError> {
        if !text.contains('\u{1b}') {
            return self.raw(bytes);
        }
        let mut stdout = AutoStream::new(std::io::stdout().lock(), self.color);
        self.listener.hears(|| stdout.write_all(bytes).and_then(|()| stdout.flush()));
        Ok(())
    }

    /// Says something to a person, unless they want quiet.
    pub fn note(&self, text: &str) {
        if !self.is_quiet {
            self.tell(text);
        }
    }

    /// Says something that a person should know.
    pub fn warn(&self, text: &str) {
        self.tell(&format!("{WARNING}warning:{WARNING:#} {text}"));
    }

    /// Says why the command ends.
    pub fn error(&self, error: &CliError) {
        if error.message.is_empty() {
            return;
        }
        let mut lines = vec![format!("{ERROR}error:{ERROR:#} {}", error.message)];
        lines.extend(error.details.iter().map(|detail| format!("  {detail}")));
        lines.extend(error.hint.iter().map(|hint| format!("{HINT}hint:{HINT:#} {hint}")));
        self.tell(&lines.join("\n"));
    }

    /// Says something, even with --quiet.
    pub fn tell(&self, text: &str) {
        let mut stderr = AutoStream::new(std::io::stderr().lock(), self.color);
        // When stderr is closed there is nobody left to tell.
        let _ = writeln!(stderr, "{text}");
    }

    /// Prints a list: as JSON, as ids, or as a table for people.
    ///
    /// # Errors
    /// Usage, when `--json` names no known field.
    pub fn list<T: Serialize>(
        &self,
        json: &JsonArgs,
        fields: &[&str],
        items: &[T],
        id: impl Fn(&T) -> String,
        table: impl FnOnce(&[T]) -> Table,
    ) -> Result<(), CliError> {
        if let Some(text) = json.write(fields, &items)? {
            return self.print(&text);
        }
        if self.is_quiet {
            let ids: String = items.iter().map(|item| id(item) + "\n").collect();
            return self.print(&ids);
        }
        if items.is_empty() {
            self.note("(none)");
            return Ok(());
        }
        self.print(&table(items).to_text(self.table_width()))
    }

    /// Prints one thing: as JSON, as its id, or as text for people.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn show<T: Serialize>(
        &self,
        json: &JsonArgs,
        fields: &[&str],
        item: &T,
        id: impl FnOnce(&T) -> String,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), CliError> {
        if let Some(text) = json.write(fields, item)? {
            return self.print(&text);
        }
        if self.is_quiet {
            return self.line(&id(item));
        }
        self.print(&text(item))
    }
}

/// A width as `COLUMNS` holds it; what can be no width is not heard.
fn columns_of(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|width| (20..=1000).contains(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_can_be_a_width_are_heard() {
        let check = |text: &str, expected| assert_eq!(columns_of(text), expected, "{text}");
        check("80", Some(80));
        check(" 132 ", Some(132));
        check("0", None);
        check("7", None);
        check("wide", None);
        check("99999999999999999999999", None);
    }
}
