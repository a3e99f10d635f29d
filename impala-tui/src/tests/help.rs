//! The keys of what has the focus: filtered, and run from there.

use super::support::Session;
use crate::look::Look;

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn the_keys_are_filtered_and_the_chosen_one_is_run_below() {
    let mut session = Session::canvas(80, 24);
    session.keys("down ? / duplicate enter");
    let screen = session.screen();
    assert!(screen.contains("Duplicate the block") && !screen.contains("Add a block"), "{screen}");
    session.keys("enter");
    assert!(!session.screen().contains("╭─ Keys"), "{}", session.screen());
    assert_eq!(session.focus(), "days-2");
}

#[test]
fn arrows_choose_a_line() {
    let mut session = Session::canvas(80, 24);
    // The first one is the focus, the second one the zoom.
    session.keys("down down ? down enter");
    assert!(session.screen().contains("Seattle weather / Rain by month"), "{}", session.screen());
    let mut session = Session::canvas(200, 50);
    session.keys("?");
    let first = session.screen();
    session.keys("right left");
    assert_eq!(session.screen(), first);
    session.keys("right enter");
    assert!(!session.screen().contains("╭─ Keys"), "the next column: {}", session.screen());
}

#[test]
fn escape_clears_the_filter_and_then_closes() {
    let mut session = Session::canvas(80, 24);
    session.keys("? / zzz");
    assert!(
        session.screen().contains("No line matches \"zzz\". esc clears the filter."),
        "{}",
        session.screen()
    );
    session.keys("esc");
    assert!(session.screen().contains("Add a block"), "{}", session.screen());
    session.keys("esc");
    assert!(!session.screen().contains("╭─ Keys"), "{}", session.screen());
}

#[test]
fn what_cannot_be_run_now_says_why() {
    let mut session = Session::canvas(80, 24);
    session.keys("? / undo enter");
    assert!(session.screen().contains("Undo · nothing to undo"), "{}", session.screen());
    session.keys("enter");
    assert_eq!(footer(&mut session), "\"Undo\" cannot be run now: nothing to undo.");
    // With something to undo, and nothing to redo, they are told apart.
    let mut session = Session::canvas(120, 50);
    session.keys("down d ?");
    let screen = session.screen();
    assert!(screen.contains("Redo · nothing to redo") && !screen.contains("Undo ·"), "{screen}");
}

#[test]
fn keys_of_several_steps_are_named_and_not_run() {
    let mut session = Session::canvas(80, 24);
    session.keys("? enter");
    assert_eq!(footer(&mut session), "Move the focus: press ← ↓ ↑ →, h j k l there.");
    assert!(session.screen().contains("╭─ Keys"), "{}", session.screen());
}

#[test]
fn the_mouse_chooses_and_runs_a_line_of_any_column() {
    let mut session = Session::open("ann/weather/seattle-weather", 200, 50, Look::default(), false);
    session.keys("?");
    let count = |screen: &str| screen.matches("Duplicate the block").count();
    assert_eq!(count(&session.screen()), 1, "{}", session.screen());
    session.click_on("Duplicate the block");
    session.click_on("Duplicate the block");
    assert_eq!(session.focus(), "intro-2");
}

#[test]
fn the_keys_of_a_form_are_run_there() {
    let mut session = Session::canvas(80, 24);
    session.keys("down e ctrl-g / submit enter enter");
    assert!(!session.screen().contains("Edit metric"), "{}", session.screen());
}
