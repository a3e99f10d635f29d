//! Where each setting comes from: flag, environment, project file `impala.toml`, user file, default; the first that says
//! something wins.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::error::CliError;

mod file;

use file::{ConfigFile, Kind};
pub use file::{Repair, UserFile, parse_color};

/// The server when nothing names one: where `impala serve` listens.
pub const DEFAULT_SERVER: &str = "http://127.0.0.1:5001";

/// The profile when nothing names one.
pub const DEFAULT_PROFILE: &str = "default";

/// Name of a project's file, looked for here and in every folder above.
pub const PROJECT_FILE: &str = "impala.toml";

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag of this command.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// `impala.toml`, or the user's `config.toml`.
    File(PathBuf),
    /// Nothing said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => f.write_str(name),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// What it is.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// What was given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--server`
    pub server: Option<String>,
    /// `--project`
    pub project: Option<String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--color`
    pub color: Option<Color>,
}

/// All settings of one run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which set of the user's settings and credentials is used.
    pub profile: Setting<String>,
    /// The server's address.
    pub server: Setting<String>,
    /// The same for commands without `--server`.
    pub usual_server: Setting<String>,
    /// The project that commands are about, `owner/slug` or `slug`.
    pub project: Option<Setting<String>>,
    /// When to use color.
    pub color: Setting<Color>,
    /// The files that were read: the user's, then the project's.
    pub files: Vec<PathBuf>,
    /// The folder of the project's canvases, from `impala.toml`.
    pub canvases: Option<Setting<PathBuf>>,
    /// The folder of `impala.toml`, if there is one.
    pub root: Option<PathBuf>,
    /// Where the user's files are.
    pub folder: PathBuf,
}

/// What surrounds the process, so that tests can choose it.
pub struct Surroundings<'a> {
    /// Reads a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The folder that the process runs in.
    pub here: &'a Path,
    /// `$XDG_CONFIG_HOME/impala`.
    pub config_home: PathBuf,
}

impl Settings {
    /// Gathers the settings, and what is wrong with the files that say them; what is right in those counts.
    pub fn gather(flags: &Flags, around: &Surroundings<'_>) -> (Self, Vec<CliError>) {
        let mut faults = Vec::new();
        let said = Said::read(around, &mut faults);
        let profile = said
            .here(flags.profile.as_ref(), ("--profile", "IMPALA_PROFILE"), |file| file.profile.as_ref())
            .or_else(|| from_file(said.user.profile.as_ref(), &said.user_path))
            .unwrap_or_else(|| default(DEFAULT_PROFILE.to_owned()));
        let own = said.user.of_profile(&profile.value);
        let server = |flag| {
            said.here(flag, ("--server", "IMPALA_SERVER"), |file| file.server.as_ref())
                .or_else(|| from_file(own.server.as_ref(), &said.user_path))
                .unwrap_or_else(|| default(DEFAULT_SERVER.to_owned()))
        };
        let project = said
            .here(flags.project.as_ref(), ("--project", "IMPALA_PROJECT"), |file| file.project.as_ref())
            .or_else(|| from_file(own.project.as_ref(), &said.user_path));
        let root = said.project_path.parent().map(|folder| relative(folder, around.here));
        let settings = Self {
            server: server(flags.server.as_ref()),
            usual_server: server(None),
            project,
            profile,
            color: said.color(flags.color),
            canvases: said.canvases(root.as_deref()),
            root,
            files: said.files,
            folder: said.folder,
        };
        (settings, faults)
    }

    /// The user's file.
    pub fn user_file(&self) -> UserFile {
        UserFile::new(self.folder.join("config.toml"), &self.profile.value)
    }
}

/// All that says settings but the command line.
struct Said<'a> {
    around: &'a Surroundings<'a>,
    folder: PathBuf,
    user_path: PathBuf,
    user: ConfigFile,
    project_path: PathBuf,
    project: ConfigFile,
    files: Vec<PathBuf>,
}

impl<'a> Said<'a> {
    fn read(around: &'a Surroundings<'a>, faults: &mut Vec<CliError>) -> Self {
        let folder =
            variable(around, "IMPALA_CONFIG_DIR").map_or_else(|| around.config_home.clone(), PathBuf::from);
        let user_path = folder.join("config.toml");
        let user = ConfigFile::read(&user_path, Kind::User, faults);
        let (project_path, project) = project_file(around.here, faults);
        let mut files: Vec<PathBuf> = user.iter().map(|_| user_path.clone()).collect();
        files.extend(Some(&project_path).filter(|path| path.is_file()).cloned());
        let user = user.unwrap_or_default();
        Self { around, folder, user_path, user, project_path, project, files }
    }

    /// What wins over the user's file: flag, environment, project file.
    fn here(
        &self,
        flag: Option<&String>,
        (flag_name, variable_name): (&'static str, &'static str),
        key: fn(&ConfigFile) -> Option<&String>,
    ) -> Option<Setting<String>> {
        let flag = flag.map(|value| Setting { value: value.clone(), origin: Origin::Flag(flag_name) });
        let variable = || {
            let origin = Origin::Environment(variable_name);
            variable(self.around, variable_name).map(|value| Setting { value, origin })
        };
        flag.or_else(variable).or_else(|| from_file(key(&self.project), &self.project_path))
    }

    fn color(&self, flag: Option<Color>) -> Setting<Color> {
        let flag = flag.map(|value| Setting { value, origin: Origin::Flag("--color") });
        let file = || {
            let origin = Origin::File(self.user_path.clone());
            self.user.color.map(|value| Setting { value, origin })
        };
        flag.or_else(file).unwrap_or_else(|| default(Color::Auto))
    }

    fn canvases(&self, root: Option<&Path>) -> Option<Setting<PathBuf>> {
        let (root, folder) = root.zip(self.project.canvases.as_ref())?;
        Some(Setting { value: root.join(folder), origin: Origin::File(self.project_path.clone()) })
    }
}

/// A variable of the environment; an empty one says nothing.
fn variable(around: &Surroundings<'_>, name: &str) -> Option<String> {
    (around.variable)(name).filter(|value| !value.is_empty())
}

fn default<T>(value: T) -> Setting<T> {
    Setting { value, origin: Origin::Default }
}

fn from_file(value: Option<&String>, path: &Path) -> Option<Setting<String>> {
    value.map(|value| Setting { value: value.clone(), origin: Origin::File(path.to_owned()) })
}

/// A folder above as it is seen from below, so that names of files stay short: `..`; the folder itself is empty.
fn relative(folder: &Path, here: &Path) -> PathBuf {
    match here.strip_prefix(folder) {
        Ok(below) => below.components().map(|_| "..").collect(),
        Err(_) => folder.to_owned(),
    }
}

/// The nearest `impala.toml` at or above `here`.
fn project_file(here: &Path, faults: &mut Vec<CliError>) -> (PathBuf, ConfigFile) {
    let found = here.ancestors().find_map(|folder| {
        let path = folder.join(PROJECT_FILE);
        ConfigFile::read(&path, Kind::Project, faults).map(|file| (path, file))
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings in a folder `work/deep` with these files and variables: server and project, each with its origin.
    fn gathered(
        flags: &Flags,
        variables: &[(&str, &str)],
        project: &str,
        user: &str,
    ) -> Result<[String; 2], String> {
        let home = tempfile::tempdir().expect("a folder");
        let here = home.path().join("work/deep");
        std::fs::create_dir_all(&here).expect("a folder");
        for (path, text) in [("work/impala.toml", project), ("config.toml", user)] {
            if !text.is_empty() {
                std::fs::write(home.path().join(path), text).expect("a file");
            }
        }
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let around = Surroundings { variable: &variable, here: &here, config_home: home.path().to_owned() };
        let strip = |text: String| text.replace(&format!("{}/", home.path().display()), "");
        let (settings, faults) = Settings::gather(flags, &around);
        if let Some(fault) = faults.into_iter().next() {
            return Err(strip(format!("{} ({})", fault.message, fault.hint.unwrap_or_default())));
        }
        let server = format!("{} {}", settings.server.value, settings.server.origin);
        let project = settings.project.map_or("none".to_owned(), |p| format!("{} {}", p.value, p.origin));
        Ok([strip(server), strip(project)])
    }

    #[test]
    fn the_nearest_to_the_command_wins() {
        let flags = |server: &str| Flags { server: Some(server.to_owned()), ..Flags::default() };
        let env = [("IMPALA_SERVER", "env"), ("IMPALA_PROJECT", "")];
        let project = "server = 'file'\nproject = 'p'";
        let user = "server = 'user'\nproject = 'u'";
        let check = |flags: &Flags, env: &[(&str, &str)], project: &str, user: &str, expected: [&str; 2]| {
            assert_eq!(gathered(flags, env, project, user), Ok(expected.map(str::to_owned)));
        };
        let none = Flags::default();
        check(&flags("flag"), &env, project, user, ["flag --server", "p work/impala.toml"]);
        check(&none, &env, project, user, ["env IMPALA_SERVER", "p work/impala.toml"]);
        check(&none, &[], project, user, ["file work/impala.toml", "p work/impala.toml"]);
        check(&none, &[], "", user, ["user config.toml", "u config.toml"]);
        check(&none, &[], "", "", ["http://127.0.0.1:5001 default", "none"]);
    }

    #[test]
    fn a_profile_has_its_own_server_and_project() {
        let user = "server = 'a'\nproject = 'p'\n[profiles.work]\nserver = 'w'";
        let check = |env: &[(&str, &str)], expected: Result<[&str; 2], &str>| {
            let expected = expected.map(|texts| texts.map(str::to_owned)).map_err(str::to_owned);
            assert_eq!(gathered(&Flags::default(), env, "", user), expected);
        };
        check(&[("IMPALA_PROFILE", "work")], Ok(["w config.toml", "none"]));
        check(&[], Ok(["a config.toml", "p config.toml"]));
    }

    #[test]
    fn a_wrong_file_is_named_with_its_line() {
        let check = |project: &str, user: &str, expected: &str| {
            let error = gathered(&Flags::default(), &[], project, user).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        };
        check(
            "",
            "server = 1",
            "config.toml: line 1: server is 1, where an address in quotes, such as \"http://127.0.0.1:5001\", is expected (`impala config set server http://127.0.0.1:5001` sets it right",
        );
        check(
            "",
            "\nservr = 'x'",
            "config.toml: line 2: \"servr\" is not a setting; did you mean \"server\"? (remove line 2, or correct it: known are server, project,",
        );
        check(
            "token = 'impala_x'",
            "",
            "work/impala.toml: line 1: \"token\" is not a setting: credentials stand in no such file (`impala login`",
        );
        check(
            "canvases = '../x'",
            "",
            "work/impala.toml: line 1: canvases is \"../x\", where a folder below this file in quotes",
        );
        check(
            "",
            "canvases = 'x'",
            "config.toml: line 1: \"canvases\" is a setting of a project (remove line 1",
        );
        check(
            "color = 'auto'",
            "",
            "work/impala.toml: line 1: \"color\" is a setting of a person, not of a project (remove line 1",
        );
        check(
            "",
            "server = 'x'\ncolor = 'blau' # my favourite",
            "config.toml: line 2: color is \"blau\", where \"auto\", \"always\" or \"never\" is expected (`impala config set color auto` sets it right",
        );
        check(
            "project = 3",
            "",
            "work/impala.toml: line 1: project is 3, where OWNER/SLUG or SLUG in quotes",
        );
        check("", "x = ", "config.toml: line 1: not TOML: ");
        check(
            "",
            "[profiles]\nwork = 'x'",
            "config.toml: line 2: profiles is \"x\", where a table for each profile",
        );
        check(
            "",
            "[profiles.work]\nproject = []",
            "config.toml: line 2: project is [], where OWNER/SLUG or SLUG in quotes, such as \"ann/weather\", is expected (`impala config set project OWNER/SLUG --profile work` sets it right",
        );
        check("", "[profiles.work]\ncolor = 'auto'", "config.toml: line 2: \"color\" is not a setting");
    }

    #[test]
    fn what_is_right_in_a_wrong_file_counts() {
        let home = tempfile::tempdir().expect("a folder");
        let text = "server = 'http://a'\ncolor = 'blau'\nproject = 3\nprofil = 'x'\n";
        std::fs::write(home.path().join("config.toml"), text).expect("a file");
        let around =
            Surroundings { variable: &|_| None, here: home.path(), config_home: home.path().to_owned() };
        let (settings, faults) = Settings::gather(&Flags::default(), &around);
        assert_eq!((settings.server.value.as_str(), faults.len()), ("http://a", 3));
        settings.user_file().set("color", Some("auto")).expect("a writable file");
        settings.user_file().set("project", None).expect("a writable file");
        assert_eq!(Settings::gather(&Flags::default(), &around).1.len(), 1);
    }
}
