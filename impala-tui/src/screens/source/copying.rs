//! Copying a column whose rows are not all here: they are asked for piece by piece, and only a whole column is copied.

use impala_core::api::Preview;
use impala_core::source::SourceRef;
use impala_render::format::{self, number::whole};

use super::SourceScreen;
use crate::action::Outcome;
use crate::effect::Request;
use crate::look::Role;
use crate::screen::Shared;

/// Rows that are copied at most: a clipboard is no place for more.
const MOST: u64 = 100_000;

/// Rows asked for at once: as many as the server gives.
const PIECE: u64 = 1_000;

/// A column that is being copied.
pub(super) struct Copying {
    /// The question that is under way.
    pub number: u64,
    /// The column's name.
    pub column: String,
    /// Its values so far.
    texts: Vec<String>,
    /// Rows of an answer that has other ones than the table is of another version.
    rows_total: u64,
}

impl Copying {
    /// Rows that are here.
    pub fn rows(&self) -> u64 {
        self.texts.len() as u64
    }
}

impl SourceScreen {
    pub(super) fn copy_column(&mut self, shared: &mut Shared) {
        let Some(column) = self.table.column_name().map(str::to_owned) else { return };
        let rows_total = self.table.rows_total();
        if rows_total > MOST {
            let (rows, most) = (whole(rows_total), whole(MOST));
            let words = format!("Not copied: {rows} rows, {most} at most; `impala query` writes a file.");
            return shared.say(Role::Warning, words);
        }
        self.stop_copying(shared);
        let number = self.ask_piece(0, shared);
        self.copying = Some(Copying { number, column, texts: Vec::new(), rows_total });
    }

    fn ask_piece(&self, offset: u64, shared: &mut Shared) -> u64 {
        // Of one version, whatever is uploaded meanwhile.
        let version = self.source.as_ref().map(|source| source.current.version);
        shared.ask(Request::Rows {
            project: self.project.clone(),
            source: SourceRef { name: self.name.clone(), version },
            offset,
            limit: PIECE,
        })
    }

    /// Whether there was a copy to stop.
    pub(super) fn stop_copying(&mut self, shared: &mut Shared) -> bool {
        let Some(copying) = self.copying.take() else { return false };
        shared.forget([copying.number]);
        shared.say(Role::Warning, format!("Nothing was copied: stopped at row {}.", whole(copying.rows())));
        true
    }

    pub(super) fn take_copied(&mut self, outcome: &Outcome<Box<Preview>>, shared: &mut Shared) {
        let Some(mut copying) = self.copying.take() else { return };
        let rows = match outcome {
            Ok(rows) => rows,
            Err(failure) => {
                return shared.say(Role::Alarm, format!("Nothing was copied: {}", failure.line()));
            }
        };
        let column = rows.columns.iter().find(|column| column.name == copying.column);
        let values = column.map(|column| &column.values).filter(|_| rows.rows_total == copying.rows_total);
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            return shared.say(Role::Alarm, "Nothing was copied: the source has changed.");
        };
        copying.texts.extend((0..values.len()).map(|row| values.text(row).unwrap_or_default()));
        if copying.rows() < copying.rows_total {
            copying.number = self.ask_piece(copying.rows(), shared);
            self.copying = Some(copying);
            return;
        }
        let rows = format::count(copying.rows(), "row");
        let text = format!("{}\n{}", copying.column, copying.texts.join("\n"));
        shared.clip_saying(text, Role::Good, format!("Column copied: {rows}"));
    }
}
