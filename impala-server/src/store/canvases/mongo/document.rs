//! A revision as MongoDB keeps it.
//!
//! ```text
//! {_id: UUID, project: UUID, slug: string, revision: long, title: string, blocks: int, saved_by: string, saved_at: date, saved_us: long,
//!  note: string, save: UUID, document: {apiVersion, kind, metadata, spec}}
//! ```
//!
//! `project` and `slug` are what people look for, and what [`places`] keeps unique.
//!
//! The canvas is a document of its own, in its own types and order of keys. The keys are the model's, never a user's, so
//! none holds a dot, a dollar or a zero. `saved_at` is for people and tools, and ends at milliseconds, as dates do in
//! BSON; `saved_us`, microseconds since 1970, is what is read back.

use impala_core::api::Revision;
use impala_core::{Canvas, document};
use mongodb::IndexModel;
use mongodb::bson::{self, Bson, DateTime, Document, doc};
use mongodb::options::IndexOptions;
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::corrupt;
use crate::store::canvases::{CanvasHead, SavedCanvas};
use crate::store::{StoreError, sql};

/// MongoDB takes 16 MiB with all that is around the canvas.
const DOCUMENT_BYTES: usize = 15 << 20;

/// An id as BSON has it.
pub fn bson_id(id: Uuid) -> Bson {
    Bson::from(bson::Uuid::from_bytes(id.into_bytes()))
}

/// A revision's number as BSON has it.
///
/// # Errors
/// `Conflict` for a number out of range.
pub fn number(revision: u64) -> Result<i64, StoreError> {
    i64::try_from(revision).map_err(|_| StoreError::Conflict(format!("there is no revision {revision}")))
}

/// The index that lets no two canvases of a project have the same slug.
pub fn places() -> IndexModel {
    let unique = IndexOptions::builder().unique(true).build();
    IndexModel::builder().keys(doc! {"project": 1, "slug": 1}).options(unique).build()
}

/// The stored document; `save` distinguishes this save from all others.
///
/// # Errors
/// `Corrupt` when the canvas cannot be serialised.
pub fn write(saved: &SavedCanvas, save: Uuid) -> Result<Document, StoreError> {
    let SavedCanvas { id, project, revision, canvas } = saved;
    let blocks = i32::try_from(canvas.spec.blocks.len()).unwrap_or(i32::MAX);
    let mut document = doc! {
        "_id": bson_id(*id),
        "project": bson_id(*project),
        "slug": &canvas.metadata.slug,
        "revision": number(revision.revision)?,
        "title": &canvas.metadata.title,
        "blocks": blocks,
        "saved_by": &revision.saved_by,
        "saved_at": DateTime::from_millis(revision.saved_at.as_millisecond()),
        "saved_us": sql::micros(revision.saved_at),
        "note": &revision.note,
        "save": bson_id(save),
    };
    match exact(canvas) {
        Some(bson) => document.insert("document", bson),
        None => document.insert("document_json", text(*id, canvas)?),
    };
    Ok(document)
}

/// The canvas in BSON's types, if it comes back from there as it is and has room. It does not when it holds a whole number
/// above 2^63, which BSON does not know, or lists so long that BSON, which numbers their items, becomes too large;
/// such a canvas is kept as a text.
fn exact(canvas: &Canvas) -> Option<Document> {
    let bson = bson::serialize_to_document(canvas).ok()?;
    let size = bson::serialize_to_vec(&bson).ok()?.len();
    let back = json(&Bson::Document(bson.clone())).and_then(|value| document::read_canvas(&value).ok());
    (size <= DOCUMENT_BYTES && back.as_ref() == Some(canvas)).then_some(bson)
}

fn text(id: Uuid, canvas: &Canvas) -> Result<String, StoreError> {
    serde_json::to_string(canvas).map_err(|error| corrupt(what(id), error))
}

/// `None` for types that no canvas has.
fn json(bson: &Bson) -> Option<Value> {
    Some(match bson {
        Bson::Null => Value::Null,
        Bson::Boolean(value) => Value::Bool(*value),
        Bson::Int32(value) => Value::from(*value),
        Bson::Int64(value) => Value::from(*value),
        Bson::Double(value) => Value::Number(Number::from_f64(*value)?),
        Bson::String(text) => Value::String(text.clone()),
        Bson::Array(items) => Value::Array(items.iter().map(json).collect::<Option<_>>()?),
        Bson::Document(fields) => {
            let field = |(key, value): (&String, &Bson)| Some((key.clone(), json(value)?));
            Value::Object(fields.iter().map(field).collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

/// A revision as it was put.
///
/// # Errors
/// `Corrupt` when it is not a revision written by Impala.
pub fn saved(id: Uuid, found: &Document) -> Result<SavedCanvas, StoreError> {
    let value = match found.get("document") {
        Some(bson) => json(bson).ok_or_else(|| corrupt(what(id), "it holds a type that no canvas has"))?,
        None => {
            let text = found.get_str("document_json").map_err(|error| corrupt(what(id), error))?;
            document::from_json(text).map_err(|error| corrupt(what(id), error))?
        }
    };
    let canvas = document::read_canvas(&value).map_err(|error| corrupt(what(id), error))?;
    Ok(SavedCanvas { id, project: id_at(found, "project")?, revision: revision(found)?, canvas })
}

/// What lists say of a canvas.
///
/// # Errors
/// `Corrupt` when it is not a revision written by Impala.
pub fn head(found: &Document) -> Result<CanvasHead, StoreError> {
    Ok(CanvasHead {
        id: id_at(found, "_id")?,
        title: field(found.get_str("title"))?.to_owned(),
        blocks: sql::count(field(found.get_i32("blocks"))?.into())?,
        revision: revision(found)?,
    })
}

/// Number, author and time of a revision.
///
/// # Errors
/// `Corrupt` when it is not a revision written by Impala.
pub fn revision(found: &Document) -> Result<Revision, StoreError> {
    Ok(Revision {
        revision: sql::count(field(found.get_i64("revision"))?)?,
        saved_by: field(found.get_str("saved_by"))?.to_owned(),
        saved_at: sql::time(field(found.get_i64("saved_us"))?)?,
        note: field(found.get_str("note"))?.to_owned(),
    })
}

/// The id in that field.
///
/// # Errors
/// `Corrupt` when it is not an id.
pub fn id_at(found: &Document, key: &str) -> Result<Uuid, StoreError> {
    let id = match found.get(key) {
        Some(Bson::Binary(binary)) => field(binary.to_uuid())?,
        _ => return Err(corrupt("an id in MongoDB", format!("{key} is no UUID"))),
    };
    Ok(Uuid::from_bytes(id.bytes()))
}

fn field<T, E: Into<crate::store::BoxError>>(value: Result<T, E>) -> Result<T, StoreError> {
    value.map_err(|error| corrupt("a revision in MongoDB", error))
}

fn what(id: Uuid) -> String {
    format!("the document of canvas {id}")
}
