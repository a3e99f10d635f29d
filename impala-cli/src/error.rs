//! What a command can end with: an exit code, a line of what and where, and what to do next.

use impala_core::api::{Problem, Violations};
use impala_core::client::ClientError;
use impala_core::error::{FieldError, Invalid};

use crate::contract::Counts;

/// Exit codes of `impala`; scripts depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It worked, or the reader of the output has seen enough.
    Done = 0,
    /// It did not, and nothing below says it better.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The server was not reached.
    Unreachable = 3,
    /// Not signed in, or not allowed.
    Forbidden = 4,
    /// Too busy or broken for now, after all retries.
    Temporary = 5,
    /// Someone else was faster, or the name is taken.
    Conflict = 6,
    /// The data were refused, or a check failed.
    Refused = 7,
    /// Something differs, in `impala canvas diff`, and in `impala source diff --exit-code`.
    Differs = 8,
    /// Nothing changed, with `--error-on-unchanged`.
    Unchanged = 9,
    /// The terminal was closed under the terminal canvas (SIGHUP).
    #[cfg_attr(not(feature = "tui"), allow(dead_code, reason = "only the terminal canvas ends so"))]
    HungUp = 129,
    /// Ctrl-C.
    Interrupted = 130,
    /// The terminal canvas was told to end (SIGTERM).
    #[cfg_attr(not(feature = "tui"), allow(dead_code, reason = "only the terminal canvas ends so"))]
    Terminated = 143,
}

impl Exit {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 13] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Unreachable,
        Self::Forbidden,
        Self::Temporary,
        Self::Conflict,
        Self::Refused,
        Self::Differs,
        Self::Unchanged,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The exit code for an HTTP status.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Forbidden,
            408 | 425 | 429 | 500..=599 => Self::Temporary,
            409 | 412 | 428 => Self::Conflict,
            400 | 413 | 415 | 422 => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub struct CliError {
    /// What the shell is told.
    pub exit: Exit,
    /// What and where, one line. Empty when there is nothing to say.
    pub message: String,
    /// The faults one by one.
    pub details: Vec<String>,
    /// The same faults as they came, for reports.
    pub faults: Vec<FieldError>,
    /// How many there are, where more were found than are told here.
    pub counts: Counts,
    /// Where all of them are, when a file breaks a contract.
    pub violations: Option<Violations>,
    /// What to do, with the command that does it.
    pub hint: Option<String>,
    /// Whether the server has no such thing.
    pub is_missing: bool,
}

impl CliError {
    /// An error that ends with `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            faults: Vec::new(),
            counts: Counts::new(),
            violations: None,
            hint: None,
            is_missing: false,
        }
    }

    /// The command line asks for something that cannot be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Something went wrong that has no exit code of its own.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// A file could not be read or written.
    pub fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::failed(format!("could not {what} {}: {error}", path.display()))
    }

    /// Ends without a word.
    pub fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// Says what to do, unless something was said already.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// Says what to do when something was not there.
    #[must_use]
    pub fn hint_if_missing(self, hint: &str) -> Self {
        if self.is_missing { self.hint(hint) } else { self }
    }

    /// Says where it happened, before the message: `sales.csv: ...`.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// What is wrong with a file or an input.
    pub fn invalid(place: &str, invalid: Invalid) -> Self {
        let mut error = match &invalid.errors[..] {
            [only] => Self::new(Exit::Refused, format!("{place}: {only}")),
            errors => {
                let several = Self::new(Exit::Refused, format!("{place}: {} faults", errors.len()));
                Self { details: describe(errors), ..several }
            }
        };
        error.faults = invalid.errors;
        error
    }
}

/// Faults, one a line.
pub fn describe(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// Names the flag where an error points into a body that was made of flags; documents have other fields at their root.
fn by_flags(error: ClientError) -> ClientError {
    let ClientError::Problem(mut problem) = error else { return error };
    for fault in &mut problem.errors {
        let Some(place) = flag_of(&fault.pointer) else { continue };
        let before = fault.to_string();
        fault.pointer = place;
        problem.detail = problem.detail.replace(&before, &fault.to_string());
    }
    ClientError::Problem(problem)
}

/// What stands for a field of a body on the command line; nothing for arguments that the error names itself.
fn flag_of(pointer: &str) -> Option<String> {
    let mut steps = pointer.strip_prefix('/')?.splitn(2, '/');
    let flag = match steps.next()? {
        "sql" | "slug" => return Some(String::new()),
        argument @ ("name" | "username" | "password") => return Some(argument.to_owned()),
        "types" => "--type",
        "parameters" => "--param",
        "expires_at" => "--expires",
        "scopes" => "--scope",
        "null_values" => "--null-values",
        "delimiter" => "--delimiter",
        "encoding" => "--encoding",
        "limit" => "--limit",
        "ttl_s" => "--ttl",
        "preview" => "--preview",
        "contract" => "--schema",
        "note" => "--note",
        "title" => "--title",
        "description" => "--description",
        "role" => "--role",
        _ => return None,
    };
    Some(match steps.next() {
        Some(name) if matches!(flag, "--type" | "--param") => format!("{flag} {name}"),
        _ => flag.to_owned(),
    })
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let error = by_flags(error);
        let message = error.to_string();
        match error {
            ClientError::BadUrl { .. } => Self::usage(message)
                .hint("an address looks like http://127.0.0.1:5001; see `impala config show`"),
            ClientError::Unreachable { ref url, .. } if message.contains("InvalidContentType") => {
                let plain = url.replacen("https://", "http://", 1);
                Self::new(Exit::Unreachable, message.clone())
                    .hint(format!("it seems to speak plain HTTP: try --server {plain}"))
            }
            ClientError::Unreachable { .. } => Self::new(Exit::Unreachable, message)
                .hint("is the server running? `impala serve` starts one here, --server URL names another"),
            ClientError::TimedOut { .. } => Self::new(Exit::Temporary, message),
            ClientError::Busy { .. } => Self::new(Exit::Temporary, message)
                .hint("try again in a moment; --retries N tries more often before giving up"),
            ClientError::Unexpected { status, .. } => Self::new(Exit::of_status(status), message).hint(
                "is that an Impala server? `impala config show --origin` says where its address comes from",
            ),
            ClientError::Credentials(_) | ClientError::File { .. } => Self::failed(message),
            ClientError::Problem(problem) => of_problem(&problem, message),
        }
    }
}

fn of_problem(problem: &Problem, message: String) -> CliError {
    let mut error = CliError::new(Exit::of_status(problem.status), message);
    error.details = describe(&problem.errors);
    error.faults.clone_from(&problem.errors);
    // What the message says already is not said twice.
    match &error.details[..] {
        [only] if error.message.contains(only.as_str()) => error.details.clear(),
        [_, ..] if error.message.contains('\n') => {
            error.message = format!("{} faults", error.details.len());
        }
        _ => {}
    }
    error.is_missing = problem.status == 404;
    error.violations.clone_from(&problem.violations);
    with_advice(error, problem)
}

/// Adds what to do about it.
fn with_advice(error: CliError, problem: &Problem) -> CliError {
    match (problem.status, &problem.current, &problem.request_id) {
        // A list of what it holds does not help to find something in it.
        (404, ..) if problem.detail.starts_with("there is no project ") => {
            error.hint("`impala project list` shows the projects that you may see")
        }
        (401, ..) => error.hint("sign in with `impala login`"),
        // The server says what is lacking, and then what to do.
        (403, ..) => match error.message.clone().rsplit_once("; ") {
            Some((what, advice)) => CliError { message: what.to_owned(), ..error }.hint(advice),
            None => error,
        },
        (412, Some(current), _) => error.hint(format!(
            "{} saved revision {} meanwhile; look at it, then run the command again",
            current.saved_by, current.revision
        )),
        (500..=599, _, Some(id)) => error.hint(format!("the server's log knows more under request {id}")),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_exit_codes() {
        let check = |statuses: &[u16], expected: Exit| {
            for status in statuses {
                assert_eq!(Exit::of_status(*status), expected, "{status}");
            }
        };
        check(&[401, 403], Exit::Forbidden);
        check(&[404, 405, 410], Exit::Failed);
        check(&[409, 412, 428], Exit::Conflict);
        check(&[400, 413, 415, 422], Exit::Refused);
        check(&[408, 425, 429, 500, 502, 503, 504], Exit::Temporary);
    }

    #[test]
    fn errors_of_flags_name_the_flag() {
        let check = |pointer: &str, expected: Option<&str>| {
            assert_eq!(flag_of(pointer).as_deref(), expected, "{pointer}");
        };
        check("/sql", Some(""));
        check("/types/zip", Some("--type zip"));
        check("/scopes/0", Some("--scope"));
        check("/ttl_s", Some("--ttl"));
        check("/expires_at", Some("--expires"));
        check("/spec/blocks/0/limit", None);
        check("/metadata/title", None);
        check("", None);
    }

    #[test]
    fn one_fault_is_one_line_and_several_are_a_list() {
        let one = CliError::invalid("c.yaml", Invalid::at("/spec", "is missing"));
        assert_eq!((one.message.as_str(), one.details.len()), ("c.yaml: /spec: is missing", 0));
        let faults = vec![FieldError::at("/a", "x"), FieldError::at("/b", "y")];
        let two = CliError::invalid("c.yaml", Invalid { errors: faults });
        assert_eq!(
            (two.message.as_str(), two.details),
            ("c.yaml: 2 faults", vec!["/a: x".to_owned(), "/b: y".to_owned()])
        );
    }
}
