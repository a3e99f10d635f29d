//! Before anything is known: who is signed in decides what comes first.

use impala_core::api::Project;
use ratatui::layout::Rect;

use super::{CanvasScreen, ProjectScreen, Projects, SignIn};
use crate::action::{Answer, Failure};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Effect, ProjectAt, Request};
use crate::keymap::{Command, Context};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Go, Screen, Shared};

/// What the program was asked to open: `project`, `owner/project`, `project/canvas` or `owner/project/canvas`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    parts: Vec<String>,
}

impl Target {
    /// Reads an address.
    pub fn read(text: &str) -> Self {
        let parts = text.split('/').filter(|part| !part.is_empty()).take(3).map(str::to_owned);
        Self { parts: parts.collect() }
    }

    /// What it means to `me`, whose projects are those.
    fn resolve(&self, me: &str, projects: &[Project]) -> (Option<ProjectAt>, Option<String>) {
        let at = |owner: &str, slug: &str| Some(ProjectAt { owner: owner.to_owned(), slug: slug.to_owned() });
        match self.parts.as_slice() {
            [] => (None, None),
            [slug] => (at(me, slug), None),
            [owner, slug, canvas, ..] => (at(owner, slug), Some(canvas.clone())),
            [first, second] => {
                let is_project = projects.iter().any(|one| one.owner == *first && one.slug == *second);
                if is_project { (at(first, second), None) } else { (at(me, first), Some(second.clone())) }
            }
        }
    }
}

/// Waits for who is signed in.
pub struct Start {
    target: Target,
    number: u64,
    failure: Option<Failure>,
}

impl Start {
    /// Asks who is signed in; then opens `target`.
    pub fn new(target: Target, shared: &mut Shared) -> Self {
        Self { target, number: shared.ask(Request::Me), failure: None }
    }
}

/// Opens the projects of `user` at the server of that name, and leaves all that was open elsewhere.
pub fn arrive(server: String, user: String, shared: &mut Shared) {
    arrive_for(&Target::default(), server, user, shared);
}

/// The same for `target`, now that `user` is signed in there.
pub(super) fn arrive_for(target: &Target, server: String, user: String, shared: &mut Shared) {
    go_on_at(server, user, shared);
    shared.leave_project();
    shared.is_signing_in = false;
    let number = shared.ask(Request::Projects);
    shared.go(Go::Start(Box::new(Start { target: target.clone(), number, failure: None })));
}

/// All that is asked from now on is asked as `user` at the server of that name.
pub(super) fn go_on_at(server: String, user: String, shared: &mut Shared) {
    if !shared.servers.contains(&server) {
        shared.servers.push(server.clone());
    }
    shared.effect(Effect::Server(server.clone()));
    (shared.server, shared.user) = (server, Some(user));
}

/// The screens that lead to a project and a canvas of it.
fn lead_to(project: Option<ProjectAt>, canvas: Option<String>, shared: &mut Shared) {
    let projects = Projects::new(shared);
    shared.go(Go::Start(Box::new(projects)));
    let Some(project) = project else { return };
    let screen = ProjectScreen::new(project.clone(), shared);
    shared.push(screen);
    if let Some(slug) = canvas {
        let screen = CanvasScreen::new(CanvasAt { project, slug }, shared);
        shared.push(screen);
    }
    if shared.leaves_from_target {
        shared.go(Go::End);
    }
}

impl Screen for Start {
    fn title(&self) -> String {
        String::new()
    }

    fn is_read_only(&self, _shared: &Shared) -> bool {
        false
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        if self.failure.is_some() { vec![Context::Start] } else { Vec::new() }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Refresh => {
                self.failure = None;
                self.number = shared.ask(Request::Me);
            }
            Command::SignIn => {
                let why = self.failure.as_ref().map(Failure::line).unwrap_or_default();
                let screen = SignIn::elsewhere(&self.target, shared, &why);
                shared.go(Go::Start(Box::new(screen)));
            }
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        if number != self.number {
            return false;
        }
        match answer {
            Answer::SignedIn(Ok(user)) => {
                shared.user = Some(user.clone());
                self.number = shared.ask(Request::Projects);
            }
            Answer::Projects(Ok(projects)) => {
                let me = shared.user.clone().unwrap_or_default();
                let (project, canvas) = self.target.resolve(&me, projects);
                lead_to(project, canvas, shared);
            }
            Answer::SignedIn(Err(failure)) | Answer::Projects(Err(failure)) if failure.is_unsigned() => {
                let screen = SignIn::before(&self.target, shared, "");
                shared.go(Go::Start(Box::new(screen)));
            }
            Answer::SignedIn(Err(failure)) | Answer::Projects(Err(failure)) => {
                self.failure = Some(failure.clone());
            }
            _ => return false,
        }
        true
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let server = &shared.server;
        match &self.failure {
            None => {
                paper.text(area, 0, &format!("Connecting to {server} …"), Role::Muted);
            }
            Some(failure) => {
                let below = paper.wrapped(area, 0, &failure.line(), Role::Alarm) + 1;
                // No server has answered.
                if failure.status.is_none() {
                    let ways = [
                        "`impala serve` starts a server here.",
                        "`impala open FILE` looks at a file without one.",
                    ];
                    ways.iter().fold(below, |row, way| paper.wrapped(area, row, way, Role::Muted));
                }
            }
        }
    }
}
