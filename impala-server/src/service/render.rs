//! A canvas, or one block of it, drawn in any format.

use std::collections::BTreeMap;

use impala_core::api::CanvasData;
use impala_core::{BlockData, Canvas, Invalid};
use impala_render::export::{Export, ExportError, Format, export};
use impala_render::paint::{Charset, Ink};
use impala_render::theme::page::Scheme;
use impala_render::{Options, Picture};

use super::Error;

/// Narrowest and widest picture, in columns. Requests for less or more get these.
const WIDTHS: std::ops::RangeInclusive<u16> = 20..=500;

/// How a canvas is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// As what.
    pub format: Format,
    /// Which block; all of them when not said.
    pub block: Option<String>,
    /// Width of the picture; the format's own when not said.
    pub width_cols: Option<u32>,
    /// Which characters may be used.
    pub charset: Charset,
    /// Colors of PNG.
    pub scheme: Scheme,
    /// Dots a pixel of PNG; 1 when not said.
    pub scale: Option<u32>,
}

/// Draws a canvas with the answers to its blocks, off the async threads; `before` are those of metrics over the earlier
/// version, as far as changes are to be shown. The same canvas with the same answers gives the same bytes.
///
/// # Errors
/// `NotFound` for a block that it does not have, `Invalid` when the format cannot hold it, `Internal` when drawing panics.
pub async fn draw(
    canvas: Canvas,
    data: CanvasData,
    before: BTreeMap<String, BlockData>,
    style: Style,
) -> Result<Vec<u8>, Error> {
    if let Some(id) = style.block.as_deref().filter(|id| canvas.block(id).is_none()) {
        return Err(Error::not_found("block", id));
    }
    let drawn = tokio::task::spawn_blocking(move || {
        let options = style.options();
        let made = Export {
            picture: Picture {
                canvas: &canvas,
                answers: &data.blocks,
                parameters: &data.parameters,
                options,
            },
            block: style.block.as_deref().and_then(|id| canvas.block(id)),
            before: &before,
            revision: data.revision,
            charset: style.charset,
            ink: Ink::Ansi256,
            scheme: style.scheme,
            scale: style.scale.unwrap_or(1),
        };
        export(&made, style.format)
    });
    let drawn = drawn.await.map_err(|fault| Error::internal("drawing a canvas", fault))?;
    drawn.map_err(|error| match error {
        ExportError::Unfit(why) => Invalid::at("/format", why).into(),
        ExportError::Failed(_) => Error::internal("drawing a canvas", error),
    })
}

impl Style {
    fn options(&self) -> Options {
        let (narrowest, widest) = (*WIDTHS.start(), *WIDTHS.end());
        let width_cols = match self.width_cols {
            Some(given) => u16::try_from(given).unwrap_or(widest).clamp(narrowest, widest),
            None => self.format.default_width_cols(),
        };
        Options { width_cols, ..Options::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_stay_within_reason() {
        let check = |width_cols: Option<u32>, format, expected: u16| {
            let style = Style { width_cols, format, ..Style::default() };
            assert_eq!(style.options().width_cols, expected, "{width_cols:?}");
        };
        check(None, Format::Text, 100);
        check(None, Format::Svg, 150);
        check(Some(0), Format::Text, 20);
        check(Some(80), Format::Png, 80);
        check(Some(1_000_000), Format::Text, 500);
    }
}
