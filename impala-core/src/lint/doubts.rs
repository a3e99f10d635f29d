//! What may be saved and is probably not meant so: names in filters, SQL and texts that lead nowhere.

use std::collections::BTreeSet;

use crate::block::{Block, BlockKind};
use crate::canvas::Spec;
use crate::document::Reading;
use crate::error::FieldError;
use crate::name;

/// What may be saved and is probably not meant so.
pub(super) fn doubts(reading: &Reading) -> Vec<(&'static str, FieldError)> {
    let Spec { parameters, blocks } = &reading.canvas.spec;
    let mut found = Vec::new();
    let known = || parameters.iter().map(|parameter| parameter.name.as_str());
    let mut used = BTreeSet::new();
    for (index, block) in blocks.iter().enumerate() {
        if let BlockKind::Text(text) = &block.kind {
            used.extend(text.placeholders().map(str::to_owned));
        }
        for (field, text) in texts_of(block) {
            let mut named: Vec<&str> = mentioned(text);
            named.dedup();
            for name in named {
                if !known().any(|parameter| parameter == name) {
                    let hint = name::suggestion(name, known());
                    let detail = format!("${name} is not a parameter of this canvas{hint}");
                    found.push((
                        "unknown-parameter",
                        FieldError::at(format!("/spec/blocks/{index}/{field}"), detail),
                    ));
                }
                used.insert(name.to_owned());
            }
        }
    }
    // What cannot be read may be what uses it.
    let unused = parameters.iter().enumerate().filter(|(_, parameter)| !used.contains(&parameter.name));
    for (index, parameter) in unused.filter(|_| reading.is_whole()) {
        let detail = format!(
            "nothing uses the parameter \"{0}\": no ${0} in a filter or SQL, no {{{{{0}}}}} in a text",
            parameter.name
        );
        found.push(("unused-parameter", FieldError::at(format!("/spec/parameters/{index}/name"), detail)));
    }
    found
}

/// The filter and the SQL of a block, by the names of their fields.
pub(super) fn texts_of(block: &Block) -> impl Iterator<Item = (&'static str, &String)> {
    let from = block.from();
    let texts = [
        ("sql", from.and_then(|from| from.sql.as_ref())),
        ("filter", from.and_then(|from| from.filter.as_ref())),
    ];
    texts.into_iter().filter_map(|(field, text)| Some((field, text?)))
}

/// The names behind `$` in SQL, outside of texts, quoted names and comments.
pub(super) fn mentioned(sql: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' | '"' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' => {
                let end = rest[1..]
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .map_or(rest.len(), |end| end + 1);
                names.extend(Some(&rest[1..end]).filter(|name| !name.is_empty()));
                end
            }
            c => c.len_utf8(),
        };
        rest = &rest[length..];
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_are_found_outside_of_texts() {
        let check = |sql: &str, expected: &[&str]| assert_eq!(mentioned(sql), expected, "{sql}");
        check("a > $x AND b = '$no' AND \"$no\" < $y_2", &["x", "y_2"]);
        check("-- $no\n$x /* $no */ IN ($größe)", &["x", "größe"]);
        check("'it''s $no' || $x", &["x"]);
        check("'open $no", &[]);
        check("$", &[]);
    }
}
