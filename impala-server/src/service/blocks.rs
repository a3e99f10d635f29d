//! The blocks of a canvas, one by one. Each change is a change of the canvas, with a revision of its own.

use impala_core::api::CanvasView;
use impala_core::{Block, Canvas, Invalid, Place, document};
use serde_json::Value;

use super::expected::{Expected, Tag};
use super::paths::{BlockPath, CanvasPath};
use super::{Caller, Error, canvases};
use crate::state::AppState;

/// A block, and the state of its canvas.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub async fn open(app: &AppState, caller: &Caller, path: &BlockPath) -> Result<(Block, Tag), Error> {
    let (_, saved) = canvases::read(app, caller, &path.canvas()).await?;
    let block = saved.canvas.block(&path.block).ok_or_else(|| Error::not_found("block", &path.block))?;
    Ok((block.clone(), Tag::of(&saved)))
}

/// Adds a block where it says, and moves those in the way down; without a place it gets the first free spot. Without an
/// id it gets one made of its title or type.
///
/// # Errors
/// As [`canvases::change`]; `Invalid` for a block that is wrong or has the id of another one.
pub async fn add(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
    block: &Value,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| {
        let (block, place) = document::read_block_and_place(&with_id(canvas, block))?;
        check_id(canvas, &block.id)?;
        let note = format!("added block {}", block.id);
        canvas.add(block, place);
        Ok(note)
    };
    canvases::change(app, caller, path, expected, edit).await
}

fn with_id(canvas: &Canvas, block: &Value) -> Value {
    let mut block = block.clone();
    if let Some(fields) = block.as_object_mut()
        && !fields.contains_key("id")
    {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let id = canvas.fresh_id(text("title").or(text("type")).unwrap_or("block"));
        fields.insert("id".to_owned(), Value::String(id));
    }
    block
}

fn check_id(canvas: &Canvas, id: &str) -> Result<(), Invalid> {
    match canvas.block(id) {
        Some(_) => Err(Invalid::at(
            "/id",
            format!("\"{id}\" is the id of another block; \"{}\" is free", canvas.fresh_id(id)),
        )),
        None => Ok(()),
    }
}

/// Replaces a block. Without a place it stays where it is; with another one, those in the way move down.
///
/// # Errors
/// As [`add`].
pub async fn replace(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    expected: &Expected,
    block: &Value,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| put(canvas, &path.block, block);
    canvases::change(app, caller, &path.canvas(), expected, edit).await
}

/// Changes some fields of a block by a JSON merge patch, RFC 7396: what is null goes, objects are merged, all else
/// replaces what is there.
///
/// # Errors
/// As [`add`].
pub async fn patch(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    expected: &Expected,
    patch: &Value,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| {
        let block = canvas.block(&path.block).ok_or_else(|| Error::not_found("block", &path.block))?;
        let mut fields =
            serde_json::to_value(block).map_err(|error| Error::internal("writing a block as JSON", error))?;
        merge(&mut fields, patch);
        put(canvas, &path.block, &fields)
    };
    canvases::change(app, caller, &path.canvas(), expected, edit).await
}

fn put(canvas: &mut Canvas, id: &str, value: &Value) -> Result<String, Error> {
    let (mut block, place) = document::read_block_and_place(value)?;
    if block.id != id {
        check_id(canvas, &block.id)?;
    }
    let (new_id, size) = (block.id.clone(), block.at);
    let old = canvas.spec.blocks.iter_mut().find(|block| block.id == id);
    let Some(old) = old else {
        return Err(Error::not_found("block", id));
    };
    block.at = old.at;
    *old = block;
    let to = match (place, gives_size(value)) {
        (Some(place), _) => Some(place),
        (None, true) => canvas.block(&new_id).map(|block| Place::new(block.at.x, block.at.y, size.w, size.h)),
        (None, false) => None,
    };
    if let Some(to) = to {
        to.check("/at")?;
        canvas.place(&new_id, to);
    }
    Ok(format!("changed block {new_id}"))
}

fn gives_size(block: &Value) -> bool {
    block.get("at").is_some_and(|at| at.get("w").is_some() || at.get("h").is_some())
}

/// Moves or resizes a block by a merge patch of its place; those in the way move down.
///
/// # Errors
/// As [`add`].
pub async fn place(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    expected: &Expected,
    patch: &Value,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| {
        let block = canvas.block(&path.block).ok_or_else(|| Error::not_found("block", &path.block))?;
        let to = patched_place(block.at, patch)?;
        to.check("")?;
        canvas.place(&path.block, to);
        Ok(format!("moved block {}", path.block))
    };
    canvases::change(app, caller, &path.canvas(), expected, edit).await
}

fn patched_place(at: Place, patch: &Value) -> Result<Place, Invalid> {
    let mut fields = serde_json::json!({ "x": at.x, "y": at.y, "w": at.w, "h": at.h });
    merge(&mut fields, patch);
    serde_path_to_error::deserialize(&fields).map_err(|error| {
        let pointer = match error.path().to_string() {
            path if path == "." => String::new(),
            path => format!("/{path}"),
        };
        Invalid::at(pointer, format!("a place is x, y, w and h: {}", error.inner()))
    })
}

/// Removes a block. Nothing moves.
///
/// # Errors
/// As [`canvases::change`]; `NotFound` when there is no such block.
pub async fn remove(
    app: &AppState,
    caller: &Caller,
    path: &BlockPath,
    expected: &Expected,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| {
        let before = canvas.spec.blocks.len();
        canvas.spec.blocks.retain(|block| block.id != path.block);
        if canvas.spec.blocks.len() == before {
            return Err(Error::not_found("block", &path.block));
        }
        Ok(format!("removed block {}", path.block))
    };
    canvases::change(app, caller, &path.canvas(), expected, edit).await
}

/// Closes the gaps between the blocks.
///
/// # Errors
/// As [`canvases::change`].
pub async fn compact(
    app: &AppState,
    caller: &Caller,
    path: &CanvasPath,
    expected: &Expected,
) -> Result<CanvasView, Error> {
    let edit = |canvas: &mut Canvas| {
        canvas.compact();
        Ok("closed gaps".to_owned())
    };
    canvases::change(app, caller, path, expected, edit).await
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (key, change) in changes {
        if change.is_null() {
            fields.remove(key);
        } else {
            merge(fields.entry(key).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merge_patches_do_as_the_rfc_says() {
        let check = |target: Value, patch: Value, expected: Value| {
            let mut merged = target;
            merge(&mut merged, &patch);
            assert_eq!(merged, expected, "{patch}");
        };
        // The cases of RFC 7396, appendix A.
        check(json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"}));
        check(json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"}));
        check(json!({"a": "b"}), json!({"a": null}), json!({}));
        check(json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"}));
        check(json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"}));
        check(json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]}));
        check(json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}}));
        check(json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]}));
        check(json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"]));
        check(json!({"a": "b"}), json!(["c"]), json!(["c"]));
        check(json!({"a": "foo"}), json!(null), json!(null));
        check(json!({"a": "foo"}), json!("bar"), json!("bar"));
        check(json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1}));
        check(json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"}));
        check(json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}}));
    }

    fn text(id: &str, at: Place) -> Block {
        let yaml = format!("{{id: {id}, type: text, markdown: hello}}");
        Block { at, ..document::read_block(&document::from_yaml(&yaml).unwrap()).unwrap() }
    }

    fn canvas() -> Canvas {
        let mut canvas = Canvas::new("c", "");
        canvas.add(text("a", Place::new(0, 0, 12, 2)), None);
        canvas.add(text("b", Place::new(0, 0, 12, 2)), None);
        canvas
    }

    #[test]
    fn a_replaced_block_stays_unless_it_says_otherwise() {
        let check = |at: Value, a: Place, b: Place| {
            let mut canvas = canvas();
            let mut block = json!({"id": "a", "type": "text", "markdown": "new"});
            if !at.is_null() {
                block["at"] = at.clone();
            }
            put(&mut canvas, "a", &block).unwrap();
            let places = ["a", "b"].map(|id| canvas.block(id).unwrap().at);
            assert_eq!(places, [a, b], "{at}");
        };
        let (left, right) = (Place::new(0, 0, 12, 2), Place::new(12, 0, 12, 2));
        check(Value::Null, left, right);
        check(json!({"x": 12, "y": 0, "w": 12, "h": 3}), Place::new(12, 0, 12, 3), Place::new(12, 3, 12, 2));
        check(json!({"w": 24, "h": 1}), Place::new(0, 0, 24, 1), Place::new(12, 1, 12, 2));
    }

    #[test]
    fn ids_stay_unique_and_are_made_where_none_is_given() {
        let mut canvas = canvas();
        let taken = put(&mut canvas, "a", &json!({"id": "b", "type": "text", "markdown": ""}));
        assert_eq!(taken.unwrap_err().to_string(), "/id: \"b\" is the id of another block; \"b-2\" is free");
        assert_eq!(with_id(&canvas, &json!({"type": "text"}))["id"], "text");
        assert_eq!(with_id(&canvas, &json!({"type": "text", "title": "A"}))["id"], "a-2");
    }

    #[test]
    fn a_place_is_patched_field_by_field() {
        let at = Place::new(0, 0, 12, 2);
        assert_eq!(patched_place(at, &json!({"x": 3})).unwrap(), Place::new(3, 0, 12, 2));
        let check = |patch: Value, expected: &str| {
            let error = patched_place(at, &patch).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(json!({"z": 3}), "unknown field `z`");
        check(json!({"x": -3}), "/x: ");
        check(json!({"x": null}), "missing field `x`");
    }
}
