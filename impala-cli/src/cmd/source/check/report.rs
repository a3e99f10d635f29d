//! Violations of a contract as a report: a case a column.

use std::path::Path;

use impala_core::FieldError;
use impala_core::table_schema::TableSchema;

use crate::printer::ago::count;
use crate::reports::{Case, Fault, Outcome, Suite};

/// The columns of the contract, those that it does not have, and before them what is about whole rows.
pub fn suite(file: &Path, schema: &TableSchema, faults: &[FieldError]) -> Suite {
    let mut columns: Vec<Option<&str>> = vec![None];
    columns.extend(schema.fields.iter().map(|field| Some(field.name.as_str())));
    for fault in faults {
        if !columns.contains(&fault.column.as_deref()) {
            columns.push(fault.column.as_deref());
        }
    }
    let file = file.display().to_string();
    Suite {
        name: file.clone(),
        title: "Contract".to_owned(),
        file: Some(file),
        cases: columns.into_iter().map(|column| case(column, faults)).collect(),
    }
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
        faults,
    }
}
