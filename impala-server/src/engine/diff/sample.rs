//! The first rows of each kind, and their values.

use std::collections::BTreeMap;

use impala_core::api::{RowChange, ValueDiff};

use super::{Shared, pieces};
use crate::engine::{QueryError, Stop, TableFile};

/// Characters of a value that are shown.
const LONGEST: usize = 200;

/// A row that differs: what became of it, and its numbers in the old and the new file, from 0.
type Place = (RowChange, Option<u64>, Option<u64>);

/// What was found, and the first rows of each kind.
pub(super) struct Found {
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) repeated: u64,
    most: usize,
    places: [Vec<Place>; 3],
}

impl Found {
    pub(super) fn new(most: usize) -> Self {
        Self { added: 0, removed: 0, changed: 0, unchanged: 0, repeated: 0, most, places: Default::default() }
    }

    pub(super) fn push(&mut self, change: RowChange, before: Option<u64>, after: Option<u64>) {
        let (count, places) = match change {
            RowChange::Changed => (&mut self.changed, &mut self.places[0]),
            RowChange::Added => (&mut self.added, &mut self.places[1]),
            RowChange::Removed => (&mut self.removed, &mut self.places[2]),
        };
        *count += 1;
        places.push((change, before, after));
        // Cut now and then, so that it stays small and is not sorted for every row.
        if places.len() > 2 * self.most + 1_000 {
            first(places, self.most);
        }
    }

    /// The first ones of each kind: changed, added, removed.
    pub(super) fn picked(mut self) -> Vec<Place> {
        let most = self.most;
        self.places.iter_mut().for_each(|places| first(places, most));
        self.places.into_iter().flatten().collect()
    }
}

/// Keeps the `most` rows that come first in the file.
fn first(places: &mut Vec<Place>, most: usize) {
    places.sort_unstable_by_key(|(_, before, after)| after.or(*before));
    places.truncate(most);
}

/// Values of rows as text, by the number of the row, in the order of the shared columns.
pub(super) type Texts = BTreeMap<u64, Vec<Option<String>>>;

/// Reads these rows: neighbours at once.
pub(super) fn texts(
    file: &TableFile,
    shared: &[Shared],
    mut rows: Vec<u64>,
    stop: &Stop,
) -> Result<Texts, QueryError> {
    rows.sort_unstable();
    let step = pieces::rows_of_a_piece(file, shared.len());
    let mut texts = Texts::new();
    let mut rest = rows.as_slice();
    while let Some(&first) = rest.first() {
        let near = rest.iter().take_while(|row| **row - first < step).count();
        let last = rest[near - 1];
        let columns = pieces::read(file, shared, first, last - first + 1, stop)?;
        for row in &rest[..near] {
            let at = usize::try_from(row - first).unwrap_or(usize::MAX);
            texts.insert(*row, columns.iter().map(|column| column.values.text(at).map(cut)).collect());
        }
        rest = &rest[near..];
    }
    Ok(texts)
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The values of the key, in its order.
pub(super) fn key(
    key: &[String],
    shared: &[Shared],
    row: Option<&Vec<Option<String>>>,
) -> Vec<Option<String>> {
    let place = |name: &String| shared.iter().position(|column| column.name == *name);
    let value = |index: usize| row?.get(index)?.clone();
    key.iter().map(|name| place(name).and_then(value)).collect()
}

/// Of a row of both files the values that differ, else all but the key.
pub(super) fn values(
    shared: &[Shared],
    old: Option<&[Option<String>]>,
    new: Option<&[Option<String>]>,
) -> Vec<ValueDiff> {
    let value = |row: Option<&[Option<String>]>, index: usize| row.and_then(|row| row.get(index)?.clone());
    let mut values = Vec::new();
    for (index, column) in shared.iter().enumerate().filter(|(_, column)| !column.is_key) {
        let (before, after) = (value(old, index), value(new, index));
        if old.is_none() || new.is_none() || before != after {
            values.push(ValueDiff { column: column.name.clone(), before, after });
        }
    }
    values
}
