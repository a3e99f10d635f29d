//! A source: its columns and why they have their types, its rows, statistics and versions.

mod answers;
mod copying;
mod distribution;
mod listing;
mod rows;
mod sorting;
mod statistics;
mod versions;

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
use crate::list::List;
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared, Subject};
use crate::table::DataTable;
use copying::Copying;
use listing::{NAMES, TABS, Tab};
use rows::Looking;
use sorting::Sorting;

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
    sorting: Option<Sorting>,
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
            sorting: None,
            made: None,
        };
        screen.load(shared);
        screen
    }

    fn load(&mut self, shared: &mut Shared) {
        self.stop_search(shared);
        self.stop_copying(shared);
        self.ask(shared);
    }

    /// Shows another tab; what is looked for is not seen there.
    fn open(&mut self, tab: Tab, shared: &mut Shared) {
        if tab != self.tab {
            self.stop_search(shared);
            self.tab = tab;
        }
    }

    /// Asks for all of it again. What is being copied is of one version, and goes on.
    fn ask(&mut self, shared: &mut Shared) {
        let (at, name) = (self.project.clone(), self.name.clone());
        let numbers = &mut self.numbers;
        let mut instead = |earlier: &mut Option<u64>, request| {
            *earlier = Some(shared.ask_instead(*earlier, request));
        };
        instead(&mut numbers.source, Request::Source(at.clone(), name.clone()));
        instead(&mut numbers.stats, Request::Stats(at.clone(), SourceRef::current(name.clone())));
        instead(&mut numbers.versions, Request::Versions(at, name));
        self.ask_rows_here(shared);
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
        match binding.command {
            Command::Cancel if self.cancels() => Some("stop"),
            _ => self.list_shown().word(binding),
        }
    }

    fn cancels(&self) -> bool {
        self.numbers.searched.is_some() || self.copying.is_some() || self.is_sorting()
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
            _ => None,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        match command {
            Command::Cancel if self.cancels() => self.stop(shared),
            Command::NextTab => self.open(TABS[(self.tab as usize + 1) % 4], shared),
            Command::PreviousTab => self.open(TABS[(self.tab as usize + 3) % 4], shared),
            Command::Refresh => self.load(shared),
            Command::Upload => {
                self.stop_search(shared);
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
        let sorted = self.sorting.as_ref().and_then(|sorting| sorting.number);
        let Numbers { source, stats, versions, rows, .. } = self.numbers;
        [source, stats, versions, rows, searched, copied, sorted].into_iter().flatten().collect()
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Typed(Purpose::Search, text) => self.search(&text, shared),
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

    fn subject(&self) -> Option<Subject> {
        Some(Subject::Source(self.name.clone()))
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
            self.open(TABS[tab], shared);
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
            let (role, places) = self.places();
            let fits = |text: &&String| format::width(text) <= usize::from(room.width);
            let text = places.iter().find(fits).map_or("", String::as_str);
            paper.text_ending(room, 0, text, role);
        }
        let below = below_tabs(area);
        match self.tab {
            Tab::Rows => self.table.draw(paper, below),
            _ => self.draw_list(paper, below, shared),
        }
    }
}
