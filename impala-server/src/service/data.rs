//! The answers to the blocks of a canvas.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use impala_core::BlockData;
use impala_core::api::{BlockSql, CanvasDraft, Revision, Role, Scope};
use impala_core::parameter::{self, Bindings};
use impala_core::query::BlockQuery;
use impala_core::{Block, BlockKind, Canvas, Invalid, document};
use uuid::Uuid;

use super::paths::{BlockPath, CanvasPath, ProjectPath};
use super::previews::Place;
use super::runner::{Computed, Kept, Key};
use super::tables::Catalogue;
use super::{Caller, Error, access, canvases};
use crate::engine::{self, Answer, QueryLimits, Tables};
use crate::state::AppState;
use crate::store::canvases::SavedCanvas;

/// What a reader sets parameters to, by name; several values for a parameter that takes several.
pub type Given = BTreeMap<String, Vec<String>>;

/// The answers to all blocks of a canvas.
#[derive(Debug)]
pub struct Answers {
    /// The canvas as it was answered.
    pub saved: SavedCanvas,
    /// What each parameter was set to.
    pub bindings: Bindings,
    /// By block id. Text blocks have none.
    pub blocks: BTreeMap<String, Result<BlockData, Error>>,
}

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

/// As [`of_canvas`], for a canvas of a project that whoever asks may read.
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
    let bindings = parameter::bind_all(&saved.canvas.spec.parameters, given)?;
    let queries = queries(&saved.canvas, catalogue);
    let answers = queries.iter().map(|(_, query)| answer(app, catalogue, query, &bindings));
    let answers = join_all(answers).await;
    let blocks = queries.into_iter().zip(answers).map(|((id, _), answer)| (id, answer)).collect();
    Ok(Answers { saved, bindings, blocks })
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

/// Answers blocks of a canvas that is not saved.
///
/// * Result: what each parameter was set to, and the answers by block id.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` for a document that could not be saved either, for a block that it does not have,
/// and for parameters that do not fit.
pub async fn of_draft(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    draft: &CanvasDraft,
) -> Result<(Bindings, BTreeMap<String, Result<BlockData, Error>>), Error> {
    let (project, canvas) = read_draft(app, caller, path, draft).await?;
    let bindings = parameter::bind_all(&canvas.spec.parameters, &draft.parameters)?;
    let catalogue = Catalogue::of_canvas(app, Place::of(app, project, preview).await?, &canvas).await?;
    let mut queries = queries(&canvas, &catalogue);
    queries.retain(|(id, _)| draft.blocks.is_empty() || draft.blocks.contains(id));
    let answers = queries.iter().map(|(_, query)| answer(app, &catalogue, query, &bindings));
    let answers = join_all(answers).await;
    let blocks = queries.into_iter().zip(answers).map(|((id, _), answer)| (id, answer)).collect();
    Ok((bindings, blocks))
}

/// As [`of_canvas_and_before`], for a canvas that is not saved.
///
/// # Errors
/// As [`of_draft`].
pub async fn of_draft_and_before(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    draft: &CanvasDraft,
) -> Result<(Answers, Before), Error> {
    let (project, mut canvas) = read_draft(app, caller, path, draft).await?;
    let place = Place::of(app, project, preview).await?;
    if !draft.blocks.is_empty() {
        let ids =
            draft.blocks.iter().filter_map(|id| canvas.block(id)).flat_map(shown_with).collect::<Vec<_>>();
        canvas.spec.blocks.retain(|block| ids.contains(&block.id));
    }
    let revision = Revision {
        revision: 0,
        saved_by: caller.user.username.clone(),
        saved_at: app.now(),
        note: String::new(),
    };
    and_before(app, place, SavedCanvas { id: Uuid::nil(), project, revision, canvas }, &draft.parameters)
        .await
}

/// A block, and the metrics whose values a text names.
fn shown_with(block: &Block) -> Vec<String> {
    let mut ids = vec![block.id.clone()];
    if let BlockKind::Text(text) = &block.kind {
        ids.extend(text.placeholders().map(str::to_owned));
    }
    ids
}

/// The canvas of a draft, for those who may read the project.
///
/// # Errors
/// As [`of_draft`].
pub async fn read_draft(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    draft: &CanvasDraft,
) -> Result<(Uuid, Canvas), Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let canvas = document::read_canvas(&draft.canvas)?;
    if let Some(missing) = draft.blocks.iter().find(|id| canvas.block(id).is_none()) {
        return Err(Invalid::at("/blocks", format!("the canvas has no block \"{missing}\"")).into());
    }
    Ok((project.id, canvas))
}

fn queries(canvas: &Canvas, catalogue: &Catalogue) -> Vec<(String, BlockQuery)> {
    let query = |block: &Block| Some((block.id.clone(), catalogue.query_of(block)?));
    canvas.spec.blocks.iter().filter_map(query).collect()
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

/// As [`of_block`], for a canvas of a project that whoever asks may read.
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
    let (catalogue, query, bindings) = asked(app, place, saved, block, given).await?;
    answer(app, &catalogue, &query, &bindings).await
}

/// What a block asks, of what, and with which parameters.
async fn asked(
    app: &AppState,
    place: impl Into<Place>,
    saved: &SavedCanvas,
    block: &str,
    given: &Given,
) -> Result<(Catalogue, BlockQuery, Bindings), Error> {
    let place = place.into();
    let block = saved.canvas.block(block).ok_or_else(|| Error::not_found("block", block))?;
    let bindings = parameter::bind_all(&saved.canvas.spec.parameters, given)?;
    let catalogue = Catalogue::of_canvas(app, place, &saved.canvas).await?;
    let Some(query) = catalogue.query_of(block) else {
        return Err(Invalid::at("", format!("block \"{}\" is text, and text has no data", block.id)).into());
    };
    Ok((catalogue, query, bindings))
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

/// As [`sql_of_block`], for a canvas of `project` that whoever asks may read.
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
    let (catalogue, query, bindings) = asked(app, place, saved, block, given).await?;
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

/// Answers one query.
///
/// # Errors
/// What the query says; `Invalid` for sources that are not there.
pub async fn answer(
    app: &AppState,
    catalogue: &Catalogue,
    query: &BlockQuery,
    bindings: &Bindings,
) -> Result<BlockData, Error> {
    let tables = catalogue.tables_of(query)?;
    let previous = catalogue.previous_of(query, &tables);
    answer_over(app, query, &tables, previous, bindings).await
}

/// Answers one query over these tables; `previous` are those that a value is compared to.
///
/// # Errors
/// What the query says.
pub async fn answer_over(
    app: &AppState,
    query: &BlockQuery,
    tables: &Tables,
    previous: Option<Tables>,
    bindings: &Bindings,
) -> Result<BlockData, Error> {
    query.check_names()?;
    let limits = limits(app);
    let asked = (query, paths(tables), previous.as_ref().map(paths), used(bindings, query), limits.rows);
    let key = Key::of(&("block", asked));
    let sources = tables.values().map(engine::TableFile::label).collect();
    let (query, tables, bindings) = (query.clone(), tables.clone(), bindings.clone());
    let work = move |stop: &engine::Stop| {
        engine::run_block(&query, &tables, previous.as_ref(), &bindings, limits, stop).map(Kept::Answer)
    };
    let (computed, was_there) = app.runner.cached(key, timeout(app), || app.now(), work).await?;
    block_data(&computed, sources, was_there)
}

/// What the parameters of a canvas are set to.
///
/// # Errors
/// `Invalid` for parameters that the canvas does not have or that do not fit.
pub fn bind(saved: &SavedCanvas, given: &Given) -> Result<Bindings, Error> {
    Ok(parameter::bind_all(&saved.canvas.spec.parameters, given)?)
}

/// How much an answer may hold.
pub fn limits(app: &AppState) -> QueryLimits {
    QueryLimits { rows: app.config.limits.query_rows }
}

/// How long a query may take.
pub fn timeout(app: &AppState) -> Duration {
    Duration::from_millis(app.config.limits.query_timeout_ms)
}

/// What names the content of tables for ever: a file never changes, and its path is never used again.
pub fn paths(tables: &Tables) -> Vec<(String, String)> {
    tables
        .iter()
        .map(|(reference, table)| (reference.to_string(), table.path.display().to_string()))
        .collect()
}

/// The bindings that a query may look at: those whose names stand in it behind a `$`. One too many costs a second
/// run, one too few would be a wrong answer, so names that only begin alike count too.
fn used<'a>(bindings: &'a Bindings, query: &BlockQuery) -> BTreeMap<&'a String, &'a parameter::Bound> {
    let text = [&query.main.from.sql, &query.main.from.filter]
        .map(|text| text.as_deref().unwrap_or_default())
        .concat();
    let is_used = |name: &str| text.contains(&format!("${name}"));
    bindings.iter().filter(|(name, _)| is_used(name)).collect()
}

/// An answer with where it came from.
///
/// # Errors
/// When what was kept is no answer to a query.
pub fn block_data(computed: &Arc<Computed>, sources: Vec<String>, cached: bool) -> Result<BlockData, Error> {
    let Kept::Answer(Answer { columns, trend, rows_total, rows_scanned }) = &computed.kept else {
        return Err(Error::internal("taking an answer from the cache", "it is no answer to a query"));
    };
    let rows_shown = columns.first().map_or(0, |column| column.values.len() as u64);
    Ok(BlockData {
        columns: columns.clone(),
        trend: trend.clone(),
        rows_shown,
        rows_total: *rows_total,
        truncated: rows_shown < *rows_total,
        rows_scanned: *rows_scanned,
        sources,
        computed_at: computed.computed_at,
        elapsed_ms: computed.elapsed_ms,
        cached,
    })
}

#[cfg(test)]
mod tests {
    use impala_core::document;
    use impala_core::parameter::Bound;

    use super::*;

    #[test]
    fn only_parameters_in_a_query_tell_its_answers_apart() {
        let check = |from: &str, expected: &[&str]| {
            let yaml = format!("{{id: a, type: table, {from}}}");
            let block = document::read_block(&document::from_yaml(&yaml).unwrap()).unwrap();
            let bindings = ["kind", "since"].map(|name| (name.to_owned(), Bound::Unset)).into();
            let used: Vec<String> =
                used(&bindings, &BlockQuery::of(&block).unwrap()).into_keys().cloned().collect();
            assert_eq!(used, expected, "{from}");
        };
        check("source: s", &[]);
        check("source: s, filter: 'date >= $since'", &["since"]);
        check("sql: 'SELECT * FROM s WHERE d >= $since AND k = $kind'", &["kind", "since"]);
    }
}
