//! All projects that the user may see.

use crossterm::event::KeyEvent;
use impala_core::api::{Project, ProjectCreate, Role as Membership};
use impala_render::format;
use ratatui::layout::Rect;

use super::ProjectScreen;
use crate::action::{Answer, Failure, Outcome, ProjectContent};
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::keymap::{Binding, Command, Context};
use crate::layers::{Confirm, Prompt};
use crate::list::{self, Head, Line, List, Sheet};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared, Subject};

const HEADER: [Head; 4] =
    [list::text("Project"), list::text("Title"), list::whole("Role"), list::text("Description")];

/// What is asked for a new project.
const NEW: &str = "Name of the new project";

/// The list of projects.
pub struct Projects {
    projects: Option<Vec<Project>>,
    failure: Option<Failure>,
    list: List,
    /// The project that is to be chosen once it is there.
    wanted: Option<ProjectAt>,
    number: u64,
    /// A project that is being made: the number of the question, and what was typed.
    made: Option<(u64, String)>,
    /// One that is being deleted.
    deleting: Option<(u64, ProjectAt)>,
}

/// How much goes with a project.
fn goes_with(answer: &Answer) -> Option<Outcome<String>> {
    let Answer::Project(outcome) = answer else { return None };
    let words = |content: &ProjectContent| {
        let count = |number: usize, noun| format::count(number as u64, noun);
        let (canvases, sources) = (content.canvases.len(), content.sources.len());
        match canvases + sources {
            0 => "It holds no canvases and no sources.".to_owned(),
            _ => {
                let (canvases, sources) = (count(canvases, "canvas"), count(sources, "source"));
                format!("{canvases} and {sources} go with it, with all their history.")
            }
        }
    };
    Some(outcome.as_ref().map(|content| words(content)).map_err(Failure::clone))
}

impl Projects {
    /// The list, which is asked for.
    pub fn new(shared: &mut Shared) -> Self {
        let number = shared.ask(Request::Projects);
        Self {
            projects: None,
            failure: None,
            list: List::default(),
            wanted: None,
            number,
            made: None,
            deleting: None,
        }
    }

    /// Lines that are seen at once.
    fn rows(shared: &Shared) -> usize {
        usize::from(list::rows_of(super::inside(shared.body())).height)
    }

    fn names(&self) -> Vec<String> {
        let projects = self.projects.iter().flatten();
        projects
            .map(|project| {
                format!("{}/{} {} {}", project.owner, project.slug, project.title, project.description)
            })
            .collect()
    }

    fn project(&self) -> Option<&Project> {
        let index = self.list.index(&self.names())?;
        self.projects.as_ref()?.get(index)
    }

    fn chosen(&self) -> Option<ProjectAt> {
        let project = self.project()?;
        Some(ProjectAt { owner: project.owner.clone(), slug: project.slug.clone() })
    }

    /// What stands where no project does.
    fn empty(&self, shared: &Shared) -> String {
        match (&self.failure, &self.projects) {
            (Some(failure), _) => format!("{} {}", failure.line(), super::try_again(shared)),
            (None, None) => super::WAITING.to_owned(),
            (None, Some(projects)) if !projects.is_empty() => super::nothing_shown(&self.list, shared),
            _ if shared.is_read_only => "You have no projects yet.".to_owned(),
            _ => format!(
                "You have no projects yet. A project holds data sources and the canvases that show them. {} creates one; in it, {} uploads a CSV file.",
                shared.key(Context::Projects, Command::New),
                shared.key(Context::Project, Command::Upload)
            ),
        }
    }

    /// Chooses the project that is wanted.
    fn seek(&mut self, shared: &Shared) {
        let Some(wanted) = &self.wanted else { return };
        let mut projects = self.projects.iter().flatten();
        let index = projects.position(|one| one.owner == wanted.owner && one.slug == wanted.slug);
        self.list.seek(index, &self.names(), Self::rows(shared));
    }

    fn load(&mut self, shared: &mut Shared) {
        self.number = shared.ask_instead(Some(self.number), Request::Projects);
    }

    fn make(&mut self, typed: String, shared: &mut Shared) {
        let (slug, title) = match super::slug_and_title(&typed) {
            Ok(named) => named,
            Err(why) => return shared.push(Prompt::new(Purpose::NewProject, NEW, typed).refused(why)),
        };
        shared.note(format!("impala project create {slug}{}", super::title_flag(&title)));
        let project = ProjectCreate { slug, title, description: String::new() };
        self.made = Some((shared.ask_and_wait(Request::CreateProject(project)), typed));
    }
}

impl Screen for Projects {
    fn title(&self) -> String {
        "Projects".to_owned()
    }

    fn status(&self, shared: &Shared) -> (Role, String) {
        (Role::Muted, format!("{} at {}", shared.user.as_deref().unwrap_or_default(), shared.server))
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let owns = self.project().is_none_or(|project| project.role == Membership::Owner);
        let is_empty = self.projects.as_ref().is_some_and(Vec::is_empty) && !self.list.is_filtering();
        match command {
            Command::Accept | Command::Delete | Command::Search if is_empty => Some(Refusal::EMPTY),
            Command::New | Command::Delete if shared.is_read_only => Some(Refusal::READ_ONLY),
            Command::Delete if !owns => {
                Some(Refusal { short: "owner only", sentence: "Only its owner deletes a project." })
            }
            _ => None,
        }
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        self.list.word(binding)
    }

    fn list(&self) -> Option<&List> {
        Some(&self.list)
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.list.contexts(Context::Projects)
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        self.list.key(key, &self.names(), Self::rows(shared));
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        self.list.paste(text, &self.names(), Self::rows(shared));
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        if self.list.command(command, &self.names(), Self::rows(shared)) {
            return true;
        }
        match command {
            Command::Accept => {
                if let Some(at) = self.chosen() {
                    let screen = ProjectScreen::new(at, shared);
                    shared.push(screen);
                }
            }
            Command::New => {
                shared.push(Prompt::new(Purpose::NewProject, NEW, ""));
            }
            Command::Delete => {
                if let Some(at) = self.chosen() {
                    let number = shared.ask(Request::Project(at.clone()));
                    let question = format!("Delete the project {at}?");
                    let detail = "This cannot be undone.";
                    let confirm = Confirm::new(Purpose::Delete(at.to_string()), question, detail);
                    shared.push(confirm.after(number, "what goes with it", goes_with));
                }
            }
            Command::Refresh => self.load(shared),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Projects(outcome) if number == self.number => match outcome {
                Ok(projects) => {
                    // What is chosen stays chosen wherever its line is.
                    self.wanted = self.wanted.take().or_else(|| self.chosen());
                    shared.keep(&mut self.projects, projects);
                    shared.is_same &= self.failure.take().is_none();
                    self.seek(shared);
                    self.wanted = None;
                }
                Err(failure) => self.failure = Some(failure.clone()),
            },
            Answer::ProjectMade(Ok(project))
                if self.made.as_ref().is_some_and(|(made, _)| *made == number) =>
            {
                self.made = None;
                let at = ProjectAt { owner: project.owner.clone(), slug: project.slug.clone() };
                let screen = ProjectScreen::new(at, shared);
                shared.push(screen);
            }
            Answer::ProjectMade(Err(failure))
                if self.made.as_ref().is_some_and(|(made, _)| *made == number) =>
            {
                let typed = self.made.take().map(|(_, typed)| typed).unwrap_or_default();
                shared.push(Prompt::new(Purpose::NewProject, NEW, typed).refused(failure.line()));
            }
            Answer::Done(outcome) if self.deleting.as_ref().is_some_and(|(asked, _)| *asked == number) => {
                let deleted = self.deleting.take().map(|(_, at)| at);
                match (outcome, deleted) {
                    (Ok(()), Some(at)) => shared.say(Role::Good, format!("Deleted the project {at}.")),
                    (Ok(()), None) => {}
                    (Err(failure), _) => shared.fail(failure),
                }
                self.load(shared);
            }
            _ => return false,
        }
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Typed(Purpose::NewProject, name) if !name.is_empty() => {
                self.make(name, shared);
            }
            Message::Confirmed(Purpose::Delete(name)) => {
                if let Some((owner, slug)) = name.split_once('/') {
                    let at = ProjectAt { owner: owner.to_owned(), slug: slug.to_owned() };
                    shared.note(format!("impala project delete {at} --yes"));
                    self.deleting = Some((shared.ask_and_wait(Request::DeleteProject(at.clone())), at));
                }
            }
            _ => {}
        }
    }

    fn asks(&self) -> Vec<u64> {
        vec![self.number]
    }

    fn choose_left(&mut self, subject: &Subject, shared: &mut Shared) {
        if let Subject::Project(at) = subject {
            self.wanted = Some(at.clone());
            self.seek(shared);
        }
    }

    fn returned(&mut self, shared: &mut Shared) {
        shared.leave_project();
        self.load(shared);
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        Some(self.list.lines(list::rows_of(super::inside(shared.body())), &self.names()))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        self.list.choose(index, Self::rows(shared));
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let lines: Vec<Line> = self
            .list
            .shown(&self.names())
            .into_iter()
            .filter_map(|index| self.projects.as_ref()?.get(index))
            .map(|project| {
                Line::new([
                    format!("{}/{}", project.owner, project.slug),
                    project.title.clone(),
                    project.role.as_str().to_owned(),
                    project.description.clone(),
                ])
            })
            .collect();
        let sheet = Sheet { header: &HEADER, lines, empty: &self.empty(shared) };
        sheet.draw_with_detail(paper, area, &self.list);
    }
}
