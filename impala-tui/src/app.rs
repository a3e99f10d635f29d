//! The whole program as a value: a stack of screens and layers, and what they share.

mod drawing;
mod going;
mod leaving;
mod mouse;
mod signing;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::action::{Action, Answer, Live};
use crate::effect::Effect;
use crate::keymap::{Command, Context, Key, Shown, TABLE};
use crate::layers::{Entry, Help, Log, Palette};
use crate::look::{Background, Role};
use crate::screen::{Refusal, Screen, Shared};

/// The program.
pub struct App {
    /// From the first screen to what has the focus; never empty.
    stack: Vec<Box<dyn Screen>>,
    /// What all screens share.
    pub shared: Shared,
    /// Whether the frame has to be drawn again.
    pub is_dirty: bool,
    /// How many screens there are when leaving the top one leaves the program, though others are below; 0 when it does not.
    end: usize,
    /// Whether it was asked if what is not kept may go, and nothing was done since.
    has_asked: bool,
    /// Where the mouse was clicked last, if nothing else has happened since.
    last_click: Option<(u16, u16)>,
    /// Whether that click led elsewhere: a second one on its cell would hit something that was not seen before.
    is_spent: bool,
}

impl App {
    /// A program that begins with a screen.
    pub fn new(first: Box<dyn Screen>, shared: Shared) -> Self {
        let (end, has_asked, last_click, is_spent) = (0, false, None, false);
        Self { stack: vec![first], shared, is_dirty: true, end, has_asked, last_click, is_spent }
    }

    /// Takes what happened, and returns what is to be done.
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        // What nobody waits for, and events, may change nothing; what happened before still has to be drawn.
        self.is_dirty |= match &action {
            Action::Answer { .. } | Action::Live { .. } => false,
            Action::Key(key) => key.kind != KeyEventKind::Release,
            _ => true,
        };
        match action {
            Action::Key(key) => self.key(key),
            Action::Mouse(mouse) if self.has_room() => self.mouse(mouse),
            Action::Mouse(_) => {}
            Action::Paste(text) if self.has_room() => {
                if let Some(top) = self.stack.last_mut() {
                    top.paste(&text, &mut self.shared);
                }
            }
            Action::Paste(_) => {}
            Action::Resize(width, height) => self.resize(width, height),
            Action::Answer { number, answer } => self.answer(number, &answer),
            Action::Sent { number, sent } => {
                for screen in &mut self.stack {
                    screen.sent(number, sent);
                }
            }
            Action::Live { number, live } if self.shared.is_followed(number) => self.live(&live),
            Action::Live { .. } => {}
        }
        self.follow();
        self.shared.take_effects()
    }

    /// What would be lost if the program ended now: names for files, and their texts.
    pub fn unsaved(&self) -> Vec<(String, String)> {
        self.stack.iter().flat_map(|screen| screen.unsaved()).collect()
    }

    fn resize(&mut self, width: u16, height: u16) {
        self.shared.size = (width, height);
        for screen in &mut self.stack {
            screen.resized(&mut self.shared);
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer) {
        if !self.shared.is_awaited(number) {
            return;
        }
        // What stayed for it goes, before anybody else hears it.
        let count = self.stack.len();
        self.stack.retain(|screen| screen.awaits() != Some(number));
        self.is_dirty |= self.stack.len() < count;
        // From the top, as the layer that waits is near it.
        let (shared, top) = (&mut self.shared, self.stack.len().saturating_sub(1));
        shared.is_same = false;
        let is_awaited = self.stack.iter_mut().enumerate().rev().any(|(index, screen)| {
            shared.is_top = index == top;
            screen.answer(number, answer, shared)
        });
        shared.is_top = true;
        shared.has_work |= is_awaited && answer.is_work();
        self.is_dirty |= is_awaited && !self.shared.is_same;
        if is_awaited && answer.is_unsigned() {
            self.sign_in_again();
        }
        if !is_awaited {
            self.tell_parting(answer);
        }
    }

    fn live(&mut self, live: &Live) {
        // The screens see whether we were offline until now.
        let seen = self.stack.iter().rposition(|screen| !screen.is_layer()).unwrap_or(0);
        let top = self.stack.len().saturating_sub(1);
        let before = (self.shared.message.clone(), self.shared.offline.clone());
        for (index, screen) in self.stack.iter_mut().enumerate() {
            (self.shared.is_seen, self.shared.is_top) = (index >= seen, index == top);
            screen.live(live, &mut self.shared);
        }
        (self.shared.is_seen, self.shared.is_top) = (true, true);
        match live {
            Live::Online if self.shared.offline.take().is_some() => {
                // What the footer said of the lost connection is over.
                self.shared.say(Role::Good, "connected again");
            }
            Live::Online => {}
            Live::Offline(why) => {
                self.shared.keep_said(Role::Warning, format!("Offline: {why}"));
                self.shared.offline = Some(why.clone());
            }
            Live::Closed(closed) => {
                let key = self.shared.key(Context::Global, Command::Leave);
                let words = format!("{} {key} goes back.", closed.sentence());
                self.shared.say(Role::Alarm, words);
                self.shared.closed = Some(*closed);
            }
            Live::Unsigned => self.sign_in_again(),
            Live::Role(role) if self.shared.role != Some(*role) => {
                self.shared.role = Some(*role);
                let words = format!("Your role in this project is {} now.", role.as_str());
                self.shared.say(Role::Warning, words);
            }
            _ => {}
        }
        // Lists show nothing of it until what they ask is answered.
        let is_told = (&self.shared.message, &self.shared.offline) != (&before.0, &before.1);
        let has_changed = std::mem::take(&mut self.shared.has_changed);
        self.is_dirty |= is_told || has_changed || self.shared.has_gone();
    }

    /// Which keys hold now.
    pub fn contexts(&self) -> Vec<Context> {
        let Some(top) = self.stack.last() else { return vec![Context::Global] };
        let mut contexts = top.contexts(&self.shared);
        if !top.is_layer() && !top.takes_text(&self.shared) {
            contexts.push(Context::Global);
        }
        contexts
    }

    /// Why the top screen cannot do this now.
    fn refusal(&self, command: Command) -> Option<Refusal> {
        self.stack.last().and_then(|top| top.refusal(command, &self.shared))
    }

    /// The lines of the table that hold and can be run now, with the keys that run them.
    fn lines(&self) -> Vec<Shown> {
        let mut lines = self.shared.keymap.shown(&self.contexts());
        lines.retain(|line| self.refusal(line.binding.command).is_none());
        lines
    }

    /// The lines of the table that hold now, each with why it cannot be run.
    fn lines_with_why(&self) -> Vec<(Shown, Option<Refusal>)> {
        let lines = self.shared.keymap.shown(&self.contexts()).into_iter();
        lines.map(|line| (self.refusal(line.binding.command), line)).map(|(why, line)| (line, why)).collect()
    }

    /// Every command there is: those of here, those of the screens below, and those that cannot be run now.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for line in self.shared.keymap.shown(&self.contexts()) {
            Entry::here(&line, self.refusal(line.binding.command)).add_to(&mut entries);
        }
        for (depth, screen) in self.stack.iter().enumerate().rev() {
            let is_top = depth + 1 == self.stack.len();
            let mut contexts = screen.beneath(&self.shared);
            if !is_top {
                contexts.extend(screen.contexts(&self.shared));
            }
            for binding in self.shared.keymap.lines(&contexts) {
                let refusal = screen.refusal(binding.command, &self.shared);
                Entry::below(binding, &self.shared.keymap, depth, refusal).add_to(&mut entries);
            }
        }
        TABLE.iter().filter_map(Entry::elsewhere).for_each(|entry| entry.add_to(&mut entries));
        entries
    }

    fn key(&mut self, key: KeyEvent) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        self.shared.message = None;
        self.last_click = None;
        let is_quit = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        let command = self.shared.keymap.command(&self.contexts(), key).or(is_quit.then_some(Command::Quit));
        let needs_room = !matches!(command, Some(Command::Quit | Command::Suspend | Command::Redraw));
        match command {
            // What cannot be seen is not changed.
            _ if needs_room && !self.has_room() => {}
            Some(command) => self.run(command),
            None => self.plain_key(key),
        }
    }

    /// A key that no line of the table names: text, where text is typed; elsewhere it is said that it does nothing.
    fn plain_key(&mut self, key: KeyEvent) {
        let Some(top) = self.stack.last_mut() else { return };
        let is_question = top.contexts(&self.shared).into_iter().any(Context::is_question);
        let is_taken = top.takes_text(&self.shared) || top.awaits().is_some() || is_question;
        top.key(key, &mut self.shared);
        if is_taken {
            return;
        }
        let help = self.lines().into_iter().find(|line| line.binding.command == Command::Help);
        let help = help.map_or(String::new(), |line| format!("; {} lists them", line.short_key()));
        self.shared.hint(Role::Muted, format!("{} has no function here{help}", Key::from(key)));
    }

    /// Does what a key or the palette asks for.
    pub fn run(&mut self, command: Command) {
        if let Some(refusal) = self.refusal(command) {
            return self.shared.say(Role::Warning, refusal.sentence);
        }
        self.has_asked &= command == Command::Quit;
        let Some(top) = self.stack.last_mut() else { return };
        if top.command(command, &mut self.shared) {
            return;
        }
        match command {
            Command::Leave => self.leave(),
            Command::Cancel => self.back(),
            Command::Quit => self.quit(),
            Command::ToProject => {
                self.end = 0;
                self.leave();
            }
            Command::Help => self.shared.push(Help::new(self.lines_with_why())),
            Command::Palette => self.shared.push(Palette::new(self.entries())),
            Command::Log => self.shared.push(Log::commands(&self.shared)),
            Command::Messages => self.shared.push(Log::messages(&self.shared)),
            Command::Redraw => self.shared.effect(Effect::Redraw),
            Command::Suspend => self.shared.effect(Effect::Suspend),
            Command::ToggleMouse => self.toggle_mouse(),
            Command::ToggleTheme => {
                let background = &mut self.shared.look.background;
                *background = match background {
                    Background::Dark => Background::Light,
                    Background::Light | Background::Unknown => Background::Dark,
                };
            }
            Command::SignOut => self.ask_to_sign_out(),
            Command::SwitchServer => self.ask_to_switch(),
            Command::Left => self.back(),
            _ => {}
        }
    }

    fn toggle_mouse(&mut self) {
        let is_ours = !self.shared.look.has_mouse;
        self.shared.look.has_mouse = is_ours;
        self.shared.effect(Effect::Mouse(is_ours));
        let what =
            if is_ours { "The mouse works here" } else { "The mouse selects text, as the terminal does it" };
        self.shared.say(Role::Good, what);
    }
}
