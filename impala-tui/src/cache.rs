//! Painted blocks, kept from frame to frame: laying out and painting happens once for each size and content.

use std::collections::HashMap;
use std::rc::Rc;

use impala_core::Block;
use impala_render::paint::grid::Grid;
use impala_render::{Charset, Ink, Picture, layout_block_of};

use crate::graphics::Gallery;
use crate::look::Look;

/// What tells two paintings apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    id: String,
    width_cols: u16,
    height_rows: u32,
    stamp: u64,
    show_provenance: bool,
    look: (Charset, Ink),
}

/// Numbers that are other ones whenever the picture of a block may be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    last: u64,
    /// That of all blocks that have none of their own.
    of_all: u64,
    of_blocks: HashMap<String, u64>,
}

impl Stamps {
    /// Numbers that no other screen gives: blocks of two canvases may have one id, and pictures are kept by id and number.
    pub fn of_screen(number: u64) -> Self {
        let first = number << 32;
        Self { last: first, of_all: first, of_blocks: HashMap::new() }
    }

    /// The number of the screen that gave a number.
    pub fn screen_of(stamp: u64) -> u64 {
        stamp >> 32
    }

    /// The number of a block.
    pub fn of(&self, id: &str) -> u64 {
        self.of_blocks.get(id).copied().unwrap_or(self.of_all)
    }

    /// Another picture of one block.
    pub fn renew(&mut self, id: &str) {
        self.last += 1;
        self.of_blocks.insert(id.to_owned(), self.last);
    }

    /// Other pictures of all.
    pub fn renew_all(&mut self) {
        self.last += 1;
        self.of_all = self.last;
        self.of_blocks.clear();
    }
}

/// Paintings that were used lately.
#[derive(Default)]
pub struct PaintCache {
    paintings: HashMap<Key, (Rc<Grid>, u64)>,
    frame: u64,
    /// Charts as pictures of dots, where the terminal can show them.
    pub gallery: Option<Gallery>,
}

/// Frames after which a painting that was not used is given up.
const KEPT_FRAMES: u64 = 30;

impl PaintCache {
    /// Nothing is painted yet.
    pub fn new(gallery: Option<Gallery>) -> Self {
        Self { gallery, ..Self::default() }
    }

    /// Begins a frame.
    pub fn begin(&mut self) {
        self.frame += 1;
        let frame = self.frame;
        self.paintings.retain(|_, (_, used)| *used + KEPT_FRAMES >= frame);
    }

    /// The painting of a block.
    ///
    /// * `stamp`: another one whenever the content of the picture is another.
    pub fn block(
        &mut self,
        picture: &Picture,
        block: &Block,
        size: (u16, u32),
        stamp: u64,
        look: Look,
    ) -> Rc<Grid> {
        let key = Key {
            id: block.id.clone(),
            width_cols: size.0,
            height_rows: size.1,
            stamp,
            show_provenance: picture.options.show_provenance,
            look: (look.charset, look.ink),
        };
        let frame = self.frame;
        let entry = self.paintings.entry(key).or_insert_with(|| {
            let scene = layout_block_of(picture, block, size.0, size.1);
            let grid = Grid::of(&scene, look.charset, look.ink);
            (Rc::new(grid), frame)
        });
        entry.1 = frame;
        entry.0.clone()
    }
}
