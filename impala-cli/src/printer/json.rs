//! `--json FIELDS`: the chosen fields of what would be shown.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

use crate::error::CliError;

/// `--json`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct JsonArgs {
    /// Print these fields as JSON, separated by commas, or `all`; without fields, list them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, default_missing_value = "", help_heading = "Output")]
    pub json: Option<String>,
}

/// The fields of a command's `--json`, as its shell completes them.
#[derive(Clone, Copy, Debug)]
pub struct JsonFields(pub &'static [&'static str]);

impl clap::builder::CommandExt for JsonFields {}

impl JsonArgs {
    /// Checks the fields before anything is done: a deed whose answer cannot be shown may not be done again.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn check(&self, fields: &[&str]) -> Result<(), CliError> {
        self.chosen(fields).map(|_| ())
    }

    /// The JSON text; `None` when no JSON is wanted.
    ///
    /// # Errors
    /// Usage, with the known fields, when none or an unknown one is named.
    pub fn write(&self, fields: &[&str], value: &impl Serialize) -> Result<Option<String>, CliError> {
        let Some(chosen) = self.chosen(fields)? else {
            return Ok(None);
        };
        let value = serde_json::to_value(value)
            .map_err(|error| CliError::failed(format!("could not write JSON: {error}")))?;
        let text = match &value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| Picked(item, &chosen)).collect();
                serde_json::to_string_pretty(&items)
            }
            item => serde_json::to_string_pretty(&Picked(item, &chosen)),
        };
        Ok(Some(text.unwrap_or_default() + "\n"))
    }

    /// The same of items that come one by one; `None` when no JSON is wanted.
    ///
    /// # Errors
    /// As [`Self::write`].
    #[cfg(any(feature = "server", test))]
    pub fn stream(&self, fields: &[&str]) -> Result<Option<JsonStream>, CliError> {
        let chosen = self.chosen(fields)?;
        let owned = |chosen: Vec<&str>| chosen.into_iter().map(str::to_owned).collect();
        Ok(chosen.map(|chosen| JsonStream { chosen: owned(chosen), is_begun: false }))
    }

    fn chosen<'a>(&'a self, fields: &[&'a str]) -> Result<Option<Vec<&'a str>>, CliError> {
        let Some(given) = self.json.as_deref() else {
            return Ok(None);
        };
        if given == "all" {
            return Ok(Some(fields.to_vec()));
        }
        let chosen: Vec<&str> = given.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if chosen.is_empty() {
            let mut error =
                CliError::usage("say which fields: --json FIELD,FIELD,... or --json all. There are");
            error.details = fields.iter().map(ToString::to_string).collect();
            return Err(error);
        }
        if let Some(unknown) = chosen.iter().find(|name| !fields.contains(name)) {
            let hint = impala_core::name::suggestion(unknown, fields.iter().copied());
            return Err(CliError::usage(format!("--json has no field \"{unknown}\"{hint}")));
        }
        Ok(Some(chosen))
    }
}

/// An array that is written as its items come, and reads as one that is written at once.
#[cfg(any(feature = "server", test))]
pub struct JsonStream {
    chosen: Vec<String>,
    is_begun: bool,
}

#[cfg(any(feature = "server", test))]
impl JsonStream {
    /// The text of one more item.
    ///
    /// # Errors
    /// When it cannot be JSON.
    pub fn item(&mut self, item: &impl Serialize) -> serde_json::Result<String> {
        let chosen: Vec<&str> = self.chosen.iter().map(String::as_str).collect();
        let text = serde_json::to_string_pretty(&Picked(&serde_json::to_value(item)?, &chosen))?;
        let before = if std::mem::replace(&mut self.is_begun, true) { "," } else { "[" };
        Ok(format!("{before}\n  {}", text.replace('\n', "\n  ")))
    }

    /// The text of its end.
    pub fn end(self) -> &'static str {
        if self.is_begun { "\n]\n" } else { "[]\n" }
    }
}

/// An object with some of its fields, in the order chosen. A field that the object leaves out is null.
struct Picked<'a>(&'a Value, &'a [&'a str]);

impl Serialize for Picked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for field in self.1 {
            map.serialize_entry(field, self.0.get(field).unwrap_or(&Value::Null))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(given: &str) -> Result<String, String> {
        let args = JsonArgs { json: Some(given.to_owned()) };
        let value = json!([{"name": "weather", "rows": 2, "title": ""}]);
        args.write(&["name", "rows", "note"], &value)
            .map(|text| text.unwrap_or_default().split_whitespace().collect())
            .map_err(|error| error.message)
    }

    #[test]
    fn fields_are_picked_in_the_order_given() {
        let check = |given, expected: &str| assert_eq!(written(given).as_deref(), Ok(expected));
        check("rows,name", r#"[{"rows":2,"name":"weather"}]"#);
        check("note", r#"[{"note":null}]"#);
        check("all", r#"[{"name":"weather","rows":2,"note":null}]"#);
    }

    #[test]
    fn an_array_that_comes_item_by_item_is_the_same() {
        let args = JsonArgs { json: Some("rows,name".to_owned()) };
        for items in
            [vec![], vec![json!({"name": "a\nb"})], vec![json!({"rows": 1}), json!({"rows": [2, 3]})]]
        {
            let mut stream = args.stream(&["name", "rows"]).unwrap().unwrap();
            let mut text: String = items.iter().map(|item| stream.item(item).unwrap()).collect();
            text += stream.end();
            assert_eq!(Some(text), args.write(&["name", "rows"], &items).unwrap());
        }
        assert!(JsonArgs::default().stream(&["name"]).unwrap().is_none());
    }

    #[test]
    fn unknown_fields_are_named_with_the_nearest() {
        let check =
            |given, expected: &str| assert!(written(given).is_err_and(|error| error.contains(expected)));
        check("row", "did you mean \"rows\"?");
        check("", "say which fields");
    }
}
