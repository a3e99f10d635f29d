//! What the reader of a canvas can choose: the values of a field, for parameters whose choices come from a source.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use impala_core::block::{From, Table};
use impala_core::parameter::Parameter;
use impala_core::query::BlockQuery;
use impala_core::source::SourceRef;
use impala_core::term::{Aggregate, Term};
use impala_core::{Block, BlockKind, Canvas};
use tokio::time::timeout;

use super::Error;
use super::data;
use super::previews::Place;
use super::tables::Catalogue;
use crate::state::AppState;

/// Values that are offered at most.
const MOST: u32 = 500;

/// How long a page waits for them. What takes longer is offered the next time, or not at all.
const PATIENCE: Duration = Duration::from_millis(400);

/// The choices of the parameters of a canvas that whoever asks may read, by name. Those that cannot be had, or
/// not in time, are left out.
pub async fn of(app: &AppState, place: &Place, canvas: &Canvas) -> BTreeMap<String, Vec<String>> {
    let asked = canvas.spec.parameters.iter().filter_map(|parameter| {
        let (source, field) = (parameter.source.as_ref()?, parameter.field.as_ref()?);
        Some(one(app, place, parameter, source, field))
    });
    join_all(asked).await.into_iter().flatten().collect()
}

async fn one(
    app: &AppState,
    place: &Place,
    parameter: &Parameter,
    source: &SourceRef,
    field: &str,
) -> Option<(String, Vec<String>)> {
    match timeout(PATIENCE, values(app, place, source, field)).await {
        Ok(Ok(values)) => Some((parameter.name.clone(), values)),
        Ok(Err(error)) => {
            tracing::debug!(%error, parameter = parameter.name, "a parameter has no choices");
            None
        }
        Err(_) => None,
    }
}

/// The different values of a field, least first.
async fn values(
    app: &AppState,
    place: &Place,
    source: &SourceRef,
    field: &str,
) -> Result<Vec<String>, Error> {
    let columns = vec![Term::Field(field.to_owned()), Term::Aggregate(Aggregate::Count, None)];
    let table = Table { from: From::source(source.clone()), columns, limit: Some(MOST), ..Table::default() };
    let block = Block::new("choices", BlockKind::Table(table));
    let catalogue = Catalogue::of(app, place.clone(), &[source.clone()].into()).await?;
    let Some(query) = BlockQuery::of(&block) else {
        return Ok(Vec::new());
    };
    let data = data::answer(app, &catalogue, &query, &Default::default()).await?;
    let values = data.columns.first().map(|column| &column.values);
    Ok(values.into_iter().flat_map(|values| (0..values.len()).filter_map(|row| values.text(row))).collect())
}
