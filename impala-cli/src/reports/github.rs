//! Annotations of GitHub Actions, a line for each fault.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use super::{Case, Outcome, Suite};

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
    for (line, text) in case.texts() {
        let mut properties = Vec::new();
        if let Some(file) = &suite.file {
            properties.push(format!("file={}", property(file)));
            properties.extend(line.or(case.line).map(|line| format!("line={line}")));
        }
        properties.push(format!("title={}", property(&suite.title)));
        // What stands in a file says itself what it is about.
        let text = match (&suite.file, line) {
            (Some(_), Some(_)) => text.to_owned(),
            (Some(_), None) => format!("{}: {text}", case.label()),
            (None, _) => format!("{}: {}: {text}", suite.name, case.label()),
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
