//! What the program is started with.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use impala_render::{Charset, Ink};

use crate::app::App;
use crate::graphics::{Gallery, Graphics};
use crate::keymap::{Context, Keymap, TABLE};
use crate::look::{Background, Look};
use crate::runtime;
use crate::screen::Shared;
use crate::screens::{Start, Target};
use crate::world::{Home, World};

/// Light or dark, or as the terminal says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the terminal says.
    #[default]
    Auto,
    /// Light text on it.
    Dark,
    /// Dark text on it.
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
    /// The keymap file, if there is one.
    pub keymap: Option<PathBuf>,
    /// Commands that are in the log from the beginning.
    pub notes: Vec<String>,
}

/// Runs the program on this terminal until it is left.
///
/// # Errors
/// When stdin or stdout is no terminal, the keymap file is wrong, or the terminal is lost.
pub async fn run(setup: Setup, home: Arc<dyn Home>) -> io::Result<()> {
    if !io::stdout().is_terminal() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "stdout is no terminal"));
    }
    let keymap = keymap(&setup)?;
    let look = Look {
        charset: if setup.is_ascii { Charset::Ascii } else { Charset::Unicode },
        ink: setup.ink,
        background: background(setup.theme, setup.ink),
        has_mouse: setup.has_mouse,
    };
    let mut shared = Shared::new(look, (80, 24), keymap, home.servers());
    let known = home.clone();
    shared.flags = Arc::new(move |server| known.flags(server));
    shared.is_read_only = setup.is_read_only;
    shared.log.clone_from(&setup.notes);
    let world = World::new(home).map_err(io::Error::other)?;
    let first = Start::new(setup.target, &mut shared);
    let effects = shared.take_effects();
    let gallery = Gallery::open(setup.graphics);
    runtime::run(App::new(Box::new(first), shared), effects, world, gallery).await
}

fn keymap(setup: &Setup) -> io::Result<Keymap> {
    let Some(path) = setup.keymap.as_ref().filter(|path| path.exists()) else {
        return Ok(Keymap::default());
    };
    let text = std::fs::read_to_string(path)?;
    Keymap::read(&text).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}

/// Asks the terminal, which may take a moment; without colors there is nothing to ask for.
fn background(theme: Theme, ink: Ink) -> Background {
    match theme {
        Theme::Dark => Background::Dark,
        Theme::Light => Background::Light,
        Theme::Auto if matches!(ink, Ink::None | Ink::Ansi16) => Background::Dark,
        Theme::Auto => {
            let mut options = terminal_colorsaurus::QueryOptions::default();
            options.timeout = std::time::Duration::from_millis(150);
            match terminal_colorsaurus::theme_mode(options) {
                Ok(terminal_colorsaurus::ThemeMode::Light) => Background::Light,
                _ => Background::Dark,
            }
        }
    }
}

/// The default keys as a keymap file, each with what it does.
pub fn keymap_help() -> String {
    let mut text = String::from("# Keys of Impala's terminal canvas. What is left out stays as it is.\n");
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
