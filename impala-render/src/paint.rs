//! Painters: each turns the same [`Scene`](crate::Scene) into something that can be shown.
//!
//! * [`grid`]: cells with a symbol and tones, for terminals; a terminal program copies them into its own buffer
//! * [`text`]: those cells as a string, plain or with ANSI colors
//! * [`svg`]: shapes and letters for a page
//! * `png`: that picture as dots (feature `png`)

mod glyphs;
pub mod grid;
#[cfg(feature = "png")]
pub mod png;
mod raster;
mod resolve;
pub mod svg;
pub mod text;

/// Which characters may be used to draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Charset {
    /// Eighth blocks, braille, box drawing.
    #[default]
    Unicode,
    /// Only ASCII; other characters of texts become question marks.
    Ascii,
}

/// Which colors may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// None, and no bold either: series differ by pattern and shape.
    #[default]
    None,
    /// The terminal's own 16 colors.
    Ansi16,
    /// The 256 colors of xterm.
    Ansi256,
    /// 24 bits.
    TrueColor,
}

impl Ink {
    /// Whether there are colors at all.
    pub const fn has_color(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Whether a color scale has enough steps to be read without patterns.
    pub const fn has_shades(self) -> bool {
        matches!(self, Self::Ansi256 | Self::TrueColor)
    }
}
