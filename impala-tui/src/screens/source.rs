//! A source: its columns and why they have their types, its rows, statistics and versions.

mod copying;
mod statistics;

use crossterm::event::MouseEvent;
use impala_core::api::{ColumnStats, Preview};
use impala_core::number_format::short;
use impala_core::source::{Source, SourceRef, SourceVersion};
use impala_core::{document, propose};
use impala_render::format;
use ratatui::layout::Rect;

use super::{CanvasScreen, UploadScreen, below_tabs};
use crate::action::{Answer, Live};
use crate::cache::PaintCache;
use crate::effect::{CanvasAt, Effect, ProjectAt, Request};
use crate::keymap::{Command, Context};
use crate::layers::{Confirm, Prompt};
use crate::list::{self, Line, List};
use crate::look::Role;
use crate::paper::Paper;
use crate::screen::{Lines, Message, Purpose, Refusal, Screen, Shared};
use crate::table::{DataTable, Reaction};
use copying::Copying;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Schema,
    Rows,
    Statistics,
    Versions,
}

const TABS: [Tab; 4] = [Tab::Schema, Tab::Rows, Tab::Statistics, Tab::Versions];

/// Their names.
const NAMES: [&str; 4] = ["Schema", "Rows", "Statistics", "Versions"];

/// Rows asked for at once.
const WINDOW: u64 = 500;

/// Rows that are looked through at once.
const SEARCHED: u64 = 1_000;

/// Which question has which number.
#[derive(Debug, Default)]
struct Numbers {
    source: u64,
    stats: u64,
    versions: u64,
    rows: Option<u64>,
    /// Rows that are looked through, and the first of them.
    searched: Option<(u64, u64)>,
}

/// A source.
pub struct SourceScreen {
    project: ProjectAt,
    name: String,
    source: Option<Source>,
    stats: Option<Vec<ColumnStats>>,
    versions: Option<Vec<SourceVersion>>,
    table: DataTable,
    failure: Option<String>,
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
            failure: None,
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
        let (at, name) = (self.project.clone(), self.name.clone());
        self.numbers = Numbers {
            source: shared.ask(Request::Source(at.clone(), name.clone())),
            stats: shared.ask(Request::Stats(at.clone(), SourceRef::current(name.clone()))),
            versions: shared.ask(Request::Versions(at, name)),
            rows: self.numbers.rows,
            searched: self.numbers.searched,
        };
        self.stop_search(shared);
        self.stop_copying(shared);
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

    fn ask_rows(&mut self, offset: u64, shared: &mut Shared) {
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset,
            limit: WINDOW,
        };
        self.numbers.rows = Some(shared.ask_instead(self.numbers.rows, request));
    }

    /// Where the cursor is among the rows, or how far what goes through them is.
    fn place(&self, shared: &Shared) -> (Role, String) {
        let key = shared.key(Context::Global, Command::Leave);
        let at = |row: u64| format!("row {} of {}", count_of(row), count_of(self.table.rows_total()));
        match (&self.numbers.searched, &self.copying) {
            (Some((_, row)), _) => {
                let words = format!("{} · looking for \"{}\" · {key} stops", at(*row), self.table.search());
                (Role::Accent, words)
            }
            (None, Some(copying)) => {
                let words = format!("{} · copying {} · {key} stops", at(copying.rows()), copying.column);
                (Role::Accent, words)
            }
            (None, None) => (Role::Muted, self.table.place()),
        }
    }

    fn page(shared: &Shared) -> u64 {
        u64::from(shared.size.1.saturating_sub(7)).max(1)
    }

    fn count(&self) -> usize {
        match self.tab {
            Tab::Schema => self.source.as_ref().map_or(0, |source| source.current.columns.len()),
            Tab::Statistics => self.stats.as_ref().map_or(0, Vec::len),
            Tab::Versions => self.versions.as_ref().map_or(0, Vec::len),
            Tab::Rows => 0,
        }
    }

    /// Chooses the next column whose name holds a text.
    fn find_column(&mut self, text: &str, shared: &mut Shared) {
        let columns = self.source.iter().flat_map(|source| &source.current.columns);
        let names: Vec<String> = columns.map(|column| column.name.to_lowercase()).collect();
        let list = &mut self.lists[self.tab as usize];
        let text = text.to_lowercase();
        let mut after = (1..=names.len()).map(|step| (list.chosen + step) % names.len());
        match after.find(|index| names[*index].contains(&text)) {
            Some(index) => list.chosen = index,
            None => shared.say(Role::Warning, format!("No column's name holds \"{text}\".")),
        }
    }

    fn table_command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let page = Self::page(shared);
        match self.table.command(command, page, shared) {
            Reaction::None => return false,
            Reaction::AskSearch => shared.push(Prompt::new(Purpose::Search, "Find in the rows", "")),
            Reaction::SearchOn(offset) => self.search_on(offset, shared),
            Reaction::CopyAll => self.copy_column(shared),
            Reaction::Done => {
                if let Some(offset) = self.table.missing(page) {
                    self.ask_rows(offset, shared);
                }
            }
        }
        true
    }

    /// Looks for the text in the rows from `offset` on, which are not held.
    fn search_on(&mut self, offset: u64, shared: &mut Shared) {
        if offset >= self.table.rows_total() {
            self.numbers.searched = None;
            let [first, next] =
                [Command::First, Command::NextMatch].map(|one| shared.key(Context::Table, one));
            let text = self.table.search();
            let words = format!(
                "\"{text}\" is in no row from here to the last; {first} {next} looks from the first."
            );
            return shared.say(Role::Warning, words);
        }
        let request = Request::Rows {
            project: self.project.clone(),
            source: SourceRef::current(self.name.clone()),
            offset,
            limit: SEARCHED,
        };
        self.numbers.searched = Some((shared.ask(request), offset));
    }

    /// Whether there was a search to stop.
    fn stop_search(&mut self, shared: &mut Shared) -> bool {
        let Some((number, row)) = self.numbers.searched.take() else { return false };
        shared.effect(Effect::Forget(number));
        let (text, row) = (self.table.search(), count_of(row));
        shared.say(Role::Warning, format!("Stopped looking for \"{text}\" at row {row}."));
        true
    }

    fn searched(&mut self, rows: &Preview, shared: &mut Shared) {
        self.numbers.searched = None;
        let page = Self::page(shared);
        if !self.table.take_found(&rows.columns, rows.offset, page) {
            let here = rows.columns.first().map_or(0, |column| column.values.len()) as u64;
            let next = if here == 0 { self.table.rows_total() } else { rows.offset + here };
            return self.search_on(next, shared);
        }
        match self.table.missing(page) {
            Some(offset) => self.ask_rows(offset, shared),
            // A window that was asked for before is another one.
            None => drop(self.numbers.rows.take().map(|number| shared.effect(Effect::Forget(number)))),
        }
    }

    fn roll_back(&self, shared: &mut Shared) {
        let chosen = self.lists[Tab::Versions as usize].chosen;
        let version = self.versions.as_ref().and_then(|versions| versions.get(chosen));
        match (version, &self.source) {
            (Some(version), Some(source)) if version.version != source.current.version => {
                let question = format!("Make {}@{} the current version?", self.name, version.version);
                let detail = "Every canvas that names the source without a version shows it.";
                shared.push(Confirm::new(Purpose::RollBack(version.version), question, detail));
            }
            _ => shared.say(Role::Warning, "That is the current version; choose another one."),
        }
    }

    fn schema(&self, paper: &mut Paper, area: Rect) {
        let columns = self.source.iter().flat_map(|source| &source.current.columns);
        let lines: Vec<Line> = columns
            .map(|column| {
                let nulls =
                    if column.nulls == 0 { String::new() } else { format::count(column.nulls, "null") };
                let range = match (&column.min, &column.max) {
                    (Some(min), Some(max)) => format!("{min} – {max}"),
                    _ => String::new(),
                };
                Line::new([
                    column.name.clone(),
                    column.column_type.to_string(),
                    nulls,
                    range,
                    column.reason.clone(),
                ])
            })
            .collect();
        let header = ["Column", "Type", "Nulls", "Range", "Why this type"];
        list::draw_with_detail(paper, area, &header, (&lines, self.lists[0].chosen), "…", None);
    }

    fn statistics(&self, paper: &mut Paper, area: Rect) {
        let is_ascii = paper.look.is_ascii();
        let lines: Vec<Line> =
            self.stats.iter().flatten().map(|column| statistics::line(column, is_ascii)).collect();
        let chosen = self.lists[2].chosen;
        let detail = self.stats.as_ref().and_then(|stats| stats.get(chosen)).map(statistics::detail);
        list::draw_with_detail(paper, area, &statistics::HEADER, (&lines, chosen), "…", detail);
    }

    fn draw_versions(&self, paper: &mut Paper, area: Rect) {
        let current = self.source.as_ref().map_or(0, |source| source.current.version);
        let lines: Vec<Line> = self
            .versions
            .iter()
            .flatten()
            .map(|one| {
                let mark = if one.version == current { " current" } else { "" };
                Line::new([
                    format!("@{}{mark}", one.version),
                    format::count(one.rows, "row"),
                    format!("{}B", short(one.size_bytes as f64, None)),
                    one.created_by.clone(),
                    one.created_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
                    one.note.clone(),
                ])
            })
            .collect();
        let header = ["Version", "Rows", "Size", "By", "When", "Note"];
        list::draw_with_detail(paper, area, &header, (&lines, self.lists[3].chosen), "…", None);
    }
}

fn count_of(rows: u64) -> String {
    impala_core::number_format::group_thousands(&rows.to_string())
}

impl Screen for SourceScreen {
    fn title(&self) -> String {
        format!("{} / {}", self.project, self.name)
    }

    fn status(&self, _shared: &Shared) -> (Role, String) {
        match (&self.failure, &self.source) {
            (Some(failure), _) => (Role::Alarm, failure.clone()),
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
            _ => vec![Context::Source, Context::List],
        }
    }

    fn refusal(&self, command: Command, shared: &Shared) -> Option<Refusal> {
        match command {
            Command::Upload | Command::RollBack | Command::Propose if shared.reads_only() => {
                Some(Refusal::READ_ONLY)
            }
            Command::RollBack if self.tab != Tab::Versions => Some(Refusal {
                short: "on the tab Versions",
                sentence: "Choose a version on the tab Versions first.",
            }),
            _ => None,
        }
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        let (count, page) = (self.count(), usize::from(shared.size.1 / 2));
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
            Command::Search if matches!(self.tab, Tab::Schema | Tab::Statistics) => {
                shared.push(Prompt::new(Purpose::Search, "Find a column", ""));
            }
            _ => return self.lists[self.tab as usize].command(command, count, page),
        }
        true
    }

    fn answer(&mut self, number: u64, answer: &Answer, shared: &mut Shared) -> bool {
        if let Answer::Rows(outcome) = answer
            && self.copying.as_ref().is_some_and(|copying| copying.number == number)
        {
            self.take_copied(outcome, shared);
            return true;
        }
        if let Answer::Saved(outcome) = answer
            && let Some((_, slug)) = self.made.take_if(|(asked, _)| *asked == number)
        {
            match outcome {
                Ok(_) => {
                    let screen = CanvasScreen::new(CanvasAt { project: self.project.clone(), slug }, shared);
                    shared.push(screen);
                }
                Err(failure) => shared.fail(failure),
            }
            return true;
        }
        let numbers = &self.numbers;
        let failure = match answer {
            Answer::Source(Ok(source)) if number == numbers.source => {
                if self.source.as_ref().is_some_and(|old| old.current.version != source.current.version) {
                    self.load(shared);
                }
                self.source = Some((**source).clone());
                None
            }
            Answer::Stats(Ok(stats)) if number == numbers.stats => {
                self.stats = Some(stats.clone());
                None
            }
            Answer::Versions(Ok(versions)) if number == numbers.versions => {
                self.versions = Some(versions.clone());
                None
            }
            Answer::Rows(outcome) if numbers.searched.is_some_and(|(asked, _)| asked == number) => {
                match outcome {
                    Ok(rows) => self.searched(rows, shared),
                    Err(failure) => {
                        self.numbers.searched = None;
                        shared.fail(failure);
                    }
                }
                return true;
            }
            Answer::Rows(Ok(rows)) if numbers.rows == Some(number) => {
                self.table.fill(rows.columns.clone(), rows.offset, rows.rows_total);
                None
            }
            Answer::Source(Err(failure)) if number == numbers.source => Some(failure),
            Answer::Stats(Err(failure)) if number == numbers.stats => Some(failure),
            Answer::Versions(Err(failure)) if number == numbers.versions => Some(failure),
            Answer::Rows(Err(failure)) if numbers.rows == Some(number) => Some(failure),
            _ => return false,
        };
        self.failure = failure.map(crate::action::Failure::line);
        true
    }

    fn told(&mut self, message: Message, shared: &mut Shared) {
        match message {
            Message::Typed(Purpose::Search, text) if self.tab != Tab::Rows => self.find_column(&text, shared),
            Message::Typed(Purpose::Search, text) => {
                let reaction = self.table.find(&text, shared);
                self.table.settle(Self::page(shared));
                if let Reaction::SearchOn(offset) = reaction {
                    self.search_on(offset, shared);
                }
            }
            Message::Confirmed(Purpose::RollBack(version)) => {
                shared.note(format!(
                    "impala source rollback {} {version} --project {}",
                    self.name, self.project
                ));
                let request = Request::RollBack(self.project.clone(), self.name.clone(), version);
                self.numbers.source = shared.ask_and_wait(request);
            }
            _ => {}
        }
    }

    fn returned(&mut self, shared: &mut Shared) {
        self.load(shared);
    }

    fn lines_at(&self, shared: &Shared) -> Option<Lines> {
        let body = super::inside(shared.body());
        let area = list::lines_of(below_tabs(body));
        let is_list = self.tab != Tab::Rows;
        is_list.then(|| Lines { area, chosen: self.lists[self.tab as usize].chosen, count: self.count() })
    }

    fn choose(&mut self, index: usize, _shared: &mut Shared) {
        self.lists[self.tab as usize].chosen = index;
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        if let Some(tab) = super::tab_at(super::inside(shared.body()), &NAMES.map(str::to_owned), mouse) {
            self.tab = TABS[tab];
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
            Tab::Schema => self.schema(paper, below),
            Tab::Rows => self.table.draw(paper, below),
            Tab::Statistics => self.statistics(paper, below),
            Tab::Versions => self.draw_versions(paper, below),
        }
    }
}
