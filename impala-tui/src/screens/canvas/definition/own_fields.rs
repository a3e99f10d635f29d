//! A parameter as fields.

use impala_core::parameter::{Parameter, ParameterType, ParameterValue};
use impala_core::source::SourceRef;

use super::{FILTER, NO, YES};
use crate::fields::{Field, Token};
use crate::screens::canvas::desk::Desk;

/// A parameter of which nothing is known.
pub(super) fn empty() -> Parameter {
    Parameter {
        name: String::new(),
        title: None,
        parameter_type: ParameterType::Select,
        source: None,
        field: None,
        options: Vec::new(),
        multiple: false,
        default: None,
    }
}

/// The fields of a parameter, or of a new one that begins with the first source.
pub(super) fn fields_of(parameter: Option<&Parameter>, desk: &Desk) -> Vec<Field> {
    let sources: Vec<String> = desk.sources.iter().map(|source| source.name.clone()).collect();
    let new =
        Parameter { source: desk.sources.first().map(|one| SourceRef::current(one.name.clone())), ..empty() };
    let parameter = parameter.unwrap_or(&new);
    let is_new = parameter.name.is_empty();
    let yes_or_no = |label, is_so: bool| {
        let text = if is_so { YES } else { NO };
        Field::new(label, text, NO).with(Token::Whole, [YES, NO].map(str::to_owned).to_vec())
    };
    let types = ParameterType::ALL.map(|one| one.as_str().to_owned()).to_vec();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let source = parameter.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut fields = vec![
        Field::new("Name", &*parameter.name, "kind")
            .required()
            .about("what filters call it: weather = $kind; texts show it by {{kind}}"),
        Field::new("Title", text(&parameter.title), "the name").about("what people call it"),
        Field::new("Type", parameter.parameter_type.as_str(), "")
            .with(Token::Whole, types)
            .required()
            .about("a select offers choices; the others are typed"),
        Field::new("Source", source, "none: the options are typed")
            .with(Token::Whole, sources)
            .about("the source that has the choices"),
        Field::new("Field", text(&parameter.field), "none").about("the column whose values are the choices"),
        Field::new("Options", parameter.options.join(", "), "those of the column")
            .about("choices of its own, separated by commas, in place of source and field"),
        yes_or_no("Multiple", parameter.multiple).about("whether several choices may be set at once"),
        Field::new("Default", default_text(parameter), "none: it filters nothing")
            .with(if parameter.multiple { Token::List } else { Token::Whole }, parameter.options.clone())
            .about("the value when none is set"),
    ];
    if is_new {
        fields.push(yes_or_no(FILTER, true).about("whether every block of that source is filtered by it"));
    }
    fields
}

/// The default as it is typed; empty when there is none.
pub(in crate::screens::canvas) fn default_text(parameter: &Parameter) -> String {
    match &parameter.default {
        None => String::new(),
        Some(ParameterValue::Boolean(value)) => value.to_string(),
        Some(ParameterValue::Number(number)) => number.to_string(),
        Some(ParameterValue::Text(text)) => text.clone(),
        Some(ParameterValue::List(texts)) => texts.join(", "),
    }
}
