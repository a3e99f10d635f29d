//! A project: its canvases, sources and members.

use crossterm::event::MouseEvent;
use impala_core::Canvas;
use impala_core::api::{Member, Role as Membership};
use impala_render::format;
use ratatui::layout::Rect;

use super::{CanvasScreen, SourceScreen, UploadScreen, below_tabs};
use crate::action::{Answer, Failure, Live, ProjectContent};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Effect, ProjectAt, Request};
use crate::keymap::{Binding, Command, Context};
use crate::layers::{Confirm, Prompt};
use crate::list::{self, Line, List};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared, quoted};

/// What a project shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Canvases,
    Sources,
    Members,
}

const TABS: [Tab; 3] = [Tab::Canvases, Tab::Sources, Tab::Members];

const CANVAS: &str = "Title of the new canvas";
const MEMBER: &str = "Member: a name, then viewer or editor";

/// A canvas that is being made.
struct Made {
    number: u64,
    slug: String,
    typed: String,
}

/// A project and what is in it.
pub struct ProjectScreen {
    at: ProjectAt,
    content: Option<ProjectContent>,
    failure: Option<Failure>,
    tab: Tab,
    lists: [List; 3],
    number: u64,
    made: Option<Made>,
    /// A deletion or a change of members that is on its way, with what was typed for it.
    doing: Option<(u64, Option<String>)>,
}

impl ProjectScreen {
    /// A project, which is asked for and followed.
    pub fn new(at: ProjectAt, shared: &mut Shared) -> Self {
        shared.effect(Effect::Follow(Some(at.clone())));
        shared.role = None;
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
        let members = self.content.iter().flat_map(|content| &content.members);
        let role =
            members.filter(|one| Some(&one.username) == name.as_ref()).map(|one| one.role.as_str()).next();
        let text = name.map_or(String::new(), |name| format!("{name} {}", role.unwrap_or("viewer")));
        shared.push(Prompt::new(Purpose::Member, MEMBER, text));
    }

    /// Why what was typed for a member is refused, with all of it to change.
    fn refuse_member(text: &str, why: impl Into<String>, shared: &mut Shared) {
        shared.push(Prompt::new(Purpose::Member, MEMBER, text).refused(why));
    }

    fn set_member(&mut self, text: &str, shared: &mut Shared) {
        let mut words = text.split_whitespace();
        let (Some(name), role, None) = (words.next(), words.next(), words.next()) else {
            return Self::refuse_member(text, "Expected a name, then viewer or editor.", shared);
        };
        let role: Membership = match role.unwrap_or("viewer").parse() {
            Ok(role) => role,
            Err(why) => return Self::refuse_member(text, why, shared),
        };
        let (username, at) = (name.to_owned(), self.at.clone());
        shared.note(format!("impala member add {} --role {} --project {at}", quoted(name), role.as_str()));
        let request = Request::SetMember(at, Member { username, role });
        self.doing = Some((shared.ask_and_wait(request), Some(text.to_owned())));
    }

    fn make_canvas(&mut self, name: &str, shared: &mut Shared) {
        let (slug, title) = match super::slug_and_title(name) {
            Ok(named) => named,
            Err(why) => return shared.push(Prompt::new(Purpose::NewCanvas, CANVAS, name).refused(why)),
        };
        let with_title = super::title_flag(&title);
        shared.note(format!("impala canvas create {slug}{with_title} --project {}", self.at));
        let request = Request::CreateCanvas(self.at.clone(), Box::new(Canvas::new(&slug, title)));
        let number = shared.ask_and_wait(request);
        self.made = Some(Made { number, slug, typed: name.to_owned() });
    }

    fn delete(&mut self, name: String, shared: &mut Shared) {
        let number = match self.tab {
            Tab::Canvases => {
                shared.note(format!("impala canvas delete {name} --yes --project {}", self.at));
                shared.ask_and_wait(Request::DeleteCanvas(CanvasAt { project: self.at.clone(), slug: name }))
            }
            Tab::Sources => {
                shared.note(format!("impala source delete {name} --yes --project {}", self.at));
                shared.ask_and_wait(Request::DeleteSource(self.at.clone(), name))
            }
            Tab::Members => {
                shared.note(format!("impala member remove {} --project {}", quoted(&name), self.at));
                shared.ask_and_wait(Request::RemoveMember(self.at.clone(), name))
            }
        };
        self.doing = Some((number, None));
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

    fn empty(&self, shared: &Shared) -> String {
        let filter = &self.lists[self.tab as usize].filter;
        let key = |command| shared.key(Context::Project, command);
        match (&self.failure, &self.content, self.tab) {
            (Some(failure), ..) => failure.line(),
            (None, None, _) => "…".to_owned(),
            _ if !filter.is_empty() => format!("Nothing matches \"{filter}\"."),
            (.., Tab::Canvases) if shared.reads_only() => "No canvas yet.".to_owned(),
            (.., Tab::Sources) if shared.reads_only() => "No source yet.".to_owned(),
            (.., Tab::Canvases) => format!("No canvas yet. {} makes one.", key(Command::New)),
            (.., Tab::Sources) => format!("No source yet. {} uploads a CSV file.", key(Command::Upload)),
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
        let only = self.lists[self.tab as usize].only();
        (Role::Muted, format!("{only}{} · {role}", shared.user.as_deref().unwrap_or_default()))
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        let is_change = match command {
            Command::New | Command::Upload | Command::Delete => true,
            Command::Accept => self.tab == Tab::Members,
            _ => false,
        };
        // Whoever is a member may go, whatever their role.
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
        self.lists[self.tab as usize].word(binding)
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
            Command::New => {
                shared.push(Prompt::new(Purpose::NewCanvas, CANVAS, ""));
            }
            Command::Upload => {
                let screen = UploadScreen::new(self.at.clone(), None, shared);
                shared.push(screen);
            }
            Command::Delete => {
                if let Some(name) = self.chosen() {
                    let (question, detail) = match self.tab {
                        Tab::Members => (format!("Remove {name} from this project?"), "What they did stays."),
                        _ => (format!("Delete {name}?"), "Its history goes with it. That cannot be undone."),
                    };
                    shared.push(Confirm::new(Purpose::Delete(name), question, detail));
                }
            }
            Command::Cancel if !self.list().filter.is_empty() => *self.list() = List::default(),
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
                    shared.role = Some(content.project.role);
                    shared.keep(&mut self.content, content);
                    shared.is_same &= self.failure.take().is_none();
                }
                Err(failure) => self.failure = Some(failure.clone()),
            },
            Answer::Done(outcome) if self.doing.as_ref().is_some_and(|(doing, _)| *doing == number) => {
                let typed = self.doing.take().and_then(|(_, typed)| typed);
                match (outcome, typed) {
                    (Ok(()), _) => {}
                    (Err(failure), Some(typed)) => Self::refuse_member(&typed, failure.line(), shared),
                    (Err(failure), None) => shared.fail(failure),
                }
                self.load(shared);
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

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        super::tabs(paper, area, &self.tabs(), self.tab as usize);
        let below = below_tabs(area);
        let list = &self.lists[self.tab as usize];
        let texts = self.names();
        let shown = list.shown(texts.iter().map(String::as_str));
        let lines: Vec<Line> = shown.iter().filter_map(|index| self.lines(*index)).collect();
        list::draw_with_detail(paper, below, self.header(), (&lines, list.chosen), &self.empty(shared), None);
    }
}
