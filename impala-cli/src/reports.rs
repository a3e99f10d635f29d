//! What checks found, in the forms that CI systems read: one model, one file a form.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use impala_core::name;
use impala_core::number_format::group_thousands;

use crate::context::Context;
use crate::error::CliError;
use crate::files;
use crate::printer::{JsonArgs, Printer};

pub mod file;
mod github;
mod junit;
mod markdown;

/// What one check looked at: a file, a canvas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suite {
    /// What it is called: the file, `canvas weather`.
    pub name: String,
    /// What kind of check it was, in a word or two: the title of annotations.
    pub title: String,
    /// The file that annotations stand at; none for what is in no file, such as stdin.
    pub file: Option<String>,
    /// In the order in which they are told.
    pub cases: Vec<Case>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The part that it is about, such as a block; may be empty.
    pub part: String,
    /// What was checked: `rows > 0`, `column day`.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found, in a few words; may be empty.
    pub found: String,
    /// Line of the suite's file that says what was checked, from 1, if there is one.
    pub line: Option<u64>,
    /// Each fault, where there are several or one stands in a line of a file. With none, `found` is all there is to say.
    pub faults: Vec<Fault>,
    /// Those that are not among the faults.
    pub beyond: Beyond,
}

/// Faults that are counted and not told one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// So many.
    pub more: u64,
    /// How many there are of each rule, those told included; empty where there is one rule.
    pub by_rule: Vec<(String, u64)>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// Column in that line, from 1, where one place of it is meant.
    pub column: Option<u64>,
    /// What is wrong.
    pub text: String,
}

impl Fault {
    /// `rain.yaml:12:5`
    fn place(&self, suite: &Suite) -> Option<String> {
        Some(format!("{}:{}:{}", suite.name, self.line?, self.column?))
    }
}

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Something is doubtful, which fails nothing.
    Warned,
    /// Something is wrong.
    Failed,
    /// There was nothing to hold it against.
    Skipped,
}

fn number(number: u64) -> String {
    group_thousands(&number.to_string())
}

impl Suite {
    fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|case| case.outcome == outcome).count()
    }
}

impl Case {
    /// All that is wrong, a line each; a place in the file stands before it, `rain.yaml:12:5: …`.
    fn texts(&self, suite: &Suite) -> Vec<String> {
        let text = |fault: &Fault| match fault.place(suite) {
            Some(place) => format!("{place}: {}", fault.text),
            None => fault.text.clone(),
        };
        match self.faults.is_empty() {
            true => vec![self.found.clone()],
            false => self.faults.iter().map(text).collect(),
        }
    }

    /// Says how many there are beyond the first `told`, if there are more.
    fn rest(&self, told: usize) -> Option<String> {
        let rest = self.beyond.more + self.faults.len().saturating_sub(told) as u64;
        let rules: Vec<String> =
            self.beyond.by_rule.iter().map(|(rule, n)| format!("{} {rule}", number(*n))).collect();
        let rules = if rules.is_empty() { String::new() } else { format!(" (in all: {})", rules.join(", ")) };
        (rest > 0).then(|| format!("and {} more like these{rules}", number(rest)))
    }

    /// `rain: rows > 0`, or the name alone.
    fn label(&self) -> String {
        match self.part.is_empty() {
            true => self.name.clone(),
            false => format!("{}: {}", self.part, self.name),
        }
    }
}

/// A form, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// JUnit XML into a file.
    Junit(PathBuf),
    /// Annotations for GitHub Actions, into a file or on stdout.
    Github(Option<PathBuf>),
    /// A table, into a file or on stdout.
    Markdown(Option<PathBuf>),
}

impl FromStr for ReportKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, path) = match text.split_once('=') {
            Some((kind, path)) => {
                (kind, Some(PathBuf::from(path)).filter(|path| !path.as_os_str().is_empty()))
            }
            None => (text, None),
        };
        match (kind, path, text.contains('=')) {
            ("junit", Some(path), _) => Ok(Self::Junit(path)),
            ("junit", None, _) => Err("a JUnit report goes into a file: junit=FILE".to_owned()),
            ("github" | "markdown", None, true) => {
                Err(format!("names no file: {kind}=FILE, or {kind} for stdout"))
            }
            ("github", path, _) => Ok(Self::Github(path)),
            ("markdown", path, _) => Ok(Self::Markdown(path)),
            _ => {
                let hint = name::nearest(kind, ["junit", "github", "markdown"])
                    .map(|near| format!("; did you mean \"{near}\"?"))
                    .unwrap_or_default();
                Err(format!(
                    "\"{kind}\" is not a report{hint}; known are junit=FILE, github, github=FILE, markdown and markdown=FILE"
                ))
            }
        }
    }
}

/// `--report`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ReportArgs {
    /// Also tell it as: junit=FILE (JUnit XML), github (annotations behind the rest on stdout), markdown (a table, alone on
    /// stdout, the rest on stderr), github=FILE or markdown=FILE; separated by commas, or several times
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub report: Vec<ReportKind>,
}

impl ReportArgs {
    /// Checks, before anything is done, that stdout will be one thing: JSON, a Markdown table, or text for people, behind which
    /// annotations may stand.
    ///
    /// # Errors
    /// Usage, where two of them would share it.
    pub fn check_beside(&self, json: &JsonArgs) -> Result<(), CliError> {
        let has = |kind| self.report.contains(&kind);
        let (github, markdown) = (has(ReportKind::Github(None)), has(ReportKind::Markdown(None)));
        let (first, second, kind) = match (json.json.is_some(), github, markdown) {
            (true, _, true) => ("--json", "--report markdown", "markdown"),
            (true, true, false) => ("--json", "--report github", "github"),
            (false, true, true) => ("--report github", "--report markdown", "markdown"),
            _ => return Ok(()),
        };
        Err(CliError::usage(format!("{first} and {second} would both write to stdout"))
            .hint(format!("--report {kind}=FILE writes the report to a file")))
    }

    /// Prints what people read, before any report: on stdout, but on stderr where Markdown has stdout for itself, as it goes
    /// into the summary of a job then. Annotations may share stdout: GitHub takes them out of the log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn tell(&self, text: &str, printer: &Printer) -> Result<(), CliError> {
        if self.report.contains(&ReportKind::Markdown(None)) {
            printer.note(text.trim_end());
            return Ok(());
        }
        printer.print(text)
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, suites: &[Suite], context: &Context) -> Result<(), CliError> {
        for kind in &self.report {
            match kind {
                ReportKind::Junit(path) => write_file(path, &junit::text(suites))?,
                ReportKind::Github(None) => context.printer.raw(github::text(suites).as_bytes())?,
                ReportKind::Github(Some(path)) => write_file(path, &github::text(suites))?,
                ReportKind::Markdown(None) => context.printer.raw(markdown::text(suites).as_bytes())?,
                ReportKind::Markdown(Some(path)) => write_file(path, &markdown::text(suites))?,
            }
        }
        Ok(())
    }
}

/// Writes a report; its folder is made where it is missing, as CI jobs begin with an empty one.
fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CliError::file("make the folder", folder, &error))?;
    }
    files::write_whole(path, text.as_bytes())
}

#[cfg(test)]
mod tests;
