//! What a picture had to leave out, in wordings of several lengths: where the room is small a shorter sentence is chosen,
//! rather than a long one cut.

use crate::format;
use crate::scene::Medium;

/// One thing to know about a picture; nothing when it has no wording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note(Vec<String>);

/// All that there is to know.
pub(crate) type Notes = Vec<Note>;

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self(vec![text].into_iter().filter(|text| !text.is_empty()).collect())
    }
}

impl From<&str> for Note {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Note {
    /// No note.
    pub const NONE: Self = Self(Vec::new());

    /// The same in fewer words.
    pub fn or(mut self, shorter: impl Into<String>) -> Self {
        self.0.push(shorter.into());
        self
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The longest wording.
    pub fn whole(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    fn wording(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

/// All notes in their longest wordings.
pub(crate) fn whole(notes: &[Note]) -> String {
    notes.iter().map(Note::whole).collect::<Vec<_>>().join(" · ")
}

/// All notes in so many columns: those that can say it in fewer words do so, the widest first. `None` when that is not enough.
pub(crate) fn shortened(notes: &[Note], medium: Medium, width_cols: usize) -> Option<String> {
    let mut chosen = vec![0; notes.len()];
    loop {
        let words: Vec<&str> = notes.iter().zip(&chosen).map(|(note, index)| note.wording(*index)).collect();
        let text = words.join(" · ");
        if medium.cols(&text) <= width_cols {
            return Some(text);
        }
        let can_give = |index: &usize| chosen[*index] + 1 < notes[*index].0.len();
        let widest = (0..notes.len()).filter(can_give).max_by_key(|index| medium.cols(words[*index]))?;
        chosen[widest] += 1;
    }
}

/// As [`shortened`]; what then finds no room is counted. Only the shortest wording of a single note is ever cut.
pub(crate) fn fitted(notes: &[Note], medium: Medium, width_cols: usize) -> String {
    let counted = |count: usize| {
        let more = notes.len() - count;
        if count == 0 {
            let text = format::count(more as u64, "note");
            return Some(text).filter(|text| more > 1 && medium.cols(text) <= width_cols);
        }
        let end = format!(" · +{more}");
        let room = width_cols.checked_sub(medium.cols(&end))?;
        shortened(&notes[..count], medium, room).map(|text| text + &end)
    };
    let last = || {
        let shortest: Vec<&str> = notes.iter().filter_map(|note| note.0.last().map(String::as_str)).collect();
        medium.cut(&shortest.join(" · "), width_cols)
    };
    let counted = || (0..notes.len()).rev().find_map(counted);
    shortened(notes, medium, width_cols).or_else(counted).unwrap_or_else(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_words_are_chosen_before_any_is_cut() {
        let finite = || Note::from("3 values of v are not finite").or("3 not finite");
        let more = || Note::from("and 55 more values of k").or("and 55 more");
        let check = |notes: &[Note], cols, expected: &str| {
            assert_eq!(fitted(notes, Medium::Cells, cols), expected, "{cols}");
        };
        check(&[finite(), more()], 60, "3 values of v are not finite · and 55 more values of k");
        check(&[finite(), more()], 40, "3 not finite · and 55 more values of k");
        check(&[finite(), more()], 30, "3 not finite · and 55 more");
        check(&[finite(), more()], 20, "3 not finite · +1");
        check(&[finite(), more()], 9, "2 notes");
        check(&[finite()], 20, "3 not finite");
        check(&[finite()], 8, "3 not f…");
        check(&[], 8, "");
    }
}
