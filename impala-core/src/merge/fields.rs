//! Two changes to one block, brought together field by field.

use serde_json::{Map, Value};

use crate::block::Block;
use crate::document;

/// The block with both sides' changes; `None` where both have changed the same field, or where the two do not make a block.
pub(super) fn combine(base: &Block, mine: &Block, theirs: &Block) -> Option<Block> {
    let value = |block: &Block| serde_json::to_value(block).ok();
    let merged = pick(Some(&value(base)?), Some(&value(mine)?), Some(&value(theirs)?))?;
    document::read_block(&merged?).ok()
}

/// What a field becomes: `Some(None)` where it is left out, `None` where both have changed it, and not to the same.
fn pick(base: Option<&Value>, mine: Option<&Value>, theirs: Option<&Value>) -> Option<Option<Value>> {
    if mine == theirs || theirs == base {
        return Some(mine.cloned());
    }
    if mine == base {
        return Some(theirs.cloned());
    }
    let (Some(Value::Object(base)), Some(Value::Object(mine)), Some(Value::Object(theirs))) =
        (base, mine, theirs)
    else {
        return None;
    };
    let mut merged = Map::new();
    for name in mine.keys().chain(theirs.keys().filter(|name| !mine.contains_key(*name))) {
        if let Some(value) = pick(base.get(name), mine.get(name), theirs.get(name))? {
            merged.insert(name.clone(), value);
        }
    }
    Some(Some(Value::Object(merged)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn block(change: impl FnOnce(&mut Value)) -> Block {
        let mut value = json!({
            "id": "rain", "type": "chart", "at": {"x": 0, "y": 0, "w": 12, "h": 8}, "source": "weather",
            "mark": "bar", "encoding": {"x": {"field": "date"}, "y": {"aggregate": "sum", "field": "rain"}},
        });
        change(&mut value);
        document::read_block(&value).expect("a block")
    }

    #[test]
    fn fields_that_one_side_changed_go_together() {
        let base = block(|_| {});
        let mine = block(|value| value["encoding"]["y"]["aggregate"] = json!("mean"));
        let theirs = block(|value| {
            value["title"] = json!("Rain");
            value["encoding"]["y"]["title"] = json!("mm");
            value["encoding"]["color"] = json!({"field": "kind"});
        });
        let both = block(|value| {
            value["title"] = json!("Rain");
            value["encoding"]["y"] = json!({"aggregate": "mean", "field": "rain", "title": "mm"});
            value["encoding"]["color"] = json!({"field": "kind"});
        });
        assert_eq!(combine(&base, &mine, &theirs), Some(both.clone()));
        assert_eq!(combine(&base, &theirs, &mine), Some(both));
    }

    #[test]
    fn a_field_that_one_side_removed_is_gone() {
        let base = block(|value| value["title"] = json!("Rain"));
        let mine = block(|_| {});
        let theirs = block(|value| {
            value["title"] = json!("Rain");
            value["mark"] = json!("line");
        });
        assert_eq!(combine(&base, &mine, &theirs), Some(block(|value| value["mark"] = json!("line"))));
    }

    #[test]
    fn a_field_that_both_changed_is_not_combined() {
        let base = block(|_| {});
        let mine = block(|value| value["mark"] = json!("line"));
        let theirs = block(|value| value["mark"] = json!("area"));
        assert_eq!(combine(&base, &mine, &theirs), None);
        assert_eq!(combine(&base, &mine, &mine), Some(mine.clone()));
    }
}
