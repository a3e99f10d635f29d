//! What every command takes.

use std::ffi::OsString;

use anstream::ColorChoice;
use clap::{Args, Parser};
use impala_core::client::Client;
use serde::Serialize;

use crate::cmd::Command;
use crate::config::{Flags, parse_color};
use crate::context::Context;
use crate::error::CliError;
use crate::printer::{JsonArgs, Table};
use crate::prompt;

/// The analysis canvas for people who live in a terminal
///
/// Scripts push CSV files; a canvas of charts, tables, numbers and text says what they mean, in the terminal, in a CI log
/// and in a browser.
#[derive(Debug, Parser)]
#[command(name = "impala", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Address of the server [env: IMPALA_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// Project; SLUG alone is one of yours [env: IMPALA_PROJECT]
    #[arg(short = 'P', long, global = true, value_name = "OWNER/SLUG")]
    pub project: Option<String>,
    /// Set of settings and credentials [env: IMPALA_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Color: auto, always or never; NO_COLOR and CLICOLOR_FORCE count too
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["auto", "always", "never"], hide_possible_values = true)]
    pub color: Option<String>,
    /// Print ids only, and no notes
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Never ask; fail where an answer is needed
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Tries more when the server is busy or not reached
    #[arg(long, global = true, value_name = "N", default_value_t = 3)]
    pub retries: u32,
}

impl Global {
    /// What of it is a setting.
    ///
    /// # Errors
    /// None that clap lets through.
    pub fn flags(&self) -> Result<Flags, CliError> {
        Ok(Flags {
            server: self.server.clone(),
            project: self.project.clone(),
            profile: self.profile.clone(),
            color: self.color.as_deref().map(parse_color).transpose()?,
        })
    }
}

/// What every list takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ListArgs {
    /// So many at most; all when left out
    #[arg(short, long, short_alias = 'L', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// How it is printed.
    #[command(flatten)]
    pub json: JsonArgs,
}

impl ListArgs {
    /// A client that asks for one more than that, which shows whether there are more; once it is sure that what is asked for
    /// can be shown.
    ///
    /// # Errors
    /// As [`JsonArgs::check`] and [`Context::client`].
    pub fn client(&self, fields: &[&str], context: &Context) -> Result<Client, CliError> {
        self.json.check(fields)?;
        Ok(context.client()?.listing_at_most(self.limit.map(|limit| limit.saturating_add(1))))
    }

    /// Prints as many as are wanted. People are told when there are more; programs read the list alone.
    ///
    /// # Errors
    /// As [`Printer::list`](crate::printer::Printer::list).
    pub fn print<T: Serialize>(
        &self,
        context: &Context,
        fields: &[&str],
        items: &[T],
        id: impl Fn(&T) -> String,
        table: impl FnOnce(&[T]) -> Table,
    ) -> Result<(), CliError> {
        let limit = self.limit.map_or(usize::MAX, |limit| limit as usize);
        let shown = &items[..items.len().min(limit)];
        context.printer.list(&self.json, fields, shown, id, table)?;
        if shown.len() < items.len() && self.json.json.is_none() {
            let first = shown.len();
            context
                .printer
                .note(&format!("(the first {first}; there are more: without --limit all are shown)"));
        }
        Ok(())
    }
}

/// What `--color` says, of a command line that clap does not understand.
pub fn color_of(arguments: &[OsString]) -> ColorChoice {
    let words: Vec<&str> = arguments.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let own = words.split(|word| *word == "--").next().unwrap_or_default();
    let after = own.windows(2).filter(|pair| pair[0] == "--color").map(|pair| pair[1]);
    let given = after.chain(own.iter().filter_map(|word| word.strip_prefix("--color=")));
    given.filter_map(|text| parse_color(text).ok()).next_back().unwrap_or_default().into()
}

/// `--yes`, for what cannot be undone.
#[derive(Clone, Copy, Debug, Args)]
pub struct YesArgs {
    /// Do not ask whether to go on
    #[arg(short, long)]
    pub yes: bool,
}

/// `--param NAME=VALUE`.
#[derive(Clone, Debug, Default, Args)]
pub struct ParamArgs {
    /// Set a parameter; repeat it for a parameter that takes several values
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_pair)]
    pub params: Vec<(String, String)>,
}

impl ParamArgs {
    /// By name, with all values that were given.
    pub fn texts(&self) -> impala_core::client::ParameterTexts {
        let mut texts = impala_core::client::ParameterTexts::new();
        for (name, value) in &self.params {
            texts.entry(name.clone()).or_default().push(value.clone());
        }
        texts
    }
}

/// Splits `name=value`.
///
/// # Errors
/// When there is no `=` or nothing before it.
pub fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("\"{text}\" is not NAME=VALUE")),
    }
}

/// Where a password comes from.
#[derive(Clone, Debug, Args)]
pub struct PasswordArgs {
    /// Who you are
    #[arg(short, long, value_name = "NAME")]
    pub username: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    pub password_stdin: bool,
}

impl PasswordArgs {
    /// Asks for what was not given.
    ///
    /// # Errors
    /// Usage, when there is nobody to ask.
    pub fn read(self, may_ask: bool, is_new: bool) -> Result<impala_core::api::Credentials, CliError> {
        let username = match self.username {
            Some(username) => username,
            None if may_ask && !self.password_stdin => prompt::line("Username: ")?,
            None => return Err(CliError::usage("who? give --username NAME")),
        };
        let password = match self.password_stdin {
            true => prompt::secret_from_stdin("password")?,
            false if may_ask => prompt::password(is_new)?,
            false => {
                return Err(CliError::usage("there is no terminal to ask for the password on")
                    .hint("pipe it in, with --password-stdin"));
            }
        };
        Ok(impala_core::api::Credentials { username, password })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_is_heard_in_any_command_line() {
        let check = |line: &str, expected| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(color_of(&words), expected, "{line}");
        };
        check("impala nonsense --color never", ColorChoice::Never);
        check("impala --color=always nonsense", ColorChoice::Always);
        check("impala nonsense", ColorChoice::Auto);
        check("impala nonsense --color", ColorChoice::Auto);
        check("impala block add w --color weather", ColorChoice::Auto);
        check("impala query -- --color never", ColorChoice::Auto);
    }
}
