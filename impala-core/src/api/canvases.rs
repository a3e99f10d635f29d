//! Canvases, their revisions, and the answers to their blocks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::canvas::Canvas;
use crate::data::BlockData;
use crate::error::FieldError;

bodies! {
    /// A canvas in a list.
    pub struct CanvasSummary {
        /// Its name within the project.
        pub slug: String,
        /// Its name for people.
        pub title: String,
        /// Blocks on it.
        pub blocks: u32,
        /// The current revision.
        pub revision: Revision,
    }

    /// GET `sources/{name}/canvases`: a canvas that reads the source.
    pub struct CanvasName {
        /// Its name within the project.
        pub slug: String,
        /// Its name for people; may be empty.
        pub title: String,
    }

    /// A saved state of a canvas.
    pub struct Revision {
        /// 1, 2, 3, ...
        pub revision: u64,
        /// Username of the user who saved it.
        pub saved_by: String,
        /// When.
        pub saved_at: Timestamp,
        /// What was done, in a few words: `restored revision 3`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub note: String,
    }

    /// POST `canvases/{slug}/restore`.
    #[serde(deny_unknown_fields)]
    pub struct Restore {
        /// The revision whose content becomes a new revision.
        pub revision: u64,
    }

    /// GET `canvases/{slug}/data`: the answers to all blocks.
    pub struct CanvasData {
        /// Which revision was answered; 0 for a canvas that is not saved.
        pub revision: u64,
        /// What each parameter was set to, as text.
        pub parameters: BTreeMap<String, String>,
        /// By block id. Text blocks have none.
        pub blocks: BTreeMap<String, BlockAnswer>,
    }

    /// POST `answers`: the answers to a canvas as an editor has it, not saved.
    #[serde(deny_unknown_fields)]
    pub struct CanvasDraft {
        /// The document, as it would be saved.
        #[cfg_attr(feature = "openapi", schema(value_type = Canvas))]
        pub canvas: serde_json::Value,
        /// What its reader sets parameters to, by name.
        #[serde(default)]
        pub parameters: BTreeMap<String, Vec<String>>,
        /// Ids of the blocks to answer; all of them when empty.
        #[serde(default)]
        pub blocks: Vec<String>,
    }
}

/// What the note of a revision begins with that was saved from a file. A revision without it was edited on the server: in the
/// terminal, on the page, block by block.
pub const APPLIED: &str = "applied";

/// Canvases that [`read_by`] names at most.
const MOST_NAMED: usize = 5;

/// Characters of a title that it tells.
const TITLE_CHARS: usize = 40;

/// Which canvases read a source, for the question before it is deleted: `2 canvases read it: Seattle weather, rain.`
pub fn read_by(canvases: &[CanvasName]) -> String {
    let verb = match canvases.len() {
        0 => return "No canvas reads it.".to_owned(),
        1 => "1 canvas reads it".to_owned(),
        count => format!("{count} canvases read it"),
    };
    let names: Vec<String> = canvases.iter().take(MOST_NAMED).map(short_name).collect();
    let more = match canvases.len() - names.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!("{verb}: {}{more}.", names.join(", "))
}

fn short_name(canvas: &CanvasName) -> String {
    match canvas.title.char_indices().nth(TITLE_CHARS) {
        _ if canvas.title.is_empty() => canvas.slug.clone(),
        None => canvas.title.clone(),
        Some((end, _)) => format!("{}…", &canvas.title[..end]),
    }
}

impl Revision {
    /// Whether it was saved from a file, by `impala canvas apply`.
    pub fn is_applied(&self) -> bool {
        let rest = self.note.strip_prefix(APPLIED);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':', ',']))
    }
}

/// A canvas and its state on the server. GET, POST and PUT of a canvas answer with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CanvasView {
    /// What `If-Match` takes, quotes included, to change this state. Opaque.
    pub etag: String,
    /// The current revision.
    pub revision: Revision,
    /// What may not work as meant: fields that the source does not have, sources that do not exist.
    pub warnings: Vec<FieldError>,
    /// The document.
    pub canvas: Canvas,
}

impl<'de> Deserialize<'de> for CanvasView {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            etag: String,
            revision: Revision,
            warnings: Vec<FieldError>,
            canvas: serde_json::Value,
        }
        let raw = Raw::deserialize(deserializer)?;
        let canvas = crate::document::read_canvas(&raw.canvas).map_err(serde::de::Error::custom)?;
        Ok(Self { etag: raw.etag, revision: raw.revision, warnings: raw.warnings, canvas })
    }
}

/// The answer to one block: its data, or why there is no data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BlockAnswer {
    /// It worked.
    Data(BlockData),
    /// It did not. The other blocks still show.
    Problem(Problem),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canvases_that_read_a_source_are_named_and_not_all_of_many() {
        let check = |names: &[(&str, &str)], expected: &str| {
            let canvases: Vec<CanvasName> = names
                .iter()
                .map(|(slug, title)| CanvasName { slug: (*slug).to_owned(), title: (*title).to_owned() })
                .collect();
            assert_eq!(read_by(&canvases), expected);
        };
        check(&[], "No canvas reads it.");
        check(&[("rain", "")], "1 canvas reads it: rain.");
        check(&[("rain", "Rain by month"), ("b", "")], "2 canvases read it: Rain by month, b.");
        let long = "ü".repeat(41);
        check(&[("a", &long)], &format!("1 canvas reads it: {}….", "ü".repeat(40)));
        check(&[("a", ""); 7], "7 canvases read it: a, a, a, a, a and 2 more.");
    }
}
