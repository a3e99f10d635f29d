//! What can be done is found, and what cannot says why: reading only, filters, the palette, prompts that are refused.

use impala_core::FieldError;
use impala_core::api::Role as Membership;

use super::support::Session;
use crate::action::{Action, Answer, Failure};
use crate::effect::{Effect, Request};
use crate::keymap::{Command, TABLE};
use crate::look::Look;

const READ_ONLY: &str = "This can only be read here.";

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().to_owned()
}

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

/// What leads to a screen, the keys that change something there, and words that its footer has for whoever may.
const CHANGES: [(&str, &str, &str); 6] = [
    ("", "n d", "new"),
    ("tab", "n U d", "upload"),
    ("tab tab", "n enter d", "new"),
    ("tab enter", "U", "upload"),
    ("tab enter tab tab tab", "U b", "roll back"),
    ("enter H", "r", "restore"),
];

#[test]
fn what_only_reads_says_so_on_every_screen() {
    let mut viewer = Session::open("ann/weather", 120, 24, Look::default(), false);
    viewer.fake.role = Membership::Viewer;
    viewer.fake.members.reverse();
    viewer.keys("R");
    let reader = Session::open("ann/weather", 120, 24, Look::default(), true);
    for mut session in [viewer, reader] {
        for (lead, keys, word) in &CHANGES {
            session.keys("tab shift-tab");
            lead.split(' ').filter(|key| !key.is_empty()).for_each(|key| session.keys(key));
            assert!(bar(&mut session).contains("read-only"), "{lead}: {}", session.screen());
            assert!(!footer(&mut session).contains(word), "{lead}: {}", session.screen());
            let before = session.requests.len();
            for key in keys.split(' ') {
                session.keys(key);
                assert!(footer(&mut session).contains(READ_ONLY), "{lead} {key}: {}", session.screen());
            }
            assert_eq!(session.requests.len(), before, "{lead}");
            session.keys("?");
            assert!(!session.screen().contains("Roll back"), "{}", session.screen());
            session.keys("esc");
            session = reopened(session);
        }
    }
}

/// The same, at the project again.
fn reopened(mut session: Session) -> Session {
    while !bar(&mut session).contains(" ann/weather  ") {
        session.keys("q");
    }
    while !session.screen().contains("[Canvases") {
        session.keys("tab");
    }
    session
}

#[test]
fn the_list_of_projects_reads_only_too() {
    let mut session = Session::open("", 80, 24, Look::default(), true);
    session.keys("n");
    assert!(footer(&mut session).contains(READ_ONLY), "{}", session.screen());
    assert!(bar(&mut session).contains("read-only"));
}

#[test]
fn an_editor_changes_no_members_and_is_told() {
    let mut session = Session::open("ann/weather", 120, 24, Look::default(), false);
    session.fake.role = Membership::Editor;
    session.keys("R tab tab");
    session.keys("n");
    assert!(footer(&mut session).contains("Only the owner"), "{}", session.screen());
    session.keys("shift-tab shift-tab n");
    assert!(session.screen().contains("Title of the new canvas"), "{}", session.screen());
}

#[test]
fn rolling_back_is_offered_where_versions_are_chosen() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("tab enter");
    assert!(!footer(&mut session).contains("roll back"), "{}", session.screen());
    session.keys("b");
    assert!(footer(&mut session).contains("on the tab Versions"), "{}", session.screen());
    session.keys("tab tab tab");
    assert!(footer(&mut session).contains("b roll back"), "{}", session.screen());
}

#[test]
fn the_row_is_told_beside_the_tabs_and_never_on_them() {
    for width in 60..90 {
        let mut session = Session::open("ann/weather", width, 16, Look::default(), false);
        session.keys("tab enter tab G");
        let screen = session.screen();
        let line = screen.lines().nth(2).expect("the tabs");
        assert!(line.contains(" Schema  [Rows]  Statistics   Versions "), "{screen}");
        assert!(line.contains("1,461 of 1,461") && !line.contains('…'), "{screen}");
    }
}

#[test]
fn escape_shows_all_again_before_it_leaves() {
    for target in ["", "ann/weather"] {
        let mut session = Session::open(target, 80, 24, Look::default(), false);
        session.keys("/ zzz enter");
        assert!(session.screen().contains("Nothing matches \"zzz\""), "{}", session.screen());
        assert!(bar(&mut session).contains("only \"zzz\""), "{}", session.screen());
        assert!(footer(&mut session).contains("esc show all"), "{}", session.screen());
        let title = bar(&mut session).split("only").next().unwrap_or_default().trim_end().to_owned();
        session.keys("esc");
        assert!(bar(&mut session).starts_with(&title), "{}", session.screen());
        assert!(!session.screen().contains("zzz") && !session.effects.contains(&Effect::Quit));
        session.keys("esc");
        assert!(!bar(&mut session).starts_with(&title) || session.effects.contains(&Effect::Quit));
    }
}

#[test]
fn the_palette_knows_every_command_wherever_it_is_opened() {
    for keys in ["", "down enter"] {
        let mut session = Session::canvas(80, 24);
        keys.split(' ').filter(|key| !key.is_empty()).for_each(|key| session.keys(key));
        let known: Vec<Command> = session.app.entries().iter().map(crate::layers::Entry::command).collect();
        let is_panel = |line: &&crate::keymap::Binding| line.context.place().is_none();
        for line in TABLE.iter().filter(|line| !is_panel(line)) {
            let moves = crate::layers::Entry::elsewhere(line).is_some_and(|entry| entry.only_moves());
            assert!(moves || known.contains(&line.command), "{keys:?}: {:?}", line.command);
        }
    }
}

#[test]
fn the_palette_goes_back_to_where_a_command_is() {
    let mut session = Session::canvas(80, 24);
    session.keys("down enter : revisions enter");
    assert!(bar(&mut session).contains("history"), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys("down enter : editform enter");
    assert!(session.screen().contains("Title"), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys(": uploadcsv enter");
    assert!(bar(&mut session).contains("/ upload"), "{}", session.screen());
}

#[test]
fn the_palette_says_why_a_command_cannot_be_run() {
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.keys(": undo");
    let line = session.screen().lines().find(|line| line.contains("Undo")).map(str::to_owned);
    assert!(line.is_some_and(|line| line.contains("on a canvas")), "{}", session.screen());
    session.keys("enter");
    assert!(footer(&mut session).contains("cannot be run now: on a canvas"), "{}", session.screen());
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, Look::default(), true);
    session.keys(": undo");
    assert!(session.screen().contains("read-only"), "{}", session.screen());
}

/// The server refuses what was asked last.
fn refuse(session: &mut Session, answer: fn(Failure) -> Answer) {
    let (number, _) = session.waiting.pop().expect("a question");
    let errors =
        vec![FieldError::at("/slug", "\"My Wéather\" is no valid name: lower-case letters and digits")];
    let failure = Failure { status: Some(422), errors, ..Failure::new("the project cannot be made") };
    session.fake.is_silent = false;
    session.act(Action::Answer { number, answer: Box::new(answer(failure)) });
}

#[test]
fn what_is_refused_stands_in_its_prompt_again_with_why() {
    let check = |target: &str, lead: &str, typed: &str, answer: fn(Failure) -> Answer| {
        let mut session = Session::open(target, 60, 16, Look::default(), false);
        session.keys(lead);
        session.typed(typed);
        session.fake.is_silent = true;
        session.keys("enter");
        refuse(&mut session, answer);
        let screen = session.screen();
        assert!(screen.contains(typed) && screen.contains("digits") && !screen.contains("/slug"), "{screen}");
        assert!(screen.contains("slug: "), "{screen}");
        session.keys("esc");
        assert!(!session.screen().contains(typed), "{}", session.screen());
    };
    check("", "n", "My Wéather", |failure| Answer::ProjectMade(Err(failure)));
    check("ann/weather", "n", "Rain", |failure| Answer::Saved(Err(failure)));
    check("ann/weather", "tab tab n", "cy editor", |failure| Answer::Done(Err(failure)));
}

#[test]
fn a_project_that_is_made_is_opened_though_others_were_refused() {
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.keys("n");
    session.typed("Rain");
    session.keys("enter");
    assert!(session.requests.iter().any(|one| matches!(one, Request::CreateProject(name) if name == "Rain")));
}

#[test]
fn footers_say_what_their_keys_do() {
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.keys(": signout enter up");
    assert!(footer(&mut session).contains("? keys"), "{}", session.screen());
    session.keys("space down");
    assert!(footer(&mut session).contains("⏎ register"), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys("ctrl-o");
    assert!(footer(&mut session).contains("letter jumps  esc back"), "{}", session.screen());
    session.keys("esc");
    assert!(!footer(&mut session).contains("letter jumps"), "{}", session.screen());
}

#[test]
fn the_help_of_a_canvas_begins_with_moving_and_its_last_line_is_whole() {
    let mut session = Session::canvas(80, 24);
    session.keys("?");
    let screen = session.screen();
    let at = |text: &str| screen.find(text).unwrap_or(usize::MAX);
    assert!(at("Looking at the canvas") < at("Focus the block to the left"), "{screen}");
    assert!(at("Focus the block to the left") < at("on the whole screen"), "{screen}");
    assert!(screen.contains("impala tui --help"), "{screen}");
    assert!(at("Add a block") == usize::MAX || at("on the whole screen") < at("Add a block"), "{screen}");
}
