//! What people type first who come from another tool: what means the same is run, for the rest a hint says what to type.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::error::CliError;

/// How a line begins, and what is run in its place.
const SAME: [(&[&str], &str); 4] = [
    (&["auth", "login"], "login"),
    (&["auth", "logout"], "logout"),
    (&["auth", "status"], "whoami"),
    (&["version"], "--version"),
];

/// Where a word is not a command, the word, and what does what it may have meant.
const HINTS: [(&str, &str, &str); 9] = [
    ("", "auth", "`impala login` signs in, `impala logout` out, `impala whoami` says who you are"),
    ("", "status", "`impala whoami` says who is signed in where, `impala doctor` checks the set-up"),
    (
        "",
        "api",
        "`--json` gives what commands know to programs; the API itself is described at /docs of the server",
    ),
    ("", "download", "`impala source download NAME` writes the rows of a source"),
    ("", "repo", "`impala project` has the projects"),
    (
        "canvas",
        "edit",
        "`impala tui PROJECT/CANVAS` edits it in the terminal; as a file: `impala canvas pull`, then `impala canvas apply`",
    ),
    ("canvas", "get", "`impala canvas pull` gets its document, `impala canvas render` draws it"),
    ("source", "get", "`impala source download` writes its rows, `impala source show` says what it is"),
    ("source", "upload", "`impala upload FILE` makes a new version of a source"),
];

/// The line that means the same here.
pub fn translated(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let begins = |words: &[&str]| {
        let typed = arguments.get(1..=words.len());
        typed.is_some_and(|typed| typed.iter().zip(words).all(|(typed, word)| typed == word))
    };
    if let Some((words, command)) = SAME.iter().find(|(words, _)| begins(words)) {
        arguments.splice(1..=words.len(), [OsString::from(command)]);
    }
    arguments
}

/// What to say where a word is not a command, in place of what clap says; `None` when nothing is known about it.
pub fn instead(error: &Error, arguments: &[OsString], command: &Command) -> Option<CliError> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let at = path(arguments, command);
    let hint = HINTS.iter().find(|(place, known, _)| *place == at && known == word);
    let hint = hint.map(|(_, _, hint)| (*hint).to_owned()).or_else(|| deeper(word, &at, command))?;
    let place = if at.is_empty() { String::new() } else { format!(" in `impala {at}`") };
    Some(CliError::usage(format!("there is no command \"{word}\"{place}")).hint(hint))
}

/// The commands that stand on the line, up to the first word that is not one.
fn path(arguments: &[OsString], command: &Command) -> String {
    let mut at = (command, Vec::new());
    for word in arguments.iter().skip(1) {
        if let Some(next) = at.0.find_subcommand(word) {
            at.0 = next;
            at.1.push(next.get_name());
        }
    }
    at.1.join(" ")
}

/// Commands of that name which stand below others, when it was typed without those.
fn deeper(word: &str, at: &str, command: &Command) -> Option<String> {
    let groups = command.get_subcommands().filter(|_| at.is_empty());
    let found = groups.filter_map(|group| Some((group.get_name(), group.find_subcommand(word)?.get_name())));
    let named: Vec<String> = found.map(|(group, name)| format!("`impala {group} {name}`")).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn what_means_the_same_is_run() {
        let check = |typed, expected| assert_eq!(translated(line(typed)), line(expected));
        check("impala auth login --username ann", "impala login --username ann");
        check("impala auth status", "impala whoami");
        check("impala version", "impala --version");
        check("impala auth", "impala auth");
        check("impala canvas auth login", "impala canvas auth login");
    }

    #[test]
    fn every_hint_is_about_a_word_that_is_no_command() {
        let tree = crate::whole_command();
        for (place, word, _) in HINTS {
            let below = tree.find_subcommand(place).unwrap_or(&tree);
            assert!(below.find_subcommand(word).is_none(), "impala {place} {word}");
        }
    }

    #[test]
    fn words_that_are_no_commands_have_hints() {
        let check = |typed: &str, expected: Option<&str>| {
            let error = crate::command().try_get_matches_from(line(typed)).unwrap_err();
            let hint = instead(&error, &line(typed), &crate::command()).and_then(|error| error.hint);
            assert!(
                hint.as_deref().map(|hint| hint.contains(expected.unwrap_or("?"))) == expected.map(|_| true),
                "{typed}: {hint:?}"
            );
        };
        check("impala api projects", Some("/docs"));
        check("impala canvas edit weather", Some("`impala tui PROJECT/CANVAS`"));
        check("impala apply week.yaml", Some("`impala canvas apply`"));
        check("impala rm weather", Some("`impala source delete`"));
        check("impala canvas aply", None);
    }
}
