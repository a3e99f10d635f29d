//! From the names in a query to the files that they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use impala_core::query::{BlockQuery, Previous};
use impala_core::source::SourceRef;
use impala_core::{Block, Canvas, Invalid, name};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::previews::Place;
use super::{Error, data};
use crate::engine::{self, QueryError, SourceRefs, Stop, TableFile, Tables};
use crate::state::AppState;
use crate::store::sql::sources::{self, StoredSource, StoredVersion};

/// How long reading and checking the queries of a canvas may take. No row is read, so it rarely takes a tenth of it.
const READING_TIMEOUT: Duration = Duration::from_secs(5);

/// The sources that a canvas or query names, as they are now: all its blocks see the same versions.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    tables: Tables,
    previous: Tables,
    uploaded: BTreeMap<SourceRef, Timestamp>,
    missing: BTreeMap<SourceRef, String>,
    /// What each `SELECT` of the canvas names, by its text.
    named: Named,
}

type Named = BTreeMap<String, Result<SourceRefs, Invalid>>;

/// The sources that a `SELECT` of a request names.
///
/// # Errors
/// `Query` for what is not one `SELECT` over sources.
pub async fn sources_of_sql(sql: &str) -> Result<SourceRefs, Error> {
    let sql = sql.to_owned();
    Ok(blocking(move |stop| engine::sources_of_sql(&sql, stop)).await??)
}

/// Does work that is too long for an async thread, for as long as reading may take.
///
/// # Errors
/// When `work` panics.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce(&Stop) -> T + Send + 'static) -> Result<T, Error> {
    let stop = Stop::after(READING_TIMEOUT);
    let done = tokio::task::spawn_blocking(move || work(&stop)).await;
    done.map_err(|fault| Error::internal("reading queries", fault))
}

fn named(texts: BTreeSet<String>, stop: &Stop) -> Named {
    let name = |sql: String| {
        let sources = engine::sources_of_sql(&sql, stop).map_err(|error| match error {
            QueryError::Invalid(invalid) => invalid,
            other => Invalid::at("/sql", other.to_string()),
        });
        (sql, sources)
    };
    texts.into_iter().map(name).collect()
}

/// The sources that the blocks and parameters of a canvas name. A block whose SQL cannot be read names nothing.
///
/// # Errors
/// When reading SQL panics.
pub async fn sources_of_canvas(canvas: &Canvas) -> Result<SourceRefs, Error> {
    Ok(refs_of(canvas).await?.0)
}

/// The same, with what each `SELECT` names.
async fn refs_of(canvas: &Canvas) -> Result<(SourceRefs, Named), Error> {
    let queries: Vec<BlockQuery> = canvas.spec.blocks.iter().filter_map(BlockQuery::of).collect();
    let mut refs: SourceRefs = queries.iter().filter_map(|query| query.main.from.source.clone()).collect();
    refs.extend(canvas.spec.parameters.iter().filter_map(|parameter| parameter.source.clone()));
    let texts = queries.into_iter().filter_map(|query| query.main.from.sql).collect();
    let named = blocking(move |stop| named(texts, stop)).await?;
    refs.extend(named.values().flatten().flatten().cloned());
    Ok((refs, named))
}

impl Catalogue {
    /// Looks up what the blocks and parameters of a canvas name. A block whose SQL cannot be read names nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_canvas(app: &AppState, place: impl Into<Place>, canvas: &Canvas) -> Result<Self, Error> {
        let (refs, named) = refs_of(canvas).await?;
        Ok(Self { named, ..Self::of(app, place, &refs).await? })
    }

    /// Looks up `refs`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &AppState, place: impl Into<Place>, refs: &SourceRefs) -> Result<Self, Error> {
        let Place { project, preview } = place.into();
        let mut catalogue = Self::default();
        for reference in refs {
            let source = sources::find(&app.pool, project, &reference.name).await?;
            if let (Some(preview), None) = (&preview, reference.version)
                && let Some(version) = preview.versions.get(&reference.name)
            {
                catalogue.add_preview(app, reference, (&preview.row.name, version), source.as_ref());
                continue;
            }
            match source {
                Some(source) => catalogue.add(app, reference, &source).await?,
                None => {
                    let mut names: BTreeSet<String> =
                        sources::names(&app.pool, project).await?.into_iter().collect();
                    names.extend(preview.iter().flat_map(|preview| preview.versions.keys().cloned()));
                    let hint = match names.is_empty() {
                        true => "; the project has none yet".to_owned(),
                        false => name::suggestion(&reference.name, names.iter().map(String::as_str)),
                    };
                    catalogue.missing.insert(
                        reference.clone(),
                        format!("there is no source \"{}\"{hint}", reference.name),
                    );
                }
            }
        }
        Ok(catalogue)
    }

    async fn add(
        &mut self,
        app: &AppState,
        reference: &SourceRef,
        source: &StoredSource,
    ) -> Result<(), Error> {
        let version = match reference.version {
            None => Some(source.current.clone()),
            Some(number) => sources::version(&app.pool, source.id, number).await?,
        };
        let Some(version) = version else {
            let detail = format!("the source \"{}\" has the versions 1 to {}", source.name, source.versions);
            self.missing.insert(reference.clone(), detail);
            return Ok(());
        };
        let earlier = match version.version.version {
            0 | 1 => None,
            number => sources::version(&app.pool, source.id, number - 1).await?,
        };
        self.tables.insert(reference.clone(), table(app, &source.name, &version));
        self.uploaded.insert(reference.clone(), version.version.created_at);
        if let Some(earlier) = earlier {
            self.previous.insert(reference.clone(), table(app, &source.name, &earlier));
        }
        Ok(())
    }

    /// Takes a source from a preview. What it is compared with is what the project has.
    fn add_preview(
        &mut self,
        app: &AppState,
        reference: &SourceRef,
        (preview, version): (&str, &StoredVersion),
        source: Option<&StoredSource>,
    ) {
        let shown = TableFile { preview: Some(preview.to_owned()), ..table(app, &reference.name, version) };
        self.tables.insert(reference.clone(), shown);
        self.uploaded.insert(reference.clone(), version.version.created_at);
        if let Some(source) = source {
            self.previous.insert(reference.clone(), table(app, &source.name, &source.current));
        }
    }

    /// The tables that `refs` mean.
    ///
    /// # Errors
    /// At `pointer`, the sources that do not exist, with the nearest name.
    pub fn tables(&self, refs: &SourceRefs, pointer: &str) -> Result<Tables, Invalid> {
        let missing = refs.iter().filter_map(|reference| self.missing.get(reference));
        let errors = missing.map(|detail| impala_core::FieldError::at(pointer, detail)).collect();
        Invalid::unless_empty(errors)?;
        let found = |reference: &SourceRef| Some((reference.clone(), self.tables.get(reference)?.clone()));
        Ok(refs.iter().filter_map(found).collect())
    }

    /// Names the state of all tables: another one means that some of them have changed. It reveals nothing else.
    pub fn fingerprint(&self) -> String {
        let files: String =
            data::paths(&self.tables).iter().map(|(name, path)| format!("{name} {path}\n")).collect();
        hex::encode(&Sha256::digest(files)[..8])
    }

    /// The tables that a block asks.
    ///
    /// # Errors
    /// For SQL that cannot be read, and sources that do not exist.
    pub fn tables_of(&self, query: &BlockQuery) -> Result<Tables, Error> {
        let from = &query.main.from;
        match (&from.source, &from.sql) {
            (None, Some(sql)) => {
                let unknown = || Invalid::at("/sql", "is not of this canvas");
                let named = self.named.get(sql).cloned().ok_or_else(unknown)?;
                Ok(self.tables(&named?, "/sql")?)
            }
            (source, _) => Ok(self.tables(&source.iter().cloned().collect(), "/source")?),
        }
    }

    /// What a block asks, given the types of its source's columns; `None` for text.
    pub fn query_of(&self, block: &Block) -> Option<BlockQuery> {
        let query = BlockQuery::of(block)?;
        let table = query.main.from.source.as_ref().and_then(|source| self.tables.get(source));
        let Some(table) = table else { return Some(query) };
        let is_number = |field: &str| {
            table.columns.iter().any(|column| column.name == field && column.column_type.is_numeric())
        };
        BlockQuery::of_typed(block, is_number)
    }

    /// The tables one version earlier, when the block asks for them and all are there.
    pub fn previous_of(&self, query: &BlockQuery, tables: &Tables) -> Option<Tables> {
        if !matches!(query.previous, Some(Previous::Version)) {
            return None;
        }
        let earlier =
            |reference: &SourceRef| Some((reference.clone(), self.previous.get(reference)?.clone()));
        tables.keys().map(earlier).collect()
    }

    /// `tables` with each source that has an earlier version one version back; `None` when none has.
    pub fn one_back(&self, tables: &Tables) -> Option<Tables> {
        if !tables.keys().any(|reference| self.previous.contains_key(reference)) {
            return None;
        }
        let back = |(reference, table): (&SourceRef, &TableFile)| {
            (reference.clone(), self.previous.get(reference).unwrap_or(table).clone())
        };
        Some(tables.iter().map(back).collect())
    }

    /// When the version that `reference` means was uploaded.
    pub fn uploaded_at(&self, reference: &SourceRef) -> Option<Timestamp> {
        self.uploaded.get(reference).copied()
    }
}

/// The file behind a version.
pub fn table(app: &AppState, source: &str, version: &StoredVersion) -> TableFile {
    TableFile {
        reference: SourceRef { name: source.to_owned(), version: Some(version.version.version) },
        path: app.uploads.parquet(version.upload, &version.version.sha256),
        columns: version.version.columns.clone(),
        rows: version.version.rows,
        preview: None,
    }
}
