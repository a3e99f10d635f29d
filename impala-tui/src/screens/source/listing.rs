//! The lists of a source: its columns and why they have their types, their figures, and its versions.

use impala_core::source::{ColumnType, SourceColumn};
use impala_render::format::{self, number::whole};
use ratatui::layout::Rect;

use super::{SourceScreen, distribution, statistics, versions};
use crate::list::{self, Head, Line, List, Sheet};
use crate::paper::Paper;
use crate::screen::Shared;
use crate::screens::{self, below_tabs, minute_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Schema,
    Rows,
    Statistics,
    Versions,
}

pub(super) const TABS: [Tab; 4] = [Tab::Schema, Tab::Rows, Tab::Statistics, Tab::Versions];

/// Their names.
pub(super) const NAMES: [&str; 4] = ["Schema", "Rows", "Statistics", "Versions"];

const SCHEMA: [Head; 5] = [
    list::text("Column"),
    list::whole("Type"),
    list::number("Nulls"),
    list::whole("Range"),
    list::text("Why this type"),
];

/// Longest end of a range of texts, in columns.
const END: usize = 16;

/// Columns from which on the figures of a column stand beside the list.
const WIDE: u16 = 110;

impl SourceScreen {
    pub(super) fn list_shown(&self) -> &List {
        &self.lists[self.tab as usize]
    }

    pub(super) fn list_mut(&mut self) -> &mut List {
        &mut self.lists[self.tab as usize]
    }

    /// What the filter looks at, a text for each line.
    pub(super) fn names(&self) -> Vec<String> {
        let columns = self.source.iter().flat_map(|source| &source.current.columns);
        let stats = self.stats.iter().flatten();
        let versions = self.versions.iter().flatten();
        match self.tab {
            Tab::Schema => columns.map(|one| format!("{} {}", one.name, one.column_type)).collect(),
            Tab::Rows => Vec::new(),
            Tab::Statistics => stats.map(|one| format!("{} {}", one.name, one.column_type)).collect(),
            Tab::Versions => versions
                .map(|one| {
                    format!("@{} {} {} {}", one.version, one.created_by, minute_of(one.created_at), one.note)
                })
                .collect(),
        }
    }

    /// Where the list stands with its header, and where the figures of the chosen column do.
    fn split(&self, area: Rect) -> (Rect, Rect) {
        if area.width >= WIDE {
            let width = (area.width * 2 / 5).clamp(44, 72);
            let list = Rect { width: area.width - width - 3, ..area };
            return (list, Rect { x: list.right() + 3, width, ..area });
        }
        let lines = self.stats.as_ref().map_or(0, Vec::len) as u16 + 1;
        let list = Rect { height: lines.min(area.height / 2).max(2).min(area.height), ..area };
        let top = list.bottom() + 1;
        (list, Rect { y: top, height: area.bottom().saturating_sub(top), ..area })
    }

    /// Where the lines of the open list stand.
    pub(super) fn lines_area(&self, shared: &Shared) -> Rect {
        let area = below_tabs(screens::inside(shared.body()));
        if self.tab != Tab::Statistics {
            return list::rows_of(area);
        }
        let (list, _) = self.split(area);
        Rect { y: list.y + 1, height: list.height.saturating_sub(1), ..list }
    }

    /// Lines that are seen at once.
    pub(super) fn lines_seen(&self, shared: &Shared) -> usize {
        usize::from(self.lines_area(shared).height)
    }

    fn empty(&self, shared: &Shared) -> String {
        match self.failure() {
            _ if !self.names().is_empty() => screens::nothing_shown(self.list_shown(), shared),
            Some(failure) => format!("{failure} {}", screens::try_again(shared)),
            None => screens::WAITING.to_owned(),
        }
    }

    pub(super) fn draw_list(&self, paper: &mut Paper, area: Rect, shared: &Shared) {
        let shown = self.list_shown().shown(&self.names());
        let empty = self.empty(shared);
        let sheet = |header, lines| Sheet { header, lines, empty: &empty };
        let list = self.list_shown();
        match self.tab {
            Tab::Rows => {}
            Tab::Schema => {
                let columns = self.source.as_ref().map_or(&[][..], |source| &source.current.columns);
                let lines = shown.iter().filter_map(|index| columns.get(*index)).map(schema_line).collect();
                sheet(&SCHEMA, lines).draw_with_detail(paper, area, list);
            }
            Tab::Statistics => {
                let stats = self.stats.as_deref().unwrap_or_default();
                let (left, right) = self.split(area);
                let is_ascii = paper.look.is_ascii();
                let columns: Vec<_> = shown.iter().filter_map(|index| stats.get(*index)).collect();
                let lines = columns.iter().map(|column| statistics::line(column, is_ascii)).collect();
                let sheet = sheet(&statistics::HEADER, lines);
                sheet.draw(paper, left, list);
                let right = beside(left, sheet.width(left.width), right);
                if let Some(column) = columns.get(list.chosen) {
                    distribution::draw(paper, right, column);
                }
            }
            Tab::Versions => {
                let versions = self.versions.as_deref().unwrap_or_default();
                let current = self.source.as_ref().map_or(0, |source| source.current.version);
                let versions = shown.iter().filter_map(|index| versions.get(*index));
                let lines = versions.map(|one| self.version_line(one, current)).collect();
                sheet(&versions::HEADER, lines).draw_with_detail(paper, area, list);
            }
        }
    }
}

/// What is to the right of a list begins where the list ends.
fn beside(list: Rect, used: u16, area: Rect) -> Rect {
    if area.y > list.y { area } else { Rect { x: list.x + used + 3, ..area } }
}

fn schema_line(column: &SourceColumn) -> Line {
    let end = |end: &str| match column.column_type {
        ColumnType::String => format::cut(&format::clean(end), END),
        _ => end.to_owned(),
    };
    let range = match (&column.min, &column.max) {
        (Some(min), Some(max)) => format!("{} – {}", end(min), end(max)),
        _ => String::new(),
    };
    Line::new([
        column.name.clone(),
        column.column_type.to_string(),
        whole(column.nulls),
        range,
        column.reason.clone(),
    ])
}
