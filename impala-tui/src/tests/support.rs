//! A program whose world is a table of answers.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use impala_core::api::events::CanvasState;
use impala_core::api::{
    BlockAnswer, CanvasData, CanvasName, CanvasSummary, CanvasView, Choices, ColumnStats, Member, Preview,
    Project, Revision, Role as Membership, Upload, ValueCount,
};
use impala_core::data::{Column, Values};
use impala_core::query::BlockQuery;
use impala_core::source::{ColumnType, CsvSettings, Source, SourceColumn, SourceVersion};
use impala_core::term::Term;
use impala_core::{Block, BlockData, Canvas, document};
use impala_render::{Charset, Ink};
use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::action::{Action, Answer, Failure, Live, Outcome, ProjectContent};
use crate::app::App;
use crate::cache::PaintCache;
use crate::effect::{Effect, Request};
use crate::keymap::Keymap;
use crate::look::{Background, Look};
use crate::paper::Paper;
use crate::screen::Shared;
use crate::screens::{Start, Target};

const CANVAS: &str = include_str!("../../../examples/seattle-weather.yaml");

/// What the server would hold.
pub struct Fake {
    pub canvas: Canvas,
    pub revision: u64,
    /// How often the canvas was created.
    pub generation: u64,
    pub saved_by: String,
    /// What was done at the last revision, in words of the server.
    pub note: String,
    pub role: Membership,
    pub members: Vec<Member>,
    /// The sources of the project besides that of the weather.
    pub more_sources: Vec<Source>,
    /// Names of the canvases of the project besides the example, and of the projects besides its own; they come before those.
    pub more_canvases: Vec<&'static str>,
    pub more_projects: Vec<&'static str>,
    /// There are neither projects nor what is in them.
    pub is_empty: bool,
    /// The canvas is gone, until it is created again.
    pub is_deleted: bool,
    /// Saving fails so, once.
    pub refusal: Option<Failure>,
    /// Nothing is answered.
    pub is_silent: bool,
    /// Rows that the answers to blocks lack at their beginning.
    pub skipped: usize,
    /// Rows that the queries of blocks have, when their limits leave some of them out.
    pub left_out: Option<u64>,
    /// So many rows of the file were left out.
    pub bad_rows: u64,
    /// Rows of the source.
    pub rows_total: u64,
    /// The canvases that read the source.
    pub readers: Vec<CanvasName>,
    /// Whom the credentials stand for that are kept for other servers, or why that is not known.
    pub kept: BTreeMap<&'static str, Result<&'static str, Failure>>,
    /// What comes of signing out.
    pub parting: Outcome<Option<Failure>>,
    /// What there is in folders.
    pub paths: Vec<&'static str>,
    /// The columns of the source.
    pub names: [&'static str; 4],
}

/// A program and what it has asked the world for.
pub struct Session {
    pub app: App,
    pub fake: Fake,
    pub cache: PaintCache,
    pub waiting: Vec<(u64, Request)>,
    /// What was done besides asking.
    pub effects: Vec<Effect>,
    /// All that was asked.
    pub requests: Vec<Request>,
    /// The number of the events that were followed last.
    followed: u64,
}

pub fn example() -> Canvas {
    document::read_canvas(&document::from_yaml(CANVAS).expect("YAML")).expect("a canvas")
}

impl Session {
    /// The example canvas on a terminal of that size.
    pub fn canvas(width: u16, height: u16) -> Self {
        Self::open("ann/weather/seattle-weather", width, height, Look::default(), false)
    }

    pub fn open(target: &str, width: u16, height: u16, look: Look, is_read_only: bool) -> Self {
        Self::of(target, |shared| {
            (shared.look, shared.size, shared.is_read_only) = (look, (width, height), is_read_only);
        })
    }

    /// What is opened on a terminal of 80 columns and 24 rows, or as `set` says. A canvas has the focus on its first block, from
    /// where tests find the others.
    pub fn of(target: &str, set: impl FnOnce(&mut Shared)) -> Self {
        let mut session = Self::fresh(target, set);
        if target.split('/').count() == 3 {
            session.keys("g");
        }
        session
    }

    /// The same, with the focus where it is at first.
    pub fn fresh(target: &str, set: impl FnOnce(&mut Shared)) -> Self {
        let (app, effects) = begin(target, set);
        let mut session = Self {
            app,
            fake: Fake {
                canvas: example(),
                revision: 1,
                generation: 1,
                saved_by: "ann".to_owned(),
                note: String::new(),
                role: Membership::Owner,
                members: [("ann", Membership::Owner), ("bob", Membership::Editor)]
                    .map(|(name, role)| Member { username: name.to_owned(), role })
                    .to_vec(),
                more_sources: Vec::new(),
                more_canvases: Vec::new(),
                more_projects: Vec::new(),
                is_empty: false,
                is_deleted: false,
                refusal: None,
                is_silent: false,
                skipped: 0,
                left_out: None,
                bad_rows: 0,
                rows_total: 1_461,
                readers: vec![CanvasName {
                    slug: "seattle-weather".to_owned(),
                    title: "Seattle weather".to_owned(),
                }],
                kept: BTreeMap::new(),
                parting: Ok(None),
                paths: vec!["data/", "data/rain.csv", "data/snow.csv", "wind.csv"],
                names: COLUMNS.map(|(name, _)| name),
            },
            cache: PaintCache::default(),
            waiting: Vec::new(),
            effects: Vec::new(),
            requests: Vec::new(),
            followed: 0,
        };
        session.take(effects);
        session.answer_all();
        session
    }

    /// The program is started once more, and nothing is answered yet.
    pub fn begin_again(&mut self) {
        let (look, size) = (self.app.shared.look, self.app.shared.size);
        let (app, effects) = begin("", |shared| (shared.look, shared.size) = (look, size));
        (self.app, self.waiting) = (app, Vec::new());
        self.take(effects);
    }

    pub fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Follow(Some((number, _))) = &effect {
                self.followed = *number;
            }
            match effect {
                Effect::Ask { number, request } => {
                    self.requests.push((*request).clone());
                    self.waiting.push((number, *request));
                }
                Effect::Forget(number) => self.waiting.retain(|(asked, _)| *asked != number),
                other => self.effects.push(other),
            }
        }
    }

    /// Something happens, and all questions that follow are answered.
    pub fn act(&mut self, action: Action) {
        let effects = self.app.update(action);
        self.take(effects);
        self.answer_all();
    }

    pub fn answer_all(&mut self) {
        while !self.fake.is_silent && !self.waiting.is_empty() {
            let (number, request) = self.waiting.remove(0);
            let answer = self.fake.answer(&request);
            let effects = self.app.update(Action::Answer { number, answer: Box::new(answer) });
            self.take(effects);
        }
    }

    /// The followed project tells something, and all questions that follow are answered.
    pub fn live(&mut self, live: Live) {
        self.act(self.event(live));
    }

    /// Something that the project tells which was followed last.
    pub fn event(&self, live: Live) -> Action {
        Action::Live { number: self.followed, live }
    }

    /// Answers the questions that are of a kind, and those that follow.
    pub fn answer_some(&mut self, is_answered: impl Fn(&Request) -> bool) {
        while let Some(index) = self.waiting.iter().position(|(_, request)| is_answered(request)) {
            let (number, request) = self.waiting.remove(index);
            let answer = self.fake.answer(&request);
            self.tell(number, answer);
        }
    }

    /// An answer comes.
    pub fn tell(&mut self, number: u64, answer: Answer) {
        self.waiting.retain(|(asked, _)| *asked != number);
        let effects = self.app.update(Action::Answer { number, answer: Box::new(answer) });
        self.take(effects);
    }

    /// Presses keys, written as in the keymap file and separated by spaces; what is not a key's name is typed.
    pub fn keys(&mut self, keys: &str) {
        for key in keys.split(' ') {
            match key_of(key) {
                Some(event) => self.act(Action::Key(event)),
                None => self.typed(key),
            }
        }
    }

    pub fn typed(&mut self, text: &str) {
        for c in text.chars() {
            self.act(Action::Key(KeyEvent::from(KeyCode::Char(c))));
        }
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) {
        self.act(Action::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    }

    pub fn click(&mut self, column: u16, row: u16) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
        self.mouse(MouseEventKind::Up(MouseButton::Left), column, row);
    }

    /// Clicks on the first place of the screen that shows a text.
    pub fn click_on(&mut self, text: &str) {
        let screen = self.screen();
        let found = screen.lines().enumerate().find_map(|(row, line)| {
            let at = line.find(text)?;
            Some((line[..at].chars().count() as u16, row as u16))
        });
        let (column, row) = found.unwrap_or_else(|| panic!("{text:?} is not on:\n{screen}"));
        self.click(column, row);
    }

    pub fn drag(&mut self, from: (u16, u16), to: (u16, u16)) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), from.0, from.1);
        self.mouse(MouseEventKind::Drag(MouseButton::Left), to.0, to.1);
        self.mouse(MouseEventKind::Up(MouseButton::Left), to.0, to.1);
    }

    /// The id of the block with the focus.
    pub fn focus(&mut self) -> String {
        self.keys("y");
        self.app.shared.clipboard.as_ref().map(|copied| copied.block.id.clone()).unwrap_or_default()
    }

    /// The editor is opened by these keys, and ends with what is made of its text.
    pub fn in_editor(&mut self, keys: &str, change: impl FnOnce(String) -> String) {
        self.keys(keys);
        let Some(Effect::Editor { number, text }) = self.effects.last().cloned() else { panic!("no editor") };
        self.tell(number, Answer::Edited(Ok(change(text))));
        self.answer_all();
    }

    /// What was copied last.
    pub fn clipped(&self) -> String {
        let clipped = |effect: &Effect| match effect {
            Effect::Clip(text) => Some(text.clone()),
            _ => None,
        };
        self.effects.iter().rev().find_map(clipped).unwrap_or_default()
    }

    /// What the last question gave to a parameter.
    pub fn given(&self, name: &str) -> Vec<String> {
        let given = |request: &Request| match request {
            Request::Draft(_, draft) => Some(draft.parameters.get(name).cloned().unwrap_or_default()),
            _ => None,
        };
        self.requests.iter().rev().find_map(given).unwrap_or_default()
    }

    /// Someone else saves the canvas after this change.
    pub fn other_saves(&mut self, change: impl FnOnce(&mut Canvas)) {
        change(&mut self.fake.canvas);
        self.fake.revision += 1;
        self.fake.saved_by = "bob".to_owned();
    }

    /// The server tells of the latest revision.
    pub fn hear(&mut self) {
        self.live(self.fake.saved());
    }

    pub fn buffer(&mut self) -> Buffer {
        self.app.is_dirty = false;
        let (width, height) = self.app.shared.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let mut paper = Paper { buffer: &mut buffer, look: self.app.shared.look, cursor: None };
        self.app.view(&mut paper, &mut self.cache);
        Self::assert_whole(&buffer);
        buffer
    }

    /// Every wide character has its two columns: half of one would move all that stands behind it.
    fn assert_whole(buffer: &Buffer) {
        for y in 0..buffer.area.height {
            let widths =
                (0..buffer.area.width).map(|x| impala_render::format::width(buffer[(x, y)].symbol()));
            let taken = widths.sum::<usize>();
            let row = || (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            assert_eq!(taken, usize::from(buffer.area.width), "row {y}: {}", row());
        }
    }

    /// The screen as lines of text.
    pub fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let row = |y: u16| {
            let cells = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            cells.trim_end().to_owned()
        };
        (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// A row as runs of one style: `text{style}`.
    pub fn styled_row(&mut self, y: u16) -> String {
        let buffer = self.buffer();
        let mut runs: Vec<(String, String)> = Vec::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = format!("{:?} on {:?} {:?}", cell.fg, cell.bg, cell.modifier);
            match runs.last_mut() {
                Some((text, last)) if *last == style => text.push_str(cell.symbol()),
                _ => runs.push((cell.symbol().to_owned(), style)),
            }
        }
        runs.iter().map(|(text, style)| format!("{text:?} {style}\n")).collect()
    }

    pub fn place(&self, id: &str) -> impala_core::Place {
        self.fake.canvas.block(id).expect("a block of the saved canvas").at
    }
}

/// The program with its first screen, and what that asks for.
fn begin(target: &str, set: impl FnOnce(&mut Shared)) -> (App, Vec<Effect>) {
    let servers = vec!["http://impala.test".to_owned()];
    let mut shared = Shared::new(Look::default(), (80, 24), Keymap::default(), servers);
    set(&mut shared);
    let first = Start::new(Target::read(target), &mut shared);
    let effects = shared.take_effects();
    (App::new(Box::new(first), shared), effects)
}

pub fn key_of(key: &str) -> Option<KeyEvent> {
    let code = match key {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "page-up" => KeyCode::PageUp,
        "page-down" => KeyCode::PageDown,
        _ => {
            let letter = key.strip_prefix("ctrl-")?.chars().next()?;
            return Some(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
        }
    };
    Some(KeyEvent::from(code))
}

pub fn look(ink: Ink, charset: Charset, background: Background) -> Look {
    Look { ink, charset, background, has_mouse: true }
}

impl Fake {
    fn etag(&self) -> String {
        etag(self.generation, self.revision)
    }

    /// What the server tells of the canvas as it is.
    pub fn saved(&self) -> Live {
        Live::Saved(CanvasState {
            canvas: "seattle-weather".to_owned(),
            etag: self.etag(),
            revision: revision(self.revision, &self.saved_by),
        })
    }

    /// The canvas that was deleted is made again, and not saved yet.
    pub fn create(&mut self) {
        (self.is_deleted, self.revision, self.generation) = (false, 0, self.generation + 1);
    }

    fn view(&self) -> CanvasView {
        CanvasView {
            etag: self.etag(),
            revision: Revision { note: self.note.clone(), ..revision(self.revision, &self.saved_by) },
            warnings: Vec::new(),
            canvas: self.canvas.clone(),
        }
    }

    fn save(&mut self, canvas: &Canvas, over: &str) -> Result<Box<CanvasView>, Failure> {
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        if self.is_deleted {
            return Err(Failure { status: Some(404), ..Failure::new("there is no such canvas") });
        }
        if over != self.etag() {
            return Err(Failure { status: Some(412), ..Failure::new("a newer revision was saved") });
        }
        canvas.check().map_err(|invalid| Failure { errors: invalid.errors, ..Failure::new("refused") })?;
        self.canvas = canvas.clone();
        self.canvas.sort();
        self.revision += 1;
        self.saved_by = "ann".to_owned();
        Ok(Box::new(self.view()))
    }

    pub fn answer(&mut self, request: &Request) -> Answer {
        match request {
            Request::Me => Answer::SignedIn(Ok("ann".to_owned())),
            Request::SignIn { username, .. } => Answer::SignedIn(Ok(username.clone())),
            Request::Switch(server) => Answer::SignedIn(match self.kept.get(server.as_str()) {
                Some(outcome) => outcome.clone().map(str::to_owned),
                None => Err(Failure { status: Some(401), ..Failure::new("not signed in") }),
            }),
            Request::SignOut => Answer::SignedOut("http://impala.test".to_owned(), self.parting.clone()),
            Request::SetMember(_, member) => {
                self.members.retain(|one| one.username != member.username);
                self.members.push(member.clone());
                Answer::Done(Ok(()))
            }
            Request::RemoveMember(_, name) => {
                self.members.retain(|one| one.username != *name);
                Answer::Done(Ok(()))
            }
            Request::CreateProject(_) => Answer::ProjectMade(Ok(self.project())),
            Request::Projects if self.is_empty => Answer::Projects(Ok(Vec::new())),
            Request::Projects => {
                let more = self.more_projects.iter();
                let more = more.map(|slug| Project { slug: (*slug).to_owned(), ..self.project() });
                Answer::Projects(Ok(more.chain([self.project()]).collect()))
            }
            Request::Project(_) => Answer::Project(Ok(Box::new(self.content()))),
            Request::Canvas(_) if self.is_deleted => {
                Answer::Canvas(Err(Failure { status: Some(404), ..Failure::new("there is no such canvas") }))
            }
            Request::Canvas(_) => Answer::Canvas(Ok(Box::new(self.view()))),
            Request::CreateCanvas(..) if !self.is_deleted => {
                Answer::Saved(Err(Failure { status: Some(409), ..Failure::new("there is one of that name") }))
            }
            Request::CreateCanvas(_, canvas) => {
                self.create();
                Answer::Saved(self.save(canvas, &self.etag()))
            }
            Request::Draft(_, draft) => {
                let canvas = document::read_canvas(&draft.canvas).expect("the editor's canvases are whole");
                let mut data = data(&canvas, &draft.parameters, &draft.blocks);
                data.blocks.values_mut().for_each(|answer| skip(answer, self.skipped));
                data.blocks.values_mut().for_each(|answer| leave_out(answer, self.left_out));
                Answer::Data(Ok(Box::new(data)))
            }
            Request::Preview(_, draft) => match document::read_canvas(&draft.canvas) {
                Ok(canvas) => {
                    let data = data(&canvas, &draft.parameters, &draft.blocks);
                    Answer::Preview(Ok(Box::new(data.blocks.into_values().next().expect("an answer"))))
                }
                Err(invalid) => Answer::Preview(Err(Failure::new(invalid.to_string()))),
            },
            Request::Save(_, canvas, over) => Answer::Saved(self.save(canvas, over)),
            Request::History(_) => {
                let newest = self.revision.max(2);
                let by = |number: u64| if number.is_multiple_of(2) { "ann" } else { "bob" };
                let revisions = (1..=newest).rev().map(|number| revision(number, by(number)));
                Answer::History(Ok(revisions.collect()))
            }
            Request::Restore(..) => {
                self.revision += 1;
                Answer::Saved(Ok(Box::new(self.view())))
            }
            Request::Revision(_, number) => {
                let mut view = self.view();
                view.revision = revision(*number, "bob");
                if *number == 1 {
                    view.canvas.spec.blocks.truncate(3);
                }
                Answer::Revision(Ok(Box::new(view)))
            }
            Request::Paths(text) => {
                let depth = text.matches('/').count();
                let is_here = |path: &&&str| path.trim_end_matches('/').matches('/').count() == depth;
                let fitting =
                    self.paths.iter().filter(is_here).filter(|path| path.starts_with(text.as_str()));
                Answer::Paths(fitting.map(|path| (*path).to_owned()).collect())
            }
            Request::Upload { source: name, .. } => {
                let mut version = source(self.names).current;
                version.version = 2;
                let (source, warnings) = (name.clone(), vec!["it has none of the columns".to_owned()]);
                Answer::Uploaded(Ok(Box::new(Upload {
                    source,
                    unchanged: false,
                    version,
                    warnings,
                    preview: None,
                })))
            }
            Request::Readers(..) => Answer::Readers(Ok(self.readers.clone())),
            Request::Stats(..) => Answer::Stats(Ok(stats())),
            Request::Source(..) => Answer::Source(Ok(Box::new(source(self.names)))),
            Request::Versions(..) => {
                let current = SourceVersion { rejected_rows: self.bad_rows, ..source(self.names).current };
                Answer::Versions(Ok(vec![current]))
            }
            Request::Rows { offset, limit, .. } => {
                Answer::Rows(Ok(Box::new(rows(*offset, *limit, self.rows_total))))
            }
            Request::Choices(_, parameter) => {
                let values = WEATHER.map(str::to_owned).to_vec();
                Answer::Choices(parameter.name.clone(), Ok(Choices { values, truncated: false }))
            }
            _ => Answer::Done(Ok(())),
        }
    }

    fn project(&self) -> Project {
        Project {
            id: Default::default(),
            owner: "ann".to_owned(),
            slug: "weather".to_owned(),
            title: "Weather of the west coast".to_owned(),
            description: String::new(),
            role: self.role,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn content(&self) -> ProjectContent {
        let canvas = CanvasSummary {
            slug: "seattle-weather".to_owned(),
            title: self.canvas.title().to_owned(),
            blocks: self.canvas.spec.blocks.len() as u32,
            revision: revision(self.revision, &self.saved_by),
        };
        let more = self.more_canvases.iter();
        let more = more.map(|slug| CanvasSummary { slug: (*slug).to_owned(), ..canvas.clone() });
        if self.is_empty {
            let (project, members) = (self.project(), self.members.clone());
            return ProjectContent { project, canvases: Vec::new(), sources: Vec::new(), members };
        }
        ProjectContent {
            project: self.project(),
            canvases: more.chain([canvas.clone()]).collect(),
            sources: std::iter::once(source(self.names)).chain(self.more_sources.clone()).collect(),
            members: self.members.clone(),
        }
    }
}

fn etag(generation: u64, revision: u64) -> String {
    format!("\"{generation}-{revision}\"")
}

/// What the server tells of a canvas that was created once.
pub fn saved(slug: &str, number: u64) -> Live {
    let revision = revision(number, if number == 1 { "ann" } else { "bob" });
    Live::Saved(CanvasState { canvas: slug.to_owned(), etag: etag(1, number), revision })
}

fn revision(number: u64, by: &str) -> Revision {
    Revision {
        revision: number,
        saved_by: by.to_owned(),
        saved_at: Timestamp::UNIX_EPOCH,
        note: String::new(),
    }
}

const COLUMNS: [(&str, ColumnType); 4] = [
    ("date", ColumnType::Date),
    ("precipitation", ColumnType::Decimal),
    ("wind", ColumnType::Decimal),
    ("weather", ColumnType::String),
];

pub fn source(names: [&str; 4]) -> Source {
    let types = COLUMNS.into_iter().map(|(_, column_type)| column_type);
    let columns = names
        .into_iter()
        .zip(types)
        .map(|(name, column_type)| SourceColumn {
            name: name.to_owned(),
            column_type,
            reason: format!("all 1,461 values are of type {column_type}"),
            nulls: 0,
            min: Some("0".to_owned()),
            max: Some("9".to_owned()),
        })
        .collect();
    let current = SourceVersion {
        version: 1,
        sha256: "0".repeat(64),
        size_bytes: 48_219,
        rows: 1_461,
        rejected_rows: 0,
        columns,
        delimiter: ",".to_owned(),
        encoding: "UTF-8".to_owned(),
        format: "csv".to_owned(),
        created_by: "ann".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        note: "from CI".to_owned(),
    };
    Source { name: "weather".to_owned(), settings: CsvSettings::default(), versions: 1, current }
}

fn stats() -> Vec<ColumnStats> {
    COLUMNS
        .map(|(name, column_type)| {
            let number = |value: f64| column_type.is_numeric().then_some(value);
            let top = match column_type {
                ColumnType::String => {
                    vec![
                        ValueCount { value: "sun".to_owned(), count: 714 },
                        ValueCount { value: "rain".to_owned(), count: 641 },
                    ]
                }
                _ => Vec::new(),
            };
            ColumnStats {
                name: name.to_owned(),
                column_type,
                count: 1_461,
                nulls: 0,
                distinct: if column_type == ColumnType::String { 5 } else { 900 },
                min: Some(if column_type == ColumnType::Date { "2012-01-01" } else { "0.4" }.to_owned()),
                max: Some(if column_type == ColumnType::Date { "2015-12-31" } else { "9.5" }.to_owned()),
                mean: number(3.2),
                stdev: number(1.4),
                q1: number(2.2),
                median: number(3.0),
                q3: number(4.0),
                top,
                spread: if column_type == ColumnType::String { Vec::new() } else { (0..16).collect() },
                min_length: None,
                max_length: None,
            }
        })
        .to_vec()
}

fn rows(offset: u64, limit: u64, rows_total: u64) -> Preview {
    let numbers = || offset..(offset + limit).min(rows_total);
    let columns = vec![
        Column::new(
            "precipitation",
            Values::Decimal(numbers().map(|row| Some((row % 13) as f64 / 2.0)).collect()),
        ),
        Column::new("weather", Values::String(numbers().map(|row| Some(weather(row).to_owned())).collect())),
    ];
    Preview { columns, offset, rows_total }
}

/// There was hail once.
fn weather(row: u64) -> &'static str {
    if row == 1_400 { "hail" } else { WEATHER[row as usize % 5] }
}

const WEATHER: [&str; 5] = ["drizzle", "fog", "rain", "snow", "sun"];

/// Answers of the shape that the real ones have: a row for each pair of the values of the terms that group.
fn data(canvas: &Canvas, given: &BTreeMap<String, Vec<String>>, ids: &[String]) -> CanvasData {
    let bindings = impala_core::parameter::bind_all(&canvas.spec.parameters, given).expect("values that fit");
    let asked = canvas.spec.blocks.iter().filter(|block| ids.is_empty() || ids.contains(&block.id));
    let blocks = asked.filter_map(|block| Some((block.id.clone(), BlockAnswer::Data(block_data(block)?))));
    CanvasData {
        revision: 0,
        parameters: bindings.iter().map(|(name, bound)| (name.clone(), bound.text())).collect(),
        blocks: blocks.collect(),
    }
}

fn block_data(block: &Block) -> Option<BlockData> {
    let query = BlockQuery::of(block)?;
    let mut terms = query.main.select.clone();
    if terms.is_empty() {
        terms = ["date", "precipitation", "weather"].map(|name| Term::Field(name.to_owned())).to_vec();
    }
    let is_metric = block.block_type == impala_core::block::BlockType::Metric;
    let rows = if is_metric { 1 } else { 12 };
    let mut columns: Vec<Column> = terms.iter().map(|term| column(term, rows)).collect();
    if query.main.sort.first().is_some_and(|key| key.is_descending) {
        columns.iter_mut().for_each(|column| turn(&mut column.values));
    }
    let trend = query.trend.map(|trend| trend.select.iter().map(|term| column(term, 12)).collect());
    Some(BlockData {
        columns,
        trend: trend.unwrap_or_default(),
        rows_shown: rows as u64,
        rows_total: rows as u64,
        truncated: false,
        rows_scanned: 1_461,
        sources: vec!["weather@1".to_owned()],
        computed_at: Timestamp::UNIX_EPOCH,
        elapsed_ms: 4,
        cached: false,
    })
}

/// The last row first: values rise.
fn turn(values: &mut Values) {
    match values {
        Values::Integer(values) => values.reverse(),
        Values::Decimal(values) => values.reverse(),
        Values::Date(values) => values.reverse(),
        Values::String(values) => values.reverse(),
        other => panic!("no such column is made here: {other:?}"),
    }
}

/// Says of an answer that it has some of the rows only.
fn leave_out(answer: &mut BlockAnswer, rows_total: Option<u64>) {
    if let (BlockAnswer::Data(data), Some(rows_total)) = (answer, rows_total) {
        (data.truncated, data.rows_total) = (true, rows_total);
    }
}

/// Takes the first rows out of an answer.
fn skip(answer: &mut BlockAnswer, rows: usize) {
    let BlockAnswer::Data(data) = answer else { return };
    for column in &mut data.columns {
        match &mut column.values {
            Values::Integer(values) => drop(values.drain(..rows.min(values.len()))),
            Values::Decimal(values) => drop(values.drain(..rows.min(values.len()))),
            Values::Date(values) => drop(values.drain(..rows.min(values.len()))),
            Values::String(values) => drop(values.drain(..rows.min(values.len()))),
            other => panic!("no such column is made here: {other:?}"),
        }
    }
}

fn column(term: &Term, rows: usize) -> Column {
    let values = match (term, term.field()) {
        (Term::Aggregate(..), _) => {
            Values::Decimal((0..rows).map(|row| Some(((row * 7) % 11) as f64 * 10.0 + 5.0)).collect())
        }
        (Term::TimeUnit(unit, _), _) if unit.is_cyclic() => {
            Values::Integer((0..rows).map(|row| Some(row as i64 + 1)).collect())
        }
        (Term::TimeUnit(..), _) | (_, Some("date")) => {
            let date = |row: usize| jiff::civil::date(2012, (row % 12) as i8 + 1, 1);
            Values::Date((0..rows).map(|row| Some(date(row))).collect())
        }
        (_, Some("weather")) => {
            Values::String((0..rows).map(|row| Some(WEATHER[row % 5].to_owned())).collect())
        }
        _ => Values::Decimal((0..rows).map(|row| Some(row as f64 * 1.5)).collect()),
    };
    Column::new(term.to_string(), values)
}
