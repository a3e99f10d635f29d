//! Help for terminals: commands grouped as a newcomer meets them, and one line a flag also under `--help`.

use clap::Command;

/// Headings and the commands under them. A test checks that none is missing.
const GROUPS: [(&str, &[&str]); 6] = [
    ("Start here", &["demo", "open", "serve"]),
    ("Running a server", &["backup"]),
    ("Account", &["register", "login", "logout", "whoami", "ping", "doctor", "token"]),
    ("Data", &["upload", "source", "query"]),
    ("Canvases", &["tui", "canvas", "block", "preview", "share"]),
    ("Projects and settings", &["project", "member", "config", "completions", "man"]),
];

/// Width of running text.
const WIDTH: usize = 80;

const FOOTER: &str = "\
Examples:
  impala open sales.csv                     Look at a file, nothing to set up
  impala upload sales.csv                   Send a new version of a source
  impala canvas render sales                Draw a canvas here
  impala query 'SELECT count(*) FROM sales' Ask anything

Read `impala COMMAND --help` for a command, `impala man` for the manual, and
`impala help exit-codes`, `impala help environment`, `impala help formats`.";

/// Gives all commands help that fits a screen.
pub fn for_terminals(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, compact));
    grouped(command)
}

/// Says all that a command says of itself before its flags. clap would otherwise spread each flag over several lines.
fn compact(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, compact));
    match command.get_long_about().map(ToString::to_string) {
        Some(text) => command.long_about(None).help_template(format!(
            "{}\n\n{{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}\n",
            wrapped(&text)
        )),
        None => command,
    }
}

/// Paragraphs of lines that fit a terminal.
fn wrapped(text: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(wrapped_paragraph).collect();
    paragraphs.join("\n\n")
}

fn wrapped_paragraph(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn grouped(command: Command) -> Command {
    let mut list = String::new();
    for (heading, names) in GROUPS {
        let known: Vec<_> = names.iter().filter_map(|name| command.find_subcommand(name)).collect();
        if known.is_empty() {
            continue;
        }
        list += &format!("\n{heading}:\n");
        for subcommand in known {
            let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
            list += &format!("  {:<12} {about}\n", subcommand.get_name());
        }
    }
    let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    let about = wrapped(&about);
    let template =
        format!("{about}\n\n{{usage-heading}} {{usage}}\n{list}\nOptions:\n{{options}}{{after-help}}\n");
    command.long_about(None).help_template(template).after_help(FOOTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let command = crate::command();
        for subcommand in command.get_subcommands() {
            let name = subcommand.get_name();
            let groups = GROUPS.iter().filter(|(_, names)| names.contains(&name)).count();
            assert_eq!(groups, 1, "{name}");
        }
    }

    #[test]
    fn every_command_has_an_example() {
        fn check(command: &Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(|subcommand| check(subcommand, &path));
            } else {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("Example"), "{path}");
                assert!(after.contains("impala "), "{path}");
            }
        }
        crate::command().get_subcommands().for_each(|subcommand| check(subcommand, ""));
    }

    #[test]
    fn the_command_line_holds_together() {
        crate::command().debug_assert();
    }
}
