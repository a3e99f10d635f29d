//! Parameters: what a reader of a canvas may set, and the values bound to queries.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{FieldError, Invalid};
use crate::name;
use crate::source::SourceRef;

/// Something that the reader of a canvas may set. `$name` in a filter or SQL stands for its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What filters call it.
    pub name: String,
    /// What people call it; the name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What values it takes.
    #[serde(rename = "type")]
    pub parameter_type: ParameterType,
    /// For `select`: the source whose field offers the choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
    /// For `select`: the field that offers the choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For `select`: the choices, when they come from no source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// For `select`: whether several may be chosen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// The value when none is set. Without one, a parameter that is not set restricts nothing: conditions of a `filter` that
    /// mention it are left out; in `sql` it is null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<ParameterValue>,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ParameterType {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A day, `2013-01-01`.
    Date,
    /// true or false.
    Boolean,
    /// One of several choices, or with `multiple` some of them.
    Select,
}

impl ParameterType {
    /// Every type.
    pub const ALL: [Self; 5] = [Self::Select, Self::Text, Self::Number, Self::Date, Self::Boolean];

    /// As in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Select => "select",
        }
    }
}

impl std::str::FromStr for ParameterType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or_else(|| {
            format!(
                "\"{text}\" is not a type of parameter{}",
                name::suggestion(text, Self::ALL.map(Self::as_str))
            )
        })
    }
}

/// A value as written in a document or a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged, expecting = "expected a text, a number, true, false or a list of texts")]
pub enum ParameterValue {
    /// true or false.
    Boolean(bool),
    /// A number, kept as it was written.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    Number(serde_json::Number),
    /// A text, date or choice.
    Text(String),
    /// Several choices.
    List(Vec<String>),
}

/// A value that a query can be given.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// Not set, and no default.
    Unset,
    /// true or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A day.
    Date(Date),
    /// A text.
    Text(String),
    /// Several texts; `field IN ($name)`.
    List(Vec<String>),
}

impl Bound {
    /// The value for people: what `{{name}}` becomes.
    pub fn text(&self) -> String {
        match self {
            Self::Unset => "(all)".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(value) => crate::number_format::trimmed(*value),
            Self::Date(date) => date.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(texts) => texts.join(", "),
        }
    }
}

/// Values by parameter name.
pub type Bindings = BTreeMap<String, Bound>;

impl Parameter {
    /// Makes a value of what a reader gave, as texts: none, one, or with `multiple` several.
    ///
    /// # Errors
    /// What the parameter expects instead.
    pub fn bind(&self, given: &[String]) -> Result<Bound, FieldError> {
        let pointer = format!("/parameters/{}", self.name);
        let fail = |detail: String| Err(FieldError::at(&pointer, detail));
        if given.is_empty() {
            return Ok(self.default_value());
        }
        if self.multiple {
            return given
                .iter()
                .map(|text| self.check_choice(&pointer, text))
                .collect::<Result<_, _>>()
                .map(Bound::List);
        }
        let [text] = given else {
            return fail(format!("takes one value, not {}", given.len()));
        };
        match self.parameter_type {
            ParameterType::Text => Ok(Bound::Text(text.clone())),
            ParameterType::Select => self.check_choice(&pointer, text).map(Bound::Text),
            ParameterType::Number => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Bound::Number(number)),
                _ => fail(format!("\"{text}\" is not a number")),
            },
            ParameterType::Date => match text.trim().parse::<Date>() {
                Ok(date) => Ok(Bound::Date(date)),
                Err(_) => fail(format!("\"{text}\" is not a date; write it as 2013-01-31")),
            },
            ParameterType::Boolean => match text.trim() {
                "true" => Ok(Bound::Boolean(true)),
                "false" => Ok(Bound::Boolean(false)),
                _ => fail(format!("\"{text}\" is neither true nor false")),
            },
        }
    }

    fn check_choice(&self, pointer: &str, text: &str) -> Result<String, FieldError> {
        if self.options.is_empty() || self.options.iter().any(|option| option == text) {
            return Ok(text.to_owned());
        }
        let hint = name::suggestion(text, self.options.iter().map(String::as_str));
        Err(FieldError::at(pointer, format!("\"{text}\" is not one of the options{hint}")))
    }

    fn default_value(&self) -> Bound {
        let texts = match &self.default {
            None => return Bound::Unset,
            Some(ParameterValue::Boolean(value)) => return Bound::Boolean(*value),
            Some(ParameterValue::Number(number)) => vec![number.to_string()],
            Some(ParameterValue::Text(text)) => vec![text.clone()],
            Some(ParameterValue::List(texts)) if texts.is_empty() => return Bound::Unset,
            Some(ParameterValue::List(texts)) => texts.clone(),
        };
        // `check` has refused a default that does not fit.
        self.bind(&texts).unwrap_or(Bound::Unset)
    }

    pub(crate) fn check(&self, pointer: &str, errors: &mut Vec<FieldError>) {
        let mut fail =
            |field: &str, detail: String| errors.push(FieldError::at(format!("{pointer}/{field}"), detail));
        if !name::is_parameter(&self.name) {
            fail("name", format!("\"{}\" is not a valid name: {}", self.name, name::PARAMETER_RULE));
        }
        let is_select = self.parameter_type == ParameterType::Select;
        if is_select && self.field.is_none() == self.options.is_empty() {
            fail("options", "a select has either \"source\" and \"field\", or \"options\"".to_owned());
        }
        if self.field.is_some() != self.source.is_some() {
            fail("field", "\"source\" and \"field\" go together".to_owned());
        }
        if !is_select && (self.multiple || self.field.is_some() || !self.options.is_empty()) {
            fail(
                "type",
                "only a select has choices: \"source\", \"field\", \"options\", \"multiple\"".to_owned(),
            );
        }
        let wrong_default = match (&self.default, self.parameter_type) {
            (None, _) => None,
            (Some(ParameterValue::Boolean(_)), ParameterType::Boolean) => None,
            (Some(ParameterValue::Boolean(value)), _) => Some(format!("{value} is for a boolean only")),
            (Some(ParameterValue::List(_)), _) if !self.multiple => {
                Some("a list is for a select with \"multiple\" only".to_owned())
            }
            (Some(ParameterValue::Number(number)), _) => {
                self.bind(&[number.to_string()]).err().map(|error| error.detail)
            }
            (Some(ParameterValue::Text(text)), _) => {
                self.bind(std::slice::from_ref(text)).err().map(|error| error.detail)
            }
            (Some(ParameterValue::List(texts)), _) => self.bind(texts).err().map(|error| error.detail),
        };
        if let Some(detail) = wrong_default {
            fail("default", detail);
        }
    }
}

/// Splits the values of an address into those that fit the parameters of a canvas, and what is wrong with the rest: links
/// outlive the parameters that they name.
///
/// * Errors point to `/parameters/NAME`.
pub fn fitting(
    parameters: &[Parameter],
    given: &BTreeMap<String, Vec<String>>,
) -> (BTreeMap<String, Vec<String>>, Vec<FieldError>) {
    let (mut fitting, mut errors) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
    for (name, texts) in given {
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == *name) else {
            errors.push(unknown(parameters, name));
            continue;
        };
        // Of several choices each counts by itself.
        let parts = if parameter.multiple { texts.chunks(1) } else { texts.chunks(texts.len().max(1)) };
        for part in parts {
            match parameter.bind(part) {
                Ok(_) => fitting.entry(name.clone()).or_default().extend_from_slice(part),
                Err(error) => errors.push(error),
            }
        }
    }
    (fitting, errors)
}

fn unknown(parameters: &[Parameter], name: &str) -> FieldError {
    let hint = name::suggestion(name, parameters.iter().map(|parameter| parameter.name.as_str()));
    FieldError::at(format!("/parameters/{name}"), format!("this canvas has no parameter \"{name}\"{hint}"))
}

/// Binds what a reader gave to the parameters of a canvas.
///
/// # Errors
/// Every value that does not fit, and every name that is not a parameter.
pub fn bind_all(
    parameters: &[Parameter],
    given: &BTreeMap<String, Vec<String>>,
) -> Result<Bindings, Invalid> {
    let mut errors = Vec::new();
    for name in given.keys().filter(|name| !parameters.iter().any(|parameter| parameter.name == **name)) {
        errors.push(unknown(parameters, name));
    }
    let mut bindings = Bindings::new();
    for parameter in parameters {
        match parameter.bind(given.get(&parameter.name).map_or(&[], Vec::as_slice)) {
            Ok(value) => {
                bindings.insert(parameter.name.clone(), value);
            }
            Err(error) => errors.push(error),
        }
    }
    Invalid::unless_empty(errors)?;
    Ok(bindings)
}
