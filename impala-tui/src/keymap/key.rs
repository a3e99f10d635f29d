//! Keys as people name them.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub(super) code: KeyCode,
    pub(super) control: bool,
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            KeyCode::Char(c) if control => KeyCode::Char(c.to_ascii_lowercase()),
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        Self { code, control }
    }
}

/// Keys that have a word, with how the footer and the help write them.
const WORDS: [(&str, KeyCode); 15] = [
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("page-up", KeyCode::PageUp),
    ("page-down", KeyCode::PageDown),
];

impl Key {
    /// As short as footer and help want it.
    pub fn sign(&self, is_ascii: bool) -> String {
        let sign = match self.code {
            KeyCode::PageUp => "pgup",
            KeyCode::PageDown => "pgdn",
            KeyCode::Left if !is_ascii => "←",
            KeyCode::Down if !is_ascii => "↓",
            KeyCode::Up if !is_ascii => "↑",
            KeyCode::Right if !is_ascii => "→",
            KeyCode::Enter if !is_ascii => "⏎",
            _ => return self.to_string(),
        };
        sign.to_owned()
    }

    /// Whether it is Enter.
    pub fn is_enter(&self) -> bool {
        self.code == KeyCode::Enter
    }

    /// Whether it is one of the four arrows.
    pub fn is_arrow(&self) -> bool {
        matches!(self.code, KeyCode::Left | KeyCode::Down | KeyCode::Up | KeyCode::Right)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, code)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(Self { code: *code, control: false });
        }
        let (control, rest) = match text.strip_prefix("ctrl-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Ok(Self { code: KeyCode::Char(c), control }),
            _ => Err(format!(
                "\"{text}\" is not a key: write one character, ctrl- and a letter, or one of {}",
                WORDS.map(|(word, _)| word).join(", ")
            )),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, code)| *code == self.code).map(|(word, _)| *word);
        match (word, self.code) {
            (Some(word), _) => f.write_str(word),
            (None, KeyCode::Char(c)) if self.control => write!(f, "ctrl-{c}"),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "F{number}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}
