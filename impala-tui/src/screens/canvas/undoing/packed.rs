//! Steps as they are kept: there may be thousands, so whatever one has not changed it shares with the one before.

use std::rc::Rc;

use impala_core::canvas::Spec;
use impala_core::{Block, Canvas, Place};

use super::{Edit, Moment};

/// Steps of a canvas that are kept; the oldest go. Nobody makes as many, as that takes an edit every second for longer than an
/// hour and then the wish to have the first of them back. A step takes 24 bytes for each block and what it has changed: of a
/// canvas with 30 blocks all of them together are some 10 MB.
const MOST: usize = 5_000;

/// An edit, packed.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    before: State,
    after: State,
    name: Option<String>,
}

#[derive(Clone, Debug)]
struct State {
    canvas: Rc<Packed>,
    focus: Option<String>,
}

/// A canvas in pieces.
#[derive(Debug, PartialEq)]
struct Packed {
    /// All but the blocks.
    rest: Rc<Canvas>,
    /// Each with where it stands: one that makes room for others is not another one.
    blocks: Vec<(Place, Rc<Block>)>,
}

/// Keeps an edit as the last of its canvas's steps.
pub(super) fn keep(edit: Edit, steps: &mut Vec<Step>) {
    let step = Step::of(edit, steps.last());
    steps.push(step);
    steps.drain(..steps.len().saturating_sub(MOST));
}

impl Step {
    /// * `last`: the step before, with which it shares what is the same.
    fn of(Edit { before, after, name }: Edit, last: Option<&Self>) -> Self {
        let before = State::of(before, last.map(|last| &last.after.canvas));
        let after = State::of(after, Some(&before.canvas));
        Self { before, after, name }
    }

    /// The edit, unpacked.
    pub fn edit(&self) -> Edit {
        Edit { before: self.before.moment(), after: self.after.moment(), name: self.name.clone() }
    }
}

impl State {
    fn of(Moment { canvas, focus }: Moment, near: Option<&Rc<Packed>>) -> Self {
        let packed = Packed::of(&canvas, near.map(Rc::as_ref));
        let canvas = near.filter(|near| ***near == packed).cloned().unwrap_or_else(|| Rc::new(packed));
        Self { canvas, focus }
    }

    fn moment(&self) -> Moment {
        Moment { canvas: self.canvas.whole().into(), focus: self.focus.clone() }
    }
}

impl Packed {
    /// * `near`: what is likely to have the same pieces.
    fn of(canvas: &Canvas, near: Option<&Self>) -> Self {
        let rest = Canvas {
            api_version: canvas.api_version.clone(),
            kind: canvas.kind.clone(),
            metadata: canvas.metadata.clone(),
            spec: Spec { parameters: canvas.spec.parameters.clone(), blocks: Vec::new() },
        };
        let blocks = canvas.spec.blocks.iter().map(|block| {
            let piece = block.without_place();
            let known = near.into_iter().flat_map(|near| &near.blocks).map(|(_, known)| known);
            (block.at, shared(known, piece))
        });
        Self { blocks: blocks.collect(), rest: shared(near.map(|near| &near.rest), rest) }
    }

    fn whole(&self) -> Canvas {
        let mut canvas = (*self.rest).clone();
        let blocks = self.blocks.iter().map(|(at, block)| Block { at: *at, ..(**block).clone() });
        canvas.spec.blocks = blocks.collect();
        canvas
    }
}

/// A piece, or the same one that is known.
fn shared<'a, T: PartialEq + 'a>(known: impl IntoIterator<Item = &'a Rc<T>>, piece: T) -> Rc<T> {
    known.into_iter().find(|known| ***known == piece).cloned().unwrap_or_else(|| Rc::new(piece))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::example;

    fn edit(before: &Canvas, after: &Canvas) -> Edit {
        let moment = |canvas: &Canvas| Moment { canvas: canvas.clone().into(), focus: None };
        Edit { before: moment(before), after: moment(after), name: None }
    }

    #[test]
    fn steps_come_out_as_they_were_and_share_what_they_have_not_changed() {
        let first = example();
        let mut second = first.clone();
        second.place("days", Place::new(0, 5, 6, 6));
        let mut third = second.clone();
        third.spec.blocks[0].title = Some("Hello".to_owned());
        let (mut steps, edits) = (Vec::new(), [edit(&first, &second), edit(&second, &third)]);
        edits.iter().for_each(|edit| keep(edit.clone(), &mut steps));
        assert_eq!(steps.iter().map(Step::edit).collect::<Vec<_>>(), edits);
        let canvases = [&steps[0].before, &steps[0].after, &steps[1].before, &steps[1].after];
        let [first, second, again, third] = canvases.map(|state| &state.canvas);
        assert!(Rc::ptr_eq(second, again));
        let is_shared = |a: &Packed, b: &Packed| {
            let pairs = a.blocks.iter().map(|(_, block)| {
                b.blocks.iter().any(|(_, other)| other.id == block.id && Rc::ptr_eq(other, block))
            });
            pairs.collect::<Vec<_>>()
        };
        assert!(is_shared(first, second).into_iter().all(|is_shared| is_shared), "only places differ");
        assert_eq!(is_shared(second, third).iter().filter(|is_shared| !**is_shared).count(), 1);
        assert!(Rc::ptr_eq(&first.rest, &third.rest));
    }

    #[test]
    fn the_oldest_steps_go_when_there_are_more_than_anybody_makes() {
        let (mut steps, canvas) = (Vec::new(), |at: usize| Canvas::new("c", format!("{at}")));
        for at in 0..=MOST {
            keep(edit(&canvas(at), &canvas(at + 1)), &mut steps);
        }
        assert_eq!(steps.len(), MOST);
        let titles = |step: &Step| step.edit().before.canvas.title().to_owned();
        assert_eq!((titles(&steps[0]), titles(&steps[MOST - 1])), ("1".to_owned(), MOST.to_string()));
    }
}
