//! The commands that make one canvas of another, block by block: run again, they leave alone what others have made since.

use impala_core::encoding::Channel;
use impala_core::{Block, Canvas, Place};
use serde_json::{Map, Value};

use crate::screen::quoted;

/// What follows `impala block`, in the order in which it is to be run.
///
/// * Result: `None` where no command for a block says it: the canvas's title, its description and its parameters.
pub(crate) fn between(before: &Canvas, after: &Canvas) -> Option<Vec<String>> {
    let is_same = before.metadata == after.metadata && before.spec.parameters == after.spec.parameters;
    let slug = &after.metadata.slug;
    let (mut now, mut commands) = (before.clone(), Vec::new());
    for block in before.spec.blocks.iter().filter(|block| after.block(&block.id).is_none()) {
        now.spec.blocks.retain(|one| one.id != block.id);
        commands.push(format!("remove {slug} {}", block.id));
    }
    for block in &after.spec.blocks {
        let Some(old) = now.spec.blocks.iter_mut().find(|old| old.id == block.id) else { continue };
        let flags = flags(fields(old)?, fields(block)?);
        if !flags.is_empty() {
            commands.push(format!("set {slug} {}{flags}", block.id));
        }
        *old = Block { at: old.at, ..block.clone() };
    }
    for block in &after.spec.blocks {
        if now.block(&block.id).is_none() {
            commands.push(added(slug, block)?);
            now.add(block.clone(), Some(block.at));
        }
    }
    commands.extend(moves(&now, after)?);
    is_same.then_some(commands)
}

fn fields(block: &Block) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(block) else { return None };
    fields.retain(|name, _| name != "id" && name != "at");
    Some(fields)
}

fn added(slug: &str, block: &Block) -> Option<String> {
    let (Place { x, y, w, h }, kind) = (block.at, block.block_type);
    let new = fields(block)?;
    let old = new.iter().filter(|(name, _)| *name == "type");
    let flags = flags(old.map(|(name, value)| (name.clone(), value.clone())).collect(), new);
    let id = &block.id;
    Some(format!("add {slug} --id {id} --type {kind} --at {x},{y} --width {w} --height {h}{flags}"))
}

/// The flags that make one block's fields of another's.
fn flags(old: Map<String, Value>, new: Map<String, Value>) -> String {
    let (old, new) = (flat(old), flat(new));
    let set = new.iter().filter(|(path, value)| old.get(*path) != Some(value));
    let set = set.map(|(path, value)| flag(path, value).unwrap_or_else(|| by_path(path, value)));
    // A flag for one of these two takes away the other by itself.
    let is_replaced = |path: &str| {
        (path == "sql" && new.contains_key("source")) || (path == "source" && new.contains_key("sql"))
    };
    let gone = old.keys().filter(|path| !new.contains_key(*path) && !is_replaced(path));
    set.chain(gone.map(|path| format!(" --unset {path}"))).collect()
}

/// Fields by their paths; channels count one by one.
fn flat(fields: Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    for (name, value) in fields {
        match value {
            Value::Object(channels) if name == "encoding" => {
                flat.extend(
                    channels.into_iter().map(|(channel, value)| (format!("encoding.{channel}"), value)),
                );
            }
            value => {
                flat.insert(name, value);
            }
        }
    }
    flat
}

/// Any field, exactly: JSON is YAML.
fn by_path(path: &str, value: &Value) -> String {
    format!(" --set {}", quoted(&format!("{path}={value}")))
}

/// A field that has a flag of its own, where its value can be written in one line.
fn flag(path: &str, value: &Value) -> Option<String> {
    let (name, text) = match (path, value) {
        ("title" | "source" | "sql" | "filter" | "format" | "markdown" | "mark", Value::String(text)) => {
            (path, text.clone())
        }
        ("limit", Value::Number(limit)) => (path, limit.to_string()),
        ("columns", Value::Array(columns)) => {
            let columns: Option<Vec<&str>> = columns.iter().map(Value::as_str).collect();
            let columns = columns?;
            if columns.iter().any(|column| column.contains(',')) {
                return None;
            }
            (path, columns.join(","))
        }
        ("value" | "sparkline", channel) => (path, short(channel)?),
        (path, channel) => match path.strip_prefix("encoding.")? {
            name @ ("x" | "y" | "color" | "size" | "facet") => (name, short(channel)?),
            _ => return None,
        },
    };
    let is_line = !text.is_empty() && !text.chars().any(char::is_control);
    let is_plain = is_line && !text.starts_with('-');
    is_plain.then(|| format!(" --{name} {}", quoted(&text)))
}

/// A channel in its short form, when that says all of it.
fn short(channel: &Value) -> Option<String> {
    let known: Channel = serde_json::from_value(channel.clone()).ok()?;
    let term = known.term()?;
    let text = term.to_string();
    let is_read_back = text.parse().is_ok_and(|read: impala_core::term::Term| read == term);
    let is_all = serde_json::to_value(Channel::from(term)).is_ok_and(|short| short == *channel);
    (is_read_back && is_all).then_some(text)
}

/// The commands that bring blocks to their places. Each makes those in its way move down, so their order matters.
fn moves(now: &Canvas, after: &Canvas) -> Option<Vec<String>> {
    let is_moved = |block: &&Block| now.block(&block.id).is_some_and(|old| old.at != block.at);
    let to: Vec<(String, Place)> =
        after.spec.blocks.iter().filter(is_moved).map(|block| (block.id.clone(), block.at)).collect();
    let first: Vec<_> = to.first().cloned().into_iter().collect();
    let down = to.iter().rev().cloned().collect();
    // Where no order is right, each goes out of the way first.
    let bottom = now.spec.blocks.iter().chain(&after.spec.blocks).map(|block| block.at.bottom()).max()?;
    let mut below = bottom;
    let aside = to.iter().map(|(id, at)| {
        let place = Place { y: below, ..*at };
        below += at.h;
        (id.clone(), place)
    });
    let aside = aside.chain(to.iter().cloned()).collect();
    let single = to.iter().map(|one| vec![one.clone()]);
    [first, to.clone(), down, aside].into_iter().chain(single).find_map(|order| moved(now, after, order))
}

/// The commands of an order; `None` when they lead elsewhere.
fn moved(now: &Canvas, after: &Canvas, order: Vec<(String, Place)>) -> Option<Vec<String>> {
    let slug = &after.metadata.slug;
    let (mut now, mut commands) = (now.clone(), Vec::new());
    for (id, at) in order {
        let old = now.block(&id)?.at;
        let Place { x, y, w, h } = at;
        match ((old.x, old.y) == (x, y), (old.w, old.h) == (w, h)) {
            (true, true) => continue,
            (false, true) => commands.push(format!("move {slug} {id} --x {x} --y {y}")),
            (true, false) => commands.push(format!("resize {slug} {id} --width {w} --height {h}")),
            (false, false) => {
                let at = format!("at={{x: {x}, y: {y}, w: {w}, h: {h}}}");
                commands.push(format!("set {slug} {id} --set {}", quoted(&at)));
            }
        }
        now.place(&id, at);
    }
    let is_there = |block: &Block| now.block(&block.id).is_some_and(|one| one.at == block.at);
    after.spec.blocks.iter().all(is_there).then_some(commands)
}

#[cfg(test)]
mod tests {
    use impala_core::document;

    use super::*;

    fn canvas(blocks: &[Value]) -> Canvas {
        let mut canvas = Canvas::new("c", "");
        for block in blocks {
            let (block, place) = document::read_block_and_place(block).unwrap();
            canvas.add(block, place);
        }
        canvas
    }

    #[track_caller]
    fn check(before: &[Value], after: &[Value], expected: &[&str]) {
        assert_eq!(between(&canvas(before), &canvas(after)).unwrap(), expected);
    }

    fn text(id: &str, x: u32, y: u32) -> Value {
        serde_json::json!({"id": id, "type": "text", "at": {"x": x, "y": y, "w": 12, "h": 4}, "markdown": id})
    }

    #[test]
    fn fields_become_flags_and_what_has_none_is_set_by_its_path() {
        let old = serde_json::json!({"id": "a", "type": "chart", "at": {"x": 0, "y": 0, "w": 12, "h": 6},
            "source": "weather", "mark": "bar", "filter": "wind > 1",
            "encoding": {"x": {"field": "date", "timeUnit": "month"}, "y": {"aggregate": "count"}}});
        let new = serde_json::json!({"id": "a", "type": "chart", "at": {"x": 0, "y": 0, "w": 12, "h": 6},
            "sql": "SELECT date,\n wind FROM weather", "mark": "line", "title": "It's wind",
            "encoding": {"x": {"field": "date", "timeUnit": "year"},
                "y": {"aggregate": "mean", "field": "wind", "title": "m/s"}}});
        check(
            std::slice::from_ref(&old),
            &[new],
            &[concat!(
                r#"set c a --x 'year(date)' --set 'encoding.y={"aggregate":"mean","field":"wind","title":"m/s"}' "#,
                r#"--mark line --set 'sql="SELECT date,\n wind FROM weather"' --title 'It'\''s wind' --unset filter"#
            )],
        );
        check(
            &[],
            &[old],
            &["add c --id a --type chart --at 0,0 --width 12 --height 6 --x 'month(date)' --y 'count()' \
               --filter 'wind > 1' --mark bar --source weather"],
        );
    }

    #[test]
    fn places_are_reached_in_an_order_in_which_nothing_is_in_the_way() {
        let (a, b) = (text("a", 0, 0), text("b", 0, 4));
        check(&[a.clone(), b.clone()], std::slice::from_ref(&b), &["remove c a"]);
        check(&[a.clone(), b.clone()], &[text("a", 0, 4), text("b", 0, 8)], &["move c a --x 0 --y 4"]);
        check(
            &[text("a", 0, 4), text("b", 0, 8)],
            &[a.clone(), b.clone()],
            &["move c a --x 0 --y 0", "move c b --x 0 --y 4"],
        );
        check(&[a.clone(), b.clone()], &[text("a", 12, 0), b.clone()], &["move c a --x 12 --y 0"]);
        // They change places.
        check(&[a, b], &[text("b", 0, 0), text("a", 0, 4)], &["move c b --x 0 --y 0"]);
    }

    #[test]
    fn a_parameter_has_no_command_of_a_block() {
        let before = crate::tests::support::example();
        let mut after = before.clone();
        after.spec.parameters.pop();
        assert_eq!(between(&before, &after), None);
    }
}
