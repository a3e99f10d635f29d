//! Drawing a canvas as text.

use impala_core::Canvas;
use impala_core::api::CanvasData;
use impala_render::paint::{Charset, Ink, text};
use impala_render::{Options, Picture, layout};

use super::Error;

/// Narrowest and widest picture, in columns. Whoever asks for less or more gets these.
const WIDTHS: std::ops::RangeInclusive<u16> = 20..=500;

/// How a canvas is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Width of the picture; 100 when not said.
    pub width_cols: Option<u32>,
    /// Which characters may be used.
    pub charset: Charset,
    /// Which colors may be used.
    pub ink: Ink,
}

/// Draws a canvas with the answers to its blocks, off the async threads.
///
/// # Errors
/// `Internal` when drawing panics.
pub async fn draw(canvas: Canvas, data: CanvasData, style: Style) -> Result<String, Error> {
    let drawn = tokio::task::spawn_blocking(move || {
        let options = style.options();
        let picture =
            Picture { canvas: &canvas, answers: &data.blocks, parameters: &data.parameters, options };
        text::paint(&layout(&picture), style.charset, style.ink)
    });
    drawn.await.map_err(|fault| Error::internal("drawing a canvas", fault))
}

impl Style {
    fn options(&self) -> Options {
        let mut options = Options::default();
        if let Some(width_cols) = self.width_cols {
            let (narrowest, widest) = (*WIDTHS.start(), *WIDTHS.end());
            options.width_cols = u16::try_from(width_cols).unwrap_or(widest).clamp(narrowest, widest);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_stay_within_reason() {
        let check = |given: Option<u32>, expected: u16| {
            let style = Style { width_cols: given, ..Style::default() };
            assert_eq!(style.options().width_cols, expected, "{given:?}");
        };
        check(None, 100);
        check(Some(0), 20);
        check(Some(80), 80);
        check(Some(1_000_000), 500);
    }
}
