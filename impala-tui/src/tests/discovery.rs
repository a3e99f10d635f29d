//! What can be done is found, and what cannot says why: reading only, filters, the palette, prompts that are refused.

use impala_core::FieldError;
use impala_core::api::Role as Membership;

use super::support::Session;
use crate::action::{Action, Answer, Failure};
use crate::effect::{Effect, Request};
use crate::keymap::{Binding, Command, TABLE};
use crate::look::Look;

const READ_ONLY: &str = "This is read-only here.";

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().to_owned()
}

fn bar(session: &mut Session) -> String {
    session.screen().lines().next().unwrap_or_default().to_owned()
}

/// What leads to a screen, the keys that change something there, and words that its footer has for users who may.
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
            session.keys("? / read-only");
            assert!(session.screen().contains(" · read-only"), "{lead}: {}", session.screen());
            session.keys("esc esc");
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
        assert!(
            session.screen().contains("No line matches \"zzz\". esc clears the filter."),
            "{}",
            session.screen()
        );
        let told = footer(&mut session);
        assert!(told.contains("Filter: zzz") && told.contains("esc show all"), "{told}");
        let title = bar(&mut session);
        session.keys("esc");
        assert_eq!(bar(&mut session), title);
        assert!(!session.screen().contains("zzz"), "{}", session.screen());
    }
}

/// The way out is `q`; escape is what is pressed once too often to get out of a panel.
#[test]
fn escape_goes_up_to_the_first_screen_and_never_out_of_the_program() {
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, Look::default(), false);
    session.keys("H esc esc");
    assert!(
        footer(&mut session).contains("esc back") && !footer(&mut session).contains("q "),
        "{}",
        session.screen()
    );
    session.keys("esc");
    assert!(
        footer(&mut session).contains("q quit") && !footer(&mut session).contains("esc"),
        "{}",
        session.screen()
    );
    for target in ["", "L y"] {
        session.keys(target);
        session.keys("esc esc");
        assert!(footer(&mut session).contains("leaves the program"), "{}", session.screen());
        assert!(!session.effects.contains(&Effect::Quit));
    }
    let mut opened = Session::of("ann/weather/seattle-weather", |shared| shared.leaves_from_target = true);
    opened.keys("esc");
    assert!(footer(&mut opened).contains("q leaves the program"), "{}", opened.screen());
    opened.keys("q");
    assert!(opened.effects.contains(&Effect::Quit));
}

#[test]
fn every_list_is_filtered_while_it_is_typed() {
    let lists = [
        ("", ""),
        ("ann/weather", ""),
        ("ann/weather", "tab"),
        ("ann/weather", "tab tab"),
        ("ann/weather", "tab enter"),
        ("ann/weather", "tab enter tab tab"),
        ("ann/weather", "tab enter tab tab tab"),
        ("ann/weather/seattle-weather", "H"),
    ];
    for (target, lead) in lists {
        let mut session = Session::open(target, 80, 24, Look::default(), false);
        lead.split(' ').filter(|key| !key.is_empty()).for_each(|key| session.keys(key));
        assert!(footer(&mut session).contains("/ filter"), "{lead}: {}", session.screen());
        session.keys("/");
        session.typed("q?");
        assert!(session.screen().contains("No line matches \"q?\""), "{lead}: {}", session.screen());
        assert!(
            footer(&mut session).starts_with(" Filter: q?  esc show all  ⏎ keep"),
            "{}",
            session.screen()
        );
        session.keys("esc /");
        session.act(Action::Paste("ann\n".to_owned()));
        session.keys("enter");
        assert!(footer(&mut session).starts_with(" Filter: ann  "), "{lead}: {}", session.screen());
    }
}

#[test]
fn the_palette_knows_every_command_wherever_it_is_opened() {
    for keys in ["", "down enter"] {
        let mut session = Session::canvas(80, 24);
        keys.split(' ').filter(|key| !key.is_empty()).for_each(|key| session.keys(key));
        let known: Vec<Command> = session.app.entries().iter().map(crate::layers::Entry::command).collect();
        let is_panel = |line: &&Binding| line.context.place().is_none();
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
        vec![FieldError::at("/slug", "\"My Wéather\" is not a valid name: lower-case letters and digits")];
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
    let made = session.requests.iter().find_map(|one| match one {
        Request::CreateProject(project) => Some((project.slug.as_str(), project.title.as_str())),
        _ => None,
    });
    assert_eq!(made, Some(("rain", "Rain")));
}

#[test]
fn footers_say_what_their_keys_do() {
    let mut session = Session::open("", 80, 24, Look::default(), false);
    session.keys("L y up");
    assert!(footer(&mut session).contains("? keys"), "{}", session.screen());
    session.keys("space down");
    assert!(footer(&mut session).contains("⏎ next field"), "{}", session.screen());
    session.keys("down");
    assert!(footer(&mut session).contains("⏎ register"), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys("ctrl-o");
    assert!(footer(&mut session).contains("letter jumps  esc back"), "{}", session.screen());
    session.keys("esc");
    assert!(!footer(&mut session).contains("letter jumps"), "{}", session.screen());
}

#[test]
fn the_help_of_a_canvas_begins_with_what_is_needed_first() {
    let mut session = Session::canvas(80, 24);
    session.keys("?");
    let screen = session.screen();
    let at = |text: &str| screen.find(text).unwrap_or(usize::MAX);
    let order = ["Most used", "Move the focus", "full screen", "Add a block", "Edit the block", "Looking at"];
    assert!(order.is_sorted_by_key(|text| at(text)) && at("Looking at") != usize::MAX, "{screen}");
    assert!(screen.contains("← ↓ ↑ →, h j k l          Move the focus"), "{screen}");
    assert!(screen.contains("impala tui --help"), "{screen}");
    // The rest is a page further.
    assert!(screen.contains(" more ─╯"), "{screen}");
    session.keys("G");
    let last = session.screen();
    assert!(last.contains("Quit") && last.contains("ctrl-z"), "{last}");
    session.keys("down");
    assert_eq!(session.screen(), last);
    session.keys("g");
    assert_eq!(session.screen(), screen, "with what stands above the first line");
}

/// What leads to something that is sent, and what is typed while it is on its way.
const SENT: [(&str, &str, &str); 7] = [
    ("", "n Rain enter", "d y"),
    ("", "d y", "d y"),
    ("ann/weather", "n Rain enter", "d y"),
    ("ann/weather", "d y", "d y"),
    ("ann/weather", "tab tab n cy enter", "d y"),
    ("ann/weather", "tab tab G d y", "k d y"),
    ("ann/weather/seattle-weather", "H r y", "r y q"),
];

fn started(target: &str, keys: &str) -> Session {
    let mut session = Session::open(target, 80, 24, Look::default(), false);
    let (first, last) = keys.rsplit_once(' ').expect("several keys");
    session.keys(first);
    session.fake.is_silent = true;
    session.keys(last);
    session
}

#[test]
fn what_is_typed_before_the_answer_runs_no_commands() {
    for (target, keys, typed) in SENT {
        let mut session = started(target, keys);
        let (screen, count) = (session.screen(), session.requests.len());
        assert!(screen.contains("sending … · esc stops waiting"), "{keys}:\n{screen}");
        session.keys(typed);
        session.keys("down enter ? :");
        session.act(Action::Paste("d".to_owned()));
        assert_eq!((session.requests.len(), session.screen()), (count, screen), "{keys}");
        session.fake.is_silent = false;
        session.answer_all();
        assert!(!session.screen().contains("sending …"), "{keys}:\n{}", session.screen());
    }
}

#[test]
fn escape_waits_no_longer_for_what_was_sent() {
    for (target, keys, _) in SENT {
        let mut session = started(target, keys);
        session.keys("esc");
        let screen = session.screen();
        assert!(!screen.contains("sending …") && screen.contains("Stopped waiting"), "{screen}");
        session.fake.is_silent = false;
        session.answer_all();
        assert!(!session.effects.contains(&Effect::Quit));
    }
}

/// The footer of a canvas without blocks and parameters.
fn empty_canvas() -> Session {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.fake.canvas.spec.blocks.clear();
    session.fake.canvas.spec.parameters.clear();
    session.keys("enter");
    session
}

#[test]
fn the_footer_shows_the_keys_that_matter_now_and_the_others_say_why_not() {
    let mut session = empty_canvas();
    assert_eq!(footer(&mut session).trim(), "a add  ? keys  : commands  q leave");
    let refused = [
        ("e m s enter d D y", "There are no blocks yet."),
        ("u", "There is nothing to undo."),
        ("ctrl-r", "There is nothing to redo."),
        ("w", "Everything is saved"),
        ("p", "Nothing copied yet"),
    ];
    for (keys, why) in refused {
        for key in keys.split(' ') {
            session.keys(key);
            assert!(footer(&mut session).contains(why), "{key}: {}", session.screen());
        }
    }
    let mut session = Session::canvas(100, 24);
    assert!(!footer(&mut session).contains("undo"), "{}", session.screen());
    session.keys("down d left");
    assert!(footer(&mut session).contains("u undo"), "{}", session.screen());
}

#[test]
fn keys_of_one_direction_are_one_item() {
    let check = |keys: &str, expected: &str| {
        let mut session = Session::canvas(80, 24);
        session.app.shared.message = None;
        session.keys(keys);
        assert!(footer(&mut session).contains(expected), "{keys}: {}", session.screen());
    };
    check("down m", " arrows move  ⏎ keep  esc back");
    check("down s", " arrows size  ⏎ keep  esc back");
    check("down down enter", " ← → values  ⏎ set parameter");
    check("G enter", " ← → column  / find  s sort");
    let mut session = Session::of("ann/weather/seattle-weather", |shared| {
        shared.keymap = crate::keymap::Keymap::read("[moving]\nleft = [\"a\"]\n").expect("a keymap");
    });
    session.keys("down m");
    assert!(footer(&mut session).contains(" a ↓ ↑ → move"), "{}", session.screen());
    let look = super::support::look(
        impala_render::Ink::None,
        impala_render::Charset::Ascii,
        crate::look::Background::Dark,
    );
    let mut session = Session::open("ann/weather/seattle-weather", 80, 24, look, false);
    session.keys("down down enter");
    assert!(footer(&mut session).contains(" left right values  enter set"), "{}", session.screen());
    session.keys("esc ?");
    assert!(session.screen().contains("left down up right, h j k l  Move the focus"), "{}", session.screen());
}

#[test]
fn a_block_is_called_by_its_title_and_by_its_id_where_it_has_none() {
    let mut session = Session::canvas(80, 24);
    let mut check = |keys: &str, expected: &str| {
        session.keys(keys);
        assert!(footer(&mut session).starts_with(expected), "{keys}: {}", session.screen());
    };
    check("y", " \"intro\" copied");
    check("down y", " \"Days\" copied");
    check("m down", " \"Days\": column 0, row 5, 6 x 6 · enter keeps");
    check("esc s right", " \"Days\": column 0, row 4, 7 x 6 · enter keeps");
}

#[test]
fn commands_and_keys_are_told_at_every_width() {
    for width in 60..130 {
        let mut session = Session::open("ann/weather/seattle-weather", width, 16, Look::default(), false);
        session.keys("down d right");
        let line = footer(&mut session);
        assert!(line.contains("? keys") && line.contains(": commands"), "{width}: {line}");
    }
}

#[test]
fn a_key_that_does_nothing_says_so() {
    let check = |lead: &str, key: &str, expected: &str| {
        let mut session = Session::canvas(80, 24);
        lead.split(' ').filter(|key| !key.is_empty()).for_each(|key| session.keys(key));
        session.keys(key);
        assert!(footer(&mut session).contains(expected), "{lead} {key}: {}", session.screen());
    };
    check("", "x", "x has no function here; ? lists them");
    check("m", "x", "x has no function here; ? lists them");
    check("@", "Q", "Q has no function here; ? lists them");
    // A question keeps its answers in the footer.
    check("q d", "x", "y yes  ⏎ no");
    // Where text is typed, every key is one.
    for lead in ["/", "down e", ":"] {
        let mut session = Session::canvas(80, 24);
        lead.split(' ').for_each(|key| session.keys(key));
        session.keys("x");
        assert!(!session.screen().contains("is not a key"), "{}", session.screen());
    }
}

/// A canvas as `impala open` shows it, which is gone with the program.
fn passing() -> Session {
    let mut session = Session::of("ann/weather/seattle-weather", |shared| {
        let kept_by = Some("impala open weather.csv --save".to_owned());
        shared.passing = Some(crate::screen::Passing { kept_by });
        shared.leaves_from_target = true;
    });
    session.effects.clear();
    session
}

#[test]
fn what_is_gone_with_the_program_says_so_and_goes_by_a_yes_only() {
    let mut session = passing();
    assert!(bar(&mut session).ends_with("not kept · r1"), "{}", session.screen());
    session.keys("down d q");
    let screen = session.screen();
    assert!(screen.contains("not kept · r2") && screen.contains("--save` keeps them"), "{screen}");
    session.keys("n");
    assert!(!session.effects.contains(&Effect::Quit));
    session.keys("q y");
    assert!(session.effects.contains(&Effect::Quit));
    for keys in ["q", "down d ctrl-c ctrl-c"] {
        let mut session = passing();
        session.keys(keys);
        assert!(session.effects.contains(&Effect::Quit), "{keys}: {}", session.screen());
    }
}

#[test]
fn leaving_the_canvas_that_was_opened_leaves_the_program_and_its_project_is_a_command() {
    let mut session = passing();
    session.keys(": gototheproject enter");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
    // From there one goes on as anywhere.
    session.keys("enter q");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
    assert!(!session.effects.contains(&Effect::Quit));
    let mut session = passing();
    session.keys("enter q");
    assert!(!session.effects.contains(&Effect::Quit), "a zoomed block is left for the canvas");
}

#[test]
fn saving_is_offered_when_it_has_failed() {
    let mut session = Session::canvas(80, 24);
    session.keys("left");
    assert!(!footer(&mut session).contains("w try again"), "{}", session.screen());
    session.fake.refusal = Some(Failure::new("the disk is full"));
    session.keys("down d left");
    assert!(footer(&mut session).contains("w try again"), "{}", session.screen());
    session.keys("w left");
    assert!(!footer(&mut session).contains("w try again"), "{}", session.screen());
}

#[test]
fn the_palette_knows_what_commands_are_called_elsewhere() {
    for (typed, command) in [
        ("exit", Command::Quit),
        ("remove", Command::Delete),
        ("fullscreen", Command::Zoom),
        ("resize", Command::Size),
        ("rename", Command::Edit),
        ("help", Command::Help),
    ] {
        let mut session = Session::canvas(120, 40);
        session.keys("down :");
        session.typed(typed);
        let screen = session.screen();
        let found = screen.lines().skip_while(|line| !line.contains(&format!("› {typed}"))).nth(2);
        let is_of =
            |binding: &Binding| binding.command == command && found.unwrap_or("").contains(binding.label);
        assert!(TABLE.iter().any(is_of), "{typed}: {screen}");
    }
}
