//! What is wrong with a file of rows, as a report: a case a column.

use std::path::Path;

use impala_core::FieldError;
use impala_core::table_schema::TableSchema;

use super::{Beyond, Case, Fault, Outcome, Suite};
use crate::contract::{Counts, Tally};
use crate::printer::ago::count;

/// The columns of the contract, if there is one, then those that it does not have, and before them what is about whole rows.
///
/// * `more`: faults that nobody knows the columns of
pub fn suite(file: &Path, schema: Option<&TableSchema>, tally: &Tally, more: u64) -> Suite {
    let mut columns: Vec<Option<&str>> = vec![None];
    let known = schema.map_or(&[][..], |schema| &schema.fields);
    columns.extend(known.iter().map(|field| Some(field.name.as_str())));
    for fault in &tally.kept {
        if !columns.contains(&fault.column.as_deref()) {
            columns.push(fault.column.as_deref());
        }
    }
    let file = file.display().to_string();
    let mut cases: Vec<Case> = columns.into_iter().map(|column| case(column, tally)).collect();
    if more > 0
        && let Some(rows) = cases.first_mut()
    {
        let text = format!("and {}; --rejects FILE writes the rows of all", count(more, "more violation"));
        rows.outcome = Outcome::Failed;
        rows.faults.push(Fault { line: None, column: None, text });
    }
    Suite { name: file.clone(), title: "Data".to_owned(), file: Some(file), cases }
}

fn case(column: Option<&str>, tally: &Tally) -> Case {
    let own = tally.kept.iter().filter(|fault| fault.column.as_deref() == column);
    let told: u64 = own.clone().map(FieldError::count).sum();
    let faults: Vec<Fault> =
        own.map(|fault| Fault { line: fault.line, column: None, text: fault.to_string() }).collect();
    let by_rule = by_rule(column, &tally.counts);
    let total: u64 = by_rule.iter().map(|(_, n)| n).sum();
    Case {
        part: String::new(),
        name: column.map_or_else(|| "rows".to_owned(), |name| format!("column {name}")),
        outcome: if faults.is_empty() { Outcome::Passed } else { Outcome::Failed },
        found: if total > 0 { count(total, "violation") } else { String::new() },
        line: None,
        faults,
        beyond: Beyond { more: total - told, by_rule: if by_rule.len() > 1 { by_rule } else { Vec::new() } },
    }
}

fn by_rule(column: Option<&str>, counts: &Counts) -> Vec<(String, u64)> {
    let own = counts.iter().filter(|((of, _), _)| of.as_deref() == column);
    own.map(|((_, rule), n)| (rule.clone().unwrap_or_else(|| "other".to_owned()), *n)).collect()
}
