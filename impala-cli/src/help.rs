//! The list of commands, grouped as a newcomer meets them.

use clap::Command;

/// Headings and the commands under them. A test checks that none is missing.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Start here", &["demo", "open", "serve"]),
    ("Account", &["register", "login", "logout", "whoami", "token"]),
    ("Data", &["upload", "source", "query"]),
    ("Canvases", &["canvas", "block"]),
    ("Projects and settings", &["project", "member", "config", "completions", "man"]),
];

const FOOTER: &str = "\
Examples:
  impala open sales.csv                     Look at a file, nothing to set up
  impala upload sales.csv                   Send a new version of a source
  impala canvas render sales                Draw a canvas here
  impala query 'SELECT count(*) FROM sales' Ask anything

Exit codes: 0 done, 1 failed, 2 usage, 3 server not reached, 4 not signed in or forbidden, 5 busy,
6 conflict, 7 data refused, 9 unchanged, 130 interrupted.
Read `impala COMMAND --help` for a command, `impala man` for the manual.";

/// Gives the root command its grouped help.
pub fn grouped(command: Command) -> Command {
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
    let template = format!("{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{list}\n{{options}}\n\n{{after-help}}\n");
    command.help_template(template).after_help(FOOTER)
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
