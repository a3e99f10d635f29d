//! Each block is asked by itself: what is drawn when, what is asked again, and what is said when nothing comes.

use impala_core::{Canvas, Place, document};

use super::support::Session;
use crate::action::{Action, Answer, Failure, Live};
use crate::effect::Request;

/// The block that a question is to.
fn asked(request: &Request) -> Option<&str> {
    match request {
        Request::Draft(_, draft) => draft.blocks.first().map(String::as_str),
        _ => None,
    }
}

/// The blocks that are asked now.
fn waiting(session: &Session) -> Vec<&str> {
    session.waiting.iter().filter_map(|(_, request)| asked(request)).collect()
}

fn add_table(canvas: &mut Canvas, id: &str, source: &str) {
    let fields = serde_json::json!({"id": id, "type": "table", "source": source, "title": id});
    let (block, _) = document::read_block_and_place(&fields).expect("a block");
    canvas.add(block, Some(Place::new(0, 0, 24, 4)));
}

/// Someone has added twelve tables, and nothing is answered by itself any more.
fn twelve_more() -> Session {
    let mut session = Session::canvas(120, 60);
    session.other_saves(|canvas| (0..12).for_each(|n| add_table(canvas, &format!("t{n}"), "weather")));
    session.fake.is_silent = true;
    session.hear();
    session.answer_some(|request| asked(request).is_none());
    session
}

#[test]
fn a_slow_block_holds_up_no_other() {
    let mut session = twelve_more();
    assert_eq!(waiting(&session).len(), 8, "so many at once, and only those that are new");
    assert!(waiting(&session).iter().all(|id| id.starts_with('t')));
    let slow = waiting(&session)[0].to_owned();
    session.answer_some(|request| asked(request) != Some(&slow));
    assert_eq!(waiting(&session), [&slow]);
    let screen = session.screen();
    assert!(screen.contains("loading 1"), "{screen}");
    assert_eq!(
        screen.lines().filter(|line| line.trim_matches([' ', '│', '┃', '▐']) == "…").count(),
        1,
        "{screen}"
    );
}

#[test]
fn what_has_the_focus_is_asked_first_and_then_what_is_seen() {
    let mut session = twelve_more();
    session.act(Action::Resize(120, 20));
    session.keys("G");
    let last = session.fake.canvas.spec.blocks.last().expect("a block").id.clone();
    session.keys("R");
    session.answer_some(|request| asked(request).is_none());
    session.answer_some(|request| asked(request).is_some_and(|id| id.starts_with('t')));
    let order: Vec<&str> = session.requests.iter().rev().filter_map(asked).collect();
    let all = session.fake.canvas.spec.blocks.iter().filter(|block| block.from().is_some()).count();
    assert_eq!(order[all - 1], last, "{order:?}");
}

#[test]
fn what_is_stopped_says_so_until_it_is_asked_again() {
    let mut session = twelve_more();
    let slow = waiting(&session)[0].to_owned();
    session.answer_some(|request| asked(request) != Some(&slow));
    session.keys("esc");
    assert!(waiting(&session).is_empty());
    let screen = session.screen();
    assert_eq!(screen.matches("cancelled · R asks again").count(), 1, "{screen}");
    assert!(!screen.contains("loading") && screen.contains("Cancelled; R asks again."), "{screen}");
    session.app.shared.message = None;
    session.keys("R");
    assert!(!session.screen().contains("asks again"));
    session.fake.is_silent = false;
    session.answer_all();
    assert!(!session.screen().contains("loading"));
}

#[test]
fn an_older_answer_that_is_not_renewed_stays_on_the_canvas_and_in_zoom() {
    let mut session = Session::canvas(120, 60);
    session.keys("down down");
    let before = session.screen();
    session.fake.is_silent = true;
    session.keys("R esc");
    let screen = session.screen();
    assert!(screen.contains("cancelled · R asks again"), "{screen}");
    let middle = |screen: &str| screen.lines().nth(16).map(str::to_owned);
    assert_eq!(middle(&screen), middle(&before));
    session.keys("enter");
    assert_eq!(session.screen().matches("cancelled · R asks again").count(), 1, "{}", session.screen());
}

#[test]
fn that_the_server_is_gone_is_said_once_and_asks_nothing_more() {
    let mut session = twelve_more();
    let number = session.waiting.iter().find(|(_, request)| asked(request).is_some()).expect("a question").0;
    session.tell(number, Answer::Data(Err(Failure::new("could not reach http://impala.test"))));
    assert!(waiting(&session).is_empty());
    let screen = session.screen();
    assert_eq!(screen.matches("could not reach").count(), 1, "{screen}");
    assert!(screen.matches("server not reached · R asks again").count() > 4, "{screen}");
    // What fails of one block alone is said in that block.
    let mut session = twelve_more();
    let number = session.waiting.iter().find(|(_, request)| asked(request).is_some()).expect("a question").0;
    let failure = Failure { status: Some(504), ..Failure::new("the gateway gave up") };
    session.tell(number, Answer::Data(Err(failure)));
    assert_eq!(waiting(&session).len(), 8);
    assert!(session.screen().contains("✗ the gateway gave up"), "{}", session.screen());
}

#[test]
fn a_session_that_has_ended_is_asked_about_once() {
    let mut session = twelve_more();
    let numbers: Vec<u64> = session.waiting.iter().map(|(number, _)| *number).collect();
    for number in numbers {
        let failure = Failure { status: Some(401), ..Failure::new("not signed in") };
        session.tell(number, Answer::Data(Err(failure)));
    }
    session.keys("ctrl-q esc");
    assert!(waiting(&session).is_empty());
}

#[test]
fn a_new_version_of_a_source_renews_the_blocks_of_that_source() {
    let mut session = Session::canvas(120, 60);
    session.other_saves(|canvas| add_table(canvas, "fog", "fogs"));
    session.hear();
    session.fake.is_silent = true;
    session.live(Live::Source("nothing".to_owned()));
    assert!(waiting(&session).is_empty());
    session.live(Live::Source("fogs".to_owned()));
    assert_eq!(waiting(&session), ["fog"]);
    session.live(Live::Source("weather".to_owned()));
    assert_eq!(waiting(&session).len(), 8);
    assert!(session.waiting.iter().all(|(_, request)| asked(request) != Some("intro")));
}

#[test]
fn another_look_is_not_asked_again_and_another_question_is() {
    let mut session = Session::canvas(120, 60);
    let ask = |session: &mut Session, change: fn(&mut Canvas)| {
        session.fake.is_silent = false;
        session.other_saves(change);
        session.fake.is_silent = true;
        session.hear();
        session.answer_some(|request| asked(request).is_none());
        waiting(session).iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };
    let none = ask(&mut session, |canvas| canvas.spec.blocks[1].title = Some("Another".to_owned()));
    assert!(none.is_empty(), "{none:?}");
    let one = ask(&mut session, |canvas| {
        let block = canvas.spec.blocks.iter_mut().find(|block| block.id == "rain").expect("a block");
        let mut fields = serde_json::to_value(&*block).expect("JSON");
        fields["filter"] = serde_json::json!("wind > 3");
        *block = document::read_block(&fields).expect("a block");
    });
    assert_eq!(one, ["rain"]);
}

#[test]
fn an_answer_to_an_earlier_question_is_dropped() {
    let mut session = Session::canvas(120, 60);
    session.fake.is_silent = true;
    session.keys("R");
    let (number, request) =
        session.waiting.iter().find(|(_, one)| asked(one).is_some()).expect("one").clone();
    session.keys("R");
    let before = session.screen();
    let answer = session.fake.answer(&request);
    session.tell(number, answer);
    assert!(!session.app.is_dirty);
    assert_eq!(session.screen(), before);
}

#[test]
fn a_table_on_the_whole_screen_says_where_its_rows_come_from_and_rounds_as_the_canvas_does() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter");
    let screen = session.screen();
    assert!(
        screen
            .lines()
            .any(|line| line.starts_with('╰') && line.contains(" weather@1 · 1,461 rows read · 4 ms ")),
        "{screen}"
    );
    for number in [" 0.0 ", " 1.5 ", " 3.0 "] {
        assert!(screen.contains(number), "{number} is not on:\n{screen}");
    }
}

#[test]
fn a_border_says_all_that_it_has_to_say_or_leaves_it_out_whole() {
    for width in 60..200 {
        let mut session = Session::canvas(width, 60);
        session.fake.is_silent = true;
        session.keys("R esc");
        session.app.shared.message = None;
        let screen = session.screen();
        assert!(screen.contains("cancelled · R asks again"), "{width}:\n{screen}");
        // A number is seen with its source before it, or not at all.
        let read = screen.matches("rows read").count();
        assert_eq!(read, screen.matches("weather@1 · 1,461 rows read").count(), "{width}:\n{screen}");
    }
}

#[test]
fn a_block_shows_that_its_answer_is_to_an_earlier_question() {
    let mut session = Session::canvas(120, 60);
    session.fake.is_silent = true;
    session.keys("down down e down ctrl-u");
    session.typed("wind > 3");
    session.keys("ctrl-s ctrl-s y");
    assert_eq!(session.screen().matches("older answer · loading …").count(), 1, "{}", session.screen());
    session.fake.is_silent = false;
    session.answer_all();
    assert!(!session.screen().contains("older answer"), "{}", session.screen());
    // Asking the same again shows the same.
    session.fake.is_silent = true;
    session.keys("R");
    assert!(!session.screen().contains("older answer"), "{}", session.screen());
}
