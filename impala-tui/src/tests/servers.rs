//! Switching to another server or profile, with credentials that are kept or by signing in there.

use super::support::Session;
use crate::action::Failure;
use crate::effect::{Effect, Request};

const HERE: &str = "http://impala.test";
const WORK: &str = "http://other.test (profile work)";
const DOWN: &str = "http://down.test";

/// Someone who knows three servers, with credentials of the first two.
fn open(target: &str) -> Session {
    let mut session = Session::of(target, |shared| {
        shared.servers = [HERE, WORK, DOWN].map(str::to_owned).to_vec();
    });
    session.fake.kept = [
        (HERE, Ok("ann")),
        (WORK, Ok("ann-at-work")),
        (DOWN, Err(Failure::new("could not reach http://down.test"))),
    ]
    .into();
    session
}

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn credentials_that_are_kept_lead_to_the_other_server_and_back_without_a_password() {
    let mut session = open("ann/weather/seattle-weather");
    session.keys("S");
    assert!(session.screen().contains(&format!("│ ● {HERE} ")), "{}", session.screen());
    session.keys("down enter");
    assert!(bar(&mut session).ends_with(&format!("ann-at-work at {WORK}")), "{}", session.screen());
    assert!(
        session.screen().contains(&format!("Switched to {WORK} as ann-at-work.")),
        "{}",
        session.screen()
    );
    assert!(session.effects.contains(&Effect::Server(WORK.to_owned())));
    assert!(session.effects.contains(&Effect::Follow(None)), "events of the other server are over");
    session.keys("S up enter");
    assert!(bar(&mut session).ends_with(&format!("ann at {HERE}")), "{}", session.screen());
    let is_out = |request: &Request| matches!(request, Request::SignOut | Request::SignIn { .. });
    assert!(!session.requests.iter().any(is_out), "neither signed out nor in");
}

#[test]
fn without_valid_credentials_it_is_signed_in_there_and_escape_goes_back() {
    let mut session = open("ann/weather/seattle-weather");
    session.fake.kept.remove(WORK);
    session.keys("S down enter");
    let screen = session.screen();
    assert!(screen.contains("No valid credentials are stored for this server."), "{screen}");
    assert!(screen.contains(&format!("Server     {WORK}")) && screen.contains("esc back"), "{screen}");
    session.keys("esc");
    assert!(bar(&mut session).contains("Seattle weather"), "{}", session.screen());
    assert!(!session.effects.contains(&Effect::Server(WORK.to_owned())));
    session.keys("S down enter");
    session.typed("bob");
    session.keys("down");
    session.typed("secret words");
    session.keys("enter");
    assert!(bar(&mut session).ends_with(&format!("bob at {WORK}")), "{}", session.screen());
}

#[test]
fn a_server_that_is_not_reached_is_said_where_it_was_chosen() {
    let mut session = open("ann/weather");
    session.keys("S G enter");
    assert!(session.screen().contains("could not reach http://down.test"), "{}", session.screen());
    session.keys("up");
    assert!(!session.screen().contains("could not reach"), "{}", session.screen());
    session.keys("esc");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
}

#[test]
fn an_answer_that_is_not_waited_for_changes_no_server() {
    let mut session = open("ann/weather");
    session.fake.is_silent = true;
    session.keys("S down enter");
    assert!(session.screen().contains("stops waiting"), "{}", session.screen());
    session.keys("esc");
    session.fake.is_silent = false;
    session.answer_all();
    session.keys("esc");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
    assert!(!session.effects.contains(&Effect::Server(WORK.to_owned())));
}

#[test]
fn a_change_that_is_not_saved_is_asked_about_first() {
    let mut session = open("ann/weather/seattle-weather");
    session.fake.refusal = Some(Failure::new("the disk is full"));
    session.keys("down m down enter S");
    let screen = session.screen();
    assert!(screen.contains("Switch the server and discard the changes?"), "{screen}");
    assert!(screen.contains("the disk is full"), "{screen}");
    session.keys("enter");
    assert!(bar(&mut session).contains("not saved"), "{}", session.screen());
    session.keys("S y down enter");
    assert!(bar(&mut session).ends_with(&format!("ann-at-work at {WORK}")), "{}", session.screen());
}

#[test]
fn a_question_in_front_of_the_list_stays_when_the_credentials_turn_out_to_be_invalid() {
    let mut session = open("ann/weather/seattle-weather");
    session.fake.kept.remove(WORK);
    session.fake.refusal = Some(Failure::new("the disk is full"));
    session.keys("down m down enter S y down");
    session.fake.is_silent = true;
    session.keys("enter ctrl-c");
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("Quit and discard the changes?"), "{}", session.screen());
    session.keys("n");
    let screen = session.screen();
    assert!(screen.contains("No valid credentials are stored for this server."), "{screen}");
    session.keys("s");
    assert!(session.screen().contains(&format!("Server     {WORK}")), "{}", session.screen());
}

#[test]
fn what_is_on_its_way_is_saved_before() {
    let mut session = open("ann/weather/seattle-weather");
    session.fake.is_silent = true;
    session.keys("down m down enter S");
    assert!(session.screen().contains("Saving first …"), "{}", session.screen());
    session.fake.is_silent = false;
    session.answer_all();
    let screen = session.screen();
    assert!(screen.contains("Switch to ─") && screen.contains("saved r2 by ann"), "{screen}");
}

#[test]
fn a_server_that_is_not_listed_is_typed_and_then_known() {
    let mut session = open("");
    session.keys("S n");
    session.typed("http://new.test");
    session.keys("down down");
    session.typed("cy");
    session.keys("down");
    session.typed("secret words");
    session.keys("enter");
    assert!(bar(&mut session).ends_with("cy at http://new.test"), "{}", session.screen());
    session.keys("S");
    assert!(session.screen().contains("● http://new.test"), "{}", session.screen());
}

#[test]
fn after_signing_out_a_server_with_credentials_is_gone_to_without_a_password() {
    let mut session = open("ann/weather");
    session.keys("L y ctrl-o down enter");
    assert!(bar(&mut session).ends_with(&format!("ann-at-work at {WORK}")), "{}", session.screen());
}

#[test]
fn what_fails_of_signing_out_is_heard_at_another_server_too() {
    let mut session = open("ann/weather");
    session.app.shared.flags = std::sync::Arc::new(|server| format!("--server {server}"));
    session.fake.parting = Err(Failure::new("the disk is full"));
    session.fake.is_silent = true;
    session.keys("L y ctrl-o down enter");
    session.answer_some(|request| *request != Request::SignOut);
    assert!(bar(&mut session).ends_with(&format!("ann-at-work at {WORK}")), "{}", session.screen());
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("Not signed out of http://impala.test"), "{}", session.screen());
    let said = session.app.shared.messages.iter().next_back().map(|said| said.text.clone());
    assert!(
        said.is_some_and(|said| said.contains("`impala --server http://impala.test logout` tries again"))
    );
}

#[test]
fn the_palette_knows_it() {
    let mut session = open("ann/weather");
    session.keys(":");
    session.typed("switch server");
    assert!(session.screen().contains("Switch to another server or profile"), "{}", session.screen());
    session.keys("enter");
    assert!(session.screen().contains("Switch to ─"), "{}", session.screen());
}

#[test]
fn what_was_done_at_one_server_is_undone_there_only() {
    let mut session = open("ann/weather/seattle-weather");
    let before = session.fake.canvas.clone();
    session.keys("down m down enter");
    let moved = session.fake.canvas.clone();
    session.keys("S down enter enter enter u");
    assert!(bar(&mut session).contains("Seattle weather"), "{}", session.screen());
    assert!(session.screen().contains("There is nothing to undo."), "{}", session.screen());
    assert_eq!(session.fake.canvas, moved);
    session.keys("S up enter enter enter u");
    assert!(session.screen().contains("Undone: moved \"Days\""), "{}", session.screen());
    assert_eq!(session.fake.canvas, before);
}
