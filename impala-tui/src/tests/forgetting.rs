//! What was asked and nobody waits for any more is given up, so that the server stops working on it.

use impala_core::source::SourceVersion;

use super::support::{Session, source};
use crate::action::{Answer, Failure, Live};
use crate::effect::Request;
use crate::look::Look;

/// The numbers of what is waited for and makes a server work.
fn working(session: &Session) -> Vec<u64> {
    let is_work = |request: &Request| {
        matches!(
            request,
            Request::Canvas(..)
                | Request::Project(..)
                | Request::History(..)
                | Request::Source(..)
                | Request::Versions(..)
                | Request::Revision(..)
                | Request::Draft(..)
                | Request::Preview(..)
                | Request::Stats(..)
                | Request::Rows { .. }
                | Request::Choices(..)
        )
    };
    session.waiting.iter().filter(|(_, request)| is_work(request)).map(|(number, _)| *number).collect()
}

/// The blocks whose answers are waited for.
fn blocks(session: &Session) -> usize {
    session.waiting.iter().filter(|(_, request)| matches!(request, Request::Draft(..))).count()
}

#[test]
fn leaving_gives_up_what_was_asked_there() {
    let check = |target: &str, keys: &str, way: &str| {
        let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
        session.keys(target);
        session.fake.is_silent = true;
        session.keys(keys);
        let before = working(&session);
        assert!(!before.is_empty(), "{keys}: {:?}", session.waiting);
        session.keys(way);
        let after = working(&session);
        assert!(!after.iter().any(|number| before.contains(number)), "{keys} {way}: {}", session.screen());
    };
    // A canvas, as it is and as it was; its forms and panels; a source.
    check("enter", "R", "q");
    check("", "enter", "q");
    check("enter H down", "enter", "q");
    check("enter g down e", "down ctrl-u n o w", "esc y");
    check("enter", "a", "esc");
    check("enter", "f", "esc");
    check("enter", "f", "enter");
    check("tab", "enter", "q");
    check("tab enter tab", "R", "q");
    // A command of a screen below, and signing out.
    check("enter", "R", ": upload enter");
    check("enter", "R", ": signout enter y");
}

#[test]
fn what_is_asked_again_and_again_is_under_way_once() {
    let count = |session: &Session, is_it: fn(&Request) -> bool| {
        session.waiting.iter().filter(|(_, request)| is_it(request)).count()
    };
    // A job uploads a hundred sources while a canvas is open, and one of them while that is looked at.
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    for number in 0..100 {
        session.live(Live::Source(format!("source-{number}")));
    }
    session.keys("R R");
    assert_eq!(count(&session, |request| matches!(request, Request::Project(_))), 1);
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter");
    session.fake.is_silent = true;
    for _ in 0..100 {
        session.live(Live::Source("weather".to_owned()));
    }
    session.keys("R R");
    let kinds: [fn(&Request) -> bool; 4] = [
        |request| matches!(request, Request::Source(..)),
        |request| matches!(request, Request::Stats(..)),
        |request| matches!(request, Request::Versions(..)),
        |request| matches!(request, Request::Rows { .. }),
    ];
    assert_eq!(kinds.map(|kind| count(&session, kind)), [1; 4], "{:?}", session.waiting);
}

#[test]
fn a_version_that_is_made_current_is_not_given_up_for_the_event_that_tells_of_it() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter");
    session.fake.is_silent = true;
    session.keys("R");
    let number_of = |session: &Session, is_it: fn(&Request) -> bool| {
        session.waiting.iter().find(|(_, request)| is_it(request)).expect("a question").0
    };
    let current = source(session.fake.names).current;
    let older = SourceVersion { version: 0, ..current.clone() };
    let number = number_of(&session, |request| matches!(request, Request::Versions(..)));
    session.tell(number, Answer::Versions(Ok(vec![current, older])));
    session.keys("shift-tab G b enter");
    let number = number_of(&session, |request| matches!(request, Request::RollBack(..)));
    session.live(Live::Source("weather".to_owned()));
    assert!(session.waiting.iter().any(|(asked, _)| *asked == number), "{:?}", session.waiting);
    session.tell(number, Answer::Source(Err(Failure::new("the disk is full"))));
    assert!(session.screen().contains("the disk is full"), "{}", session.screen());
}

#[test]
fn an_answer_that_is_under_way_when_waiting_is_given_up_leads_nowhere() {
    let check = |target: &str, keys: &str, is_asked: fn(&Request) -> bool| {
        let mut session = Session::open(target, 80, 24, Look::default(), false);
        session.fake.is_silent = true;
        session.keys(keys);
        let asked = session.waiting.iter().find(|(_, request)| is_asked(request)).cloned();
        let (number, request) = asked.unwrap_or_else(|| panic!("{keys}: {:?}", session.waiting));
        session.keys("esc");
        let screen = session.screen();
        assert!(screen.contains("Stopped waiting"), "{keys}: {screen}");
        let answer = session.fake.answer(&request);
        session.tell(number, answer);
        assert_eq!(session.screen(), screen, "{keys}");
        assert!(!session.app.is_dirty, "{keys}");
    };
    check("", "n fog enter", |request| matches!(request, Request::CreateProject(..)));
    check("ann/weather", "n fog enter", |request| matches!(request, Request::CreateCanvas(..)));
    check("ann/weather", "d y", |request| matches!(request, Request::DeleteCanvas(..)));
    check("ann/weather", "tab tab n cy enter", |request| matches!(request, Request::SetMember(..)));
}

#[test]
fn a_save_that_is_on_its_way_is_never_given_up() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("down d q");
    let is_save = |request: &Request| matches!(request, Request::Save(..));
    assert!(session.waiting.iter().any(|(_, request)| is_save(request)), "{:?}", session.waiting);
    session.answer_some(is_save);
    assert!(session.fake.canvas.block("days").is_none());
    session.fake.is_silent = false;
    session.answer_all();
    assert!(!session.screen().contains("Seattle weather / "), "it is left then: {}", session.screen());
}

#[test]
fn escape_cancels_the_query_of_a_zoomed_block_first_and_goes_back_then() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down enter");
    let footer = |session: &mut Session| session.screen().lines().last().unwrap_or_default().to_owned();
    assert!(footer(&mut session).contains("esc back"), "{}", session.screen());
    session.fake.is_silent = true;
    session.keys("R");
    assert!(footer(&mut session).trim().starts_with("esc cancel the query"), "{}", session.screen());
    session.keys("esc");
    assert_eq!(blocks(&session), 0);
    assert!(session.screen().contains("/ Rain by month"), "still zoomed: {}", session.screen());
    assert!(footer(&mut session).contains("Cancelled; R asks again."), "{}", session.screen());
    session.keys("esc");
    assert!(!session.screen().contains("/ Rain by month"), "{}", session.screen());
    // What others wait for is no reason to stay.
    session.keys("R");
    let answered: Vec<String> = vec!["rain".to_owned()];
    session.answer_some(|request| matches!(request, Request::Draft(_, draft) if draft.blocks == answered));
    assert!(blocks(&session) > 0);
    session.keys("enter esc");
    assert!(blocks(&session) > 0 && !session.screen().contains("/ Rain by month"), "{}", session.screen());
}
