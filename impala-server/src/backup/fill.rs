//! Writing into the stores of an instance.
//!
//! Documents and files come first and are visible to nobody, as no row names them; the rows come in one transaction. Until
//! then the stores are marked, and not served. What is already there and correct is left as it is, so that an interrupted
//! run can be continued.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::instance::Instance;
use super::rows::Inserter;
use super::sink::{FileKind, Nowhere, Sink};
use super::snapshot::Snapshot;
use super::tally::differences;
use super::walk::walk;
use super::watch::{Watch, is_stop};
use super::{Error, Total, tables};
use crate::store::canvases::{CanvasStore, SavedCanvas};
use crate::store::sql::instance;
use crate::store::sql::unfinished::{self, Unfinished};
use crate::store::uploads::{Draft, UploadId, Uploads};
use crate::store::{self, StoreError};

/// Rows or documents that are looked at together.
const BATCH: i64 = 1_000;

/// What may be done with existing data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is nothing, or what an earlier run of the same left.
    Nothing,
    /// There is an instance, which is replaced.
    ToReplace,
}

/// Which stores of the target are also the source's, and must not be cleaned up here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// The same folder of uploads.
    pub uploads: bool,
    /// The same MongoDB database.
    pub documents: bool,
}

/// Looks at what is there before anything is written.
///
/// * `mark`: what is going to be done.
///
/// # Errors
/// `NotEmpty` when there is something else, and it may not be replaced.
pub async fn look(
    target: &Instance,
    mark: &Unfinished,
    replace: bool,
    shared: Shared,
) -> Result<Found, Error> {
    if !shared.uploads {
        target.refuse_others_at_work()?;
    }
    let there = match unfinished::find(&target.pool).await? {
        Some(earlier) if earlier.id == mark.id => return Ok(Found::Nothing),
        Some(earlier) => Some(format!("{} has not ended there", earlier.what)),
        None => content(target, shared).await?,
    };
    match there {
        None => Ok(Found::Nothing),
        Some(_) if replace => Ok(Found::ToReplace),
        Some(there) => Err(Error::NotEmpty(format!("the target is not empty: {there}"))),
    }
}

async fn content(target: &Instance, shared: Shared) -> Result<Option<String>, Error> {
    for table in tables::TABLES {
        let sql = format!("select 1 from \"{}\" limit 1", table.name);
        if sqlx::query(AssertSqlSafe(sql)).fetch_optional(&target.pool).await?.is_some() {
            return Ok(Some(format!("its database has {}", table.name.replace('_', " "))));
        }
    }
    if !shared.documents && !target.canvases.ids(None, 1).await?.is_empty() {
        return Ok(Some("its document store has canvases".to_owned()));
    }
    let is_empty = shared.uploads || target.uploads.is_empty().map_err(StoreError::from)?;
    Ok((!is_empty).then(|| format!("{} has uploads", target.uploads.root().display())))
}

/// Marks the target as one that is not whole.
///
/// # Errors
/// When the database fails.
pub async fn mark(target: &Instance, mark: &Unfinished) -> Result<(), Error> {
    Ok(unfinished::begin(&target.pool, mark, Timestamp::now()).await?)
}

/// Writes what `snapshot` lists of `source` into `target`, which is marked, reads it back, and removes the mark.
///
/// # Errors
/// `Differs` when what was read back is something else; the mark stays then, as it does on any error.
pub fn fill(
    handle: &Handle,
    source: &Instance,
    snapshot: Snapshot,
    target: &Instance,
    shared: Shared,
    watch: &Watch,
) -> Result<Vec<Total>, Error> {
    let is_in_place = is_same_folder(&source.uploads, &target.uploads);
    let newest = snapshot.canvases.iter().copied().collect();
    let mut filling = Filling {
        documents: Documents {
            handle: handle.clone(),
            from: source.canvases.clone(),
            to: target.canvases.clone(),
            newest,
        },
        files: (!is_in_place).then(|| Files::new(target.uploads.clone())),
        rows: Rows::new(handle.clone(), target.pool.clone()),
    };
    let totals = walk(handle, source, snapshot, &mut filling, watch)?;
    filling.rows.commit()?;
    handle.block_on(sweep(target, shared))?;
    let written = handle.block_on(Snapshot::take(target))?;
    let found = walk(handle, target, written, &mut Nowhere, watch)?;
    let differing = differences(&totals, &found);
    if !differing.is_empty() {
        return Err(Error::Differs(differing.join("; ")));
    }
    handle.block_on(own(target))?;
    handle.block_on(unfinished::end(&target.pool))?;
    Ok(totals)
}

/// Makes the stores a new instance. Stores shared with the source belong to it from now on: the source does not know what
/// comes later and would sweep it.
async fn own(target: &Instance) -> Result<(), Error> {
    let id = Uuid::now_v7();
    target.uploads.give(id).map_err(StoreError::from)?;
    target.canvases.give(id).await?;
    Ok(instance::give(&target.pool, id).await?)
}

/// Whether both keep their files in the same place.
pub fn is_same_folder(one: &Uploads, other: &Uploads) -> bool {
    match (one.root().canonicalize(), other.root().canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Removes documents and files that no row names: what was there before, and what an earlier run left.
async fn sweep(target: &Instance, shared: Shared) -> Result<(), Error> {
    if !shared.documents {
        sweep_documents(target).await?;
    }
    if !shared.uploads {
        let known = store::sql::sources::uploads(&target.pool).await?;
        let survey = target.uploads.survey().map_err(StoreError::from)?;
        target.uploads.sweep(&survey, &known, None).map_err(StoreError::from)?;
    }
    Ok(())
}

async fn sweep_documents(target: &Instance) -> Result<(), Error> {
    let mut after = None;
    loop {
        let ids = target.canvases.ids(after, BATCH).await?;
        for id in &ids {
            if !store::sql::canvases::exists(&target.pool, *id).await? {
                target.canvases.delete(*id).await?;
            }
        }
        match ids.last() {
            Some(last) => after = Some(*last),
            None => break,
        }
    }
    target.canvases.tidy().await?;
    Ok(())
}

struct Filling {
    documents: Documents,
    files: Option<Files>,
    rows: Rows,
}

impl Sink for Filling {
    fn document(&mut self, saved: &SavedCanvas, _: &str) -> Result<(), Error> {
        self.documents.add(saved)
    }

    fn begin_upload(&mut self, id: UploadId, sha256: &str) -> Result<(), Error> {
        self.files.as_mut().map_or(Ok(()), |files| files.begin(id, sha256))
    }

    fn file(&mut self, kind: FileKind, _: u64, content: &mut dyn Read) -> Result<(), Error> {
        self.files.as_mut().map_or(Ok(()), |files| files.add(kind, content))
    }

    fn end_upload(&mut self) -> Result<(), Error> {
        self.files.as_mut().map_or(Ok(()), Files::end)
    }

    fn table(&mut self, name: &'static str) -> Result<(), Error> {
        self.rows.table(name)
    }

    fn row(&mut self, line: &str) -> Result<(), Error> {
        self.rows.add(line)
    }
}

/// Documents into a store that may hold some of them.
struct Documents {
    handle: Handle,
    from: Arc<dyn CanvasStore>,
    to: Arc<dyn CanvasStore>,
    newest: HashMap<Uuid, u64>,
}

impl Documents {
    fn add(&mut self, saved: &SavedCanvas) -> Result<(), Error> {
        self.handle.block_on(async {
            if saved.revision.revision == 1 {
                self.make_room(saved).await?;
            }
            match self.to.put(saved).await {
                // What there is was compared when the first revision came.
                Err(StoreError::Conflict(_)) => Ok(()),
                done => Ok(done?),
            }
        })
    }

    /// Removes what is in the way: another canvas of the same project and slug, and one of that id unless it is the beginning
    /// of this one. Revisions are saved one upon the other, so what ends in the same revision, to the microsecond, began the same.
    async fn make_room(&self, saved: &SavedCanvas) -> Result<(), Error> {
        let id = saved.id;
        if let Some(other) = self.to.find(saved.project, &saved.canvas.metadata.slug).await?
            && other != id
        {
            self.to.delete(other).await?;
        }
        let Some(there) = self.to.get(id).await? else {
            return Ok(());
        };
        let number = there.revision.revision;
        let is_ours = self.newest.get(&id).is_some_and(|newest| number <= *newest)
            && self.from.get_revision(id, number).await?.as_ref() == Some(&there);
        if !is_ours {
            self.to.delete(id).await?;
        }
        Ok(())
    }
}

/// Files into a folder that may hold some of them.
pub struct Files {
    uploads: Uploads,
    id: Option<UploadId>,
    sha256: String,
    /// `None` when the files are there: then they are compared.
    draft: Option<Draft>,
    differs: bool,
}

impl Files {
    /// Into this folder.
    pub fn new(uploads: Uploads) -> Self {
        Self { uploads, id: None, sha256: String::new(), draft: None, differs: false }
    }

    /// The files of this upload come next.
    pub fn begin(&mut self, id: UploadId, sha256: &str) -> Result<(), Error> {
        let is_there = self.uploads.has(id);
        self.draft = if is_there { None } else { Some(self.uploads.begin(id).map_err(StoreError::from)?) };
        (self.id, self.sha256, self.differs) = (Some(id), sha256.to_owned(), false);
        Ok(())
    }

    /// A file of it.
    pub fn add(&mut self, kind: FileKind, content: &mut dyn Read) -> Result<(), Error> {
        let Some(id) = self.id else {
            return Ok(());
        };
        let Some(draft) = &self.draft else {
            let path = match kind {
                FileKind::Csv => self.uploads.csv(id, &self.sha256),
                FileKind::Parquet => self.uploads.parquet(id, &self.sha256),
                FileKind::Rejects => self.uploads.rejects(id, &self.sha256),
            };
            self.differs |=
                !File::open(path).and_then(|there| is_equal(there, content)).map_err(read_fault)?;
            return Ok(());
        };
        let path = match kind {
            FileKind::Csv => draft.csv(),
            FileKind::Parquet => draft.parquet(),
            FileKind::Rejects => draft.rejects(),
        };
        let written = File::create_new(path).and_then(|mut file| io::copy(content, &mut file));
        written.map(drop).map_err(read_fault)
    }

    /// All of its files have come.
    pub fn end(&mut self) -> Result<(), Error> {
        if let Some(draft) = self.draft.take() {
            return Ok(self.uploads.publish(draft, &self.sha256).map_err(StoreError::from)?);
        }
        match self.id {
            Some(id) if self.differs => {
                self.uploads.remove(id).map_err(StoreError::from)?;
                Err(Error::Differs(format!(
                    "version {} was there with other files, which are removed now; run it again",
                    id.upload
                )))
            }
            _ => Ok(()),
        }
    }
}

fn read_fault(error: io::Error) -> Error {
    if is_stop(&error) { Error::Stopped } else { StoreError::from(error).into() }
}

fn is_equal(mut one: impl Read, other: &mut dyn Read) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let read = other.read(&mut right)?;
        if read == 0 {
            return Ok(one.read(&mut left)? == 0);
        }
        match one.read_exact(&mut left[..read]) {
            Ok(()) if left[..read] == right[..read] => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => return Ok(false),
        }
    }
}

/// Rows into tables whose rows they replace, all in one transaction.
pub struct Rows {
    handle: Handle,
    pool: AnyPool,
    transaction: Option<Transaction<'static, Any>>,
    inserter: Option<Inserter>,
}

impl Rows {
    /// Into this database.
    pub fn new(handle: Handle, pool: AnyPool) -> Self {
        Self { handle, pool, transaction: None, inserter: None }
    }

    /// The rows of this table come next.
    pub fn table(&mut self, name: &'static str) -> Result<(), Error> {
        let mut transaction = match self.transaction.take() {
            Some(transaction) => transaction,
            None => self.handle.block_on(begin_empty(&self.pool))?,
        };
        let columns = self.handle.block_on(tables::columns(&mut transaction, name))?;
        self.inserter = Some(Inserter::new(name, columns));
        self.transaction = Some(transaction);
        Ok(())
    }

    /// A row of that table.
    pub fn add(&mut self, line: &str) -> Result<(), Error> {
        match (&self.inserter, &mut self.transaction) {
            (Some(inserter), Some(transaction)) => self.handle.block_on(inserter.insert(transaction, line)),
            _ => Ok(()),
        }
    }

    /// All rows have come.
    pub fn commit(&mut self) -> Result<(), Error> {
        match self.transaction.take() {
            Some(transaction) => Ok(self.handle.block_on(transaction.commit())?),
            None => Ok(()),
        }
    }
}

async fn begin_empty(pool: &AnyPool) -> Result<Transaction<'static, Any>, Error> {
    let mut transaction = store::begin(pool).await?;
    for table in tables::TABLES.iter().rev() {
        if !tables::columns(&mut transaction, table.name).await?.is_empty() {
            let sql = format!("delete from \"{}\"", table.name);
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *transaction).await?;
        }
    }
    Ok(transaction)
}
