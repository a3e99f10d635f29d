//! Charts as pictures of dots, where the terminal can show them: kitty's, iTerm2's and sixel's ways, through `ratatui-image`.
//!
//! Frames, titles and everything else stay text. A picture is painted and encoded away from the loop; until it comes, and
//! wherever something lies before the chart, the chart is drawn in characters.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use impala_core::{Block, BlockKind};
use impala_render::paint::png;
use impala_render::scene::{PAGE_COLUMN_PX, PAGE_ROW_PX};
use impala_render::theme::page::Scheme;
use impala_render::{Medium, Options, Picture, Scene, layout_inside};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::widgets::Widget as _;
use ratatui_image::picker::cap_parser::QueryStdioOptions;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::{FontSize, Image, Resize};

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

/// What a terminal is asked, and how long it may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

/// Dots of a cell where the terminal does not say.
const CELL: (u16, u16) = (10, 20);

/// Pictures that are painted at once.
const AT_ONCE: usize = 2;

/// Frames after which a picture that was not shown is given up.
const KEPT_FRAMES: u64 = 30;

/// The numbers of the pictures that a terminal of kitty's kind holds, so that they can be taken back whatever happens.
static HELD: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Which picture: of a block, in cells and in dots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
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

/// A picture to be painted, away from the loop.
pub struct Order {
    place: Place,
    stamp: u64,
    scene: Scene,
    known: Option<u64>,
    picker: Picker,
}

/// What came of it; without a picture the one before is as good, or there is none.
pub struct Painted {
    place: Place,
    stamp: u64,
    picture: Option<(Protocol, u64, Option<u32>)>,
    is_same: bool,
}

/// The pictures of this terminal.
pub struct Gallery {
    picker: Picker,
    pictures: HashMap<Place, Shown>,
    /// What could not be painted, and need not be tried again.
    failed: HashMap<Place, u64>,
    wanted: Vec<Order>,
    in_work: usize,
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
            Graphics::Auto => asked()?,
            Graphics::Kitty => measured(ProtocolType::Kitty),
            Graphics::Sixel => measured(ProtocolType::Sixel),
        };
        Some(Self {
            picker,
            pictures: HashMap::new(),
            failed: HashMap::new(),
            wanted: Vec::new(),
            in_work: 0,
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
        let place = Place { id: of.1.id.clone(), cells: (inside.width, inside.height), dots, is_dark };
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
        if self.in_work + self.wanted.len() >= AT_ONCE {
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
        self.in_work += self.wanted.len();
        std::mem::take(&mut self.wanted)
    }

    /// Takes a picture.
    pub fn keep(&mut self, painted: Painted) {
        self.in_work = self.in_work.saturating_sub(1);
        let Painted { place, stamp, picture, is_same } = painted;
        match (picture, self.pictures.get_mut(&place)) {
            (Some((protocol, hash, kitty)), _) => {
                let frame = self.frame;
                self.pictures.insert(place, Shown { protocol, stamp, hash, kitty, frame });
            }
            (None, Some(shown)) if is_same => shown.stamp = stamp,
            _ => {
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
        let (width, height) = cell_dots();
        let known = self.picker.font_size();
        if width > 0 && height > 0 && (width, height) != (known.width, known.height) {
            self.picker = with_font(width, height, self.picker.protocol_type());
        }
    }

    /// Takes pictures back that are no longer shown.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn free(&self, out: &mut impl Write) -> std::io::Result<()> {
        let kept: BTreeSet<u32> = self.pictures.values().filter_map(|shown| shown.kitty).collect();
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is on its way from where it is painted is not kept yet, and must not go.
        if self.in_work > 0 {
            return Ok(());
        }
        for id in held.difference(&kept) {
            take_back(out, *id)?;
        }
        *held = kept;
        Ok(())
    }
}

/// Takes all pictures back; the terminal is being left.
///
/// # Errors
/// When the terminal is gone.
pub fn take_all_back(out: &mut impl Write) -> std::io::Result<()> {
    // In a panic the holder of the lock may be the one that panicked.
    let Ok(mut held) = HELD.try_lock() else { return Ok(()) };
    for id in std::mem::take(&mut *held) {
        take_back(out, id)?;
    }
    Ok(())
}

fn take_back(out: &mut impl Write, id: u32) -> std::io::Result<()> {
    write!(out, "\x1b_Ga=d,d=I,i={id},q=2\x1b\\")
}

/// Whether there is a chart to show.
fn has_dots((picture, block): (&Picture, &Block)) -> bool {
    use impala_core::api::BlockAnswer;
    let answer = picture.answers.get(&block.id);
    let has_rows = |answer: &BlockAnswer| matches!(answer, BlockAnswer::Data(data) if data.rows_shown > 0);
    matches!(block.kind, BlockKind::Chart(_)) && answer.is_some_and(has_rows)
}

impl Order {
    /// Paints and encodes it, which takes a while.
    pub fn paint(self) -> Painted {
        let Self { place, stamp, scene, known, picker } = self;
        let scheme = if place.is_dark { Scheme::Dark } else { Scheme::Light };
        let Ok(dots) = png::dots(&scene, scheme, place.dots) else {
            return Painted { place, stamp, picture: None, is_same: false };
        };
        let mut hasher = DefaultHasher::new();
        dots.hash(&mut hasher);
        let hash = hasher.finish();
        if known == Some(hash) {
            return Painted { place, stamp, picture: None, is_same: true };
        }
        let picture = encoded(&place, dots, &picker).map(|(protocol, kitty)| (protocol, hash, kitty));
        Painted { place, stamp, picture, is_same: false }
    }
}

fn encoded(place: &Place, dots: Vec<u8>, picker: &Picker) -> Option<(Protocol, Option<u32>)> {
    let image = image::RgbaImage::from_raw(place.dots.0, place.dots.1, dots)?;
    let (image, size) = (image::DynamicImage::from(image), Size::new(place.cells.0, place.cells.1));
    if picker.protocol_type() != ProtocolType::Kitty {
        return Some((picker.new_protocol(image, size, Resize::Fit(None)).ok()?, None));
    }
    let id = new_id();
    let kitty = Kitty::new(image, size, id, picker.tmux_detected(), true).ok()?;
    Some((Protocol::Kitty(kitty), Some(id)))
}

/// A number that other programs at this terminal are unlikely to use.
fn new_id() -> u32 {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let first = 0x1a_0000 + (std::process::id() & 0x7f) * 0x100;
    let id = held.last().map_or(first, |last| last + 1);
    held.insert(id);
    id
}

/// Asks the terminal; `None` when it can show none, or does not answer.
fn asked() -> Option<Picker> {
    // A reader that waits for an answer that never comes would swallow what is typed: one that answers a question about its
    // colors answers these too.
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = PATIENCE;
    terminal_colorsaurus::theme_mode(options).ok()?;
    let options = QueryStdioOptions { timeout: PATIENCE, ..QueryStdioOptions::default() };
    let picker = Picker::from_query_stdio_with_options(options).ok()?;
    (picker.protocol_type() != ProtocolType::Halfblocks).then_some(picker)
}

/// A way of showing that was asked for by name.
fn measured(protocol: ProtocolType) -> Picker {
    let (width, height) = match cell_dots() {
        (0, _) | (_, 0) => CELL,
        size => size,
    };
    with_font(width, height, protocol)
}

fn with_font(width: u16, height: u16, protocol: ProtocolType) -> Picker {
    // The other ways to make one ask the terminal, or know the size of no cell.
    #[allow(deprecated)]
    let mut picker = Picker::from_fontsize(FontSize::new(width, height));
    picker.set_protocol_type(protocol);
    picker
}

/// Dots of a cell, as the system knows them; 0 where it does not.
fn cell_dots() -> (u16, u16) {
    let Ok(size) = crossterm::terminal::window_size() else { return (0, 0) };
    let dots = |pixels: u16, cells: u16| pixels.checked_div(cells).unwrap_or(0);
    (dots(size.width, size.columns), dots(size.height, size.rows))
}
