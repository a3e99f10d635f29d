//! Where canvas documents are kept. Backends differ, so this is the one storage trait.
//!
//! A row in the SQL database decides that a canvas exists, who may see it and what its id is. A document without such a row
//! is a stray: nobody sees it, and it is removed when its slug is wanted, at a start or by a sweep. A row without a document
//! is what a deletion leaves that was cut short: nobody sees such a canvas, and making one of that slug removes the row.

pub mod mongo;
pub mod owned;
pub mod sql;

use async_trait::async_trait;
use impala_core::Canvas;
use impala_core::api::Revision;
use uuid::Uuid;

use super::StoreError;

/// One saved state of a canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedCanvas {
    /// Which canvas.
    pub id: Uuid,
    /// Whose it is.
    pub project: Uuid,
    /// Its number, who saved it, and when.
    pub revision: Revision,
    /// The document.
    pub canvas: Canvas,
}

/// What a list says of a canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct CanvasHead {
    /// Which canvas.
    pub id: Uuid,
    /// Its title; may be empty.
    pub title: String,
    /// Blocks on it.
    pub blocks: u32,
    /// Its newest revision.
    pub revision: Revision,
}

/// Keeps canvas documents with all their revisions. Every backend passes `tests/api/stores.rs`.
///
/// Two canvases of one project never have the same slug, here as in the SQL rows: the later one gets `Conflict`, also when
/// two servers make a canvas at once. A stray holds its slug until it is removed; [`find`](Self::find) says which it is.
#[async_trait]
pub trait CanvasStore: Send + Sync {
    /// Its name in messages to people.
    fn name(&self) -> &'static str;

    /// Whether it answers.
    async fn check(&self) -> Result<(), StoreError>;

    /// The instance that the canvases belong to; `None` before the first claim.
    async fn owner(&self) -> Result<Option<Uuid>, StoreError>;

    /// Claims them for `instance` if nobody has claimed them before, and returns their owner. Of many at once, one wins.
    async fn claim(&self, instance: Uuid) -> Result<Uuid, StoreError>;

    /// Gives them to `instance`, whoever owned them.
    async fn give(&self, instance: Uuid) -> Result<(), StoreError>;

    /// The newest revision.
    async fn get(&self, id: Uuid) -> Result<Option<SavedCanvas>, StoreError>;

    /// The revision of that number.
    async fn get_revision(&self, id: Uuid, revision: u64) -> Result<Option<SavedCanvas>, StoreError>;

    /// What lists say of those of `ids` that are there, in any order.
    async fn heads(&self, ids: &[Uuid]) -> Result<Vec<CanvasHead>, StoreError>;

    /// The canvas of that project and slug.
    async fn find(&self, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError>;

    /// Saves revision n only over revision n - 1, and revision 1 only where there is none and no other canvas of the project
    /// has its slug; otherwise `Conflict`, and nothing is written. What was saved is on disk when this returns.
    async fn put(&self, saved: &SavedCanvas) -> Result<(), StoreError>;

    /// Revisions, newest first: those below `before`, `limit` at most.
    async fn history(&self, id: Uuid, before: Option<u64>, limit: i64) -> Result<Vec<Revision>, StoreError>;

    /// Removes a canvas with all its revisions if `revision` is its newest, in one step; otherwise `Conflict`, and nothing is
    /// removed. Of this and a `put` of the next revision at once, one wins and the other one gets `Conflict`.
    async fn delete_at(&self, id: Uuid, revision: u64) -> Result<(), StoreError>;

    /// Removes a canvas with all its revisions, whatever they are; false: it was not there.
    async fn delete(&self, id: Uuid) -> Result<bool, StoreError>;

    /// The ids of all canvases in rising order: those above `after`, `limit` at most.
    async fn ids(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError>;

    /// Removes what is not visible any more, and returns of how many canvases. Any server may do it at any time.
    async fn tidy(&self) -> Result<u64, StoreError>;

    /// Closes its connections. Later calls fail.
    async fn close(&self);
}

fn slug_taken(project: Uuid, slug: &str) -> StoreError {
    StoreError::Conflict(format!("project {project} has another canvas \"{slug}\""))
}
