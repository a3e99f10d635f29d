//! Small things that many pages show.

use impala_core::FieldError;
use impala_core::api::{Problem, Revision};
use impala_core::number_format::group_thousands;
use impala_render::format;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::{FORM_TOKEN, Shell};

/// The field that makes a form one of this session.
pub fn form_token(shell: &Shell) -> Markup {
    html! { input type="hidden" name=(FORM_TOKEN) value=(shell.form_token); }
}

/// A count with commas.
pub fn count(number: u64) -> String {
    group_thousands(&number.to_string())
}

/// A count with its noun.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `48 KB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if size < 1_000 {
        return format!("{size} B");
    }
    let mut value = size as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 1_000.0 {
            break;
        }
        (value, unit) = (value / 1_000.0, next);
    }
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// How long ago something was, with the exact time on demand.
pub fn ago(at: Timestamp, now: Timestamp) -> Markup {
    let exact = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    html! { time datetime=(at.to_string()) title=(exact) { (span_words(at, now)) } }
}

fn span_words(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let words =
        |number: i64, unit: &str| format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" });
    match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => words(seconds / 60, "minute"),
        3_600..86_400 => words(seconds / 3_600, "hour"),
        86_400..2_592_000 => words(seconds / 86_400, "day"),
        _ => at.strftime("%Y-%m-%d").to_string(),
    }
}

/// When something ends.
pub fn until(end: Option<Timestamp>, now: Timestamp) -> Markup {
    match end {
        None => html! { "never" },
        Some(end) if end <= now => html! { "ended " (end.strftime("%Y-%m-%d").to_string()) },
        Some(end) => {
            html! { time datetime=(end.to_string()) { (end.strftime("%Y-%m-%d %H:%M UTC").to_string()) } }
        }
    }
}

/// What went wrong with a form.
pub fn problem(problem: &Problem) -> Markup {
    faults(problem, "Nothing was changed, as this is wrong:")
}

/// What is wrong with an address.
pub fn refused(problem: &Problem) -> Markup {
    faults(problem, "This address asks for what cannot be shown:")
}

/// `start` introduces several faults.
fn faults(problem: &Problem, start: &str) -> Markup {
    html! {
        div.notice.bad role="alert" {
            p { strong { (headline(problem, start)) } }
            @if !is_one(problem) && !problem.errors.is_empty() {
                ul { @for error in &problem.errors { li { (field_error(error)) } } }
            }
        }
    }
}

/// Whether the only message is one fault.
fn is_one(problem: &Problem) -> bool {
    problem.errors.len() == 1 && is_all_said(problem)
}

/// Whether the detail repeats the faults, one after the other.
fn is_all_said(problem: &Problem) -> bool {
    problem.errors.iter().all(|error| problem.detail.contains(&error.detail))
}

fn headline(problem: &Problem, start: &str) -> Markup {
    match (&problem.current, problem.errors.as_slice()) {
        (Some(theirs), _) => html! { (saved_meanwhile(theirs)) },
        (None, [only]) if is_all_said(problem) => field_error(only),
        (None, [_, ..]) if is_all_said(problem) => html! { (start) },
        (None, _) => html! { (sentence(&problem.detail)) },
    }
}

/// That someone else saved first, in words for users of a form rather than for programs.
fn saved_meanwhile(theirs: &Revision) -> String {
    let note = if theirs.note.is_empty() { String::new() } else { format!(" ({})", theirs.note) };
    format!(
        "{} saved revision {}{note} in the meantime. Nothing of yours is saved yet.",
        theirs.saved_by, theirs.revision
    )
}

/// One fault, with its place.
pub fn field_error(error: &FieldError) -> Markup {
    html! {
        @match &error.value {
            Some(value) => { (capitalized(&fault_words(error))) " (" code { (format::unturned(value)) } ")." }
            None => (sentence(&fault_words(error))),
        }
    }
}

/// A fault of a form's field is named by that field; others by where in the document they are.
fn fault_words(error: &FieldError) -> String {
    match error.pointer.strip_prefix('/') {
        Some(name) if !name.contains('/') => {
            let is_predicate = ["is ", "has ", "holds "].iter().any(|start| error.detail.starts_with(start));
            format!("{name}{} {}", if is_predicate { "" } else { ":" }, error.detail)
        }
        _ => error.to_string(),
    }
}

/// Markup without marks that reorder text: the text would read differently than it is. Not for forms, whose fields keep
/// their content.
pub fn unturned(markup: &Markup) -> Markup {
    PreEscaped(format::unturned(&markup.0))
}

/// Messages are written without capital and full stop, for programs.
pub fn sentence(text: &str) -> String {
    capitalized(&ended(text))
}

/// The end of a sentence, with its mark.
pub fn ended(text: &str) -> String {
    let end = if text.ends_with(['.', '?', '!']) || text.contains('\n') { "" } else { "." };
    format::unturned(text) + end
}

fn capitalized(text: &str) -> String {
    let text = &format::unturned(text);
    let mut chars = text.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    first + chars.as_str()
}

/// A line of text to be filled in.
pub fn text_field(label: &str, name: &str, value: &str, hint: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) autocomplete="off"
                aria-describedby=[(!hint.is_empty()).then(|| format!("{name}-hint"))];
            @if !hint.is_empty() { p.hint id=(format!("{name}-hint")) { (hint) } }
        }
    }
}

/// A choice of several.
pub fn choice<'a>(
    label: &str,
    name: &str,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// A form of one button.
pub fn button_form(shell: &Shell, action: &str, fields: &[(&str, &str)], button: &Markup) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            (form_token(shell))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            (button)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_are_short() {
        let check = |size, expected: &str| assert_eq!(bytes(size), expected);
        check(0, "0 B");
        check(999, "999 B");
        check(1_500, "1.5 KB");
        check(48_219, "48 KB");
        check(8_000_000_000, "8.0 GB");
        let now = Timestamp::from_second(10_000_000).unwrap();
        let check = |before: i64, expected: &str| {
            assert_eq!(span_words(Timestamp::from_second(10_000_000 - before).unwrap(), now), expected);
        };
        check(-5, "just now");
        check(61, "1 minute ago");
        check(7_200, "2 hours ago");
        check(86_400 * 3, "3 days ago");
        check(86_400 * 40, "1970-03-17");
    }

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence("there is no canvas \"x\""), "There is no canvas \"x\".");
        assert_eq!(sentence("did you mean \"x\"?"), "Did you mean \"x\"?");
    }

    #[test]
    fn problems_are_told_once() {
        let shown = |errors: Vec<FieldError>| {
            let detail = impala_core::Invalid { errors: errors.clone() }.to_string();
            let fault = serde_json::json!({"type": "about:blank", "title": "", "status": 422, "code": "invalid",
                "detail": detail, "errors": errors});
            problem(&serde_json::from_value(fault).unwrap())
                .into_string()
                .replace("<p><strong>", "")
                .replace("</strong></p>", "")
        };
        let name = || FieldError::at("/username", "is not a valid username");
        let notice = |inside: &str| format!("<div class=\"notice bad\" role=\"alert\">{inside}</div>");
        assert_eq!(shown(vec![name()]), notice("Username is not a valid username."));
        let value = Some("a,b".to_owned());
        let row = FieldError { row: Some(3), value, ..FieldError::at("", "the row has 4 fields") };
        assert_eq!(
            shown(vec![row, name()]),
            notice(
                "Nothing was changed, as this is wrong:\
                <ul><li>Row 3: the row has 4 fields (<code>a,b</code>).</li><li>Username is not a valid username.</li></ul>"
            )
        );
        assert_eq!(shown(vec![FieldError::at("/title", "give it one")]), notice("Title: give it one."));
    }

    #[test]
    fn what_people_write_is_escaped() {
        let error = FieldError {
            value: Some("<script>alert(1)</script>".to_owned()),
            ..FieldError::at("", "holds \"<b>\"")
        };
        let text = field_error(&error).into_string();
        assert!(!text.contains("<script>") && !text.contains("<b>"), "{text}");
        let text = text_field("L", "n", "\"><script>", "").into_string();
        assert!(!text.contains("<script>"), "{text}");
    }
}
