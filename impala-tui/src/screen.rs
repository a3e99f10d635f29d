//! What every screen and every layer before it has in common, and what they share.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use impala_core::api::Role as Membership;
use impala_core::client::ParameterTexts;
use impala_core::merge::{Conflict, Side};
use impala_core::parameter::Parameter;
use impala_core::{Block, Canvas};
use ratatui::layout::Rect;

use crate::action::{Answer, Live, Sent};
use crate::cache::PaintCache;
use crate::command_log::CommandLog;
use crate::effect::{Effect, Request};
use crate::keymap::{Binding, Command, Context, Keymap};
use crate::list::List;
use crate::look::{Look, Role};
use crate::paper::Paper;

/// A screen, or a layer before one. Its methods change the model and note effects; only `view` draws, and it changes nothing.
pub trait Screen {
    /// What the bar at the top calls it.
    fn title(&self) -> String;

    /// How it stands, for the right end of that bar.
    fn status(&self, _shared: &Shared) -> (Role, String) {
        (Role::Muted, String::new())
    }

    /// Which keys hold, the most special first. `Global` is added by itself, but before a layer.
    fn contexts(&self, shared: &Shared) -> Vec<Context>;

    /// Whether what lies below is still seen.
    fn is_layer(&self) -> bool {
        false
    }

    /// Whether letters are text here, and no commands.
    fn takes_text(&self, shared: &Shared) -> bool {
        self.contexts(shared).into_iter().any(Context::is_typed)
    }

    /// Which keys hold once what is before this screen's own page is left, such as a block on the whole screen.
    fn beneath(&self, _shared: &Shared) -> Vec<Context> {
        Vec::new()
    }

    /// Leaves what is before its own page.
    fn uncover(&mut self) {}

    /// Why a command cannot be run here and now. Footer and help leave it out, the palette says it.
    fn refusal(&self, _command: Command, _shared: &Shared) -> Option<Refusal> {
        None
    }

    /// What the footer calls a line of the table now; `None` when it does not matter.
    fn word(&self, binding: &Binding) -> Option<&'static str> {
        binding.footer
    }

    /// Its list, whose filter stands in the footer while it is on.
    fn list(&self) -> Option<&List> {
        None
    }

    /// Whether nothing can be changed here, as the bar says.
    fn is_read_only(&self, shared: &Shared) -> bool {
        shared.reads_only()
    }

    /// Does what a key or the palette asks for; whether it is one of its commands.
    fn command(&mut self, command: Command, shared: &mut Shared) -> bool;

    /// Takes a key that no line of the table names.
    fn key(&mut self, _key: KeyEvent, _shared: &mut Shared) {}

    /// Takes pasted text.
    fn paste(&mut self, _text: &str, _shared: &mut Shared) {}

    /// Takes what the mouse did. The wheel goes through lists, a click chooses a line, a second one opens it.
    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        match mouse.kind {
            MouseEventKind::ScrollDown => {
                self.command(Command::Down, shared);
            }
            MouseEventKind::ScrollUp => {
                self.command(Command::Up, shared);
            }
            MouseEventKind::Down(MouseButton::Left) => {
                match self.lines_at(shared).and_then(|lines| lines.at(mouse)) {
                    Some(_) if shared.is_double_click => self.double_click(shared),
                    Some(index) => self.choose(index, shared),
                    None => self.click(mouse, shared),
                }
            }
            _ => {}
        }
    }

    /// Where its list stands, for the mouse.
    fn lines_at(&self, _shared: &Shared) -> Option<Lines> {
        None
    }

    /// Chooses a line of its list.
    fn choose(&mut self, _index: usize, _shared: &mut Shared) {}

    /// Takes the second click on a line.
    fn double_click(&mut self, shared: &mut Shared) {
        match self.refusal(Command::Accept, shared) {
            Some(refusal) => shared.say(Role::Warning, refusal.sentence),
            None => drop(self.command(Command::Accept, shared)),
        }
    }

    /// Takes a click beside its list.
    fn click(&mut self, _mouse: MouseEvent, _shared: &mut Shared) {}

    /// Someone has signed in again after the session had ended: what was asked meanwhile came to nothing.
    fn signed_in_again(&mut self, shared: &mut Shared) {
        if !self.is_layer() {
            self.command(Command::Refresh, shared);
        }
    }

    /// Takes an answer; whether it had waited for that number.
    fn answer(&mut self, _number: u64, _answer: &Answer, _shared: &mut Shared) -> bool {
        false
    }

    /// Hears how far an upload is.
    fn sent(&mut self, _number: u64, _sent: Sent) {}

    /// Hears of changes in the open project.
    fn live(&mut self, _live: &Live, _shared: &mut Shared) {}

    /// Hears what a layer before it came to.
    fn told(&mut self, _message: Message, _shared: &mut Shared) {}

    /// Stays until the answer of that number has come, and takes no keys for anything else meanwhile; whether it does.
    fn wait(&mut self, _number: u64) -> bool {
        false
    }

    /// The answer that it stays for.
    fn awaits(&self) -> Option<u64> {
        None
    }

    /// Whether it may be left now; if not, it has asked.
    fn may_leave(&mut self, _shared: &mut Shared) -> bool {
        true
    }

    /// What would be lost if the program ended now: names for files, and their texts.
    fn unsaved(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Takes another size.
    fn resized(&mut self, _shared: &mut Shared) {}

    /// Is on top again.
    fn returned(&mut self, _shared: &mut Shared) {}

    /// Draws it.
    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, cache: &mut PaintCache);
}

/// Why a command cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In a word or two, for a list of commands.
    pub short: &'static str,
    /// As a sentence, for whoever has pressed its key.
    pub sentence: &'static str,
}

impl Refusal {
    /// Nothing may be changed: by `--read-only`, as a viewer of the project, or because it is of the past.
    pub const READ_ONLY: Self = Self { short: "read-only", sentence: "This can only be read here." };
}

/// A list on the screen: where its lines stand, the first that is seen, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Where the lines stand, without a header.
    pub area: Rect,
    /// The first that is seen.
    pub top: usize,
    /// How many there are.
    pub count: usize,
}

impl Lines {
    /// A list that scrolls no further than to its chosen line.
    pub fn ending_with(chosen: usize, count: usize, area: Rect) -> Self {
        Self { area, top: (chosen + 1).saturating_sub(usize::from(area.height)), count }
    }

    /// The line that the mouse is on.
    pub fn at(&self, mouse: MouseEvent) -> Option<usize> {
        let is_inside = self.area.contains((mouse.column, mouse.row).into());
        let index = self.top + usize::from(mouse.row.saturating_sub(self.area.y));
        (is_inside && index < self.count).then_some(index)
    }
}

/// What a text that was asked for is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Name of a new project.
    NewProject,
    /// Name of a new canvas.
    NewCanvas,
    /// Name and role of a member.
    Member,
    /// What to look for.
    Search,
    /// Deleting this.
    Delete(String),
    /// Rolling back to this version.
    RollBack(u32),
    /// Restoring this revision.
    Restore(u64),
    /// Leaving changes behind.
    Leave,
    /// Keeping what fails.
    Keep,
    /// Leaving the program, and what is not kept.
    Quit,
    /// Editing again what was wrong.
    EditAgain(String),
}

/// What a layer tells the screen below it.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A text was typed.
    Typed(Purpose, String),
    /// A question was answered with yes.
    Confirmed(Purpose),
    /// A block was made or changed. `before` is the canvas that it was made on.
    Block {
        /// The canvas that the edit began with.
        before: Box<Canvas>,
        /// The block; a new one when `before` has none of that id.
        block: Box<Block>,
    },
    /// A block of this kind is to be made in a form.
    Form {
        /// What to begin with.
        block: Box<Block>,
    },
    /// Parameters were set.
    Parameters(ParameterTexts),
    /// Which side stands for each conflict.
    Resolved(Vec<(Conflict, Side)>),
}

/// Where to go next.
pub enum Go {
    /// A screen or layer comes on top.
    Push(Box<dyn Screen>),
    /// The top one goes.
    Pop,
    /// The top one goes, and tells the one below.
    Tell(Message),
    /// All go, and this one comes.
    Start(Box<dyn Screen>),
    /// Leaving what is on top then leaves the program.
    End,
    /// A command for whatever is on top then.
    Run(Command),
    /// A command of a screen further down, counted from the first one: those above it are left.
    RunAt(usize, Command),
    /// The top one goes, and all below go on with another session.
    SignedInAgain,
}

/// A copied block.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The block.
    pub block: Block,
    /// The parameters of its canvas that it names.
    pub parameters: Vec<Parameter>,
}

/// A server that is gone with the program, and all that is on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passing {
    /// The command that would have kept it. Without one nobody is asked before it goes.
    pub kept_by: Option<String>,
}

/// What all screens share.
pub struct Shared {
    /// How things look.
    pub look: Look,
    /// Size of the terminal.
    pub size: (u16, u16),
    /// What keys mean.
    pub keymap: Keymap,
    /// Servers that may be signed in at, each with its name for people.
    pub servers: Vec<String>,
    /// The name of the one that is spoken to; it may be none of those.
    pub server: String,
    /// What commands need on the command line to go to the server of that name.
    pub flags: Arc<dyn Fn(&str) -> String + Send + Sync>,
    /// Who is signed in.
    pub user: Option<String>,
    /// What there is to say, until the next key.
    pub message: Option<(Role, String)>,
    /// Commands that would have done the same.
    pub log: CommandLog,
    /// What was copied.
    pub clipboard: Option<Copied>,
    /// Whether nothing may be changed.
    pub is_read_only: bool,
    /// How it is with what is done here, when it is gone with the program.
    pub passing: Option<Passing>,
    /// Whether something was done that would be lost.
    pub has_work: bool,
    /// Whether leaving what was opened leaves the program.
    pub leaves_from_target: bool,
    /// Why events do not come in, when they should.
    pub offline: Option<String>,
    /// Whether the screen that is called now is the one that is seen.
    pub is_seen: bool,
    /// What the user may do in the project that is open, once that is known.
    pub role: Option<Membership>,
    /// Whether an event has changed what is shown by itself, before anything is answered.
    pub has_changed: bool,
    /// Whether an answer has changed nothing that is shown.
    pub is_same: bool,
    /// Whether it has the focus: no layer is before it.
    pub is_top: bool,
    /// Whether this click came on the same cell as the one before, with nothing in between.
    pub is_double_click: bool,
    /// Whether a session that has ended is being begun again.
    pub is_signing_in: bool,
    /// The question that what was told has led to, and that its prompt stays for.
    awaited: Option<u64>,
    last_number: u64,
    effects: Vec<Effect>,
    go: Vec<Go>,
}

impl Shared {
    /// Nothing has happened yet.
    pub fn new(look: Look, size: (u16, u16), keymap: Keymap, servers: Vec<String>) -> Self {
        Self {
            look,
            size,
            keymap,
            server: servers.first().cloned().unwrap_or_default(),
            servers,
            flags: Arc::new(|_| String::new()),
            user: None,
            message: None,
            log: CommandLog::default(),
            clipboard: None,
            is_read_only: false,
            passing: None,
            has_work: false,
            leaves_from_target: false,
            offline: None,
            is_seen: true,
            role: None,
            has_changed: false,
            is_same: false,
            is_top: true,
            is_double_click: false,
            is_signing_in: false,
            awaited: None,
            last_number: 0,
            effects: Vec::new(),
            go: Vec::new(),
        }
    }

    /// Where screens are drawn: between the bar and the footer.
    pub fn body(&self) -> Rect {
        Rect { x: 0, y: 1, width: self.size.0, height: self.size.1.saturating_sub(2) }
    }

    /// Asks the world, and returns the number that the answer will have.
    pub fn ask(&mut self, request: Request) -> u64 {
        let number = self.number();
        self.effects.push(Effect::Ask { number, request: Box::new(request) });
        number
    }

    /// Asks for what a prompt or a question has just told: that one stays until the answer has come, so that what is typed
    /// meanwhile runs no commands.
    pub fn ask_and_wait(&mut self, request: Request) -> u64 {
        let number = self.ask(request);
        self.awaited = Some(number);
        number
    }

    /// The question that is waited for since [`Shared::ask_and_wait`].
    pub fn take_awaited(&mut self) -> Option<u64> {
        self.awaited.take()
    }

    /// Asks instead of an earlier question, whose answer is no longer waited for.
    pub fn ask_instead(&mut self, earlier: Option<u64>, request: Request) -> u64 {
        if let Some(earlier) = earlier {
            self.effects.push(Effect::Forget(earlier));
        }
        self.ask(request)
    }

    /// A number that no effect had.
    pub fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Notes an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// All effects noted so far.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Keeps what was answered, and notes whether that is something else than what is shown.
    pub fn keep<T: Clone + PartialEq>(&mut self, shown: &mut Option<T>, answered: &T) {
        self.is_same = shown.as_ref() == Some(answered);
        if !self.is_same {
            *shown = Some(answered.clone());
        }
    }

    /// Whether it was decided to go somewhere.
    pub fn has_gone(&self) -> bool {
        !self.go.is_empty()
    }

    /// Whether nothing may be changed in what is open.
    pub fn reads_only(&self) -> bool {
        self.is_read_only || self.role == Some(Membership::Viewer)
    }

    /// Goes somewhere, once the current action is done.
    pub fn go(&mut self, go: Go) {
        self.go.push(go);
    }

    /// A screen or layer comes on top.
    pub fn push(&mut self, screen: impl Screen + 'static) {
        self.go.push(Go::Push(Box::new(screen)));
    }

    /// Where it was decided to go.
    pub fn take_go(&mut self) -> Vec<Go> {
        std::mem::take(&mut self.go)
    }

    /// Says something, until the next key.
    pub fn say(&mut self, role: Role, text: impl Into<String>) {
        self.message = Some((role, text.into()));
    }

    /// Says what failed.
    pub fn fail(&mut self, failure: &crate::action::Failure) {
        self.say(Role::Alarm, failure.line());
    }

    /// The key of a command in a context, for what is said about it.
    pub fn key(&self, context: Context, command: Command) -> String {
        self.keymap.key_for(context, command)
    }

    /// Notes the command that would have done the same.
    pub fn note(&mut self, command: impl Into<String>) {
        let server = self.server.clone();
        self.note_at(&server, command);
    }

    /// Notes a command that goes to the server of that name.
    pub fn note_at(&mut self, server: &str, command: impl Into<String>) {
        let command: String = command.into();
        let flags = (self.flags)(server);
        self.log.push(match command.strip_prefix("impala ") {
            Some(rest) if !flags.is_empty() => format!("impala {flags} {rest}"),
            _ => command,
        });
    }

    /// Puts text on the clipboard, and says so.
    pub fn clip(&mut self, text: String, what: &str) {
        self.clip_saying(text, Role::Good, format!("{what} copied"));
    }

    /// Puts text on the clipboard, and says this.
    pub fn clip_saying(&mut self, text: String, role: Role, words: String) {
        self.effects.push(Effect::Clip(text));
        self.say(role, words);
    }
}

/// A path as a word of a shell, which finds the home folder by itself.
pub fn quoted_path(path: &str) -> String {
    match path.strip_prefix("~/") {
        Some("") => path.to_owned(),
        Some(rest) => format!("~/{}", quoted(rest)),
        None => quoted(path),
    }
}

/// A word of a shell.
pub fn quoted(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "/._-+@%,:=".contains(c));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
