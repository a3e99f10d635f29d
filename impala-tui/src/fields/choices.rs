//! The list of choices of the field with the focus: proposed for what is typed, or asked for by a key.

use super::popup::SHOWN;
use super::{Field, Fields, Reaction, Token};
use crate::fuzzy;
use crate::keymap::Command;

/// How the list stands while it is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Open {
    /// The line that is chosen.
    pub chosen: usize,
    /// Whether a key asked for it: all choices are in it, and enter takes one.
    pub is_asked: bool,
    /// Whether it was gone through since: tab takes what it has come to, and nothing else.
    has_moved: bool,
}

impl Fields {
    /// What may be chosen now, the best first.
    pub(super) fn proposals(&self) -> Vec<&str> {
        let Some(field) = self.fields.get(self.focus) else { return Vec::new() };
        if field.token == Token::Path || self.open.is_some_and(|open| open.is_asked) {
            return field.candidates.iter().map(String::as_str).collect();
        }
        let found = fuzzy::rank(field.typed(), field.candidates.iter().map(String::as_str));
        found.into_iter().map(|index| field.candidates[index].as_str()).collect()
    }

    /// Shows what fits to what is typed.
    pub(super) fn propose_for_typed(&mut self) {
        self.open = None;
        let is_switch = self.fields.get(self.focus).is_some_and(|field| field.token == Token::Switch);
        self.open = (!is_switch && !self.proposals().is_empty()).then(Open::default);
    }

    /// Shows all choices, beginning at what is there.
    fn ask(&mut self) {
        let Some(field) = self.fields.get(self.focus) else { return };
        let is_here = |candidate: &String| match field.token {
            Token::List => field.items().any(|item| item == candidate),
            _ => field.input.text().trim() == candidate,
        };
        let chosen = field.candidates.iter().position(is_here).unwrap_or(0);
        self.open = Some(Open { chosen, is_asked: true, has_moved: false });
    }

    /// Takes a command for the list; `None` when it does not belong to the list.
    pub(super) fn command_of_list(&mut self, command: Command) -> Option<Reaction> {
        let count = self.proposals().len();
        match (command, self.open) {
            (Command::Complete, Some(open)) if self.is_passed(open) => self.go(1),
            (Command::Complete, Some(open)) if count > 0 => return Some(self.take(open)),
            (Command::Accept, Some(open)) if self.is_taken_by_enter(open) => return Some(self.take(open)),
            (Command::Cancel, Some(_)) => self.open = None,
            (Command::Down, Some(open)) => self.move_to((open.chosen + 1).min(count.saturating_sub(1))),
            (Command::Up, Some(open)) => self.move_to(open.chosen.saturating_sub(1)),
            (Command::PageDown, Some(open)) => {
                self.move_to((open.chosen + SHOWN).min(count.saturating_sub(1)));
            }
            (Command::PageUp, Some(open)) => self.move_to(open.chosen.saturating_sub(SHOWN)),
            (Command::Complete, None) if self.offers() => self.ask(),
            _ => return None,
        }
        Some(Reaction::Done)
    }

    /// Makes room for a letter that is typed while all choices are shown: it begins another value.
    pub(super) fn make_room(&mut self) {
        let is_asked = self.open.is_some_and(|open| open.is_asked);
        let Some(field) = self.fields.get_mut(self.focus).filter(|_| is_asked) else { return };
        match field.token {
            Token::Whole | Token::Term => field.input.set(""),
            Token::List if field.items().next().is_some() => {
                let items = format!("{}, ", field.input.text().trim_end_matches([',', ' ']));
                field.input.set(items);
            }
            _ => {}
        }
    }

    fn offers(&self) -> bool {
        self.fields.get(self.focus).is_some_and(Field::offers)
    }

    fn move_to(&mut self, chosen: usize) {
        if let Some(open) = &mut self.open {
            (open.chosen, open.has_moved) = (chosen, true);
        }
    }

    /// Whether tab goes on from the list: nobody went through it, or what is chosen is there already.
    fn is_passed(&self, open: Open) -> bool {
        let typed = self.fields.get(self.focus).map(Field::typed);
        let is_typed = typed.is_some() && self.proposals().get(open.chosen).copied() == typed;
        if open.is_asked { !open.has_moved } else { is_typed }
    }

    /// Enter keeps the form, but what was chosen goes in first.
    fn is_taken_by_enter(&self, open: Open) -> bool {
        (open.is_asked || open.chosen > 0) && !self.proposals().is_empty()
    }

    fn take(&mut self, open: Open) -> Reaction {
        let text = self.proposals().get(open.chosen).map(|text| (*text).to_owned());
        self.open = None;
        let (Some(text), Some(field)) = (text, self.fields.get_mut(self.focus)) else {
            return Reaction::Done;
        };
        match field.token {
            Token::List if open.is_asked => {
                field.toggle(&text);
                self.open = Some(Open { has_moved: false, ..open });
            }
            Token::Whole | Token::Path => field.input.set(text),
            _ => self.put(&text, open.is_asked),
        }
        Reaction::Changed
    }

    /// Puts a term in, in place of what was typed of it; a function waits for its field, and is closed behind it.
    fn put(&mut self, text: &str, is_asked: bool) {
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        if is_asked && field.token == Token::Term {
            field.input.set(text);
        } else {
            let typed = field.typed().len();
            let closing = if field.is_in_function() && !text.ends_with('(') { ")" } else { "" };
            field.input.replace_before(typed, &format!("{text}{closing}"));
            self.has_closed = !closing.is_empty();
        }
        if text.ends_with('(') {
            self.propose_for_typed();
        }
    }

    /// The list that is seen, for the mouse: which line is chosen, and how many there are.
    pub fn open(&self) -> Option<(usize, usize)> {
        let count = self.proposals().len();
        self.open.filter(|_| count > 0).map(|open| (open.chosen, count))
    }

    /// Shows no choices.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Chooses a line of the list.
    pub fn choose(&mut self, chosen: usize) {
        self.open = Some(Open { chosen, ..self.open.unwrap_or_default() });
    }

    /// Other choices for a field; they are shown when it has the focus and `is_shown`.
    pub fn propose(&mut self, index: usize, candidates: Vec<String>, is_shown: bool) {
        let Some(field) = self.fields.get_mut(index) else { return };
        field.candidates = candidates;
        if self.focus == index {
            self.open = None;
            self.open = (is_shown && !self.proposals().is_empty()).then(Open::default);
        }
    }

    /// The next option of a switch with the focus; whether there is one.
    pub fn turn(&mut self) -> bool {
        let Some(field) = self.fields.get_mut(self.focus).filter(|field| field.token == Token::Switch) else {
            return false;
        };
        let at = field.candidates.iter().position(|one| one == field.input.text()).unwrap_or(0);
        let next = field.candidates.get((at + 1) % field.candidates.len().max(1)).cloned();
        field.input.set(next.unwrap_or_default());
        true
    }

    /// What the footer calls a command now, where that depends on the list; `None` where it does not.
    pub fn word(&self, command: Command) -> Option<&'static str> {
        let open = self.open.filter(|_| !self.proposals().is_empty());
        match (command, open) {
            (Command::Complete, Some(open)) if self.is_passed(open) => Some("next field"),
            (Command::Complete, Some(_)) => Some("take it"),
            (Command::Complete, None) => Some(if self.offers() { "choices" } else { "next field" }),
            (Command::Accept, Some(open)) if self.is_taken_by_enter(open) => {
                let is_list = self.fields.get(self.focus).is_some_and(|field| field.token == Token::List);
                Some(if is_list && open.is_asked { "add or remove" } else { "take it" })
            }
            (Command::Cancel, Some(_)) => Some("close the list"),
            _ => None,
        }
    }
}
