//! From a value that is read to the parameter that it can set.

use impala_core::client::ParameterTexts;
use impala_core::data::Column;
use impala_core::parameter::{Parameter, ParameterType};
use impala_core::term::Term;

use super::CanvasScreen;
use crate::look::Role;
use crate::screen::Shared;

impl CanvasScreen {
    /// Sets the parameters that match the value under the cursor; those that have it already are taken back.
    pub(crate) fn set_parameter_here(&mut self, shared: &mut Shared) {
        let matches = match self.rows_here() {
            Some((data, rows)) => {
                matching(&self.canvas.spec.parameters, &data.columns, rows.first().copied())
            }
            None => Vec::new(),
        };
        if matches.is_empty() {
            return shared.say(Role::Muted, "No parameter of this canvas matches this value.");
        }
        let given = turned(&self.given, &matches);
        self.set_parameters(given, shared);
        let words: Vec<String> = matches
            .iter()
            .map(|(name, value)| match (self.given.contains_key(name), self.parameters.get(name)) {
                (false, Some(bound)) => format!("{name} is back to {bound}"),
                _ => format!("{name} is {value}"),
            })
            .collect();
        shared.say(Role::Good, words.join(", "));
    }
}

/// The parameters that a row has a value for: a select by its field or by its options, a date by the first column of dates.
fn matching(parameters: &[Parameter], columns: &[Column], row: Option<usize>) -> Vec<(String, String)> {
    let Some(row) = row else { return Vec::new() };
    let field_of = |name: &str| match name.parse::<Term>() {
        Ok(Term::Field(field)) => Some(field),
        _ => None,
    };
    let selects = parameters.iter().filter_map(|parameter| {
        if !parameter.options.is_empty() {
            let texts = columns.iter().filter_map(|column| column.values.text(row));
            let chosen = texts.into_iter().find(|text| parameter.options.contains(text))?;
            return Some((parameter.name.clone(), chosen));
        }
        let field = match parameter.parameter_type {
            ParameterType::Select => parameter.field.as_ref().unwrap_or(&parameter.name),
            ParameterType::Text => &parameter.name,
            _ => return None,
        };
        let column = columns.iter().find(|column| field_of(&column.name).as_ref() == Some(field))?;
        Some((parameter.name.clone(), column.values.text(row)?))
    });
    let selects: Vec<_> = selects.collect();
    if !selects.is_empty() {
        return selects;
    }
    let date = parameters.iter().find(|parameter| parameter.parameter_type == ParameterType::Date);
    let column = columns.iter().find(|column| column.values.column_type().is_temporal());
    let value = column.and_then(|column| column.values.text(row)).map(|text| text.chars().take(10).collect());
    date.zip(value).map(|(parameter, value)| (parameter.name.clone(), value)).into_iter().collect()
}

/// What is given, with those values; without them when all are given already.
fn turned(given: &ParameterTexts, matches: &[(String, String)]) -> ParameterTexts {
    let mut turned = given.clone();
    let is_set = |(name, value): &(String, String)| given.get(name) == Some(&vec![value.clone()]);
    if matches.iter().all(is_set) {
        turned.retain(|name, _| !matches.iter().any(|(matched, _)| matched == name));
        return turned;
    }
    turned.extend(matches.iter().map(|(name, value)| (name.clone(), vec![value.clone()])));
    turned
}

#[cfg(test)]
mod tests {
    use impala_core::data::Values;

    use super::*;

    #[test]
    fn a_row_matches_a_select_by_its_field_or_by_its_options() {
        let select = |field: serde_json::Value| -> Parameter {
            let mut parameter = serde_json::json!({"name": "kind", "type": "select"});
            parameter.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
            serde_json::from_value(parameter).unwrap()
        };
        let column = |name: &str, text: &str| Column::new(name, Values::String(vec![Some(text.to_owned())]));
        let columns = [column("weather", "sun")];
        let check = |field: serde_json::Value, expected: &[&str]| {
            let found = matching(&[select(field)], &columns, Some(0));
            assert_eq!(found.iter().map(|(_, value)| &**value).collect::<Vec<_>>(), expected);
        };
        check(serde_json::json!({"source": "days", "field": "weather"}), &["sun"]);
        check(serde_json::json!({"options": ["rain", "sun"]}), &["sun"]);
        check(serde_json::json!({"options": ["rain"]}), &[]);
    }

    #[test]
    fn a_value_that_is_set_again_is_taken_back() {
        let rain = vec![("kind".to_owned(), "rain".to_owned())];
        let set = turned(&ParameterTexts::new(), &rain);
        assert_eq!(set.get("kind"), Some(&vec!["rain".to_owned()]));
        assert!(turned(&set, &rain).is_empty());
    }
}
