//! What is told of the open project: the connection, the project itself, and what others save.

use impala_core::api::Role;

use super::support::{Session, saved};
use crate::action::{Answer, Closed, Failure, Live};
use crate::effect::Request;
use crate::look::Look;

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

fn offline() -> Live {
    Live::Offline("the server was not reached".to_owned())
}

#[test]
fn the_bar_says_offline_until_events_come_in_again() {
    let mut session = Session::canvas(120, 40);
    let online = bar(&mut session);
    session.live(offline());
    assert!(bar(&mut session).ends_with("offline · saved r1 by ann"), "{}", session.screen());
    // What was missed is asked for.
    session.other_saves(|canvas| canvas.metadata.title = "Bob's".to_owned());
    session.live(Live::Online);
    assert!(session.app.shared.messages.iter().any(|said| said.text == "connected again"));
    assert!(bar(&mut session).contains("/ Bob's"), "{}", session.screen());
    assert!(
        bar(&mut session).ends_with("saved r2 by bob") && !online.contains("offline"),
        "{}",
        session.screen()
    );
}

#[test]
fn what_could_not_be_saved_offline_is_saved_when_the_connection_is_back() {
    let mut session = Session::canvas(120, 40);
    session.fake.refusal = Some(Failure::new("the server was not reached"));
    session.live(offline());
    session.keys("down m down enter");
    assert!(bar(&mut session).contains("offline · not saved, w tries again"), "{}", session.screen());
    session.live(Live::Online);
    assert!(bar(&mut session).ends_with("saved r2 by ann"), "{}", session.screen());
}

#[test]
fn a_project_that_is_gone_is_no_lost_connection_and_is_over_on_the_list() {
    for (closed, word, sentence) in [
        (Closed::Deleted, "project deleted", "This project was deleted. q goes back."),
        (Closed::AccessLost, "access lost", "You can no longer read this project. q goes back."),
        (
            Closed::Gone,
            "project gone",
            "This project was deleted, or you can no longer read it. q goes back.",
        ),
    ] {
        for (target, back) in [("ann/weather", "q"), ("ann/weather/seattle-weather", "q q")] {
            let mut session = Session::open(target, 120, 40, Look::default(), false);
            session.live(offline());
            session.live(Live::Closed(closed));
            let screen = session.screen();
            assert!(bar(&mut session).contains(word) && !screen.contains("offline"), "{screen}");
            assert!(screen.contains(sentence), "{screen}");
            session.keys(back);
            assert!(bar(&mut session).contains("Projects"), "{}", session.screen());
            assert!(!bar(&mut session).contains(word), "{}", session.screen());
        }
    }
}

#[test]
fn offline_is_over_where_no_project_is_open() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.live(offline());
    assert!(bar(&mut session).contains("offline"), "{}", session.screen());
    session.keys("q");
    assert!(!session.screen().contains("offline"), "{}", session.screen());
}

#[test]
fn events_that_come_after_their_project_was_left_are_dropped() {
    for event in [offline(), Live::Closed(Closed::Deleted), Live::Unsigned] {
        // Both had come before either was looked at.
        let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
        let late = session.event(event);
        session.keys("q");
        let list = session.screen();
        session.act(late);
        assert_eq!(session.screen(), list);
        session.keys("enter");
        assert!(!bar(&mut session).contains("offline"), "{}", session.screen());
    }
}

#[test]
fn events_of_another_project_reach_no_canvas_of_the_same_name() {
    let deleted = || Live::Deleted("seattle-weather".to_owned());
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    let late = session.event(deleted());
    session.keys("q enter enter");
    let canvas = session.screen();
    session.act(late);
    assert_eq!(session.screen(), canvas);
    session.live(deleted());
    assert!(session.screen().contains("was deleted by someone else"), "{}", session.screen());
}

/// The row of the history that stands out, by its first letters.
fn chosen(session: &mut Session) -> String {
    session.keys("r");
    let screen = session.screen();
    session.keys("esc");
    let at = screen.find("Restore revision ").unwrap_or_else(|| panic!("no question:\n{screen}"));
    screen[at + 17..].chars().take_while(char::is_ascii_digit).collect()
}

#[test]
fn a_revision_that_is_saved_meanwhile_appears_and_the_chosen_one_stays_chosen() {
    let mut session = Session::canvas(120, 40);
    session.keys("H down");
    assert_eq!(chosen(&mut session), "1");
    session.fake.revision = 3;
    session.hear();
    assert!(session.screen().contains(" r3 "), "{}", session.screen());
    assert_eq!(chosen(&mut session), "1");
    let asked = |session: &Session| {
        session.requests.iter().filter(|request| matches!(request, Request::History(_))).count()
    };
    let before = asked(&session);
    session.hear();
    session.live(saved("other", 9));
    assert_eq!(asked(&session), before, "nothing is new");
    // Offline, some were missed.
    session.live(offline());
    session.fake.revision = 5;
    session.live(Live::Online);
    assert!(session.screen().contains(" r5 "), "{}", session.screen());
    assert_eq!(chosen(&mut session), "1");
}

const UNREACHED: &str = "could not reach the server";

/// These keys are pressed while the server is not reached, and it comes back.
fn through_an_outage(keys: &str) -> Session {
    let mut session = Session::canvas(120, 40);
    session.live(offline());
    session.fake.is_silent = true;
    session.keys(keys);
    while let Some((number, request)) = session.waiting.first().cloned() {
        session.tell(number, failed(&request));
    }
    assert!(session.screen().contains(UNREACHED), "{keys}: {}", session.screen());
    session.fake.is_silent = false;
    session.live(Live::Online);
    session
}

fn failed(request: &Request) -> Answer {
    let failure = Failure::new(UNREACHED);
    match request {
        Request::Preview(..) => Answer::Preview(Err(failure)),
        Request::Choices(_, parameter) => Answer::Choices(parameter.name.clone(), Err(failure)),
        Request::Stats(..) => Answer::Stats(Err(failure)),
        other => panic!("{other:?} is not asked for by a form"),
    }
}

#[test]
fn open_panels_ask_again_when_the_server_is_reached_again() {
    for (keys, expected) in [
        ("down down e down ctrl-u w i n d space > space 3", "Rain by month"),
        ("a", "Proposed"),
        ("f", "An empty field is the default."),
        ("F n down down down down w e a t h e r", "5 choices: drizzle"),
    ] {
        let mut session = through_an_outage(keys);
        let screen = session.screen();
        assert!(!screen.contains(UNREACHED) && screen.contains(expected), "{keys}: {screen}");
    }
}

#[test]
fn a_form_that_failed_offline_is_kept_without_a_question_afterwards() {
    let mut session = through_an_outage("down down e down ctrl-u w i n d space > space 3");
    session.keys("ctrl-s");
    let screen = session.screen();
    assert!(!screen.contains("Keep a block that fails?") && !screen.contains("Edit chart"), "{screen}");
    assert_eq!(session.fake.revision, 2, "{screen}");
}

#[test]
fn another_role_is_said_and_holds_at_once_in_both_directions() {
    let mut session = Session::canvas(80, 24);
    session.live(Live::Role(Role::Viewer));
    let screen = session.screen();
    assert!(screen.contains("Your role in this project is viewer now."), "{screen}");
    session.keys("a");
    assert!(session.screen().contains("This is read-only here."), "{}", session.screen());
    session.live(Live::Role(Role::Editor));
    assert!(session.screen().contains("Your role in this project is editor now."), "{}", session.screen());
    session.keys("a");
    assert!(session.screen().contains("Add a block"), "{}", session.screen());
    // An event that tells nothing new is not worth a word.
    session.keys("esc");
    session.live(Live::Role(Role::Editor));
    assert!(!session.screen().contains("Your role"), "{}", session.screen());
}

#[test]
fn what_is_duplicated_offline_is_asked_for_once_the_server_is_reached_again() {
    let mut session = Session::canvas(80, 40);
    session.live(offline());
    session.fake.is_silent = true;
    session.keys("down down D");
    while let Some((number, request)) = session.waiting.first().cloned() {
        let failure = Failure::new(UNREACHED);
        session.tell(
            number,
            match request {
                Request::Draft(..) => Answer::Data(Err(failure)),
                _ => Answer::Saved(Err(failure)),
            },
        );
    }
    let screen = session.screen();
    assert!(
        screen.contains("server not reached · waiting for it") && !screen.contains("cancelled"),
        "{screen}"
    );
    session.fake.is_silent = false;
    session.live(Live::Online);
    let screen = session.screen();
    assert!(!screen.contains("not reached") && screen.contains("saved r2"), "{screen}");
}

#[test]
fn a_revision_that_is_looked_at_offline_is_asked_for_again_too() {
    let mut session = Session::canvas(80, 40);
    session.keys("H");
    session.live(offline());
    session.fake.is_silent = true;
    session.keys("enter");
    while let Some((number, _)) = session.waiting.first().cloned() {
        session.tell(number, Answer::Data(Err(Failure::new(UNREACHED))));
    }
    assert!(session.screen().contains("server not reached"), "{}", session.screen());
    session.fake.is_silent = false;
    session.live(Live::Online);
    assert!(!session.screen().contains("not reached"), "{}", session.screen());
}

#[test]
fn a_canvas_that_could_not_be_loaded_is_asked_for_again() {
    let mut session = Session::open("ann/weather", 80, 40, Look::default(), false);
    session.live(offline());
    session.fake.is_silent = true;
    session.keys("enter");
    while let Some((number, request)) = session.waiting.first().cloned() {
        let failure = Failure::new(UNREACHED);
        session.tell(
            number,
            match request {
                Request::Canvas(_) => Answer::Canvas(Err(failure)),
                _ => Answer::Project(Err(failure)),
            },
        );
    }
    let screen = session.screen();
    assert!(screen.contains("not loaded") && screen.matches(UNREACHED).count() == 1, "{screen}");
    session.fake.is_silent = false;
    session.live(Live::Online);
    assert!(session.screen().contains("Rain by month"), "{}", session.screen());
}
