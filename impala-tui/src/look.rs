//! How things look on this terminal: characters, colors, and the few roles that everything outside the pictures has.

use impala_render::paint::grid::Cell;
use impala_render::scene::{Emphasis, Tone};
use impala_render::theme::page::{self, Scheme};
use impala_render::{Charset, Ink, theme};
use ratatui::style::{Color, Modifier, Style};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Light text on it.
    #[default]
    Dark,
    /// Dark text on it.
    Light,
    /// The terminal does not say: colors of middling lightness read on both.
    Unknown,
}

impl Background {
    fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Dark => Some(Scheme::Dark),
            Self::Light => Some(Scheme::Light),
            Self::Unknown => None,
        }
    }
}

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which characters may be used to draw.
    pub charset: Charset,
    /// Which colors may be used.
    pub ink: Ink,
    /// What the text stands on.
    pub background: Background,
    /// Whether the mouse is ours; otherwise the terminal selects text with it.
    pub has_mouse: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { charset: Charset::Unicode, ink: Ink::TrueColor, background: Background::Dark, has_mouse: true }
    }
}

/// What a piece of the surroundings of a picture means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text to read.
    Plain,
    /// Headings.
    Title,
    /// Text of second rank.
    Muted,
    /// Frames.
    Faint,
    /// What has the focus.
    Accent,
    /// The line that is chosen in a list.
    Chosen,
    /// What was looked for.
    Found,
    /// The ground of a field that is typed in.
    Field,
    /// The bar at the top.
    Bar,
    /// A key in the footer.
    Key,
    /// It worked.
    Good,
    /// Look here.
    Warning,
    /// It failed.
    Alarm,
}

impl Look {
    /// Whether only ASCII may be drawn.
    pub fn is_ascii(&self) -> bool {
        self.charset == Charset::Ascii
    }

    /// One of two texts, by what the terminal can show.
    pub fn pick<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.is_ascii() { ascii } else { unicode }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        let plain = Style::new();
        match (role, self.ink) {
            (Role::Plain, _) => plain,
            (Role::Title, Ink::None) => plain,
            (Role::Title, _) => plain.add_modifier(Modifier::BOLD),
            // Reversed is not a color: without it nobody could see what is chosen.
            (Role::Chosen | Role::Bar, Ink::None) => plain.add_modifier(Modifier::REVERSED),
            // A line to write on: of sixteen colors none is a quiet ground on every terminal.
            (Role::Found, Ink::None) => plain.add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
            (Role::Found, Ink::Ansi16) => {
                plain.fg(Color::Black).bg(Color::Yellow).remove_modifier(Modifier::REVERSED)
            }
            (Role::Found, _) => self.band((96, 76, 10), (255, 228, 128)),
            (Role::Field, Ink::None | Ink::Ansi16) => plain.add_modifier(Modifier::UNDERLINED),
            (_, Ink::None) => plain,
            (Role::Muted, _) => self.tone(Tone::Muted),
            (Role::Faint, _) => self.tone(Tone::Faint),
            (Role::Accent, _) => plain.fg(self.accent()).add_modifier(Modifier::BOLD),
            (Role::Key, _) => plain.fg(self.accent()),
            (Role::Chosen, Ink::Ansi16) => plain.add_modifier(Modifier::REVERSED),
            (Role::Chosen, _) => self.band((44, 62, 88), (206, 222, 244)),
            (Role::Field, _) => self.band((40, 46, 58), (226, 231, 238)),
            (Role::Bar, Ink::Ansi16) => plain.add_modifier(Modifier::REVERSED),
            (Role::Bar, _) => self.band((38, 42, 50), (228, 231, 236)),
            (Role::Good, _) => self.tone(Tone::Rise),
            (Role::Warning, _) => self.tone(Tone::Warning),
            (Role::Alarm, _) => self.tone(Tone::Alarm).add_modifier(Modifier::BOLD),
        }
    }

    fn accent(&self) -> Color {
        match self.ink {
            Ink::Ansi16 | Ink::None => Color::Cyan,
            _ if self.background == Background::Unknown => self.color((64, 136, 220)),
            _ => self.shade((86, 182, 255), (0, 92, 190)),
        }
    }

    /// A ground of ours needs letters of ours: the terminal's own may be as dark, or as light.
    fn band(&self, on_dark: theme::Rgb, on_light: theme::Rgb) -> Style {
        let letters = self.shade((230, 237, 243), (31, 35, 40));
        Style::new().bg(self.shade(on_dark, on_light)).fg(letters)
    }

    fn shade(&self, on_dark: theme::Rgb, on_light: theme::Rgb) -> Color {
        self.color(if self.background == Background::Light { on_light } else { on_dark })
    }

    fn color(&self, rgb: theme::Rgb) -> Color {
        match self.ink {
            Ink::TrueColor => Color::Rgb(rgb.0, rgb.1, rgb.2),
            _ => Color::Indexed(theme::xterm(rgb)),
        }
    }

    fn color_of(&self, tone: Tone) -> Option<Color> {
        match self.ink {
            Ink::None => None,
            Ink::Ansi16 => match theme::code_16(tone)? {
                code @ 30..=37 => Some(Color::Indexed(code - 30)),
                code @ 90..=97 => Some(Color::Indexed(code - 82)),
                _ => None,
            },
            _ => match self.background.scheme() {
                Some(scheme) => page::in_terminal(tone, scheme),
                None => theme::rgb(tone),
            }
            .map(|rgb| self.color(rgb)),
        }
    }

    /// The style of a tone of a picture.
    pub fn tone(&self, tone: Tone) -> Style {
        let style = self.color_of(tone).map_or(Style::new(), |color| Style::new().fg(color));
        let is_dim = self.ink == Ink::Ansi16 && theme::code_16(tone) == Some(2);
        if is_dim { style.add_modifier(Modifier::DIM) } else { style }
    }

    /// The style of a painted cell.
    pub fn cell(&self, cell: &Cell) -> Style {
        let mut style = self.tone(cell.tone);
        if let Some(back) = cell.back.and_then(|tone| self.color_of(tone)) {
            style = style.bg(back);
        }
        if cell.is_reversed && self.ink.has_color() {
            style = style.add_modifier(Modifier::REVERSED);
        }
        if self.ink == Ink::None { style } else { style.add_modifier(modifiers(cell)) }
    }
}

fn modifiers(cell: &Cell) -> Modifier {
    let Emphasis { is_bold, is_italic, is_underlined, is_struck, .. } = cell.emphasis;
    [
        (is_bold || cell.tone == Tone::Title, Modifier::BOLD),
        (is_italic, Modifier::ITALIC),
        (is_underlined, Modifier::UNDERLINED),
        (is_struck, Modifier::CROSSED_OUT),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(Modifier::empty(), |all, (_, one)| all | one)
}
