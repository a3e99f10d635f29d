//! A heading and a table for each suite, for pull requests and summaries of jobs.

use super::{Case, Outcome, Suite};

/// So many faults of one case are listed; the others are counted.
const MOST_FAULTS: usize = 20;

pub(super) fn text(suites: &[Suite]) -> String {
    suites.iter().map(of_suite).collect::<Vec<_>>().join("\n")
}

fn of_suite(suite: &Suite) -> String {
    let sign = if suite.count(Outcome::Failed) == 0 { "✅" } else { "❌" };
    let mut text = format!("### {sign} {}\n\n{}\n", escape(&suite.name), tally(suite));
    if suite.cases.is_empty() {
        return text;
    }
    let has_parts = suite.cases.iter().any(|case| !case.part.is_empty());
    text += if has_parts {
        "\n| | Block | Check | Found |\n|---|---|---|---|\n"
    } else {
        "\n| | Check | Found |\n|---|---|---|\n"
    };
    for case in &suite.cases {
        let part = if has_parts { format!(" {} |", escape(&case.part)) } else { String::new() };
        text += &format!(
            "| {} |{part} {} | {} |\n",
            sign_of(case.outcome),
            escape(&case.name),
            found(suite, case)
        );
    }
    text
}

/// `1 failed, 3 passed.`
fn tally(suite: &Suite) -> String {
    let words = [
        (Outcome::Failed, "failed"),
        (Outcome::Warned, "doubtful"),
        (Outcome::Skipped, "skipped"),
        (Outcome::Passed, "passed"),
    ];
    let counted = words.map(|(outcome, word)| (suite.count(outcome), word));
    let told: Vec<String> =
        counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    match told.is_empty() {
        true => "Nothing was checked.".to_owned(),
        false => format!("{}.", told.join(", ")),
    }
}

const fn sign_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Warned => "⚠️",
        Outcome::Failed => "❌",
        Outcome::Skipped => "⏭️",
    }
}

fn found(suite: &Suite, case: &Case) -> String {
    let texts = case.texts(suite);
    let mut lines: Vec<String> = texts.iter().take(MOST_FAULTS).map(|text| escape(text)).collect();
    lines.extend(case.rest(MOST_FAULTS).map(|rest| format!("… {}", escape(&rest))));
    lines.join("<br>")
}

/// Text for a cell, read as itself: neither markup nor names of people, and on one line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '#' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // Names somebody on the platforms that show this, unless something stands between.
            '@' if !escaped.ends_with(char::is_alphanumeric) => escaped.push_str("@\u{200b}"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
