//! The one table of keys: it decides what a key does, and the footer, the help, the palette and the keymap file read it.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;

mod command;
mod context;
mod file;
mod key;
mod shown;
mod table;

pub use command::Command;
pub use context::Context;
pub use key::Key;
pub use shown::{Item, Shown};
pub use table::TABLE;

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Keys, separated by spaces; none where any letter is meant.
    pub keys: &'static str,
    /// What it does.
    pub command: Command,
    /// What it does, for people.
    pub label: &'static str,
    /// What the footer calls it, when it is one of the few that matter.
    pub footer: Option<&'static str>,
    /// What the help calls it together with its neighbours of that name: they are one item there and in the footer.
    pub group: Option<&'static str>,
    /// Whether it is one of those that a newcomer needs before all others.
    pub is_first: bool,
}

impl Binding {
    const fn of(self, group: &'static str) -> Self {
        Self { group: Some(group), ..self }
    }

    const fn first(self) -> Self {
        Self { is_first: true, ..self }
    }

    fn is_of_one_group_with(&self, other: &Self) -> bool {
        self.group.is_some() && (self.context, self.group) == (other.context, other.group)
    }
}

/// The table with the changes of the user's keymap file.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    own: BTreeMap<(Context, Command), Vec<Key>>,
}

impl Keymap {
    /// The keys of a line of the table.
    pub fn keys(&self, binding: &Binding) -> Vec<Key> {
        match self.own.get(&(binding.context, binding.command)) {
            Some(keys) => keys.clone(),
            None => binding.keys.split(' ').filter_map(|key| key.parse().ok()).collect(),
        }
    }

    /// What a key means, the first of the contexts that knows it deciding.
    pub fn command(&self, contexts: &[Context], event: KeyEvent) -> Option<Command> {
        let key = Key::from(event);
        contexts.iter().find_map(|context| {
            let own = TABLE.iter().filter(|binding| binding.context == *context);
            own.into_iter().find(|binding| self.keys(binding).contains(&key)).map(|binding| binding.command)
        })
    }

    /// The lines that hold in these contexts, the most special first; of a command that several name, the first.
    pub fn lines(&self, contexts: &[Context]) -> Vec<&'static Binding> {
        let mut lines: Vec<&'static Binding> = Vec::new();
        for context in contexts {
            for binding in TABLE.iter().filter(|binding| binding.context == *context) {
                if !lines.iter().any(|line| line.command == binding.command) {
                    lines.push(binding);
                }
            }
        }
        lines
    }

    /// The lines that hold in these contexts, the most special first, each with the keys that run it: a key means what the first
    /// context says that knows it. Lines are left out all of whose keys mean something else here, and those without a key
    /// whose command has one.
    pub fn shown(&self, contexts: &[Context]) -> Vec<Shown> {
        let mut shown: Vec<Shown> = Vec::new();
        let mut taken: Vec<Key> = Vec::new();
        for context in contexts {
            let before = taken.len();
            for binding in TABLE.iter().filter(|binding| binding.context == *context) {
                let own = self.keys(binding);
                let keys: Vec<Key> =
                    own.iter().copied().filter(|key| !taken[..before].contains(key)).collect();
                let is_new = || shown.iter().all(|line| line.binding.command != binding.command);
                if !keys.is_empty() || (own.is_empty() && is_new()) {
                    shown.push(Shown { binding, keys });
                }
                taken.extend(own);
            }
        }
        shown
    }

    /// The keys of a line, for people.
    pub fn keys_text(&self, binding: &Binding) -> String {
        self.keys(binding).iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The first key of a command in a context, for what is said about it.
    pub fn key_for(&self, context: Context, command: Command) -> String {
        let binding = TABLE.iter().find(|line| line.context == context && line.command == command);
        let key = binding.and_then(|binding| self.keys(binding).into_iter().next());
        key.map_or_else(|| "the palette".to_owned(), |key| key.to_string())
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn every_key_of_the_table_is_one_and_means_one_thing() {
        for binding in TABLE {
            for key in binding.keys.split(' ').filter(|key| !key.is_empty()) {
                assert_eq!(key.parse::<Key>().map(|key| key.to_string()), Ok(key.to_owned()));
            }
        }
        assert_eq!(Keymap::default().check(), Ok(()));
    }

    /// Each key that is shown in these contexts runs the line that it is shown with.
    fn check_shown(keymap: &Keymap, contexts: &[Context]) {
        for Shown { binding, keys } in keymap.shown(contexts) {
            for key in keys {
                let modifiers = if key.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                let command = keymap.command(contexts, KeyEvent::new(key.code, modifiers));
                assert_eq!(command, Some(binding.command), "{key} in {contexts:?}: {}", binding.label);
            }
        }
    }

    #[test]
    fn every_key_that_is_shown_runs_its_line() {
        use Context::*;
        let lists: &[&[Context]] = &[
            &[Editor, Canvas, Global],
            &[Canvas, Global],
            &[Moving, Global],
            &[Sizing, Global],
            &[Jumping],
            &[Zoom, Global],
            &[Chart, Zoom, Global],
            &[Table, Zoom, Global],
            &[Projects, List, Global],
            &[Project, List, Global],
            &[Source, List, Global],
            &[Source, Table, Global],
            &[History, List, Global],
            &[Lines, Form],
            &[Account, SignIn],
            &[Picker, Choice],
            &[Servers, Choice],
            &[Definitions, Choice],
            &[Conflict, Choice],
            &[Log, Choice],
            &[Help, List],
            &[Start, Global],
        ];
        lists.iter().for_each(|contexts| check_shown(&Keymap::default(), contexts));
        Context::ALL.iter().for_each(|context| check_shown(&Keymap::default(), &[*context, Global]));
        let own = Keymap::read("[moving]\nleft = [\"?\"]\n").expect("right");
        check_shown(&own, &[Moving, Global]);
    }

    #[test]
    fn lines_are_left_out_all_of_whose_keys_mean_something_else() {
        let check = |contexts: &[Context], label: &str, expected: Option<&str>| {
            let shown = Keymap::default().shown(contexts);
            let line = shown.iter().find(|line| line.binding.label == label);
            assert_eq!(line.map(Shown::keys).as_deref(), expected, "{label}");
        };
        check(&[Context::Moving, Context::Global], "Revert to the old position", Some("esc q"));
        let (up, leave) = ("Back one screen", "Back one screen; on the first one, quit");
        check(&[Context::Moving, Context::Global], leave, None);
        check(&[Context::Canvas, Context::Global], leave, Some("q"));
        check(&[Context::Canvas, Context::Global], up, None);
        check(&[Context::Project, Context::List, Context::Global], up, Some("esc"));
        check(&[Context::Chart, Context::Zoom], "Scroll down", None);
        check(&[Context::Canvas, Context::Global], "Switch between light and dark", Some("T"));
        check(&[Context::Account, Context::SignIn], "Show these keys", Some("?"));
    }

    #[test]
    fn every_command_has_a_line() {
        for command in Command::ALL {
            assert!(TABLE.iter().any(|binding| binding.command == *command), "{command:?}");
        }
    }

    #[test]
    fn every_line_has_a_key_but_the_letters_of_a_jump() {
        for binding in TABLE.iter().filter(|binding| binding.command != Command::Jump) {
            assert!(!binding.keys.is_empty(), "{binding:?}");
        }
    }

    #[test]
    fn every_arrow_has_its_letter_of_vim_where_letters_are_not_text() {
        let pairs = [("left", "h"), ("down", "j"), ("up", "k"), ("right", "l")];
        let has_letters = |binding: &&Binding| !binding.context.is_typed();
        let mut count = 0;
        for binding in TABLE.iter().filter(has_letters) {
            let keys: Vec<&str> = binding.keys.split(' ').collect();
            for (arrow, letter) in pairs.iter().filter(|(arrow, _)| keys.contains(arrow)) {
                assert!(keys.contains(letter), "{arrow} without {letter}: {binding:?}");
                count += 1;
            }
        }
        assert!(count > 30, "only {count} arrows");
    }

    #[test]
    fn nothing_hangs_on_function_keys_or_alt_alone() {
        for binding in TABLE {
            assert!(!binding.keys.contains("alt-") && !binding.keys.contains("ctrl-enter"), "{binding:?}");
        }
    }
}
