//! Finding: blocks by what they are called, while it is typed.

use super::support::Session;

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

/// The title of the block that the search on the canvas has led to.
fn found(session: &mut Session) -> String {
    session.keys("enter");
    session.focus()
}

#[test]
fn the_focus_goes_to_the_first_match_while_one_types() {
    let mut session = Session::canvas(80, 24);
    session.keys("/ w");
    assert!(footer(&mut session).starts_with("Find: w  1 of "), "{}", session.screen());
    session.typed("ett");
    assert!(footer(&mut session).starts_with("Find: wett  1 of 1"), "{}", session.screen());
    assert_eq!(found(&mut session), "wettest");
    // The page goes along, and what is typed later may be found earlier.
    session.keys("/ coldest");
    assert!(session.screen().contains("Coldest days"), "{}", session.screen());
    session.keys("ctrl-u");
    session.typed("intro");
    assert_eq!(found(&mut session), "intro");
}

#[test]
fn escape_goes_back_to_where_the_focus_was() {
    let mut session = Session::canvas(80, 24);
    session.keys("down");
    let before = session.screen();
    session.keys("/ coldest");
    assert_ne!(session.screen(), before);
    session.keys("esc");
    assert_eq!(session.screen(), before);
    session.keys("/ nowhere");
    assert!(footer(&mut session).contains("no match"), "{}", session.screen());
    session.keys("enter");
    assert_eq!(footer(&mut session), "No block matches \"nowhere\".");
    assert_eq!(session.focus(), "days");
}

#[test]
fn matches_are_gone_through_both_ways_and_round_the_ends() {
    let mut session = Session::canvas(120, 40);
    session.keys("n");
    assert!(footer(&mut session).contains("/ begins a search"), "{}", session.screen());
    let mut check = |keys: &str, expected: &str, id: &str| {
        session.keys(keys);
        assert!(footer(&mut session).starts_with(expected), "{keys}: {}", session.screen());
        assert_eq!(session.focus(), id, "{keys}");
    };
    check("/ days enter", "\"days\": 1 of 3 · n next, N previous", "days");
    check("n", "\"days\": 2 of 3 · ", "kinds");
    check("n", "\"days\": 3 of 3 · ", "snow");
    check("n", "\"days\": 1 of 3, from the top", "days");
    check("N", "\"days\": 3 of 3, from the end", "snow");
    check("N", "\"days\": 2 of 3 · ", "kinds");
    // Where the focus is elsewhere, it goes to the nearest that way.
    check("g N", "\"days\": 3 of 3, from the end", "snow");
    // An empty search keeps the last one.
    check("/ enter n", "\"days\": 1 of 3, from the top", "days");
}

#[test]
fn arrows_go_through_the_matches_while_one_types() {
    let mut session = Session::canvas(120, 40);
    session.keys("/ days down");
    assert!(footer(&mut session).starts_with("Find: days  2 of 3"), "{}", session.screen());
    session.keys("up up");
    assert!(footer(&mut session).starts_with("Find: days  3 of 3"), "{}", session.screen());
    session.keys("esc");
    assert_eq!(session.focus(), "intro");
}
