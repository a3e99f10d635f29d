//! Fields as a parameter.

use impala_core::name;
use impala_core::parameter::{Parameter, ParameterType, ParameterValue};
use impala_core::source::SourceRef;

use super::{Definition, FILTER, NO, YES};
use crate::fields::{Fault, Field, Fields};

impl Definition {
    /// The parameter that the fields describe.
    ///
    /// # Errors
    /// What is wrong, each under the label of its field.
    pub(super) fn parameter(&self, fields: &Fields) -> Result<Parameter, Vec<Fault>> {
        let text = |label| Some(fields.text(label)).filter(|text| !text.is_empty()).map(str::to_owned);
        let list = |label: &str| {
            let field = fields.fields.iter().find(|field| field.label == label);
            field.into_iter().flat_map(Field::items).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut faults = fields.missing();
        let mut fault = |label, detail: String| faults.push(Fault { label: Some(label), detail });
        let parameter_type = fields.text("Type").parse().map_err(|error| fault("Type", error)).ok();
        let source = text("Source").map(|source| source.parse::<SourceRef>());
        let source = source.transpose().map_err(|error| fault("Source", error)).unwrap_or_default();
        // The source that is proposed at first is not meant then.
        let has_own = !list("Options").is_empty() && fields.text("Field").is_empty();
        let source = source.filter(|_| !has_own);
        if let Some(error) = source.as_ref().and_then(|source| self.unknown(source, fields.text("Field"))) {
            fault(error.0, error.1);
        }
        for label in ["Multiple", FILTER] {
            if !matches!(fields.text(label), "" | YES | NO) {
                fault(label, format!("\"{}\" is neither {YES} nor {NO}", fields.text(label)));
            }
        }
        let multiple = fields.text("Multiple") == YES;
        let (Some(parameter_type), true) = (parameter_type, faults.is_empty()) else { return Err(faults) };
        Ok(Parameter {
            name: fields.text("Name").to_owned(),
            title: text("Title"),
            parameter_type,
            source,
            field: text("Field"),
            options: list("Options"),
            multiple,
            default: match multiple {
                true => Some(list("Default")).filter(|texts| !texts.is_empty()).map(ParameterValue::List),
                false => text("Default").map(|text| value_of(text, parameter_type)),
            },
        })
    }

    /// What is wrong with a source and its column, if that is known here.
    fn unknown(&self, source: &SourceRef, field: &str) -> Option<(&'static str, String)> {
        let sources = &self.desk.sources;
        let Some(known) = sources.iter().find(|one| one.name == source.name) else {
            let hint = name::suggestion(&source.name, sources.iter().map(|one| one.name.as_str()));
            return Some(("Source", format!("there is no source \"{}\"{hint}", source.name)));
        };
        let columns = &known.current.columns;
        // A pinned version may have had other ones.
        if source.version.is_some() || field.is_empty() || columns.iter().any(|column| column.name == field) {
            return None;
        }
        let hint = name::suggestion(field, columns.iter().map(|column| column.name.as_str()));
        Some(("Field", format!("{source} has no field \"{field}\"{hint}")))
    }
}

/// A default that was typed. What does not fit to the type stays a text, which is refused with what was expected.
fn value_of(text: String, parameter_type: ParameterType) -> ParameterValue {
    match parameter_type {
        ParameterType::Number => text.parse().map_or(ParameterValue::Text(text), ParameterValue::Number),
        ParameterType::Boolean => text.parse().map_or(ParameterValue::Text(text), ParameterValue::Boolean),
        _ => ParameterValue::Text(text),
    }
}
