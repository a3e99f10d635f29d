//! What fields offer: shown by a key or while one types, taken by tab or enter, written as the grammar takes it.

use super::forms::{footer, from, is_saved};
use super::support::{Session, source};
use crate::action::Live;
use crate::effect::Request;

#[test]
fn tab_shows_the_choices_and_goes_through_a_form_without_taking_any() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down e");
    let before = session.screen();
    assert!(footer(&mut session).contains("tab choices"), "{before}");
    session.keys("tab");
    assert!(footer(&mut session).contains("⏎ take it  esc close the list  tab next field"));
    // Once in the title and in the filter, where there is nothing to choose, and twice in the others.
    session.keys(["tab"; 19].join(" ").as_str());
    assert_eq!(session.screen(), before);
}

#[test]
fn enter_takes_the_choice_that_was_asked_for() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down tab down enter");
    assert!(session.screen().contains("Mark*      line "), "{}", session.screen());
    // A term is put in the place of the one that was there.
    session.keys("down tab down enter");
    assert!(session.screen().contains("x          precipitation "), "{}", session.screen());
    assert!(!is_saved(&session));
}

#[test]
fn the_list_of_choices_is_as_wide_as_they_are_and_says_how_many_are_cut() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down down tab");
    let screen = session.screen();
    let border = screen.lines().find(|line| line.contains(" more ─╯")).expect("a cut list");
    assert!(border.contains("↓ ") && border.matches('─').count() < 30, "{screen}");
    session.keys(["down"; 11].join(" ").as_str());
    let screen = session.screen();
    assert!(screen.contains(" ↑ 2 more ─╮") && screen.contains(" ↓ 18 more ─╯"), "{screen}");
}

#[test]
fn a_completed_function_is_closed() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down down down ctrl-u");
    session.typed("mean(win");
    session.keys("tab");
    assert!(session.screen().contains("y          mean(wind) "), "{}", session.screen());
}

#[test]
fn proposals_never_cover_what_is_wrong() {
    for (width, height) in [(80, 24), (80, 16), (120, 40)] {
        let mut session = Session::canvas(width, height);
        session.keys("down down e down down ctrl-u");
        session.typed("b");
        let screen = session.screen();
        assert!(screen.contains("! \"b\" is") && screen.contains("│ boxplot"), "{width}x{height}\n{screen}");
    }
}

#[test]
fn enter_takes_the_best_match_of_what_is_begun_and_keeps_the_form_after_that() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down down ctrl-u prec");
    assert!(footer(&mut session).contains("⏎ take it"), "{}", session.screen());
    session.keys("enter");
    assert!(session.screen().contains("x          precipitation "), "{}", session.screen());
    assert!(!is_saved(&session));
    session.keys("down ctrl-u mea enter");
    let value = from(&mut session, "y").join(" ");
    assert!(value.contains("mean( ") && value.contains("! mean() needs a field: mean(FIELD)"), "{value}");
    session.keys("enter");
    assert!(session.screen().contains("y          mean(precipitation) "), "{}", session.screen());
    session.keys("enter");
    assert!(is_saved(&session), "{}", session.screen());
}

#[test]
fn what_matches_no_choice_is_said() {
    let check = |keys: &str, typed: &str, expected: &str| {
        let mut session = Session::canvas(80, 24);
        session.keys(keys);
        session.typed(typed);
        assert!(session.screen().contains(expected), "{typed}: {}", session.screen());
    };
    check("down down e ctrl-u", "q9", "no choice matches; Enter keeps what is typed");
    check("down down e down down down ctrl-u", "rian", "no choice matches ");
    check("f down", "hail", "no choice matches; Enter keeps what is typed");
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down down down");
    session.typed("x");
    session.keys("backspace");
    assert!(!session.screen().contains("no choice matches"), "a whole term: {}", session.screen());
}

/// The columns have other names.
fn with_names(names: [&'static str; 4]) -> Session {
    let mut session = Session::canvas(120, 40);
    session.fake.names = names;
    session.live(Live::Source("weather".to_owned()));
    session.keys("down down e");
    session
}

#[test]
fn names_with_blanks_and_quotes_are_written_as_the_grammar_takes_them() {
    let names = ["date", "Body mass (g)", "wind, m/s", "5\" pipe"];
    let check = |keys: &str, typed: &str, label: &str, expected: &str| {
        let mut session = with_names(names);
        session.keys(keys);
        session.typed(typed);
        session.keys("tab");
        let row = from(&mut session, label).remove(0);
        let value = row.trim_start_matches(label.trim()).trim_start();
        assert!(value.starts_with(expected), "{typed}: {row}");
    };
    check("down ctrl-u", "Body ma", "Filter", "\"Body mass (g)\"");
    check("down ctrl-u", "date > 3 AND 5", "Filter", "date > 3 AND 5");
    check("down ctrl-u", "date > 3 AND pip", "Filter", "date > 3 AND \"5\"\" pipe\"");
    check("down ctrl-u", "date > 3 OR $si", "Filter", "date > 3 OR $since");
    check("down down down ctrl-u", "Body ma", "x ", "Body mass (g) ");
    check("down down down ctrl-u", "mean(Body ma", "x ", "mean(Body mass (g)) ");
}

#[test]
fn in_a_bracket_only_fields_of_the_right_type_are_offered() {
    let check = |typed: &str, expected: &[&str]| {
        let mut session = Session::canvas(80, 24);
        session.keys("down down e down down down down ctrl-u");
        session.typed(typed);
        let screen = session.screen();
        for name in ["date", "precipitation", "wind", "weather"] {
            let is_offered = screen.contains(&format!("│ {name} "));
            assert_eq!(is_offered, expected.contains(&name), "{typed} {name}: {screen}");
        }
    };
    check("sum(", &["precipitation", "wind"]);
    check("yearmonth(", &["date"]);
    check("max(", &["date", "precipitation", "wind", "weather"]);
}

#[test]
fn a_choice_of_an_upload_is_taken_before_anything_is_sent() {
    let mut session = Session::open("weather", 80, 24, Default::default(), false);
    session.keys("U");
    session.typed("wind.csv");
    session.keys("tab down tab");
    assert!(footer(&mut session).contains("⏎ take it"), "{}", session.screen());
    session.keys("down down enter");
    assert!(session.screen().contains("Delimiter    tab "), "{}", session.screen());
    let is_sent =
        |session: &Session| session.requests.iter().any(|one| matches!(one, Request::Upload { .. }));
    assert!(!is_sent(&session) && footer(&mut session).contains("⏎ upload"), "{}", session.screen());
    session.keys("down down down");
    session.typed("zip");
    session.keys("enter");
    assert!(!is_sent(&session) && session.screen().contains("write it as zip=string"));
    session.keys("ctrl-u");
    assert!(session.screen().contains("Types        (inferred"), "the focus is where it is wrong");
}

#[test]
fn a_table_of_a_query_offers_the_columns_of_the_query() {
    let mut session = Session::canvas(80, 24);
    session.keys("a / query enter enter down tab");
    let screen = session.screen();
    assert!(screen.contains("│ precipitation ") && !screen.contains("│ yearmonth("), "{screen}");
    // Whatever is uploaded meanwhile.
    session.keys("esc");
    let rides = impala_core::source::Source { name: "rides".to_owned(), ..source(session.fake.names) };
    session.fake.more_sources.push(rides);
    session.fake.is_silent = true;
    session.live(Live::Source("rides".to_owned()));
    session.answer_some(|request| matches!(request, Request::Project(_)));
    session.keys("tab");
    assert!(session.screen().contains("│ precipitation "), "{}", session.screen());
}
