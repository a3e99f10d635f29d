//! Every setting of a server, gathered from flags, the environment and a file, in this order of precedence.
//!
//! [`table::SETTINGS`] is the one list of them: flags, variables, keys of the file, help and `--print-config` are made
//! from it. A setting `limits.query_rows` is the flag `--limits-query-rows`, the variable `IMPALA_LIMITS_QUERY_ROWS` and, in
//! the file, `query_rows` under `[limits]`. A setting that may hold a password can also come from a file of its own:
//! `IMPALA_DATABASE_URL_FILE` names one.

mod error;
mod file;
mod read;
pub mod table;

use std::path::{Path, PathBuf};

pub use error::{Origin, SettingError};
pub use table::{LogFormat, SETTINGS, Setting};

use crate::Config;
use file::ConfigFile;

/// What a flag, a variable or the file said.
type Said = Option<(String, Origin)>;

/// Where settings come from.
pub struct Sources<'a> {
    /// Value of the flag for a key, such as `listen` or `database_url_file`.
    pub flag: &'a dyn Fn(&str) -> Option<String>,
    /// Value of a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The TOML file, if one was named.
    pub file: Option<&'a Path>,
    /// Where data is kept when nothing is said; `None` when the user has no home.
    pub default_data_dir: Option<PathBuf>,
}

/// All settings of one run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to run.
    pub config: Config,
    /// Form of the logs.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Where each of [`SETTINGS`] comes from, in the same order.
    origins: Vec<Origin>,
}

/// One line of `--print-config`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Shown {
    /// Its key.
    pub setting: &'static str,
    /// What it is; passwords are masked.
    pub value: String,
    /// Where it comes from.
    pub origin: String,
}

impl Settings {
    /// Gathers them.
    ///
    /// # Errors
    /// The first value that is wrong, with where it comes from and what was expected.
    pub fn gather(sources: &Sources<'_>) -> Result<Self, SettingError> {
        let file = sources.file.map(ConfigFile::read).transpose()?.unwrap_or_default();
        let data_dir = sources.default_data_dir.clone().unwrap_or_default();
        let mut settings = Self {
            config: Config::new(data_dir),
            log_format: LogFormat::default(),
            log: table::DEFAULT_LOG.to_owned(),
            origins: Vec::new(),
        };
        for setting in SETTINGS {
            let origin = match pick(setting, sources, &file)? {
                None => Origin::Default,
                Some((text, origin)) => {
                    setting.set(&mut settings, &text, &origin)?;
                    origin
                }
            };
            settings.origins.push(origin);
        }
        if settings.config.needs_data_dir() && settings.config.data_dir.as_os_str().is_empty() {
            return Err(SettingError::NoDataDir);
        }
        Ok(settings)
    }

    /// Every setting, its value and where it comes from.
    pub fn shown(&self) -> Vec<Shown> {
        let show = |(setting, origin): (&Setting, &Origin)| Shown {
            setting: setting.key,
            value: setting.show(self),
            origin: origin.to_string(),
        };
        SETTINGS.iter().zip(&self.origins).map(show).collect()
    }
}

/// What was said for a setting, at the level that counts.
fn pick(setting: &Setting, sources: &Sources<'_>, file: &ConfigFile) -> Result<Said, SettingError> {
    let flag = |key: &str| (sources.flag)(key).map(|text| (text, Origin::Flag(table::flag(key))));
    let variable = |key: &str| {
        let name = table::variable(key);
        let text = (sources.variable)(&name).filter(|text| !text.is_empty())?;
        Some((text, Origin::Environment(name)))
    };
    let in_file = |key: &str| file.get(key);
    let levels: [&dyn Fn(&str) -> Said; 3] = [&flag, &variable, &in_file];
    for level in levels {
        let said = match (level(setting.key), level_of_file(setting, level)) {
            (Some((_, one)), Some((_, other))) => {
                return Err(SettingError::Twice { key: setting.key, one, other });
            }
            (None, Some((path, origin))) => Some(read_secret(setting, Path::new(&path), origin)?),
            (said, None) => said,
        };
        if said.is_some() {
            return Ok(said);
        }
    }
    Ok(None)
}

fn level_of_file(setting: &Setting, level: &dyn Fn(&str) -> Said) -> Said {
    if setting.is_secret { level(&table::key_of_file(setting.key)) } else { None }
}

fn read_secret(setting: &Setting, path: &Path, origin: Origin) -> Result<(String, Origin), SettingError> {
    let text = std::fs::read_to_string(path).map_err(|source| SettingError::Secret {
        key: setting.key,
        path: path.to_owned(),
        origin: origin.clone(),
        source,
    })?;
    Ok((text.trim().to_owned(), Origin::Within(path.to_owned(), Box::new(origin))))
}

#[cfg(test)]
mod tests;
