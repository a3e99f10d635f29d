//! Signing in, and making an account.

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::FieldError;
use ratatui::layout::Rect;

use super::start::{self, Target};
use crate::action::{Answer, Failure, Outcome};
use crate::cache::PaintCache;
use crate::effect::{Request, Secret};
use crate::fields::{Fault, Field, Fields, Reaction, Token};
use crate::keymap::{Binding, Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Screen, Shared, quoted};

const SERVER: &str = "Server";
const ACCOUNT: &str = "Account";
const USERNAME: &str = "Username";
const PASSWORD: &str = "Password";

/// The options of the account: it is there, or it is made.
const OPTIONS: [&str; 2] = ["I have an account", "register"];

/// Stands below until it is known whether a session has ended.
const ENDING: &str = "Signing out …";

/// Columns of the panel.
const COLS: u16 = 60;

/// A form of server, name and password.
pub struct SignIn {
    target: Target,
    fields: Fields,
    number: Option<u64>,
    /// The session that is being ended.
    ending: Option<u64>,
    /// Whether a session has ended, and what is below waits for another.
    is_again: bool,
    /// Whether that other session has begun.
    is_over: bool,
    /// Whether Esc goes back to what is open at another server.
    is_aside: bool,
}

fn fields_of(shared: &Shared) -> Fields {
    let known = if shared.servers.len() > 1 { shared.servers.clone() } else { Vec::new() };
    let key = shared.key(Context::Account, Command::Turn);
    let server = Field::new(SERVER, shared.server.clone(), "its address, such as https://impala.example.org");
    let account = Field::new(ACCOUNT, OPTIONS[0], format!("({key})"));
    let mut fields = Fields::new(vec![
        Field { is_free: true, ..server.with(Token::Whole, known) },
        account.with(Token::Switch, OPTIONS.map(str::to_owned).to_vec()),
        Field::new(USERNAME, "", ""),
        Field::secret(PASSWORD),
    ]);
    fields.focus_on(USERNAME);
    fields
}

impl SignIn {
    /// An empty form with something to say.
    pub fn new(shared: &Shared, message: &str) -> Self {
        Self::before(&Target::default(), shared, message)
    }

    /// A form, after which `target` is opened.
    pub fn before(target: &Target, shared: &Shared, message: &str) -> Self {
        let mut fields = fields_of(shared);
        if !message.is_empty() {
            fields.notes.push((Role::Warning, message.to_owned()));
        }
        Self {
            target: target.clone(),
            fields,
            number: None,
            ending: None,
            is_again: false,
            is_over: false,
            is_aside: false,
        }
    }

    /// The same, beginning with the server, as this one is not to be had.
    pub fn elsewhere(target: &Target, shared: &Shared, why: &str) -> Self {
        let mut form = Self::before(target, shared, why);
        form.fields.focus_on(SERVER);
        form
    }

    /// The form for another server, before what is open at this one; `why` there is none that leads there without it.
    pub fn at(server: &str, why: &str, shared: &Shared) -> Self {
        let mut form = Self::new(shared, why);
        if let Some(field) = form.field(SERVER) {
            field.input.set(server);
        }
        form.fields.focus_on(if server.is_empty() { SERVER } else { USERNAME });
        Self { is_aside: true, ..form }
    }

    /// The form after signing out, of which the answer of that number says what came of it.
    pub fn after(number: u64, shared: &Shared) -> Self {
        let mut form = Self::new(shared, "");
        form.fields.notes.push((Role::Accent, ENDING.to_owned()));
        Self { ending: Some(number), ..form }
    }

    /// The form for the user who was signed in until now.
    pub fn again(shared: &Shared) -> Self {
        let message = "Your session has expired. Sign in to continue; nothing is lost.";
        let mut form = Self::new(shared, message);
        for field in &mut form.fields.fields {
            // Signing in again goes to the same server and account.
            field.is_fixed = matches!(field.label, SERVER | ACCOUNT);
            if field.label == USERNAME {
                field.input.set(shared.user.clone().unwrap_or_default());
            }
        }
        form.fields.focus_on(PASSWORD);
        Self { is_again: true, ..form }
    }

    fn is_new(&self) -> bool {
        self.fields.text(ACCOUNT) == OPTIONS[1]
    }

    fn field(&mut self, label: &str) -> Option<&mut Field> {
        self.fields.fields.iter_mut().find(|field| field.label == label)
    }

    /// The password, which may begin and end with blanks.
    fn password(&self) -> &str {
        let field = self.fields.fields.iter().find(|field| field.label == PASSWORD);
        field.map_or("", |field| field.input.text())
    }

    fn missing(&self) -> Vec<Fault> {
        let needed = [
            (SERVER, self.fields.text(SERVER), "enter its address, such as https://impala.example.org"),
            (USERNAME, self.fields.text(USERNAME), "enter a username"),
            (PASSWORD, self.password(), "enter a password"),
        ];
        let missing = needed.into_iter().filter(|(_, text, _)| text.is_empty());
        missing.map(|(label, _, detail)| Fault { label: Some(label), detail: detail.to_owned() }).collect()
    }

    fn blame(&mut self, faults: Vec<Fault>) {
        self.fields.blame(faults);
        self.fields.focus_on_error();
    }

    fn send(&mut self, shared: &mut Shared) {
        self.fields.close();
        let missing = self.missing();
        if !missing.is_empty() {
            return self.blame(missing);
        }
        let [server, username] = [SERVER, USERNAME].map(|label| self.fields.text(label).to_owned());
        let password = Secret(self.password().to_owned());
        let is_new = self.is_new();
        self.fields.clear_errors();
        let doing = if is_new { "Creating the account …" } else { "Signing in …" };
        let key = shared.key(Context::Sending, Command::Cancel);
        self.fields.notes.push((Role::Accent, format!("{doing} {key} stops waiting")));
        self.number = Some(shared.ask(Request::SignIn { server, username, password, is_new }));
    }

    fn stop_waiting(&mut self, shared: &mut Shared) {
        shared.forget(self.number.take());
        let words = match self.is_new() {
            true => "Stopped waiting; the account may still be created.",
            false => "Stopped waiting.",
        };
        self.fields.notes = vec![(Role::Warning, words.to_owned())];
    }

    fn failed(&mut self, failure: &Failure) {
        let faults = faults_of(failure, self.fields.text(SERVER), self.is_new());
        // What was right need not be typed again.
        if let Some(password) = self.field(PASSWORD)
            && faults.iter().any(|fault| fault.label == Some(PASSWORD))
        {
            password.input.set("");
        }
        self.blame(faults);
    }

    /// What is being typed is judged when it is sent.
    fn changed(&mut self) {
        let label = self.fields.focused();
        if let Some(field) = self.field(label) {
            field.error = None;
        }
    }

    fn panel(&self, area: Rect) -> Rect {
        let width = inside_box(Rect { width: COLS.min(area.width), ..area }).width;
        centred(area, COLS, self.fields.rows(width) + 2)
    }

    fn signed_in(&mut self, user: &str, shared: &mut Shared) {
        let (server, user) = (self.fields.text(SERVER).to_owned(), user.to_owned());
        let deed = if self.is_new() { "register" } else { "login" };
        // An address that was refused may hold a password, and is not noted.
        shared.note_at(&server, format!("impala {deed} --username {}", quoted(self.fields.text(USERNAME))));
        self.is_over = self.is_again;
        if self.is_again {
            start::go_on_at(server, user, shared);
            return shared.go(Go::SignedInAgain);
        }
        start::arrive_for(&self.target, server, user, shared);
    }
}

/// What came of signing out of a server, and what to do where something of it failed.
pub fn parting(server: &str, outcome: &Outcome<Option<Failure>>, shared: &Shared) -> (Role, String) {
    match outcome {
        Ok(None) => (Role::Warning, "Signed out.".to_owned()),
        Ok(Some(failure)) => {
            let why = failure.line();
            let words = format!(
                "Signed out here, but {server} was not told: {why}. The session there ends by itself; changing the password ends it now."
            );
            (Role::Alarm, words)
        }
        Err(failure) => {
            let (why, command) = (failure.line(), shared.command_at(server, "impala logout"));
            let words = format!(
                "Not signed out of {server}: {why}. The credentials are still stored on this computer; `{command}` tries again."
            );
            (Role::Alarm, words)
        }
    }
}

/// What a server has refused, under the field that it is about.
fn faults_of(failure: &Failure, server: &str, is_new: bool) -> Vec<Fault> {
    let label = match failure.status {
        // It could not be reached.
        None if failure.message.contains(server) => Some(SERVER),
        Some(401) => Some(PASSWORD),
        Some(409) if is_new => Some(USERNAME),
        _ => None,
    };
    let named = |error: &FieldError| match error.pointer.as_str() {
        "/username" => Some(Fault { label: Some(USERNAME), detail: error.detail.clone() }),
        "/password" => Some(Fault { label: Some(PASSWORD), detail: error.detail.clone() }),
        _ => None,
    };
    let named: Vec<Fault> = failure.errors.iter().filter_map(named).collect();
    if named.is_empty() { vec![Fault { label, detail: failure.line() }] } else { named }
}

impl Screen for SignIn {
    fn title(&self) -> String {
        if self.is_new() { "Register" } else { "Sign in" }.to_owned()
    }

    fn is_read_only(&self, _shared: &Shared) -> bool {
        false
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        match self.fields.focused() {
            _ if self.number.is_some() => vec![Context::Sending],
            ACCOUNT => vec![Context::Account, Context::SignIn],
            _ => vec![Context::SignIn],
        }
    }

    fn takes_text(&self, _shared: &Shared) -> bool {
        true
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        let of_list = self.fields.word(binding.command);
        match binding.command {
            // Enter goes on, too.
            Command::Complete => of_list.filter(|word| *word != "next field"),
            Command::Accept if of_list.is_none() && !self.fields.is_at_end() => Some("next field"),
            Command::Accept if of_list.is_none() && self.is_new() => Some("register"),
            Command::Cancel if self.is_aside => of_list.or(Some("back")),
            _ => binding.footer.and(of_list.or(binding.footer)),
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if self.number.is_some() {
            if command == Command::Cancel {
                self.stop_waiting(shared);
            }
            return command == Command::Cancel;
        }
        if command == Command::Turn {
            return self.fields.turn();
        }
        let is_at_end = self.fields.is_at_end();
        match self.fields.command(command) {
            Reaction::None => return false,
            Reaction::Done | Reaction::Changed => {}
            Reaction::Keep if command == Command::Accept && !is_at_end => {
                self.fields.command(Command::Down);
            }
            Reaction::Keep => self.send(shared),
            Reaction::Leave if self.is_again => {
                let key = shared.key(Context::Global, Command::Quit);
                let words = format!("Sign in to continue, or {key} quits.");
                shared.say(Role::Warning, words);
            }
            Reaction::Leave => return false,
        }
        true
    }

    fn key(&mut self, key: KeyEvent, _shared: &mut Shared) {
        if self.number.is_none() && self.fields.key(key) {
            self.changed();
        }
    }

    fn paste(&mut self, text: &str, _shared: &mut Shared) {
        if self.number.is_none() {
            self.fields.paste(text);
            self.changed();
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let inside = inside_box(self.panel(shared.body()));
        if self.number.is_none() && self.fields.mouse(mouse, inside, shared) == Reaction::Changed {
            self.changed();
        }
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::SignedIn(outcome) if self.number == Some(number) => {
                self.number = None;
                self.fields.clear_errors();
                match outcome {
                    Ok(user) => self.signed_in(user, shared),
                    Err(failure) => self.failed(failure),
                }
            }
            Answer::SignedOut(server, outcome) if self.ending == Some(number) => {
                self.ending = None;
                self.fields.notes.retain(|(_, text)| text != ENDING);
                self.fields.notes.push(parting(server, outcome, shared));
            }
            _ => return false,
        }
        true
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let inside = paper.boxed(self.panel(area), &self.title(), Role::Accent);
        self.fields.draw(paper, inside);
    }
}
