//! JUnit XML, as the schemas of Jenkins and of pytest's `xunit2` know it: counts and times on every suite, at most one
//! outcome a case.

use super::{Case, Outcome, Suite};

pub(super) fn text(suites: &[Suite]) -> String {
    let total = |outcome| suites.iter().map(|suite| suite.count(outcome)).sum::<usize>();
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    // Jenkins' schema counts what was skipped on suites only.
    let counts = counts(tests, total(Outcome::Failed), "");
    let suites: String = suites.iter().map(of_suite).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"impala\"{counts}>\n{suites}</testsuites>\n"
    )
}

/// Checks have no times of their own, and the schemas want one.
fn counts(tests: usize, failed: usize, more: &str) -> String {
    format!(" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\"{more} time=\"0\"")
}

fn of_suite(suite: &Suite) -> String {
    let skipped = format!(" skipped=\"{}\"", suite.count(Outcome::Skipped));
    let counts = counts(suite.cases.len(), suite.count(Outcome::Failed), &skipped);
    let cases: String = suite.cases.iter().map(|case| of_case(suite, case)).collect();
    format!("  <testsuite name=\"{}\"{counts}>\n{cases}  </testsuite>\n", escape(&suite.name))
}

fn of_case(suite: &Suite, case: &Case) -> String {
    let class = match case.part.is_empty() {
        true => suite.name.clone(),
        false => format!("{}.{}", suite.name, case.part),
    };
    let head =
        format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", escape(&class), escape(&case.name));
    let rest = case.rest(case.faults.len());
    let texts: Vec<String> = case.texts(suite).into_iter().chain(rest).collect();
    let first = escape(texts.first().map_or("", String::as_str));
    let all = escape(&texts.join("\n"));
    let inside = match case.outcome {
        Outcome::Passed if case.found.is_empty() => return format!("{head}/>\n"),
        Outcome::Passed | Outcome::Warned => format!("<system-out>{all}</system-out>"),
        Outcome::Failed => {
            format!("<failure message=\"{first}\" type=\"{}\">{all}</failure>", escape(&suite.title))
        }
        Outcome::Skipped => format!("<skipped message=\"{first}\"/>"),
    };
    format!("{head}>\n      {inside}\n    </testcase>\n")
}

/// Text for XML. What XML 1.0 cannot hold at all stands as U+FFFD; line feeds in attributes stay line feeds.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push_str(&format!("&#{};", u32::from(c))),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
