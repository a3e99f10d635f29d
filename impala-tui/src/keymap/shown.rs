//! Lines of the table with their keys, as footer, help and palette show them.

use super::{Binding, Key};

/// A line of the table with those of its keys that run it where someone is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The line.
    pub binding: &'static Binding,
    pub(super) keys: Vec<Key>,
}

impl Shown {
    /// The keys, for people; empty when there are none.
    pub fn keys(&self) -> String {
        self.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The first key, as short as the footer wants it.
    pub fn short_key(&self) -> String {
        short(&self.keys)
    }
}

fn short(keys: &[Key]) -> String {
    keys.first().map_or_else(String::new, |key| key.sign(false))
}

/// Lines of the table that are shown as one: a single one, or those of a group.
#[derive(Clone, Debug)]
pub struct Item {
    lines: Vec<Shown>,
}

impl Item {
    /// The items of these lines, in their order. Those of a group stand side by side.
    pub fn of(lines: Vec<Shown>) -> Vec<Self> {
        let mut items: Vec<Self> = Vec::new();
        for line in lines {
            match items.last_mut() {
                Some(item) if item.binding().is_of_one_group_with(line.binding) => item.lines.push(line),
                _ => items.push(Self { lines: vec![line] }),
            }
        }
        items
    }

    /// Its first line.
    pub fn binding(&self) -> &'static Binding {
        self.lines[0].binding
    }

    /// The same, with its keys.
    pub fn first(&self) -> &Shown {
        &self.lines[0]
    }

    /// Whether it stands for several lines.
    pub fn is_several(&self) -> bool {
        self.lines.len() > 1
    }

    /// What its keys do, for people.
    pub fn label(&self) -> &'static str {
        let binding = self.binding();
        binding.group.filter(|_| self.lines.len() > 1).unwrap_or(binding.label)
    }

    /// All keys: first those that come first in each line, `← ↓ ↑ →, h j k l`. Empty when there are none.
    pub fn keys(&self, is_ascii: bool) -> String {
        if let [line] = &self.lines[..] {
            return signs(line.keys.iter(), is_ascii);
        }
        let most = self.lines.iter().map(|line| line.keys.len()).max().unwrap_or(0);
        let nth = |index| signs(self.lines.iter().filter_map(move |line| line.keys.get(index)), is_ascii);
        (0..most).map(nth).collect::<Vec<_>>().join(", ")
    }

    /// The first key of each line.
    pub fn short_keys(&self, is_ascii: bool) -> String {
        let keys: Vec<&Key> = self.lines.iter().filter_map(|line| line.keys.first()).collect();
        if keys.len() == 4 && keys.iter().all(|key| key.is_arrow()) {
            return "arrows".to_owned();
        }
        signs(keys.into_iter(), is_ascii)
    }
}

fn signs<'a>(keys: impl Iterator<Item = &'a Key>, is_ascii: bool) -> String {
    keys.map(|key| key.sign(is_ascii)).collect::<Vec<_>>().join(" ")
}
