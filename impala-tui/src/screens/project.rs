//! A project: its canvases, sources and members.

mod deeds;
mod listing;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::api::Role as Membership;
use ratatui::layout::Rect;

use super::{CanvasScreen, UploadScreen, below_tabs};
use crate::action::{Answer, Failure, Live, ProjectContent};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, ProjectAt, Request};
use crate::keymap::{Binding, Command, Context};
use crate::layers::Prompt;
use crate::list::{Line, List, Sheet};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared, Subject};
use deeds::CANVAS;
use listing::{TABS, Tab};

/// A canvas that is being made.
struct Made {
    number: u64,
    slug: String,
    typed: String,
}

/// A deletion or a change of members that is on its way.
struct Doing {
    number: u64,
    /// What was typed for it, to be typed again when it is refused.
    typed: Option<String>,
    /// What is said when it is done.
    done: String,
}

/// A project and what is in it.
pub struct ProjectScreen {
    at: ProjectAt,
    content: Option<ProjectContent>,
    failure: Option<Failure>,
    tab: Tab,
    lists: [List; 3],
    /// The name of the line that is to be chosen once it is there.
    wanted: Option<String>,
    number: u64,
    made: Option<Made>,
    doing: Option<Doing>,
}

impl ProjectScreen {
    /// A project, which is asked for and followed.
    pub fn new(at: ProjectAt, shared: &mut Shared) -> Self {
        shared.follow(at.clone());
        shared.role = None;
        shared.note(format!("impala project show {at}"));
        let number = shared.ask(Request::Project(at.clone()));
        Self {
            at,
            content: None,
            failure: None,
            tab: Tab::Canvases,
            lists: Default::default(),
            wanted: None,
            number,
            made: None,
            doing: None,
        }
    }

    fn load(&mut self, shared: &mut Shared) {
        self.number = shared.ask_instead(Some(self.number), Request::Project(self.at.clone()));
    }

    /// Takes what is in the project now. What is chosen stays chosen wherever its line is.
    fn take(&mut self, content: &ProjectContent, shared: &mut Shared) {
        shared.role = Some(content.project.role);
        self.wanted = self.wanted.take().or_else(|| self.chosen());
        shared.keep(&mut self.content, content);
        shared.is_same &= self.failure.take().is_none();
        self.seek(shared);
        self.wanted = None;
    }

    /// Whether it is another state of the project than the one that is shown.
    fn is_news(&self, live: &Live) -> bool {
        let canvases = || self.content.iter().flat_map(|content| &content.canvases);
        let known = |slug: &String| canvases().find(|one| one.slug == *slug).map(|one| &one.revision);
        match live {
            Live::Saved(state) => self.content.is_some() && known(&state.canvas) != Some(&state.revision),
            Live::Deleted(slug) => known(slug).is_some(),
            _ => true,
        }
    }
}

impl Screen for ProjectScreen {
    fn title(&self) -> String {
        self.at.to_string()
    }

    fn status(&self, shared: &Shared) -> (Role, String) {
        let role = self.content.as_ref().map(|content| content.project.role.as_str()).unwrap_or_default();
        (Role::Muted, format!("{} · {role}", shared.user.as_deref().unwrap_or_default()))
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let is_of_lines = matches!(command, Command::Accept | Command::Delete | Command::Search);
        let is_filtering = self.lists[self.tab as usize].is_filtering();
        if is_of_lines && self.content.is_some() && self.names().is_empty() && !is_filtering {
            return Some(Refusal::EMPTY);
        }
        let is_change = match command {
            Command::New | Command::Upload | Command::Delete => true,
            Command::Accept => self.tab == Tab::Members,
            _ => false,
        };
        // Any member may leave, whatever their role.
        let leaves = command == Command::Delete && self.tab == Tab::Members && self.chosen() == shared.user;
        let is_of_members = self.tab == Tab::Members && command != Command::Upload;
        let owns = shared.role.is_none_or(|role| role == Membership::Owner);
        match is_change {
            false => None,
            true if leaves && !shared.is_read_only => None,
            true if shared.reads_only() => Some(Refusal::READ_ONLY),
            true if is_of_members && !owns => Some(Refusal {
                short: "owner only",
                sentence: "Only the owner of a project changes its members.",
            }),
            true => None,
        }
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        match (binding.command, self.tab) {
            (Command::New, Tab::Sources) => None,
            (Command::New, Tab::Members) => Some("add"),
            (Command::Accept, Tab::Members) if binding.context == Context::Project => Some("role"),
            _ => self.shown().word(binding),
        }
    }

    fn list(&self) -> Option<&List> {
        Some(self.shown())
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.shown().contexts(Context::Project)
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        let names = self.names();
        self.shown_mut().key(key, &names, Self::rows(shared));
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        let names = self.names();
        self.shown_mut().paste(text, &names, Self::rows(shared));
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let names = self.names();
        if self.shown_mut().command(command, &names, Self::rows(shared)) {
            return true;
        }
        match command {
            Command::Accept => self.open(shared),
            Command::NextTab => self.tab = TABS[(self.tab as usize + 1) % 3],
            Command::PreviousTab => self.tab = TABS[(self.tab as usize + 2) % 3],
            Command::New if self.tab == Tab::Members => self.ask_member(None, shared),
            Command::New if self.tab == Tab::Canvases => {
                shared.push(Prompt::new(Purpose::NewCanvas, CANVAS, ""));
            }
            // A new source is one that is uploaded.
            Command::New | Command::Upload => {
                let screen = UploadScreen::new(self.at.clone(), None, shared);
                shared.push(screen);
            }
            Command::Delete => self.ask_to_delete(shared),
            Command::Refresh => self.load(shared),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Project(outcome) if number == self.number => match outcome {
                Ok(content) => self.take(content, shared),
                Err(failure) => self.failure = Some(failure.clone()),
            },
            Answer::Done(outcome) if self.doing.as_ref().is_some_and(|doing| doing.number == number) => {
                self.done(outcome, shared);
            }
            Answer::Saved(outcome) if self.made.as_ref().is_some_and(|made| made.number == number) => {
                let Some(Made { slug, typed, .. }) = self.made.take() else { return false };
                match outcome {
                    Ok(_) => {
                        let screen = CanvasScreen::new(CanvasAt { project: self.at.clone(), slug }, shared);
                        shared.push(screen);
                    }
                    Err(failure) => {
                        shared.push(Prompt::new(Purpose::NewCanvas, CANVAS, typed).refused(failure.line()));
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Typed(Purpose::NewCanvas, name) if !name.is_empty() => self.make_canvas(&name, shared),
            Message::Typed(Purpose::Member, text) if !text.is_empty() => self.set_member(&text, shared),
            // That one, whatever the list has become meanwhile.
            Message::Confirmed(Purpose::Delete(name)) => self.delete(name, shared),
            _ => {}
        }
    }

    fn asks(&self) -> Vec<u64> {
        vec![self.number]
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::Project(self.at.clone()))
    }

    fn choose_left(&mut self, subject: &Subject, shared: &mut Shared) {
        let (tab, name) = match subject {
            Subject::Canvas(slug) => (Tab::Canvases, slug),
            Subject::Source(name) => (Tab::Sources, name),
            Subject::Project(_) => return,
        };
        // The tab stays as it was: what is uploaded from the canvases leads back to them.
        if tab == self.tab {
            self.wanted = Some(name.clone());
            self.seek(shared);
        }
    }

    fn returned(&mut self, shared: &mut Shared) {
        self.load(shared);
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        shared.follow(self.at.clone());
        self.load(shared);
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        Some(self.shown().lines(Self::lines_area(shared), &self.names()))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.shown_mut().choose(index, Self::rows(shared));
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        if let Some(tab) = super::tab_at(super::inside(shared.body()), &self.tabs(), mouse) {
            self.tab = TABS[tab];
        }
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        let is_first = *live == Live::Online && shared.offline.is_none();
        // What is not seen is loaded again when it is returned to.
        if shared.is_seen
            && !is_first
            && !matches!(live, Live::Offline(_) | Live::Unsigned | Live::Closed(_))
            && self.is_news(live)
        {
            self.load(shared);
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        super::tabs(paper, area, &self.tabs(), self.tab as usize);
        let below = below_tabs(area);
        let shown = self.shown().shown(&self.names());
        let lines: Vec<Line> = shown.into_iter().filter_map(|index| self.lines(index)).collect();
        let sheet = Sheet { header: self.header(), lines, empty: &self.empty(shared) };
        sheet.draw_with_detail(paper, below, self.shown());
    }
}
