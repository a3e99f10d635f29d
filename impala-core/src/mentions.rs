//! Where blocks name the parameters of their canvas: `$name` in filters and SQL, `{{name}}` in texts.

use std::ops::Range;

use crate::block::{Block, BlockKind};

/// Whether a block names a parameter.
pub fn mentions(block: &Block, parameter: &str) -> bool {
    match &block.kind {
        BlockKind::Text(text) => text.placeholders().any(|name| name == parameter),
        _ => texts_of(block).any(|(_, text)| mentioned(text).any(|name| name == parameter)),
    }
}

/// Calls a parameter by another name wherever a block names it.
pub fn rename(block: &mut Block, from: &str, to: &str) {
    if let BlockKind::Text(text) = &mut block.kind {
        text.markdown = text.fill(|name| (name == from).then(|| format!("{{{{{to}}}}}")));
    }
    let texts = block.from_mut().into_iter().flat_map(|from| [&mut from.sql, &mut from.filter]);
    for text in texts.flatten() {
        // From the end: what is before a name stays where it is.
        for place in places(text).into_iter().rev() {
            if text[place.clone()] == *from {
                text.replace_range(place, to);
            }
        }
    }
}

/// The filter and the SQL of a block, by the names of their fields.
pub(crate) fn texts_of(block: &Block) -> impl Iterator<Item = (&'static str, &String)> {
    let from = block.from();
    let texts = [
        ("sql", from.and_then(|from| from.sql.as_ref())),
        ("filter", from.and_then(|from| from.filter.as_ref())),
    ];
    texts.into_iter().filter_map(|(field, text)| Some((field, text?)))
}

/// The names behind `$` in SQL, outside of texts, quoted names and comments.
pub(crate) fn mentioned(sql: &str) -> impl Iterator<Item = &str> {
    places(sql).into_iter().map(|place| &sql[place])
}

/// Where those names stand.
fn places(sql: &str) -> Vec<Range<usize>> {
    let (mut places, mut at) = (Vec::new(), 0);
    while let Some(c) = sql[at..].chars().next() {
        let rest = &sql[at..];
        at += match c {
            '\'' | '"' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' => {
                let end = rest[1..]
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .map_or(rest.len(), |end| end + 1);
                places.extend(Some(at + 1..at + end).filter(|place| !place.is_empty()));
                end
            }
            c => c.len_utf8(),
        };
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    #[test]
    fn names_of_parameters_are_found_outside_of_texts() {
        let check = |sql: &str, expected: &[&str]| {
            assert_eq!(mentioned(sql).collect::<Vec<_>>(), expected, "{sql}");
        };
        check("a > $x AND b = '$no' AND \"$no\" < $y_2", &["x", "y_2"]);
        check("-- $no\n$x /* $no */ IN ($größe)", &["x", "größe"]);
        check("'it''s $no' || $x", &["x"]);
        check("'open $no", &[]);
        check("$", &[]);
    }

    #[test]
    fn another_name_is_written_wherever_a_block_names_it() {
        let check = |block: serde_json::Value, expected: &str| {
            let mut block = document::read_block(&block).expect("a block");
            assert!(mentions(&block, "kind") && !mentions(&block, "kin"));
            rename(&mut block, "kind", "weather");
            assert!(mentions(&block, "weather") && !mentions(&block, "kind"));
            let text = serde_json::to_string(&block).expect("JSON");
            assert!(text.contains(expected), "{text}");
        };
        let at = serde_json::json!({"x": 0, "y": 0, "w": 4, "h": 4});
        check(
            serde_json::json!({"id": "a", "type": "text", "at": at, "markdown": "{{ kind }} of {{kinds}}"}),
            "{{weather}} of {{kinds}}",
        );
        check(
            serde_json::json!({"id": "a", "type": "table", "at": at, "source": "days",
                "filter": "a IN ($kind) OR b = '$kind' OR c = $kinds OR $kind"}),
            "a IN ($weather) OR b = '$kind' OR c = $kinds OR $weather",
        );
        check(
            serde_json::json!({"id": "a", "type": "table", "at": at, "sql": "SELECT $kind AS \"$kind\" FROM days"}),
            r#"SELECT $weather AS \"$kind\" FROM days"#,
        );
    }
}
