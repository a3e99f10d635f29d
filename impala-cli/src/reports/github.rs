//! Annotations of GitHub Actions, a line for each fault.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use super::{Case, Fault, Outcome, Suite};

/// So many faults of one case are told; the others are counted. GitHub shows ten of a step.
const MOST_FAULTS: usize = 10;

pub(super) fn text(suites: &[Suite]) -> String {
    let told = |case: &&Case| matches!(case.outcome, Outcome::Failed | Outcome::Warned);
    suites
        .iter()
        .flat_map(|suite| suite.cases.iter().filter(told).map(move |case| of_case(suite, case)))
        .collect()
}

fn of_case(suite: &Suite, case: &Case) -> String {
    let level = if case.outcome == Outcome::Failed { "error" } else { "warning" };
    let mut lines = String::new();
    // `rows > 9 failed: 4`, where what was found is not a sentence of its own.
    let failed = if case.outcome == Outcome::Failed && case.faults.is_empty() { " failed" } else { "" };
    let label = format!("{}{failed}", case.label());
    let only = [Fault { text: case.found.clone(), ..Fault::default() }];
    let faults = if case.faults.is_empty() { &only[..] } else { &case.faults };
    let rest = case.rest(MOST_FAULTS).map(|text| Fault { text, ..Fault::default() });
    for fault in faults.iter().take(MOST_FAULTS).chain(&rest) {
        let Fault { line, column, text } = fault;
        let mut properties = Vec::new();
        if let Some(file) = &suite.file {
            properties.push(format!("file={}", property(file)));
            properties.extend(line.or(case.line).map(|line| format!("line={line}")));
            properties.extend(column.map(|column| format!("col={column}")));
        }
        properties.push(format!("title={}", property(&suite.title)));
        // What stands in a file says itself what it is about.
        let text = match (&suite.file, line) {
            (Some(_), Some(_)) => text.to_owned(),
            (Some(_), None) => format!("{label}: {text}"),
            (None, _) => {
                let place = fault.place(suite).unwrap_or_else(|| suite.name.clone());
                format!("{place}: {label}: {text}")
            }
        };
        lines += &format!("::{level} {}::{}\n", properties.join(","), data(&text));
    }
    lines
}

fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    escaped.replace(|c: char| c.is_control(), "\u{fffd}")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
