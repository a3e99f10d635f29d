//! The document with its data, as JSON.

use impala_core::api::BlockAnswer;
use serde_json::{Map, Value, json};

use super::{Export, ExportError};
use crate::format::turns_text;

/// What changes from one time to the next, and so has no place in an export.
const FLEETING: [&str; 3] = ["computed_at", "elapsed_ms", "cached"];

/// `{canvas, revision, parameters, blocks: {ID: {data} or {problem}}}`; of one block its part of it.
///
/// # Errors
/// `Failed` when something cannot be written as JSON, which should not happen.
pub fn write(export: &Export) -> Result<String, ExportError> {
    let failed = |error: serde_json::Error| ExportError::Failed(format!("the canvas is no JSON: {error}"));
    let mut blocks = Map::new();
    for block in export.blocks() {
        if let Some(answer) = export.picture.answers.get(&block.id) {
            blocks.insert(block.id.clone(), steady(answer).map_err(failed)?);
        }
    }
    let canvas = serde_json::to_value(export.picture.canvas).map_err(failed)?;
    let document = match export.block {
        Some(block) => {
            let block_document = serde_json::to_value(block).map_err(failed)?;
            json!({"block": block_document, "revision": export.revision, "parameters": export.picture.parameters, "blocks": blocks})
        }
        None => json!({
            "canvas": canvas,
            "revision": export.revision,
            "parameters": export.picture.parameters,
            "blocks": blocks,
        }),
    };
    written(&document).map_err(failed)
}

/// JSON for people to read, too: marks that reorder text stand as their codes, which read back as the same.
pub fn written(value: &Value) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    if !text.contains(turns_text) {
        return Ok(text);
    }
    let coded = |c: char| if turns_text(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Ok(text.chars().map(coded).collect())
}

/// An answer without what changes from one time to the next.
fn steady(answer: &BlockAnswer) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(answer)?;
    for part in ["data", "problem"] {
        if let Some(Value::Object(fields)) = value.get_mut(part) {
            for name in FLEETING.iter().chain(&["request_id"]) {
                fields.remove(*name);
            }
        }
    }
    Ok(value)
}
