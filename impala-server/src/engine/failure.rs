//! What Polars' errors mean to the author of the query.

use impala_core::{Invalid, name};
use polars::error::PolarsError;

use super::QueryError;

/// Longest detail that is taken over from Polars, in characters.
const MAX_DETAIL: usize = 300;

/// Sorts an error into the query's fault or the server's. `columns` are the names that could have been meant.
pub(super) fn from_polars(error: PolarsError, columns: &[String]) -> QueryError {
    if is_ours(&error) {
        return QueryError::Failed(Box::new(error));
    }
    let text = error.to_string();
    let missing = missing_column(&error, &text);
    let detail = match missing {
        Some(column) => {
            let hint = name::suggestion(&column, columns.iter().map(String::as_str));
            format!("there is no field \"{column}\"{hint}")
        }
        None => format!("cannot be run: {}", first_line(&text)),
    };
    QueryError::Invalid(Invalid::at("", detail))
}

/// Whether the file or Polars is at fault. The texts of such errors hold paths, so they are not passed on.
fn is_ours(error: &PolarsError) -> bool {
    match error {
        PolarsError::IO { .. } | PolarsError::AssertionError(_) | PolarsError::StringCacheMismatch(_) => true,
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => is_ours(error),
        PolarsError::ComputeError(text) => text.contains("parquet") || text.contains(".parquet"),
        _ => false,
    }
}

fn missing_column(error: &PolarsError, text: &str) -> Option<String> {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => {
            missing_column(error, text)
        }
        PolarsError::ColumnNotFound(_) | PolarsError::SchemaFieldNotFound(_) => quoted(text),
        PolarsError::SQLInterface(_) if text.contains("no column named") => quoted(text),
        _ => None,
    }
}

/// The first text within quotes.
fn quoted(text: &str) -> Option<String> {
    let start = text.find(['"', '\''])?;
    let quote = text[start..].chars().next()?;
    let rest = &text[start + 1..];
    Some(rest[..rest.find(quote)?].to_owned())
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line = line.trim().trim_end_matches('.');
    match line.char_indices().nth(MAX_DETAIL) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line.to_owned(),
    }
}
