//! A project: its canvases, sources and members.

use crossterm::event::MouseEvent;
use impala_core::api::{Member, Role as Membership};
use impala_core::{Canvas, name};
use impala_render::format;
use ratatui::layout::Rect;

use super::{CanvasScreen, SourceScreen, UploadScreen, below_tabs};
use crate::action::{Answer, Failure, Live, ProjectContent};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Effect, ProjectAt, Request};
use crate::keymap::{Command, Context};
use crate::layers::{Confirm, Prompt};
use crate::list::{self, Line, List};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Screen, Shared, quoted};

/// What a project shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Canvases,
    Sources,
    Members,
}

const TABS: [Tab; 3] = [Tab::Canvases, Tab::Sources, Tab::Members];

/// A project and what is in it.
pub struct ProjectScreen {
    at: ProjectAt,
    content: Option<ProjectContent>,
    failure: Option<Failure>,
    tab: Tab,
    lists: [List; 3],
    number: u64,
    made: Option<(u64, String)>,
    /// A deletion or a change of members that is on its way.
    doing: Option<u64>,
}

impl ProjectScreen {
    /// A project, which is asked for and followed.
    pub fn new(at: ProjectAt, shared: &mut Shared) -> Self {
        shared.effect(Effect::Follow(Some(at.clone())));
        shared.note(format!("impala project show {at}"));
        let number = shared.ask(Request::Project(at.clone()));
        Self {
            at,
            content: None,
            failure: None,
            tab: Tab::Canvases,
            lists: Default::default(),
            number,
            made: None,
            doing: None,
        }
    }

    fn load(&mut self, shared: &mut Shared) {
        self.number = shared.ask_instead(Some(self.number), Request::Project(self.at.clone()));
    }

    fn names(&self) -> Vec<String> {
        let Some(content) = &self.content else { return Vec::new() };
        match self.tab {
            Tab::Canvases => {
                content.canvases.iter().map(|one| format!("{} {}", one.slug, one.title)).collect()
            }
            Tab::Sources => content.sources.iter().map(|one| one.name.clone()).collect(),
            Tab::Members => content.members.iter().map(|one| one.username.clone()).collect(),
        }
    }

    fn list(&mut self) -> &mut List {
        &mut self.lists[self.tab as usize]
    }

    fn chosen(&self) -> Option<String> {
        let names = self.names();
        let index = self.lists[self.tab as usize].index(names.iter().map(String::as_str))?;
        let content = self.content.as_ref()?;
        match self.tab {
            Tab::Canvases => content.canvases.get(index).map(|one| one.slug.clone()),
            Tab::Sources => content.sources.get(index).map(|one| one.name.clone()),
            Tab::Members => content.members.get(index).map(|one| one.username.clone()),
        }
    }

    fn open(&self, shared: &mut Shared) {
        let Some(name) = self.chosen() else { return };
        match self.tab {
            Tab::Canvases => {
                let screen = CanvasScreen::new(CanvasAt { project: self.at.clone(), slug: name }, shared);
                shared.push(screen);
            }
            Tab::Sources => {
                let screen = SourceScreen::new(self.at.clone(), name, shared);
                shared.push(screen);
            }
            Tab::Members => self.ask_member(Some(name), shared),
        }
    }

    /// Asks for a member's name and role; for the role of one who is there.
    fn ask_member(&self, name: Option<String>, shared: &mut Shared) {
        if shared.is_read_only {
            return;
        }
        let members = self.content.iter().flat_map(|content| &content.members);
        let role =
            members.filter(|one| Some(&one.username) == name.as_ref()).map(|one| one.role.as_str()).next();
        let text = name.map_or(String::new(), |name| format!("{name} {}", role.unwrap_or("viewer")));
        shared.push(Prompt::new(Purpose::Member, "Member: a name, then viewer or editor", text));
    }

    fn set_member(&mut self, text: &str, shared: &mut Shared) {
        let mut words = text.split_whitespace();
        let (Some(name), role, None) = (words.next(), words.next(), words.next()) else {
            return shared.say(Role::Alarm, format!("\"{text}\": expected a name, then viewer or editor"));
        };
        let role: Membership = match role.unwrap_or("viewer").parse() {
            Ok(role) => role,
            Err(why) => return shared.say(Role::Alarm, why),
        };
        let (username, at) = (name.to_owned(), self.at.clone());
        shared.note(format!("impala member add {} --role {} --project {at}", quoted(name), role.as_str()));
        self.doing = Some(shared.ask(Request::SetMember(at, Member { username, role })));
    }

    fn make_canvas(&mut self, name: &str, shared: &mut Shared) {
        let slug = name::slug_from(name);
        if slug.is_empty() {
            return shared.say(Role::Alarm, format!("\"{name}\" is no name: {}", name::SLUG_RULE));
        }
        let title = if slug == name { String::new() } else { name.to_owned() };
        let with_title =
            if title.is_empty() { String::new() } else { format!(" --title {}", quoted(&title)) };
        shared.note(format!("impala canvas create {slug}{with_title} --project {}", self.at));
        let number = shared.ask(Request::CreateCanvas(self.at.clone(), Box::new(Canvas::new(&slug, title))));
        self.made = Some((number, slug));
    }

    fn delete(&mut self, name: String, shared: &mut Shared) {
        self.doing = Some(match self.tab {
            Tab::Canvases => {
                shared.note(format!("impala canvas delete {name} --yes --project {}", self.at));
                shared.ask(Request::DeleteCanvas(CanvasAt { project: self.at.clone(), slug: name }))
            }
            Tab::Sources => {
                shared.note(format!("impala source delete {name} --yes --project {}", self.at));
                shared.ask(Request::DeleteSource(self.at.clone(), name))
            }
            Tab::Members => {
                shared.note(format!("impala member remove {} --project {}", quoted(&name), self.at));
                shared.ask(Request::RemoveMember(self.at.clone(), name))
            }
        });
    }

    fn lines(&self, index: usize) -> Option<Line> {
        let content = self.content.as_ref()?;
        Some(match self.tab {
            Tab::Canvases => {
                let one = content.canvases.get(index)?;
                let saved = format!("r{} by {}", one.revision.revision, one.revision.saved_by);
                Line::new([
                    one.slug.clone(),
                    one.title.clone(),
                    format::count(u64::from(one.blocks), "block"),
                    saved,
                ])
            }
            Tab::Sources => {
                let one = content.sources.get(index)?;
                Line::new([
                    one.name.clone(),
                    format!("@{}", one.current.version),
                    format::count(one.current.rows, "row"),
                    format::count(one.current.columns.len() as u64, "column"),
                    one.current.note.clone(),
                ])
            }
            Tab::Members => {
                let one = content.members.get(index)?;
                Line::new([one.username.clone(), one.role.as_str().to_owned()])
            }
        })
    }

    fn tabs(&self) -> [String; 3] {
        let count = |count: Option<usize>| count.map_or(String::new(), |count| format!(" {count}"));
        let content = self.content.as_ref();
        [
            format!("Canvases{}", count(content.map(|one| one.canvases.len()))),
            format!("Sources{}", count(content.map(|one| one.sources.len()))),
            format!("Members{}", count(content.map(|one| one.members.len()))),
        ]
    }

    fn header(&self) -> &'static [&'static str] {
        match self.tab {
            Tab::Canvases => &["Canvas", "Title", "Blocks", "Saved"],
            Tab::Sources => &["Source", "Version", "Rows", "Columns", "Note"],
            Tab::Members => &["Member", "Role"],
        }
    }

    /// Whether it is another state of the project than the one that is shown.
    fn is_news(&self, live: &Live) -> bool {
        let Live::Canvas { slug, revision } = live else { return true };
        let canvases = self.content.iter().flat_map(|content| &content.canvases);
        let known = canvases.filter(|one| one.slug == *slug).map(|one| one.revision.revision).next();
        self.content.is_some() && known != *revision
    }

    fn empty(&self) -> String {
        match (&self.failure, &self.content, self.tab) {
            (Some(failure), ..) => failure.line(),
            (None, None, _) => "…".to_owned(),
            (.., Tab::Canvases) => "No canvas yet. n makes one.".to_owned(),
            (.., Tab::Sources) => "No source yet. U uploads a CSV file.".to_owned(),
            (.., Tab::Members) => "No members.".to_owned(),
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

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        vec![Context::Project, Context::List]
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let names = self.names();
        let count = self.lists[self.tab as usize].shown(names.iter().map(String::as_str)).len();
        if self.list().command(command, count, usize::from(shared.size.1 / 2)) {
            return true;
        }
        match command {
            Command::Accept => self.open(shared),
            Command::NextTab => self.tab = TABS[(self.tab as usize + 1) % 3],
            Command::PreviousTab => self.tab = TABS[(self.tab as usize + 2) % 3],
            Command::New if self.tab == Tab::Members => self.ask_member(None, shared),
            Command::New if !shared.is_read_only => {
                shared.push(Prompt::new(Purpose::NewCanvas, "Title of the new canvas", ""));
            }
            Command::Upload if !shared.is_read_only => {
                let screen = UploadScreen::new(self.at.clone(), None, shared);
                shared.push(screen);
            }
            Command::Delete if !shared.is_read_only => {
                if let Some(name) = self.chosen() {
                    let (question, detail) = match self.tab {
                        Tab::Members => (format!("Remove {name} from this project?"), "What they did stays."),
                        _ => (format!("Delete {name}?"), "Its history goes with it. That cannot be undone."),
                    };
                    shared.push(Confirm::new(Purpose::Delete(name), question, detail));
                }
            }
            Command::Search => {
                let filter = self.list().filter.clone();
                shared.push(Prompt::new(Purpose::Filter, "Show what matches", filter));
            }
            Command::Refresh => self.load(shared),
            _ => return false,
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        match answer {
            Answer::Project(outcome) if number == self.number => match outcome {
                Ok(content) => {
                    self.content = Some((**content).clone());
                    self.failure = None;
                }
                Err(failure) => self.failure = Some(failure.clone()),
            },
            Answer::Done(outcome) if self.doing == Some(number) => {
                self.doing = None;
                if let Err(failure) = outcome {
                    shared.fail(failure);
                }
                self.load(shared);
            }
            Answer::Saved(outcome) if self.made.as_ref().is_some_and(|(made, _)| *made == number) => {
                let slug = self.made.take().map(|(_, slug)| slug).unwrap_or_default();
                match outcome {
                    Ok(_) => {
                        let screen = CanvasScreen::new(CanvasAt { project: self.at.clone(), slug }, shared);
                        shared.push(screen);
                    }
                    Err(failure) => shared.fail(failure),
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
            Message::Typed(Purpose::Filter, text) => *self.list() = List { filter: text, chosen: 0 },
            // That one, whatever the list has become meanwhile.
            Message::Confirmed(Purpose::Delete(name)) => self.delete(name, shared),
            _ => {}
        }
    }

    fn returned(&mut self, shared: &mut Shared) {
        self.load(shared);
    }

    fn signed_in_again(&mut self, shared: &mut Shared) {
        shared.effect(Effect::Follow(Some(self.at.clone())));
        self.load(shared);
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let body = super::inside(shared.body());
        let names = self.names();
        let count = self.lists[self.tab as usize].shown(names.iter().map(String::as_str)).len();
        let area = list::lines_of(below_tabs(body));
        Some(Lines { area, chosen: self.lists[self.tab as usize].chosen, count })
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.list().chosen = index;
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
            && !matches!(live, Live::Offline(_) | Live::Unsigned)
            && self.is_news(live)
        {
            self.load(shared);
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, _shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        super::tabs(paper, area, &self.tabs(), self.tab as usize);
        let below = below_tabs(area);
        let list = &self.lists[self.tab as usize];
        let texts = self.names();
        let shown = list.shown(texts.iter().map(String::as_str));
        let lines: Vec<Line> = shown.iter().filter_map(|index| self.lines(*index)).collect();
        list::draw_with_detail(paper, below, self.header(), (&lines, list.chosen), &self.empty(), None);
    }
}
