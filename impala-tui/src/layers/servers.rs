//! The servers and profiles that are known, one of which is switched to: with the credentials that are kept for it, or else
//! by signing in.

use ratatui::layout::Rect;

use crate::action::{Answer, Failure};
use crate::cache::PaintCache;
use crate::effect::Request;
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::{Paper, centred, inside_box};
use crate::screen::{Go, Lines, Screen, Shared};
use crate::screens::{self, SignIn};

/// Rows that a failure may take, with one of air above it.
const FAILURE_ROWS: u16 = 3;

/// A list of servers, that which is spoken to marked.
pub struct Servers {
    chosen: usize,
    /// The question whether the kept credentials of the chosen one are valid.
    number: Option<u64>,
    failure: String,
}

impl Servers {
    /// The servers that are known now.
    pub fn new(shared: &Shared) -> Self {
        let chosen = shared.servers.iter().position(|name| *name == shared.server).unwrap_or(0);
        Self { chosen, number: None, failure: String::new() }
    }

    fn name(&self, shared: &Shared) -> String {
        shared.servers.get(self.chosen).cloned().unwrap_or_default()
    }

    fn go(&mut self, to: usize, shared: &Shared) {
        self.chosen = to.min(shared.servers.len().saturating_sub(1));
        self.failure.clear();
    }

    fn switch(&mut self, shared: &mut Shared) {
        let name = self.name(shared);
        if name == shared.server && shared.user.is_some() {
            return shared.hint(Role::Muted, format!("{name} is the current server."));
        }
        self.failure.clear();
        self.number = Some(shared.ask(Request::Switch(name)));
    }

    fn sign_in(&self, server: &str, why: &str, shared: &mut Shared) {
        let screen = SignIn::at(server, why, shared);
        shared.go(Go::Pop);
        shared.push(screen);
    }

    fn refused(&mut self, failure: &Failure, shared: &mut Shared) {
        let why = "No valid credentials are stored for this server.";
        match failure.is_unsigned() {
            true if shared.is_top => self.sign_in(&self.name(shared), why, shared),
            // Something is asked in front of it by now; its key leads to the form.
            true => self.failure = why.to_owned(),
            false => self.failure = failure.line(),
        }
    }

    fn failure_rows(&self) -> u16 {
        if self.failure.is_empty() { 0 } else { FAILURE_ROWS }
    }

    fn panel(&self, area: Rect, shared: &Shared) -> Rect {
        let rows = shared.servers.len() as u16 + 2 + self.failure_rows();
        centred(area, 64.min(area.width.saturating_sub(2)), rows.min(area.height))
    }

    fn list(&self, area: Rect, shared: &Shared) -> Rect {
        let inside = inside_box(self.panel(area, shared));
        Rect { height: inside.height.saturating_sub(self.failure_rows()), ..inside }
    }

    fn lines(&self, area: Rect, shared: &Shared) -> Lines {
        Lines::ending_with(self.chosen, shared.servers.len(), self.list(area, shared))
    }
}

impl Screen for Servers {
    fn title(&self) -> String {
        "Servers".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        match self.number {
            Some(_) => vec![Context::Sending],
            None => vec![Context::Servers, Context::Choice],
        }
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if self.number.is_some() {
            if command == Command::Cancel {
                shared.forget(self.number.take());
            }
            return command == Command::Cancel;
        }
        let page = usize::from(self.list(shared.body(), shared).height).max(1);
        match command {
            Command::Up => self.go(self.chosen.saturating_sub(1), shared),
            Command::Down => self.go(self.chosen + 1, shared),
            Command::PageUp => self.go(self.chosen.saturating_sub(page), shared),
            Command::PageDown => self.go(self.chosen + page, shared),
            Command::First => self.go(0, shared),
            Command::Last => self.go(usize::MAX, shared),
            Command::Accept => self.switch(shared),
            Command::SignIn => self.sign_in(&self.name(shared), "", shared),
            Command::New => self.sign_in("", "", shared),
            _ => return false,
        }
        true
    }

    fn asks(&self) -> Vec<u64> {
        self.number.into_iter().collect()
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        let (true, Answer::SignedIn(outcome)) = (self.number == Some(number), answer) else { return false };
        self.number = None;
        match outcome {
            Ok(user) => {
                let server = self.name(shared);
                shared.say(Role::Good, format!("Switched to {server} as {user}."));
                screens::arrive(server, user.clone(), shared);
            }
            Err(failure) => self.refused(failure, shared),
        }
        true
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        self.number.is_none().then(|| self.lines(shared.body(), shared))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.go(index, shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let panel = self.panel(area, shared);
        paper.boxed(panel, "Switch to", Role::Accent);
        let lines = self.lines(area, shared);
        let rows = usize::from(lines.area.height);
        paper.more(panel, lines.top, shared.servers.len().saturating_sub(lines.top + rows), None);
        let seen = shared.servers.iter().enumerate().skip(lines.top).take(rows);
        for ((index, name), row) in seen.zip(0..) {
            let is_here = *name == shared.server && shared.user.is_some();
            let mark = if is_here { paper.look.pick("●", "*") } else { " " };
            paper.text_at(lines.area, 0, row, mark, Role::Accent);
            paper.text_at(lines.area, 2, row, name, Role::Plain);
            if index == self.chosen {
                paper.tint(Rect { y: lines.area.y + row, height: 1, ..lines.area }, Role::Chosen);
            }
        }
        let below = Rect { y: lines.area.bottom(), height: self.failure_rows(), ..lines.area };
        let wrapped = impala_render::format::wrap(&self.failure, usize::from(below.width));
        for (row, line) in wrapped.iter().take(usize::from(FAILURE_ROWS) - 1).enumerate() {
            paper.text(below, row as u16 + 1, line, Role::Alarm);
        }
        super::question::draw_waiting(paper, panel, self.number, shared);
    }
}
