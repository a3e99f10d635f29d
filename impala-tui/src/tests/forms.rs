//! Forms: what is wrong stands under its field, fields offer their choices, and nothing that was typed is lost.

use impala_core::encoding::Sort;
use impala_core::{BlockKind, FieldError};
use impala_render::{Charset, Ink};

use super::support::{Session, look};
use crate::action::{Answer, Failure};
use crate::effect::Request;
use crate::look::Background;

const CANVAS: &str = "ann/weather/seattle-weather";

/// The form of the bar chart, with another filter whose answer has not come.
fn with_late_answer() -> (Session, u64) {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down ctrl-u");
    session.fake.is_silent = true;
    session.typed("wind > 3");
    let asked = session.waiting.iter().rev().find(|(_, request)| matches!(request, Request::Preview(..)));
    let number = asked.expect("a preview").0;
    (session, number)
}

fn refused(pointer: &str, detail: &str) -> Answer {
    let errors = vec![FieldError::at(pointer, detail)];
    Answer::Preview(Err(Failure { errors, ..Failure::new(format!("{pointer}: {detail}")) }))
}

pub fn is_saved(session: &Session) -> bool {
    session.requests.iter().any(|request| matches!(request, Request::Save(..)))
}

/// The rows of the form from that of a label on.
pub fn from(session: &mut Session, label: &str) -> Vec<String> {
    let screen = session.screen();
    let is_of =
        |line: &&str| line.starts_with(&format!("│ {label} ")) || line.starts_with(&format!("│ {label}*"));
    let rows = screen.lines().skip_while(|line| !is_of(line));
    rows.map(|row| row.trim_matches([' ', '│']).to_owned()).collect()
}

pub fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn what_the_server_says_stands_under_its_field_and_nowhere_else_in_the_form() {
    let (mut session, number) = with_late_answer();
    session.keys("down");
    session.tell(number, refused("/encoding/y/field", "there is no field \"rian\""));
    assert_eq!(from(&mut session, "y")[1], "! there is no field \"rian\"");
    session.keys("ctrl-s esc");
    assert!(!footer(&mut session).contains("rian"), "{}", session.screen());
    let screen = session.screen();
    let form = screen.split("╰").next().unwrap_or_default();
    assert_eq!(form.matches("rian").count(), 1, "{screen}");
}

#[test]
fn a_text_that_names_what_is_not_there_is_not_kept() {
    let mut session = Session::canvas(120, 40);
    session.keys("e");
    session.typed("{{nope}} ");
    session.keys("ctrl-s");
    let screen = session.screen();
    assert!(screen.contains("! {{nope}} names"), "{screen}");
    assert!(!is_saved(&session), "{screen}");
}

#[test]
fn the_groups_of_a_chart_are_sorted_in_its_form() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down e shift-tab shift-tab shift-tab");
    let sorted = |session: &Session| {
        let Some(BlockKind::Chart(chart)) = session.fake.canvas.block("rain").map(|block| &block.kind) else {
            panic!("no chart")
        };
        [&chart.encoding.x, &chart.encoding.y].map(|channel| channel.as_ref().and_then(|one| one.sort))
    };
    session.typed("-y");
    session.keys("ctrl-s");
    assert_eq!(sorted(&session), [Some(Sort::YDescending), None], "{}", session.fake.revision);
    session.keys("e shift-tab shift-tab shift-tab ctrl-u");
    session.typed("most");
    session.keys("ctrl-s");
    assert!(session.screen().contains("\"most\" is not one of -y, y"), "{}", session.screen());
    session.keys("ctrl-u ctrl-s");
    assert_eq!(sorted(&session), [None, None]);
}

#[test]
fn what_belongs_to_no_field_stands_below_all() {
    let (mut session, number) = with_late_answer();
    session.tell(number, Answer::Preview(Err(Failure::new("the query took longer than 10 s"))));
    assert_eq!(from(&mut session, "Stack")[2], "the query took longer than 10 s");
}

#[test]
fn the_field_with_the_focus_is_seen_with_what_is_wrong_with_it() {
    for height in [16, 24] {
        let mut session = Session::canvas(80, height);
        session.keys("down down e up up");
        session.typed("all");
        let rows = from(&mut session, "Stack");
        assert!(rows[1].starts_with("! \"all\" is not one of zero"), "{}", session.screen());
    }
}

#[test]
fn the_field_in_hand_has_a_ground_in_every_look() {
    let looks = [
        (Ink::TrueColor, Charset::Unicode, Background::Dark),
        (Ink::TrueColor, Charset::Ascii, Background::Light),
        (Ink::Ansi16, Charset::Unicode, Background::Dark),
        (Ink::None, Charset::Ascii, Background::Unknown),
    ];
    for (ink, charset, background) in looks {
        let mut session = Session::open(CANVAS, 80, 24, look(ink, charset, background), false);
        session.keys("down down e");
        // Behind the text: `Source` has the focus, `Filter` has not.
        let ground = |session: &mut Session, row| session.buffer()[(70, row)].style();
        assert_ne!(ground(&mut session, 3), ground(&mut session, 4), "{ink:?}");
    }
}

#[test]
fn enter_waits_for_the_answer_and_keeps_what_works() {
    let (mut session, number) = with_late_answer();
    session.keys("enter");
    assert!(session.screen().contains("checking …") && !is_saved(&session), "{}", session.screen());
    // Keys are alive meanwhile.
    session.keys("down");
    session.fake.is_silent = false;
    let answer =
        session.waiting.iter().find(|(asked, _)| *asked == number).map(|(_, request)| request.clone());
    let answer = session.fake.answer(&answer.expect("still waited for"));
    session.tell(number, answer);
    session.answer_all();
    assert!(is_saved(&session) && !session.screen().contains("│ Title"), "{}", session.screen());
}

#[test]
fn enter_waits_for_the_answer_and_comes_back_with_what_fails() {
    let (mut session, number) = with_late_answer();
    session.keys("enter down down");
    session.tell(number, refused("/filter", "there is no field \"wnd\""));
    assert!(!is_saved(&session), "{}", session.screen());
    assert_eq!(from(&mut session, "Filter")[1], "! there is no field \"wnd\"");
    assert!(!session.screen().contains("checking"), "{}", session.screen());
    // The focus is where it fails.
    session.keys("ctrl-u");
    assert!(session.screen().contains("Filter     (all rows"), "{}", session.screen());
}

#[test]
fn waiting_is_given_up_by_escape_and_by_typing_on() {
    for keys in ["esc", "x"] {
        let (mut session, _) = with_late_answer();
        session.keys("enter");
        session.keys(keys);
        assert!(!session.screen().contains("checking"), "{keys}: {}", session.screen());
        session.fake.is_silent = false;
        session.answer_all();
        assert!(!is_saved(&session) && session.screen().contains("│ Title"), "{}", session.screen());
    }
}

#[test]
fn what_a_slow_server_has_not_answered_is_kept_by_a_yes_only() {
    let (mut session, _) = with_late_answer();
    session.keys("enter enter");
    assert!(session.screen().contains("Keep it unchecked?"), "{}", session.screen());
    session.keys("n");
    assert!(session.screen().contains("checking …"), "{}", session.screen());
    session.keys("enter y");
    assert!(is_saved(&session), "{}", session.screen());
}

#[test]
fn an_answer_behind_the_question_decides_when_it_is_closed() {
    let (mut session, number) = with_late_answer();
    session.keys("enter enter");
    session.tell(number, refused("/filter", "is wrong"));
    assert!(session.screen().contains("Keep it unchecked?"), "{}", session.screen());
    session.keys("y");
    assert!(!is_saved(&session), "it is known to fail by now: {}", session.screen());
    assert_eq!(from(&mut session, "Filter")[1], "! is wrong");
}

#[test]
fn what_is_wrong_in_a_form_covers_none_of_its_fields() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down down ctrl-u");
    session.typed("barr");
    let screen = session.screen();
    assert!(screen.contains("did you mean \"bar\"?"), "{screen}");
    for label in ["Title", "Source", "Filter", "Mark", "x ", "y ", "Color", "Size", "Facet", "Stack"] {
        assert!(screen.lines().any(|line| line.starts_with(&format!("│ {label}"))), "{label}:\n{screen}");
    }
}

#[test]
fn a_form_higher_than_the_terminal_scrolls_to_the_field_with_the_focus() {
    let mut session = Session::canvas(80, 16);
    session.keys("down down e");
    assert!(!session.screen().contains("Stack"), "{}", session.screen());
    session.keys("up up");
    assert!(session.screen().contains("Stack"), "{}", session.screen());
}

#[test]
fn a_field_of_lines_says_what_enter_does_there() {
    let mut session = Session::canvas(80, 24);
    session.keys("e");
    let screen = session.screen();
    assert!(screen.contains("ctrl-s keep the block  ⏎ new line"), "{screen}");
    session.keys("up up up up up up up up");
    assert!(!session.screen().contains("new line"), "{}", session.screen());
}

#[test]
fn escape_drops_what_was_changed_in_a_form_by_a_yes_only() {
    let mut session = Session::canvas(80, 24);
    session.keys("down e up ctrl-u");
    session.typed("Another");
    session.keys("esc");
    assert!(session.screen().contains("Discard the changes?"), "{}", session.screen());
    session.keys("n");
    assert!(
        session.screen().contains("│ Title") && session.screen().contains("Another"),
        "{}",
        session.screen()
    );
    session.keys("esc y");
    assert!(!session.screen().contains("Another"), "{}", session.screen());
    session.keys("e esc");
    assert!(!session.screen().contains("Drop what"), "nothing was changed: {}", session.screen());
}

#[test]
fn a_block_that_fails_is_kept_by_a_yes_only() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down ctrl-u");
    session.fake.is_silent = true;
    session.typed("wnd > 3");
    let asked = session.waiting.iter().rev().find(|(_, request)| matches!(request, Request::Preview(..)));
    let errors = vec![FieldError::at("/filter", "there is no field \"wnd\"")];
    let failure = Failure { errors, ..Failure::new("/filter: there is no field \"wnd\"") };
    let number = asked.expect("a preview").0;
    session.tell(number, Answer::Preview(Err(failure)));
    let is_saved = |session: &Session| session.requests.iter().any(|one| matches!(one, Request::Save(..)));
    session.keys("ctrl-s");
    let screen = session.screen();
    assert!(
        screen.contains("Keep a block that fails?") && screen.contains("filter: there is no"),
        "{screen}"
    );
    assert!(!screen.contains("/filter") && !is_saved(&session), "{screen}");
    session.keys("n");
    assert!(session.screen().contains("│ Filter"), "{}", session.screen());
    session.keys("ctrl-s y");
    assert!(is_saved(&session), "{}", session.screen());
    assert!(session.screen().contains("older answer · loading …"), "{}", session.screen());
}

#[test]
fn what_fails_is_said_once_and_not_in_the_picture_too() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut session = Session::canvas(width, height);
        session.keys("down down e down ctrl-u");
        session.fake.is_silent = true;
        session.typed("wnd > 3");
        session.keys("up");
        let number = session.waiting.last().expect("a preview").0;
        session.tell(number, refused("/filter", "there is no field \"wnd\""));
        let screen = session.screen();
        assert_eq!(screen.matches("there is no field").count(), 1, "{screen}");
        assert!(screen.contains("No picture yet: see Filter."), "{screen}");
    }
}

#[test]
fn the_field_with_the_focus_says_what_it_takes_in_the_border_or_below_the_fields() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e down");
    let border = "╰─ Filter: a condition such as wind > 3 AND date >= $since ─";
    assert!(session.screen().contains(border), "{}", session.screen());
    let mut session = Session::canvas(120, 40);
    session.keys("down down e");
    let rows = from(&mut session, "Stack").len();
    assert!(session.screen().contains("│ Source (required): a source of this project;"));
    session.keys("down down down");
    assert!(session.screen().contains("│ x: along the bottom: a column"), "{}", session.screen());
    assert_eq!(from(&mut session, "Stack").len(), rows, "the panel keeps its height");
}

#[test]
fn what_is_required_is_marked_and_asked_for() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e ctrl-u enter");
    assert!(session.screen().contains("│ Source*  "), "{}", session.screen());
    session.keys("esc");
    assert_eq!(
        from(&mut session, "Source")[1],
        "! is required: a source of this project; name@3 pins version 3"
    );
    assert!(!is_saved(&session));
}

#[test]
fn a_long_value_scrolls_so_that_the_cursor_is_seen() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down e down");
    assert!(session.screen().contains("weather IN ($kind) "), "{}", session.screen());
    session.keys("ctrl-a");
    assert!(
        session.screen().contains("│ Filter     date >= $since AND weather IN ($"),
        "{}",
        session.screen()
    );
    session.keys("ctrl-e");
    session.typed(" AND wind > 3");
    assert!(session.screen().contains("AND wind > 3 "), "{}", session.screen());
}

#[test]
fn a_field_that_is_emptied_leaves_neither_the_error_nor_the_picture_of_what_was_in_it() {
    let mut session = Session::canvas(80, 24);
    session.keys("a / b a r : enter enter ctrl-u");
    session.fake.is_silent = true;
    session.typed("datemo");
    let number = session.waiting.last().expect("a preview").0;
    session.tell(number, refused("/encoding/x/field", "there is no field \"datemo\""));
    assert!(session.screen().contains("! there is no field"), "{}", session.screen());
    session.keys("ctrl-u");
    let screen = session.screen();
    assert!(!screen.contains("datemo") && screen.contains("No picture yet"), "{screen}");
    // Neither is it kept, nor asked for.
    session.keys("ctrl-s");
    assert!(session.screen().contains("Add a chart"), "{}", session.screen());
    assert!(session.waiting.is_empty(), "{:?}", session.waiting);
    // The same content again is asked for again.
    session.fake.is_silent = false;
    session.typed("datemo");
    assert!(!session.screen().contains("No picture yet"), "{}", session.screen());
}
