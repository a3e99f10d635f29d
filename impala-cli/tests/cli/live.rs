//! What comes from elsewhere while someone looks at a canvas: slow answers, new rows, a server that goes away and comes back.

use crate::manners::{CANVAS, SIZE, with_canvas};
use crate::pty::Terminal;
use crate::relay::Relay;
use crate::support::Person;

/// The canvas in a terminal whose line to the server is this one.
fn open(ann: &Person, relay: &Relay) -> Terminal {
    let token = ann.must(&["token", "create", "terminal", "--scope", "read,write"]);
    let environment = [("IMPALA_SERVER", relay.url.as_str()), ("IMPALA_TOKEN", token.trim())];
    Terminal::start_with(ann, &CANVAS, SIZE, &environment)
}

#[test]
fn slow_answers_hold_up_no_key_and_are_cancelled_at_the_server() {
    let (server, ann) = with_canvas();
    let relay = Relay::to(&server.url);
    relay.holds();
    let mut terminal = open(&ann, &relay);
    terminal.shows("Rain by month, mm");
    terminal.shows("loading");
    terminal.types("?");
    terminal.shows("keys can be changed");
    terminal.types("⎋");
    terminal.hides("keys can be changed");
    terminal.types("gm↓⏎");
    terminal.shows("saved r2 by ann");
    terminal.types("⎋");
    terminal.shows("cancelled");
    terminal.hides("loading");
    relay.is_given_up();
    relay.lets_go();
    terminal.types("R");
    terminal.shows("1,461");
    terminal.hides("cancelled");
}

#[test]
fn rows_that_are_uploaded_elsewhere_arrive_by_themselves() {
    let (_server, ann) = with_canvas();
    let mut terminal = Terminal::start(&ann, &CANVAS, SIZE);
    terminal.shows("1,461");
    // The edit in hand stays in hand.
    terminal.types("gje↑\x15Nights");
    let rows = ann.read("weather.csv");
    ann.write("weather.csv", &rows.lines().take(101).map(|row| format!("{row}\n")).collect::<String>());
    ann.must(&["upload", "weather.csv", "--project", "weather"]);
    terminal.shows("Nights");
    terminal.types("⏎");
    terminal.shows("━ Nights ━");
    terminal.shows("weather@2");
}

#[test]
fn a_server_that_goes_away_is_missed_and_found_again() {
    let (server, ann) = with_canvas();
    let relay = Relay::to(&server.url);
    let mut terminal = open(&ann, &relay);
    terminal.shows("1,461");
    relay.is_cut();
    terminal.shows("offline");
    // What was saved meanwhile is there when the server is.
    ann.must(&["block", "set", "seattle-weather", "wettest", "--title", "Meanwhile", "--project", "weather"]);
    terminal.types("gjd");
    terminal.shows("not saved");
    relay.is_mended();
    terminal.shows("Meanwhile");
    terminal.hides("offline");
    terminal.types("w");
    terminal.shows("saved r3 by ann");
    let canvas = ann.must(&["canvas", "show", "seattle-weather", "--project", "weather"]);
    assert!(canvas.contains("Meanwhile") && !canvas.contains("\ndays "), "{canvas}");
}

#[test]
fn a_project_that_is_deleted_is_not_offline_and_over_on_the_list() {
    for (is_away, word) in [(false, "project deleted"), (true, "project gone")] {
        let (server, ann) = with_canvas();
        let relay = Relay::to(&server.url);
        let mut terminal = open(&ann, &relay);
        terminal.shows("1,461");
        if is_away {
            relay.is_cut();
            terminal.shows("offline");
        }
        ann.must(&["project", "delete", "weather", "--yes"]);
        relay.is_mended();
        terminal.shows(word);
        terminal.hides("offline");
        terminal.types("qq");
        terminal.shows("You have no projects yet");
        terminal.hides(word);
        terminal.types("q");
        assert_eq!(terminal.ends(), 0);
    }
}
