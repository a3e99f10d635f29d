//! What the program is started with.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impala_render::{Charset, Ink};
use terminal_colorsaurus::ThemeMode;

use crate::app::App;
use crate::asking;
use crate::graphics::Graphics;
use crate::keymap::{Context, Keymap, TABLE};
use crate::look::{Background, Look};
use crate::runtime::{self, End};
use crate::screen::{Passing, Shared};
use crate::screens::{Start, Target};
use crate::signals::Signals;
use crate::world::{Home, World};

/// Light or dark, or as the terminal says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Theme {
    /// As the terminal says
    #[default]
    Auto,
    /// Light text on dark
    Dark,
    /// Dark text on light
    Light,
}

/// What the program is started with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What to open first.
    pub target: Target,
    /// Light or dark.
    pub theme: Theme,
    /// Which colors may be used.
    pub ink: Ink,
    /// Whether charts are pictures of dots.
    pub graphics: Graphics,
    /// Whether only ASCII may be drawn.
    pub is_ascii: bool,
    /// Whether the mouse is left to the terminal.
    pub has_mouse: bool,
    /// Whether nothing may be changed.
    pub is_read_only: bool,
    /// The keymap file.
    pub keymap: Option<PathBuf>,
    /// Commands that are in the log from the beginning.
    pub notes: Vec<String>,
    /// How it is with what is done here, when it is gone with the program.
    pub passing: Option<Passing>,
    /// Whether leaving the target leaves the program, rather than for what holds it.
    pub leaves_from_target: bool,
}

/// What to do where there is no terminal.
pub const NO_TERMINAL_HINT: &str =
    "`impala canvas render CANVAS` prints one; `impala canvas show CANVAS` describes it";

/// Whether the terminal canvas can be shown here.
///
/// # Errors
/// Why it cannot, for people; [`NO_TERMINAL_HINT`] says what to do.
pub fn check_terminal() -> Result<(), &'static str> {
    if !io::stdout().is_terminal() {
        return Err("the terminal canvas needs a terminal, and stdout is not one");
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return Err("the terminal canvas needs a terminal that can move its cursor, and TERM is dumb");
    }
    // Keys may come from elsewhere than stdin, which may be a file that is opened.
    #[cfg(unix)]
    if !io::stdin().is_terminal() && std::fs::File::open("/dev/tty").is_err() {
        return Err("the terminal canvas needs a terminal to read keys from, and stdin is not one");
    }
    Ok(())
}

/// Runs the program on this terminal until it is left; [`check_terminal`] says whether there is one.
///
/// # Errors
/// `InvalidInput` when the keymap file cannot be read or is wrong; others when the terminal is lost.
pub async fn run(setup: Setup, home: Arc<dyn Home>) -> io::Result<End> {
    // First, as asking the terminal takes a moment, and nothing told meanwhile may be lost.
    let signals = Signals::listen()?;
    let keymap = keymap(setup.keymap.as_deref())?;
    let look = Look {
        charset: if setup.is_ascii { Charset::Ascii } else { Charset::Unicode },
        ink: setup.ink,
        background: background(setup.theme, setup.ink),
        has_mouse: setup.has_mouse,
    };
    let mut shared = Shared::new(look, (80, 24), keymap, home.servers());
    let known = home.clone();
    shared.flags = Arc::new(move |server| known.flags(server));
    shared.clock = || jiff::Zoned::now().time();
    shared.is_read_only = setup.is_read_only;
    setup.notes.into_iter().for_each(|note| shared.log.push(note));
    shared.passing = setup.passing;
    shared.leaves_from_target = setup.leaves_from_target;
    let world = World::new(home).map_err(io::Error::other)?;
    let first = Start::new(setup.target, &mut shared);
    let effects = shared.take_effects();
    runtime::run(App::new(Box::new(first), shared), effects, world, setup.graphics, signals).await
}

fn keymap(path: Option<&Path>) -> io::Result<Keymap> {
    let Some(path) = path else { return Ok(Keymap::default()) };
    let in_file = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| in_file(&error))?;
    Keymap::read(&text).map_err(|error| in_file(&error))
}

/// Asks the terminal, which may take a moment; without colors there is nothing to ask for.
fn background(theme: Theme, ink: Ink) -> Background {
    match theme {
        Theme::Dark => Background::Dark,
        Theme::Light => Background::Light,
        Theme::Auto if matches!(ink, Ink::None | Ink::Ansi16) => Background::Dark,
        Theme::Auto => match asking::theme() {
            Some(ThemeMode::Light) => Background::Light,
            Some(ThemeMode::Dark) => Background::Dark,
            None => Background::Unknown,
        },
    }
}

/// The default keys as a keymap file, each with what it does.
pub fn keymap_help() -> String {
    let mut text = String::from("# Keys of Impala's terminal canvas. Anything left out keeps its default.\n");
    for context in Context::ALL {
        text += &format!("\n[{}]\n", context.name());
        for binding in TABLE.iter().filter(|binding| binding.context == context) {
            let keys: Vec<String> =
                binding.keys.split(' ').filter(|key| !key.is_empty()).map(|key| format!("{key:?}")).collect();
            text += &format!("{} = [{}]  # {}\n", binding.command.name(), keys.join(", "), binding.label);
        }
    }
    text
}

/// The colors that this terminal has, by what it says of itself in its environment.
pub fn ink_of_terminal() -> Ink {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    if !variable("NO_COLOR").is_empty() || variable("TERM") == "dumb" {
        return Ink::None;
    }
    match (variable("COLORTERM").as_str(), variable("TERM").as_str()) {
        ("truecolor" | "24bit", _) => Ink::TrueColor,
        (_, term) if term.contains("256color") => Ink::Ansi256,
        _ => Ink::Ansi16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_of_the_keys_is_a_keymap_file_of_the_same_keys() {
        let printed = keymap_help();
        let read = Keymap::read(&printed).expect("a keymap file");
        for binding in TABLE {
            let (context, command) = (binding.context.name(), binding.command.name());
            assert_eq!(read.keys(binding), Keymap::default().keys(binding), "[{context}] {command}");
        }
        // Not because all of it was left out.
        assert_eq!(printed.lines().filter(|line| line.contains(" = [")).count(), TABLE.len());
        let other = Keymap::read(&printed.replace("undo = [\"u\"]", "undo = [\"U\"]")).expect("as right");
        let undo = TABLE.iter().find(|line| line.command == crate::keymap::Command::Undo).expect("a line");
        assert_ne!(other.keys(undo), read.keys(undo));
    }

    #[test]
    fn a_theme_that_is_given_is_asked_of_no_terminal() {
        for ink in [Ink::TrueColor, Ink::Ansi256, Ink::Ansi16, Ink::None] {
            assert_eq!(background(Theme::Dark, ink), Background::Dark);
            assert_eq!(background(Theme::Light, ink), Background::Light);
        }
        assert_eq!(background(Theme::Auto, Ink::None), Background::Dark);
    }
}
