//! What happens on a canvas: edits, saves, conflicts, and what late answers may not do.

use crossterm::event::{MouseButton, MouseEventKind};
use impala_core::{BlockKind, Canvas, Place};

use super::support::{Session, example};
use crate::action::{Action, Failure};
use crate::effect::{Effect, Request};
use crate::look::Look;

fn saves(session: &Session) -> usize {
    session.requests.iter().filter(|request| matches!(request, Request::Save(..))).count()
}

fn set_title(canvas: &mut Canvas, id: &str, title: &str) {
    let block = canvas.spec.blocks.iter_mut().find(|block| block.id == id).expect("a block");
    block.title = Some(title.to_owned());
}

#[test]
fn a_block_is_moved_by_keys_and_saved_once() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m");
    let before = session.fake.canvas.clone();
    session.keys("down down right");
    assert_eq!((saves(&session), &session.fake.canvas), (0, &before), "nothing is saved while it is in hand");
    session.keys("enter");
    assert_eq!((saves(&session), session.place("days")), (1, Place::new(1, 6, 6, 6)));
    assert!(session.place("rain").y >= 12, "what is in the way makes room");
    assert!(session.screen().lines().next().is_some_and(|bar| bar.contains("saved r2 by ann")));
    session.keys("u");
    assert_eq!(session.fake.canvas, before);
    session.keys("ctrl-r");
    assert_eq!(session.place("days").y, 6);
}

#[test]
fn what_parameters_are_set_to_is_kept_while_the_canvas_is_not_open() {
    let mut session = Session::canvas(120, 40);
    session.keys("f down");
    session.typed("rain");
    session.keys("ctrl-s");
    assert_eq!(session.given("kind"), ["rain"]);
    session.keys("q enter");
    assert!(session.screen().contains("Weather: rain"), "{}", session.screen());
    assert_eq!(session.given("kind"), ["rain"]);
    // A parameter that is gone meanwhile is no reason to complain.
    session.keys("q");
    session.other_saves(|canvas| canvas.spec.parameters.retain(|one| one.name != "kind"));
    session.keys("enter");
    assert!(!session.screen().contains("Weather: rain"), "{}", session.screen());
    assert!(session.given("kind").is_empty());
}

#[test]
fn a_new_text_has_all_rows_that_it_needs() {
    let mut session = Session::canvas(120, 40);
    session.keys("a G enter");
    session.typed("one");
    for line in ["two", "three", "four", "five"] {
        session.keys("enter enter");
        session.typed(line);
    }
    session.keys("ctrl-s");
    let text = session.fake.canvas.block("text").expect("the new block");
    assert_eq!(text.at.h, 9, "{text:?}");
}

#[test]
fn escape_puts_a_block_back() {
    let mut session = Session::canvas(120, 40);
    session.keys("down s right right down esc");
    assert_eq!((saves(&session), &session.fake.canvas), (0, &example()));
    assert!(!session.screen().contains("esc reverts"));
}

#[test]
fn the_mouse_drags_blocks_and_corners() {
    let mut session = Session::canvas(122, 40);
    // 120 columns of page: 5 a column of the grid. The block "days" begins in row 6 of the screen.
    session.drag((10, 8), (20, 10));
    assert_eq!(session.place("days"), Place::new(2, 6, 6, 6));
    session.keys("u");
    session.drag((28, 11), (38, 13));
    assert_eq!(session.place("days"), Place::new(0, 4, 8, 8));
    session.mouse(MouseEventKind::ScrollDown, 10, 10);
    assert!(!session.screen().contains("Seattle, day by day"));
}

#[test]
fn what_is_deleted_comes_back_with_its_answer() {
    let mut session = Session::canvas(120, 40);
    session.keys("down d");
    assert!(session.fake.canvas.block("days").is_none());
    session.keys("u");
    assert_eq!(session.fake.canvas, example());
    assert!(session.screen().contains("Days"));
}

#[test]
fn a_block_is_copied_and_duplicated_under_a_new_id() {
    let mut session = Session::canvas(120, 40);
    session.keys("down y p");
    session.keys("D");
    for id in ["days-2", "days-2-2"] {
        assert!(session.fake.canvas.block(id).is_some(), "{id}");
    }
    assert!(session.fake.canvas.check().is_ok());
}

#[test]
fn a_save_of_someone_else_is_merged_where_it_touches_something_else() {
    let mut session = Session::canvas(120, 40);
    session.other_saves(|canvas| set_title(canvas, "rain", "Rain, by Bob"));
    session.keys("down d");
    assert!(session.fake.canvas.block("days").is_none());
    let title = session.fake.canvas.block("rain").and_then(|block| block.title.clone());
    assert_eq!(title.as_deref(), Some("Rain, by Bob"));
    session.keys("u");
    let title = session.fake.canvas.block("rain").and_then(|block| block.title.clone());
    assert_eq!(title.as_deref(), Some("Rain, by Bob"), "undo takes back one's own change only");
}

#[test]
fn a_conflict_is_decided_block_by_block() {
    let conflict = || {
        let mut session = Session::canvas(120, 40);
        session.other_saves(|canvas| set_title(canvas, "days", "Bob's days"));
        session.keys("down e up");
        session.keys("ctrl-u");
        session.typed("Ann's days");
        session.keys("enter");
        assert!(session.screen().contains("Changed on both sides"), "{}", session.screen());
        assert!(session.screen().contains("conflict, w decides it"));
        session
    };
    let title = |session: &Session| session.fake.canvas.block("days").and_then(|block| block.title.clone());
    let mut mine = conflict();
    mine.keys("m");
    assert_eq!(title(&mine).as_deref(), Some("Ann's days"));
    let mut theirs = conflict();
    theirs.keys("space enter");
    assert_eq!(title(&theirs).as_deref(), Some("Bob's days"));
    let mut later = conflict();
    later.keys("esc w t");
    assert_eq!(title(&later).as_deref(), Some("Bob's days"));
    // What was marked before it was put off is marked still.
    let mut marked = conflict();
    marked.keys("space esc w enter");
    assert_eq!(title(&marked).as_deref(), Some("Bob's days"));
}

#[test]
fn a_decision_over_a_conflict_is_undone_and_done_again() {
    let title = |session: &Session| session.fake.canvas.block("days").and_then(|block| block.title.clone());
    for (key, decided, undone) in [("m", "Ann's days", "Bob's days"), ("t", "Bob's days", "Ann's days")] {
        let mut session = Session::canvas(120, 40);
        session.other_saves(|canvas| set_title(canvas, "days", "Bob's days"));
        session.keys("down e up ctrl-u");
        session.typed("Ann's days");
        session.keys("enter");
        session.keys(key);
        for (key, expected) in [("", decided), ("u", undone), ("ctrl-r", decided)] {
            session.keys(key);
            assert_eq!(title(&session).as_deref(), Some(expected), "{key}");
        }
    }
}

#[test]
fn a_form_finished_while_a_save_is_under_way_does_not_win_over_anothers_change() {
    let mut session = Session::canvas(120, 40);
    session.keys("down e up ctrl-u");
    session.typed("Ann's days");
    // Someone else's title arrives, merged with a change of one's own that is still on its way.
    session.other_saves(|canvas| set_title(canvas, "days", "Bob's days"));
    session.hear();
    session.fake.is_silent = true;
    session.keys("ctrl-s");
    assert!(session.screen().contains("Changed on both sides"), "{}", session.screen());
    session.fake.is_silent = false;
    session.keys("esc");
    assert!(session.screen().contains("conflict, w decides it"));
    session.keys("q");
    assert!(session.screen().contains("Leave without saving?"), "{}", session.screen());
    session.keys("n w m");
    let title = session.fake.canvas.block("days").and_then(|block| block.title.clone());
    assert_eq!(title.as_deref(), Some("Ann's days"));
    session.keys("u");
    let title = session.fake.canvas.block("days").and_then(|block| block.title.clone());
    assert_eq!(title.as_deref(), Some("Bob's days"));
}

#[test]
fn what_others_save_arrives_without_taking_the_focus_or_the_block_in_hand() {
    let mut session = Session::canvas(120, 40);
    session.other_saves(|canvas| set_title(canvas, "rain", "Rain, by Bob"));
    session.keys("down m right");
    session.hear();
    assert!(!session.screen().contains("Rain, by Bob"), "not while a block is in hand");
    session.keys("enter");
    assert!(session.screen().contains("Rain, by Bob"));
    assert_eq!(session.place("days").x, 1);
}

#[test]
fn a_failed_save_is_said_kept_and_tried_again() {
    let mut session = Session::canvas(120, 40);
    session.fake.refusal = Some(Failure::new("could not reach http://impala.test"));
    session.keys("down d");
    assert!(session.screen().contains("not saved, w tries again"));
    session.keys("q");
    assert!(session.screen().contains("Leave without saving?"));
    // A no is no yes to the next one.
    session.keys("n q");
    let screen = session.screen();
    assert!(screen.contains("Leave without saving?") && screen.contains("could not reach"), "{screen}");
    session.keys("n w");
    assert!(session.fake.canvas.block("days").is_none());
}

#[test]
fn a_block_in_hand_keeps_the_focus_whatever_is_clicked() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m right");
    // The second click would be a double one.
    for _ in 0..2 {
        session.click(10, 30);
        assert!(session.screen().contains("┏━ Days ━"), "{}", session.screen());
    }
    session.keys("right enter");
    assert_eq!((session.place("days").x, session.focus().as_str()), (2, "days"), "{}", session.screen());
    session.click(10, 30);
    assert_ne!(session.focus(), "days", "then a click takes it");
}

#[test]
fn keys_end_a_drag_as_they_end_a_move() {
    let mut session = Session::canvas(120, 40);
    let before = session.place("days");
    let drag = |session: &mut Session| {
        session.mouse(MouseEventKind::Down(MouseButton::Left), 10, 8);
        session.mouse(MouseEventKind::Drag(MouseButton::Left), 20, 10);
    };
    let release = |session: &mut Session| session.mouse(MouseEventKind::Up(MouseButton::Left), 20, 10);
    drag(&mut session);
    // Nothing else is done with a block in hand.
    session.keys("d");
    assert!(session.app.unsaved().is_empty());
    session.keys("esc");
    session.mouse(MouseEventKind::Drag(MouseButton::Left), 24, 10);
    release(&mut session);
    assert_eq!((saves(&session), session.place("days")), (0, before));
    drag(&mut session);
    session.keys("right enter");
    release(&mut session);
    assert_eq!(saves(&session), 1);
    assert_ne!(session.place("days"), before);
    // A key between press and drag has the block no longer in hand.
    session.mouse(MouseEventKind::Down(MouseButton::Left), 10, 30);
    session.keys("j");
    session.mouse(MouseEventKind::Drag(MouseButton::Left), 20, 32);
    release(&mut session);
    assert_eq!(saves(&session), 1);
}

#[test]
fn changes_to_different_fields_of_a_block_are_both_kept() {
    let mut session = Session::canvas(120, 40);
    session.other_saves(|canvas| {
        let days = canvas.spec.blocks.iter_mut().find(|block| block.id == "days").expect("a block");
        let BlockKind::Metric(metric) = &mut days.kind else { panic!("{days:?}") };
        metric.format = "{:.3}".parse().ok();
    });
    session.keys("down e up ctrl-u");
    session.typed("Ann's days");
    session.keys("enter");
    let screen = session.screen();
    assert!(screen.contains("● mine (changed)  ● bob's (changed)"), "{screen}");
    session.keys("enter");
    let block = session.fake.canvas.block("days").expect("the block").clone();
    let BlockKind::Metric(metric) = &block.kind else { panic!("{block:?}") };
    assert_eq!(
        (block.title.as_deref(), metric.format.as_ref().map(ToString::to_string).as_deref()),
        (Some("Ann's days"), Some("{:.3}"))
    );
}

#[test]
fn late_answers_change_nothing() {
    let mut session = Session::canvas(120, 40);
    session.fake.is_silent = true;
    session.keys("R");
    session.keys("R");
    let before = session.screen();
    assert!(!session.app.is_dirty);
    session.act(Action::Answer {
        number: 1,
        answer: Box::new(crate::action::Answer::Canvas(Err(Failure::new("too late")))),
    });
    assert!(!session.app.is_dirty);
    assert_eq!(session.screen(), before);
}

#[test]
fn who_may_only_read_changes_nothing() {
    let mut session = Session::open("ann/weather/seattle-weather", 120, 40, Look::default(), true);
    session.keys("down d");
    session.keys("m right enter");
    session.drag((10, 8), (20, 10));
    assert_eq!((saves(&session), &session.fake.canvas), (0, &example()));
    assert!(session.screen().contains("read-only"));
}

#[test]
fn a_chart_is_added_by_the_form() {
    let mut session = Session::canvas(120, 40);
    session.keys("a");
    assert!(session.screen().contains("Source weather"));
    // Beyond the proposals every kind follows, the line after the bar.
    while !session.screen().lines().any(|line| line.contains("a line"))
        && !selected(&mut session).contains("line: change over time")
    {
        session.keys("down");
    }
    session.keys("enter");
    assert!(session.screen().contains("Mark*      line"));
    // Its source is chosen already.
    session.keys("ctrl-u");
    session.typed("yearm");
    assert!(session.screen().contains("yearmonthdate("), "{}", session.screen());
    session.keys("tab");
    session.typed("dat");
    session.keys("tab");
    session.typed(")");
    session.keys("ctrl-s");
    let block = session.fake.canvas.block("line").expect("the new block");
    let BlockKind::Chart(chart) = &block.kind else { panic!("{block:?}") };
    assert_eq!(
        chart.encoding.x.as_ref().and_then(|x| x.term()).map(|x| x.to_string()).as_deref(),
        Some("yearmonth(date)")
    );
    assert_eq!(session.app.shared.log.iter().filter(|line| line.starts_with("impala block add")).count(), 1);
}

/// The line of a list that is tinted as chosen.
fn selected(session: &mut Session) -> String {
    let chosen = session.app.shared.look.style(crate::look::Role::Chosen).bg;
    let buffer = session.buffer();
    let is_chosen = |x: u16, y: u16| Some(buffer[(x, y)].bg) == chosen;
    let row = (0..buffer.area.height).find(|y| (0..buffer.area.width).any(|x| is_chosen(x, *y)));
    let row = row.unwrap_or(0);
    (0..buffer.area.width).filter(|x| is_chosen(*x, row)).map(|x| buffer[(x, row)].symbol()).collect()
}

#[test]
fn a_form_that_is_wrong_says_where_and_keeps_nothing() {
    let mut session = Session::canvas(120, 40);
    session.keys("down e");
    session.keys("down down");
    session.keys("ctrl-u");
    session.typed("summ(wind)");
    assert!(session.screen().contains("\"sum\"?"), "{}", session.screen());
    session.keys("ctrl-s");
    assert_eq!(saves(&session), 0);
    session.keys("esc esc");
    assert_eq!(session.fake.canvas, example());
}

#[test]
fn yaml_comes_back_from_the_editor_or_says_which_line_is_wrong() {
    let mut session = Session::canvas(120, 40);
    session.keys("down E");
    let Some(Effect::Editor { number, text }) = session.effects.last().cloned() else { panic!("no editor") };
    assert!(text.contains("id: days"), "{text}");
    let edited =
        |text: String| Action::Answer { number, answer: Box::new(crate::action::Answer::Edited(Ok(text))) };
    session.act(edited(text.replace("aggregate: count", "aggregate: coutn")));
    assert!(session.screen().contains("line "), "{}", session.screen());
    session.keys("y");
    let Some(Effect::Editor { number, text }) = session.effects.last().cloned() else { panic!("no editor") };
    let fixed = text.replace("coutn", "count").replace("title: Days", "title: All days");
    session.act(Action::Answer { number, answer: Box::new(crate::action::Answer::Edited(Ok(fixed))) });
    let title = session.fake.canvas.block("days").and_then(|block| block.title.clone());
    assert_eq!(title.as_deref(), Some("All days"));
}

#[test]
fn what_was_typed_is_offered_again_when_the_editor_fails_on_it() {
    let mut session = Session::canvas(120, 40);
    session.keys("down E");
    let wrong = "{Days".to_owned();
    let ends = |session: &mut Session, edited| {
        let Some(Effect::Editor { number, .. }) = session.effects.last().cloned() else {
            panic!("no editor")
        };
        session.tell(number, crate::action::Answer::Edited(edited));
    };
    ends(&mut session, Ok(wrong.clone()));
    for _ in 0..2 {
        assert_eq!(session.app.unsaved(), [("seattle-weather.yaml".to_owned(), wrong.clone())]);
        session.keys("y");
        assert_eq!(session.app.unsaved(), [("seattle-weather.yaml".to_owned(), wrong.clone())]);
        ends(&mut session, Err(Failure::new("`vi` ended with signal: 9")));
        assert!(session.screen().contains("`vi` ended with signal: 9"), "{}", session.screen());
        assert!(session.screen().contains("Edit it again?"), "{}", session.screen());
    }
    session.keys("y");
    assert!(matches!(session.effects.last(), Some(Effect::Editor { text, .. }) if *text == wrong));
}

#[test]
fn what_the_server_has_not_got_is_there_to_be_kept() {
    let mut session = Session::canvas(120, 40);
    assert_eq!(session.app.unsaved(), []);
    session.fake.is_silent = true;
    session.keys("down d");
    let unsaved = session.app.unsaved();
    let [(name, text)] = &unsaved[..] else { panic!("{unsaved:?}") };
    assert!(name == "seattle-weather.yaml" && !text.contains("id: days"), "{name}: {text}");
    // What is in hand is not finished.
    session.keys("m right");
    assert_eq!(session.app.unsaved(), unsaved);
    session.keys("esc");
    session.fake.is_silent = false;
    session.answer_all();
    assert_eq!(session.app.unsaved(), []);
}

#[test]
fn a_value_is_read_and_sets_its_parameter() {
    let mut session = Session::canvas(120, 40);
    session.keys("down down enter");
    session.keys("right right");
    let line = session.screen();
    assert!(line.contains(" Feb 2012 · 75 mm "), "{line}");
    session.keys("enter");
    let given = session.requests.iter().rev().find_map(|request| match request {
        Request::Draft(_, draft) => Some(draft.parameters.clone()),
        _ => None,
    });
    assert!(given.is_some_and(|given| given.contains_key("kind")), "{}", session.screen());
}

#[test]
fn a_table_scrolls_sorts_and_copies() {
    let mut session = Session::canvas(120, 40);
    session.keys("G enter");
    assert!(session.screen().contains("row 1 of 12"), "{}", session.screen());
    session.keys("s s");
    session.keys("y");
    assert!(matches!(session.effects.last(), Some(Effect::Clip(_))));
    session.keys("q");
    assert!(session.screen().contains("Seattle weather"));
}

#[test]
fn parameters_are_set_in_their_panel() {
    let mut session = Session::canvas(120, 40);
    session.keys("f");
    session.typed("2014-99-01");
    session.keys("enter");
    assert!(session.screen().contains("is not a date"), "{}", session.screen());
    session.keys("ctrl-u");
    session.typed("2014-05-01");
    session.keys("down");
    session.typed("sn");
    session.keys("tab enter");
    assert!(session.screen().contains("Since: 2014-05-01"), "{}", session.screen());
    assert!(session.screen().contains("Weather: snow"));
}

#[test]
fn pasted_text_is_no_key() {
    let mut session = Session::canvas(120, 40);
    session.act(Action::Paste("ddd".to_owned()));
    assert_eq!((saves(&session), &session.fake.canvas), (0, &example()));
}

#[test]
fn leaving_ends_where_it_began() {
    let mut session = Session::canvas(120, 40);
    session.keys("q");
    assert!(session.screen().contains("Canvases 1"));
    session.keys("q q");
    assert_eq!(session.effects.last(), Some(&Effect::Quit));
}
