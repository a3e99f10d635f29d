//! Drawing a canvas in text.

#[cfg(feature = "server")]
use impala_core::Canvas;
use impala_core::api::{BlockAnswer, CanvasData};
use impala_render::{Charset, Ink};
#[cfg(feature = "server")]
use impala_render::{Options, Picture, layout, paint};

use crate::context::Context;

/// Flags of what ends in the terminal canvas, and prints the same picture where there is no terminal.
#[cfg(feature = "tui")]
pub use impala_tui::Flags as CanvasFlags;

/// Flags of what prints a picture, in a program without the terminal canvas.
#[cfg(all(feature = "server", not(feature = "tui")))]
#[derive(Clone, Debug, Default, clap::Args)]
pub struct CanvasFlags {
    /// Draw with ASCII only
    #[arg(long)]
    ascii: bool,
}

#[cfg(all(feature = "server", not(feature = "tui")))]
impl CanvasFlags {
    /// Whether only ASCII may be drawn.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }
}

/// How wide a picture is.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct WidthArgs {
    /// Columns to draw in; the terminal's, else $COLUMNS, else 100, when left out
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=1000))]
    width: Option<u32>,
}

/// Flags of all that draws here.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct PictureArgs {
    #[command(flatten)]
    width: WidthArgs,
    /// Draw with ASCII only
    #[arg(long)]
    ascii: bool,
}

impl PictureArgs {
    /// The width asked for.
    pub fn width(self) -> Option<u32> {
        self.width.width
    }

    /// Whether only ASCII may be used.
    pub fn is_ascii(self) -> bool {
        self.ascii
    }

    /// How to draw on the printer's stdout, where the flags do not say otherwise.
    pub fn style(self, context: &Context) -> Style {
        self.width.style(self.ascii, context)
    }
}

impl WidthArgs {
    /// How to draw on the printer's stdout, at this width.
    pub fn style(self, is_ascii: bool, context: &Context) -> Style {
        let own = Style::of(context);
        let width_cols = self.width.map_or(own.width_cols, |width| width as usize);
        Style { width_cols, is_ascii, ..own }
    }
}

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns to draw in.
    pub width_cols: usize,
    /// Whether color may be used.
    pub has_color: bool,
    /// Whether only ASCII may be used.
    pub is_ascii: bool,
}

impl Style {
    /// How the printer's stdout is drawn on.
    pub fn of(context: &Context) -> Self {
        Self {
            width_cols: context.printer.width_cols(),
            has_color: context.printer.has_color(),
            is_ascii: false,
        }
    }

    /// The characters that may be used.
    pub fn charset(self) -> Charset {
        if self.is_ascii { Charset::Ascii } else { Charset::Unicode }
    }

    /// The colors that may be used.
    pub fn ink(self) -> Ink {
        if !self.has_color {
            return Ink::None;
        }
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        ink_of(&variable("COLORTERM"), &variable("TERM"))
    }
}

/// The colors that a terminal has, by what it says of itself.
fn ink_of(colorterm: &str, term: &str) -> Ink {
    match (colorterm, term) {
        ("truecolor" | "24bit", _) => Ink::TrueColor,
        (_, term) if term.contains("256color") => Ink::Ansi256,
        _ => Ink::Ansi16,
    }
}

/// Draws a canvas with its data.
#[cfg(feature = "server")]
pub fn draw(canvas: &Canvas, data: &CanvasData, style: Style) -> String {
    let options =
        Options { width_cols: u16::try_from(style.width_cols).unwrap_or(u16::MAX), ..Options::default() };
    let picture = Picture { canvas, answers: &data.blocks, parameters: &data.parameters, options };
    paint::text::paint(&layout(&picture), style.charset(), style.ink())
}

/// Tells of blocks that failed, of all or of the `only` one drawn: they are drawn as such, and the reader of a log should not
/// have to look for them.
pub fn warn_of_failures(data: &CanvasData, only: Option<&str>, context: &Context) {
    for (id, answer) in data.blocks.iter().filter(|(id, _)| only.is_none_or(|only| *id == only)) {
        if let BlockAnswer::Problem(problem) = answer {
            context.printer.warn(&format!("block {id}: {}", problem.detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_say_how_many_colors_they_have() {
        let check = |colorterm, term, expected| assert_eq!(ink_of(colorterm, term), expected);
        check("truecolor", "xterm", Ink::TrueColor);
        check("", "xterm-256color", Ink::Ansi256);
        check("", "linux", Ink::Ansi16);
        check("", "", Ink::Ansi16);
    }
}
