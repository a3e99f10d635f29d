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
    let svg = Svg { form: Form::Fixed(scheme), ..Svg::default() };
    let svg = svg::paint_set(scene, &svg, &typeset::runs);
    let options = Options {
        fontdb: Arc::clone(&DATABASE),
        font_family: "Inter".to_owned(),
        font_resolver: FontResolver::default(),
        ..Options::default()
    };
    let failed = |why: &dyn fmt::Display| PngError::Failed(why.to_string());
    let tree = Tree::from_str(&svg, &options).map_err(|fault| failed(&fault))?;
    let scale = scale.clamp(1, MAX_SCALE);
    let size = tree.size().to_int_size();
    let (width, height) =
        (u64::from(size.width()) * u64::from(scale), u64::from(size.height()) * u64::from(scale));
    let too_large = || PngError::TooLarge { width, height };
    if width * height > MAX_DOTS {
        return Err(too_large());
    }
    let mut dots = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut dots.as_mut());
    dots.encode_png().map_err(|fault| failed(&fault))
}
