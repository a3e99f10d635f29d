//! What a project shows: a list a tab, its columns, and what stands where there is nothing yet.

use impala_core::number_format::group_thousands;
use ratatui::layout::Rect;

use super::ProjectScreen;
use crate::action::Failure;
use crate::keymap::{Command, Context};
use crate::list::{self, Head, Line, List};
use crate::screen::Shared;
use crate::screens::upload::size_of;
use crate::screens::{self, below_tabs, inside, minute_of};

/// What a project shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Canvases,
    Sources,
    Members,
}

pub(super) const TABS: [Tab; 3] = [Tab::Canvases, Tab::Sources, Tab::Members];

const CANVASES: [Head; 6] = [
    list::text("Canvas"),
    list::text("Title"),
    list::number("Blocks"),
    list::number("Revision"),
    list::text("Saved by"),
    list::whole("Saved (UTC)"),
];

const SOURCES: [Head; 7] = [
    list::text("Source"),
    list::number("Version"),
    list::number("Rows"),
    list::number("Columns"),
    list::number("Size"),
    list::whole("Uploaded (UTC)"),
    list::text("Note"),
];

const MEMBERS: [Head; 2] = [list::text("Member"), list::whole("Role")];

impl ProjectScreen {
    pub(super) fn names(&self) -> Vec<String> {
        let Some(content) = &self.content else { return Vec::new() };
        match self.tab {
            Tab::Canvases => {
                content.canvases.iter().map(|one| format!("{} {}", one.slug, one.title)).collect()
            }
            Tab::Sources => {
                content.sources.iter().map(|one| format!("{} {}", one.name, one.current.note)).collect()
            }
            Tab::Members => {
                content.members.iter().map(|one| format!("{} {}", one.username, one.role.as_str())).collect()
            }
        }
    }

    pub(super) fn chosen(&self) -> Option<String> {
        let index = self.lists[self.tab as usize].index(&self.names())?;
        let content = self.content.as_ref()?;
        match self.tab {
            Tab::Canvases => content.canvases.get(index).map(|one| one.slug.clone()),
            Tab::Sources => content.sources.get(index).map(|one| one.name.clone()),
            Tab::Members => content.members.get(index).map(|one| one.username.clone()),
        }
    }

    pub(super) fn shown(&self) -> &List {
        &self.lists[self.tab as usize]
    }

    pub(super) fn shown_mut(&mut self) -> &mut List {
        &mut self.lists[self.tab as usize]
    }

    /// Where the lines stand.
    pub(super) fn lines_area(shared: &Shared) -> Rect {
        list::rows_of(below_tabs(inside(shared.body())))
    }

    /// Lines that are seen at once.
    pub(super) fn rows(shared: &Shared) -> usize {
        usize::from(Self::lines_area(shared).height)
    }

    /// Chooses the line that is wanted.
    pub(super) fn seek(&mut self, shared: &Shared) {
        let (Some(wanted), Some(content)) = (&self.wanted, &self.content) else { return };
        let index = match self.tab {
            Tab::Canvases => content.canvases.iter().position(|one| one.slug == *wanted),
            Tab::Sources => content.sources.iter().position(|one| one.name == *wanted),
            Tab::Members => content.members.iter().position(|one| one.username == *wanted),
        };
        let names = self.names();
        self.shown_mut().seek(index, &names, Self::rows(shared));
    }

    pub(super) fn lines(&self, index: usize) -> Option<Line> {
        let content = self.content.as_ref()?;
        Some(match self.tab {
            Tab::Canvases => {
                let one = content.canvases.get(index)?;
                Line::new([
                    one.slug.clone(),
                    one.title.clone(),
                    one.blocks.to_string(),
                    format!("r{}", one.revision.revision),
                    one.revision.saved_by.clone(),
                    minute_of(one.revision.saved_at),
                ])
            }
            Tab::Sources => {
                let one = content.sources.get(index)?;
                Line::new([
                    one.name.clone(),
                    format!("@{}", one.current.version),
                    group_thousands(&one.current.rows.to_string()),
                    one.current.columns.len().to_string(),
                    size_of(one.current.size_bytes),
                    minute_of(one.current.created_at),
                    one.current.note.clone(),
                ])
            }
            Tab::Members => {
                let one = content.members.get(index)?;
                Line::new([one.username.clone(), one.role.as_str().to_owned()])
            }
        })
    }

    pub(super) fn tabs(&self) -> [String; 3] {
        let count = |count: Option<usize>| count.map_or(String::new(), |count| format!(" {count}"));
        let content = self.content.as_ref();
        [
            format!("Canvases{}", count(content.map(|one| one.canvases.len()))),
            format!("Sources{}", count(content.map(|one| one.sources.len()))),
            format!("Members{}", count(content.map(|one| one.members.len()))),
        ]
    }

    pub(super) fn header(&self) -> &'static [Head] {
        match self.tab {
            Tab::Canvases => &CANVASES,
            Tab::Sources => &SOURCES,
            Tab::Members => &MEMBERS,
        }
    }

    pub(super) fn empty(&self, shared: &Shared) -> String {
        let key = |command| shared.key(Context::Project, command);
        let (new, upload, next) = (key(Command::New), key(Command::Upload), key(Command::NextTab));
        let Some(content) = self.content.as_ref().filter(|_| self.failure.is_none()) else {
            let failed = |failure: &Failure| format!("{} {}", failure.line(), screens::try_again(shared));
            return self.failure.as_ref().map_or(screens::WAITING.to_owned(), failed);
        };
        if !self.names().is_empty() {
            return screens::nothing_shown(&self.lists[self.tab as usize], shared);
        }
        let propose = shared.key(Context::Source, Command::Propose);
        match self.tab {
            Tab::Canvases if shared.reads_only() => "No canvases yet.".to_owned(),
            Tab::Sources if shared.reads_only() => "No sources yet.".to_owned(),
            Tab::Canvases if content.sources.is_empty() => {
                format!(
                    "No canvases yet. {upload} uploads a CSV file to show; {new} creates an empty canvas."
                )
            }
            Tab::Canvases => format!(
                "No canvases yet. {new} creates an empty one; {next} goes to the sources, where {propose} proposes one from a source's columns."
            ),
            Tab::Sources => format!("No sources yet. {upload} uploads a CSV file."),
            Tab::Members => "No members.".to_owned(),
        }
    }
}
