//! The rows of a source, of which a window is here: looked through, sorted, copied.

use super::support::Session;
use crate::effect::Effect;
use crate::look::Look;

/// The rows of the source, in which only row 1,401 holds hail.
fn looking_for_hail() -> Session {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter tab /");
    session.typed("hail");
    session
}

#[test]
fn a_search_goes_on_in_rows_that_are_not_here_yet() {
    let mut session = looking_for_hail();
    session.keys("enter");
    let screen = session.screen();
    assert!(screen.contains("row 1,401 of 1,461 · weather"), "{screen}");
    assert!(screen.contains("hail"), "{screen}");
    session.keys("n");
    let screen = session.screen();
    assert!(screen.contains("No other row has \"hail\".") && screen.contains("row 1,401 of"), "{screen}");
    session.keys("/ thunder enter");
    assert!(session.screen().contains("\"thunder\" was not found."), "{}", session.screen());
}

#[test]
fn a_search_goes_both_ways_and_round_the_ends_of_rows_that_are_not_here() {
    let mut session = looking_for_hail();
    session.keys("enter G n");
    let screen = session.screen();
    assert!(screen.contains("row 1,401 of") && screen.contains("Search wrapped: from the top"), "{screen}");
    session.keys("G N");
    let screen = session.screen();
    assert!(screen.contains("row 1,401 of") && !screen.contains("wrapped"), "{screen}");
    session.keys("g N");
    let screen = session.screen();
    assert!(screen.contains("row 1,401 of") && screen.contains("Search wrapped: from the end"), "{screen}");
}

#[test]
fn rows_are_sorted_where_all_are_here_only() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter tab");
    assert!(!session.screen().contains("s sort"), "{}", session.screen());
    session.keys("s");
    assert!(session.screen().contains("Not all rows are here to be sorted"), "{}", session.screen());
    session.keys("enter");
    assert!(session.screen().contains("Parameters are set on a canvas"), "{}", session.screen());
    session.fake.rows_total = 300;
    session.keys("R");
    assert!(session.screen().contains("s sort"), "{}", session.screen());
    session.keys("s s");
    assert!(session.screen().contains("precipitation↓"), "{}", session.screen());
}

#[test]
fn a_search_in_rows_that_are_not_here_is_said_and_can_be_stopped() {
    let mut session = looking_for_hail();
    session.fake.is_silent = true;
    session.keys("enter");
    let screen = session.screen();
    assert!(screen.contains("row 500 of 1,461 · looking for \"hail\" · q stops"), "{screen}");
    session.keys("esc");
    assert!(session.waiting.is_empty(), "{:?}", session.waiting);
    let screen = session.screen();
    assert!(screen.contains("Stopped looking for \"hail\" at row 500."), "{screen}");
    assert!(screen.contains("row 1 of 1,461"), "{screen}");
}

fn copied(session: &Session) -> Option<&str> {
    session.effects.iter().rev().find_map(|effect| match effect {
        Effect::Clip(text) => Some(text.as_str()),
        _ => None,
    })
}

#[test]
fn a_column_is_copied_whole_though_only_some_of_its_rows_are_here() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter tab l c");
    let lines: Vec<&str> = copied(&session).expect("a column").lines().collect();
    assert_eq!((lines.len(), lines[0], lines[1_401]), (1_462, "weather", "hail"));
    assert!(session.screen().contains("Column copied: 1,461 rows"), "{}", session.screen());
}

#[test]
fn a_column_that_is_being_copied_says_how_far_and_can_be_stopped() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter tab l");
    session.fake.is_silent = true;
    session.keys("c");
    let (number, request) = session.waiting.remove(0);
    let answer = session.fake.answer(&request);
    session.tell(number, answer);
    let screen = session.screen();
    assert!(screen.contains("row 1,000 of 1,461 · copying weather · q stops"), "{screen}");
    session.keys("q");
    assert!(session.waiting.is_empty() && copied(&session).is_none());
    assert!(session.screen().contains("Nothing was copied: stopped at row 1,000."), "{}", session.screen());
}

#[test]
fn a_column_is_copied_while_the_keys_are_looked_at() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter tab l");
    session.fake.is_silent = true;
    session.keys("c ? esc");
    let screen = session.screen();
    assert!(
        screen.contains("copying weather · q stops") && !screen.contains("Nothing was copied"),
        "{screen}"
    );
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("Column copied: 1,461 rows"), "{}", session.screen());
    assert_eq!(copied(&session).expect("a column").lines().count(), 1_462);
}

#[test]
fn a_column_of_too_many_rows_is_refused_and_not_cut() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.fake.rows_total = 1_286_600;
    session.keys("tab enter tab c");
    assert_eq!(copied(&session), None);
    let screen = session.screen();
    assert!(
        screen.contains("Not copied: 1,286,600 rows, 100,000 at most; `impala query` writes a file."),
        "{screen}"
    );
}
