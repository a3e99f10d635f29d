//! Asking a person, and reading secrets from stdin.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};

use crate::error::CliError;

mod hidden;

/// Longest secret that is read.
const LONGEST: u64 = 64 * 1024;

/// Whether there is a person to ask.
pub fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line.
///
/// # Errors
/// When stdin ends.
pub fn line(question: &str) -> Result<String, CliError> {
    let mut answer = String::new();
    let mut stderr = std::io::stderr().lock();
    let asked = write!(stderr, "{question}").and_then(|()| stderr.flush());
    match asked.and_then(|()| std::io::stdin().lock().read_line(&mut answer)).map_err(failed)? {
        0 => Err(CliError::usage("no answer was given")),
        _ => Ok(answer.trim().to_owned()),
    }
}

/// Asks whether to go on. Ctrl-C ends the command also while it waits.
///
/// # Errors
/// When the answer is not yes: nothing is done then.
pub async fn confirm(question: &str) -> Result<(), CliError> {
    let question = format!("{question} [y/N] ");
    let asked = tokio::task::spawn_blocking(move || line(&question)).await;
    let answer = asked.map_err(|error| CliError::failed(error.to_string()))??;
    match answer.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::failed("nothing was done")),
    }
}

/// Asks for a password without showing it; a new one twice. Ctrl-C ends the process, as a signal does.
///
/// # Errors
/// When there is no terminal, or the two differ.
pub fn password(is_new: bool) -> Result<String, CliError> {
    let question = if is_new { "Password (8 to 72 bytes): " } else { "Password: " };
    let password = hidden::line(question).map_err(failed)?;
    if is_new && hidden::line("Again: ").map_err(failed)? != password {
        return Err(CliError::usage("the two passwords differ"));
    }
    Ok(password)
}

/// Asks for an API token without showing it; Ctrl-C as for [`password`].
///
/// # Errors
/// When there is no terminal.
pub fn token() -> Result<String, CliError> {
    hidden::line("Token: ").map_err(failed)
}

/// Reads a secret from stdin: all of it but the line feed at its end.
///
/// # Errors
/// When there is none.
pub fn secret_from_stdin(what: &str) -> Result<String, CliError> {
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() || secret.contains('\n') {
        return Err(CliError::usage(format!("stdin holds no {what}: one line is expected")));
    }
    Ok(secret.to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn failed(error: std::io::Error) -> CliError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => CliError::usage("no answer was given"),
        _ => CliError::usage(format!("no answer could be read: {error}")),
    }
}
