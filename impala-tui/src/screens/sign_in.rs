//! Signing in, and making an account.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::start::{self, Target};
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{Request, Secret};
use crate::input::TextField;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred};
use crate::screen::{Go, Screen, Shared};

/// What can have the focus, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Server,
    Kind,
    Username,
    Password,
}

const FIELDS: [Field; 4] = [Field::Server, Field::Kind, Field::Username, Field::Password];

/// A form of server, name and password.
pub struct SignIn {
    target: Target,
    server: usize,
    is_new: bool,
    username: TextField,
    password: TextField,
    focus: Field,
    number: Option<u64>,
    failure: String,
    /// Whether a session has ended, and what is below waits for another.
    is_again: bool,
}

impl SignIn {
    /// An empty form with something to say.
    pub fn new(shared: &Shared, message: &str) -> Self {
        Self::before(&Target::default(), shared, message)
    }

    /// A form, after which `target` is opened.
    pub fn before(target: &Target, shared: &Shared, message: &str) -> Self {
        Self {
            target: target.clone(),
            server: shared.server,
            is_new: false,
            username: TextField::default(),
            password: TextField::secret(),
            focus: Field::Username,
            number: None,
            failure: message.to_owned(),
            is_again: false,
        }
    }

    /// The form for whoever was signed in until now.
    pub fn again(shared: &Shared) -> Self {
        let message = "Your session has ended. Sign in to go on where you were; nothing here is lost.";
        let mut form = Self::new(shared, message);
        form.username.set(shared.user.clone().unwrap_or_default());
        form.focus = Field::Password;
        form.is_again = true;
        form
    }

    fn go_on(&mut self, by: usize, shared: &Shared) {
        let at = FIELDS.iter().position(|field| *field == self.focus).unwrap_or(0);
        self.focus = FIELDS[(at + by) % FIELDS.len()];
        if self.focus == Field::Server && shared.servers.len() < 2 {
            self.focus = if by == 1 { Field::Kind } else { Field::Password };
        }
    }

    fn send(&mut self, shared: &mut Shared) {
        if self.number.is_some() {
            return;
        }
        self.failure.clear();
        let username = self.username.text().trim().to_owned();
        if username.is_empty() || self.password.text().is_empty() {
            self.failure = "Both a name and a password are needed.".to_owned();
            return;
        }
        let password = Secret(self.password.text().to_owned());
        shared.note(format!(
            "impala {} --username {}",
            if self.is_new { "register" } else { "login" },
            crate::screen::quoted(&username)
        ));
        let request = Request::SignIn { server: self.server, username, password, is_new: self.is_new };
        self.number = Some(shared.ask(request));
    }

    fn turn(&mut self, shared: &Shared) {
        match self.focus {
            Field::Server | Field::Kind if self.is_again => {}
            Field::Server => self.server = (self.server + 1) % shared.servers.len().max(1),
            Field::Kind => self.is_new = !self.is_new,
            _ => {}
        }
    }

    fn field(&mut self) -> Option<&mut TextField> {
        match self.focus {
            Field::Username => Some(&mut self.username),
            Field::Password => Some(&mut self.password),
            _ => None,
        }
    }
}

impl Screen for SignIn {
    fn title(&self) -> String {
        if self.is_new { "Register" } else { "Sign in" }.to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Form]
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Cancel if self.is_again => {
                shared.say(Role::Warning, "Nothing goes on without signing in; ctrl-c leaves the program.");
            }
            Command::Accept if self.focus == Field::Username => self.go_on(1, shared),
            Command::Accept if matches!(self.focus, Field::Server | Field::Kind) => self.turn(shared),
            Command::Accept | Command::Save => self.send(shared),
            Command::Complete | Command::Down => self.go_on(1, shared),
            Command::Previous | Command::Up => self.go_on(FIELDS.len() - 1, shared),
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        match self.field() {
            Some(field) => {
                field.key(key);
            }
            None => self.turn(shared),
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        if let Some(field) = self.field() {
            field.insert(text);
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let (true, Answer::SignedIn(outcome)) = (self.number == Some(number), answer) else { return false };
        self.number = None;
        match outcome {
            Ok(user) => {
                shared.user = Some(user.clone());
                shared.server = self.server;
                match self.is_again {
                    true => shared.go(Go::SignedInAgain),
                    false => start::open(&self.target, shared),
                }
            }
            Err(failure) => {
                self.failure = failure.line();
                self.password.set("");
            }
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(centred(area, 60, 13), &self.title(), Role::Accent);
        let label = |field| if self.focus == field { Role::Accent } else { Role::Muted };
        let value = Rect { x: inside.x + 11, width: inside.width.saturating_sub(11), height: 1, ..inside };
        let server = shared.servers.get(self.server).map_or("", String::as_str);
        let kinds = if self.is_new { "make an account" } else { "I have an account" };
        let turn = |field| if self.focus == field { "  (space changes it)" } else { "" };
        let several = if shared.servers.len() > 1 { turn(Field::Server) } else { "" };
        paper.text(inside, 0, "Server", label(Field::Server));
        paper.text(value, 0, &format!("{server}{several}"), Role::Plain);
        paper.text_at(inside, 11, 2, &format!("{kinds}{}", turn(Field::Kind)), label(Field::Kind));
        paper.text(inside, 4, "Username", label(Field::Username));
        self.username.draw(paper, Rect { y: value.y + 4, ..value }, self.focus == Field::Username);
        paper.text(inside, 6, "Password", label(Field::Password));
        self.password.draw(paper, Rect { y: value.y + 6, ..value }, self.focus == Field::Password);
        let (role, text) = match self.number {
            Some(_) => (Role::Muted, "Signing in …"),
            None => (Role::Alarm, self.failure.as_str()),
        };
        for (row, line) in
            impala_render::format::wrap(text, usize::from(inside.width)).iter().take(3).enumerate()
        {
            paper.text(inside, 8 + row as u16, line, role);
        }
    }
}
