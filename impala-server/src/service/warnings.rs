//! What may not work in a canvas: sources that do not exist, fields that they do not have. Such a canvas may be saved, as
//! its sources may come later.

use impala_core::expect::Expectation;
use impala_core::source::SourceColumn;
use impala_core::{Block, Canvas, FieldError, Invalid, name};

use super::Error;
use super::previews::Place;
use super::tables::{self, Catalogue};
use crate::engine::{self, QueryError, Stop, Tables};
use crate::state::AppState;

/// The warnings of a canvas, in the order of the document.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &AppState, place: impl Into<Place>, canvas: &Canvas) -> Result<Vec<FieldError>, Error> {
    let catalogue = Catalogue::of_canvas(app, place, canvas).await?;
    let canvas = canvas.clone();
    // Checking an expression plans a query over no rows: quick, but too long for an async thread.
    tables::blocking(move |stop| {
        let mut warnings = of_parameters(&canvas, &catalogue);
        warnings.extend(of_blocks(&canvas, &catalogue, stop));
        warnings
    })
    .await
}

fn of_parameters(canvas: &Canvas, catalogue: &Catalogue) -> Vec<FieldError> {
    let mut warnings = Vec::new();
    for (index, parameter) in canvas.spec.parameters.iter().enumerate() {
        let (Some(source), Some(field)) = (&parameter.source, &parameter.field) else {
            continue;
        };
        let pointer = format!("/spec/parameters/{index}");
        match catalogue.tables(&[source.clone()].into(), &format!("{pointer}/source")) {
            Err(missing) => warnings.extend(missing.errors),
            Ok(tables) => warnings.extend(unknown_field(&tables, field, &format!("{pointer}/field"))),
        }
    }
    warnings
}

fn unknown_field(tables: &Tables, field: &str, pointer: &str) -> Option<FieldError> {
    let table = tables.values().next()?;
    let is_named = |column: &SourceColumn| column.name == field;
    if table.columns.iter().any(is_named) {
        return None;
    }
    let hint = name::suggestion(field, table.columns.iter().map(|column| column.name.as_str()));
    Some(FieldError::at(pointer, format!("{} has no field \"{field}\"{hint}", table.label())))
}

fn of_blocks(canvas: &Canvas, catalogue: &Catalogue, stop: &Stop) -> Vec<FieldError> {
    let mut warnings = Vec::new();
    for (index, block) in canvas.spec.blocks.iter().enumerate() {
        let Some(query) = catalogue.query_of(block) else { continue };
        let pointer = format!("/spec/blocks/{index}");
        match catalogue.tables_of(&query) {
            Ok(tables) => {
                let expected = expected_columns(block);
                warnings.extend(engine::warnings(&query, &tables, &expected, &pointer, stop));
            }
            Err(Error::Invalid(invalid) | Error::Query(QueryError::Invalid(invalid))) => {
                warnings.extend(below(&pointer, invalid));
            }
            Err(error) => warnings.push(FieldError::at(pointer, error.to_string())),
        }
    }
    warnings
}

/// The columns that a block's rules name, each with the place of its rule.
fn expected_columns(block: &Block) -> Vec<(String, String)> {
    let column = |(index, rule): (usize, &Expectation)| match rule {
        Expectation::Column(name, _) => Some((format!("/expect/{index}"), name.clone())),
        _ => None,
    };
    block.expect.iter().enumerate().filter_map(column).collect()
}

/// The errors of a part with pointers from the whole.
fn below(pointer: &str, invalid: Invalid) -> impl Iterator<Item = FieldError> {
    invalid
        .errors
        .into_iter()
        .map(move |error| FieldError { pointer: format!("{pointer}{}", error.pointer), ..error })
}
