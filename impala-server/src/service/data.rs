//! The answers to the blocks of a canvas.

mod answer;
mod draft;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use impala_core::api::BlockSql;
use impala_core::parameter::{self, Bindings};
use impala_core::query::BlockQuery;
use impala_core::{Block, BlockData, BlockKind, Canvas, Invalid};

use super::paths::{BlockPath, CanvasPath};
use super::previews::Place;
use super::runner::{Kept, Key};
use super::tables::Catalogue;
use super::{Caller, Error, canvases};
use crate::engine;
use crate::state::AppState;
use crate::store::canvases::SavedCanvas;

use answer::used;
pub use answer::{answer, answer_over, block_data, limits, paths, timeout};
pub use draft::{of_draft, of_draft_and_before, read_draft};

/// What a reader sets parameters to, by name; several values for a parameter that takes several.
pub type Given = BTreeMap<String, Vec<String>>;

/// The answers to all blocks of a canvas.
#[derive(Debug)]
pub struct Answers {
    /// The canvas as it was answered.
    pub saved: SavedCanvas,
    /// What each parameter was set to.
    pub bindings: Bindings,
    /// Text blocks have none.
    pub blocks: Blocks,
}

/// Answers to blocks, by their ids.
pub type Blocks = BTreeMap<String, Result<BlockData, Error>>;

/// Answers to metrics over the earlier version of their source, by block id.
pub type Before = BTreeMap<String, BlockData>;

/// Answers all blocks of a canvas at once, seen through a preview where one is named. A block that fails does so alone.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for parameters that the canvas does not have or that do not fit.
pub async fn of_canvas(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    preview: Option<&str>,
    given: &Given,
) -> Result<Answers, Error> {
    let (place, saved) = canvases::read_through(app, caller, path, preview).await?;
    answer_all(app, place, saved, given).await
}

/// As [`of_canvas`], with a canvas that holds one block only, and the metrics whose values a text block names: the others
/// are not asked.
///
/// # Errors
/// As [`of_canvas`]; `NotFound` when there is no such block.
pub async fn of_part(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    block: &str,
    preview: Option<&str>,
    given: &Given,
) -> Result<Answers, Error> {
    let (place, mut saved) = canvases::read_through(app, caller, path, preview).await?;
    let wanted = saved.canvas.block(block).ok_or_else(|| Error::not_found("block", block))?;
    let ids = shown_with(wanted);
    saved.canvas.spec.blocks.retain(|block| ids.contains(&block.id));
    answer_all(app, place, saved, given).await
}

/// As [`of_canvas`], for a canvas of a project that the caller may read.
///
/// # Errors
/// `Invalid` for parameters that the canvas does not have or that do not fit.
pub async fn answer_all(
    app: &AppState,
    place: impl Into<Place>,
    saved: SavedCanvas,
    given: &Given,
) -> Result<Answers, Error> {
    let catalogue = Catalogue::of_canvas(app, place, &saved.canvas).await?;
    answer_from(app, &catalogue, saved, given).await
}

async fn answer_from(
    app: &AppState,
    catalogue: &Catalogue,
    saved: SavedCanvas,
    given: &Given,
) -> Result<Answers, Error> {
    let (bindings, blocks) = answer_blocks(app, catalogue, &saved.canvas, given, |_| true).await?;
    Ok(Answers { saved, bindings, blocks })
}

/// What each parameter is set to, and the answers to the blocks that are wanted, all asked at once.
async fn answer_blocks(
    app: &AppState,
    catalogue: &Catalogue,
    canvas: &Canvas,
    given: &Given,
    is_wanted: impl Fn(&Block) -> bool,
) -> Result<(Bindings, Blocks), Error> {
    let bindings = parameter::bind_all(&canvas.spec.parameters, given)?;
    let asked = canvas.spec.blocks.iter().filter(|block| is_wanted(block));
    let asked = asked.filter_map(|block| Some((&block.id, catalogue.query_of(block)?)));
    let answers = asked.map(|(id, query)| {
        let bindings = &bindings;
        async move { (id.clone(), answer(app, catalogue, &query, bindings).await) }
    });
    let blocks = join_all(answers).await.into_iter().collect();
    Ok((bindings, blocks))
}

/// As [`of_canvas`], with what the metrics were over the version before the one that is answered. Those without an earlier
/// version, or that it cannot answer, are left out.
///
/// # Errors
/// As [`of_canvas`].
pub async fn of_canvas_and_before(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    preview: Option<&str>,
    given: &Given,
) -> Result<(Answers, Before), Error> {
    let (place, saved) = canvases::read_through(app, caller, path, preview).await?;
    and_before(app, place, saved, given).await
}

async fn and_before(
    app: &AppState,
    place: Place,
    saved: SavedCanvas,
    given: &Given,
) -> Result<(Answers, Before), Error> {
    let catalogue = Catalogue::of_canvas(app, place, &saved.canvas).await?;
    let answers = answer_from(app, &catalogue, saved, given).await?;
    let before = metrics_before(app, &catalogue, &answers).await;
    Ok((answers, before))
}

async fn metrics_before(app: &AppState, catalogue: &Catalogue, answers: &Answers) -> Before {
    let blocks = answers.saved.canvas.spec.blocks.iter();
    let earlier = blocks.map(|block| metric_before(app, catalogue, &answers.bindings, block));
    join_all(earlier).await.into_iter().flatten().collect()
}

async fn metric_before(
    app: &AppState,
    catalogue: &Catalogue,
    bindings: &Bindings,
    block: &Block,
) -> Option<(String, BlockData)> {
    let BlockKind::Metric(_) = &block.kind else { return None };
    let query = catalogue.query_of(block)?.over_one_version();
    let earlier = catalogue.one_back(&catalogue.tables_of(&query).ok()?)?;
    let answer = answer_over(app, &query, &earlier, None, bindings).await.ok()?;
    Some((block.id.clone(), answer))
}

/// A block, and the metrics whose values a text names.
fn shown_with(block: &Block) -> Vec<String> {
    let mut ids = vec![block.id.clone()];
    if let BlockKind::Text(text) = &block.kind {
        ids.extend(text.placeholders().map(str::to_owned));
    }
    ids
}

/// Answers one block.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for a text block, which asks nothing, and for wrong parameters; what the query says.
pub async fn of_block(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    preview: Option<&str>,
    given: &Given,
) -> Result<BlockData, Error> {
    let (place, saved) = canvases::read_through(app, caller, &path.canvas(), preview).await?;
    answer_one(app, place, &saved, &path.block, given).await
}

/// As [`of_block`], for a canvas of a project that the caller may read.
///
/// # Errors
/// As [`of_block`], but for `Forbidden`.
pub async fn answer_one(
    app: &AppState,
    place: impl Into<Place>,
    saved: &SavedCanvas,
    block: &str,
    given: &Given,
) -> Result<BlockData, Error> {
    let block = saved.canvas.block(block).ok_or_else(|| Error::not_found("block", block))?;
    Basis::of(app, place, saved, given).await?.answer(app, block).await
}

/// What blocks of a canvas are answered from, looked up once for all of them.
#[derive(Debug)]
pub struct Basis {
    catalogue: Catalogue,
    bindings: Bindings,
}

impl Basis {
    /// Looks up the sources of a canvas, and binds its parameters.
    ///
    /// # Errors
    /// `Invalid` for parameters that the canvas does not have or that do not fit.
    pub async fn of(
        app: &AppState,
        place: impl Into<Place>,
        saved: &SavedCanvas,
        given: &Given,
    ) -> Result<Self, Error> {
        let bindings = bind(saved, given)?;
        Ok(Self { catalogue: Catalogue::of_canvas(app, place, &saved.canvas).await?, bindings })
    }

    /// Answers one block. Those that are asked first have their turn first.
    ///
    /// # Errors
    /// `Invalid` for a text block, which asks nothing; what the query says.
    pub async fn answer(&self, app: &AppState, block: &Block) -> Result<BlockData, Error> {
        answer(app, &self.catalogue, &self.query(block)?, &self.bindings).await
    }

    /// What each parameter is set to.
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    fn query(&self, block: &Block) -> Result<BlockQuery, Error> {
        self.catalogue.query_of(block).ok_or_else(|| {
            Invalid::at("", format!("block \"{}\" is text, and text has no data", block.id)).into()
        })
    }
}

/// What one block asks, as SQL.
///
/// # Errors
/// As [`of_block`].
pub async fn sql_of_block(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    preview: Option<&str>,
    given: &Given,
) -> Result<BlockSql, Error> {
    let (place, saved) = canvases::read_through(app, caller, &path.canvas(), preview).await?;
    sql_of_one(app, place, &saved, &path.block, given).await
}

/// As [`sql_of_block`], for a canvas of `project` that the caller may read.
///
/// # Errors
/// As [`answer_one`].
pub async fn sql_of_one(
    app: &AppState,
    place: impl Into<Place>,
    saved: &SavedCanvas,
    block: &str,
    given: &Given,
) -> Result<BlockSql, Error> {
    let block = saved.canvas.block(block).ok_or_else(|| Error::not_found("block", block))?;
    let basis = Basis::of(app, place, saved, given).await?;
    let query = basis.query(block)?;
    let Basis { catalogue, bindings } = basis;
    query.check_names()?;
    let tables = catalogue.tables_of(&query)?;
    let previous = catalogue.previous_of(&query, &tables);
    let key = Key::of(&(
        "sql of a block",
        &query,
        paths(&tables),
        previous.as_ref().map(paths),
        used(&bindings, &query),
    ));
    let work = move |stop: &engine::Stop| {
        engine::statements(&query, &tables, previous.as_ref(), &bindings, stop).map(Kept::Statements)
    };
    let (computed, _) = app.runner.cached(key, timeout(app), || app.now(), work).await?;
    match &computed.kept {
        Kept::Statements(statements) => Ok(BlockSql { statements: statements.clone() }),
        _ => Err(Error::internal("taking SQL from the cache", "it is something else")),
    }
}

/// What the parameters of a canvas are set to.
///
/// # Errors
/// `Invalid` for parameters that the canvas does not have or that do not fit.
pub fn bind(saved: &SavedCanvas, given: &Given) -> Result<Bindings, Error> {
    Ok(parameter::bind_all(&saved.canvas.spec.parameters, given)?)
}
