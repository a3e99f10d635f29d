//! All keys of what has the focus, what a newcomer needs first: filtered by words, and run from here. What cannot be done now is
//! there with why.

mod columns;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::palette::{Entry, other_words};
use crate::cache::PaintCache;
use crate::keymap::{Binding, Command, Context, Item, Shown};
use crate::list::List;
use crate::look::Role;
use crate::paper::{Paper, inside_box};
use crate::screen::{Refusal, Screen, Shared};
use columns::{Column, GAP, Line, columns};

/// A line of the table, or several of one group, and how it is run.
struct Keys {
    /// What stands above it and its neighbours.
    heading: &'static str,
    item: Item,
    /// Its first line as a command.
    entry: Entry,
}

/// The keys, as a list of which one is chosen.
pub struct Help {
    keys: Vec<Keys>,
    /// What the filter looks at, one text for each of them.
    names: Vec<String>,
    list: List,
    top: usize,
}

impl Help {
    /// The keys of these lines of the table: first those that somebody needs first, then the others, each group under its
    /// heading. Beside each why it cannot be run now, if so.
    pub fn new(shown: Vec<(Shown, Option<Refusal>)>) -> Self {
        let mut items = items(shown);
        // Somebody who does not know how to move about has no block to change.
        let rank = |context: Context| (context == Context::Global, context == Context::Editor);
        items.sort_by_key(|(item, _)| rank(item.binding().context));
        let (first, others): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|(item, _)| item.binding().is_first);
        let keys = |(item, refusal): (Item, Option<Refusal>), heading: Option<&'static str>| Keys {
            heading: heading.unwrap_or(item.binding().context.heading()),
            entry: Entry::here(item.first(), refusal),
            item,
        };
        let first = first.into_iter().map(|item| keys(item, Some("Most used")));
        let keys: Vec<Keys> = first.chain(others.into_iter().map(|item| keys(item, None))).collect();
        let names = keys.iter().map(Keys::name).collect();
        Self { keys, names, list: List::default(), top: 0 }
    }

    /// The lines that the filter lets through, with headings and blanks between them.
    fn lines(&self, shown: &[usize]) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let mut heading = "";
        for keys in shown.iter().map(|index| &self.keys[*index]) {
            if keys.heading != heading {
                lines.extend((!lines.is_empty()).then_some(Line::Blank));
                lines.push(Line::Heading(keys.heading));
                heading = keys.heading;
            }
            lines.push(Line::Keys { item: &keys.item, why: keys.entry.why() });
        }
        lines
    }

    /// The panel has room for all keys, whatever the filter leaves of them.
    fn panel(&self, area: Rect, is_ascii: bool) -> Rect {
        let all: Vec<usize> = (0..self.keys.len()).collect();
        columns(&self.lines(&all), area, is_ascii).1
    }

    /// Moves to the nearest line of the column beside that of the chosen one.
    fn go_aside(&mut self, by: i64, shared: &Shared) {
        let places = self.places(shared);
        let Some(&(column, row)) = places.get(self.list.chosen) else { return };
        let beside = |place: &&(usize, (usize, usize))| place.1.0 as i64 == column as i64 + by;
        let places: Vec<_> = places.into_iter().enumerate().collect();
        let nearest = places.iter().filter(beside).min_by_key(|(_, (_, at))| at.abs_diff(row));
        self.list.chosen = nearest.map_or(self.list.chosen, |(index, _)| *index);
    }

    /// Column and row of each line of keys that is shown.
    fn places(&self, shared: &Shared) -> Vec<(usize, usize)> {
        let lines = self.lines(&self.list.shown(&self.names));
        let (columns, _) = columns(&lines, shared.body(), shared.look.is_ascii());
        let rows = |(index, column): (usize, &Column)| {
            let is_keys = |(row, line): (usize, &Line)| matches!(line, Line::Keys { .. }).then_some(row);
            let rows: Vec<usize> = column.lines.iter().enumerate().filter_map(is_keys).collect();
            rows.into_iter().map(move |row| (index, row))
        };
        columns.iter().enumerate().flat_map(rows).collect()
    }

    /// Rows that are seen at once.
    fn room(&self, shared: &Shared) -> usize {
        usize::from(inside_box(self.panel(shared.body(), shared.look.is_ascii())).height).max(1)
    }

    /// Scrolls so that the chosen line is seen, and with the first one what stands above it.
    fn settle(&mut self, shared: &Shared) {
        let (places, room) = (self.places(shared), self.room(shared));
        let row = places.get(self.list.chosen).map_or(0, |(_, row)| *row);
        let first = places.iter().map(|(_, row)| *row).min().unwrap_or(0);
        self.top = match row <= first {
            true => 0,
            false => self.top.clamp((row + 1).saturating_sub(room), row),
        };
    }

    /// Runs the chosen line in what lies below; one that stands for several steps says its keys.
    fn run(&self, shared: &mut Shared) {
        let Some(keys) = self.list.index(&self.names).map(|index| &self.keys[index]) else { return };
        if keys.item.is_several() && keys.entry.only_moves() {
            let signs = keys.item.keys(shared.look.is_ascii());
            return shared.hint(Role::Accent, format!("{}: press {signs} there.", keys.item.label()));
        }
        keys.entry.run(shared);
    }
}

impl Keys {
    fn name(&self) -> String {
        let (item, binding) = (&self.item, self.item.binding());
        let why = self.entry.why().unwrap_or_default();
        let (keys, other) = (item.keys(true), other_words(binding.command));
        format!("{keys} {} {} {why} {other}", item.label(), self.heading)
    }
}

/// Lines with keys as items: those of a group are one, unless some of them cannot be run.
fn items(shown: Vec<(Shown, Option<Refusal>)>) -> Vec<(Item, Option<Refusal>)> {
    let with_keys: Vec<_> = shown.into_iter().filter(|(line, _)| !line.keys().is_empty()).collect();
    let alike = with_keys.chunk_by(|(_, one), (_, other)| one == other);
    let items = alike.flat_map(|lines| {
        let refusal = lines[0].1;
        let lines = lines.iter().map(|(line, _)| line.clone()).collect();
        Item::of(lines).into_iter().map(move |item| (item, refusal))
    });
    items.collect()
}

impl Screen for Help {
    fn title(&self) -> String {
        "Keys".to_owned()
    }

    fn contexts(&self, _shared: &Shared) -> Vec<Context> {
        self.list.contexts(Context::Help)
    }

    fn is_layer(&self) -> bool {
        true
    }

    fn list(&self) -> Option<&List> {
        Some(&self.list)
    }

    fn word(&self, binding: &Binding) -> Option<&'static str> {
        self.list.word(binding)
    }

    fn command(&mut self, command: Command, shared: &mut Shared) -> bool {
        // A list turns half of its rows at once.
        let rows = self.room(shared) * 2;
        match command {
            Command::Left => self.go_aside(-1, shared),
            Command::Right => self.go_aside(1, shared),
            Command::Help => {}
            command if self.list.command(command, &self.names, rows) => {}
            Command::Accept => self.run(shared),
            _ => return false,
        }
        self.settle(shared);
        true
    }

    fn key(&mut self, key: KeyEvent, shared: &mut Shared) {
        self.list.key(key, &self.names, usize::MAX);
        self.settle(shared);
    }

    fn paste(&mut self, text: &str, shared: &mut Shared) {
        self.list.paste(text, &self.names, usize::MAX);
        self.settle(shared);
    }

    fn click(&mut self, mouse: MouseEvent, shared: &mut Shared) {
        let lines = self.lines(&self.list.shown(&self.names));
        let (columns, _) = columns(&lines, shared.body(), shared.look.is_ascii());
        let inside = inside_box(self.panel(shared.body(), shared.look.is_ascii()));
        let row = usize::from(mouse.row.saturating_sub(inside.y)) + self.top;
        let mut right = inside.x;
        let column = columns.iter().position(|column| {
            right += column.cols + GAP;
            mouse.column < right
        });
        let is_inside = inside.contains((mouse.column, mouse.row).into());
        let at = column.filter(|_| is_inside).map(|column| (column, row));
        let Some(index) = self.places(shared).iter().position(|place| Some(*place) == at) else { return };
        // As in the palette.
        match self.list.chosen == index {
            true => self.run(shared),
            false => self.list.choose(index, usize::MAX),
        }
    }

    fn resized(&mut self, shared: &mut Shared) {
        self.settle(shared);
    }

    fn view(&self, paper: &mut Paper, area: Rect, shared: &Shared, _cache: &mut PaintCache) {
        let panel = self.panel(area, paper.look.is_ascii());
        let inside = paper.boxed(panel, "Keys", Role::Accent);
        let lines = self.lines(&self.list.shown(&self.names));
        let (columns, _) = columns(&lines, area, paper.look.is_ascii());
        let rows = columns.iter().map(|column| column.lines.len()).max().unwrap_or(0);
        let room = usize::from(inside.height);
        let top = self.top.min(rows.saturating_sub(room));
        let places = self.places(shared);
        let mut x = inside.x;
        for (index, column) in columns.iter().enumerate() {
            let left = inside.right().saturating_sub(x);
            let width = if columns.len() == 1 { left } else { column.cols.min(left) };
            let chosen = places.get(self.list.chosen).filter(|(at, _)| *at == index).map(|(_, row)| *row);
            column.draw(paper, Rect { x, width, ..inside }, top, chosen);
            x += column.cols + GAP;
        }
        if let Some(nothing) = self.list.nothing(&shared.key(Context::Filter, Command::Cancel))
            && lines.is_empty()
        {
            paper.text(inside, 0, &nothing, Role::Muted);
        }
        paper.more(
            panel,
            top,
            rows.saturating_sub(top + room),
            Some("keys can be changed: impala tui --help"),
        );
    }
}
