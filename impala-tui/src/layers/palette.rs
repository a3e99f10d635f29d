//! Every command of the program, found by some of its letters: those of here, those of the screens below, to which it goes
//! back, and those that cannot be run now, with why.

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use crate::cache::PaintCache;
use crate::fuzzy;
use crate::input::TextField;
use crate::keymap::{Binding, Command, Context, Keymap, Shown};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Refusal, Screen, Shared};

/// How a command can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Here.
    Here,
    /// By going back to the screen of that number.
    Back(usize),
    /// Not now; why, in a word or two.
    No(&'static str),
}

/// A command of the palette.
#[derive(Clone, Debug)]
pub struct Entry {
    binding: &'static Binding,
    /// The keys that run it, for people.
    keys: String,
    way: Way,
}

impl Entry {
    /// A command of what has the focus.
    pub fn here(line: &Shown, refusal: Option<Refusal>) -> Self {
        let way = refusal.map_or(Way::Here, |refusal| Way::No(refusal.short));
        Self { binding: line.binding, keys: line.keys(), way }
    }

    /// A command of a screen further down, by its number.
    pub fn below(binding: &'static Binding, keymap: &Keymap, depth: usize, refusal: Option<Refusal>) -> Self {
        let way = refusal.map_or(Way::Back(depth), |refusal| Way::No(refusal.short));
        Self { binding, keys: keymap.keys_text(binding), way }
    }

    /// A command of a screen that is not open; none of panels that open by themselves.
    pub fn elsewhere(binding: &'static Binding) -> Option<Self> {
        Some(Self { binding, keys: String::new(), way: Way::No(binding.context.place()?) })
    }

    /// Why it cannot be run now, in a word or two.
    pub fn why(&self) -> Option<&'static str> {
        match self.way {
            Way::No(why) => Some(why),
            Way::Here | Way::Back(_) => None,
        }
    }

    /// Leaves the layer on top and runs it below; what cannot be run now says why, and the layer stays.
    pub fn run(&self, shared: &mut Shared) {
        let Binding { command, label, .. } = *self.binding;
        let step = match self.way {
            Way::No(why) => {
                return shared.say(Role::Warning, format!("\"{label}\" cannot be run now: {why}."));
            }
            Way::Here => Go::Run(command),
            Way::Back(depth) => Go::RunAt(depth, command),
        };
        shared.go(Go::Pop);
        shared.go(step);
    }

    /// What it runs.
    #[cfg(test)]
    pub fn command(&self) -> Command {
        self.binding.command
    }

    /// Adds it, unless it only moves about or something of that name is there already.
    pub fn add_to(self, entries: &mut Vec<Self>) {
        let (command, label) = (self.binding.command, self.binding.label);
        let is_known = |entry: &Self| entry.binding.command == command && entry.binding.label == label;
        if !self.only_moves() && !entries.iter().any(is_known) {
            entries.push(self);
        }
    }

    /// Whether it moves about, or belongs to a list that is chosen from elsewhere.
    pub fn only_moves(&self) -> bool {
        use Command::{
            Accept, Cancel, Complete, Down, First, Last, Left, Next, PageDown, PageUp, Palette, Previous,
            Right, Turn, Up,
        };
        match self.binding.command {
            Up | Down | Left | Right | PageUp | PageDown | First | Last | Palette => true,
            Accept | Cancel | Complete | Next | Previous | Turn => self.way != Way::Here,
            _ => false,
        }
    }

    /// What stands at the end of its line: its keys, and where it is.
    fn ending(&self) -> String {
        let keys = self.keys.clone();
        match (self.way, self.binding.context.place()) {
            (Way::Back(_), Some(place)) if keys.is_empty() => place.to_owned(),
            (Way::Back(_), Some(place)) => format!("{place}  {keys}"),
            (Way::No(why), _) => why.to_owned(),
            _ => keys,
        }
    }
}

/// What a command is called in other programs: found, and not shown.
pub(super) const fn other_words(command: Command) -> &'static str {
    match command {
        Command::Quit => "exit",
        Command::Leave => "back close",
        Command::Delete => "remove",
        Command::Zoom => "fullscreen maximize",
        Command::Size => "resize",
        Command::Edit => "change rename",
        Command::Duplicate => "clone",
        Command::Parameters => "filter variables",
        Command::DefineParameters => "filter variables create new remove",
        Command::EditHeading => "rename metadata",
        Command::Refresh => "reload",
        Command::History => "revisions versions log",
        Command::Restore | Command::RollBack => "revert",
        Command::Upload => "import file",
        Command::New | Command::Propose => "create add",
        Command::Copy | Command::CopyCell | Command::CopyRow | Command::CopyColumn => "yank clipboard",
        Command::Provenance => "lineage",
        Command::Log => "history shell script",
        Command::Messages => "errors notifications log",
        Command::ToggleTheme => "colors dark",
        Command::SignOut => "logout",
        Command::SwitchServer => "connect host context login",
        Command::Help => "shortcuts bindings",
        _ => "",
    }
}

/// A line to type, and the commands that match it.
pub struct Palette {
    field: TextField,
    lines: Vec<Entry>,
    found: Vec<usize>,
    chosen: usize,
}

impl Palette {
    /// These commands.
    pub fn new(lines: Vec<Entry>) -> Self {
        let mut palette = Self { field: TextField::default(), found: Vec::new(), lines, chosen: 0 };
        palette.filter();
        palette
    }

    fn filter(&mut self) {
        let texts = self.lines.iter().map(|Entry { binding: Binding { label, command, .. }, .. }| {
            format!("{label} {} {}", command.name(), other_words(*command))
        });
        let texts: Vec<String> = texts.collect();
        self.found = fuzzy::rank(self.field.text(), texts.iter().map(String::as_str));
        // However well it matches, what cannot be run comes behind what can.
        self.found.sort_by_key(|index| self.lines[*index].why().is_some());
        self.chosen = 0;
    }

    fn panel(&self, area: Rect) -> Rect {
        let rows = (self.lines.len() as u16 + 4).min(area.height.saturating_sub(2)).min(22);
        centred(area, 72, rows)
    }

    fn step(&mut self, by: i64) {
        let most = self.found.len().saturating_sub(1) as i64;
        self.chosen = (self.chosen as i64 + by).clamp(0, most) as usize;
    }
}

impl Screen for Palette {
    fn title(&self) -> String {
        "Commands".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Palette]
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Up => self.step(-1),
            Command::Down => self.step(1),
            Command::Accept => match self.found.get(self.chosen) {
                Some(index) => self.lines[*index].run(shared),
                None => shared.go(Go::Pop),
            },
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if self.field.key(key) {
            self.filter();
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        self.field.insert(text);
        self.filter();
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let (_, list) = parts(inside_box(self.panel(shared.body())));
        Some(Lines::ending_with(self.chosen, self.found.len(), list))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        if std::mem::replace(&mut self.chosen, index) == index {
            self.command(Command::Accept, shared);
        }
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let (field, _) = parts(inside_box(self.panel(shared.body())));
        let at = (mouse.column, mouse.row).into();
        if field.contains(at) {
            self.field.click(field, at, true);
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let panel = self.panel(area);
        let inside = paper.boxed(panel, "Commands", Role::Accent);
        paper.text(inside, 0, paper.look.pick("›", ">"), Role::Accent);
        let (field, list) = parts(inside);
        self.field.draw(paper, field, true);
        let rows = usize::from(list.height);
        let top = (self.chosen + 1).saturating_sub(rows);
        paper.more(panel, top, self.found.len().saturating_sub(top + rows), None);
        for (row, index) in self.found.iter().skip(top).take(rows).enumerate() {
            let entry = &self.lines[*index];
            let is_shut = entry.why().is_some();
            let (label, end) = if is_shut { (Role::Muted, Role::Muted) } else { (Role::Plain, Role::Key) };
            let from = paper.text_ending(list, row as u16, &entry.ending(), end);
            let room = Rect { width: from.saturating_sub(1), ..list };
            paper.text(room, row as u16, entry.binding.label, label);
            if top + row == self.chosen {
                paper.tint(Rect { y: list.y + row as u16, height: 1, ..list }, Role::Chosen);
            }
        }
        if self.found.is_empty() {
            paper.text(list, 0, "nothing matches", Role::Muted);
        }
    }
}

/// Where the line to type and the commands stand.
fn parts(inside: Rect) -> (Rect, Rect) {
    let field = Rect { x: inside.x + 2, width: inside.width.saturating_sub(2), height: 1, ..inside };
    (field, Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside })
}
