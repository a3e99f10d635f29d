//! What can be chosen: the different values of a field, for parameters whose choices come from a source.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use impala_core::api::Choices;
use impala_core::block::{From, Table};
use impala_core::query::BlockQuery;
use impala_core::source::SourceRef;
use impala_core::term::{Aggregate, Term};
use impala_core::{Block, BlockData, BlockKind, Canvas, Invalid, name};
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::IntoParams;

use super::paths::SourcePath;
use super::previews::Place;
use super::tables::{self, Catalogue};
use super::{Caller, Error, data, sources};
use crate::state::AppState;

/// Values on a page, and when nothing is said.
const USUAL: u32 = 500;

/// Values at most.
const MOST: u32 = 2_000;

/// Of which field the values are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChoicesRequest {
    /// Name of the column.
    pub field: String,
    /// Number of the version; the current one when left out.
    pub version: Option<u32>,
    /// Values at most, 1 to 2000; 500 when left out.
    pub limit: Option<u32>,
}

/// The different values of a field of a source, least first.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` for a field that is not there or a limit that is too large; what the query says.
pub async fn of_field(
    app: &AppState,
    caller: &Caller,
    path: &SourcePath,
    request: &ChoicesRequest,
) -> Result<Choices, Error> {
    let version = sources::read_version(app, caller, path, request.version).await?;
    let limit = request.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Invalid::at("/limit", format!("is {limit}, where 1 to {MOST} is possible")).into());
    }
    let known = || version.version.columns.iter().map(|column| column.name.as_str());
    if known().all(|column| column != request.field) {
        let hint = name::suggestion(&request.field, known());
        let detail = format!("there is no field \"{}\"{hint}", request.field);
        return Err(Invalid::at("/field", detail).into());
    }
    let source = SourceRef { name: path.source.clone(), version: request.version };
    let tables = [(source.clone(), tables::table(app, &path.source, &version))].into();
    let query = question(source, &request.field, limit)?;
    let data = data::answer_over(app, &query, &tables, None, &Default::default()).await?;
    Ok(choices(&data, limit))
}

/// The choices of the parameters of a canvas that the reader may see, by name. Those that fail, or are not found in the time
/// that a page waits for them, are left out; the search goes on, and they are there the next time.
pub async fn of(app: &AppState, place: &Place, canvas: &Canvas) -> BTreeMap<String, Vec<String>> {
    let asked = canvas.spec.parameters.iter().filter_map(|parameter| {
        let (source, field) = (parameter.source.clone()?, parameter.field.clone()?);
        let values = on_page(app.clone(), place.clone(), source, field);
        let waited = within(app.config.choices_patience, values);
        Some(async { (parameter.name.clone(), waited.await) })
    });
    let found = join_all(asked).await.into_iter().filter_map(|(parameter, found)| match found? {
        Ok(choices) => Some((parameter, choices.values)),
        Err(error) => {
            tracing::debug!(%error, parameter, "a parameter has no choices");
            None
        }
    });
    found.collect()
}

async fn on_page(app: AppState, place: Place, source: SourceRef, field: String) -> Result<Choices, Error> {
    let query = question(source.clone(), &field, USUAL)?;
    let catalogue = Catalogue::of(&app, place, &[source].into()).await?;
    Ok(choices(&data::answer(&app, &catalogue, &query, &Default::default()).await?, USUAL))
}

/// The result of `work`, if it ends in time. It runs to its end in any case, so that the cache has its answer the next
/// time.
async fn within<T: Send + 'static>(
    patience: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    timeout(patience, tokio::spawn(work)).await.ok()?.ok()
}

/// Asks for the values of a field: one row more than wanted, as one of them may be null.
fn question(source: SourceRef, field: &str, limit: u32) -> Result<BlockQuery, Error> {
    let columns = vec![Term::Field(field.to_owned()), Term::Aggregate(Aggregate::Count, None)];
    let table = Table { from: From::source(source), columns, limit: Some(limit + 1), ..Table::default() };
    let query = BlockQuery::of(&Block::new("choices", BlockKind::Table(table)));
    query.ok_or_else(|| Error::internal("asking for choices", "a table asks nothing"))
}

fn choices(data: &BlockData, limit: u32) -> Choices {
    let values = data.columns.first().map(|column| &column.values);
    let texts = values.into_iter().flat_map(|values| (0..values.len()).filter_map(|row| values.text(row)));
    let mut values: Vec<String> = texts.collect();
    let truncated = data.truncated || values.len() > limit as usize;
    values.truncate(limit as usize);
    Choices { values, truncated }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_not_waited_for_and_not_given_up() {
        let (answer, waits) = oneshot::channel::<u32>();
        let (done, is_done) = oneshot::channel();
        let work = async move {
            let answer = waits.await.unwrap();
            done.send(answer).unwrap();
            answer
        };
        assert_eq!(within(Duration::ZERO, work).await, None);
        answer.send(7).unwrap();
        assert_eq!(is_done.await, Ok(7));
        assert_eq!(within(Duration::MAX, async { 8 }).await, Some(8));
    }
}
