//! Two people's changes to one canvas, brought together block by block.
//!
//! What only one side has changed is taken from that side. What both have changed, and not to the same, is a
//! [`Conflict`], and `choose` says which side is kept, or both where they changed different fields of a block. Places are no conflicts: where both moved a block, mine is kept, and
//! blocks that then overlap make room downwards as they do when one is moved.

mod fields;

use std::collections::BTreeSet;

use crate::block::Block;
use crate::canvas::Canvas;
use crate::grid::Place;
use crate::parameter::Parameter;

/// Whose change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The change of the user who merges.
    Mine,
    /// The other one.
    Theirs,
    /// Those of both. Where they cannot both be kept ([`Conflict::takes_both`]), mine.
    Both,
}

/// A part of a canvas that is taken from one side as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The title of the canvas.
    Title,
    /// The description of the canvas.
    Description,
    /// The parameter of that name.
    Parameter(String),
    /// The block of that id.
    Block(String),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Description => f.write_str("description"),
            Self::Parameter(name) => write!(f, "parameter {name}"),
            Self::Block(id) => write!(f, "block {id}"),
        }
    }
}

/// What a side has done to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// It was not there before.
    Added,
    /// It is another one now.
    Changed,
    /// It is gone.
    Removed,
}

impl Deed {
    /// Its word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// A part that both sides have changed, and not to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which.
    pub part: Part,
    /// What I did.
    pub mine: Deed,
    /// What they did.
    pub theirs: Deed,
    /// Whether both changes can be kept: they are to different fields of a block.
    pub takes_both: bool,
}

/// Two canvases brought together.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Both sides' changes. Blocks do not overlap.
    pub canvas: Canvas,
    /// What `choose` was asked about, in the order of [`Part`].
    pub conflicts: Vec<Conflict>,
}

/// Merges two canvases that both came from `base`.
///
/// * `choose`: which side is kept where both changed a part, and not to the same.
///
/// The result may name what it no longer has, such as a parameter that one side removed and the other uses:
/// [`Canvas::check`] finds that.
pub fn merge(base: &Canvas, mine: &Canvas, theirs: &Canvas, choose: impl Fn(&Part) -> Side) -> Merged {
    let mut merger = Merger { choose, conflicts: Vec::new() };
    let mut canvas = mine.clone();
    let title = |canvas: &Canvas| Some(canvas.metadata.title.clone());
    canvas.metadata.title =
        merger.pick(Part::Title, title(base).as_ref(), title(mine), title(theirs)).unwrap_or_default();
    let description = |canvas: &Canvas| Some(canvas.metadata.description.clone());
    canvas.metadata.description = merger
        .pick(Part::Description, description(base).as_ref(), description(mine), description(theirs))
        .unwrap_or_default();
    canvas.spec.parameters = merger.parameters(base, mine, theirs);
    canvas.spec.blocks = merger.blocks(base, mine, theirs);
    settle(&mut canvas.spec.blocks, |id| moved(base, mine, id));
    canvas.sort();
    merger.conflicts.sort_by(|a, b| a.part.cmp(&b.part));
    Merged { canvas, conflicts: merger.conflicts }
}

/// What both sides have changed, and not to the same.
pub fn conflicts(base: &Canvas, mine: &Canvas, theirs: &Canvas) -> Vec<Conflict> {
    merge(base, mine, theirs, |_| Side::Mine).conflicts
}

struct Merger<C> {
    choose: C,
    conflicts: Vec<Conflict>,
}

impl<C: Fn(&Part) -> Side> Merger<C> {
    /// The value that is kept; `None` is a part that is not there.
    fn pick<T: PartialEq>(
        &mut self,
        part: Part,
        base: Option<&T>,
        mine: Option<T>,
        theirs: Option<T>,
    ) -> Option<T> {
        self.pick_or_combine(part, base, mine, theirs, |_, _, _| None)
    }

    /// As [`Merger::pick`]; `combine` makes one value of two that both have changed, where that can be done.
    fn pick_or_combine<T: PartialEq>(
        &mut self,
        part: Part,
        base: Option<&T>,
        mine: Option<T>,
        theirs: Option<T>,
        combine: impl Fn(&T, &T, &T) -> Option<T>,
    ) -> Option<T> {
        if mine == theirs || theirs.as_ref() == base {
            return mine;
        }
        if mine.as_ref() == base {
            return theirs;
        }
        let deed = |now: &Option<T>| match (base, now) {
            (None, _) => Deed::Added,
            (_, None) => Deed::Removed,
            _ => Deed::Changed,
        };
        let both = match (base, &mine, &theirs) {
            (Some(base), Some(mine), Some(theirs)) => combine(base, mine, theirs),
            _ => None,
        };
        let side = (self.choose)(&part);
        let takes_both = both.is_some();
        self.conflicts.push(Conflict { part, mine: deed(&mine), theirs: deed(&theirs), takes_both });
        match side {
            Side::Theirs => theirs,
            Side::Both => both.or(mine),
            Side::Mine => mine,
        }
    }

    /// In my order if I have changed any name, else in theirs; what only the other side has comes at the end.
    fn parameters(&mut self, base: &Canvas, mine: &Canvas, theirs: &Canvas) -> Vec<Parameter> {
        let of = |canvas: &Canvas, name: &str| {
            canvas.spec.parameters.iter().find(|parameter| parameter.name == name).cloned()
        };
        let names = |canvas: &Canvas| {
            canvas.spec.parameters.iter().map(|parameter| parameter.name.clone()).collect::<Vec<_>>()
        };
        let sides = match names(mine) == names(base) {
            true => [names(theirs), names(mine)],
            false => [names(mine), names(theirs)],
        };
        in_order(sides.concat())
            .into_iter()
            .filter_map(|name| {
                let sides = [base, mine, theirs].map(|canvas| of(canvas, &name));
                let [base, mine, theirs] = sides;
                self.pick(Part::Parameter(name), base.as_ref(), mine, theirs)
            })
            .collect()
    }

    fn blocks(&mut self, base: &Canvas, mine: &Canvas, theirs: &Canvas) -> Vec<Block> {
        let ids =
            |canvas: &Canvas| canvas.spec.blocks.iter().map(|block| block.id.clone()).collect::<Vec<_>>();
        in_order([ids(mine), ids(theirs)].concat())
            .into_iter()
            .filter_map(|id| {
                let [of_base, of_mine, of_theirs] = [base, mine, theirs].map(|canvas| canvas.block(&id));
                let at = place([of_base, of_mine, of_theirs].map(|block| block.map(|block| block.at)))?;
                let content = |block: Option<&Block>| block.map(Block::without_place);
                let (base, mine, theirs) = (content(of_base), content(of_mine), content(of_theirs));
                let block =
                    self.pick_or_combine(Part::Block(id), base.as_ref(), mine, theirs, fields::combine)?;
                Some(Block { at, ..block })
            })
            .collect()
    }
}

/// Each once, where it stands first.
fn in_order(names: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// Where a block stands: where I moved it, else where they have it.
fn place([base, mine, theirs]: [Option<Place>; 3]) -> Option<Place> {
    match (base, mine, theirs) {
        (_, None, theirs) => theirs,
        (Some(base), Some(mine), Some(theirs)) if mine == base => Some(theirs),
        (_, mine, _) => mine,
    }
}

/// Whether I have put the block somewhere.
fn moved(base: &Canvas, mine: &Canvas, id: &str) -> bool {
    let at = |canvas: &Canvas| canvas.block(id).map(|block| block.at);
    at(mine).is_some() && at(mine) != at(base)
}

/// Pushes blocks down until none overlaps, going down the page; of two in the same row that were put there, mine stays.
fn settle(blocks: &mut [Block], is_mine: impl Fn(&str) -> bool) {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|&i| (blocks[i].at.y, !is_mine(&blocks[i].id), blocks[i].at.x));
    let mut places: Vec<Place> = Vec::with_capacity(blocks.len());
    for index in order {
        places.push(blocks[index].at);
        let last = places.len() - 1;
        while let Some(bottom) = below(&places[..last], places[last]) {
            places[last].y = bottom;
        }
        blocks[index].at = places[last];
    }
    debug_assert!(grid_is_free(blocks), "settled blocks overlap");
}

/// The lowest bottom of those that a place overlaps.
fn below(settled: &[Place], place: Place) -> Option<u32> {
    settled.iter().filter(|other| other.overlaps(&place)).map(Place::bottom).max()
}

fn grid_is_free(blocks: &[Block]) -> bool {
    blocks.iter().enumerate().all(|(i, a)| blocks[..i].iter().all(|b| !a.at.overlaps(&b.at)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::block::{BlockKind, Text};

    fn text(id: &str, markdown: &str, at: (u32, u32, u32, u32)) -> Block {
        let kind = BlockKind::Text(Text { markdown: markdown.to_owned() });
        Block { at: Place::new(at.0, at.1, at.2, at.3), ..Block::new(id, kind) }
    }

    fn parameter(name: &str) -> Parameter {
        let parameter = serde_json::json!({"name": name, "type": "text"});
        serde_json::from_value(parameter).expect("a parameter")
    }

    fn canvas(blocks: &[Block]) -> Canvas {
        let mut canvas = Canvas::new("c", "C");
        canvas.spec.blocks = blocks.to_vec();
        canvas
    }

    /// The blocks as `id:markdown@y`, in reading order.
    fn shown(canvas: &Canvas) -> Vec<String> {
        let one = |block: &Block| match &block.kind {
            BlockKind::Text(text) => format!("{}:{}@{}", block.id, text.markdown, block.at.y),
            _ => block.id.clone(),
        };
        canvas.spec.blocks.iter().map(one).collect()
    }

    fn check(
        base: &[Block],
        mine: &[Block],
        theirs: &[Block],
        side: Side,
        expected: &[&str],
        conflicts: usize,
    ) {
        let merged = merge(&canvas(base), &canvas(mine), &canvas(theirs), |_| side);
        assert_eq!(
            (shown(&merged.canvas), merged.conflicts.len()),
            (expected.iter().map(|s| (*s).to_owned()).collect(), conflicts)
        );
    }

    const A: (u32, u32, u32, u32) = (0, 0, 24, 2);
    const B: (u32, u32, u32, u32) = (0, 2, 24, 2);

    #[test]
    fn what_one_side_changed_is_taken() {
        let base = [text("a", "1", A), text("b", "1", B)];
        let mine = [text("a", "2", A), text("b", "1", B)];
        let theirs = [text("a", "1", A), text("b", "3", B)];
        check(&base, &mine, &theirs, Side::Mine, &["a:2@0", "b:3@2"], 0);
        check(&base, &base[..1], &theirs[..1], Side::Mine, &["a:1@0"], 0);
        check(&base, &base, &base[1..], Side::Mine, &["b:1@2"], 0);
    }

    #[test]
    fn the_order_of_parameters_is_that_of_the_side_that_changed_it() {
        let of = |names: &str| {
            let mut canvas = canvas(&[]);
            canvas.spec.parameters = names.split(' ').map(parameter).collect();
            canvas
        };
        let check = |base: &str, mine: &str, theirs: &str, expected: &str| {
            let merged = merge(&of(base), &of(mine), &of(theirs), |_| Side::Mine).canvas;
            assert_eq!(merged, of(expected), "{mine} and {theirs}");
        };
        check("a b", "a b", "c a b", "c a b");
        check("a b", "a b", "b a", "b a");
        check("a b", "b a", "a b", "b a");
        check("a b", "b a", "a b c", "b a c");
        check("a b", "a b d", "c b a", "a b d c");
        check("a b c", "a b c", "c a", "c a");
    }

    #[test]
    fn what_both_changed_is_chosen() {
        let base = [text("a", "1", A)];
        let (mine, theirs) = ([text("a", "2", A)], [text("a", "3", A)]);
        check(&base, &mine, &theirs, Side::Mine, &["a:2@0"], 1);
        check(&base, &mine, &theirs, Side::Theirs, &["a:3@0"], 1);
        check(&base, &mine, &mine, Side::Theirs, &["a:2@0"], 0);
        check(&base, &mine, &[], Side::Mine, &["a:2@0"], 1);
        check(&base, &mine, &[], Side::Theirs, &[], 1);
        check(&[], &mine, &theirs, Side::Theirs, &["a:3@0"], 1);
    }

    #[test]
    fn changes_to_different_fields_are_both_kept_if_that_is_chosen() {
        let titled =
            |markdown, title: &str| Block { title: Some(title.to_owned()), ..text("a", markdown, A) };
        let [base, mine, theirs] =
            [titled("1", "A"), titled("2", "A"), titled("1", "B")].map(|one| canvas(&[one]));
        let merged = merge(&base, &mine, &theirs, |_| Side::Both);
        assert_eq!(merged.canvas, canvas(&[titled("2", "B")]));
        assert!(merged.conflicts.iter().all(|conflict| conflict.takes_both));
        // Where both changed the same, mine stays.
        let theirs = canvas(&[titled("3", "B")]);
        let merged = merge(&base, &mine, &theirs, |_| Side::Both);
        assert_eq!((merged.canvas, merged.conflicts[0].takes_both), (mine, false));
    }

    #[test]
    fn a_move_and_a_change_go_together() {
        let base = [text("a", "1", A)];
        let mine = [text("a", "1", (0, 9, 24, 2))];
        let theirs = [text("a", "3", A)];
        check(&base, &mine, &theirs, Side::Mine, &["a:3@9"], 0);
        check(&base, &theirs, &mine, Side::Mine, &["a:3@9"], 0);
    }

    #[test]
    fn blocks_added_to_the_same_place_make_room() {
        let mine = [text("m", "1", A)];
        let theirs = [text("t", "1", (0, 0, 12, 4))];
        check(&[], &mine, &theirs, Side::Mine, &["m:1@0", "t:1@2"], 0);
    }

    #[test]
    fn a_removal_wins_over_a_move() {
        let base = [text("a", "1", A)];
        check(&base, &[], &[text("a", "1", B)], Side::Theirs, &[], 0);
    }

    #[test]
    fn titles_and_parameters_merge_too() {
        let base = canvas(&[]);
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.metadata.title = "Mine".to_owned();
        theirs.metadata.title = "Theirs".to_owned();
        theirs.metadata.description = "Said".to_owned();
        let merged = merge(&base, &mine, &theirs, |_| Side::Theirs);
        assert_eq!((merged.canvas.title(), &*merged.canvas.metadata.description), ("Theirs", "Said"));
        let conflict =
            Conflict { part: Part::Title, mine: Deed::Changed, theirs: Deed::Changed, takes_both: false };
        assert_eq!(merged.conflicts, [conflict]);
    }

    proptest! {
        /// Whatever was moved where: nothing is lost, nothing overlaps, and merging with an unchanged side changes nothing.
        #[test]
        fn merged_canvases_are_whole(
            places in proptest::collection::vec((0_u32..20, 0_u32..9, 1_u32..5, 1_u32..4), 1..8),
            moves in proptest::collection::vec((0_usize..8, 0_u32..20, 0_u32..9, any::<bool>()), 0..8),
        ) {
            let mut base = canvas(&[]);
            for (i, at) in places.iter().enumerate() {
                base.add(text(&format!("b{i}"), "1", *at), None);
            }
            let (mut mine, mut theirs) = (base.clone(), base.clone());
            for (block, x, y, is_mine) in moves {
                let id = format!("b{}", block % places.len());
                let side = if is_mine { &mut mine } else { &mut theirs };
                let at = side.block(&id).map(|block| block.at).unwrap_or(Place::new(0, 0, 1, 1));
                side.place(&id, Place { x, y, ..at });
            }
            let merged = merge(&base, &mine, &theirs, |_| Side::Mine);
            prop_assert!(merged.conflicts.is_empty());
            prop_assert_eq!(merged.canvas.spec.blocks.len(), places.len());
            prop_assert!(merged.canvas.check().is_ok());
            prop_assert_eq!(merge(&base, &mine, &base, |_| Side::Theirs).canvas, mine);
            prop_assert_eq!(merge(&base, &base, &theirs, |_| Side::Mine).canvas, theirs);
        }
    }
}
