//! A block on the whole screen: edited there, and read.

use impala_render::{Charset, Ink};
use ratatui::style::Modifier;

use super::support::{Session, look};
use crate::effect::Effect;
use crate::look::Background;

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn a_zoomed_block_is_edited_in_the_form_and_seen_changed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down enter right e up ctrl-u");
    session.typed("Wet months");
    session.keys("ctrl-s");
    assert!(bar(&mut session).contains("Seattle weather / Wet months"), "{}", session.screen());
    assert!(session.screen().contains("╭─ Wet months"), "{}", session.screen());
    assert!(session.screen().contains("Jan 2012 · "), "the cursor stays: {}", session.screen());
    session.keys("u");
    assert!(bar(&mut session).contains("Seattle weather / Rain by month"), "{}", session.screen());
    assert_eq!(footer(&mut session), "Undone: renamed \"Rain by month, mm\" to \"Wet months\"");
    session.keys("ctrl-r");
    assert!(bar(&mut session).contains("Seattle weather / Wet months"), "{}", session.screen());
    session.keys("q");
    assert_eq!(session.focus(), "rain");
}

#[test]
fn a_zoomed_block_is_edited_as_yaml_and_followed_when_its_id_is_another() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter");
    session.in_editor("E", |text| text.replace("Coldest days", "Frost").replace("id: snow", "id: frost"));
    assert!(bar(&mut session).contains("Seattle weather / Frost"), "{}", session.screen());
    assert!(session.screen().contains("row 1 of 12"), "{}", session.screen());
    session.keys("u");
    assert!(bar(&mut session).contains("Seattle weather / Coldest days"), "{}", session.screen());
}

#[test]
fn undoing_what_is_not_looked_at_leaves_the_zoom_where_it_is() {
    let mut session = Session::canvas(80, 24);
    session.keys("down m right enter G enter u");
    assert!(bar(&mut session).contains("/ Coldest days"), "{}", session.screen());
    assert_eq!(footer(&mut session), "Undone: moved \"Days\"");
    session.keys("e");
    assert!(session.screen().contains("Edit table"), "the one that is seen: {}", session.screen());
    // Back on the canvas it is seen, though the other one was changed.
    session.keys("esc esc");
    assert!(session.screen().contains("┏━ Coldest days"), "{}", session.screen());
}

#[test]
fn a_block_that_undoing_takes_away_is_no_longer_zoomed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down D enter u");
    assert!(!bar(&mut session).contains("Seattle weather /"), "{}", session.screen());
    assert_eq!(session.focus(), "days");
}

#[test]
fn a_chart_whose_cursor_is_nowhere_yet_takes_the_keys_of_everywhere() {
    for (key, expected) in [("?", "╭─ Keys"), (":", "╭─ Commands"), ("@", "[Equivalent"), ("M", "[Recent")]
    {
        let mut session = Session::canvas(120, 40);
        session.keys("down down enter");
        session.keys(key);
        assert!(session.screen().contains(expected), "{key}: {}", session.screen());
    }
}

#[test]
fn who_may_only_read_edits_no_zoomed_block() {
    let dark = look(Ink::TrueColor, Charset::Unicode, Background::Dark);
    let mut session = Session::open("ann/weather/seattle-weather", 120, 40, dark, true);
    session.keys("down down enter");
    assert!(!footer(&mut session).contains("e edit"), "{}", session.screen());
    for key in ["e", "E", "u", "ctrl-r"] {
        session.keys(key);
        assert_eq!(footer(&mut session), "This is read-only here.", "{key}");
    }
    assert!(!session.effects.iter().any(|effect| matches!(effect, Effect::Editor { .. })));
    let mut session = Session::canvas(80, 24);
    session.keys("down down enter");
    assert!(footer(&mut session).contains("e edit"), "{}", session.screen());
}

/// The example's table on the whole screen, where the weather goes through five values in twelve rows.
fn table(ink: Ink) -> Session {
    let dark = look(ink, Charset::Unicode, Background::Dark);
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, dark, false);
    session.keys("G enter");
    session
}

#[test]
fn matches_in_a_table_are_gone_through_both_ways_and_round_the_ends() {
    let mut session = table(Ink::TrueColor);
    session.keys("n");
    assert!(footer(&mut session).contains("/ begins a search"), "{}", session.screen());
    let mut check = |keys: &str, row: &str, said: &str| {
        session.keys(keys);
        let screen = session.screen();
        assert!(screen.contains(row) && footer(&mut session).starts_with(said), "{keys}: {screen}");
    };
    check("/ 2012-03 enter", "row 3 of 12", "← → column");
    check("n", "row 3 of 12", "No other row has \"2012-03\".");
    check("/ 2012-1 enter", "row 10 of 12", "");
    check("n n", "row 12 of 12", "");
    check("n", "row 10 of 12", "Search wrapped: from the top");
    check("N", "row 12 of 12", "Search wrapped: from the end");
    check("N", "row 11 of 12", "");
    check("/ hail enter", "row 11 of 12", "\"hail\" was not found.");
}

#[test]
fn what_was_found_stands_out_in_every_look() {
    for ink in [Ink::TrueColor, Ink::Ansi256, Ink::Ansi16, Ink::None] {
        let mut session = table(ink);
        session.keys("/ 12-03 enter down");
        let found = session.app.shared.look.style(crate::look::Role::Found);
        let buffer = session.buffer();
        let is_marked = |x: u16, y: u16| {
            let cell = buffer[(x, y)].style();
            match ink {
                Ink::None => cell.add_modifier.contains(Modifier::UNDERLINED),
                _ => cell.bg == found.bg,
            }
        };
        let marked: String = (0..24u16)
            .flat_map(|y| (0..80u16).map(move |x| (x, y)))
            .filter(|(x, y)| is_marked(*x, *y))
            .map(|at| buffer[at].symbol())
            .collect();
        assert_eq!(marked, "12-03", "{ink:?}");
    }
}

#[test]
fn a_table_whose_limit_leaves_rows_out_is_not_sorted_and_says_why() {
    let mut session = table(Ink::TrueColor);
    assert!(footer(&mut session).contains("s sort"), "{}", session.screen());
    session.fake.left_out = Some(50_000);
    session.keys("R");
    assert!(!footer(&mut session).contains("s sort"), "{}", session.screen());
    session.keys("s");
    assert!(footer(&mut session).starts_with("A limit leaves rows out"), "{}", session.screen());
}
