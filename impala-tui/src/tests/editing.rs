//! Editing and reading: what was chosen stays chosen, what is cut is within
//! reach, and every panel tells its keys.

use impala_core::BlockKind;

use super::support::Session;
use crate::action::{Action, Answer, Failure, Live};
use crate::effect::{Effect, Request};
use crate::keymap::Keymap;
use crate::look::Look;

fn open(target: &str) -> Session {
    Session::open(target, 80, 24, Look::default(), false)
}

#[test]
fn the_cursor_of_a_chart_stays_on_its_values_when_others_come() {
    let mut session = Session::canvas(120, 40);
    session.fake.skipped = 1;
    session.live(Live::Source("weather".to_owned()));
    session.keys("down down enter right");
    assert!(session.screen().contains(" Feb 2012 · "), "{}", session.screen());
    // A month more at the beginning.
    session.fake.skipped = 0;
    session.live(Live::Source("weather".to_owned()));
    let screen = session.screen();
    assert!(screen.contains(" Feb 2012 · ") && screen.contains("weather fog"), "{screen}");
    // It is gone; July is the next of the same series.
    session.fake.skipped = 3;
    session.live(Live::Source("weather".to_owned()));
    let screen = session.screen();
    assert!(screen.contains("Feb 2012, fog is gone; the nearest is Jul 2012, fog"), "{screen}");
    assert!(screen.contains(" Jul 2012 · "), "{screen}");
}

#[test]
fn a_table_keeps_its_order_and_its_row_when_others_come() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter s s down");
    session.keys("Y");
    let Some(Effect::Clip(row)) = session.effects.last().cloned() else { panic!("no row was copied") };
    session.fake.skipped = 1;
    session.live(Live::Source("weather".to_owned()));
    session.keys("Y");
    assert_eq!(session.effects.last(), Some(&Effect::Clip(row)));
    assert!(session.screen().contains("date↓"), "{}", session.screen());
}

#[test]
fn both_sides_of_a_conflict_are_told_field_by_field() {
    let mut session = Session::canvas(80, 24);
    session.other_saves(|canvas| {
        let days = canvas.spec.blocks.iter_mut().find(|block| block.id == "days").expect("a block");
        days.title = Some("Bob's days".to_owned());
        if let BlockKind::Metric(metric) = &mut days.kind {
            metric.format = "{:,.2} d".parse().ok();
        }
    });
    session.keys("down e up ctrl-u");
    session.typed("Ann's days");
    session.keys("ctrl-s");
    let screen = session.screen();
    for text in [
        "● mine (changed)",
        "bob's (changed)",
        "was   Days",
        "mine  Ann's days",
        "bob   Bob's days",
        "format",
        "{:,.2} d",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
}

#[test]
fn every_panel_tells_its_keys() {
    let check = |session: &mut Session, key: &str, expected: &str| {
        let before = session.screen();
        session.keys(key);
        let help = session.screen();
        assert!(help.contains("╭─ Keys ─") && help.contains(expected), "{help}");
        session.keys("esc");
        assert_eq!(session.screen(), before);
    };
    let mut session = Session::canvas(80, 24);
    session.keys("down e");
    check(&mut session, "ctrl-g", "Submit from any field");
    session.keys("esc a");
    check(&mut session, "?", "Next or previous source");
    session.keys("esc @");
    check(&mut session, "?", "Copy all, commands as a script");
    session.keys("esc m");
    check(&mut session, "?", "Move by a column or a row");
    let mut session = open("weather");
    session.keys("n");
    check(&mut session, "ctrl-g", "OK");
    session.keys("esc U");
    check(&mut session, "ctrl-g", "Upload from any field");
}

#[test]
fn a_long_command_is_read_to_its_end_and_all_are_copied() {
    let mut session = Session::canvas(80, 24);
    session.keys(":");
    session.typed("whole canvas");
    session.keys("enter");
    let Some(Effect::Editor { number, text }) = session.effects.last().cloned() else { panic!("no editor") };
    let text = text.replace("title: Seattle weather", "title: Weather of Seattle");
    session.tell(number, Answer::Edited(Ok(text)));
    session.answer_all();
    session.keys("@");
    assert!(!session.screen().contains("│ EOF"), "{}", session.screen());
    assert!(session.screen().contains("ctrl-d scrolls") || session.screen().contains("page-down scrolls"));
    for _ in 0..40 {
        session.keys("ctrl-d");
    }
    assert!(session.screen().contains("│ EOF"), "{}", session.screen());
    session.keys("Y");
    let Some(Effect::Clip(script)) = session.effects.last() else { panic!("nothing was copied") };
    assert!(script.starts_with("impala project show ann/weather\n") && script.ends_with("EOF\n"), "{script}");
}

#[test]
fn a_path_is_chosen_from_what_there_is() {
    let upload = |keys: &[&str]| {
        let mut session = open("weather");
        session.keys("U");
        keys.iter().for_each(|keys| session.keys(keys));
        let path = session.requests.iter().find_map(|request| match request {
            Request::Upload { path, .. } => Some(path.clone()),
            _ => None,
        });
        (path, session.screen())
    };
    let check = |keys: &[&str], expected: &str| {
        let (path, screen) = upload(keys);
        assert_eq!(path.as_deref(), Some(expected), "{screen}");
    };
    check(&["down tab enter"], "wind.csv");
    check(&["da", "tab down enter enter"], "data/snow.csv");
    check(&["w", "tab ctrl-s"], "wind.csv");
    check(&["other.csv", "enter"], "other.csv");
    assert!(upload(&["da"]).1.contains("data/"));
}

#[test]
fn what_is_typed_behind_a_tab_waits_until_the_paths_have_come() {
    // Known whole, completed, and known to nobody: tab leads to the next field once, or fills this one.
    for (typed, keys, source) in
        [("wind.csv", "", "gusts"), ("wi", "tab ", "gusts"), ("other.csv", "", "gusts")]
    {
        let mut session = open("weather");
        session.keys("U");
        session.fake.is_silent = true;
        session.typed(typed);
        session.keys(&format!("{keys}tab"));
        session.typed(source);
        session.fake.is_silent = false;
        session.answer_all();
        session.keys("ctrl-s");
        let upload = session.requests.iter().find_map(|request| match request {
            Request::Upload { path, source, .. } => Some((path.clone(), source.clone())),
            _ => None,
        });
        let path = if typed == "wi" { "wind.csv" } else { typed };
        assert_eq!(upload, Some((path.to_owned(), source.to_owned())), "{typed}: {}", session.screen());
    }
}

#[test]
fn what_a_file_was_refused_for_is_said_once() {
    let mut session = open("weather");
    session.fake.paths.clear();
    session.keys("U");
    let fault = impala_core::FieldError::at("/row/3", "row 3 has 1 field where the header has 2");
    let failure =
        Failure { errors: vec![fault.clone()], ..Failure::new(format!("bad.csv: {}", fault.detail)) };
    session.typed("bad.csv");
    session.fake.is_silent = true;
    session.keys("enter");
    let upload = session.waiting.iter().find(|(_, request)| matches!(request, Request::Upload { .. }));
    let number = upload.expect("an upload").0;
    session.act(Action::Answer { number, answer: Box::new(Answer::Uploaded(Err(failure))) });
    let screen = session.screen();
    assert_eq!(screen.matches("row 3 has 1 field").count(), 1, "{screen}");
    assert!(screen.contains("nothing has changed on the server"), "{screen}");
}

#[test]
fn every_key_that_the_footers_name_is_in_the_table() {
    let mut session = Session::canvas(120, 40);
    for (keys, expected) in [("a", "add"), (":", "run"), ("@", "copy all"), ("f", "apply"), ("/", "ok")] {
        session.keys(keys);
        let screen = session.screen();
        let footer = screen.lines().last().unwrap_or_default().to_owned();
        assert!(footer.contains(expected), "{keys}: {footer}");
        session.keys("esc");
    }
}

#[test]
fn what_is_said_of_keys_follows_the_keymap_file() {
    let mut session = Session::canvas(80, 24);
    session.app.shared.keymap = Keymap::read("[editor]\nundo = [\"x\"]\n").expect("a keymap");
    session.keys("down d");
    assert!(session.screen().contains("\"Days\" deleted; x brings it back"), "{}", session.screen());
    session.keys("x");
    assert!(session.fake.canvas.block("days").is_some());
}

#[test]
fn the_way_to_all_keys_is_told_however_full_the_footer_is() {
    let mut session = open("weather");
    session.keys("tab enter tab");
    let screen = session.screen();
    let footer = screen.lines().last().unwrap_or_default();
    assert!(footer.contains("? keys") && footer.contains("/ find"), "{footer}");
}

/// The text shows the number of the metric "days".
fn with_text_of_metric() -> Session {
    let mut session = Session::canvas(120, 40);
    session.keys("e");
    session.typed("There are {{days}} days. ");
    session.keys("ctrl-s");
    assert_eq!(session.fake.revision, 2);
    session
}

#[test]
fn a_metric_that_a_text_shows_is_not_deleted_before_the_text_is_changed() {
    let mut session = with_text_of_metric();
    session.keys("down d");
    let footer = session.screen().lines().last().unwrap_or_default().to_owned();
    assert!(footer.contains("\"Days\" is named by \"intro\": remove {{days}} there first."), "{footer}");
    assert_eq!(session.fake.revision, 2);
}

#[test]
fn a_text_whose_metric_is_not_here_is_not_pasted() {
    let mut session = with_text_of_metric();
    session.keys("y");
    session
        .other_saves(|canvas| canvas.spec.blocks.retain(|block| block.id != "days" && block.id != "intro"));
    session.hear();
    let before = session.fake.canvas.clone();
    session.keys("p");
    assert!(
        session.screen().contains("Not pasted: {{days}} names no parameter and no metric"),
        "{}",
        session.screen()
    );
    assert_eq!(session.fake.canvas, before);
}

#[test]
fn a_copied_block_brings_its_parameters_along_and_undo_takes_both_back() {
    let mut session = Session::canvas(120, 40);
    session.keys("down y");
    session.other_saves(|canvas| {
        canvas.spec.parameters.clear();
        canvas.spec.blocks.retain(|block| block.id == "intro");
        let text = serde_json::json!({"id": "intro", "type": "text", "markdown": "Nothing"});
        canvas.spec.blocks[0] = impala_core::document::read_block(&text).expect("a block");
    });
    session.hear();
    let bare = session.fake.canvas.clone();
    session.keys("p");
    let names: Vec<_> = session.fake.canvas.spec.parameters.iter().map(|one| one.name.clone()).collect();
    assert_eq!(names, ["since", "kind"], "{}", session.screen());
    assert!(session.screen().contains("brought its parameters since, kind along"), "{}", session.screen());
    assert!(session.fake.canvas.block("days").is_some() && session.fake.canvas.check().is_ok());
    session.keys("u");
    assert_eq!(session.fake.canvas, bare);
}

#[test]
fn edits_are_noted_block_by_block_and_never_over_what_others_save() {
    let mut session = Session::canvas(120, 40);
    session.keys("down e up ctrl-u");
    session.typed("All days");
    session.keys("ctrl-s m right right enter u D u");
    let at = "--project ann/weather";
    let expected = [
        format!("impala block set seattle-weather days --title 'All days' {at}"),
        format!("impala block move seattle-weather days --x 2 --y 4 {at}"),
    ];
    let log = &session.app.shared.log;
    for line in expected {
        assert!(log.iter().any(|one| one == line), "{line} is not in {log:#?}");
    }
    assert!(
        log.iter().any(|line| line.starts_with("impala block add seattle-weather --id days-2 ")),
        "{log:#?}"
    );
    assert!(
        log.iter().any(|line| line.starts_with("impala block remove seattle-weather days-2 ")),
        "{log:#?}"
    );
    assert!(!log.iter().any(|line| line.contains("--force")), "{log:#?}");
}

#[test]
fn a_column_of_a_block_says_when_its_limit_leaves_rows_out() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter c");
    assert!(session.screen().contains("Column copied: 12 rows"), "{}", session.screen());
    let mut session = Session::canvas(120, 40);
    session.fake.left_out = Some(50_000);
    session.keys("R G enter c");
    let screen = session.screen();
    assert!(screen.contains("Column copied: 12 of the query's 50,000 rows"), "{screen}");
}

#[test]
fn a_form_says_which_block_it_edits() {
    let mut session = Session::canvas(80, 24);
    session.keys("down down e");
    assert!(session.screen().contains("Edit chart “Rain by month, mm”"), "{}", session.screen());
    let mut session = Session::canvas(80, 24);
    session.keys("e");
    assert!(session.screen().contains("Edit text intro"), "{}", session.screen());
}
