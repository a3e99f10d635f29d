//! Signing in: fields, the switch to a new account, and what a server refuses.

use super::support::Session;
use crate::action::{Action, Answer, Failure, Live};
use crate::app::App;
use crate::effect::Request;
use crate::keymap::Keymap;
use crate::look::Look;
use crate::screen::Shared;
use crate::screens::{Start, Target};

fn sign_in() -> Session {
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    session.keys("L y");
    assert!(session.screen().contains("I have an account"), "{}", session.screen());
    session
}

#[test]
fn another_server_is_typed_where_this_one_is_not_reached() {
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.begin_again();
    let number = session.waiting.last().expect("a question").0;
    session.tell(number, Answer::SignedIn(Err(Failure::new("could not reach http://impala.test"))));
    session.keys("s ctrl-u");
    session.typed("http://other.test");
    assert!(session.screen().contains("Server     http://other.test"), "{}", session.screen());
}

#[test]
fn the_account_is_a_switch_that_only_its_own_keys_turn() {
    let mut session = sign_in();
    assert!(session.screen().contains("● I have an account  ○ register  (space)"), "{}", session.screen());
    session.keys("up");
    session.typed("x7");
    assert!(session.screen().contains("● I have an account"), "{}", session.screen());
    session.keys("?");
    assert!(session.screen().contains("Switch between sign in and register"), "{}", session.screen());
    session.keys("esc space");
    assert!(session.screen().contains("● register"), "{}", session.screen());
}

#[test]
fn another_server_is_typed_and_commands_go_there() {
    let mut session = sign_in();
    let other = |server: &str| match server {
        "http://impala.test" => String::new(),
        other => format!("--server {other}"),
    };
    session.app.shared.flags = std::sync::Arc::new(other);
    session.keys("up up ctrl-u");
    session.typed("http://other.test");
    session.keys("down down");
    session.typed("bob");
    session.keys("tab");
    session.typed("secret words");
    session.keys("enter");
    let asked = session.requests.iter().find_map(|request| match request {
        Request::SignIn { server, .. } => Some(server.clone()),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("http://other.test"));
    session.keys("enter");
    let log = &session.app.shared.log;
    let expected = [
        "impala --server http://other.test login --username bob",
        "impala --server http://other.test project show ann/weather",
    ];
    for command in expected {
        assert!(log.iter().any(|line| line == command), "{command} is not in {log:?}");
    }
}

#[test]
fn where_no_server_answers_another_one_can_be_named() {
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    let servers = vec!["http://impala.test".to_owned()];
    let mut shared = Shared::new(Look::default(), (80, 24), Keymap::default(), servers);
    let start = Start::new(Target::default(), &mut shared);
    shared.take_effects();
    session.app = App::new(Box::new(start), shared);
    let failure = Failure::new("could not reach http://impala.test");
    session.act(Action::Answer { number: 1, answer: Box::new(Answer::SignedIn(Err(failure))) });
    assert!(session.screen().contains("s another server"), "{}", session.screen());
    session.keys("s");
    assert!(session.screen().contains("I have an account"), "{}", session.screen());
    assert!(session.screen().contains("could not reach http://impala.test"), "{}", session.screen());
}

/// The form with a name and a password on its way.
fn sent(session: &mut Session) -> u64 {
    session.fake.is_silent = true;
    session.typed("ann");
    session.keys("down");
    session.typed("secret words");
    session.keys("enter");
    let asked = session.waiting.iter().find(|(_, request)| matches!(request, Request::SignIn { .. }));
    asked.expect("a question").0
}

/// What stands in the row below a field.
fn below(session: &mut Session, label: &str) -> String {
    let screen = session.screen();
    let mut lines = screen.lines().skip_while(|line| !line.contains(&format!("│ {label} ")));
    lines.nth(1).unwrap_or_default().trim_matches([' ', '│']).to_owned()
}

#[test]
fn escape_gives_up_waiting_and_what_is_typed_meanwhile_goes_nowhere() {
    let mut session = sign_in();
    let number = sent(&mut session);
    assert!(session.screen().contains("Signing in … esc stops waiting"), "{}", session.screen());
    session.typed("xyz?");
    session.keys("esc");
    assert!(session.screen().contains("Stopped waiting."), "{}", session.screen());
    assert!(!session.waiting.iter().any(|(asked, _)| *asked == number));
    // Its answer comes too late, and the form can be sent again as it is.
    session.tell(number, Answer::SignedIn(Ok("ann".to_owned())));
    assert!(session.screen().contains("Username   ann "), "{}", session.screen());
    session.fake.is_silent = false;
    session.keys("enter");
    assert!(session.screen().contains("Weather of the west coast"), "{}", session.screen());
}

#[test]
fn what_the_server_refuses_stands_under_its_field() {
    let check = |failure: Failure, label: &str, expected: &str, is_kept: bool| {
        let mut session = sign_in();
        let number = sent(&mut session);
        session.tell(number, Answer::SignedIn(Err(failure)));
        let told = below(&mut session, label);
        assert!(told.starts_with("! ") && told.contains(expected), "{label}: {}", session.screen());
        assert_eq!(session.screen().contains("••••"), is_kept, "{}", session.screen());
    };
    let status = |status, words: &str| Failure { status: Some(status), ..Failure::new(words) };
    check(status(401, "the username or the password is wrong"), "Password", "is wrong", false);
    check(Failure::new("could not reach http://impala.test"), "Server", "could not reach", true);
    let short = impala_core::FieldError::at("/password", "has 3 bytes, where 8 to 72 are expected");
    check(Failure { errors: vec![short], ..status(422, "refused") }, "Password", "has 3 bytes", false);
    let name = impala_core::FieldError::at("/username", "may hold a-z");
    check(Failure { errors: vec![name], ..status(422, "refused") }, "Username", "may hold", true);
}

#[test]
fn what_is_missing_is_said_under_its_field_and_gets_the_focus() {
    let mut session = sign_in();
    session.keys("down ctrl-s");
    assert_eq!(below(&mut session, "Username"), "! enter a username");
    assert_eq!(below(&mut session, "Password"), "! enter a password");
    session.typed("secret words");
    assert_eq!(below(&mut session, "Username"), "! enter a username");
    session.keys("up");
    session.typed("ann");
    assert!(!session.screen().contains("is needed"), "{}", session.screen());
}

#[test]
fn known_servers_are_choices_of_their_field() {
    let mut session = Session::of("weather", |shared| {
        shared.servers = ["http://impala.test", "http://other.test"].map(str::to_owned).to_vec();
    });
    session.keys("L y up up tab down enter");
    assert!(session.screen().contains("Server     http://other.test"), "{}", session.screen());
}

#[test]
fn signing_out_is_asked_about_first() {
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    session.keys("L");
    assert!(session.screen().contains("Sign out of http://impala.test?"), "{}", session.screen());
    session.keys("enter");
    assert!(session.screen().contains("Canvases 1"), "{}", session.screen());
    assert!(!session.requests.contains(&Request::SignOut));
    session.keys("L y");
    assert!(session.requests.contains(&Request::SignOut));
    assert!(session.screen().contains("Signed out."), "{}", session.screen());
}

#[test]
fn a_session_that_is_begun_again_under_a_question_leaves_the_question_to_be_answered() {
    let mut session = Session::canvas(80, 24);
    session.fake.refusal = Some(Failure::new("the disk is full"));
    session.keys("down d");
    session.live(Live::Unsigned);
    session.fake.is_silent = true;
    session.typed("secret words");
    session.keys("enter ctrl-c");
    assert!(session.screen().contains("Quit and discard the changes?"), "{}", session.screen());
    session.fake.is_silent = false;
    session.answer_all();
    assert!(session.screen().contains("Quit and discard the changes?"), "{}", session.screen());
    session.keys("n");
    let screen = session.screen();
    assert!(screen.contains("saved r2 by ann") && !screen.contains("Password"), "{screen}");
    // The next session that ends is begun again, too.
    session.live(Live::Unsigned);
    assert!(session.screen().contains("Your session has expired"), "{}", session.screen());
}

#[test]
fn a_password_in_an_address_that_is_refused_is_in_no_log() {
    let mut session = sign_in();
    session.keys("up up ctrl-u");
    session.typed("https://ann:hunter2@impala.test");
    session.keys("down down");
    session.app.shared.flags = std::sync::Arc::new(|server| format!("--server {server}"));
    let number = sent(&mut session);
    let refused = "the address holds a user name or password; sign in instead";
    session.tell(number, Answer::SignedIn(Err(Failure::new(refused))));
    assert!(session.screen().contains("holds a user name or password"), "{}", session.screen());
    let shared = &session.app.shared;
    assert!(!shared.log.iter().any(|line| line.contains("hunter2")), "{:?}", shared.log);
    assert!(!shared.messages.iter().any(|said| said.text.contains("hunter2")), "{:?}", shared.messages);
}

/// The lines of the form, as one text.
fn words(session: &mut Session) -> String {
    let screen = session.screen();
    let lines = screen.lines().filter_map(|line| line.trim().strip_prefix('│')?.strip_suffix('│'));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_fails_of_signing_out_is_said_with_what_to_do() {
    let signed_out = |parting| {
        let mut session = Session::open("weather", 80, 24, Look::default(), false);
        session.fake.parting = parting;
        session.keys("L y");
        words(&mut session)
    };
    let told = signed_out(Err(Failure::new("could not write /home/ann/credentials")));
    let expected = "Not signed out of http://impala.test: could not write /home/ann/credentials. \
                    The credentials are still stored on this computer; `impala logout` tries again.";
    assert!(told.contains(expected) && !told.contains("Signed out."), "{told}");
    let told = signed_out(Ok(Some(Failure::new("the server is busy"))));
    let expected = "Signed out here, but http://impala.test was not told: the server is busy. \
                    The session there ends by itself; changing the password ends it now.";
    assert!(told.contains(expected) && !told.contains("Signed out."), "{told}");
}

#[test]
fn it_is_not_said_that_one_is_signed_out_before_it_is_known() {
    let mut session = Session::open("weather", 80, 24, Look::default(), false);
    session.fake.is_silent = true;
    session.keys("L y");
    assert!(session.screen().contains("Signing out …"), "{}", session.screen());
    session.typed("bob");
    session.fake.is_silent = false;
    session.answer_all();
    let screen = session.screen();
    assert!(screen.contains("Signed out.") && !screen.contains("Signing out …"), "{screen}");
    assert!(screen.contains("Username   bob"), "{screen}");
}
