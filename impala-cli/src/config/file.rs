//! The files `config.toml` and `impala.toml`.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum as _;
use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table};

use super::{Color, DEFAULT_PROFILE};
use crate::error::CliError;
use crate::files;

/// What a file may say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The server's address.
    pub server: Option<String>,
    /// The project that commands are about.
    pub project: Option<String>,
    /// Which profile is used.
    pub profile: Option<String>,
    /// The folder of the project's canvases, seen from the file.
    pub canvases: Option<PathBuf>,
    color: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// What a profile may say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The server's address.
    pub server: Option<String>,
    /// The project that commands are about.
    pub project: Option<String>,
}

impl ConfigFile {
    /// Reads a file; `None` when there is none.
    ///
    /// # Errors
    /// The line that is wrong.
    pub fn read(path: &Path) -> Result<Option<Self>, CliError> {
        let Some(text) = files::read_if_there(path)? else {
            return Ok(None);
        };
        toml_edit::de::from_str(&text).map(Some).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let message = explain(error.message());
            CliError::usage(format!("{}: line {line}: {message}", path.display()))
        })
    }

    /// What the file says for a profile. The default profile is the top of the file.
    ///
    /// # Errors
    /// None: a profile that the file does not know says nothing, so that `login --profile NAME` can begin one.
    pub fn of_profile(&self, name: &str) -> Result<Profile, CliError> {
        if name == DEFAULT_PROFILE {
            return Ok(Profile { server: self.server.clone(), project: self.project.clone() });
        }
        Ok(self.profiles.get(name).cloned().unwrap_or_default())
    }

    /// When to use color, if the file says it.
    ///
    /// # Errors
    /// When it is none of the known words.
    pub fn color(&self) -> Result<Option<Color>, CliError> {
        self.color.as_deref().map(parse_color).transpose()
    }

    /// `config.toml` is a person's, so it holds nothing that is a project's own.
    ///
    /// # Errors
    /// Names what does not belong there.
    pub fn check_user_file(&self, path: &Path) -> Result<(), CliError> {
        match self.canvases {
            None => Ok(()),
            Some(_) => Err(CliError::usage(format!(
                "{}: \"canvases\" is a setting of a project; it belongs into its impala.toml",
                path.display()
            ))),
        }
    }

    /// `impala.toml` is shared, so it holds nothing that is a person's own.
    ///
    /// # Errors
    /// Names what does not belong there.
    pub fn check_project_file(&self, path: &Path) -> Result<(), CliError> {
        if let Some(folder) = &self.canvases
            && !folder.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        {
            let message = format!(
                "{}: \"canvases\" is a folder below this file, not {}",
                path.display(),
                folder.display()
            );
            return Err(CliError::usage(message));
        }
        let wrong = match (&self.color, self.profiles.is_empty()) {
            (Some(_), _) => "color",
            (None, false) => "profiles",
            (None, true) => return Ok(()),
        };
        Err(CliError::usage(format!(
            "{}: \"{wrong}\" is a setting of a person, not of a project; it belongs into the user's config.toml",
            path.display()
        )))
    }
}

/// Reads `auto`, `always` or `never`.
///
/// # Errors
/// Names what is known.
pub fn parse_color(text: &str) -> Result<Color, CliError> {
    Color::from_str(text, false).map_err(|_| {
        CliError::usage(format!("\"{text}\" is no color setting; known are auto, always, never"))
    })
}

/// serde's message, with the nearest known name.
fn explain(message: &str) -> String {
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected"));
    match unknown {
        Some((given @ ("token" | "password" | "username" | "secret"), _)) => {
            format!(
                "\"{given}\" is no setting: credentials stand in no such file; use `impala login` or IMPALA_TOKEN"
            )
        }
        Some((given, known)) => {
            let known = known.split('`').skip(1).step_by(2);
            let hint = impala_core::name::suggestion(given, known);
            format!("unknown field \"{given}\"{hint}")
        }
        None => message.replace('\n', "; "),
    }
}

/// The user's `config.toml`, to be changed. Comments and order stay.
pub struct UserFile {
    path: PathBuf,
    profile: String,
}

impl UserFile {
    /// The file at `path`, for changes to a profile.
    pub fn new(path: PathBuf, profile: &str) -> Self {
        Self { path, profile: profile.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets a value, or with `None` removes it. `server` and `project` belong to the profile, the others to the file.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn set(&self, key: &str, value: Option<&str>) -> Result<(), CliError> {
        let text = files::read_if_there(&self.path)?.unwrap_or_default();
        let mut document: DocumentMut =
            text.parse().map_err(|error| CliError::usage(format!("{}: {error}", self.path.display())))?;
        let is_of_profile = matches!(key, "server" | "project") && self.profile != DEFAULT_PROFILE;
        let table = if is_of_profile {
            profile_table(&mut document, &self.profile)
        } else {
            Some(document.as_table_mut())
        };
        let Some(table) = table else {
            return Err(CliError::usage(format!("{}: \"profiles\" is no table", self.path.display())));
        };
        match value {
            Some(value) => table[key] = toml_edit::value(value),
            None => {
                table.remove(key);
            }
        }
        files::replace(&self.path, document.to_string().as_bytes())
    }
}

fn profile_table<'a>(document: &'a mut DocumentMut, profile: &str) -> Option<&'a mut Table> {
    let profiles = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    profiles.as_table_mut()?.entry(profile).or_insert(Item::Table(Table::new())).as_table_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_keep_comments_and_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/config.toml");
        let set = |profile: &str, key: &str, value: Option<&str>| {
            UserFile::new(path.clone(), profile).set(key, value).expect("a writable file");
        };
        set("default", "server", Some("http://a"));
        let text = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, format!("# mine\n{text}")).expect("a file");
        set("work", "project", Some("ann/x"));
        set("work", "color", Some("never"));
        set("default", "server", None);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains("color = \"never\"\n"), "{text}");
        assert!(text.ends_with("[profiles.work]\nproject = \"ann/x\"\n"), "{text}");
        assert!(!text.contains("http://a"), "{text}");
    }
}
