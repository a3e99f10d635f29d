//! Painting and encoding a picture, which takes a while: it is done away from the loop.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use impala_render::Scene;
use impala_render::paint::png;
use impala_render::theme::page::Scheme;
use ratatui::layout::Size;
use ratatui_image::Resize;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::kitty::Kitty;

use super::Place;
use super::held::new_id;

/// A picture to be painted, away from the loop.
pub struct Order {
    pub(super) place: Place,
    pub(super) stamp: u64,
    pub(super) scene: Scene,
    /// The hash of the dots that are there.
    pub(super) known: Option<u64>,
    pub(super) picker: Picker,
}

/// What came of it.
pub struct Painted {
    pub(super) place: Place,
    pub(super) stamp: u64,
    pub(super) came: Came,
}

pub(super) enum Came {
    /// A picture, the hash of its dots, and the number under which kitty has it.
    Picture(Protocol, u64, Option<u32>),
    /// Nothing but the dots that were known, of this hash.
    Same(u64),
    /// There can be none.
    Nothing,
}

impl Order {
    /// Paints and encodes it, which takes a while.
    pub fn paint(self) -> Painted {
        let Self { place, stamp, scene, known, picker } = self;
        let scheme = if place.is_dark { Scheme::Dark } else { Scheme::Light };
        let came = match png::dots(&scene, scheme, place.dots) {
            Ok(dots) => encoded(&place, dots, &picker, known),
            Err(_) => None,
        };
        Painted { place, stamp, came: came.unwrap_or(Came::Nothing) }
    }
}

/// Dots as the terminal wants them; `None` where it cannot have them.
///
/// * `known`: the hash of dots that it has.
fn encoded(place: &Place, dots: Vec<u8>, picker: &Picker, known: Option<u64>) -> Option<Came> {
    let mut hasher = DefaultHasher::new();
    dots.hash(&mut hasher);
    let hash = hasher.finish();
    if known == Some(hash) {
        return Some(Came::Same(hash));
    }
    let image = image::RgbaImage::from_raw(place.dots.0, place.dots.1, dots)?;
    let (image, size) = (image::DynamicImage::from(image), Size::new(place.cells.0, place.cells.1));
    if picker.protocol_type() != ProtocolType::Kitty {
        let protocol = picker.new_protocol(image, size, Resize::Fit(None)).ok()?;
        return Some(Came::Picture(protocol, hash, None));
    }
    let id = new_id();
    let kitty = Kitty::new(image, size, id, picker.tmux_detected(), true).ok()?;
    Some(Came::Picture(Protocol::Kitty(kitty), hash, Some(id)))
}
