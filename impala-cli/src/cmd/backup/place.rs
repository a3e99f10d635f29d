//! Where an instance is kept: said as for `impala serve`.

use std::path::{Path, PathBuf};

use impala_server::Config;
use impala_server::settings::{Settings, Sources};

use crate::cmd::serve;
use crate::error::CliError;

/// Which instance. Every other setting comes from the environment or the file, as for `impala serve`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Which server")]
pub struct Place {
    /// Where the server keeps its data [env: IMPALA_DATA_DIR]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Settings file of the server, TOML [env: IMPALA_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// The stores of that server: flags, environment, file.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn stores(&self) -> Result<Config, CliError> {
        let data_dir = self.data_dir.as_ref().map(|path| path.to_string_lossy().into_owned());
        let flag = |key: &str| data_dir.clone().filter(|_| key == "data_dir");
        let file = self.config.clone().or_else(file_of_environment);
        gather(&flag, &variable, file.as_deref())
    }
}

/// An end of a copy: a data folder, a settings file, or `env` for what the environment says.
///
/// # Errors
/// The first setting that is wrong.
pub fn named(text: &str) -> Result<Config, CliError> {
    let path = Path::new(text);
    let nothing = |_: &str| None;
    if text == "env" {
        return gather(&nothing, &variable, file_of_environment().as_deref());
    }
    match path.extension().is_some_and(|extension| extension == "toml") {
        true => gather(&nothing, &nothing, Some(path)),
        false => Ok(Config::new(path)),
    }
}

fn gather(
    flag: &dyn Fn(&str) -> Option<String>,
    variable: &dyn Fn(&str) -> Option<String>,
    file: Option<&Path>,
) -> Result<Config, CliError> {
    let sources = Sources { flag, variable, file, default_data_dir: serve::default_data_dir().ok() };
    Ok(Settings::gather(&sources).map_err(|error| serve::wrong(&error))?.config)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn file_of_environment() -> Option<PathBuf> {
    variable("IMPALA_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from)
}
