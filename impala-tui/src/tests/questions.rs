//! Questions: what they say before something is lost, which keys answer them, and what comes of each answer.

use super::support::Session;
use crate::action::{Action, Answer, Failure, Live, Sent};
use crate::effect::{Effect, Request};
use crate::look::Look;

fn open(target: &str) -> Session {
    Session::open(target, 80, 24, Look::default(), false)
}

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

#[track_caller]
fn shows(session: &mut Session, texts: &[&str]) {
    let screen = session.screen();
    for text in texts {
        assert!(screen.contains(text), "{text:?} is not on:\n{screen}");
    }
}

fn deletes_source(request: &Request) -> bool {
    matches!(request, Request::DeleteSource(..))
}

#[test]
fn before_a_source_goes_the_canvases_that_read_it_are_named() {
    let mut session = open("ann/weather");
    session.keys("tab d");
    shows(&mut session, &["Delete the source weather?", "1 canvas reads it: Seattle weather."]);
    shows(&mut session, &["Its only version goes with it. This cannot be undone."]);
    session.keys("n");
    assert_eq!(footer(&mut session), "Nothing was deleted.");
    session.fake.readers.clear();
    session.keys("d");
    shows(&mut session, &["No canvas reads it."]);
    session.keys("y");
    assert_eq!(footer(&mut session), "Deleted the source weather.");
    assert!(session.requests.iter().any(deletes_source));
}

#[test]
fn a_source_is_not_deleted_before_it_is_known_who_reads_it() {
    let mut session = open("ann/weather");
    session.keys("tab");
    session.fake.is_silent = true;
    session.keys("d y");
    shows(&mut session, &["Looking up which canvases read it …", "Wait until it is known which canvases"]);
    assert!(!session.requests.iter().any(deletes_source));
    let number = session.waiting[0].0;
    session.tell(number, Answer::Readers(Err(Failure::new("could not reach http://impala.test"))));
    shows(&mut session, &["It is not known which canvases read it: could not reach"]);
    session.keys("y");
    assert!(session.requests.iter().any(deletes_source));
}

#[test]
fn before_a_project_goes_it_is_said_how_much_goes_with_it() {
    let mut session = open("");
    session.keys("d");
    shows(
        &mut session,
        &["Delete the project ann/weather?", "1 canvas and 1 source go with it, with all their history."],
    );
    session.keys("y");
    assert_eq!(footer(&mut session), "Deleted the project ann/weather.");
}

#[test]
fn the_answers_stay_in_sight_however_much_a_question_says() {
    let mut session = open("ann/weather");
    session.keys("tab");
    session.fake.is_silent = true;
    session.keys("d");
    let number = session.waiting[0].0;
    session.tell(number, Answer::Readers(Err(Failure::new("many words of a server ".repeat(60)))));
    let screen = session.screen();
    let row = |text: &str| screen.lines().position(|line| line.contains(text));
    assert_eq!(row("│ …  ").map(|row| row + 2), row(" y yes   ⏎ n no "), "{screen}");
}

#[test]
fn what_was_deleted_is_said() {
    let mut session = open("ann/weather");
    session.keys("d");
    shows(&mut session, &["Delete the canvas seattle-weather?", "Its only revision goes with it."]);
    session.keys("y");
    assert_eq!(footer(&mut session), "Deleted the canvas seattle-weather.");
    session.keys("tab tab G d y");
    assert_eq!(footer(&mut session), "Removed bob from the project.");
}

#[test]
fn enter_takes_the_answer_by_which_nothing_is_lost() {
    let is_restored = |one: &Request| matches!(one, Request::Restore(..));
    let is_deleted = |one: &Request| matches!(one, Request::DeleteCanvas(..));
    let mut session = Session::canvas(80, 24);
    session.keys("H r");
    assert_eq!(footer(&mut session), "⏎ yes  n no");
    shows(&mut session, &[" ⏎ y yes   n esc no "]);
    session.keys("enter");
    assert!(session.requests.iter().any(is_restored), "{}", session.screen());
    let mut session = open("ann/weather");
    session.keys("d");
    assert_eq!(footer(&mut session), "y yes  ⏎ no");
    shows(&mut session, &[" y yes   ⏎ n no "]);
    session.keys("enter");
    assert!(!session.requests.iter().any(is_deleted), "{}", session.screen());
    shows(&mut session, &["[Canvases 1]", "Nothing was deleted."]);
}

#[test]
fn a_revision_is_restored_from_its_preview_and_the_canvas_comes_back() {
    let mut session = Session::canvas(80, 24);
    session.keys("H down enter");
    assert!(footer(&mut session).starts_with("r restore"), "{}", session.screen());
    session.keys("r");
    shows(&mut session, &["Restore revision 1?", "the history stays"]);
    session.keys("n");
    shows(&mut session, &["as it was at r1"]);
    session.keys("r y");
    assert!(session.requests.iter().any(|one| matches!(one, Request::Restore(_, 1))));
    let screen = session.screen();
    assert!(screen.contains("saved r2") && !screen.contains("history"), "{screen}");
    assert!(session.app.shared.log.iter().any(|line| line.contains("impala canvas restore")), "{screen}");
    // Who may only read restores nothing.
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, Look::default(), true);
    session.keys("H enter r");
    shows(&mut session, &["This is read-only here."]);
}

#[test]
fn a_question_stays_when_the_screen_below_it_comes_to_its_end() {
    let mut session = Session::canvas(80, 24);
    session.fake.refusal = Some(Failure::new("the disk is full"));
    session.keys("down d H r");
    session.fake.is_silent = true;
    session.keys("enter ctrl-c");
    shows(&mut session, &["Quit and discard the changes?"]);
    session.fake.is_silent = false;
    session.answer_all();
    shows(&mut session, &["Quit and discard the changes?"]);
    session.keys("n");
    shows(&mut session, &["Rain by month"]);
    assert!(!session.screen().contains("history"), "{}", session.screen());
}

#[test]
fn a_key_that_is_no_answer_leaves_the_answers_in_the_footer() {
    let mut session = open("ann/weather");
    session.keys("d x");
    assert_eq!(footer(&mut session), "y yes  ⏎ no");
    shows(&mut session, &["x is not an answer"]);
}

/// A text that was refused, and the question what comes of it.
fn refused() -> Session {
    let mut session = Session::canvas(80, 24);
    session.in_editor("down E", |_| "{Days".to_owned());
    shows(&mut session, &["Edit it again?", "edit again", "k esc keep as a file", "d discard"]);
    session
}

#[test]
fn a_refused_text_is_kept_in_a_file_and_it_is_said_where() {
    for key in ["k", "esc", "n"] {
        let mut session = refused();
        session.keys(key);
        let Some(Effect::Keep { number, name, text }) = session.effects.last().cloned() else {
            panic!("{key}: {:?}", session.effects)
        };
        assert_eq!((name.as_str(), text.as_str()), ("seattle-weather.yaml", "{Days"), "{key}");
        // Until it is kept it is there to be kept when the program has to end.
        assert_eq!(session.app.unsaved(), [(name.clone(), text.clone())]);
        session.tell(number, Answer::Kept(Err(Failure::new("no space left"))));
        shows(&mut session, &["Edit it again?", "no space left"]);
        session.keys(key);
        let Some(Effect::Keep { number, .. }) = session.effects.last().cloned() else { panic!("{key}") };
        session.tell(number, Answer::Kept(Ok("/tmp/impala-x/seattle-weather.yaml".to_owned())));
        let expected = "What was typed is kept in /tmp/impala-x/seattle-weather.yaml";
        assert_eq!(footer(&mut session), expected);
        assert_eq!(session.app.unsaved(), []);
    }
}

#[test]
fn a_refused_text_goes_by_its_own_key_only() {
    let mut session = refused();
    session.keys("x d");
    assert_eq!(footer(&mut session), "What was typed is discarded.");
    assert!(!session.effects.iter().any(|effect| matches!(effect, Effect::Keep { .. })));
    let mut session = refused();
    session.keys("enter");
    assert!(matches!(session.effects.last(), Some(Effect::Editor { text, .. }) if text == "{Days"));
}

#[test]
fn a_refused_text_is_among_what_ctrl_c_asks_about() {
    let mut session = refused();
    session.keys("ctrl-c");
    shows(&mut session, &["Quit and discard the changes?", "What was typed in the editor was not taken."]);
    session.keys("n");
    shows(&mut session, &["Edit it again?"]);
}

/// The password is typed once more.
fn sign_in_again(session: &mut Session) {
    shows(session, &["Your session has expired"]);
    session.typed("a password");
    session.keys("enter");
}

#[test]
fn a_refused_text_is_asked_about_once_signed_in_again() {
    let text = || ("seattle-weather.yaml".to_owned(), "{Days".to_owned());
    // The session has ended while the editor was open.
    let mut session = Session::canvas(80, 24);
    session.keys("down E");
    let Some(Effect::Editor { number, .. }) = session.effects.last().cloned() else { panic!("no editor") };
    session.live(Live::Unsigned);
    session.tell(number, Answer::Edited(Ok("{Days".to_owned())));
    assert_eq!(session.app.unsaved(), [text()]);
    sign_in_again(&mut session);
    shows(&mut session, &["Edit it again?", "line 2: not YAML"]);
    session.keys("enter");
    assert!(matches!(session.effects.last(), Some(Effect::Editor { text, .. }) if text == "{Days"));
    // While it was being kept.
    let mut session = refused();
    session.keys("k");
    let Some(Effect::Keep { number, .. }) = session.effects.last().cloned() else { panic!("not kept") };
    session.live(Live::Unsigned);
    session.tell(number, Answer::Kept(Err(Failure::new("no space left"))));
    assert_eq!(session.app.unsaved(), [text()]);
    sign_in_again(&mut session);
    shows(&mut session, &["Edit it again?", "no space left"]);
    // While it was asked about: it is asked about once.
    let mut session = refused();
    session.live(Live::Unsigned);
    sign_in_again(&mut session);
    shows(&mut session, &["Edit it again?"]);
    session.keys("d");
    assert_eq!(footer(&mut session), "What was typed is discarded.");
    assert_eq!(session.app.unsaved(), []);
}

/// A form with something typed in it, on a canvas that could not be saved.
fn in_a_form() -> Session {
    let mut session = Session::canvas(80, 24);
    session.fake.refusal = Some(Failure::new("could not reach http://impala.test"));
    session.keys("down D e up ctrl-u");
    session.typed("Another");
    session
}

#[test]
fn ctrl_c_asks_once_what_is_lost_and_a_yes_ends_the_program_from_anywhere() {
    let mut session = in_a_form();
    session.keys("ctrl-c");
    shows(&mut session, &["Quit and discard the changes?", "the form was not submitted", "could not reach"]);
    session.keys("n");
    shows(&mut session, &["Another"]);
    assert!(!session.effects.contains(&Effect::Quit));
    // Also from the question of the form, and by the key itself.
    for keys in ["ctrl-c y", "esc ctrl-c y", "ctrl-c ctrl-c"] {
        let mut session = in_a_form();
        session.keys(keys);
        assert_eq!(session.effects.last(), Some(&Effect::Quit), "{keys}");
    }
    let mut session = Session::canvas(80, 24);
    session.keys("down e ctrl-c");
    assert_eq!(session.effects.last(), Some(&Effect::Quit), "nothing was changed");
}

#[test]
fn ctrl_c_waits_for_what_is_being_saved_and_not_for_ever() {
    let saving = || {
        let mut session = Session::canvas(80, 24);
        session.fake.is_silent = true;
        session.keys("down d ctrl-c");
        assert_eq!(footer(&mut session), "Saving, then quitting …");
        session
    };
    let mut session = saving();
    session.fake.is_silent = false;
    session.answer_all();
    assert_eq!(session.effects.last(), Some(&Effect::Quit));
    assert!(session.fake.canvas.block("days").is_none());
    let mut session = saving();
    session.keys("ctrl-c");
    shows(&mut session, &["Quit and discard the changes?", "It is still being saved."]);
    session.keys("y");
    assert_eq!(session.effects.last(), Some(&Effect::Quit));
}

#[test]
fn q_goes_up_by_one_screen_from_an_unsaved_canvas() {
    let mut session = in_a_form();
    session.keys("esc y q");
    shows(&mut session, &["Leave without saving?"]);
    session.keys("y");
    shows(&mut session, &["[Canvases 1]"]);
    assert!(!session.effects.contains(&Effect::Quit));
}

#[test]
fn an_upload_is_not_broken_off_unasked() {
    let mut session = open("ann/weather");
    session.keys("U");
    session.fake.is_silent = true;
    session.typed("wind.csv");
    session.keys("enter ctrl-c");
    shows(&mut session, &["The upload of wind is still running."]);
    session.keys("y");
    assert_eq!(session.effects.last(), Some(&Effect::Quit));
}

#[test]
fn the_footer_says_what_escape_cancels_and_only_while_it_does() {
    let mut session = Session::canvas(80, 24);
    assert!(!footer(&mut session).contains("esc"), "{}", session.screen());
    session.fake.is_silent = true;
    session.keys("R");
    assert!(footer(&mut session).starts_with("esc cancel the query"), "{}", session.screen());
    session.keys("m");
    assert!(footer(&mut session).contains("esc back"), "{}", session.screen());
    session.keys("esc esc");
    shows(&mut session, &["Cancelled; R asks again."]);
    session.keys("down");
    assert!(!footer(&mut session).contains("esc"), "{}", session.screen());
    let mut session = open("ann/weather");
    session.keys("U");
    assert!(footer(&mut session).contains("esc close"), "{}", session.screen());
    session.fake.is_silent = true;
    session.typed("wind.csv");
    session.keys("enter");
    let words = footer(&mut session);
    assert!(words.starts_with("esc cancel the upload") && !words.contains("⏎ upload"), "{words}");
    let number = session.waiting.last().expect("an upload").0;
    session.act(Action::Sent { number, sent: Sent { bytes: 1, bytes_total: 9, elapsed_ms: 1 } });
    session.keys("esc");
    shows(&mut session, &["The upload was cancelled; nothing has changed on the server."]);
    session.keys("tab");
    assert!(footer(&mut session).contains("esc back"), "{}", session.screen());
}

#[test]
fn escape_goes_back_from_a_list_that_is_still_loading_as_its_footer_says() {
    let goes_back = |target: &str, keys: &str, expected: &str| {
        let mut session = open(target);
        session.fake.is_silent = true;
        session.keys(keys);
        shows(&mut session, &["Loading …"]);
        assert!(footer(&mut session).contains("esc back"), "{keys}: {}", session.screen());
        session.keys("esc");
        shows(&mut session, &[expected]);
    };
    goes_back("", "enter", "Weather of the west coast");
    goes_back("ann/weather", "tab enter", "[Sources 1]");
    goes_back("ann/weather/seattle-weather", "H", "Rain by month");
}

#[test]
fn ctrl_c_asks_what_of_an_upload_form_is_lost() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("U");
    session.typed("weather.csv");
    session.keys("ctrl-c");
    assert!(session.screen().contains("The upload form was not submitted."), "{}", session.screen());
    assert!(!session.effects.contains(&Effect::Quit));
}

#[test]
fn ctrl_c_and_help_are_heard_while_tab_waits_for_the_paths() {
    let mut session = open("ann/weather");
    session.keys("U");
    session.fake.is_silent = true;
    session.typed("wi");
    session.keys("tab ctrl-g");
    shows(&mut session, &["Complete the path, or go to the next field"]);
    session.keys("esc ctrl-c");
    shows(&mut session, &["The upload form was not submitted."]);
    session.keys("n");
    // What the form understands waits until it is known what there is.
    session.keys("down x");
    session.fake.is_silent = false;
    session.answer_all();
    shows(&mut session, &["wind.csv", "x"]);
}
