//! Properties of schemas and fields that are not checked, and how to tell them from rules.
//!
//! Source: <https://datapackage.org/standard/table-schema/>, which lets anybody add properties.

use std::collections::BTreeMap;

use serde_json::Value;
use strsim::damerau_levenshtein;

use crate::error::FieldError;
use crate::name;

/// Properties by name.
pub type Annotations = BTreeMap<String, Value>;

/// Rules of the standard for whole schemas that are not kept here.
const RULES_OF_SCHEMAS: [&str; 2] = ["uniqueKeys", "fieldsMatch"];

/// Rules of the standard for fields that are not kept here, and ways of writing values that are not read here.
const RULES_OF_FIELDS: [&str; 11] = [
    "missingValues",
    "categories",
    "categoriesOrdered",
    "bareNumber",
    "decimalChar",
    "groupChar",
    "trueValues",
    "falseValues",
    "itemType",
    "delimiter",
    "jsonSchema",
];

const CONSTRAINTS: [&str; 8] =
    ["required", "unique", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"];

/// What is wrong with those of a schema.
pub(super) fn of_schema(annotations: &Annotations) -> Vec<FieldError> {
    wrong(annotations, "", &RULES_OF_SCHEMAS, &["fields", "missingValues", "primaryKey"])
}

/// What is wrong with those of a field, which is at `at`.
pub(super) fn of_field(annotations: &Annotations, at: &str) -> Vec<FieldError> {
    let (own, others): (Annotations, Annotations) =
        annotations.clone().into_iter().partition(|(key, _)| CONSTRAINTS.contains(&key.as_str()));
    let misplaced =
        own.keys().map(|key| FieldError::at(at, format!("\"{key}\" belongs into \"constraints\"")));
    misplaced.chain(wrong(&others, at, &RULES_OF_FIELDS, &["type", "format", "constraints"])).collect()
}

/// * `unchecked`: rules that are not kept
/// * `known`: what one of them may be meant to be
fn wrong(annotations: &Annotations, at: &str, unchecked: &[&str], known: &[&str]) -> Vec<FieldError> {
    let fault = |key: &String| {
        if unchecked.contains(&key.as_str()) {
            return Some(FieldError::at(at, format!("\"{key}\" is not checked here; leave it out")));
        }
        // Most names are one's own: only what is nearly the same is taken for a slip of the hand.
        let is_slip = |near: &&str| damerau_levenshtein(&key.to_lowercase(), &near.to_lowercase()) <= 1;
        let near = name::nearest(key, known.iter().copied()).filter(is_slip)?;
        Some(FieldError::at(at, format!("\"{key}\" is not known; did you mean \"{near}\"?")))
    };
    annotations.keys().filter_map(fault).collect()
}
