//! A picture as dots: the SVG, drawn with fonts that come along, so that the bytes are the same on every machine.
//!
//! Letters of Latin, Greek and Cyrillic are Inter's; Hebrew, Arabic and signs DejaVu's; Chinese and Japanese
//! Droid Sans Fallback's; Korean NanumGothic's; emoji Noto Emoji's, in one color. What none of them has is drawn as an
//! empty box. See `impala-render/fonts/README.md`.

mod typeset;

use std::fmt;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{FontResolver, Options, Tree};

use super::svg::{self, Form, Svg};
use crate::scene::Scene;
use crate::theme::page::Scheme;

/// Dots of a picture at most: as RGBA they take four bytes each.
const MAX_DOTS: u64 = 100_000_000;

/// Finest scale: 4 dots a pixel in each direction.
pub const MAX_SCALE: u32 = 4;

/// Why there is no picture.
#[derive(Debug)]
pub enum PngError {
    /// It would have more dots than memory should hold.
    TooLarge {
        /// Width in dots.
        width: u64,
        /// Height in dots.
        height: u64,
    },
    /// The painter failed on its own SVG.
    Failed(String),
}

impl fmt::Display for PngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { width, height } => write!(
                f,
                "a picture of {width} by {height} dots is too large; ask for one block, a smaller scale, or SVG"
            ),
            Self::Failed(why) => write!(f, "the picture could not be drawn: {why}"),
        }
    }
}

impl std::error::Error for PngError {}

static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in &typeset::FONTS {
        database.load_font_source(Source::Binary(Arc::new(font.bytes)));
    }
    for set in [Database::set_serif_family, Database::set_sans_serif_family] {
        set(&mut database, "Inter");
    }
    database.set_monospace_family("DejaVu Sans Mono");
    Arc::new(database)
});

/// Paints a picture in one scheme.
///
/// * `scale`: dots a pixel, 1 to [`MAX_SCALE`]; 2 is sharp on most screens.
///
/// # Errors
/// When it would be too large.
pub fn paint(scene: &Scene, scheme: Scheme, scale: u32) -> Result<Vec<u8>, PngError> {
    let tree = tree(scene, Form::Fixed(scheme))?;
    let (scale, size) = (scale.clamp(1, MAX_SCALE), tree.size().to_int_size());
    let dots = drawn(&tree, (size.width().saturating_mul(scale), size.height().saturating_mul(scale)))?;
    dots.encode_png().map_err(|fault| PngError::Failed(fault.to_string()))
}

/// Paints a picture in one scheme into so many dots, four bytes each: red, green, blue and how opaque it is. Nothing is
/// behind it.
///
/// # Errors
/// When it would be too large.
pub fn dots(scene: &Scene, scheme: Scheme, size: (u32, u32)) -> Result<Vec<u8>, PngError> {
    Ok(drawn(&tree(scene, Form::Clear(scheme))?, size)?.take_demultiplied())
}

fn tree(scene: &Scene, form: Form) -> Result<Tree, PngError> {
    let svg = svg::paint_set(scene, &Svg { form, ..Svg::default() }, &typeset::runs);
    let options = Options {
        fontdb: Arc::clone(&DATABASE),
        font_family: "Inter".to_owned(),
        font_resolver: FontResolver::default(),
        ..Options::default()
    };
    Tree::from_str(&svg, &options).map_err(|fault| PngError::Failed(fault.to_string()))
}

fn drawn(tree: &Tree, (width, height): (u32, u32)) -> Result<Pixmap, PngError> {
    let too_large = || PngError::TooLarge { width: width.into(), height: height.into() };
    if u64::from(width) * u64::from(height) > MAX_DOTS {
        return Err(too_large());
    }
    let mut dots = Pixmap::new(width, height).ok_or_else(too_large)?;
    let size = tree.size();
    let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(tree, scale, &mut dots.as_mut());
    Ok(dots)
}
