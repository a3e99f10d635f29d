//! One field: its label, what is in it, what it offers, and what is wrong with it.

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
    /// Behind the last bracket, comma or space: a field in a condition or in a list of terms.
    Word,
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
            remark: None,
            token: Token::Whole,
            rows: 1,
            error: None,
            is_fixed: false,
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

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(self.label)
    }

    /// What is being typed at the cursor.
    pub(super) fn typed(&self) -> &str {
        let before = self.input.before();
        let start = match self.token {
            Token::Whole | Token::Path | Token::Switch => 0,
            Token::List => before.rfind(',').map_or(0, |at| at + 1),
            Token::Word | Token::Term => before.rfind(['(', ',', ' ', '\n']).map_or(0, |at| at + 1),
        };
        before[start..].trim_start()
    }

    /// Whether its choices can be asked for where the cursor is.
    pub(super) fn offers(&self) -> bool {
        let is_place = match self.token {
            Token::Path | Token::Switch => false,
            Token::Word => self.typed().is_empty(),
            Token::Whole | Token::List | Token::Term => true,
        };
        is_place && !self.candidates.is_empty()
    }

    /// Whether what is typed stands in a function whose bracket nothing closes yet: `mean(tem`.
    pub(super) fn is_in_function(&self) -> bool {
        let before = self.input.before();
        let opened = before[..before.len() - self.typed().len()].strip_suffix('(');
        let is_function = opened.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        matches!(self.token, Token::Word | Token::Term)
            && is_function
            && !self.input.text()[before.len()..].starts_with(')')
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
