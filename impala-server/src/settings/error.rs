//! Where a value comes from, and what can be wrong with it. Each error is one line that names the setting, where its
//! value comes from, and what was expected.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The setting was not given.
    Default,
    /// A line of the file.
    File(PathBuf, usize),
    /// A variable.
    Environment(String),
    /// A flag.
    Flag(String),
    /// The content of a file that something else named.
    Within(PathBuf, Box<Self>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Within(path, by) => write!(f, "{}, named by {by}", path.display()),
        }
    }
}

/// Why the settings are invalid.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// An invalid value.
    #[error("{key} is wrong: {origin} says {value}, expected {expected}")]
    Wrong {
        /// The setting.
        key: &'static str,
        /// In quotes, or described if it is secret.
        value: String,
        /// Where it comes from.
        origin: Origin,
        /// What is valid.
        expected: String,
    },
    /// A password in a flag.
    #[error("{flag} holds a password, which everyone on this machine can read in the list of processes")]
    PasswordInFlag {
        /// The flag.
        flag: String,
        /// Where it belongs.
        variable: String,
    },
    /// A value and a file with the value.
    #[error("{key} is said twice: {one} and {other}; leave one out")]
    Twice {
        /// The setting.
        key: &'static str,
        /// Where.
        one: Origin,
        /// Where else.
        other: Origin,
    },
    /// The file with a secret cannot be read.
    #[error("{key} cannot be read from {}, which {origin} names: {source}", path.display())]
    Secret {
        /// The setting.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What named it.
        origin: Origin,
        /// Why not.
        source: io::Error,
    },
    /// The settings file cannot be read.
    #[error("the settings file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The settings file is wrong.
    #[error("{}:{line}: {detail}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        detail: String,
    },
    /// There is no place for data.
    #[error("there is no folder for data, as the user has no home; name one with --data-dir")]
    NoDataDir,
}

impl SettingError {
    /// What to do, where the error does not say it already.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::PasswordInFlag { variable, .. } => {
                Some(format!("put it in {variable}, or in a file that {variable}_FILE names"))
            }
            _ => None,
        }
    }
}
