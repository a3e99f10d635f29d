//! Members of a project, uploads, and a session that ends.

use impala_core::FieldError;
use impala_core::api::{Role, Upload};
use impala_core::source::{InputFormat, OnBadRows, Source, SourceVersion};

use super::support::{Session, source};
use crate::action::{Action, Answer, Failure, Live, Sent};
use crate::effect::{Effect, Request};
use crate::look::Look;

#[test]
fn an_upload_to_the_source_that_is_open_leads_back_to_it() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("tab enter U");
    session.typed("wind.csv");
    session.keys("ctrl-s");
    let screen = session.screen();
    assert!(screen.contains("[Schema]") && screen.contains("it has none of the columns"), "{screen}");
    session.keys("q");
    assert!(session.screen().contains("[Sources 1]"), "{}", session.screen());
}

#[test]
fn members_come_change_and_go_and_each_step_is_a_command() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab tab n");
    session.typed("cy editor");
    session.keys("enter");
    assert!(session.screen().contains("Members 3"), "{}", session.screen());
    session.keys("down enter");
    assert!(session.screen().contains("bob editor"), "{}", session.screen());
    session.keys("ctrl-u");
    session.typed("bob viewer");
    session.keys("enter G up d");
    assert!(session.screen().contains("Remove cy from this project?"), "{}", session.screen());
    session.keys("y");
    let members: Vec<_> = session.fake.members.iter().map(|one| (one.username.as_str(), one.role)).collect();
    assert_eq!(members, [("ann", Role::Owner), ("bob", Role::Viewer)]);
    let log = &session.app.shared.log;
    for command in [
        "impala member add cy --role editor --project ann/weather",
        "impala member add bob --role viewer --project ann/weather",
        "impala member remove cy --project ann/weather",
    ] {
        assert!(log.iter().any(|line| line == command), "{command} is not in {log:?}");
    }
}

#[test]
fn a_role_that_is_none_is_refused_here() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab tab n");
    session.typed("cy edtor");
    session.keys("enter");
    assert!(session.screen().contains("edtor"), "{}", session.screen());
    assert_eq!(session.fake.members.len(), 2);
}

#[test]
fn an_upload_takes_name_and_format_from_the_file_as_the_command_line_does() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("U");
    session.typed("logs/Web_log.ndjson.gz");
    session.keys("enter");
    let upload = session.requests.iter().find_map(|request| match request {
        Request::Upload { source, choices, .. } => Some((source.clone(), choices.format)),
        _ => None,
    });
    assert_eq!(upload, Some(("web_log".to_owned(), Some(InputFormat::Ndjson))));
}

#[test]
fn a_session_that_ended_is_begun_again_and_what_was_not_saved_is() {
    let mut session = Session::canvas(120, 40);
    session.fake.refusal = Some(Failure { status: Some(401), ..Failure::new("sign in again") });
    session.keys("down d");
    assert!(session.screen().contains("Your session has expired"), "{}", session.screen());
    session.keys("esc");
    assert!(session.screen().contains("Sign in to continue, or"), "{}", session.screen());
    session.typed("a password");
    session.effects.clear();
    session.keys("enter");
    assert!(session.fake.canvas.block("days").is_none(), "{}", session.screen());
    assert!(session.screen().contains("saved r2 by ann"), "{}", session.screen());
    assert!(session.effects.iter().any(|effect| matches!(effect, Effect::Follow(Some(_)))));
}

#[test]
fn events_that_end_with_the_session_ask_to_sign_in_once() {
    let mut session = Session::canvas(120, 40);
    session.live(Live::Unsigned);
    session.live(Live::Unsigned);
    session.typed("a password");
    session.keys("enter");
    assert!(session.screen().contains("Seattle weather"), "{}", session.screen());
}

/// An upload that is as far as that.
fn uploading(megabytes: u64) -> Session {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("U");
    session.fake.is_silent = true;
    session.typed("wind.csv");
    session.keys("enter");
    let upload = session.waiting.iter().find(|(_, request)| matches!(request, Request::Upload { .. }));
    let number = upload.expect("an upload").0;
    let sent = Sent { bytes: megabytes * 1_000_000, bytes_total: 60_000_000, elapsed_ms: 10_000 };
    session.act(Action::Sent { number, sent });
    session
}

#[test]
fn an_upload_that_is_stopped_says_what_may_still_become_of_it() {
    let mut session = uploading(59);
    session.keys("esc");
    assert!(session.screen().contains("nothing has changed on the server"), "{}", session.screen());
    let mut session = uploading(60);
    session.keys("esc");
    let screen = session.screen();
    assert!(screen.contains("the server may still make it a version of wind"), "{screen}");
    session.live(Live::Source("rain".to_owned()));
    assert_eq!(session.screen(), screen);
    session.live(Live::Source("wind".to_owned()));
    assert!(session.screen().contains("wind has a new version"), "{}", session.screen());
    // Whatever is told, what the form was opened from is loaded again.
    session.requests.clear();
    session.keys("esc");
    assert!(matches!(session.requests[..], [Request::Project(_)]), "{:?}", session.requests);
}

#[test]
fn an_upload_shows_how_far_it_is() {
    let mut session = uploading(30);
    let screen = session.screen();
    assert!(screen.contains("30.0 of 60.0 MB · 50 % · 3.0 MB/s · 10 s left · esc cancels it"), "{screen}");
    assert!(screen.contains(&format!("{}{}", "█".repeat(30), "░".repeat(30))), "{screen}");
}

#[test]
fn bad_rows_are_left_out_by_one_key_and_sent_again_by_another() {
    let mut session = uploading(60);
    let is_upload = |(_, request): &&(u64, Request)| matches!(request, Request::Upload { .. });
    let number = session.waiting.iter().find(is_upload).expect("an upload").0;
    let errors = vec![FieldError { row: Some(3), ..FieldError::at("", "has 3 fields, and 4 were expected") }];
    let failure = Failure { status: Some(422), errors, ..Failure::new("the file was refused") };
    session.tell(number, Answer::Uploaded(Err(failure)));
    let screen = session.screen();
    assert!(screen.contains("row 3: has 3 fields, and 4 were expected"), "{screen}");
    assert!(screen.contains("ctrl-b sets Bad rows to skip") && !screen.contains("--"), "{screen}");
    assert!(screen.contains("⏎ send again") && screen.contains("ctrl-b skip bad rows"), "{screen}");
    session.keys("ctrl-b");
    assert!(
        session.screen().contains("Bad rows is set to skip: enter sends it again"),
        "{}",
        session.screen()
    );
    session.keys("enter");
    let sent: Vec<_> = session
        .requests
        .iter()
        .filter_map(|request| match request {
            Request::Upload { path, choices, .. } => Some((path.as_str(), choices.on_bad_rows)),
            _ => None,
        })
        .collect();
    assert_eq!(sent, [("wind.csv", None), ("wind.csv", Some(OnBadRows::Skip))]);
}

#[test]
fn rows_that_were_left_out_say_which_command_gets_them() {
    let mut session = uploading(60);
    let is_upload = |(_, request): &&(u64, Request)| matches!(request, Request::Upload { .. });
    let number = session.waiting.iter().find(is_upload).expect("an upload").0;
    let version = SourceVersion { version: 2, rejected_rows: 3, ..source(["rain"; 4]).current };
    let upload = Upload {
        source: "rain".to_owned(),
        unchanged: false,
        version,
        warnings: vec!["3 rows could not be read".to_owned()],
        preview: None,
    };
    session.tell(number, Answer::Uploaded(Ok(Box::new(upload))));
    let said = "3 bad rows left out (`impala source download rain@2 --rejects`)";
    assert!(session.app.shared.messages.iter().last().is_some_and(|one| one.text.contains(said)));
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.fake.bad_rows = 1;
    session.keys("tab enter shift-tab");
    let screen = session.screen();
    let command = "1 bad row left out: `impala source download weather@1 --rejects --project ann/weather`";
    assert!(screen.contains(command), "{screen}");
}

#[test]
fn a_source_leads_to_a_canvas_of_it() {
    let mut session = Session::open("ann/weather", 120, 40, Look::default(), false);
    session.keys("tab enter C");
    let made = session.requests.iter().find_map(|one| match one {
        Request::CreateCanvas(_, canvas) => Some(canvas),
        _ => None,
    });
    let canvas = made.expect("a canvas");
    assert_eq!(canvas.metadata.slug, "weather");
    assert!(canvas.spec.blocks.len() > 3, "{canvas:?}");
}

#[test]
fn a_block_leads_to_the_rows_of_its_source() {
    let mut session = Session::canvas(120, 40);
    session.keys("down o");
    let screen = session.screen();
    assert!(screen.contains("ann/weather / weather") && screen.contains("row 1 of 1,461"), "{screen}");
    session.keys("q g o");
    assert!(session.screen().contains("no single source"), "{}", session.screen());
}

#[test]
fn a_canvas_of_a_source_that_was_made_before_is_opened() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("tab enter");
    session.fake.is_silent = true;
    session.keys("C");
    let is_made = |request: &Request| matches!(request, Request::CreateCanvas(..));
    let number = session.waiting.iter().find(|(_, request)| is_made(request)).expect("a canvas").0;
    session.fake.is_silent = false;
    let taken = "a canvas \"weather\" exists already; `impala canvas apply` changes it";
    let failure = Failure { status: Some(409), ..Failure::new(taken) };
    session.tell(number, Answer::Saved(Err(failure)));
    assert!(session.requests.iter().any(|one| matches!(one, Request::Canvas(at) if at.slug == "weather")));
    session.answer_all();
    let screen = session.screen();
    assert!(screen.contains("The canvas \"weather\" existed already: here it is."), "{screen}");
    assert!(!screen.contains("impala canvas") && screen.contains("Days"), "{screen}");
}

#[test]
fn an_empty_list_offers_only_what_fills_it() {
    for (target, fills) in [("", "n new"), ("ann/weather", "U upload")] {
        let mut session = Session::open(target, 80, 24, Look::default(), false);
        let footer = |session: &mut Session| session.screen().lines().last().unwrap_or_default().to_owned();
        assert!(footer(&mut session).contains("open") && footer(&mut session).contains("filter"));
        session.fake.is_empty = true;
        session.keys("R");
        let line = footer(&mut session);
        assert!(line.contains(fills) && !line.contains("open") && !line.contains("filter"), "{line}");
        for key in ["enter", "d", "/"] {
            session.keys(key);
            assert!(session.screen().contains("There is nothing in this list yet."), "{}", session.screen());
        }
    }
}

/// The project with a canvas in it that stands below another, and its sources.
fn with_several() -> Session {
    let mut session = Session::of("ann/weather/seattle-weather", |_| {});
    session.fake.more_canvases = vec!["a-first-one"];
    session.fake.more_sources = vec![Source { name: "wind".to_owned(), ..source(session.fake.names) }];
    session
}

/// The question whether the chosen line is to go names it.
fn chosen(session: &mut Session) -> String {
    session.keys("d");
    let screen = session.screen();
    session.keys("n");
    let question = screen.lines().find_map(|line| line.split_once("Delete the "));
    let (_, rest) = question.unwrap_or_else(|| panic!("no question:\n{screen}"));
    rest.split('?').next().unwrap_or_default().to_owned()
}

#[test]
fn what_was_left_is_chosen_in_the_list_that_comes_back() {
    let mut session = with_several();
    session.keys("q");
    assert_eq!(chosen(&mut session), "canvas seattle-weather");
    // Another tab was open; what was gone through leads to what was opened from here.
    session.keys("enter o q q");
    assert_eq!(chosen(&mut session), "canvas seattle-weather");
    session.keys("tab G enter q");
    assert_eq!(chosen(&mut session), "source wind");
    // What is chosen by hand afterwards stays.
    session.keys("g");
    session.live(Live::Source("wind".to_owned()));
    assert_eq!(chosen(&mut session), "source weather");
    session.fake.more_projects = vec!["a-first-one"];
    session.keys("q");
    assert_eq!(chosen(&mut session), "project ann/weather");
}

#[test]
fn a_new_one_is_what_the_tab_shows() {
    let check = |tabs: &str, words: &str, shown: &str| {
        let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
        session.keys(tabs);
        let footer = session.screen().lines().last().unwrap_or_default().to_owned();
        assert!(footer.contains(&format!("next tab  {words}")), "{footer}");
        session.keys("n");
        assert!(session.screen().contains(shown), "{tabs}: {}", session.screen());
        session
    };
    check("g", "n new  U upload", "Title of the new canvas");
    check("tab", "U upload", "ann/weather / upload");
    let mut session = check("tab tab", "n add  U upload", "Member: a name, then viewer or editor");
    session.typed("carol editor");
    session.keys("enter");
    assert!(session.screen().contains("carol is a member with the role editor."), "{}", session.screen());
}
