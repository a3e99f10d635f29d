//! A block on the whole screen: edited there, and read.

use impala_render::{Charset, Ink};

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
    let mut session = Session::canvas(120, 40);
    session.keys("down m right enter G enter u");
    assert!(bar(&mut session).contains("/ Coldest days"), "{}", session.screen());
    assert_eq!(footer(&mut session), "Undone: moved \"Days\"");
    session.keys("e");
    assert!(session.screen().contains("Edit table"), "the one that is seen: {}", session.screen());
}

#[test]
fn a_block_that_undoing_takes_away_is_no_longer_zoomed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down D enter u");
    assert!(!bar(&mut session).contains("Seattle weather /"), "{}", session.screen());
    assert_eq!(session.focus(), "days");
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
