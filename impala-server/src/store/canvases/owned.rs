//! Documents that are used only once it is known that they belong to the database's instance.
//!
//! A document store may be down when a server starts, so ownership is checked before the first use. Until it is confirmed,
//! nothing is read, written or swept.

use std::sync::Arc;

use async_trait::async_trait;
use impala_core::api::Revision;
use sqlx::AnyPool;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{CanvasHead, CanvasStore, SavedCanvas};
use crate::store::StoreError;
use crate::store::sql::instance::{self, Part};

/// A canvas store behind the ownership check.
pub struct OwnedCanvases {
    inner: Arc<dyn CanvasStore>,
    pool: AnyPool,
    instance: Uuid,
    agreed: OnceCell<()>,
}

impl OwnedCanvases {
    /// Documents of that instance, whose database is behind `pool`.
    pub fn new(inner: Arc<dyn CanvasStore>, pool: AnyPool, instance: Uuid) -> Self {
        Self { inner, pool, instance, agreed: OnceCell::new() }
    }

    /// Checks the owner of the documents, and claims the store where it is free.
    ///
    /// # Errors
    /// `Refused` when they belong to another instance. Says which, and what to do.
    pub async fn agree(&self) -> Result<(), StoreError> {
        self.agreed.get_or_try_init(|| self.ask()).await.map(drop)
    }

    async fn ask(&self) -> Result<(), StoreError> {
        // In this order another server that claims at the same time is not mistaken for another instance.
        let takes = instance::find(&self.pool).await?.is_some_and(|instance| instance.takes_documents);
        let is_empty = self.inner.ids(None, 1).await?.is_empty();
        let owner = match self.inner.owner().await? {
            None if takes || is_empty => self.inner.claim(self.instance).await?,
            None => {
                return Err(StoreError::Refused(format!(
                    "{} holds canvases that this database knows nothing of (they have no instance id, the database is \
                     instance {}); correct database_url or mongodb_url, or, if it is certain that they belong together, \
                     give them the id: db.meta.insertOne({{_id: \"instance\", id: \"{}\"}})",
                    self.inner.name(),
                    self.instance,
                    self.instance,
                )));
            }
            Some(owner) => owner,
        };
        if owner != self.instance {
            return Err(StoreError::Refused(format!(
                "the database and {} do not belong together: the database is of instance {}, the canvases are of \
                 instance {owner}; correct database_url or mongodb_url, or name an empty MongoDB database",
                self.inner.name(),
                self.instance,
            )));
        }
        instance::taken(&self.pool, Part::Documents).await
    }

    /// While it runs, a server that was refused continues with all that needs no canvas.
    async fn inner(&self) -> Result<&dyn CanvasStore, StoreError> {
        match self.agree().await {
            Ok(()) => Ok(&*self.inner),
            Err(error @ StoreError::Refused(_)) => Err(StoreError::Unavailable(error.into())),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl CanvasStore for OwnedCanvases {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner().await?.check().await
    }

    async fn owner(&self) -> Result<Option<Uuid>, StoreError> {
        self.inner().await?.owner().await
    }

    async fn claim(&self, instance: Uuid) -> Result<Uuid, StoreError> {
        self.inner().await?.claim(instance).await
    }

    async fn give(&self, instance: Uuid) -> Result<(), StoreError> {
        self.inner().await?.give(instance).await
    }

    async fn get(&self, id: Uuid) -> Result<Option<SavedCanvas>, StoreError> {
        self.inner().await?.get(id).await
    }

    async fn get_revision(&self, id: Uuid, revision: u64) -> Result<Option<SavedCanvas>, StoreError> {
        self.inner().await?.get_revision(id, revision).await
    }

    async fn heads(&self, ids: &[Uuid]) -> Result<Vec<CanvasHead>, StoreError> {
        self.inner().await?.heads(ids).await
    }

    async fn find(&self, project: Uuid, slug: &str) -> Result<Option<Uuid>, StoreError> {
        self.inner().await?.find(project, slug).await
    }

    async fn put(&self, saved: &SavedCanvas) -> Result<(), StoreError> {
        self.inner().await?.put(saved).await
    }

    async fn history(&self, id: Uuid, before: Option<u64>, limit: i64) -> Result<Vec<Revision>, StoreError> {
        self.inner().await?.history(id, before, limit).await
    }

    async fn delete_at(&self, id: Uuid, revision: u64) -> Result<(), StoreError> {
        self.inner().await?.delete_at(id, revision).await
    }

    async fn delete(&self, id: Uuid) -> Result<bool, StoreError> {
        self.inner().await?.delete(id).await
    }

    async fn ids(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
        self.inner().await?.ids(after, limit).await
    }

    async fn tidy(&self) -> Result<u64, StoreError> {
        self.inner().await?.tidy().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
