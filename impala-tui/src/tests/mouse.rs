//! Lists by the mouse: a click chooses, a second one opens, the wheel goes through them.

use crossterm::event::MouseEventKind;

use super::support::Session;
use crate::effect::Request;
use crate::look::Look;

#[test]
fn from_the_projects_to_a_block_by_double_clicks() {
    let mut session = Session::open("", 120, 40, Look::default(), false);
    for place in ["ann/weather", "seattle-weather", "Days"] {
        session.click_on(place);
        session.click_on(place);
    }
    assert!(session.screen().contains("/ Days"), "{}", session.screen());
}

#[test]
fn a_click_on_a_tab_opens_it_and_one_click_on_a_line_only_chooses_it() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.click_on("Sources 1");
    assert!(session.screen().contains("[Sources 1]"), "{}", session.screen());
    session.click_on("weather ");
    assert!(session.screen().contains("[Sources 1]"));
    session.keys("enter");
    session.click_on("Statistics");
    assert!(session.screen().contains("[Statistics]"), "{}", session.screen());
}

#[test]
fn what_lies_between_two_clicks_makes_them_two() {
    let mut session = Session::open("", 120, 40, Look::default(), false);
    session.click_on("ann/weather");
    session.keys("up");
    session.click_on("ann/weather");
    assert!(session.screen().contains("Projects"), "{}", session.screen());
}

#[test]
fn the_palette_the_picker_and_the_log_take_clicks_and_the_wheel() {
    let mut session = Session::canvas(120, 40);
    session.keys(":");
    session.typed("set");
    session.click_on("Set parameters");
    session.click_on("Set parameters");
    assert!(session.screen().contains("Since"), "{}", session.screen());
    session.keys("esc a");
    session.click_on("area: parts of a total over time");
    session.mouse(MouseEventKind::ScrollDown, 5, 5);
    session.keys("enter");
    assert!(session.screen().contains("Mark       point"), "{}", session.screen());
    session.keys("esc H");
    let before = session.requests.len();
    session.click_on("r1 ");
    let is_asked = |request: &Request| matches!(request, Request::Revision(_, 1));
    assert!(session.requests.len() == before || session.requests.iter().any(is_asked));
    session.click_on("r1 ");
    assert!(session.screen().contains("as it was at r1"), "{}", session.screen());
}
