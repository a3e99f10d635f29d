//! What `impala help TOPIC` says of what is not a command.

use std::ffi::OsString;

use clap::Command;
use impala_core::name;

use crate::error::CliError;

/// Names and texts, lines of at most 80 columns.
pub const TOPICS: [(&str, &str); 3] = [
    ("exit-codes", include_str!("topics/exit-codes.txt")),
    ("environment", include_str!("topics/environment.txt")),
    ("formats", include_str!("topics/formats.txt")),
];

/// The text that `impala help TOPIC` asks for; `None` when it is about a command.
pub fn asked_for(arguments: &[OsString]) -> Option<&'static str> {
    let [_, help, topic] = arguments else { return None };
    let (_, text) = TOPICS.iter().find(|(name, _)| help == "help" && topic == *name)?;
    Some(text)
}

/// What `impala help WORD` ends with when the word is neither a topic nor a command.
pub fn unknown(arguments: &[OsString], command: &Command) -> Option<CliError> {
    let [_, help, word, ..] = arguments else { return None };
    let word = word.to_str().filter(|word| help == "help" && !word.starts_with('-'))?;
    let topics = TOPICS.map(|(name, _)| name);
    if topics.contains(&word) || command.find_subcommand(word).is_some() {
        return None;
    }
    let commands = command.get_subcommands().map(Command::get_name);
    let near = name::nearest(word, topics.into_iter().chain(commands));
    let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    let error = CliError::usage(format!("there is no command and no topic \"{word}\"{near}"));
    Some(error.hint(format!("`impala --help` lists the commands; topics are {}", topics.join(", "))))
}

/// A topic as a page of section 7 of the manual, in roff.
pub fn page(name: &str, text: &str) -> Vec<u8> {
    let title = format!("impala-{name}");
    let about = text.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut roff = roff::Roff::new();
    roff.control("TH", [title.as_str(), "7", env!("CARGO_PKG_VERSION"), "impala", ""]);
    roff.control("SH", ["NAME"]);
    roff.text([roff::roman(format!("{title} - {about}"))]);
    roff.control("SH", ["DESCRIPTION"]);
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([roff::roman(line)]);
    }
    roff.control("fi", []);
    roff.to_roff().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn topics_fit_a_terminal() {
        for (name, text) in TOPICS {
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{name}");
        }
    }

    #[test]
    fn every_exit_code_is_explained() {
        let (_, text) = TOPICS[0];
        for exit in Exit::ALL {
            let code = format!("\n{:>5}  ", exit as u8);
            assert_eq!(text.matches(&code).count(), 1, "{exit:?}");
        }
    }

    #[test]
    fn only_a_topic_is_one() {
        let asked = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            asked_for(&words).is_some()
        };
        assert!(asked(&["impala", "help", "formats"]));
        assert!(!asked(&["impala", "help", "upload"]));
        assert!(!asked(&["impala", "upload", "formats"]));
        assert!(!asked(&["impala", "help"]));
    }
}
