//! What may be saved and is probably not meant so: names in filters, SQL and texts that lead nowhere.

use std::collections::BTreeSet;

use crate::block::BlockKind;
use crate::canvas::Spec;
use crate::document::Reading;
use crate::error::FieldError;
use crate::mentions::{mentioned, texts_of};
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
            let mut named: Vec<&str> = mentioned(text).collect();
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
