//! One `SELECT` over the sources of a project.

use impala_core::api::{QueryRequest, Role, Scope};
use impala_core::parameter::{Bindings, Bound, ParameterValue};
use impala_core::{BlockData, Invalid, name};

use super::paths::ProjectPath;
use super::previews::Place;
use super::runner::{Kept, Key};
use super::tables::{self, Catalogue};
use super::{Caller, Error, access, data};
use crate::engine::{self, QueryLimits, Stop};
use crate::state::AppState;

/// Runs the query.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for SQL that is not one `SELECT` over sources of the project, and for a limit of 0;
/// what the query says.
pub async fn run(
    app: &AppState,
    caller: &Caller,
    path: &ProjectPath,
    preview: Option<&str>,
    request: QueryRequest,
) -> Result<BlockData, Error> {
    let project = access::project(app, caller, &path.owner, &path.slug, Role::Viewer, Scope::Read).await?;
    let limits = limits(app, request.limit)?;
    let bindings = bindings(&request)?;
    let refs = tables::sources_of_sql(&request.sql).await?;
    let tables =
        Catalogue::of(app, Place::of(app, project.id, preview).await?, &refs).await?.tables(&refs, "/sql")?;
    let sources = tables.values().map(engine::TableFile::label).collect();
    let key = Key::of(&("sql", &request.sql, data::paths(&tables), &bindings, limits.rows));
    let work =
        move |stop: &Stop| engine::run_sql(&request.sql, &tables, &bindings, limits, stop).map(Kept::Answer);
    let (computed, was_there) = app.runner.cached(key, data::timeout(app), || app.now(), work).await?;
    data::block_data(&computed, sources, was_there)
}

fn limits(app: &AppState, wanted: Option<u64>) -> Result<QueryLimits, Invalid> {
    let most = data::limits(app);
    match wanted {
        Some(0) => Err(Invalid::at("/limit", "is 0, where at least 1 is possible")),
        Some(rows) => Ok(QueryLimits { rows: rows.min(most.rows) }),
        None => Ok(most),
    }
}

fn bindings(request: &QueryRequest) -> Result<Bindings, Invalid> {
    request
        .parameters
        .iter()
        .map(|(parameter, value)| {
            let pointer = format!("/parameters/{parameter}");
            if !name::is_parameter(parameter) {
                return Err(Invalid::at(pointer, format!("is not a valid name: {}", name::PARAMETER_RULE)));
            }
            Ok((parameter.clone(), bound(&pointer, value)?))
        })
        .collect()
}

fn bound(pointer: &str, value: &ParameterValue) -> Result<Bound, Invalid> {
    Ok(match value {
        ParameterValue::Boolean(value) => Bound::Boolean(*value),
        ParameterValue::Number(number) => match number.as_f64() {
            Some(number) => Bound::Number(number),
            None => return Err(Invalid::at(pointer, "is not a number that can be computed with")),
        },
        ParameterValue::Text(text) => Bound::Text(text.clone()),
        ParameterValue::List(texts) => Bound::List(texts.clone()),
    })
}
