//! What is wrong with a file of rows, as a report: a case a column.

use std::path::Path;

use impala_core::FieldError;
use impala_core::table_schema::TableSchema;

use super::{Case, Fault, Outcome, Suite};
use crate::printer::ago::count;

/// The columns of the contract, if there is one, then those that it does not have, and before them what is about whole rows.
///
/// * `more`: faults that are not told one by one
pub fn suite(file: &Path, schema: Option<&TableSchema>, faults: &[FieldError], more: u64) -> Suite {
    let mut columns: Vec<Option<&str>> = vec![None];
    let known = schema.map_or(&[][..], |schema| &schema.fields);
    columns.extend(known.iter().map(|field| Some(field.name.as_str())));
    for fault in faults {
        if !columns.contains(&fault.column.as_deref()) {
            columns.push(fault.column.as_deref());
        }
    }
    let file = file.display().to_string();
    let mut cases: Vec<Case> = columns.into_iter().map(|column| case(column, faults)).collect();
    if more > 0
        && let Some(rows) = cases.first_mut()
    {
        let text = format!("and {}; --rejects FILE writes the rows of all", count(more, "more violation"));
        rows.outcome = Outcome::Failed;
        rows.faults.push(Fault { line: None, text });
    }
    Suite { name: file.clone(), title: "Data".to_owned(), file: Some(file), cases }
}

fn case(column: Option<&str>, faults: &[FieldError]) -> Case {
    let own = faults.iter().filter(|fault| fault.column.as_deref() == column);
    let faults: Vec<Fault> = own.map(|fault| Fault { line: fault.line, text: fault.to_string() }).collect();
    let found = match faults.len() as u64 {
        0 => String::new(),
        violations => count(violations, "violation"),
    };
    Case {
        part: String::new(),
        name: column.map_or_else(|| "rows".to_owned(), |name| format!("column {name}")),
        outcome: if faults.is_empty() { Outcome::Passed } else { Outcome::Failed },
        found,
        line: None,
        faults,
    }
}
