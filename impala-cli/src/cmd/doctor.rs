//! `impala doctor`

use serde::Serialize;

use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::printer::{HINT, JsonArgs, JsonFields, Table};

mod here;
mod server;

const FIELDS: [&str; 4] = ["check", "state", "found", "hint"];

/// Check what commands run with: settings, server, clock, credentials, project, terminal
///
/// A fault ends it with the exit code that other commands would end with: 3 when the server is not reached, 4 when you are
/// not signed in. Warnings end it with 0. Nothing that it prints is secret.
#[derive(Debug, clap::Args)]
#[command(add = JsonFields(&FIELDS), after_help = "Examples:
  impala doctor
  impala doctor --server https://impala.example.org
  impala doctor --json all")]
pub struct Args {
    #[command(flatten)]
    json: JsonArgs,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// Nothing is wrong; it only was not chosen, or not asked.
    Note,
    Warning,
    Fault,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "-",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// What a check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    found: String,
    hint: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

impl Finding {
    fn new(check: &'static str, state: State, found: impl Into<String>) -> Self {
        Self { check, state, found: found.into(), hint: None, exit: Exit::Failed }
    }

    fn of(check: &'static str, error: &CliError) -> Self {
        let CliError { exit, message, hint, .. } = error;
        Self { hint: hint.clone(), exit: *exit, ..Self::new(check, State::Fault, message) }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

pub async fn run(args: Args, context: &Context) -> Result<(), CliError> {
    args.json.check(&FIELDS)?;
    let mut findings = vec![here::program()];
    findings.extend(here::files(context));
    findings.extend(server::findings(context).await);
    findings.push(here::terminal(context));

    context.printer.list(&args.json, &FIELDS, &findings, |finding| finding.check.to_owned(), table)?;
    for finding in findings.iter().filter(|_| args.json.json.is_none()) {
        if let Some(hint) = &finding.hint {
            context.printer.note(&format!("{HINT}hint:{HINT:#} {}: {hint}", finding.check));
        }
    }
    match findings.iter().find(|finding| finding.state == State::Fault) {
        Some(fault) => Err(CliError::silent(fault.exit)),
        None => Ok(()),
    }
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(["CHECK", "STATE", "FOUND"]);
    for finding in findings {
        table.row([finding.check, finding.state.word(), &finding.found]);
    }
    table
}
