//! The panels of parameters and of what may be added.

use impala_core::api::Choices;

use super::support::Session;
use crate::action::{Answer, Failure};
use crate::effect::Request;

#[test]
fn parameters_that_were_changed_are_dropped_by_a_yes_only() {
    let mut session = Session::canvas(120, 40);
    session.keys("f 2014-01-01 esc");
    assert!(session.screen().contains("Discard the changes?"), "{}", session.screen());
    session.keys("n");
    assert!(session.screen().contains("Since      2014-01-01"), "{}", session.screen());
    session.keys("esc y");
    assert!(session.screen().contains("Since: 2012-01-01"), "{}", session.screen());
    session.keys("f esc");
    assert!(!session.screen().contains("Drop what"), "nothing was changed: {}", session.screen());
}

#[test]
fn several_values_are_put_in_and_taken_out_in_the_list() {
    let mut session = Session::canvas(120, 40);
    session.keys("f down tab enter down down enter");
    assert!(session.screen().contains("Weather    drizzle, rain "), "{}", session.screen());
    assert!(session.screen().contains("│ ✓ rain"), "{}", session.screen());
    session.keys("enter esc enter");
    assert!(session.screen().contains("Weather: drizzle"), "{}", session.screen());
}

#[test]
fn more_values_than_were_asked_for_are_said_to_be_more() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("f down");
    let asked = session.waiting.iter().find(|(_, request)| matches!(request, Request::Choices(..)));
    let number = asked.expect("a question").0;
    let values = (0..2_000).map(|number| format!("kind {number:04}")).collect();
    session.tell(number, Answer::Choices("kind".to_owned(), Ok(Choices { values, truncated: true })));
    session.keys("tab");
    let screen = session.screen();
    let border = "the first 2,000; type any other ─ ↓ 1,990 more ─╯";
    assert!(screen.contains(border), "{screen}");
}

#[test]
fn choices_that_are_late_or_cannot_be_had_are_told_in_the_panel() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("f");
    assert!(session.screen().contains("Choices are loading …"), "{}", session.screen());
    let asked = session.waiting.iter().find(|(_, request)| matches!(request, Request::Choices(..)));
    let number = asked.expect("a question").0;
    session.tell(number, Answer::Choices("kind".to_owned(), Err(Failure::new("it took too long"))));
    session.keys("down");
    let screen = session.screen();
    assert!(screen.contains("Weather has no choices: it took too long"), "{screen}");
    assert!(!screen.contains("loading"), "{screen}");
}

#[test]
fn typing_in_the_list_of_all_choices_narrows_it() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down tab li");
    assert!(session.screen().contains("Mark*      li "), "{}", session.screen());
    session.keys("tab");
    assert!(session.screen().contains("Mark*      line "), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys("f down");
    session.typed("snow");
    session.keys("tab ra tab");
    assert!(session.screen().contains("Weather    snow, rain "), "{}", session.screen());
}

#[test]
fn tab_leads_from_what_is_proposed_to_every_kind() {
    let mut session = Session::canvas(80, 24);
    session.keys("a");
    let screen = session.screen();
    assert!(screen.contains("│ Proposed from the columns") && screen.contains(" more ─╯"), "{screen}");
    session.keys("tab");
    let screen = session.screen();
    assert!(screen.contains("│ Any kind") && screen.contains("bar: amounts by group"), "{screen}");
    session.keys("enter");
    assert!(session.screen().contains("Mark*      bar"), "{}", session.screen());
}

#[test]
fn what_is_on_the_canvas_is_not_proposed_again() {
    let mut session = Session::canvas(120, 40);
    session.keys("a");
    assert!(session.screen().contains("Rows (metric)"), "{}", session.screen());
    session.keys("down enter a");
    assert!(!session.screen().contains("Rows (metric)"), "{}", session.screen());
}

#[test]
fn what_may_be_added_is_filtered_by_words() {
    let mut session = Session::canvas(80, 24);
    session.keys("a /");
    session.typed("mean metric");
    let screen = session.screen();
    assert!(screen.contains("Mean precipitation (metric)") && !screen.contains("Rows (metric)"), "{screen}");
    assert!(screen.contains("│ Proposed from the columns") && !screen.contains("│ Any kind"), "{screen}");
    session.keys("ctrl-u");
    session.typed("heat");
    let screen = session.screen();
    assert!(!screen.contains("│ Proposed from the columns") && screen.contains("│ Any kind"), "{screen}");
    session.keys("enter enter");
    assert!(session.screen().contains("Mark*      rect"), "{}", session.screen());
}

#[test]
fn a_filter_that_lets_nothing_through_says_so_and_adds_nothing() {
    let mut session = Session::canvas(80, 24);
    session.keys("a / pie enter");
    let screen = session.screen();
    assert!(screen.contains("No line matches \"pie\". esc clears the filter."), "{screen}");
    assert!(screen.contains("Filter: pie") && !screen.contains("⏎ add"), "{screen}");
    session.keys("enter");
    assert!(session.screen().contains("Add a block"), "{}", session.screen());
    session.keys("esc");
    assert!(session.screen().contains("Rows (metric)"), "{}", session.screen());
    session.keys("esc");
    assert!(!session.screen().contains("Add a block"), "{}", session.screen());
}

/// The form that adds what the filter finds.
fn adding(words: &str) -> Session {
    let mut session = Session::canvas(80, 24);
    session.keys("a / ");
    session.typed(words);
    session.keys("enter enter");
    session
}

#[test]
fn a_new_block_begins_at_the_field_that_it_is_made_by() {
    let check = |words: &str, about: &str| {
        let mut session = adding(words);
        assert!(session.screen().contains(about), "{words}: {}", session.screen());
    };
    check("line: change", "╰─ x: along the bottom");
    check("metric: one", "╰─ Value (required): the number");
    check("table: rows", "╰─ Columns: separated by commas");
    check("query", "╰─ SQL (required): a SELECT");
    check("text: Markdown", "╰─ Markdown (required): # heading");
}

#[test]
fn what_is_offered_draws_something_at_once() {
    let check = |words: &str, x: &str, y: &str| {
        let mut session = adding(words);
        let screen = session.screen();
        assert!(screen.contains(&format!("│ x          {x} ")), "{screen}");
        assert!(screen.contains(&format!("│ y          {y} ")), "{screen}");
    };
    check("histogram", "bin(precipitation)", "count()");
    check("scatter", "precipitation", "wind");
    check("heat map", "month(date)", "weather");
    check("area:", "yearmonth(date)", "count()");
}

#[test]
fn a_text_begins_empty_and_is_asked_for_when_it_is_kept() {
    let mut session = adding("text: Markdown");
    assert!(session.screen().contains("(## Title, and what it means)"), "{}", session.screen());
    assert!(!session.screen().contains("is required"), "{}", session.screen());
    session.keys("ctrl-s");
    assert!(session.screen().contains("! is required: # heading"), "{}", session.screen());
    session.typed("Dry");
    session.keys("ctrl-s");
    assert!(!session.screen().contains("Markdown*"), "{}", session.screen());
}
