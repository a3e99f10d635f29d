//! A flag for each setting of a server, made from the server's own list.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};
use impala_server::settings::table::{flag, key_of_file, variable};
use impala_server::settings::{SETTINGS, Setting};

/// The flags that were given, by key.
#[derive(Clone, Debug, Default)]
pub struct SettingFlags(BTreeMap<String, String>);

impl SettingFlags {
    /// The value of one.
    pub fn get(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }
}

fn arguments(setting: &Setting) -> impl Iterator<Item = Arg> {
    let heading = match setting.key.split_once('.') {
        Some(("database", _)) => "Database",
        Some(("limits", _)) => "Limits",
        Some(("events", _)) => "Events",
        _ => "Settings",
    };
    let argument = move |key: String, value_name: &'static str, help: String| {
        let help = format!("{help} [env: {}]", variable(&key));
        let long = flag(&key).trim_start_matches("--").to_owned();
        Arg::new(key).long(long).value_name(value_name).help(help).help_heading(heading)
    };
    let plain = argument(setting.key.to_owned(), setting.value_name, setting.help.to_owned());
    let of_file = setting.is_secret.then(|| {
        argument(
            key_of_file(setting.key),
            "FILE",
            format!("File that holds what {} takes", flag(setting.key)),
        )
    });
    std::iter::once(plain).chain(of_file)
}

impl clap::Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().flat_map(arguments).fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let keys = SETTINGS.iter().flat_map(|setting| {
            std::iter::once(setting.key.to_owned()).chain(setting.is_secret.then(|| key_of_file(setting.key)))
        });
        let given = keys.filter_map(|key| {
            let value = matches.get_one::<String>(&key)?.clone();
            Some((key, value))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}
