//! One field: its label, what is in it, what it offers, and what is wrong with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::condition;
use crate::input::TextField;

/// How choices go into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// One of them is the whole field.
    Whole,
    /// One of several that stand behind each other, separated by commas.
    List,
    /// A term: the whole field, or the field within a function's bracket.
    Term,
    /// Several terms, separated by commas; a minus before one sorts descending.
    Terms,
    /// A condition of SQL: the name of a field or a parameter where one is expected.
    Condition,
    /// The whole field; what is proposed goes on from what is typed, in the order in which it came.
    Path,
    /// Nothing is typed: one of them holds, and all are seen.
    Switch,
}

/// A labelled field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is called.
    pub label: &'static str,
    /// Its name for people, when that is not known at compile time.
    pub title: Option<String>,
    /// What is in it.
    pub input: TextField,
    /// What an empty one means.
    pub hint: String,
    /// What may be chosen.
    pub candidates: Vec<String>,
    /// What fits into the brackets of functions, by their names without the bracket; any field, where nothing is said.
    pub arguments: BTreeMap<&'static str, Vec<String>>,
    /// What is to be known of that, such as that there is more of it.
    pub remark: Option<String>,
    /// How a choice goes in.
    pub token: Token,
    /// Rows that it takes.
    pub rows: u16,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Whether it only shows what it holds: the focus goes past it.
    pub is_fixed: bool,
    /// Whether anything may be typed: the choices are only some of what it can hold.
    pub is_free: bool,
    /// Whether it may not be empty.
    pub is_required: bool,
    /// What it takes, in a line; empty where the hint says it all.
    pub about: &'static str,
}

impl Field {
    /// A line.
    pub fn new(label: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            label,
            title: None,
            input: TextField::new(text),
            hint: hint.into(),
            candidates: Vec::new(),
            arguments: BTreeMap::new(),
            remark: None,
            token: Token::Whole,
            rows: 1,
            error: None,
            is_fixed: false,
            is_free: false,
            is_required: false,
            about: "",
        }
    }

    /// Some lines.
    pub fn lines(label: &'static str, text: impl Into<String>, rows: u16) -> Self {
        Self { input: TextField::lines(text), rows, ..Self::new(label, "", "") }
    }

    /// A line that is not shown.
    pub fn secret(label: &'static str) -> Self {
        Self { input: TextField::secret(), ..Self::new(label, "", "") }
    }

    /// With choices.
    pub fn with(self, token: Token, candidates: Vec<String>) -> Self {
        Self { token, candidates, ..self }
    }

    /// With what it takes, in a line.
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// One that may not be empty.
    pub fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(self.label)
    }

    /// What is being typed at the cursor.
    pub(super) fn typed(&self) -> &str {
        let before = self.input.before();
        let item = before.rfind(',').map_or(before, |at| &before[at + 1..]).trim_start();
        match self.token {
            Token::Whole | Token::Path | Token::Switch => before.trim_start(),
            Token::List => item,
            Token::Term => self.argument(before.trim_start()),
            Token::Terms => self.argument(item.strip_prefix('-').unwrap_or(item)),
            Token::Condition => condition::name_typed(before).unwrap_or_default(),
        }
    }

    /// What stands behind a function's bracket, `tem` in `mean(tem`; all of it where there is no function: names may hold
    /// brackets.
    fn argument<'a>(&self, term: &'a str) -> &'a str {
        let is_function = |name: &str| self.candidates.iter().any(|one| one.strip_suffix('(') == Some(name));
        match term.split_once('(') {
            Some((name, argument)) if is_function(name.trim()) => argument.trim_start(),
            _ => term,
        }
    }

    /// What is looked for among the choices.
    pub(super) fn pattern(&self) -> &str {
        self.typed().trim_start_matches('"')
    }

    /// Whether something may be proposed where the cursor is.
    pub(super) fn proposes(&self) -> bool {
        match self.token {
            Token::Switch => false,
            Token::Condition => condition::name_typed(self.input.before()).is_some(),
            _ => true,
        }
    }

    /// Whether its choices can be asked for where the cursor is.
    pub(super) fn offers(&self) -> bool {
        let is_place = match self.token {
            Token::Path | Token::Switch => false,
            // Not right before a name that is there already.
            Token::Condition => {
                let after = &self.input.text()[self.input.before().len()..];
                condition::name_typed(self.input.before()) == Some("")
                    && !after.starts_with(|c: char| !c.is_whitespace() && c != ')')
            }
            Token::Terms => self.typed().is_empty(),
            Token::Whole | Token::List | Token::Term => true,
        };
        is_place && !self.candidates.is_empty()
    }

    /// The function in whose bracket something is typed: `mean` in `mean(tem`.
    fn function(&self) -> Option<&str> {
        let before = self.input.before();
        let opened = before[..before.len() - self.typed().len()].trim_end().strip_suffix('(')?.trim_end();
        let name = &opened[opened.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len()..];
        matches!(self.token, Token::Term | Token::Terms).then_some(name)
    }

    fn is_argument(&self) -> bool {
        self.function().is_some()
    }

    /// Whether what is typed stands in a function whose bracket nothing closes yet.
    pub(super) fn is_in_function(&self) -> bool {
        self.is_argument() && !self.input.text()[self.input.before().len()..].starts_with(')')
    }

    /// Whether a choice fits where the cursor is: within a function only fields do, and those of its type.
    pub(super) fn takes(&self, candidate: &str) -> bool {
        let Some(function) = self.function() else { return true };
        match self.arguments.get(function) {
            Some(fitting) => fitting.iter().any(|one| one == candidate),
            None => !candidate.ends_with('(') && !candidate.ends_with("()"),
        }
    }

    /// Bytes before the cursor that a choice takes the place of.
    pub(super) fn replaced(&self, candidate: &str) -> usize {
        let begun = match self.token {
            Token::Condition => condition::begun(self.input.before(), candidate),
            _ => 0,
        };
        self.typed().len().max(begun)
    }

    /// How a choice is written into it.
    pub(super) fn written<'a>(&self, candidate: &'a str) -> Cow<'a, str> {
        if self.token == Token::Condition { condition::name(candidate) } else { Cow::Borrowed(candidate) }
    }

    /// What to say when nothing fits to what is typed.
    pub(super) fn no_match(&self) -> Option<&'static str> {
        let is_whole_call = self.is_argument() && self.typed().ends_with(')');
        let is_typed = !self.typed().is_empty() && !self.candidates.is_empty() && self.error.is_none();
        match self.token {
            _ if !is_typed || is_whole_call => None,
            Token::Whole | Token::List => Some("no choice matches; Enter keeps what is typed"),
            Token::Term | Token::Terms => Some("no choice matches"),
            Token::Condition | Token::Path | Token::Switch => None,
        }
    }

    /// What stands in a list.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.input.text().split(',').map(str::trim).filter(|item| !item.is_empty())
    }

    /// Puts an item into its list, or takes it out.
    pub(super) fn toggle(&mut self, item: &str) {
        let mut items: Vec<&str> = self.items().collect();
        match items.iter().position(|one| *one == item) {
            Some(index) => drop(items.remove(index)),
            None => items.push(item),
        }
        self.input.set(items.join(", "));
    }
}
