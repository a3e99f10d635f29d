//! The rules, and which of them a fault breaks.

use crate::error::FieldError;

/// Every rule, with what it finds.
pub const RULES: [(&str, &str); 17] = [
    ("syntax", "text that is neither YAML nor JSON, or holds the marks of a merge"),
    ("unknown-field", "a field that does not belong there"),
    ("unknown-value", "a word that is not one of those a field takes"),
    ("wrong-type", "a text where a number is expected, and the like"),
    ("missing-field", "a field that has to be there"),
    ("invalid-name", "a slug, id or parameter that cannot be called so"),
    ("duplicate-name", "two blocks, parameters or files of one name"),
    ("overlap", "two blocks on the same cells"),
    ("off-grid", "a block that reaches beyond the grid, or has no size"),
    ("unknown-placeholder", "{{name}} that is neither parameter nor metric block"),
    ("unknown-parameter", "$name in a filter or SQL that is not a parameter"),
    ("unused-parameter", "a parameter that nothing mentions (warning)"),
    ("expectation", "a rule under expect that cannot be"),
    ("invalid", "anything else that is refused"),
    ("unknown-source", "a source that the project does not have (asks the server)"),
    ("unknown-column", "a column that the source does not have (asks the server)"),
    ("query", "a filter or SQL that cannot run (asks the server)"),
];

/// Which rule a fault breaks. A test compares it with the messages.
pub(super) fn rule_of(error: &FieldError) -> &'static str {
    let detail = error.detail.as_str();
    let ends = |name: &str| error.pointer.ends_with(name);
    if error.pointer.contains("/expect") && !detail.starts_with("unknown field") {
        return "expectation";
    }
    let by_words = [
        ("unknown field", "unknown-field"),
        ("unknown value", "unknown-value"),
        ("overlaps block", "overlap"),
        ("{{", "unknown-placeholder"),
        ("is missing", "missing-field"),
        ("needs ", "missing-field"),
        ("names no field", "missing-field"),
    ];
    if let Some((_, rule)) = by_words.iter().find(|(words, _)| detail.starts_with(words)) {
        return rule;
    }
    if detail.starts_with("is ") && detail.contains(", where ") && !detail.contains("where \"") {
        return "wrong-type";
    }
    let is_choice = detail.contains("is not a type of block") || detail.contains("is expected");
    match () {
        () if ends("/at") || ends("/at/x") || ends("/at/y") || ends("/at/w") || ends("/at/h") => "off-grid",
        () if is_choice => "unknown-value",
        () if detail.contains("is the id of block") || detail.contains("is the name of parameter") => {
            "duplicate-name"
        }
        () if detail.contains("is not a valid name") => "invalid-name",
        () => "invalid",
    }
}

/// Which rule a doubt of the server's breaks.
pub(super) fn rule_of_doubt(error: &FieldError) -> &'static str {
    let detail = &error.detail;
    if detail.starts_with("there is no source") || detail.contains("has no version") {
        "unknown-source"
    } else if detail.contains("has no field")
        || detail.contains("there is no field")
        || detail.contains("has no column")
        || detail.contains("no column")
    {
        "unknown-column"
    } else {
        "query"
    }
}
