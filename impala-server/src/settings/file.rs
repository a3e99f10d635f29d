//! The settings file, TOML. Keys that no setting has are refused with the nearest name.

use std::collections::BTreeMap;
use std::path::Path;

use impala_core::name;
use toml_edit::{Document, Item, TableLike, Value};

use super::error::{Origin, SettingError};
use super::table::{SETTINGS, key_of_file};

/// What the file says, by key.
#[derive(Debug, Default)]
pub(super) struct ConfigFile(BTreeMap<String, (String, Origin)>);

impl ConfigFile {
    pub fn read(path: &Path) -> Result<Self, SettingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingError::Unreadable { path: path.to_owned(), source })?;
        let reader = Reader { path, text: &text };
        let document = Document::parse(text.as_str())
            .map_err(|error| reader.fault(error.span(), error.message().replace('\n', "; ")))?;
        let mut values = BTreeMap::new();
        reader.table("", document.as_table(), &mut values)?;
        Ok(Self(values))
    }

    pub fn get(&self, key: &str) -> Option<(String, Origin)> {
        self.0.get(key).cloned()
    }
}

type Span = Option<std::ops::Range<usize>>;

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn table(
        &self,
        prefix: &str,
        table: &dyn TableLike,
        values: &mut BTreeMap<String, (String, Origin)>,
    ) -> Result<(), SettingError> {
        for (name, item) in table.iter() {
            let key = format!("{prefix}{name}");
            let span = table.key(name).and_then(toml_edit::Key::span).or_else(|| item.span());
            if let (true, Some(inner)) = (is_group(&key), item.as_table_like()) {
                self.table(&format!("{key}."), inner, values)?;
                continue;
            }
            if !keys().any(|known| known == key) {
                let known: Vec<String> = keys().collect();
                let hint = name::suggestion(&key, known.iter().map(String::as_str));
                return Err(self.fault(span, format!("there is no setting \"{key}\"{hint}")));
            }
            let Some(text) = text_of(item) else {
                let detail = format!("\"{key}\" is a text, a number or a list of texts");
                return Err(self.fault(span, detail));
            };
            let origin = Origin::File(self.path.to_owned(), self.line(span));
            values.insert(key, (text, origin));
        }
        Ok(())
    }

    fn fault(&self, span: Span, detail: String) -> SettingError {
        SettingError::File { path: self.path.to_owned(), line: self.line(span), detail }
    }

    fn line(&self, span: Span) -> usize {
        let before = span.and_then(|span| self.text.get(..span.start)).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

fn keys() -> impl Iterator<Item = String> {
    SETTINGS.iter().flat_map(|setting| {
        let of_file = setting.is_secret.then(|| key_of_file(setting.key));
        std::iter::once(setting.key.to_owned()).chain(of_file)
    })
}

/// Whether keys begin with this and a dot.
fn is_group(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// The value as a flag would have it.
fn text_of(item: &Item) -> Option<String> {
    fn text(value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.value().clone()),
            Value::Integer(number) => Some(number.value().to_string()),
            Value::Array(items) => {
                items.iter().map(text).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
            }
            _ => None,
        }
    }
    text(item.as_value()?)
}
