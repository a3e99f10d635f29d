//! Signing in, and making an account.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::start::{self, Target};
use crate::action::Answer;
use crate::cache::PaintCache;
use crate::effect::{Request, Secret};
use crate::input::TextField;
use crate::keymap::{Binding, Command, Context};
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
    /// The name of one that is known, or an address.
    server: TextField,
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
            server: TextField::new(shared.server.clone()),
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

    fn go_on(&mut self, by: usize) {
        // Whoever signs in again does so where they were.
        let fields = if self.is_again { &FIELDS[2..] } else { &FIELDS[..] };
        let at = fields.iter().position(|field| *field == self.focus).unwrap_or(0);
        let by = if by == 1 { 1 } else { fields.len() - 1 };
        self.focus = fields[(at + by) % fields.len()];
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
        let server = self.server.text().trim().to_owned();
        if server.is_empty() {
            self.failure =
                "Which server? Its address is needed, such as https://impala.example.org.".to_owned();
            return;
        }
        let password = Secret(self.password.text().to_owned());
        let deed = if self.is_new { "register" } else { "login" };
        shared.note_at(&server, format!("impala {deed} --username {}", crate::screen::quoted(&username)));
        let request = Request::SignIn { server, username, password, is_new: self.is_new };
        self.number = Some(shared.ask(request));
    }

    /// The other choice, or the next of the known servers.
    fn turn(&mut self, shared: &Shared) {
        if self.focus == Field::Kind {
            self.is_new = !self.is_new;
            return;
        }
        let known = &shared.servers;
        let at = known.iter().position(|server| server == self.server.text());
        if let Some(next) = known.get(at.map_or(0, |at| (at + 1) % known.len())) {
            self.server.set(next.clone());
        }
    }

    fn signed_in_at(&self, shared: &mut Shared) {
        let server = self.server.text().trim().to_owned();
        if !shared.servers.contains(&server) {
            shared.servers.push(server.clone());
        }
        shared.server = server;
    }

    fn field(&mut self) -> Option<&mut TextField> {
        match self.focus {
            Field::Server => Some(&mut self.server),
            Field::Username => Some(&mut self.username),
            Field::Password => Some(&mut self.password),
            Field::Kind => None,
        }
    }
}

impl Screen for SignIn {
    fn title(&self) -> String {
        if self.is_new { "Register" } else { "Sign in" }.to_owned()
    }

    fn is_read_only(&self, _shared: &Shared) -> bool {
        false
    }

    fn contexts(&self, shared: &Shared) -> Vec<Context> {
        match self.focus {
            Field::Kind => vec![Context::Account, Context::SignIn],
            Field::Server if shared.servers.len() > 1 => vec![Context::Servers, Context::SignIn],
            _ => vec![Context::SignIn],
        }
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match binding.command {
            Command::Accept if self.is_new => Some("register"),
            _ => binding.footer,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Cancel if self.is_again => {
                let key = shared.key(Context::Global, Command::Quit);
                shared.say(
                    Role::Warning,
                    format!("Nothing goes on without signing in; {key} leaves the program."),
                );
            }
            Command::Accept if self.focus != Field::Password => self.go_on(1),
            Command::Accept | Command::Save => self.send(shared),
            Command::Turn => self.turn(shared),
            Command::Down => self.go_on(1),
            Command::Up => self.go_on(usize::MAX),
            _ => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if let Some(field) = self.field() {
            field.key(key);
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
                self.signed_in_at(shared);
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
        let keys = |context| shared.keymap.key_for(context, Command::Turn);
        let hint = |field, context, what: &str| match self.focus == field && !self.is_again {
            true => format!("  ({}: {what})", keys(context)),
            false => String::new(),
        };
        let kinds = if self.is_new { "make an account" } else { "I have an account" };
        let kinds = format!("{kinds}{}", hint(Field::Kind, Context::Account, "the other"));
        paper.text(inside, 0, "Server", label(Field::Server));
        self.server.draw(paper, value, self.focus == Field::Server);
        if shared.servers.len() > 1 {
            let what = format!("the next of {} known servers", shared.servers.len());
            paper.text(
                Rect { y: value.y + 1, ..value },
                0,
                hint(Field::Server, Context::Servers, &what).trim(),
                Role::Muted,
            );
        }
        paper.text_at(inside, 11, 2, &kinds, label(Field::Kind));
        paper.text(inside, 4, "Username", label(Field::Username));
        self.username.draw(paper, Rect { y: value.y + 4, ..value }, self.focus == Field::Username);
        paper.text(inside, 6, "Password", label(Field::Password));
        self.password.draw(paper, Rect { y: value.y + 6, ..value }, self.focus == Field::Password);
        let (role, text) = match self.number {
            Some(_) if self.is_new => (Role::Muted, "Making the account …"),
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
