//! Asking a person, and reading secrets from stdin.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};

use crate::error::{CliError, Exit};

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
pub async fn line(question: &str) -> Result<String, CliError> {
    let question = question.to_owned();
    off_thread(move || {
        let mut stderr = std::io::stderr().lock();
        write!(stderr, "{question}")?;
        stderr.flush()?;
        let mut answer = String::new();
        if std::io::stdin().lock().read_line(&mut answer)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(answer.trim().to_owned())
    })
    .await
}

/// Asks whether to go on.
///
/// # Errors
/// When the answer is not yes: nothing is done then.
pub async fn confirm(question: &str) -> Result<(), CliError> {
    let answer = line(&format!("{question} [y/N] ")).await?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::failed("nothing was done")),
    }
}

/// Asks for a password without showing it; a new one twice.
///
/// # Errors
/// When there is no terminal, or the two differ.
pub async fn password(is_new: bool) -> Result<String, CliError> {
    let question = if is_new { "Password (8 to 72 bytes): " } else { "Password: " };
    let password = off_thread(move || rpassword::prompt_password(question)).await?;
    if is_new && off_thread(|| rpassword::prompt_password("Again: ")).await? != password {
        return Err(CliError::usage("the two passwords differ"));
    }
    Ok(password)
}

/// Asks for an API token without showing it.
///
/// # Errors
/// When there is no terminal.
pub async fn token() -> Result<String, CliError> {
    off_thread(|| rpassword::prompt_password("Token: ")).await
}

/// Reads a secret from stdin: all of it but the line feed at its end.
///
/// # Errors
/// When there is none.
pub async fn secret_from_stdin(what: &str) -> Result<String, CliError> {
    let text = off_thread(|| {
        let mut text = String::new();
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
        Ok(text)
    })
    .await?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() || secret.contains('\n') {
        return Err(CliError::usage(format!("stdin holds no {what}: one line is expected")));
    }
    Ok(secret.to_owned())
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, CliError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::Interrupted => {
            Err(CliError::silent(Exit::Interrupted))
        }
        Ok(Err(error)) => Err(CliError::usage(format!("no answer could be read: {error}"))),
        Err(error) => Err(CliError::failed(error.to_string())),
    }
}
