//! What a step was, in words that follow "Undone: ".

use impala_core::Block;

use super::{Edit, content};
use crate::screens::canvas::editing::{name_of, quoted_name_of};

impl Edit {
    /// `moved "Days"`, by what is another one now: blocks by their titles.
    pub fn words(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let (before, after) = (&self.before.canvas, &self.after.canvas);
        let Some(id) = self.about() else {
            return match before.spec.parameters == after.spec.parameters {
                true => "edited the canvas".to_owned(),
                false => "edited the parameters".to_owned(),
            };
        };
        match (before.block(id), after.block(id)) {
            (None, Some(_)) | (Some(_), None) => self.came_or_went(),
            (Some(old), Some(new)) if content(Some(old)) != content(Some(new)) => self.edited(old, new),
            (Some(old), Some(new)) => self.placed(old, new),
            (None, None) => String::new(),
        }
    }

    /// Blocks that only one of the two states has, as `self.after` has them or else `self.before`.
    fn new_and_gone(&self) -> (Vec<&Block>, Vec<&Block>) {
        let (before, after) = (&self.before.canvas, &self.after.canvas);
        let new = after.spec.blocks.iter().filter(|block| before.block(&block.id).is_none());
        let gone = before.spec.blocks.iter().filter(|block| after.block(&block.id).is_none());
        (new.collect(), gone.collect())
    }

    fn came_or_went(&self) -> String {
        let (new, gone) = self.new_and_gone();
        match (&new[..], &gone[..]) {
            ([], [one]) => format!("deleted {}", quoted_name_of(one)),
            ([], gone) => format!("deleted {} blocks", gone.len()),
            ([one], []) => format!("added {}", quoted_name_of(one)),
            (new, []) => format!("added {} blocks", new.len()),
            // It has another id.
            ([new], [old]) => renamed_or_edited(old, new),
            _ => "edited the canvas".to_owned(),
        }
    }

    fn edited(&self, old: &Block, new: &Block) -> String {
        let (before, after) = (&self.before.canvas, &self.after.canvas);
        let is_other = |block: &&Block| content(before.block(&block.id)) != content(Some(block));
        match after.spec.blocks.iter().filter(is_other).count() {
            1 => renamed_or_edited(old, new),
            count => format!("edited {count} blocks"),
        }
    }

    fn placed(&self, old: &Block, new: &Block) -> String {
        let mut compact = (*self.before.canvas).clone();
        compact.compact();
        let is_elsewhere = |block: &&Block| self.before.canvas.block(&block.id) != Some(block);
        let is_alone = self.after.canvas.spec.blocks.iter().filter(is_elsewhere).count() == 1;
        match (old.at.w, old.at.h) == (new.at.w, new.at.h) {
            false => format!("resized {}", quoted_name_of(new)),
            true if !is_alone && compact == *self.after.canvas => "closed the gaps".to_owned(),
            true => format!("moved {}", quoted_name_of(new)),
        }
    }
}

fn renamed_or_edited(old: &Block, new: &Block) -> String {
    let retitled = Block { id: new.id.clone(), title: new.title.clone(), ..old.clone() };
    match name_of(old) != name_of(new) && content(Some(&retitled)) == content(Some(new)) {
        true => format!("renamed {} to {}", quoted_name_of(old), quoted_name_of(new)),
        false => format!("edited {}", quoted_name_of(new)),
    }
}

#[cfg(test)]
mod tests {
    use impala_core::{Canvas, Place};

    use super::*;
    use std::rc::Rc;

    use crate::screens::canvas::undoing::Moment;
    use crate::tests::support::example;

    fn words(focus: &str, change: impl FnOnce(&mut Canvas)) -> String {
        let before = Moment { canvas: example().into(), focus: Some(focus.to_owned()) };
        let mut after = before.clone();
        change(Rc::make_mut(&mut after.canvas));
        Edit { before, after, name: None }.words()
    }

    fn block<'a>(canvas: &'a mut Canvas, id: &str) -> &'a mut Block {
        canvas.spec.blocks.iter_mut().find(|block| block.id == id).unwrap()
    }

    #[test]
    fn a_step_is_called_by_what_it_changed() {
        let check = |expected: &str, focus: &str, change: fn(&mut Canvas)| {
            assert_eq!(words(focus, change), expected);
        };
        check("moved \"Days\"", "days", |canvas| canvas.place("days", Place::new(0, 30, 6, 6)));
        check("resized \"Days\"", "days", |canvas| canvas.place("days", Place::new(0, 4, 6, 9)));
        check("deleted \"Days\"", "days", |canvas| canvas.spec.blocks.retain(|one| one.id != "days"));
        check("deleted 2 blocks", "days", |canvas| {
            canvas.spec.blocks.retain(|one| one.id != "days" && one.id != "rain");
        });
        check("added \"Days\"", "days", |canvas| {
            let copy = Block { id: "days-2".to_owned(), ..block(canvas, "days").clone() };
            canvas.add(copy, None);
        });
        check("renamed \"Days\" to \"All days\"", "days", |canvas| {
            block(canvas, "days").title = Some("All days".to_owned());
        });
        check("edited \"Days\"", "days", |canvas| block(canvas, "days").id = "all".to_owned());
        check("edited 2 blocks", "days", |canvas| {
            block(canvas, "days").title = Some("All days".to_owned());
            block(canvas, "rain").title = Some("All rain".to_owned());
        });
        check("edited the parameters", "days", |canvas| drop(canvas.spec.parameters.pop()));
        check("edited the canvas", "days", |canvas| canvas.metadata.title = "Weather".to_owned());
    }

    #[test]
    fn gaps_that_were_closed_are_told_from_a_move() {
        let mut before = Moment { canvas: example().into(), focus: Some("days".to_owned()) };
        Rc::make_mut(&mut before.canvas).spec.blocks.retain(|block| block.id != "intro");
        let mut after = before.clone();
        Rc::make_mut(&mut after.canvas).compact();
        assert_eq!(Edit { before, after, name: None }.words(), "closed the gaps");
    }
}
