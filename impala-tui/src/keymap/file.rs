//! The user's keymap file.

use std::collections::BTreeMap;

use super::{Command, Context, Key, Keymap, TABLE};

impl Keymap {
    /// Reads a keymap file: a table a context, in it a list of keys a command.
    ///
    /// ```toml
    /// [canvas]
    /// zoom = ["z", "space"]
    /// ```
    ///
    /// # Errors
    /// What is not a context, command or key, and keys that would mean two things in one context.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: toml_edit::DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
        let mut keymap = Self::default();
        for (context, table) in document.iter() {
            let context = Context::ALL
                .into_iter()
                .find(|known| known.name() == context)
                .ok_or_else(|| unknown("context", context, Context::ALL.map(Context::name)))?;
            let table =
                table.as_table_like().ok_or_else(|| format!("[{}] is not a table", context.name()))?;
            for (command, keys) in table.iter() {
                keymap.own.insert(read_line(context, command, keys)?.0, read_line(context, command, keys)?.1);
            }
        }
        keymap.check().map(|()| keymap)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let mut seen: BTreeMap<(Context, String), Command> = BTreeMap::new();
        for binding in TABLE {
            for key in self.keys(binding) {
                let before = seen.insert((binding.context, key.to_string()), binding.command);
                if let Some(other) = before.filter(|other| *other != binding.command) {
                    return Err(format!(
                        "in [{}] the key {key} stands for both {} and {}",
                        binding.context.name(),
                        other.name(),
                        binding.command.name()
                    ));
                }
            }
        }
        Ok(())
    }
}

fn unknown<const N: usize>(what: &str, given: &str, known: [&'static str; N]) -> String {
    let hint = impala_core::name::suggestion(given, known);
    format!("\"{given}\" is not a {what}{hint}")
}

type Line = ((Context, Command), Vec<Key>);

fn read_line(context: Context, command: &str, keys: &toml_edit::Item) -> Result<Line, String> {
    let here: Vec<Command> =
        TABLE.iter().filter(|binding| binding.context == context).map(|binding| binding.command).collect();
    let command = here.iter().copied().find(|known| known.name() == command).ok_or_else(|| {
        let hint = impala_core::name::suggestion(command, here.iter().map(|command| command.name()));
        format!("[{}] has no command \"{command}\"{hint}", context.name())
    })?;
    let texts: Vec<&str> = match (keys.as_str(), keys.as_array()) {
        (Some(one), _) => vec![one],
        (None, Some(several)) => several.iter().filter_map(|key| key.as_str()).collect(),
        _ => return Err(format!("{}: write a list of keys, such as [\"z\", \"space\"]", command.name())),
    };
    let keys = texts.into_iter().map(str::parse).collect::<Result<_, _>>()?;
    Ok(((context, command), keys))
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent};

    use super::*;

    #[test]
    fn a_keymap_file_replaces_keys_and_is_checked() {
        let keymap = Keymap::read("[canvas]\nzoom = [\"v\"]\n").expect("right");
        let command = |c: char| keymap.command(&[Context::Canvas], KeyEvent::from(KeyCode::Char(c)));
        assert_eq!((command('v'), command('z')), (Some(Command::Zoom), None));
        let check = |text: &str, expected: &str| {
            let error = Keymap::read(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
        };
        check("[canvass]\nzoom = \"o\"", "did you mean \"canvas\"?");
        check("[canvas]\nzom = \"o\"", "did you mean \"zoom\"?");
        check("[canvas]\nzoom = \"alt-x-y\"", "is not a key");
        check("[canvas]\nzoom = \"f\"", "stands for both");
    }
}
