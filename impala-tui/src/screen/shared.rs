//! What all screens share: how things look, who is signed in, what is to be done and said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use impala_core::api::Role as Membership;
use impala_core::client::ParameterTexts;
use jiff::civil::Time;
use ratatui::layout::Rect;

use super::{Copied, Go, Screen};
use crate::action::{Closed, Live};
use crate::command_log::CommandLog;
use crate::effect::{Effect, ProjectAt, Request};
use crate::keymap::{Command, Context, Keymap};
use crate::look::{Look, Role};
use crate::message_log::{MessageLog, Said};
use crate::screens::canvas::LeftSteps;

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
    /// What was said, to be read again.
    pub messages: MessageLog,
    /// The time of day on this machine.
    pub clock: fn() -> Time,
    /// Commands that would have done the same.
    pub log: CommandLog,
    /// What was copied.
    pub clipboard: Option<Copied>,
    /// What can be undone and redone on canvases that are not open.
    pub(crate) steps: LeftSteps,
    /// What the parameters of canvases were set to when they were left, by the same keys.
    pub(crate) given: BTreeMap<String, ParameterTexts>,
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
    /// Why the project that is open cannot be read any more.
    pub closed: Option<Closed>,
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
    /// The number of the events that are followed.
    following: Option<u64>,
    last_number: u64,
    /// Questions whose answers are waited for. One that is given up may still be answered, as its answer may be under way.
    asked: BTreeSet<u64>,
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
            messages: MessageLog::default(),
            clock: Time::midnight,
            log: CommandLog::default(),
            clipboard: None,
            steps: LeftSteps::default(),
            given: BTreeMap::new(),
            is_read_only: false,
            passing: None,
            has_work: false,
            leaves_from_target: false,
            offline: None,
            closed: None,
            is_seen: true,
            role: None,
            has_changed: false,
            is_same: false,
            is_top: true,
            is_double_click: false,
            is_signing_in: false,
            awaited: None,
            following: None,
            last_number: 0,
            asked: BTreeSet::new(),
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
        self.effect(Effect::Ask { number, request: Box::new(request) });
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
        self.forget(earlier);
        self.ask(request)
    }

    /// Nobody waits for the answers to these questions any more.
    pub fn forget(&mut self, numbers: impl IntoIterator<Item = u64>) {
        numbers.into_iter().for_each(|number| self.effect(Effect::Forget(number)));
    }

    /// Whether an answer of that number is still waited for; there is one for each question.
    pub fn is_awaited(&mut self, number: u64) -> bool {
        self.asked.remove(&number)
    }

    /// A number that no effect had.
    pub fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Notes an effect.
    pub fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { number, .. } | Effect::Editor { number, .. } | Effect::Keep { number, .. } => {
                self.asked.insert(number);
            }
            Effect::Forget(number) => {
                self.asked.remove(&number);
            }
            _ => {}
        }
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

    /// Goes with the events of a project, from now on.
    pub fn follow(&mut self, project: ProjectAt) {
        let number = self.number();
        self.following = Some(number);
        self.effect(Effect::Follow(Some((number, project))));
    }

    /// Whether it is the number of the events that are followed.
    pub fn is_followed(&self, number: u64) -> bool {
        self.following == Some(number)
    }

    /// Goes without the events of a project, and forgets what was known of it.
    pub fn leave_project(&mut self) {
        self.following = None;
        self.effect(Effect::Follow(None));
        (self.role, self.offline, self.closed) = (None, None, None);
    }

    /// Whether nothing may be changed in what is open.
    pub fn reads_only(&self) -> bool {
        self.is_read_only || self.role == Some(Membership::Viewer)
    }

    /// Whether the server is reached again with this: what could not be asked meanwhile can be now.
    pub fn is_back(&self, live: &Live) -> bool {
        *live == Live::Online && self.offline.is_some()
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

    /// Says something, until the next key; it can be read again among the messages.
    pub fn say(&mut self, role: Role, text: impl Into<String>) {
        let text = text.into();
        self.keep_said(role, text.clone());
        self.hint(role, text);
    }

    /// Puts something among the messages.
    pub fn keep_said(&mut self, role: Role, text: String) {
        self.messages.push(Said { at: (self.clock)(), role, text });
    }

    /// Says what is of the moment, until the next key: where something in hand stands, what was copied, which key was meant.
    pub fn hint(&mut self, role: Role, text: impl Into<String>) {
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
        let command = self.command_at(server, command);
        self.log.push(command);
    }

    /// A command that goes to the server of that name.
    pub fn command_at(&self, server: &str, command: impl Into<String>) -> String {
        let command: String = command.into();
        let flags = (self.flags)(server);
        match command.strip_prefix("impala ") {
            Some(rest) if !flags.is_empty() => format!("impala {flags} {rest}"),
            _ => command,
        }
    }

    /// Puts text on the clipboard, and says so.
    pub fn clip(&mut self, text: String, what: &str) {
        self.clip_saying(text, Role::Good, format!("{what} copied"));
    }

    /// Puts text on the clipboard, and says this.
    pub fn clip_saying(&mut self, text: String, role: Role, words: String) {
        self.effects.push(Effect::Clip(text));
        self.hint(role, words);
    }
}
