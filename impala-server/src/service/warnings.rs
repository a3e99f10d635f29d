//! What of a canvas may not work as meant: sources that do not exist, fields that they do not have, names in a text that
//! stand for nothing. A canvas may be saved
//! so, as its sources may come later.

use impala_core::block::BlockType;
use impala_core::source::SourceColumn;
use impala_core::{BlockKind, Canvas, FieldError, Invalid, name};
use uuid::Uuid;

use super::Error;
use super::tables::{self, Catalogue};
use crate::engine::{self, QueryError, Stop, Tables};
use crate::state::AppState;

/// The warnings of a canvas, in the order of the document.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &AppState, project: Uuid, canvas: &Canvas) -> Result<Vec<FieldError>, Error> {
    let catalogue = Catalogue::of_canvas(app, project, canvas).await?;
    let canvas = canvas.clone();
    // Checking an expression plans a query over no rows: quick, but no work for an async thread.
    tables::blocking(move |stop| {
        let mut warnings = of_parameters(&canvas, &catalogue);
        warnings.extend(of_blocks(&canvas, &catalogue, stop));
        warnings.extend(of_texts(&canvas));
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
    Some(FieldError::at(pointer, format!("{} has no field \"{field}\"{hint}", table.reference)))
}

fn of_blocks(canvas: &Canvas, catalogue: &Catalogue, stop: &Stop) -> Vec<FieldError> {
    let mut warnings = Vec::new();
    for (index, block) in canvas.spec.blocks.iter().enumerate() {
        let Some(query) = catalogue.query_of(block) else { continue };
        let pointer = format!("/spec/blocks/{index}");
        match catalogue.tables_of(&query) {
            Ok(tables) => warnings.extend(engine::warnings(&query, &tables, &pointer, stop)),
            Err(Error::Invalid(invalid) | Error::Query(QueryError::Invalid(invalid))) => {
                warnings.extend(below(&pointer, invalid));
            }
            Err(error) => warnings.push(FieldError::at(pointer, error.to_string())),
        }
    }
    warnings
}

/// Names between double braces that are neither a parameter nor a block with a number: they are shown as they are.
fn of_texts(canvas: &Canvas) -> Vec<FieldError> {
    let metrics = canvas.spec.blocks.iter().filter(|block| block.block_type == BlockType::Metric);
    let known: Vec<&str> = canvas
        .spec
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .chain(metrics.map(|block| block.id.as_str()))
        .collect();
    let mut warnings = Vec::new();
    for (index, block) in canvas.spec.blocks.iter().enumerate() {
        let BlockKind::Text(text) = &block.kind else { continue };
        let mut unknown: Vec<&str> = text.placeholders().filter(|name| !known.contains(name)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        warnings.extend(unknown.into_iter().map(|unknown| {
            let hint = name::suggestion(unknown, known.iter().copied());
            let detail =
                format!("{{{{{unknown}}}}} is neither a parameter nor a metric block of this canvas{hint}");
            FieldError::at(format!("/spec/blocks/{index}/markdown"), detail)
        }));
    }
    warnings
}

/// The errors of a part with pointers from the whole.
fn below(pointer: &str, invalid: Invalid) -> impl Iterator<Item = FieldError> {
    invalid
        .errors
        .into_iter()
        .map(move |error| FieldError { pointer: format!("{pointer}{}", error.pointer), ..error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_for_nothing_are_told() {
        let yaml = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: c}
spec:
  parameters: [{name: since, type: date}]
  blocks:
    - {id: most, type: metric, at: {x: 0, y: 0, w: 6, h: 5}, source: s, value: {aggregate: count}}
    - {id: note, type: text, at: {x: 6, y: 0, w: 6, h: 5}, markdown: \"{{since}} {{most}} {{sinse}} {{note}} {{sinse}}\"}
";
        let yaml = impala_core::document::from_yaml(yaml).unwrap();
        let warnings = of_texts(&impala_core::document::read_canvas(&yaml).unwrap());
        let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("/spec/blocks/1/markdown") && told[0].contains("{{note}} is neither"),
            "{told:?}"
        );
        assert!(told[1].contains("did you mean \"since\"?"), "{told:?}");
    }
}
