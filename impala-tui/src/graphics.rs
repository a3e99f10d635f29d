//! Charts as pictures of dots, where the terminal can show them: kitty's, iTerm2's and sixel's ways, through `ratatui-image`.
//!
//! Frames, titles and everything else stay text. A picture is painted and encoded away from the loop; until it comes, and
//! wherever something lies before the chart, the chart is drawn in characters.

mod held;
mod painting;

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use impala_core::{Block, BlockKind};
use impala_render::scene::{PAGE_COLUMN_PX, PAGE_ROW_PX};
use impala_render::{Medium, Options, Picture, layout_inside};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget as _;
use ratatui_image::Image;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;

use crate::asking;
use crate::cache::Stamps;
pub use held::take_all_back;
use painting::Came;
pub use painting::{Order, Painted};

/// Whether charts are pictures of dots, and in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Graphics {
    /// Characters only
    #[default]
    Off,
    /// Kitty's, iTerm2's or sixel, as the terminal says
    Auto,
    /// Kitty's, with placeholders
    Kitty,
    /// Sixel
    Sixel,
}

/// Pictures that are painted at once.
const AT_ONCE: usize = 2;

/// Frames after which a picture that was not shown is given up.
const KEPT_FRAMES: u64 = 30;

/// Which picture: of a block of a screen, in cells and in dots. Until a newer one comes that of this place is shown, so what is
/// not the same block must not have the same place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    screen: u64,
    id: String,
    cells: (u16, u16),
    dots: (u32, u32),
    is_dark: bool,
}

/// A picture that is there.
struct Shown {
    protocol: Protocol,
    /// Which content it shows, and a hash of its dots.
    stamp: u64,
    hash: u64,
    kitty: Option<u32>,
    frame: u64,
}

/// The pictures of this terminal.
pub struct Gallery {
    picker: Picker,
    pictures: HashMap<Place, Shown>,
    /// What could not be painted, and need not be tried again.
    failed: HashMap<Place, u64>,
    wanted: Vec<Order>,
    /// What is being painted, and with which content.
    in_work: Vec<(Place, u64)>,
    frame: u64,
    is_allowed: bool,
    /// Where pictures stood in the frame before, and where they stand in this one.
    before: Vec<(Rect, u64)>,
    now: Vec<(Rect, u64)>,
}

impl Gallery {
    /// What this terminal can show; `None` for characters only.
    pub fn open(graphics: Graphics) -> Option<Self> {
        let picker = match graphics {
            Graphics::Off => return None,
            Graphics::Auto => asking::picker()?,
            Graphics::Kitty => asking::picker_for(ProtocolType::Kitty),
            Graphics::Sixel => asking::picker_for(ProtocolType::Sixel),
        };
        Some(Self {
            picker,
            pictures: HashMap::new(),
            failed: HashMap::new(),
            wanted: Vec::new(),
            in_work: Vec::new(),
            frame: 0,
            is_allowed: false,
            before: Vec::new(),
            now: Vec::new(),
        })
    }

    /// Begins a frame; `is_allowed` when nothing lies before the screen.
    pub fn begin(&mut self, is_allowed: bool) {
        self.frame += 1;
        self.is_allowed = is_allowed;
        self.now.clear();
        self.wanted.clear();
    }

    /// Puts the picture of a chart over its characters, if it is there; asks for it if it is not.
    ///
    /// * `area`: where the block stands, with its frame.
    pub fn put(
        &mut self,
        buffer: &mut Buffer,
        area: Rect,
        of: (&Picture, &Block),
        stamp: u64,
        is_dark: bool,
    ) {
        let inside = Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(2),
        };
        if !self.is_allowed || inside.width < 4 || inside.height < 2 || !has_dots(of) {
            return;
        }
        let font = self.picker.font_size();
        let dots = (
            u32::from(inside.width) * u32::from(font.width),
            u32::from(inside.height) * u32::from(font.height),
        );
        let (screen, cells) = (Stamps::screen_of(stamp), (inside.width, inside.height));
        let place = Place { screen, id: of.1.id.clone(), cells, dots, is_dark };
        if self.pictures.get(&place).is_none_or(|shown| shown.stamp != stamp)
            && self.failed.get(&place) != Some(&stamp)
        {
            self.want(&place, of, stamp);
        }
        let Some(shown) = self.pictures.get_mut(&place) else { return };
        shown.frame = self.frame;
        // The sentinel is never written; it is what tells the cells apart when characters come back.
        for position in inside.positions() {
            if let Some(cell) = buffer.cell_mut(position) {
                cell.reset();
                cell.set_symbol("\u{fffc}");
            }
        }
        Image::new(&shown.protocol).render(inside, buffer);
        self.now.push((inside, shown.hash));
    }

    fn want(&mut self, place: &Place, (picture, block): (&Picture, &Block), stamp: u64) {
        let is_in_work = self.in_work.iter().any(|(known, content)| (known, *content) == (place, stamp));
        if is_in_work || self.in_work.len() + self.wanted.len() >= AT_ONCE {
            return;
        }
        // A row of the page is a row of the terminal; the columns follow from the shape of its cells.
        let rows = u32::from(place.cells.1);
        let zoom = f64::from(place.dots.1) / (f64::from(rows) * PAGE_ROW_PX);
        let columns = (f64::from(place.dots.0) / (zoom * PAGE_COLUMN_PX)).round().max(1.0);
        let options = Options { medium: Medium::Page, ..picture.options };
        let picture = Picture { options, ..*picture };
        let (scene, _) = layout_inside(&picture, block, columns as u16, rows);
        let known = self.pictures.get(place).map(|shown| shown.hash);
        let order = Order { place: place.clone(), stamp, scene, known, picker: self.picker.clone() };
        self.wanted.push(order);
    }

    /// Ends a frame. Whether pictures stood where now others stand or none: a terminal that paints over its cells has to be
    /// wiped then.
    pub fn end(&mut self) -> bool {
        let is_gone = self.before.iter().any(|one| !self.now.contains(one));
        std::mem::swap(&mut self.before, &mut self.now);
        let frame = self.frame;
        self.pictures.retain(|_, shown| shown.frame + KEPT_FRAMES >= frame);
        is_gone && self.picker.protocol_type() != ProtocolType::Kitty
    }

    /// What is to be painted.
    pub fn orders(&mut self) -> Vec<Order> {
        self.in_work.extend(self.wanted.iter().map(|order| (order.place.clone(), order.stamp)));
        std::mem::take(&mut self.wanted)
    }

    /// Takes a picture.
    pub fn keep(&mut self, painted: Painted) {
        let Painted { place, stamp, came } = painted;
        self.in_work.retain(|(known, content)| (known, *content) != (&place, stamp));
        match came {
            Came::Picture(protocol, hash, kitty) => {
                let frame = self.frame;
                self.pictures.insert(place, Shown { protocol, stamp, hash, kitty, frame });
            }
            // Where that picture was forgotten or replaced meanwhile, the next frame asks for it.
            Came::Same(hash) => {
                if let Some(shown) = self.pictures.get_mut(&place).filter(|shown| shown.hash == hash) {
                    shown.stamp = stamp;
                }
            }
            Came::Nothing => {
                self.pictures.remove(&place);
                self.failed.insert(place, stamp);
            }
        }
    }

    /// The terminal has forgotten all of them, or its cells have another size.
    pub fn forget(&mut self) {
        self.pictures.clear();
        self.failed.clear();
        self.before.clear();
        let known = self.picker.font_size();
        if asking::cell_dots().is_some_and(|dots| dots != (known.width, known.height)) {
            self.picker = asking::picker_for(self.picker.protocol_type());
        }
    }

    /// Takes pictures back that are no longer shown.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn free(&self, out: &mut impl Write) -> std::io::Result<()> {
        let kept: BTreeSet<u32> = self.pictures.values().filter_map(|shown| shown.kitty).collect();
        // One that is on its way from where it is painted is not kept yet, and must not go.
        if !self.in_work.is_empty() {
            return Ok(());
        }
        held::take_others_back(out, kept)
    }
}

/// Whether there is a chart to show.
fn has_dots((picture, block): (&Picture, &Block)) -> bool {
    use impala_core::api::BlockAnswer;
    let answer = picture.answers.get(&block.id);
    let has_rows = |answer: &BlockAnswer| matches!(answer, BlockAnswer::Data(data) if data.rows_shown > 0);
    matches!(block.kind, BlockKind::Chart(_)) && answer.is_some_and(has_rows)
}
