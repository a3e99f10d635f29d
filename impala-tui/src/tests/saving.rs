//! How saving stands: what the bar says while a server takes its time, what becomes of an edit whose canvas someone deletes, and
//! conflicts in several blocks.

use impala_core::Canvas;

use super::support::Session;
use crate::action::{Answer, Live};
use crate::effect::{Effect, Request};

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

fn is_save(request: &Request) -> bool {
    matches!(request, Request::Save(..))
}

#[test]
fn the_bar_says_that_it_saves_and_that_it_merges() {
    let mut session = Session::canvas(120, 40);
    session.other_saves(|canvas| canvas.spec.blocks.retain(|block| block.id != "wind"));
    session.fake.is_silent = true;
    session.keys("down d");
    assert!(bar(&mut session).ends_with(" saving …"), "{}", session.screen());
    // Someone else was first.
    session.answer_some(is_save);
    assert!(bar(&mut session).ends_with(" merging with someone's save …"), "{}", session.screen());
    session.answer_some(|request| matches!(request, Request::Canvas(_)));
    assert!(bar(&mut session).ends_with(" saving …"), "{}", session.screen());
    session.fake.is_silent = false;
    session.answer_all();
    assert!(bar(&mut session).ends_with(" saved r3 by ann"), "{}", session.screen());
    let is_there = |id: &str| session.fake.canvas.block(id).is_some();
    assert!(!is_there("days") && !is_there("wind"), "both are kept");
}

/// The canvas was deleted at its second revision while it was open.
fn deleted() -> Session {
    let mut session = Session::canvas(120, 40);
    session.keys("down m right enter g");
    assert!(bar(&mut session).ends_with(" saved r2 by ann"), "{}", session.screen());
    session.fake.is_deleted = true;
    session.live(Live::Deleted("seattle-weather".to_owned()));
    session
}

#[test]
fn a_canvas_that_someone_deletes_stays_here_and_is_created_again_by_a_key_only() {
    let mut session = deleted();
    assert!(session.screen().contains("This canvas was deleted by someone else."), "{}", session.screen());
    session.keys("down d");
    assert!(bar(&mut session).ends_with(" deleted, w creates it again"), "{}", session.screen());
    // The footer offers it as soon as it says nothing else.
    session.keys("g");
    let screen = session.screen();
    assert!(screen.lines().last().is_some_and(|footer| footer.contains("w create again")), "{screen}");
    let saves = session.requests.iter().filter(|request| is_save(request)).count();
    assert_eq!(saves, 1, "there is nothing to save it over");
    let kept = session.app.unsaved();
    assert!(kept.len() == 1 && !kept[0].1.contains("id: days"), "{kept:?}");
    session.keys("q");
    assert!(session.screen().contains("Someone else deleted this canvas."), "{}", session.screen());
    session.keys("n");
    // Neither another edit nor a new connection brings back what someone deleted.
    session.live(Live::Offline("no route".to_owned()));
    session.live(Live::Online);
    session.keys("u");
    assert!(session.fake.is_deleted);
    session.keys("w");
    assert!(bar(&mut session).ends_with(" saved r1 by ann"), "{}", session.screen());
    assert!(!session.fake.is_deleted && session.fake.canvas.block("days").is_some());
    session.keys("down d");
    assert!(bar(&mut session).ends_with(" saved r2 by ann"), "{}", session.screen());
}

#[test]
fn an_edit_of_a_canvas_that_is_deleted_meanwhile_is_not_lost() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_deleted = true;
    // No event has come yet.
    session.keys("down d");
    assert!(bar(&mut session).ends_with(" deleted, w creates it again"), "{}", session.screen());
    session.keys("w");
    assert!(session.fake.canvas.block("days").is_none() && !session.fake.is_deleted);
    assert!(bar(&mut session).ends_with(" saved r1 by ann"), "{}", session.screen());
}

#[test]
fn an_edit_meets_the_canvas_that_someone_else_has_created_again() {
    let mut session = deleted();
    session.keys("down d");
    session.fake.create();
    session.other_saves(|canvas| canvas.spec.blocks.retain(|block| block.id != "wind"));
    session.hear();
    let is_there = |id: &str| session.fake.canvas.block(id).is_some();
    assert!(!is_there("days") && !is_there("wind"), "{:?}", session.fake.canvas);
    assert!(bar(&mut session).ends_with(" saved r2 by ann"), "{}", session.screen());
}

/// Bob creates the canvas again, with a title of his own.
fn created_by_bob(session: &mut Session) {
    session.fake.create();
    session.other_saves(|canvas| canvas.metadata.title = "Bob's".to_owned());
}

#[test]
fn a_block_in_hand_does_not_overwrite_what_someone_else_has_created_again() {
    for keys in ["enter", "esc", "down enter"] {
        let mut session = Session::canvas(120, 40);
        session.keys("down m right");
        session.fake.is_deleted = true;
        session.live(Live::Deleted("seattle-weather".to_owned()));
        created_by_bob(&mut session);
        session.hear();
        session.keys(keys);
        assert_eq!(session.fake.canvas.title(), "Bob's", "{keys}");
        let moved = session.place("days").x;
        assert_eq!(moved, u32::from(keys != "esc"), "{keys}: {}", session.screen());
        assert!(bar(&mut session).contains(" saved r"), "{keys}: {}", session.screen());
    }
}

#[test]
fn a_canvas_that_is_gone_or_another_one_is_seen_without_an_event() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m right enter g");
    reconnect(&mut session);
    assert!(bar(&mut session).ends_with(" saved r2 by ann"), "{}", session.screen());
    // It counts from 1 again.
    created_by_bob(&mut session);
    session.keys("R");
    assert!(bar(&mut session).ends_with(" saved r1 by bob"), "{}", session.screen());
    session.fake.is_deleted = true;
    reconnect(&mut session);
    let screen = session.screen();
    assert!(bar(&mut session).ends_with(" deleted, w creates it again"), "{screen}");
    session.keys("w");
    assert!(bar(&mut session).ends_with(" saved r1 by ann"), "{}", session.screen());
}

#[test]
fn what_was_asked_before_a_deletion_says_nothing_of_what_came_after_it() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("R");
    let late = session.waiting.iter().find(|(_, request)| matches!(request, Request::Canvas(_)));
    let number = late.expect("it is asked for").0;
    let answer = session.fake.answer(&session.waiting[0].1.clone());
    session.live(Live::Deleted("seattle-weather".to_owned()));
    session.tell(number, answer);
    assert!(bar(&mut session).ends_with(" deleted, w creates it again"), "{}", session.screen());
}

#[test]
fn a_canvas_that_is_deleted_before_it_was_loaded_may_come_back() {
    let mut session = Session::open("ann/weather", 120, 40, crate::look::Look::default(), false);
    session.fake.is_silent = true;
    session.keys("enter");
    session.fake.is_deleted = true;
    session.live(Live::Deleted("seattle-weather".to_owned()));
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("there is no such canvas"), "{}", session.screen());
    created_by_bob(&mut session);
    session.hear();
    assert!(bar(&mut session).ends_with(" saved r1 by bob"), "{}", session.screen());
    session.keys("down m right enter");
    assert!(bar(&mut session).ends_with(" saved r2 by ann"), "{}", session.screen());
}

fn set_title(canvas: &mut Canvas, id: &str, title: &str) {
    let block = canvas.spec.blocks.iter_mut().find(|block| block.id == id).expect("a block");
    block.title = Some(title.to_owned());
}

/// The titles of the first two blocks that have one.
fn titles(session: &Session) -> [String; 2] {
    let title = |id: &str| session.fake.canvas.block(id).and_then(|block| block.title.clone());
    ["days", "wettest"].map(|id| title(id).unwrap_or_default())
}

#[test]
fn each_block_of_a_conflict_goes_to_its_own_side() {
    let mut session = Session::canvas(120, 40);
    // Both are changed here before anything is saved.
    session.fake.is_silent = true;
    for (keys, title) in [("down", "Ann's days"), ("right", "Ann's wettest")] {
        session.keys(&format!("{keys} e up ctrl-u"));
        session.typed(title);
        session.keys("ctrl-s");
        session.answer_some(|request| matches!(request, Request::Preview(..)));
    }
    session.fake.is_silent = false;
    session.other_saves(|canvas| {
        set_title(canvas, "days", "Bob's days");
        set_title(canvas, "wettest", "Bob's wettest");
    });
    session.answer_all();
    assert!(session.screen().contains("Changed on both sides"), "{}", session.screen());
    // The first stays mine, the second becomes theirs.
    session.keys("down space enter");
    assert_eq!(titles(&session), ["Ann's days", "Bob's wettest"], "{}", session.screen());
    // Undo is the other decision for each.
    session.keys("u");
    assert_eq!(titles(&session), ["Bob's days", "Ann's wettest"]);
}

/// The whole canvas is given to the editor: the number of that, and the text with both titles as Ann's.
fn in_editor(session: &mut Session) -> (u64, String) {
    session.keys(": wholecanvas enter");
    let editor = session.effects.iter().rev().find_map(|effect| match effect {
        Effect::Editor { number, text } => Some((*number, text.clone())),
        _ => None,
    });
    let (number, text) = editor.expect("an editor");
    let text = text.replace("title: Days", "title: Ann's days");
    (number, text.replace("title: Wettest day", "title: Ann's wettest"))
}

/// The editor gives back both titles as Ann's, while Bob has saved the first.
fn edited_on_both_sides() -> Session {
    let mut session = Session::canvas(120, 40);
    let (number, text) = in_editor(&mut session);
    session.other_saves(|canvas| set_title(canvas, "days", "Bob's days"));
    session.hear();
    session.tell(number, Answer::Edited(Ok(text)));
    assert!(session.screen().contains("Changed on both sides"), "{}", session.screen());
    session
}

#[test]
fn what_someone_saves_while_a_conflict_is_decided_is_asked_about_too() {
    let mut session = edited_on_both_sides();
    session.other_saves(|canvas| set_title(canvas, "wettest", "Bob's wettest"));
    session.hear();
    session.keys("enter");
    let screen = session.screen();
    assert!(
        screen.contains("Changed on both sides") && screen.contains("has saved more changes"),
        "{screen}"
    );
    assert_eq!(titles(&session), ["Bob's days", "Bob's wettest"], "nothing is decided yet");
    session.keys("down space enter");
    assert_eq!(titles(&session), ["Ann's days", "Bob's wettest"], "{}", session.screen());
    // The same part, changed once more, is not overwritten unseen either; what was marked stays so.
    let mut session = edited_on_both_sides();
    session.keys("space");
    session.other_saves(|canvas| set_title(canvas, "days", "Bob's best days"));
    session.hear();
    session.keys("enter");
    assert!(session.screen().contains("Bob's best days"), "{}", session.screen());
    session.keys("enter");
    assert_eq!(titles(&session), ["Bob's best days", "Ann's wettest"], "{}", session.screen());
}

fn is_asked(session: &mut Session) -> bool {
    session.screen().contains("Changed on both sides")
}

fn reconnect(session: &mut Session) {
    session.live(Live::Offline("no route".to_owned()));
    session.live(Live::Online);
}

/// The password is typed once more.
fn sign_in_again(session: &mut Session) {
    session.typed("a password");
    session.keys("enter");
}

#[test]
fn a_conflict_that_was_put_off_comes_back_by_its_key_only() {
    let mut session = edited_on_both_sides();
    session.keys("esc g e");
    let form = session.screen();
    reconnect(&mut session);
    session.keys("esc");
    assert!(!is_asked(&mut session), "{}", session.screen());
    session.keys("e");
    assert_eq!(session.screen(), form);
    session.live(Live::Unsigned);
    sign_in_again(&mut session);
    assert_eq!(session.screen(), form);
    session.keys("esc w m");
    assert_eq!(titles(&session), ["Ann's days", "Ann's wettest"], "{}", session.screen());
}

#[test]
fn a_conflict_is_asked_about_once_whatever_the_connection_does() {
    let mut session = edited_on_both_sides();
    reconnect(&mut session);
    session.live(Live::Unsigned);
    sign_in_again(&mut session);
    assert!(is_asked(&mut session), "{}", session.screen());
    session.keys("m");
    assert!(!is_asked(&mut session), "{}", session.screen());
    assert_eq!(titles(&session), ["Ann's days", "Ann's wettest"]);
}

#[test]
fn a_conflict_out_of_the_editor_waits_until_one_is_signed_in_again() {
    let mut session = Session::canvas(120, 40);
    let (number, text) = in_editor(&mut session);
    session.other_saves(|canvas| set_title(canvas, "days", "Bob's days"));
    session.hear();
    session.live(Live::Unsigned);
    session.tell(number, Answer::Edited(Ok(text)));
    assert!(session.screen().contains("Your session has expired"), "{}", session.screen());
    sign_in_again(&mut session);
    assert!(is_asked(&mut session), "{}", session.screen());
    session.keys("m");
    assert_eq!(titles(&session), ["Ann's days", "Ann's wettest"], "{}", session.screen());
}
