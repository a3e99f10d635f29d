//! What is wrong with something a person or a program sent, field by field.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::number_format::group_thousands;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the document that was sent; empty for the document as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// What is wrong and what was expected, as one sentence without a full stop.
    pub detail: String,
    /// Row of the CSV file, counted in records from 1, the header not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Line of the text file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Name of the CSV column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The offending value, cut to a readable length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The rule of a contract that is broken: a constraint of Table Schema (`required`, `maximum`, ...), `type`, `primaryKey`,
    /// `missing_column`, `extra_column`, or `row` for a row that cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How many errors it stands for that are not listed one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
}

impl FieldError {
    /// An error at a place in a document.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into(), ..Self::default() }
    }

    /// The error for people, with the names of fields: `spec, blocks, 2, title: …`. A pointer is for programs.
    pub fn words(&self) -> String {
        let names = self.pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
        let pointer = names.collect::<Vec<_>>().join(", ");
        Self { pointer, ..self.clone() }.to_string()
    }

    /// Stands for so many that are not listed.
    pub fn more(count: u64) -> Self {
        let detail = format!("and {} more", group_thousands(&count.to_string()));
        Self { detail, more: Some(count), ..Self::default() }
    }

    /// How many errors it is.
    pub fn count(&self) -> u64 {
        self.more.unwrap_or(1)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = Vec::new();
        if !self.pointer.is_empty() {
            place.push(self.pointer.clone());
        }
        if let Some(row) = self.row {
            place.push(format!("row {row}"));
        }
        if let Some(line) = self.line {
            place.push(format!("line {line}"));
        }
        if let Some(column) = &self.column {
            place.push(format!("column \"{column}\""));
        }
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        f.write_str(&self.detail)
    }
}

/// Input that breaks the rules. It always holds at least one error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    /// What is wrong, in the order of the document.
    pub errors: Vec<FieldError>,
}

impl Invalid {
    /// Input with one fault.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { errors: vec![FieldError::at(pointer, detail)] }
    }

    /// `Ok` when nothing was found wrong.
    ///
    /// # Errors
    /// All of `errors`, when there are any.
    pub fn unless_empty(errors: Vec<FieldError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self { errors }) }
    }
}

impl From<FieldError> for Invalid {
    fn from(error: FieldError) -> Self {
        Self { errors: vec![error] }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_are_not_told_are_counted() {
        assert_eq!(FieldError::more(1_037).count(), 1_037);
        assert_eq!(FieldError::more(1_037).to_string(), "and 1,037 more");
        assert_eq!(FieldError::at("", "and 3 more").count(), 1);
    }
}
