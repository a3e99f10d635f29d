//! A source: its columns and why they have their types, its rows, statistics and versions.

mod answers;
mod copying;
mod distribution;
mod listing;
mod rows;
mod statistics;

use crossterm::event::{KeyEvent, MouseEvent};
use impala_core::api::ColumnStats;
use impala_core::source::{Source, SourceRef, SourceVersion};
use impala_core::{document, propose};
use impala_render::format;
use ratatui::layout::Rect;

use super::{UploadScreen, below_tabs};
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::effect::{ProjectAt, Request};
use crate::keymap::{Binding, Command, Context};
use crate::layers::Confirm;
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared};
use crate::table::{DataTable, Reaction};
use copying::Copying;
use listing::{NAMES, TABS, Tab};
use rows::{Looking, WINDOW};

/// Which question has which number.
#[derive(Debug, Default)]
struct Numbers {
    source: Option<u64>,
    stats: Option<u64>,
    versions: Option<u64>,
    rows: Option<u64>,
    /// A version that is made the current one, which is never given up for a newer question.
    rolled_back: Option<u64>,
    searched: Option<Looking>,
}

/// A source.
pub struct SourceScreen {
    project: ProjectAt,
    name: String,
    source: Option<Source>,
    stats: Option<Vec<ColumnStats>>,
    versions: Option<Vec<SourceVersion>>,
    table: DataTable,
    /// Why what a tab shows could not be had, until it can.
    failures: [Option<String>; 4],
    tab: Tab,
    lists: [List; 4],
    numbers: Numbers,
    copying: Option<Copying>,
    /// The canvas that is being made, by the number of its request.
    made: Option<(u64, String)>,
}

impl SourceScreen {
    /// The rows of a source, which is asked for.
    pub fn at_rows(project: ProjectAt, name: String, shared: &mut Shared) -> Self {
        Self { tab: Tab::Rows, ..Self::new(project, name, shared) }
    }

    /// A source, which is asked for.
    pub fn new(project: ProjectAt, name: String, shared: &mut Shared) -> Self {
        shared.note(format!("impala source show {name} --project {project}"));
        let mut screen = Self {
            project,
            name,
            source: None,
            stats: None,
            versions: None,
            table: DataTable::default(),
            failures: Default::default(),
            tab: Tab::Schema,
            lists: Default::default(),
            numbers: Numbers::default(),
            copying: None,
            made: None,
        };
        screen.load(shared);
        screen
    }

    fn load(&mut self, shared: &mut Shared) {
        self.stop_copying(shared);
        self.ask(shared);
    }

    /// Asks for all of it again. What is being copied is of one version, and goes on.
    fn ask(&mut self, shared: &mut Shared) {
        let (at, name) = (self.project.clone(), self.name.clone());
        self.stop_search(shared);
        let numbers = &mut self.numbers;
        let mut instead = |earlier: &mut Option<u64>, request| {
            *earlier = Some(shared.ask_instead(*earlier, request));
        };
        instead(&mut numbers.source, Request::Source(at.clone(), name.clone()));
        instead(&mut numbers.stats, Request::Stats(at.clone(), SourceRef::current(name.clone())));
        instead(&mut numbers.versions, Request::Versions(at, name));
        self.ask_rows(self.table.row.saturating_sub(WINDOW / 2), shared);
    }

    /// Makes the canvas that `impala open` would make, and shows it.
    fn propose(&mut self, shared: &mut Shared) {
        let (Some(source), Some(stats)) = (&self.source, &self.stats) else {
            return shared.say(Role::Muted, "The source is still being read.".to_owned());
        };
        let canvas = propose::propose(source, stats);
        let (slug, yaml) = (canvas.metadata.slug.clone(), document::to_yaml(&canvas));
        shared.note(format!("impala canvas apply --project {} -f - <<'EOF'\n{yaml}EOF", self.project));
        let request = Request::CreateCanvas(self.project.clone(), Box::new(canvas));
        self.made = Some((shared.ask_and_wait(request), slug));
    }

    /// Why what the open tab shows could not be had.
    fn failure(&self) -> Option<&str> {
        self.failures[self.tab as usize].as_deref()
    }

    fn roll_back(&self, shared: &mut Shared) {
        let chosen = self.list_shown().index(&self.names());
        let version = self.versions.as_ref().zip(chosen).and_then(|(versions, chosen)| versions.get(chosen));
        match (version, &self.source) {
            (Some(version), Some(source)) if version.version != source.current.version => {
                let question = format!("Make {}@{} the current version?", self.name, version.version);
                let detail = "Every canvas that names the source without a version shows it.";
                shared.push(Confirm::new(Purpose::RollBack(version.version), question, detail));
            }
            _ => shared.say(Role::Warning, "That is the current version already; select another one."),
        }
    }
}

impl Screen for SourceScreen {
    fn title(&self) -> String {
        format!("{} / {}", self.project, self.name)
    }

    fn status(&self, _shared: &Shared) -> (Role, String) {
        match (self.failure().or(self.failures[Tab::Schema as usize].as_deref()), &self.source) {
            (Some(failure), _) => (Role::Alarm, failure.to_owned()),
            (_, Some(source)) => {
                let rows = format::count(source.current.rows, "row");
                (Role::Muted, format!("@{} · {rows}", source.current.version))
            }
            _ => (Role::Muted, "…".to_owned()),
        }
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        match self.tab {
            Tab::Rows => vec![Context::Source, Context::Table],
            _ => self.list_shown().contexts(Context::Source),
        }
    }

    fn list(&self) -> Option<&List> {
        Some(self.list_shown())
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        self.list_shown().word(binding)
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        let (names, rows) = (self.names(), self.lines_seen(shared));
        self.list_mut().key(key, &names, rows);
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        let (names, rows) = (self.names(), self.lines_seen(shared));
        self.list_mut().paste(text, &names, rows);
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        match command {
            Command::Upload | Command::RollBack | Command::Propose if shared.reads_only() => {
                Some(Refusal::READ_ONLY)
            }
            Command::RollBack if self.tab != Tab::Versions => Some(Refusal {
                short: "on the tab Versions",
                sentence: "Select a version on the tab Versions first.",
            }),
            Command::SetParameter => Some(Refusal {
                short: "on a canvas",
                sentence: "Parameters are set on a canvas, from a zoomed block.",
            }),
            _ if self.tab == Tab::Rows => self.table.refusal(command),
            _ => None,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let leaves = matches!(command, Command::Leave | Command::Cancel);
        let has_stopped = self.stop_search(shared) || (leaves && self.stop_copying(shared));
        if has_stopped && leaves {
            return true;
        }
        match command {
            Command::NextTab => self.tab = TABS[(self.tab as usize + 1) % 4],
            Command::PreviousTab => self.tab = TABS[(self.tab as usize + 3) % 4],
            Command::Refresh => self.load(shared),
            Command::Upload => {
                let screen = UploadScreen::new(self.project.clone(), Some(self.name.clone()), shared);
                shared.push(screen);
            }
            Command::RollBack => self.roll_back(shared),
            Command::Propose => self.propose(shared),
            _ if self.tab == Tab::Rows => return self.table_command(command, shared),
            _ => {
                let (names, rows) = (self.names(), self.lines_seen(shared));
                return self.list_mut().command(command, &names, rows);
            }
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        self.take_answer(number, answer, shared)
    }

    fn asks(&self) -> Vec<u64> {
        let searched = self.numbers.searched.as_ref().map(|looking| looking.number);
        let copied = self.copying.as_ref().map(|copying| copying.number);
        let Numbers { source, stats, versions, rows, .. } = self.numbers;
        [source, stats, versions, rows, searched, copied].into_iter().flatten().collect()
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Typed(Purpose::Search, text) => {
                let reaction = self.table.find(&text, shared);
                self.table.settle(Self::page(shared));
                if let Reaction::SearchOn(way, edge) = reaction {
                    self.search_on(way, edge, false, shared);
                }
            }
            Message::Confirmed(Purpose::RollBack(version)) => {
                shared.note(format!(
                    "impala source rollback {} {version} --project {}",
                    self.name, self.project
                ));
                let request = Request::RollBack(self.project.clone(), self.name.clone(), version);
                self.numbers.rolled_back = Some(shared.ask_and_wait(request));
            }
            _ => {}
        }
    }

    fn returned(&mut self, shared: &mut Shared) {
        self.ask(shared);
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let is_list = self.tab != Tab::Rows;
        is_list.then(|| self.list_shown().lines(self.lines_area(shared), &self.names()))
    }

    fn choose(&mut self, index: usize, shared: &mut Shared) {
        let rows = self.lines_seen(shared);
        self.list_mut().choose(index, rows);
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let area = super::inside(shared.body());
        if let Some(tab) = super::tab_at(area, &NAMES.map(str::to_owned), mouse) {
            self.tab = TABS[tab];
        } else if self.tab == Tab::Rows {
            self.table.point_at(below_tabs(area), mouse.column, mouse.row);
            self.table.settle(Self::page(shared));
        }
    }

    fn live(&mut self, live: &Live, shared: &mut Shared) {
        if *live == Live::Source(self.name.clone()) {
            self.load(shared);
        }
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let area = super::inside(area);
        let used = super::tabs(paper, area, &NAMES.map(str::to_owned), self.tab as usize) + 1;
        if self.tab == Tab::Rows && used < area.width {
            let room = Rect { x: area.x + used, width: area.width - used, ..area };
            let (role, place) = self.place(shared);
            let fits = |text: &&str| format::width(text) <= usize::from(room.width);
            // Half a number would be another one: the column goes first, then the word.
            let row = place.split(" · ").next().unwrap_or_default();
            let wordings = [place.as_str(), row, row.trim_start_matches("row ")];
            let text = wordings.into_iter().find(fits).unwrap_or_default();
            paper.text_ending(room, 0, text, role);
        }
        let below = below_tabs(area);
        match self.tab {
            Tab::Rows => self.table.draw(paper, below),
            _ => self.draw_list(paper, below, shared),
        }
    }
}
