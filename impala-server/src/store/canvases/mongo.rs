//! Canvas documents in MongoDB, for servers that share them.
//!
//! Two collections. `canvases` holds the newest revision of each canvas, whole, under the canvas's id. `revisions` holds what came
//! before, under `{canvas, revision}`. Both ids are unique by MongoDB's own index on `_id`, which is there from the first write on:
//! no two canvases share an id, no two revisions a number. A unique index on `project` and `slug` of `canvases` lets no two canvases
//! of a project have the same slug. It is made before the first write of this process and stays; making it again changes
//! nothing, also when several servers do so at once.
//!
//! A third collection, `meta`, says which instance the canvases belong to.
//!
//! There are no transactions, which a MongoDB that runs alone does not have: each step is one write of one document, and
//! the state between two steps is valid.
//!
//! * A save first copies the revision that it replaces to `revisions`, then replaces it. The copy is made by MongoDB of what
//!   stands there, so it is always the same. A crash in between leaves a copy of the newest
//!   revision, which no reader takes for another one and the next save writes again.
//! * A deletion removes the newest revision, then the copies. Without a newest revision there is no canvas: a crash in
//!   between leaves copies that nobody sees, as does a save that loses against a deletion and dies before it tidies up.
//!   [`tidy`](CanvasStore::tidy) removes them.

mod document;
mod link;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use impala_core::api::Revision;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Collection, Database};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{CanvasHead, CanvasStore, SavedCanvas, slug_taken};
use crate::store::{BoxError, StoreError};
use document::{bson_id, head, id_at, number, revision, saved};
use link::{PATIENCE, fault, insist};
pub use link::{WrongUrl, is_refusal};

/// Keeps canvases in one MongoDB database.
#[derive(Clone, Debug)]
pub struct MongoCanvases {
    database: Database,
    newest: Collection<Document>,
    earlier: Collection<Document>,
    /// Set once the index over slugs is known to be there.
    places: Arc<OnceCell<()>>,
    meta: Collection<Document>,
}

const NEWEST: &str = "canvases";
const EARLIER: &str = "revisions";

/// Holds one document: `{_id: "instance", id: string}`, the instance that the canvases belong to.
const META: &str = "meta";
const INSTANCE: &str = "instance";

/// How long a pass over all canvases may take.
const TIDY_PATIENCE: Duration = Duration::from_secs(300);

/// What a list needs: all but the document.
fn without_document() -> Document {
    doc! {"document": 0, "document_json": 0}
}

impl MongoCanvases {
    /// The database that `url` names, `impala` when it names none. Nothing is asked of the server yet, which may be down.
    ///
    /// # Errors
    /// When the URL is invalid. The password in it is not repeated.
    pub async fn open(url: &str) -> Result<Self, WrongUrl> {
        let database = link::open(url).await?;
        let (newest, earlier) = (database.collection(NEWEST), database.collection(EARLIER));
        let meta = database.collection(META);
        Ok(Self { database, newest, earlier, meta, places: Arc::default() })
    }

    /// Makes the index that keeps slugs unique, which has to be there before anything is written.
    async fn prepare(&self, patience: Duration) -> Result<(), StoreError> {
        let create = async || {
            let index = |_| async { self.newest.create_index(document::places()).await };
            insist(patience, index).await.map(drop).map_err(|error| match link::is_duplicate(&error) {
                true => StoreError::Refused(format!(
                    "two documents of the collection {NEWEST} in MongoDB have the same project and slug ({error}); \
                     remove the one whose _id is not in the SQL table canvases"
                )),
                false => fault(error),
            })
        };
        self.places.get_or_try_init(create).await.copied()
    }

    /// Copies the revision that is about to be replaced, if it is still the newest.
    async fn archive(&self, id: Uuid, number: i64) -> Result<(), StoreError> {
        let copy = doc! {"_id": {"canvas": "$_id", "revision": "$revision"}};
        let steps = [
            doc! {"$match": {"_id": bson_id(id), "revision": number}},
            doc! {"$replaceWith": {"$mergeObjects": ["$$ROOT", copy]}},
            doc! {"$merge": {"into": EARLIER, "on": "_id", "whenMatched": "replace", "whenNotMatched": "insert"}},
        ];
        let copied = insist(PATIENCE, |_| async { self.newest.aggregate(steps.clone()).await }).await;
        match copied {
            // Two copied the same at once.
            Err(error) if link::is_duplicate(&error) => Ok(()),
            copied => copied.map(drop).map_err(fault),
        }
    }

    /// Removes the earlier revisions of a canvas that is gone. It is gone whether this succeeds or not:
    /// leftovers are removed by the next tidying.
    async fn remove_earlier(&self, id: Uuid) {
        let all = doc! {"_id": revisions(id, Bson::MaxKey)};
        let removed = insist(PATIENCE, |_| async { self.earlier.delete_many(all.clone()).await }).await;
        if let Err(error) = removed {
            tracing::warn!(%error, canvas = %id, "earlier revisions of a deleted canvas stay until the next tidying");
        }
    }

    /// Why a revision cannot be saved.
    async fn refusal(&self, saved: &SavedCanvas) -> Result<StoreError, StoreError> {
        let SavedCanvas { id, project, revision, canvas } = saved;
        if revision.revision > 1 {
            // Deleted in between, maybe after what was to be replaced was copied: that copy is no longer needed.
            if !self.is_there(*id).await? {
                self.remove_earlier(*id).await;
            }
            return Ok(conflict(*id, revision.revision - 1));
        }
        let slug = &canvas.metadata.slug;
        match self.find_id(*project, slug).await? {
            Some(other) if other != *id => Ok(slug_taken(*project, slug)),
            _ => Ok(conflict(*id, 0)),
        }
    }

    async fn find_id(&self, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
        let filter = doc! {"project": bson_id(project), "slug": slug};
        let find = |_| async { self.newest.find_one(filter.clone()).projection(doc! {"_id": 1}).await };
        let found = insist(PATIENCE, find).await.map_err(fault)?;
        found.map(|found| id_at(&found, "_id")).transpose()
    }

    async fn is_there(&self, id: Uuid) -> Result<bool, StoreError> {
        let filter = doc! {"_id": bson_id(id)};
        let find = |_| async { self.newest.find_one(filter.clone()).projection(doc! {"_id": 1}).await };
        Ok(insist(PATIENCE, find).await.map_err(fault)?.is_some())
    }

    /// Whether that save was written, and is an earlier revision by now: its copy proves it.
    async fn was_replaced(&self, id: Uuid, number: i64, save: Uuid) -> Result<bool, StoreError> {
        let copy = doc! {"_id": {"canvas": bson_id(id), "revision": number}, "save": bson_id(save)};
        let find = |_| async { self.earlier.find_one(copy.clone()).projection(doc! {"_id": 1}).await };
        Ok(insist(PATIENCE, find).await.map_err(fault)?.is_some())
    }

    async fn find_newest(&self, filter: Document) -> Result<Option<Document>, StoreError> {
        insist(PATIENCE, |_| async { self.newest.find_one(filter.clone()).await }).await.map_err(fault)
    }
}

/// The ids of the revisions of a canvas below `end`.
fn revisions(id: Uuid, end: impl Into<Bson>) -> Document {
    doc! {
        "$gte": {"canvas": bson_id(id), "revision": Bson::MinKey},
        "$lt": {"canvas": bson_id(id), "revision": end.into()},
    }
}

/// Where a save may write: over the revision before it, or over itself, which is there when the answer to the first try got
/// lost. `save` is an id that no other save has.
fn place(id: Uuid, number: i64, save: Uuid) -> Document {
    let (id, save) = (bson_id(id), bson_id(save));
    match number {
        1 => doc! {"_id": id, "revision": number, "save": save},
        _ => doc! {"_id": id, "$or": [{"revision": number - 1}, {"revision": number, "save": save}]},
    }
}

fn conflict(id: Uuid, number: u64) -> StoreError {
    StoreError::Conflict(format!("canvas {id} is not at revision {number}"))
}

#[async_trait]
impl CanvasStore for MongoCanvases {
    fn name(&self) -> &'static str {
        "MongoDB"
    }

    async fn check(&self) -> Result<(), StoreError> {
        let ping = |_| async { self.database.run_command(doc! {"ping": 1}).await };
        insist(PATIENCE, ping).await.map(drop).map_err(fault)
    }

    async fn owner(&self) -> Result<Option<Uuid>, StoreError> {
        let find = |_| async { self.meta.find_one(doc! {"_id": INSTANCE}).await };
        let Some(found) = insist(PATIENCE, find).await.map_err(fault)? else {
            return Ok(None);
        };
        // A text, readable for people.
        let id = found.get_str("id").map_err(BoxError::from).and_then(|id| Ok(id.parse()?));
        id.map(Some).map_err(|error| corrupt("the instance's id in MongoDB", error))
    }

    async fn claim(&self, instance: Uuid) -> Result<Uuid, StoreError> {
        let document = doc! {"_id": INSTANCE, "id": instance.to_string()};
        match insist(PATIENCE, |_| async { self.meta.insert_one(&document).await }).await {
            Err(error) if !link::is_duplicate(&error) => return Err(fault(error)),
            _ => {}
        }
        self.owner().await?.ok_or_else(|| corrupt("the instance's id in MongoDB", "it stays away"))
    }

    async fn give(&self, instance: Uuid) -> Result<(), StoreError> {
        let document = doc! {"_id": INSTANCE, "id": instance.to_string()};
        let write = |_| async { self.meta.replace_one(doc! {"_id": INSTANCE}, &document).upsert(true).await };
        insist(PATIENCE, write).await.map(drop).map_err(fault)
    }

    async fn get(&self, id: Uuid) -> Result<Option<SavedCanvas>, StoreError> {
        let found = self.find_newest(doc! {"_id": bson_id(id)}).await?;
        found.map(|found| saved(id, &found)).transpose()
    }

    async fn get_revision(&self, id: Uuid, revision: u64) -> Result<Option<SavedCanvas>, StoreError> {
        let Ok(number) = i64::try_from(revision) else {
            return Ok(None);
        };
        if let Some(newest) = self.find_newest(doc! {"_id": bson_id(id), "revision": number}).await? {
            return saved(id, &newest).map(Some);
        }
        // In this order none is missed: a revision is copied before it stops being the newest.
        let filter = doc! {"_id": {"canvas": bson_id(id), "revision": number}};
        let found = insist(PATIENCE, |_| async { self.earlier.find_one(filter.clone()).await }).await;
        match found.map_err(fault)? {
            Some(found) if self.is_there(id).await? => saved(id, &found).map(Some),
            _ => Ok(None),
        }
    }

    async fn heads(&self, ids: &[Uuid]) -> Result<Vec<CanvasHead>, StoreError> {
        let ids: Vec<Bson> = ids.iter().copied().map(bson_id).collect();
        let filter = doc! {"_id": {"$in": ids}};
        let find = |_| async {
            let found = self.newest.find(filter.clone()).projection(without_document()).await?;
            found.try_collect::<Vec<_>>().await
        };
        insist(PATIENCE, find).await.map_err(fault)?.iter().map(head).collect()
    }

    async fn find(&self, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
        self.find_id(project, slug).await
    }

    async fn put(&self, saved: &SavedCanvas) -> Result<(), StoreError> {
        let number = number(saved.revision.revision)?;
        if number < 1 {
            return Err(conflict(saved.id, 0));
        }
        let save = Uuid::now_v7();
        let document = document::write(saved, save)?;
        self.prepare(PATIENCE).await?;
        if number > 1 {
            self.archive(saved.id, number - 1).await?;
        }
        let place = place(saved.id, number, save);
        let write = |_| async { self.newest.replace_one(place.clone(), &document).upsert(number == 1).await };
        match insist(PATIENCE, write).await {
            Ok(done) if done.matched_count == 1 || done.upserted_id.is_some() => Ok(()),
            Err(error) if !link::is_duplicate(&error) => Err(fault(error)),
            // There is another one: for the first revision a unique id or slug says so. It may follow this one, if the
            // answer got lost and someone saved the next one before the retry.
            _ if self.was_replaced(saved.id, number, save).await? => Ok(()),
            _ => Err(self.refusal(saved).await?),
        }
    }

    async fn history(&self, id: Uuid, before: Option<u64>, limit: i64) -> Result<Vec<Revision>, StoreError> {
        let newest = self.heads(&[id]).await?.into_iter().next();
        let Some(newest) = newest.map(|head| head.revision) else {
            return Ok(Vec::new());
        };
        let before = before.unwrap_or(u64::MAX);
        let end = number(before.min(newest.revision))?;
        let mut revisions_found: Vec<Revision> =
            Some(newest).filter(|newest| newest.revision < before).into_iter().collect();
        let left = limit - i64::try_from(revisions_found.len()).unwrap_or(i64::MAX);
        if left > 0 {
            let find = |_| async {
                let found = self.earlier.find(doc! {"_id": revisions(id, end)}).sort(doc! {"_id": -1});
                found.limit(left).projection(without_document()).await?.try_collect::<Vec<_>>().await
            };
            let found = insist(PATIENCE, find).await.map_err(fault)?;
            revisions_found.extend(found.iter().map(revision).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(revisions_found)
    }

    async fn delete_at(&self, id: Uuid, revision: u64) -> Result<(), StoreError> {
        let Ok(number) = i64::try_from(revision) else {
            return Err(conflict(id, revision));
        };
        let (newest, filter) = (&self.newest, &doc! {"_id": bson_id(id), "revision": number});
        let delete = |is_repeated| async move {
            let deleted = newest.delete_one(filter.clone()).await?.deleted_count > 0;
            Ok((deleted, is_repeated))
        };
        let (deleted, is_repeated) = insist(PATIENCE, delete).await.map_err(fault)?;
        // When the answer to a first try got lost, a canvas that is gone was removed by it.
        if !deleted && (!is_repeated || self.is_there(id).await?) {
            return Err(conflict(id, revision));
        }
        self.remove_earlier(id).await;
        Ok(())
    }

    async fn delete(&self, id: Uuid) -> Result<bool, StoreError> {
        let (newest, filter) = (&self.newest, &doc! {"_id": bson_id(id)});
        let delete = |is_repeated| async move {
            let deleted = newest.delete_one(filter.clone()).await?.deleted_count > 0;
            Ok(deleted || is_repeated)
        };
        let deleted = insist(PATIENCE, delete).await.map_err(fault)?;
        self.remove_earlier(id).await;
        Ok(deleted)
    }

    async fn ids(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
        let filter = after.map_or_else(Document::new, |after| doc! {"_id": {"$gt": bson_id(after)}});
        let find = |_| async {
            let found = self.newest.find(filter.clone()).sort(doc! {"_id": 1}).limit(limit);
            found.projection(doc! {"_id": 1}).await?.try_collect::<Vec<_>>().await
        };
        insist(PATIENCE, find).await.map_err(fault)?.iter().map(|found| id_at(found, "_id")).collect()
    }

    async fn tidy(&self) -> Result<u64, StoreError> {
        self.prepare(TIDY_PATIENCE).await?;
        // With this index MongoDB jumps from canvas to canvas and reads no revision.
        let index = mongodb::IndexModel::builder().keys(doc! {"_id.canvas": 1}).build();
        let index = |_| async { self.earlier.create_index(index.clone()).await };
        insist(TIDY_PATIENCE, index).await.map_err(fault)?;
        let steps = [
            doc! {"$sort": {"_id.canvas": 1}},
            doc! {"$group": {"_id": "$_id.canvas"}},
            doc! {"$lookup": {"from": NEWEST, "localField": "_id", "foreignField": "_id",
            "pipeline": [{"$project": {"_id": 1}}], "as": "newest"}},
            doc! {"$match": {"newest": []}},
        ];
        let find = |_| async { self.earlier.aggregate(steps.clone()).await?.try_collect::<Vec<_>>().await };
        let gone = insist(TIDY_PATIENCE, find).await.map_err(fault)?;
        for canvas in &gone {
            self.remove_earlier(id_at(canvas, "_id")?).await;
        }
        Ok(gone.len() as u64)
    }

    async fn close(&self) {
        // Running tasks get an error from now on. Otherwise they use connections of workers that ended with the
        // runtime, at which the driver panics.
        self.database.client().clone().shutdown().immediate(true).await;
    }
}

fn corrupt(what: impl Into<String>, source: impl Into<BoxError>) -> StoreError {
    StoreError::corrupt(what, source)
}
