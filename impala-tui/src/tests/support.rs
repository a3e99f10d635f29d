//! A program whose world is a table of answers.

mod data;
mod fake;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use impala_core::{Canvas, document};
use impala_render::{Charset, Ink};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::action::{Action, Answer, Live};
use crate::app::App;
use crate::cache::PaintCache;
use crate::effect::{Effect, Request};
use crate::keymap::Keymap;
use crate::look::{Background, Look};
use crate::paper::Paper;
use crate::screen::Shared;
use crate::screens::{Start, Target};
pub use data::source;
pub use fake::{Fake, saved};

const CANVAS: &str = include_str!("../../../examples/seattle-weather.yaml");

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
            fake: Fake::new(),
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
