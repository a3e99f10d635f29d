//! The rows of a source, of which a window is here: looked through, sorted, copied.

use super::support::Session;
use crate::effect::{Effect, Request};
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
fn rows_that_are_all_here_are_sorted_here() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), true);
    session.fake.rows_total = 300;
    session.keys("tab enter tab s s");
    assert!(session.screen().contains("precipitation↓"), "{}", session.screen());
    assert!(!session.requests.iter().any(|request| matches!(request, Request::Draft(..))));
}

/// The last draft that was asked for, as YAML of its only block.
fn asked_block(session: &Session) -> serde_json::Value {
    let drafts = session.requests.iter().rev().find_map(|request| match request {
        Request::Draft(_, draft) => Some(draft.canvas["spec"]["blocks"][0].clone()),
        _ => None,
    });
    drafts.expect("a question to the server")
}

#[test]
fn rows_that_are_not_all_here_are_sorted_by_the_server() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), true);
    session.fake.left_out = Some(1_461);
    session.keys("tab enter tab");
    assert!(session.screen().contains("s sort"), "{}", session.screen());
    session.keys("right right G s");
    let block = asked_block(&session);
    assert_eq!((&block["source"], &block["limit"]), (&"weather".into(), &10_000.into()), "{block}");
    assert_eq!(block["sort"], serde_json::json!(["weather"]), "{block}");
    let screen = session.screen();
    assert!(screen.contains("weather↑") && screen.contains("row 1 of the first 12 · weather"), "{screen}");
    session.keys("s");
    assert_eq!(asked_block(&session)["sort"], serde_json::json!(["-weather"]));
    assert!(session.screen().contains("weather↓"), "{}", session.screen());
    let commands = session.app.shared.log.script();
    assert!(commands.contains("ORDER BY \"weather\" DESC NULLS LAST LIMIT 10000'"), "{commands}");
    // Asked again, they are asked for in that order.
    session.requests.clear();
    session.keys("R");
    assert_eq!(asked_block(&session)["sort"], serde_json::json!(["-weather"]));
    assert!(!session.requests.iter().any(|request| matches!(request, Request::Rows { .. })));
    session.keys("s");
    let screen = session.screen();
    assert!(screen.contains("row 1 of 1,461 · weather") && !screen.contains(['↑', '↓']), "{screen}");
}

#[test]
fn an_order_that_takes_long_is_said_and_can_be_stopped() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), true);
    session.keys("tab enter tab");
    session.fake.is_silent = true;
    session.keys("s s");
    assert_eq!(asked_block(&session)["sort"], serde_json::json!(["-precipitation"]));
    assert_eq!(session.waiting.len(), 1, "{:?}", session.waiting);
    let screen = session.screen();
    assert!(screen.contains("sorting by precipitation …") && screen.contains("esc stop"), "{screen}");
    session.keys("esc");
    assert!(session.waiting.is_empty(), "{:?}", session.waiting);
    let screen = session.screen();
    assert!(screen.contains("row 1 of 1,461") && !screen.contains(['↑', '↓']), "{screen}");
}

#[test]
fn a_search_in_rows_that_are_not_here_is_said_and_can_be_stopped() {
    let mut session = looking_for_hail();
    session.fake.is_silent = true;
    session.keys("enter");
    let screen = session.screen();
    assert!(screen.contains("searching for \"hail\", row 500 of 1,461"), "{screen}");
    assert!(screen.lines().last().is_some_and(|footer| footer.starts_with(" esc stop")), "{screen}");
    session.keys("esc");
    assert!(session.waiting.is_empty(), "{:?}", session.waiting);
    let screen = session.screen();
    assert!(screen.contains("Stopped searching for \"hail\" at row 500."), "{screen}");
    assert!(screen.contains("row 1 of 1,461"), "{screen}");
}

#[test]
fn a_search_is_said_at_every_width() {
    let mut session = looking_for_hail();
    session.fake.is_silent = true;
    session.keys("enter");
    let mut said = |width: u16| {
        session.act(crate::action::Action::Resize(width, 24));
        let screen = session.screen();
        assert!(screen.lines().last().is_some_and(|footer| footer.contains("esc stop")), "{screen}");
        screen.lines().nth(2).and_then(|tabs| tabs.split_once("searching")).map(|(_, place)| place.to_owned())
    };
    assert_eq!(said(90).as_deref().map(str::trim_end), Some(" for \"hail\", row 500 of 1,461"));
    assert_eq!(said(80).as_deref().map(str::trim_end), Some(", row 500 of 1,461"));
    assert_eq!(said(62).as_deref().map(str::trim_end), Some(", row 500"));
}

#[test]
fn a_search_goes_on_while_other_keys_are_used_and_ends_with_its_tab() {
    let mut session = looking_for_hail();
    session.fake.is_silent = true;
    session.keys("enter down down ? esc : esc");
    let screen = session.screen();
    assert!(screen.contains("searching for \"hail\"") && !screen.contains("Stopped"), "{screen}");
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("row 1,401 of 1,461 · weather"), "{}", session.screen());
    session.keys("g");
    session.fake.is_silent = true;
    session.keys("n tab");
    assert!(session.screen().contains("Stopped searching for \"hail\""), "{}", session.screen());
    session.keys("shift-tab");
    assert!(!session.screen().contains("searching for"), "{}", session.screen());
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
    assert!(screen.contains("copying weather, row 1,000 of 1,461"), "{screen}");
    session.keys("esc");
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
        screen.contains("copying weather, row 0 of 1,461") && !screen.contains("Nothing was copied"),
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
