//! The files `config.toml` and `impala.toml`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum as _;
use impala_core::name;
use toml_edit::{Document, DocumentMut, Item, Table, TomlError};

use super::{Color, DEFAULT_PROFILE, PROJECT_FILE};
use crate::error::CliError;
use crate::files;

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// The server's address.
    pub server: Option<String>,
    /// The project that commands are about.
    pub project: Option<String>,
    /// Which profile is used.
    pub profile: Option<String>,
    /// The folder of the project's canvases, seen from the file.
    pub canvases: Option<PathBuf>,
    /// When to use color.
    pub color: Option<Color>,
    profiles: BTreeMap<String, Profile>,
}

/// What a profile says.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The server's address.
    pub server: Option<String>,
    /// The project that commands are about.
    pub project: Option<String>,
}

/// Whose file it is, which decides what it may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's `config.toml`: nothing that is a project's own.
    User,
    /// A project's `impala.toml`, which is shared: nothing that is a person's own.
    Project,
}

impl Kind {
    const fn known(self) -> &'static [&'static str] {
        match self {
            Self::User => &["server", "project", "profile", "color", "profiles"],
            Self::Project => &["server", "project", "profile", "canvases"],
        }
    }
}

impl ConfigFile {
    /// Reads a file as far as it can be read, and adds what is wrong with it to `faults`; `None` when there is none.
    pub fn read(path: &Path, kind: Kind, faults: &mut Vec<CliError>) -> Option<Self> {
        let text = match files::read_if_there(path) {
            Ok(text) => text?,
            Err(error) => {
                faults.push(error.hint("settings are kept there"));
                return Some(Self::default());
            }
        };
        let mut reader = Reader { path, text: &text, kind, profile: None, faults };
        let mut file = Self::default();
        match Document::parse(text.as_str()) {
            Ok(document) => reader.read(document.as_table(), &mut file),
            Err(error) => reader.faults.push(not_toml(path, &text, &error)),
        }
        Some(file)
    }

    /// What the file says for a profile. The default profile is the top of the file; one that the file does not know says
    /// nothing, so that `login --profile NAME` can begin one.
    pub fn of_profile(&self, name: &str) -> Profile {
        if name == DEFAULT_PROFILE {
            return Profile { server: self.server.clone(), project: self.project.clone() };
        }
        self.profiles.get(name).cloned().unwrap_or_default()
    }
}

/// Reads one file, and tells what is wrong by line and key.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    kind: Kind,
    /// The profile whose settings are read; those at the top of the file when `None`.
    profile: Option<String>,
    faults: &'a mut Vec<CliError>,
}

impl Reader<'_> {
    fn read(&mut self, table: &Table, file: &mut ConfigFile) {
        for (name, item) in table {
            let key = Key { name, line: self.line_of(table.key(name).and_then(toml_edit::Key::span)) };
            match (name, self.kind) {
                ("server", _) => file.server = self.text(key, item),
                ("project", _) => file.project = self.text(key, item),
                ("profile", _) => file.profile = self.text(key, item),
                ("color", Kind::User) => file.color = self.color(key, item),
                ("profiles", Kind::User) => self.profiles(key, item, file),
                ("canvases", Kind::Project) => file.canvases = self.folder(key, item),
                _ => self.unknown(key),
            }
        }
    }

    fn profiles(&mut self, key: Key<'_>, item: &Item, file: &mut ConfigFile) {
        let Some(profiles) = item.as_table() else { return self.wrong(key, item) };
        for (name, item) in profiles {
            let line = self.line_of(profiles.key(name).and_then(toml_edit::Key::span));
            let Some(settings) = item.as_table() else {
                self.wrong(Key { name: "profiles", line }, item);
                continue;
            };
            self.profile = Some(name.to_owned());
            let mut of_profile = ConfigFile::default();
            for (name, item) in settings {
                let key = Key { name, line: self.line_of(settings.key(name).and_then(toml_edit::Key::span)) };
                match name {
                    "server" => of_profile.server = self.text(key, item),
                    "project" => of_profile.project = self.text(key, item),
                    _ => self.unknown(key),
                }
            }
            self.profile = None;
            let ConfigFile { server, project, .. } = of_profile;
            file.profiles.insert(name.to_owned(), Profile { server, project });
        }
    }

    fn text(&mut self, key: Key<'_>, item: &Item) -> Option<String> {
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, item);
        }
        text
    }

    fn color(&mut self, key: Key<'_>, item: &Item) -> Option<Color> {
        let color = item.as_str().and_then(|text| parse_color(text).ok());
        if color.is_none() {
            self.wrong(key, item);
        }
        color
    }

    fn folder(&mut self, key: Key<'_>, item: &Item) -> Option<PathBuf> {
        let is_below = |path: &Path| {
            path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        let folder = item.as_str().map(PathBuf::from).filter(|folder| is_below(folder));
        if folder.is_none() {
            self.wrong(key, item);
        }
        folder
    }

    /// A value that the setting cannot have.
    fn wrong(&mut self, key: Key<'_>, item: &Item) {
        let value = match item {
            Item::Value(value) if !value.is_inline_table() => value.clone().decorated("", "").to_string(),
            _ => "a table".to_owned(),
        };
        let value: String = value.chars().take(60).collect();
        let expected = expected(key.name);
        self.tell(
            key.line,
            &format!("{} is {value}, where {expected} is expected", key.name),
            self.repair(key.name),
        );
    }

    /// A key that has no meaning there.
    fn unknown(&mut self, key: Key<'_>) {
        let Key { name, line } = key;
        let known: &[&str] = if self.profile.is_some() { &["server", "project"] } else { self.kind.known() };
        let remove = format!("remove line {line}, or correct it: known are {}", known.join(", "));
        let (what, hint) = match (name, self.kind) {
            ("token" | "password" | "username" | "secret", _) => (
                "is not a setting: credentials stand in no such file".to_owned(),
                "`impala login` keeps them where only you can read them; scripts set IMPALA_TOKEN".to_owned(),
            ),
            ("color" | "profiles", Kind::Project) => (
                "is a setting of a person, not of a project".to_owned(),
                format!("remove line {line}; it belongs into the user's config.toml"),
            ),
            ("canvases", Kind::User) => (
                "is a setting of a project".to_owned(),
                format!("remove line {line}; it belongs into the project's {PROJECT_FILE}"),
            ),
            _ => match name::nearest(name, known.iter().copied()) {
                Some(near) => (format!("is not a setting; did you mean \"{near}\"?"), remove),
                None => ("is not a setting".to_owned(), remove),
            },
        };
        self.tell(line, &format!("\"{name}\" {what}"), hint);
    }

    /// What sets it right.
    fn repair(&self, name: &str) -> String {
        let value = match name {
            "server" => "http://127.0.0.1:5001",
            "project" => "OWNER/SLUG",
            "profile" => DEFAULT_PROFILE,
            "color" => "auto",
            _ => return "correct that line, or remove it".to_owned(),
        };
        let profile = self.profile.as_ref().map(|name| format!(" --profile {name}")).unwrap_or_default();
        match self.kind {
            Kind::User => format!(
                "`impala config set {name} {value}{profile}` sets it right, `impala config set {name} --unset{profile}` removes it"
            ),
            Kind::Project => "correct that line, or remove it".to_owned(),
        }
    }

    fn tell(&mut self, line: usize, what: &str, hint: String) {
        let message = format!("{}: line {line}: {what}", self.path.display());
        self.faults.push(CliError::usage(message).hint(hint));
    }

    fn line_of(&self, span: Option<Range<usize>>) -> usize {
        line_of(self.text, span)
    }
}

/// A key, and the line that it stands in, from 1.
#[derive(Clone, Copy)]
struct Key<'a> {
    name: &'a str,
    line: usize,
}

fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// What a setting can be.
fn expected(name: &str) -> &'static str {
    match name {
        "server" => "an address in quotes, such as \"http://127.0.0.1:5001\",",
        "project" => "OWNER/SLUG or SLUG in quotes, such as \"ann/weather\",",
        "profile" => "a name in quotes, such as \"work\",",
        "color" => "\"auto\", \"always\" or \"never\"",
        "canvases" => "a folder below this file in quotes, such as \"canvases\",",
        _ => "a table for each profile, such as [profiles.work],",
    }
}

fn not_toml(path: &Path, text: &str, error: &TomlError) -> CliError {
    let line = line_of(text, error.span());
    let what = error.message().replace('\n', "; ");
    CliError::usage(format!("{}: line {line}: not TOML: {what}", path.display()))
        .hint("correct that line: a setting is written as server = \"http://127.0.0.1:5001\"; `impala config set` makes a comment of it, and keeps the file as it was beside it")
}

/// Reads `auto`, `always` or `never`.
///
/// # Errors
/// Names what is known.
pub fn parse_color(text: &str) -> Result<Color, CliError> {
    Color::from_str(text, false).map_err(|_| {
        CliError::usage(format!("\"{text}\" is not a color setting; known are auto, always, never"))
    })
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

    /// Sets a value, or with `None` removes it. `server` and `project` belong to the profile, the others to the file. Lines
    /// that are not TOML become comments; then the answer says which, and where the file is kept as it was.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn set(&self, key: &str, value: Option<&str>) -> Result<Option<Repair>, CliError> {
        let text = files::read_if_there(&self.path)?.unwrap_or_default();
        let (mut document, lines) = sound(&text).map_err(|error| not_toml(&self.path, &text, &error))?;
        let is_of_profile = matches!(key, "server" | "project") && self.profile != DEFAULT_PROFILE;
        let table = if is_of_profile {
            profile_table(&mut document, &self.profile)
        } else {
            Some(document.as_table_mut())
        };
        let Some(table) = table else {
            return Err(CliError::usage(format!("{}: \"profiles\" is not a table", self.path.display())));
        };
        match value {
            Some(value) => table[key] = toml_edit::value(value),
            None => {
                table.remove(key);
            }
        }
        let repair = match lines.is_empty() {
            true => None,
            false => Some(Repair { lines, copy: self.keep_copy(&text)? }),
        };
        files::replace(&self.path, document.to_string().as_bytes())?;
        Ok(repair)
    }

    /// Writes the text into a new file beside this one.
    fn keep_copy(&self, text: &str) -> Result<PathBuf, CliError> {
        for number in 1_u32.. {
            let copy = self.path.with_file_name(format!("config.toml.before-{number}"));
            match files::create_private(&copy) {
                Ok(mut file) => {
                    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                    return match written {
                        Ok(()) => Ok(copy),
                        Err(error) => Err(CliError::file("write", &copy, &error)),
                    };
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(CliError::file("write", &copy, &error)),
            }
        }
        Err(CliError::failed("there is no name left for a copy of the settings"))
    }
}

/// What was done to a file that was not TOML.
#[derive(Debug, PartialEq, Eq)]
pub struct Repair {
    /// The lines that are comments now, from 1.
    pub lines: Vec<usize>,
    /// The file as it was.
    pub copy: PathBuf,
}

/// The file as TOML, and the lines that had to become comments for that, from 1, in rising order.
///
/// # Errors
/// The first fault, when comments do not help.
fn sound(text: &str) -> Result<(DocumentMut, Vec<usize>), TomlError> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut text = text.to_owned();
    let mut commented = Vec::new();
    loop {
        let error = match text.parse() {
            Ok(document) => {
                commented.sort_unstable();
                return Ok((document, commented));
            }
            Err(error) => error,
        };
        let line = faulty_line(&lines, line_of(&text, error.span()));
        let Some(line) = line else { return Err(error) };
        lines[line - 1].insert_str(0, "# ");
        commented.push(line);
        text = lines.join("\n") + "\n";
    }
}

/// The line of a fault; of one behind the end, such as a text that does not end, the last one that says something.
fn faulty_line(lines: &[String], line: usize) -> Option<usize> {
    let says = |line: &usize| {
        let text = lines.get(line - 1).map_or("", |line| line.trim());
        !text.is_empty() && !text.starts_with('#')
    };
    (1..=line).rev().find(says)
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
    fn lines_that_are_not_toml_become_comments() {
        let check = |text: &str, lines: &[usize], expected: &str| {
            let (document, commented) = sound(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((document.to_string().as_str(), commented.as_slice()), (expected, lines), "{text}");
        };
        check("color = 'auto'\n", &[], "color = 'auto'\n");
        check("server = http://a\ncolor = 'auto'\n", &[1], "# server = http://a\ncolor = 'auto'\n");
        check("x\n\ny: 1\ncolor = 'auto'", &[1, 3], "# x\n\n# y: 1\ncolor = 'auto'\n");
        check("color = 'auto'\ncolor = 'never'\n", &[2], "color = 'auto'\n# color = 'never'\n");
        check("a = 1\nb = \"\"\"\ntext\n", &[2, 3], "a = 1\n# b = \"\"\"\n# text\n");
        check("[profiles\nserver = 'a'\n", &[1], "# [profiles\nserver = 'a'\n");
        check("{\"server\": \"a\"}", &[1], "# {\"server\": \"a\"}\n");
        check("server = [1,\n\n", &[1], "# server = [1,\n\n");
    }

    #[test]
    fn a_file_that_is_not_toml_is_kept_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        for (number, text) in [(1, "server = http://a\n# mine\n"), (2, "what?\n")] {
            std::fs::write(&path, text).expect("a file");
            let repair = UserFile::new(path.clone(), "default").set("server", Some("http://b")).expect("set");
            let copy = folder.path().join(format!("config.toml.before-{number}"));
            assert_eq!(std::fs::read_to_string(&copy).expect("a copy"), text);
            assert_eq!(repair, Some(Repair { lines: vec![1], copy }));
            let now = std::fs::read_to_string(&path).expect("a file");
            assert!(now.contains("server = \"http://b\"\n") && now.contains(text.trim_end()), "{now}");
            assert_eq!(UserFile::new(path.clone(), "default").set("color", None).expect("set"), None);
        }
    }

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
