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
    // The selected one runs by one click, the others by two.
    session.click_on("Set parameters");
    assert!(session.screen().contains("Since"), "{}", session.screen());
    session.keys("esc a");
    session.click_on("area: amounts over time");
    session.mouse(MouseEventKind::ScrollDown, 5, 5);
    session.keys("enter");
    assert!(session.screen().contains("Mark*      point"), "{}", session.screen());
    session.keys("esc H");
    let before = session.requests.len();
    session.click_on("r1 ");
    let is_asked = |request: &Request| matches!(request, Request::Revision(_, 1));
    assert!(session.requests.len() == before || session.requests.iter().any(is_asked));
    session.click_on("r1 ");
    assert!(session.screen().contains("as it was at r1"), "{}", session.screen());
}

/// The form of the bar chart.
fn form(width: u16, height: u16) -> Session {
    let mut session = Session::canvas(width, height);
    session.keys("down down e");
    session
}

/// Clicks on the sign that opens the choices of a field.
fn click_sign(session: &mut Session, label: &str) {
    let screen = session.screen();
    let (row, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| {
            let rest = line.strip_prefix(&format!("│ {label}"));
            rest.is_some_and(|rest| rest.starts_with([' ', '*']))
        })
        .expect("a field");
    let col = line.chars().position(|c| c == '▾').expect("a sign");
    session.click(col as u16, row as u16);
}

#[test]
fn a_click_focuses_a_field_and_puts_the_cursor_there() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut session = form(width, height);
        session.click_on("(precipitation)");
        session.typed("!");
        assert!(session.screen().contains("sum!(precipitation)"), "{}", session.screen());
        session.click_on("Color");
        session.keys("ctrl-u");
        assert!(session.screen().contains("Color      (one color)"), "{}", session.screen());
    }
}

#[test]
fn a_click_on_the_sign_opens_the_choices_and_one_on_a_choice_takes_it() {
    let mut session = form(80, 24);
    click_sign(&mut session, "Mark");
    assert!(session.screen().contains("│ boxplot"), "{}", session.screen());
    session.click_on("│ line");
    assert!(session.screen().contains("│ boxplot"), "the border chooses nothing: {}", session.screen());
    session.click_on("line ");
    assert!(session.screen().contains("Mark*      line "), "{}", session.screen());
    assert!(!session.screen().contains("│ boxplot"), "{}", session.screen());
}

#[test]
fn the_second_click_on_a_choice_hits_nothing_below_the_list() {
    let mut session = form(80, 24);
    click_sign(&mut session, "Mark");
    let row = session.screen().lines().position(|line| line.contains("│ area")).expect("a choice") as u16;
    session.click(14, row);
    session.click(14, row);
    session.keys("ctrl-u");
    assert!(session.screen().contains("\n│ Mark*  "), "{}", session.screen());
    assert!(!session.screen().contains("Mark*      area"), "Mark has the focus: {}", session.screen());
}

#[test]
fn the_sign_closes_its_list_again_and_so_does_a_click_elsewhere_but_never_the_form() {
    let mut session = form(120, 40);
    let before = session.screen();
    session.keys("down");
    click_sign(&mut session, "Mark");
    click_sign(&mut session, "Mark");
    assert!(!session.screen().contains("│ boxplot"), "{}", session.screen());
    click_sign(&mut session, "Mark");
    session.click(100, 30);
    assert!(!session.screen().contains("│ boxplot") && session.screen().contains("│ Mark"));
    session.click_on("Source*");
    assert_eq!(session.screen(), before);
}

#[test]
fn the_wheel_scrolls_the_choices_and_a_click_takes_what_is_seen_then() {
    let mut session = form(80, 24);
    click_sign(&mut session, "x");
    for _ in 0..5 {
        session.mouse(MouseEventKind::ScrollDown, 20, 14);
    }
    assert!(session.screen().contains(" ↑ 5 more ─╮"), "{}", session.screen());
    session.click_on("yearmonthdate(");
    assert!(session.screen().contains("x          yearmonthdate("), "{}", session.screen());
    // Within a function there are only fields.
    assert!(!session.screen().contains("│ yearmonth"), "{}", session.screen());
    session.click_on("date  ");
    assert!(session.screen().contains("x          yearmonthdate(date) "), "{}", session.screen());
}

#[test]
fn values_of_a_parameter_are_put_in_and_out_by_clicks() {
    let mut session = Session::canvas(120, 40);
    session.keys("f down tab");
    session.click_on("  rain");
    session.click_on("  snow");
    assert!(session.screen().contains("Weather    rain, snow "), "{}", session.screen());
    session.click_on("✓ rain");
    assert!(session.screen().contains("Weather    snow "), "{}", session.screen());
}

#[test]
fn signing_in_and_uploading_take_clicks() {
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    session.keys("L y");
    session.click_on("○ register");
    assert!(session.screen().contains("● register"), "{}", session.screen());
    session.click_on("Password");
    session.typed("x");
    assert!(session.screen().contains("Password   •"), "{}", session.screen());
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    session.keys("U");
    session.click_on("wind.csv");
    assert!(session.screen().contains("File         wind.csv"), "{}", session.screen());
}

#[test]
fn a_question_is_answered_by_a_click_on_the_answer() {
    let mut session = Session::canvas(80, 24);
    session.keys("down e up");
    session.typed("x");
    session.keys("esc");
    session.click_on(" no ");
    assert!(session.screen().contains("│ Title"), "{}", session.screen());
    session.keys("esc");
    session.click_on(" yes ");
    assert!(!session.screen().contains("│ Title"), "{}", session.screen());
}

#[test]
fn a_click_on_a_word_of_the_footer_does_what_its_key_does() {
    let mut session = Session::canvas(80, 24);
    session.click_on("add ");
    assert!(session.screen().contains("Add a block"), "{}", session.screen());
    session.click_on("esc back");
    assert!(!session.screen().contains("Add a block"), "{}", session.screen());
    // The second click of a double one finds another footer, and does nothing.
    session.click_on("edit ");
    let form = session.screen();
    let before = form.clone();
    session.click_on("esc cancel");
    session.click_on("zoom");
    assert!(session.screen().contains(" back ") && form == before, "{}", session.screen());
}

#[test]
fn the_second_click_on_what_closes_a_layer_acts_on_nothing_below() {
    let mut session = Session::canvas(80, 24);
    session.keys(":");
    session.typed("show the history");
    let row = session.screen().lines().position(|line| line.contains("Show the history")).expect("a line");
    session.click(20, row as u16);
    assert!(session.screen().contains("r1 "), "the selected one runs: {}", session.screen());
    let before = session.screen();
    session.click(20, row as u16);
    assert_eq!(session.screen(), before);
}

#[test]
fn a_click_in_a_line_that_is_typed_puts_the_cursor_there() {
    let mut session = Session::canvas(80, 24);
    session.keys(":");
    session.typed("zom");
    session.click_on("om ");
    session.typed("o");
    assert!(session.screen().contains("zoom"), "{}", session.screen());
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.keys("n");
    session.typed("dzs");
    session.click_on("zs ");
    session.typed("a");
    assert!(session.screen().contains("│ dazs "), "{}", session.screen());
}
