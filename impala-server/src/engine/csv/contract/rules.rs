//! What a contract requires of one value.

use impala_core::Invalid;
use impala_core::source::ColumnType;
use impala_core::table_schema::{FieldType, SchemaField};
use regex::bytes::Regex;
use serde_json::Value as Json;

use super::super::problems::shown;
use super::super::temporal::{DateForm, Order, Temporal};
use super::super::value;
use super::{OnDrift, bad_rule};

/// A value that can be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ordered {
    Integer(i64),
    Number(f64),
    Micros(i64),
}

impl Ordered {
    fn is_less(self, other: Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::Micros(a), Self::Micros(b)) => a < b,
            (a, b) => a.as_number() < b.as_number(),
        }
    }

    fn as_number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Integer(number) | Self::Micros(number) => number as f64,
        }
    }
}

/// What is wrong with a value: which rule it breaks, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub rule: &'static str,
    pub detail: String,
}

impl Broken {
    fn new(rule: &'static str, detail: impl Into<String>) -> Option<Self> {
        Some(Self { rule, detail: detail.into() })
    }
}

/// The rules of one column.
pub(super) struct Rules {
    field_type: FieldType,
    any_form: bool,
    widens: bool,
    required: bool,
    allowed: Option<Vec<String>>,
    pattern: Option<(Regex, String)>,
    minimum: Option<(Ordered, String)>,
    maximum: Option<(Ordered, String)>,
    min_length: Option<u64>,
    max_length: Option<u64>,
}

impl Rules {
    /// # Errors
    /// An invalid pattern, and bounds that are not of the field's type.
    pub fn new(field: &SchemaField, on_drift: OnDrift) -> Result<Self, Invalid> {
        let constraints = &field.constraints;
        let mut rules = Self {
            field_type: field.field_type,
            any_form: field.format.as_deref() == Some("any"),
            widens: on_drift == OnDrift::Widen,
            required: constraints.required,
            allowed: constraints.allowed.as_ref().map(|values| values.iter().map(text).collect()),
            pattern: None,
            minimum: None,
            maximum: None,
            min_length: constraints.min_length,
            max_length: constraints.max_length,
        };
        if let Some(pattern) = &constraints.pattern {
            let whole = Regex::new(&format!("^(?:{pattern})$"))
                .map_err(|error| bad_rule(&field.name, "pattern", error.to_string()))?;
            rules.pattern = Some((whole, pattern.clone()));
        }
        rules.minimum = rules.bound(field, "minimum", constraints.minimum.as_ref())?;
        rules.maximum = rules.bound(field, "maximum", constraints.maximum.as_ref())?;
        Ok(rules)
    }

    fn bound(
        &self,
        field: &SchemaField,
        rule: &str,
        given: Option<&Json>,
    ) -> Result<Option<(Ordered, String)>, Invalid> {
        let Some(given) = given.map(text) else { return Ok(None) };
        match self.read(given.as_bytes()) {
            Some(Some(bound)) => Ok(Some((bound, given))),
            _ => {
                let kind = field.field_type.as_str();
                Err(bad_rule(&field.name, rule, format!("\"{given}\" is not a bound for the type {kind}")))
            }
        }
    }

    /// The value as one that can be compared; `Some(None)` for one that is right and has no order, `None` for one that is
    /// not of the type.
    fn read(&self, value: &[u8]) -> Option<Option<Ordered>> {
        let value = value::trim(value);
        match self.field_type {
            FieldType::String | FieldType::Any => Some(None),
            FieldType::Boolean => value::lenient_boolean(value).map(|_| None),
            FieldType::Integer => value::lenient_integer(value).map(|number| Some(Ordered::Integer(number))),
            FieldType::Number => value::lenient_decimal(value).map(|number| Some(Ordered::Number(number))),
            FieldType::Year => {
                let year = value::lenient_integer(value).filter(|_| value.len() == 4)?;
                Some(Some(Ordered::Integer(year)))
            }
            FieldType::Date | FieldType::Datetime => {
                let found = Temporal::parse(value)?;
                let is_date = found.column_type() == ColumnType::Date;
                if is_date != (self.field_type == FieldType::Date)
                    || !(self.any_form || found.form == DateForm::YearFirst)
                {
                    return None;
                }
                let micros = found.micros(Order::MonthFirst).or_else(|| found.micros(Order::DayFirst))?;
                Some(Some(Ordered::Micros(micros)))
            }
        }
    }

    /// What is wrong with a value; `None` is null.
    pub fn fault(&self, value: Option<&[u8]>) -> Option<Broken> {
        let Some(value) = value else {
            return self.required.then(|| Broken::new("required", "a value is required")).flatten();
        };
        let quoted = || format!("\"{}\"", shown(value));
        let ordered = match self.read(value) {
            Some(ordered) => ordered,
            None if self.widens => None,
            None => return Broken::new("type", format!("{} is not {}", quoted(), self.example())),
        };
        if let (Some((minimum, text)), Some(ordered)) = (&self.minimum, ordered)
            && ordered.is_less(*minimum)
        {
            return Broken::new("minimum", format!("{} is less than the minimum {text}", quoted()));
        }
        if let (Some((maximum, text)), Some(ordered)) = (&self.maximum, ordered)
            && maximum.is_less(ordered)
        {
            return Broken::new("maximum", format!("{} is more than the maximum {text}", quoted()));
        }
        if let Some(allowed) = &self.allowed
            && !allowed.iter().any(|text| text.as_bytes() == value)
        {
            return Broken::new("enum", format!("{} is not one of {}", quoted(), allowed.join(", ")));
        }
        if let Some((whole, pattern)) = &self.pattern
            && !whole.is_match(value)
        {
            return Broken::new("pattern", format!("{} does not fit the pattern {pattern}", quoted()));
        }
        self.length_fault(value)
            .map(|fault| Broken { detail: format!("{} {}", quoted(), fault.detail), ..fault })
    }

    fn length_fault(&self, value: &[u8]) -> Option<Broken> {
        let chars = String::from_utf8_lossy(value).chars().count() as u64;
        match (self.min_length, self.max_length) {
            (Some(least), _) if chars < least => {
                Broken::new("minLength", format!("has {chars} characters; expected at least {least}"))
            }
            (_, Some(most)) if chars > most => {
                Broken::new("maxLength", format!("has {chars} characters; expected at most {most}"))
            }
            _ => None,
        }
    }

    fn example(&self) -> &'static str {
        match self.field_type {
            FieldType::Integer => "an integer such as 42",
            FieldType::Number => "a number such as 4.2",
            FieldType::Boolean => "a boolean such as true",
            FieldType::Date => "a date such as 2024-01-31",
            FieldType::Datetime => "a datetime such as 2024-01-31T20:21:09Z",
            FieldType::Year => "a year such as 2024",
            FieldType::String | FieldType::Any => "text",
        }
    }
}

/// A value of JSON as a file would have it.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
