//! When nothing has changed nothing is drawn: the loop draws when the program says so, and this counts how often it does.

use super::support::{Session, saved};
use crate::action::Live;
use crate::look::Look;

/// How often the loop would draw for these events, each answered before the next.
fn draws(session: &mut Session, events: impl IntoIterator<Item = Live>) -> usize {
    session.app.is_dirty = false;
    let drawn = |event| {
        session.live(event);
        std::mem::take(&mut session.app.is_dirty)
    };
    events.into_iter().map(drawn).filter(|is_drawn| *is_drawn).count()
}

#[test]
fn equal_answers_are_not_drawn() {
    for target in ["", "ann/weather"] {
        let mut session = Session::open(target, 80, 24, Look::default(), false);
        session.fake.is_silent = true;
        session.keys("R");
        session.app.is_dirty = false;
        session.fake.is_silent = false;
        session.answer_all();
        assert!(!session.app.is_dirty, "{target}");
    }
}

#[test]
fn events_that_change_nothing_here_are_not_drawn() {
    let mut project = Session::open("ann/weather", 80, 24, Look::default(), false);
    let asked = project.requests.len();
    let events =
        [Live::Online, saved("seattle-weather", 1), saved("other", 3), Live::Source("weather".to_owned())];
    assert_eq!(draws(&mut project, events), 0);
    assert!(project.requests.len() > asked, "it was asked whether something is new");
    let mut canvas = Session::canvas(80, 24);
    let events =
        [Live::Online, saved("other", 2), saved("seattle-weather", 1), Live::Source("other".to_owned())];
    assert_eq!(draws(&mut canvas, events), 0);
}

#[test]
fn what_changes_is_drawn_once_and_not_again() {
    let mut session = Session::canvas(80, 24);
    let offline = || Live::Offline("no route".to_owned());
    assert_eq!(draws(&mut session, [offline(), offline(), offline()]), 1);
    assert_eq!(draws(&mut session, [Live::Online, Live::Online]), 1);
    session.other_saves(|canvas| canvas.metadata.title = "Bob's".to_owned());
    assert_eq!(draws(&mut session, [saved("seattle-weather", 2), saved("seattle-weather", 2)]), 1);
    assert!(session.screen().contains("Bob's"), "{}", session.screen());
    assert_eq!(draws(&mut session, [Live::Source("weather".to_owned())]), 1);
}
