//! Contracts: what a file has to be, as a Table Schema of Frictionless Data
//! (<https://specs.frictionlessdata.io/table-schema/>).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{FieldError, Invalid};
use crate::name;
use crate::source::{ColumnType, SourceColumn};

mod annotations;

use self::annotations::Annotations;

/// What a file has to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// Which edition of the specification it follows.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its columns.
    pub fields: Vec<SchemaField>,
    /// Texts that stand for no value.
    #[serde(rename = "missingValues", default = "empty", skip_serializing_if = "is_empty")]
    pub missing_values: Vec<String>,
    /// Columns whose values together name a row.
    #[serde(rename = "primaryKey", default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Names>,
    /// Other properties: names, RDF types, custom properties.
    #[serde(flatten)]
    pub annotations: Annotations,
}

/// One name or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Names {
    /// All of them.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SchemaField {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type", default)]
    pub field_type: FieldType,
    /// How they are written: `default`, or `any` for dates in any form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// What else holds of its values.
    #[serde(default, skip_serializing_if = "Constraints::is_none")]
    pub constraints: Constraints,
    /// Other properties.
    #[serde(flatten)]
    pub annotations: Annotations,
}

/// What values are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text.
    #[default]
    String,
    /// A number, perhaps with a fraction.
    Number,
    /// A whole number.
    Integer,
    /// true or false.
    Boolean,
    /// A calendar day.
    Date,
    /// A day and a time of day.
    Datetime,
    /// A year.
    Year,
    /// Anything.
    Any,
}

impl FieldType {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Year => "year",
            Self::Any => "any",
        }
    }
}

impl From<ColumnType> for FieldType {
    fn from(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Integer => Self::Integer,
            ColumnType::Decimal => Self::Number,
            ColumnType::Date => Self::Date,
            ColumnType::Datetime | ColumnType::Timestamp => Self::Datetime,
            ColumnType::String => Self::String,
        }
    }
}

/// What holds of values besides their type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Constraints {
    /// Each row has one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// No two are the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Those that there may be.
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<Value>>,
    /// A regular expression that fits each as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Value>,
    /// The greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Value>,
    /// Fewest characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// Most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
}

impl Constraints {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

fn empty() -> Vec<String> {
    vec![String::new()]
}

fn is_empty(texts: &[String]) -> bool {
    texts == empty().as_slice()
}

impl TableSchema {
    /// Reads one, and checks that it makes sense.
    ///
    /// # Errors
    /// Rules that are unknown or not checked here, and names that are missing or repeated. A rule that is not understood is
    /// never ignored; properties that are no rules may hold anything.
    pub fn read(json: &[u8]) -> Result<Self, Invalid> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let schema: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = error.path().to_string();
            Invalid::at(if place == "." { String::new() } else { place }, error.inner().to_string())
        })?;
        schema.check()?;
        Ok(schema)
    }

    fn check(&self) -> Result<(), Invalid> {
        let mut errors = annotations::of_schema(&self.annotations);
        for (index, field) in self.fields.iter().enumerate() {
            let at = format!("fields[{index}]");
            if field.name.is_empty() {
                errors.push(FieldError::at(&at, "has no name"));
            }
            if self.fields[..index].iter().any(|other| other.name == field.name) {
                errors.push(FieldError::at(&at, format!("\"{}\" is there twice", field.name)));
            }
            errors.extend(annotations::of_field(&field.annotations, &at));
            let format = field.format.as_deref().unwrap_or("default");
            if !["default", "any"].contains(&format) {
                let detail =
                    format!("the format \"{format}\" is not checked here; known are default and any");
                errors.push(FieldError::at(&at, detail));
            }
        }
        if self.fields.is_empty() {
            errors.push(FieldError::at("fields", "expected at least one field"));
        }
        for key in self.primary_key.iter().flat_map(Names::as_slice) {
            if self.field(key).is_none() {
                let hint = name::suggestion(key, self.fields.iter().map(|field| field.name.as_str()));
                errors.push(FieldError::at("primaryKey", format!("there is no field \"{key}\"{hint}")));
            }
        }
        Invalid::unless_empty(errors)
    }

    /// Properties that are not checked.
    pub fn warnings(&self) -> Vec<String> {
        let keys =
            self.annotations.get("foreignKeys").and_then(Value::as_array).is_some_and(|k| !k.is_empty());
        keys.then(|| "foreignKeys are not checked: a contract is about one file".to_owned())
            .into_iter()
            .collect()
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&SchemaField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What a version is: a start to be edited. Only what is seldom wrong is asked for: the types, and a value where every
    /// row has one.
    pub fn of_columns(columns: &[SourceColumn], null_values: &[String]) -> Self {
        let field = |column: &SourceColumn| SchemaField {
            name: column.name.clone(),
            field_type: column.column_type.into(),
            constraints: Constraints { required: column.nulls == 0, ..Constraints::default() },
            ..SchemaField::default()
        };
        Self {
            edition: Some("https://specs.frictionlessdata.io/schemas/table-schema.json".to_owned()),
            fields: columns.iter().map(field).collect(),
            missing_values: empty().into_iter().chain(null_values.iter().cloned()).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let column = SourceColumn {
            name: "day".to_owned(),
            column_type: ColumnType::Date,
            reason: String::new(),
            nulls: 0,
            min: None,
            max: None,
        };
        let schema = TableSchema::of_columns(&[column], &["NA".to_owned()]);
        let json = serde_json::to_vec_pretty(&schema).expect("JSON");
        assert_eq!(TableSchema::read(&json).expect("it is right"), schema);
        assert_eq!(schema.missing_values, ["", "NA"]);
        assert!(schema.fields[0].constraints.required);
    }

    #[test]
    fn what_is_no_rule_may_stand_there() {
        let json = r#"{"name": "sales", "title": "Sales", "homepage": "https://example.org", "foreignKeys": [],
            "fields": [{"name": "a", "rdfType": "https://schema.org/Integer", "unit": "m", "examples": [1], "example": 1}]}"#;
        let schema = TableSchema::read(json.as_bytes()).expect("it is valid");
        assert_eq!(schema.warnings(), Vec::<String>::new());
        assert_eq!(schema.fields[0].annotations["unit"], "m");
        let written = serde_json::to_value(&schema).expect("JSON");
        assert_eq!(
            (&written["homepage"], &written["fields"][0]["unit"]),
            (&"https://example.org".into(), &"m".into())
        );
        let keys = r#"{"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a"}]}"#;
        let schema = TableSchema::read(keys.as_bytes()).expect("it is valid");
        assert_eq!(schema.warnings(), ["foreignKeys are not checked: a contract is about one file"]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let check = |json: &str, expected: &str| {
            let error = TableSchema::read(json.as_bytes()).expect_err(json).to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("{\"fields\": []}", "fields: expected at least one field");
        check(
            "{\"fields\": [{\"name\": \"a\", \"type\": \"geopoint\"}]}",
            "fields[0].type: unknown variant `geopoint`",
        );
        check(
            "{\"fields\": [{\"name\": \"a\", \"constraints\": {\"minium\": 1}}]}",
            "unknown field `minium`",
        );
        check("{\"fields\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}", "\"a\" is there twice");
        check("{\"fields\": [{\"name\": \"a\", \"format\": \"%d\"}]}", "format \"%d\" is not checked here");
        check("{\"fields\": [{\"name\": \"day\"}], \"primaryKey\": \"dya\"}", "did you mean \"day\"?");
        check("{\"fields\": [{\"name\": \"a\"}]", "EOF");
        check(
            "{\"fields\": [{\"name\": \"a\", \"required\": true}]}",
            "fields[0]: \"required\" belongs into \"constraints\"",
        );
        check(
            "{\"fields\": [{\"name\": \"a\", \"decimalChar\": \",\"}]}",
            "\"decimalChar\" is not checked here",
        );
        check("{\"fields\": [{\"name\": \"a\", \"tpye\": \"date\"}]}", "did you mean \"type\"?");
        check(
            "{\"fields\": [{\"name\": \"a\"}], \"uniqueKeys\": [[\"a\"]]}",
            "\"uniqueKeys\" is not checked here",
        );
        check("{\"fields\": [{\"name\": \"a\"}], \"primarykey\": \"a\"}", "did you mean \"primaryKey\"?");
        check(
            "{\"fields\": [{\"name\": \"a\", \"format\": \"email\"}]}",
            "format \"email\" is not checked here",
        );
    }
}
