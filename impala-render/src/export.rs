//! A canvas, or one of its blocks, as a file: text, SVG, PNG, HTML, Markdown, JSON, Vega-Lite.
//!
//! The same document, answers, parameters and options give the same bytes: nothing here says how long an answer took or
//! when it was computed.

pub mod html;
mod json;
mod markdown;
pub mod vega_lite;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use impala_core::{Block, BlockData, name};

use crate::layout::{Options, Picture, frame, layout, layout_block_of, layout_page};
use crate::paint::svg::{self, Form, Svg};
use crate::paint::{Charset, Ink, text};
use crate::scene::{Medium, Scene};
use crate::summary;
use crate::theme::page::Scheme;

/// What an export can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text.
    #[default]
    Text,
    /// Text with colors.
    Ansi,
    /// One picture.
    Svg,
    /// One picture made of dots.
    Png,
    /// One page that needs nothing else.
    Html,
    /// For a pull request or the summary of a job.
    Markdown,
    /// The document with its data.
    Json,
    /// Charts for other tools.
    VegaLite,
}

impl Format {
    /// Every format, in the order that help lists them.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Ansi,
        Self::Svg,
        Self::Png,
        Self::Html,
        Self::Markdown,
        Self::Json,
        Self::VegaLite,
    ];

    /// Its word in commands and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Ansi => "ansi",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::VegaLite => "vega-lite",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text | Self::Ansi => "text/plain; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::VegaLite => "application/vnd.vegalite.v6+json",
        }
    }

    /// What its files' names end in.
    pub const fn file_ending(self) -> &'static str {
        match self {
            Self::Text | Self::Ansi => "txt",
            Self::VegaLite => "vl.json",
            format => format.as_str(),
        }
    }

    /// Whether it is laid out for a page rather than in cells.
    pub const fn is_page(self) -> bool {
        matches!(self, Self::Svg | Self::Png | Self::Html)
    }

    /// Columns of a picture when no width is given: a page has 1200 pixels.
    pub const fn default_width_cols(self) -> u16 {
        if self.is_page() { 150 } else { 100 }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str);
            format!("\"{text}\" is not a format{}", name::suggestion(text, known))
        })
    }
}

/// What is made into a file, and how.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// The canvas. Of its options the width counts.
    pub picture: Picture<'a>,
    /// One block of it, or all of it.
    pub block: Option<&'a Block>,
    /// Answers to metrics over the earlier version of their source, by id, where there is one: Markdown shows what changed.
    pub before: &'a BTreeMap<String, BlockData>,
    /// Which revision of the canvas it is; 0 when it is not saved.
    pub revision: u64,
    /// Characters of text.
    pub charset: Charset,
    /// Colors of text in the format `ansi`.
    pub ink: Ink,
    /// Colors of PNG.
    pub scheme: Scheme,
    /// Dots a pixel of PNG.
    pub scale: u32,
}

/// Why there is no file.
#[derive(Debug)]
pub enum ExportError {
    /// What was asked for cannot be made of it; in words, with what to do instead.
    Unfit(String),
    /// It failed, which it should not.
    Failed(String),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(why) | Self::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ExportError {}

/// Makes a file.
///
/// # Errors
/// `Unfit` when the format cannot hold what was asked for.
pub fn export(export: &Export, format: Format) -> Result<Vec<u8>, ExportError> {
    let text = match format {
        Format::Text => text::paint(&export.cells(), export.charset, Ink::None),
        Format::Ansi => text::paint(&export.cells(), export.charset, export.ink),
        Format::Svg => export.svg(),
        Format::Png => return export.png(),
        Format::Html => html::page(export),
        Format::Markdown => markdown::write(export),
        Format::Json => json::write(export)?,
        Format::VegaLite => vega_lite::write(export)?,
    };
    Ok(text.into_bytes())
}

impl<'a> Export<'a> {
    /// A picture in which nothing changes from one time to the next.
    fn steady(&self, medium: Medium) -> Picture<'a> {
        let options = Options { medium, show_timing: false, ..self.picture.options };
        Picture { options, ..self.picture }
    }

    fn cells(&self) -> Scene {
        let picture = self.steady(Medium::Cells);
        match self.block {
            Some(block) => block_alone(&picture, block),
            None => layout(&picture),
        }
    }

    fn page(&self) -> Scene {
        let picture = self.steady(Medium::Page);
        match self.block {
            Some(block) => block_alone(&picture, block),
            None => layout_page(&picture),
        }
    }

    fn svg(&self) -> String {
        let (canvas, page) = (self.picture.canvas, self.page());
        let (title, description) = match self.block {
            Some(block) => (frame::title_of(block), summary::of_drawn(&self.picture, block, &page)),
            None => (canvas.title().to_owned(), canvas.metadata.description.clone()),
        };
        let id = self.block.map_or(canvas.metadata.slug.as_str(), |block| &block.id);
        svg::paint(&page, &Svg { form: Form::Alone, title: &title, description: &description, id })
    }

    #[cfg(feature = "png")]
    fn png(&self) -> Result<Vec<u8>, ExportError> {
        use crate::paint::png::{self, PngError};
        png::paint(&self.page(), self.scheme, self.scale).map_err(|error| match error {
            PngError::TooLarge { .. } => ExportError::Unfit(error.to_string()),
            PngError::Failed(_) => ExportError::Failed(error.to_string()),
        })
    }

    #[cfg(not(feature = "png"))]
    fn png(&self) -> Result<Vec<u8>, ExportError> {
        Err(ExportError::Unfit("this build draws no PNG; ask a server for it, or take SVG".to_owned()))
    }

    /// The blocks that are exported, in reading order.
    fn blocks(&self) -> Vec<&'a Block> {
        let mut blocks: Vec<&Block> = match self.block {
            Some(block) => vec![block],
            None => self.picture.canvas.spec.blocks.iter().collect(),
        };
        blocks.sort_by_key(|block| (block.at.y, block.at.x));
        blocks
    }
}

/// One block at the full width, as high as on the canvas.
fn block_alone(picture: &Picture, block: &Block) -> Scene {
    layout_block_of(picture, block, picture.options.width_cols, height_alone(block))
}

/// Rows of a block that is exported by itself.
fn height_alone(block: &Block) -> u32 {
    block.at.h.min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_read_back_as_they_are_written() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert!("pgn".parse::<Format>().is_err_and(|error| error.contains("did you mean \"png\"?")));
    }
}
