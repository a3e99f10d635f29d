//! Which SQL is allowed. A statement is read with the parser that Polars uses, checked node by node against what is
//! known to be harmless, its tables are resolved to sources and its `$name`s replaced by literals; only then is it printed for
//! Polars to run.
//!
//! * `parse`: reading text within bounds
//! * `guard`: which nodes and functions may stand in a statement
//! * `growth`: how long texts may become
//! * `scope`: which names are sources and which are common table expressions
//! * `size`: how many rows a join may make at most
//! * `columns`: what the columns are called, and that they are grouped by
//! * `bind`: parameters become literals
//! * `sums`: sums that 64 bits cannot hold
//! * `union`: set operations with an order
//! * `filter`: a single expression over the rows of one source

mod bind;
mod columns;
mod filter;
mod functions;
mod growth;
mod guard;
mod parse;
mod scope;
mod size;
mod sums;
mod union;

use std::collections::BTreeMap;

use impala_core::Invalid;
use impala_core::parameter::Bindings;
use impala_core::source::{ColumnType, SourceColumn};
use sqlparser::ast::{Query, Statement};
use sqlparser::parser::{Parser, ParserError};

pub(super) use filter::Filter;
pub(super) use scope::internal_name;

use super::{SourceRefs, Tables, rows, run};

/// Longest statement or filter, in bytes.
pub(super) const MAX_LENGTH: usize = 20_000;

/// Types of the columns that an expression may name. A name whose type is not the same in all tables is left out.
pub(super) type Types = BTreeMap<String, ColumnType>;

/// One `SELECT` that may run.
#[derive(Clone, Debug)]
pub(super) struct Select {
    query: Query,
    /// The sources that it names.
    pub(super) sources: SourceRefs,
}

impl Select {
    /// Reads and checks a statement. What was parsed may be nested as deeply as it is long, so this is to be called with
    /// much stack.
    ///
    /// What is not allowed, and what to write instead; the pointer is empty.
    /// What is not let through, and what to write instead; the pointer is empty.
    pub(super) fn read(sql: &str) -> Result<Self, Invalid> {
        let mut query = one_query(sql)?;
        guard::check_query(&query)?;
        growth::check(&query)?;
        columns::check_grouped(&query)?;
        // Only now is it known to be shallow enough to be printed.
        printed(&query)?;
        let sources = scope::resolve(&mut query)?;
        Ok(Self { query, sources })
    }

    /// The parameters that it names.
    pub(super) fn parameters(&self) -> Vec<String> {
        bind::parameters(&self.query)
    }

    /// Names for the columns that the statement gives no name; empty when it says `*`.
    pub(super) fn titles(&self) -> Vec<Option<String>> {
        columns::titles(&self.query).unwrap_or_default()
    }

    /// The text for Polars, with its parameters bound.
    ///
    /// # Errors
    /// An unknown `$name`, a list outside of `IN`, or a join that may make too many rows of `tables`.
    pub(super) fn text(
        &self,
        tables: &Tables,
        bindings: &Bindings,
        types: &Types,
    ) -> Result<String, Invalid> {
        size::check(&self.query, tables)?;
        let mut query = self.query.clone();
        bind::bind(&mut query, bindings, types)?;
        union::wrap_ordered(&mut query);
        let files = self.sources.iter().filter_map(|source| tables.get(source));
        let columns = files
            .flat_map(|file| file.columns.iter().map(|column| (column, file.rows.max(run::MAX_JOINED_ROWS))));
        let is_large = |(column, rows): &(&SourceColumn, u64)| {
            column.column_type == ColumnType::Integer && !rows::is_sum_safe(column, *rows)
        };
        sums::widen(&mut query, &columns.filter(is_large).map(|(column, _)| column.name.as_str()).collect());
        printed(&query)
    }
}

/// Reads `text` by `parse`, within bounds.
fn parsed<T>(
    text: &str,
    parse: impl FnOnce(&mut Parser) -> Result<T, ParserError>,
    explain: impl Fn(&ParserError) -> Invalid,
) -> Result<T, Invalid> {
    if text.len() > MAX_LENGTH {
        let detail = format!("is {} bytes long; {MAX_LENGTH} are the most", text.len());
        return Err(Invalid::at("", detail));
    }
    parse::bounded(text, parse).map_err(|error| explain(&error))
}

/// What the parser said, with a hint for the mistakes that names of sources invite.
fn syntax(message: &str) -> String {
    let message = message.trim_start_matches("sql parser error: ");
    if message.starts_with("is nested too deeply") {
        return message.to_owned();
    }
    if message.contains("recursion limit") {
        return "is nested too deeply".to_owned();
    }
    let hint = match message.contains("found: -") || message.contains("found: @") {
        true => "; names that hold \"-\" or \"@\" stand in double quotes: FROM \"taxis@3\"",
        false => "",
    };
    format!("cannot be read as SQL: {message}{hint}")
}

/// Why a statement cannot be read: it is of another kind, or it is a `SELECT` with a mistake in it.
fn unreadable(sql: &str, error: &ParserError) -> Invalid {
    let word: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let word = word.to_uppercase();
    match word.as_str() {
        "" | "SELECT" | "WITH" => Invalid::at("", syntax(&error.to_string())),
        _ => Invalid::at("", format!("begins with {word}; only one SELECT may be run")),
    }
}

fn one_query(sql: &str) -> Result<Query, Invalid> {
    let statements = parsed(sql, |parser| parser.parse_statements(), |error| unreadable(sql, error))?;
    let refuse = |detail: &str| Err(Invalid::at("", detail));
    let mut statements = statements.into_iter();
    match (statements.next(), statements.next()) {
        (None, _) => refuse("is empty; write one SELECT"),
        (Some(_), Some(_)) => refuse("holds several statements; write one SELECT"),
        (Some(Statement::Query(query)), None) => Ok(*query),
        (Some(statement), None) => {
            let printed = statement.to_string();
            let word = printed.split_whitespace().next().unwrap_or_default().to_uppercase();
            refuse(&format!("{word} is not let through; only one SELECT may be run"))
        }
    }
}

/// A statement that is to be a part of another one.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    /// Its common table expressions, which have to stand at the beginning of the whole.
    pub(super) with: Option<String>,
    /// The rest of it.
    pub(super) select: String,
}

/// A statement with its parameters bound, its sources under their own names; as it was written where that can be kept. It
/// is one that [`Select::read`] has let through, and this is called with much stack too.
///
/// # Errors
/// An unknown `$name`, or a list outside of `IN`.
pub(super) fn inner(sql: &str, bindings: &Bindings, types: &Types) -> Result<Inner, Invalid> {
    let mut query = one_query(sql)?;
    if bind::parameters(&query).is_empty() && query.with.is_none() {
        return Ok(Inner { with: None, select: sql.trim().trim_end_matches(';').to_owned() });
    }
    bind::bind(&mut query, bindings, types)?;
    let tables = query.with.take().map(|with| with.cte_tables);
    let with = tables.map(|tables| tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(",\n"));
    Ok(Inner { with, select: printed(&query)? })
}

/// Prints a query and makes sure that it reads back as the same: what was checked is what runs.
fn printed(query: &Query) -> Result<String, Invalid> {
    let text = query.to_string();
    let differs =
        || Invalid::at("", "cannot be run: its text has several readings; write it in a simpler way");
    let statements = parse::again(&text, |parser| parser.parse_statements()).map_err(|_| differs())?;
    match statements.as_slice() {
        [Statement::Query(again)] if **again == *query => Ok(text),
        _ => Err(differs()),
    }
}

#[cfg(test)]
mod tests;
