//! The answer to one query, from the cache or computed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use impala_core::BlockData;
use impala_core::parameter::{self, Bindings};
use impala_core::query::BlockQuery;

use crate::engine::{self, Answer, QueryLimits, Tables};
use crate::service::Error;
use crate::service::runner::{Computed, Kept, Key};
use crate::service::tables::Catalogue;
use crate::state::AppState;

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

/// How much an answer may hold.
pub fn limits(app: &AppState) -> QueryLimits {
    QueryLimits { rows: app.config.limits.query_rows }
}

/// How long a query may take.
pub fn timeout(app: &AppState) -> Duration {
    Duration::from_millis(app.config.limits.query_timeout_ms)
}

/// Names the content of tables permanently: a file never changes, and its path is never used again.
pub fn paths(tables: &Tables) -> Vec<(String, String)> {
    tables
        .iter()
        .map(|(reference, table)| (reference.to_string(), table.path.display().to_string()))
        .collect()
}

/// The bindings that a query may use: those whose names are in it behind a `$`. One too many costs a second run, one too
/// few would be a wrong answer, so names that only begin the same count too.
pub(super) fn used<'a>(
    bindings: &'a Bindings,
    query: &BlockQuery,
) -> BTreeMap<&'a String, &'a parameter::Bound> {
    let text = [&query.main.from.sql, &query.main.from.filter]
        .map(|text| text.as_deref().unwrap_or_default())
        .concat();
    let is_used = |name: &str| text.contains(&format!("${name}"));
    bindings.iter().filter(|(name, _)| is_used(name)).collect()
}

/// An answer with where it came from.
///
/// # Errors
/// When the cached value is not an answer to a query.
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
