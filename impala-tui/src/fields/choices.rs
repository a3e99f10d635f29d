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
    /// The first line that is seen, as far as the chosen one lets it be.
    top: usize,
    /// Whether a key asked for it: all choices are in it, and enter takes one.
    pub is_asked: bool,
    /// Whether it was gone through since: tab takes what it has come to, and nothing else.
    has_moved: bool,
}

impl Open {
    /// The first line that is seen where there is room for so many.
    pub fn top(self, rows: usize) -> usize {
        self.top.clamp((self.chosen + 1).saturating_sub(rows.max(1)), self.chosen)
    }
}

impl Fields {
    /// What may be chosen now, the best first.
    pub(super) fn proposals(&self) -> Vec<&str> {
        let Some(field) = self.fields.get(self.focus) else { return Vec::new() };
        if field.token == Token::Path || self.open.is_some_and(|open| open.is_asked) {
            return field.candidates.iter().map(String::as_str).collect();
        }
        if !field.proposes() {
            return Vec::new();
        }
        let fitting: Vec<&str> =
            field.candidates.iter().map(String::as_str).filter(|one| field.takes(one)).collect();
        fuzzy::rank(field.pattern(), fitting.iter().copied())
            .into_iter()
            .map(|index| fitting[index])
            .collect()
    }

    /// Shows what fits to what is typed, unless that is all that fits; or that nothing does.
    pub(super) fn propose_for_typed(&mut self) {
        self.open = None;
        let Some(field) = self.fields.get(self.focus).filter(|field| field.token != Token::Switch) else {
            return;
        };
        let is_shown = match self.proposals().as_slice() {
            [] => field.no_match().is_some(),
            [only] => *only != field.typed(),
            _ => true,
        };
        self.open = is_shown.then(Open::default);
    }

    /// Shows all choices, beginning at what is there.
    pub(super) fn ask(&mut self) {
        let Some(field) = self.fields.get(self.focus) else { return };
        let is_here = |candidate: &String| match field.token {
            Token::List => field.items().any(|item| item == candidate),
            _ => field.input.text().trim() == candidate,
        };
        let chosen = field.candidates.iter().position(is_here).unwrap_or(0);
        self.open = Some(Open { chosen, is_asked: true, ..Open::default() });
    }

    /// Takes a command for the list; `None` when it does not belong to the list.
    pub(super) fn command_of_list(&mut self, command: Command) -> Option<Reaction> {
        let count = self.proposals().len();
        match (command, self.open.filter(|_| count > 0)) {
            (Command::Complete, Some(open)) if self.is_passed(open) => self.go(1),
            (Command::Complete, Some(open)) => return Some(self.take(open)),
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
            open.top = open.top(SHOWN);
        }
    }

    /// Whether tab goes on from the list: nobody went through it, or what is chosen is there already.
    fn is_passed(&self, open: Open) -> bool {
        let typed = self.fields.get(self.focus).map(Field::typed);
        let is_typed = typed.is_some() && self.proposals().get(open.chosen).copied() == typed;
        if open.is_asked { !open.has_moved } else { is_typed }
    }

    /// Enter keeps the form, but what was chosen goes in first, and what is proposed for the beginning of a name.
    fn is_taken_by_enter(&self, open: Open) -> bool {
        let proposals = self.proposals();
        let is_begun = |field: &Field| {
            let is_one = field.is_free || matches!(field.token, Token::Condition | Token::Path);
            !is_one
                && (!field.typed().is_empty() || field.is_in_function())
                && !proposals.contains(&field.typed())
        };
        let is_begun = self.fields.get(self.focus).is_some_and(is_begun);
        (open.is_asked || open.chosen > 0 || is_begun) && !proposals.is_empty()
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
            let typed = field.replaced(text);
            let closing = if field.is_in_function() { ")" } else { "" };
            let written = field.written(text).into_owned();
            field.input.replace_before(typed, &format!("{written}{closing}"));
            self.has_closed = !closing.is_empty();
        }
        if text.ends_with('(') {
            self.propose_for_typed();
        }
    }

    /// Whether a list of choices is seen.
    pub fn is_open(&self) -> bool {
        self.open.is_some() && !self.proposals().is_empty()
    }

    /// Shows no choices.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Takes a line of the list, as a click does.
    pub(super) fn take_line(&mut self, chosen: usize, top: usize) -> Reaction {
        let open = Open { chosen, top, ..self.open.unwrap_or_default() };
        self.take(open)
    }

    /// Scrolls the list by so many lines where there is room for `rows`; the choice stays among those that are seen.
    pub(super) fn scroll(&mut self, by: isize, rows: usize) {
        let most = self.proposals().len().saturating_sub(rows);
        let Some(open) = &mut self.open else { return };
        let top = open.top(rows).saturating_add_signed(by).min(most);
        let chosen = open.chosen.clamp(top, (top + rows).saturating_sub(1));
        open.has_moved |= chosen != open.chosen;
        (open.top, open.chosen) = (top, chosen);
    }

    /// What stands where the choices would, when none fits to what is typed.
    pub(super) fn no_match(&self) -> Option<&'static str> {
        let is_none = self.open.is_some() && self.proposals().is_empty();
        self.fields.get(self.focus).filter(|_| is_none)?.no_match()
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
