//! The one table of keys: it decides what a key does, and the footer, the help, the palette and the keymap file read it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

mod table;

pub use table::TABLE;

/// Where keys hold: what has the focus, from the most special to the whole program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere.
    Global,
    /// Lists of any kind.
    List,
    /// The list of projects.
    Projects,
    /// A project.
    Project,
    /// A source.
    Source,
    /// A table of values.
    Table,
    /// The history of a canvas.
    History,
    /// A canvas.
    Canvas,
    /// A canvas whose changes may be saved.
    Editor,
    /// Letters on the blocks, one of which is typed.
    Jumping,
    /// A block that is being moved.
    Moving,
    /// A block whose size is being changed.
    Sizing,
    /// One block on the whole screen.
    Zoom,
    /// A chart on the whole screen.
    Chart,
    /// A panel of fields.
    Form,
    /// A field of several lines in such a panel.
    Lines,
    /// A list in front of the screen.
    Choice,
    /// What to add to a canvas.
    Picker,
    /// Two changes to the same.
    Conflict,
    /// The commands that were noted.
    Log,
    /// The keys.
    Help,
    /// A question with a yes and a no.
    Question,
    /// A line to type.
    Prompt,
    /// A prompt or a question whose answer is on its way.
    Sending,
    /// The palette.
    Palette,
    /// Before a server has answered.
    Start,
    /// Signing in.
    SignIn,
    /// Whether there is an account.
    Account,
    /// Which of several servers.
    Servers,
    /// Uploading a file.
    Upload,
}

impl Context {
    /// Every context, in the order of the help.
    pub const ALL: [Self; 30] = [
        Self::Jumping,
        Self::Moving,
        Self::Sizing,
        Self::Chart,
        Self::Table,
        Self::Zoom,
        Self::Lines,
        Self::Form,
        Self::Upload,
        Self::Start,
        Self::Account,
        Self::Servers,
        Self::SignIn,
        Self::Prompt,
        Self::Sending,
        Self::Palette,
        Self::Picker,
        Self::Conflict,
        Self::Log,
        Self::Help,
        Self::Question,
        Self::Choice,
        Self::Editor,
        Self::Canvas,
        Self::History,
        Self::Source,
        Self::Project,
        Self::Projects,
        Self::List,
        Self::Global,
    ];

    /// Its name in the keymap file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::List => "list",
            Self::Projects => "projects",
            Self::Project => "project",
            Self::Source => "source",
            Self::Table => "table",
            Self::History => "history",
            Self::Canvas => "canvas",
            Self::Editor => "editor",
            Self::Jumping => "jumping",
            Self::Moving => "moving",
            Self::Sizing => "sizing",
            Self::Zoom => "zoom",
            Self::Chart => "chart",
            Self::Form => "form",
            Self::Lines => "lines",
            Self::Choice => "choice",
            Self::Picker => "picker",
            Self::Conflict => "conflict",
            Self::Log => "log",
            Self::Help => "help",
            Self::Question => "question",
            Self::Prompt => "prompt",
            Self::Sending => "sending",
            Self::Palette => "palette",
            Self::Start => "start",
            Self::SignIn => "sign-in",
            Self::Account => "account",
            Self::Servers => "servers",
            Self::Upload => "upload",
        }
    }

    /// What the help puts above its keys.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::List | Self::Choice => "In the list",
            Self::Projects => "Projects",
            Self::Project => "The project",
            Self::Source => "The source",
            Self::Table => "In the table",
            Self::History => "Revisions",
            Self::Canvas => "Looking at the canvas",
            Self::Editor => "Changing the canvas",
            Self::Zoom => "The block",
            Self::Chart => "Reading the chart",
            Self::Lines => "The text",
            Self::Form | Self::Upload | Self::SignIn => "The fields",
            _ => "Here",
        }
    }

    /// Where somebody has to be for its commands; `None` for those of panels that open by themselves.
    pub const fn place(self) -> Option<&'static str> {
        Some(match self {
            Self::Projects => "among the projects",
            Self::Project => "in a project",
            Self::Source => "on a source",
            Self::Table => "in a table",
            Self::History => "in a history",
            Self::Canvas | Self::Editor => "on a canvas",
            Self::Zoom => "on a zoomed block",
            Self::Chart => "on a zoomed chart",
            Self::List => "in a list",
            Self::Conflict => "in a conflict",
            Self::Log => "in the log",
            Self::Picker => "while adding a block",
            Self::Start => "before signing in",
            Self::Global => "outside of panels",
            _ => return None,
        })
    }

    /// Whether letters are text there.
    pub const fn is_typed(self) -> bool {
        matches!(self, Self::Form | Self::Upload | Self::SignIn | Self::Prompt | Self::Palette)
    }
}

/// Gives commands their names for the keymap file.
macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// All that a key or the palette can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command { $($(#[$doc])* $variant,)* }

        impl Command {
            /// Every command.
            #[cfg(test)]
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the keymap file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

commands! {
    Help = "help",
    Palette = "palette",
    Log = "log",
    Leave = "leave",
    Quit = "quit",
    Cancel = "cancel",
    Refresh = "refresh",
    Redraw = "redraw",
    Suspend = "suspend",
    ToggleMouse = "toggle-mouse",
    ToggleTheme = "toggle-theme",
    SignOut = "sign-out",
    Up = "up",
    Down = "down",
    Left = "left",
    Right = "right",
    PageUp = "page-up",
    PageDown = "page-down",
    First = "first",
    Last = "last",
    Accept = "accept",
    Search = "search",
    NextTab = "next-tab",
    PreviousTab = "previous-tab",
    New = "new",
    Delete = "delete",
    Upload = "upload",
    RollBack = "roll-back",
    Restore = "restore",
    History = "history",
    ToProject = "to-project",
    ToSource = "to-source",
    Propose = "propose",
    Next = "next",
    Previous = "previous",
    Jump = "jump",
    Move = "move",
    Size = "size",
    Add = "add",
    Edit = "edit",
    EditYaml = "edit-yaml",
    EditCanvasYaml = "edit-canvas-yaml",
    Duplicate = "duplicate",
    Copy = "copy",
    Paste = "paste",
    Undo = "undo",
    Redo = "redo",
    Zoom = "zoom",
    Parameters = "parameters",
    Provenance = "provenance",
    Save = "save",
    Compact = "compact",
    ScrollUp = "scroll-up",
    ScrollDown = "scroll-down",
    Sort = "sort",
    CopyCell = "copy-cell",
    CopyRow = "copy-row",
    CopyColumn = "copy-column",
    CopyAll = "copy-all",
    Turn = "turn",
    SignIn = "sign-in",
    NextMatch = "next-match",
    SetParameter = "set-parameter",
    Complete = "complete",
    KeepMine = "keep-mine",
    TakeTheirs = "take-theirs",
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Keys, parted by spaces; none for what only the palette offers.
    pub keys: &'static str,
    /// What it does.
    pub command: Command,
    /// What it does, for people.
    pub label: &'static str,
    /// What the footer calls it, when it is one of the few that matter.
    pub footer: Option<&'static str>,
}

/// A key as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    control: bool,
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let code = match event.code {
            KeyCode::Char(c) if control => KeyCode::Char(c.to_ascii_lowercase()),
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        Self { code, control }
    }
}

/// Keys that have a word, with how the footer and the help write them.
const WORDS: [(&str, KeyCode); 15] = [
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("page-up", KeyCode::PageUp),
    ("page-down", KeyCode::PageDown),
];

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, code)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(Self { code: *code, control: false });
        }
        let (control, rest) = match text.strip_prefix("ctrl-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Ok(Self { code: KeyCode::Char(c), control }),
            _ => Err(format!(
                "\"{text}\" is no key: write one character, ctrl- and a letter, or one of {}",
                WORDS.map(|(word, _)| word).join(", ")
            )),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, code)| *code == self.code).map(|(word, _)| *word);
        match (word, self.code) {
            (Some(word), _) => f.write_str(word),
            (None, KeyCode::Char(c)) if self.control => write!(f, "ctrl-{c}"),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "F{number}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

/// The table with the changes of the user's keymap file.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    own: BTreeMap<(Context, Command), Vec<Key>>,
}

impl Keymap {
    /// Reads a keymap file: a table a context, in it a list of keys a command.
    ///
    /// ```toml
    /// [canvas]
    /// zoom = ["z", "space"]
    /// ```
    ///
    /// # Errors
    /// What is no context, command or key, and keys that would mean two things in one context.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: toml_edit::DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
        let mut keymap = Self::default();
        for (context, table) in document.iter() {
            let context = Context::ALL
                .into_iter()
                .find(|known| known.name() == context)
                .ok_or_else(|| unknown("context", context, Context::ALL.map(Context::name)))?;
            let table = table.as_table_like().ok_or_else(|| format!("[{}] is no table", context.name()))?;
            for (command, keys) in table.iter() {
                keymap.own.insert(read_line(context, command, keys)?.0, read_line(context, command, keys)?.1);
            }
        }
        keymap.check().map(|()| keymap)
    }

    fn check(&self) -> Result<(), String> {
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

    /// The first key of a line, as short as the footer wants it.
    pub fn short_key(&self, binding: &Binding) -> String {
        short(&self.keys(binding))
    }
}

/// A line of the table with those of its keys that run it where someone is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The line.
    pub binding: &'static Binding,
    keys: Vec<Key>,
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
    let Some(key) = keys.first() else { return String::new() };
    match key.to_string().as_str() {
        "enter" => "⏎".to_owned(),
        other => other.to_owned(),
    }
}

fn unknown<const N: usize>(what: &str, given: &str, known: [&'static str; N]) -> String {
    let hint = impala_core::name::suggestion(given, known);
    format!("\"{given}\" is no {what}{hint}")
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
            &[Servers, SignIn],
            &[Picker, Choice],
            &[Conflict, Choice],
            &[Log, Choice],
            &[Help, Choice],
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
        check(&[Context::Moving, Context::Global], "Put it back", Some("esc q"));
        check(&[Context::Moving, Context::Global], "Leave", None);
        check(&[Context::Canvas, Context::Global], "Leave", Some("q"));
        check(&[Context::Chart, Context::Zoom], "Scroll down", None);
        check(&[Context::Canvas, Context::Global], "Light or dark", Some(""));
        check(&[Context::Account, Context::SignIn], "These keys", Some("?"));
    }

    #[test]
    fn every_command_has_a_line() {
        for command in Command::ALL {
            assert!(TABLE.iter().any(|binding| binding.command == *command), "{command:?}");
        }
    }

    #[test]
    fn nothing_hangs_on_function_keys_or_alt_alone() {
        for binding in TABLE {
            assert!(!binding.keys.contains("alt-") && !binding.keys.contains("ctrl-enter"), "{binding:?}");
        }
    }

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
        check("[canvas]\nzoom = \"alt-x-y\"", "is no key");
        check("[canvas]\nzoom = \"f\"", "stands for both");
    }
}
