//! Counts and hashes that are the same wherever an instance is kept.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Error, rows};

/// What there is of one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// A table, `canvas revisions` or `files`.
    pub name: String,
    /// How many.
    pub count: u64,
    /// SHA-256 over all of them, in hexadecimal.
    pub sha256: String,
}

/// The name of the total over documents.
pub const DOCUMENTS: &str = "canvas revisions";

/// The name of the total over files.
pub const FILES: &str = "files";

#[derive(Default)]
struct Part {
    count: u64,
    hash: Sha256,
}

impl Part {
    fn add(&mut self, line: &str) {
        self.count += 1;
        self.hash.update(line);
        self.hash.update("\n");
    }

    fn total(self, name: &str) -> Total {
        Total { name: name.to_owned(), count: self.count, sha256: hex::encode(self.hash.finalize()) }
    }
}

/// Counts and hashes what passes. What rows do not name in the end, such as a canvas that was deleted while it was being
/// read, does not count.
#[derive(Default)]
pub struct Tally {
    documents: BTreeMap<Uuid, Part>,
    files: BTreeMap<Uuid, Part>,
    tables: Vec<(String, Part)>,
    canvases: HashSet<Uuid>,
    uploads: HashSet<Uuid>,
}

impl Tally {
    /// A revision of a canvas, as its line.
    pub fn document(&mut self, canvas: Uuid, line: &str) {
        self.documents.entry(canvas).or_default().add(line);
    }

    /// A file of an upload.
    pub fn file(&mut self, upload: Uuid, name: &str, bytes: u64, sha256: &str) {
        self.files.entry(upload).or_default().add(&format!("{name} {bytes} {sha256}"));
    }

    /// The rows of this table come next.
    pub fn table(&mut self, name: &str) {
        self.tables.push((name.to_owned(), Part::default()));
    }

    /// A row of the table that came last.
    pub fn row(&mut self, line: &str) -> Result<(), Error> {
        let Some((table, part)) = self.tables.last_mut() else {
            return Ok(());
        };
        part.add(line);
        match table.as_str() {
            "canvases" => self.canvases.insert(id_of(table, line)?),
            "source_versions" => self.uploads.insert(id_of(table, line)?),
            _ => true,
        };
        Ok(())
    }

    /// What the rows name that has no document or no files. Empty if complete.
    pub fn missing(&self) -> Vec<String> {
        let canvases = self.canvases.iter().filter(|id| !self.documents.contains_key(id));
        let uploads = self.uploads.iter().filter(|id| self.files.get(id).is_none_or(|part| part.count < 2));
        let canvases = canvases.map(|id| format!("canvas {id} has no document"));
        canvases.chain(uploads.map(|id| format!("version {id} has no files"))).collect()
    }

    /// All there is.
    pub fn totals(self) -> Vec<Total> {
        let documents = sum(self.documents, &self.canvases).total(DOCUMENTS);
        let files = sum(self.files, &self.uploads).total(FILES);
        let tables = self.tables.into_iter().map(|(name, part)| part.total(&name));
        tables.chain([documents, files]).collect()
    }
}

fn sum(parts: BTreeMap<Uuid, Part>, counted: &HashSet<Uuid>) -> Part {
    let mut sum = Part::default();
    for (id, part) in parts.into_iter().filter(|(id, _)| counted.contains(id)) {
        sum.count += part.count;
        sum.hash.update(format!("{id} {} {}\n", part.count, hex::encode(part.hash.finalize())));
    }
    sum
}

fn id_of(table: &str, line: &str) -> Result<Uuid, Error> {
    let row = rows::from_line(table, line)?;
    let id = row.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::bad_archive(format!("a row of {table} has no id")))
}

/// What differs between two sets of totals; empty when nothing does.
pub fn differences(expected: &[Total], found: &[Total]) -> Vec<String> {
    let names: Vec<&str> = expected.iter().chain(found).map(|total| total.name.as_str()).collect();
    let mut differing: Vec<String> = Vec::new();
    for name in names {
        let of = |totals: &[Total]| totals.iter().find(|total| total.name == name).cloned();
        let (expected, found) = (of(expected), of(found));
        let count = |total: &Option<Total>| total.as_ref().map_or(0, |total| total.count);
        let text = match count(&expected) == count(&found) {
            true => format!("{name}: another content"),
            false => format!("{name}: {}, where {} were expected", count(&found), count(&expected)),
        };
        if expected != found && !differing.contains(&text) {
            differing.push(text);
        }
    }
    differing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(canvases: &[u128]) -> Vec<Total> {
        let mut tally = Tally::default();
        for id in [1, 2] {
            tally.document(Uuid::from_u128(id), "{}");
        }
        tally.table("canvases");
        for id in canvases {
            tally.row(&format!("{{\"id\":\"{}\"}}", Uuid::from_u128(*id))).unwrap();
        }
        tally.totals()
    }

    #[test]
    fn documents_that_no_row_names_do_not_count() {
        let count =
            |totals: Vec<Total>| totals.into_iter().find(|total| total.name == DOCUMENTS).unwrap().count;
        assert_eq!(count(totals(&[1, 2])), 2);
        assert_eq!(count(totals(&[2])), 1);
    }

    #[test]
    fn differences_name_what_differs() {
        assert_eq!(differences(&totals(&[1]), &totals(&[1])), Vec::<String>::new());
        let texts = differences(&totals(&[1]), &totals(&[2]));
        assert_eq!(texts, ["canvases: another content", "canvas revisions: another content"]);
        let texts = differences(&totals(&[1]), &totals(&[1, 2]));
        assert_eq!(texts[0], "canvases: 2, where 1 were expected");
    }

    #[test]
    fn rows_without_documents_are_missed() {
        let mut tally = Tally::default();
        tally.table("canvases");
        tally.row(&format!("{{\"id\":\"{}\"}}", Uuid::nil())).unwrap();
        assert_eq!(tally.missing(), [format!("canvas {} has no document", Uuid::nil())]);
    }
}
