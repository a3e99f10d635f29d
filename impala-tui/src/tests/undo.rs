//! Undo and redo, for each kind of edit: the canvas goes back and forth, and the focus is on the block that the step was about,
//! so that the next key meets that one.

use impala_core::Place;

use super::support::{Session, example};

/// The canvas as saved, and the block with the focus.
fn state(session: &mut Session) -> (impala_core::Canvas, String) {
    let focus = session.focus();
    (session.fake.canvas.clone(), focus)
}

/// After the edit the focus is on `done`; undone it is on `undone`, wherever it was taken meanwhile, and done again on `done`.
#[track_caller]
fn check(edit: impl FnOnce(&mut Session), done: &str, undone: &str) {
    let mut session = Session::canvas(120, 40);
    edit(&mut session);
    let edited = state(&mut session);
    assert_ne!(edited.0, example(), "{}", session.screen());
    assert_eq!(edited.1, done, "{}", session.screen());
    for away in ["g", "G", "tab"] {
        session.keys(away);
        session.keys("u");
        let (canvas, focus) = state(&mut session);
        assert_eq!((canvas == example(), focus.as_str()), (true, undone), "{away}: {}", session.screen());
        session.keys(away);
        session.keys("ctrl-r");
        assert_eq!(state(&mut session), edited, "{away}");
    }
}

#[test]
fn a_move_that_pushed_others() {
    check(|session| session.keys("down down down m up up up up enter"), "highs", "highs");
}

#[test]
fn a_move_by_the_mouse() {
    check(|session| session.drag((10, 8), (20, 10)), "days", "days");
}

#[test]
fn a_size_that_pushed_others() {
    check(|session| session.keys("down s down down down enter"), "days", "days");
}

#[test]
fn what_was_added() {
    let add = |session: &mut Session| {
        session.keys("down a G enter x ctrl-s");
    };
    check(add, "text", "days");
}

#[test]
fn what_was_deleted() {
    check(|session| session.keys("down d"), "wettest", "days");
    check(|session| session.keys("G d"), "kinds", "snow");
}

#[test]
fn a_copy() {
    check(|session| session.keys("down D"), "days-2", "days");
    check(|session| session.keys("down y down p"), "days-2", "rain");
}

#[test]
fn a_form() {
    let edit = |session: &mut Session| {
        session.keys("down e up ctrl-u");
        session.typed("All days");
        session.keys("ctrl-s");
    };
    check(edit, "days", "days");
}

#[test]
fn a_block_in_the_editor() {
    let sized = |text: String| text.replace("h: 6", "h: 9");
    check(|session| session.in_editor("down E", sized), "days", "days");
    let renamed = |text: String| text.replace("id: days", "id: all");
    check(|session| session.in_editor("down E", renamed), "all", "days");
}

#[test]
fn the_whole_canvas_in_the_editor() {
    // Its one change is to a block that had not the focus; those below make room.
    let change = |text: String| text.replace("title: Wettest day", "title: Wettest");
    let edit = |session: &mut Session| session.in_editor(": wholecanvas enter", change);
    let mut session = Session::canvas(120, 40);
    edit(&mut session);
    assert_eq!(session.focus(), "intro", "it stays where it was");
    for key in ["u", "ctrl-r"] {
        session.keys("G");
        session.keys(key);
        assert_eq!(session.focus(), "wettest", "{key}");
    }
}

#[test]
fn gaps_that_were_closed() {
    let mut session = Session::canvas(120, 40);
    session.keys("down d d d d : compact enter");
    let at = |session: &Session| session.place("rain");
    assert_eq!(at(&session), Place::new(0, 4, 24, 14));
    session.keys("g u");
    assert_eq!((at(&session).y, session.focus().as_str()), (10, "rain"));
}

#[test]
fn a_conflict_that_was_decided() {
    let mut session = Session::canvas(120, 40);
    session.other_saves(|canvas| canvas.spec.blocks[1].title = Some("Bob's days".to_owned()));
    session.keys("down e up ctrl-u");
    session.typed("Ann's days");
    session.keys("enter m");
    for (key, title) in [("u", "Bob's days"), ("ctrl-r", "Ann's days"), ("u", "Bob's days")] {
        session.keys("G");
        session.keys(key);
        let block = session.fake.canvas.block("days").and_then(|block| block.title.clone());
        assert_eq!((block.as_deref(), session.focus().as_str()), (Some(title), "days"), "{key}");
    }
}

#[test]
fn a_step_back_or_forth_says_what_it_was() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m right enter d u");
    let footer =
        |session: &mut Session| session.screen().lines().last().unwrap_or_default().trim().to_owned();
    assert_eq!(footer(&mut session), "Undone: deleted \"Days\"");
    session.keys("u");
    assert_eq!(footer(&mut session), "Undone: moved \"Days\"");
    session.keys("ctrl-r");
    assert_eq!(footer(&mut session), "Redone: moved \"Days\"");
}

#[test]
fn what_others_changed_meanwhile_takes_no_focus() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m right enter");
    session.other_saves(|canvas| canvas.spec.blocks[0].title = Some("Bob's intro".to_owned()));
    session.hear();
    session.keys("G u");
    assert_eq!((session.place("days").x, session.focus().as_str()), (0, "days"));
}

fn titled(session: &mut Session, title: &str) {
    session.keys("g down e up ctrl-u");
    session.typed(title);
    session.keys("ctrl-s");
}

fn title(session: &Session) -> Option<String> {
    session.fake.canvas.block("days").and_then(|block| block.title.clone())
}

fn footer(session: &mut Session) -> String {
    session.screen().lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn what_someone_else_has_made_of_the_same_since_stays() {
    let mut session = Session::canvas(120, 40);
    titled(&mut session, "Mine");
    session.other_saves(|canvas| canvas.spec.blocks[1].title = Some("Bob's".to_owned()));
    session.hear();
    let revision = session.fake.revision;
    session.keys("u");
    let words = "Not undone: renamed \"Days\" to \"Mine\": \"Bob's\" was changed by someone else since";
    assert_eq!(footer(&mut session), words);
    assert_eq!((title(&session).as_deref(), session.fake.revision), (Some("Bob's"), revision));
    session.keys("u");
    assert_eq!(footer(&mut session), "There is nothing to undo.");
}

#[test]
fn what_someone_else_has_deleted_or_built_on_is_not_brought_back_or_taken_away() {
    let mut session = Session::canvas(120, 40);
    titled(&mut session, "Mine");
    session.other_saves(|canvas| canvas.spec.blocks.retain(|block| block.id != "days"));
    session.hear();
    session.keys("u");
    assert!(session.fake.canvas.block("days").is_none());
    assert!(footer(&mut session).ends_with("\"Mine\" was deleted by someone else since"));
    let mut session = Session::canvas(120, 40);
    session.keys("down D");
    let copy = |canvas: &mut impala_core::Canvas| {
        let copy = canvas.spec.blocks.iter_mut().find(|block| block.id == "days-2").expect("the copy");
        copy.title = Some("Bob's work".to_owned());
    };
    session.other_saves(copy);
    session.hear();
    session.keys("u");
    let kept = session.fake.canvas.block("days-2").and_then(|block| block.title.as_deref());
    assert_eq!(kept, Some("Bob's work"));
}

#[test]
fn only_the_own_field_of_a_block_goes_back_where_someone_else_has_changed_another_one() {
    let mut session = Session::canvas(120, 40);
    titled(&mut session, "Mine");
    session.other_saves(|canvas| {
        canvas.spec.blocks[1].from_mut().expect("rows").filter = Some("wind > 3".to_owned());
    });
    session.hear();
    session.keys("u");
    assert_eq!(footer(&mut session), "Undone: renamed \"Days\" to \"Mine\"");
    let block = session.fake.canvas.block("days").expect("a block");
    let filter = block.from().and_then(|from| from.filter.as_deref());
    assert_eq!((block.title.as_deref(), filter), (Some("Days"), Some("wind > 3")));
}

#[test]
fn a_restored_revision_is_a_step_as_any_other() {
    let mut session = Session::canvas(120, 40);
    titled(&mut session, "First");
    titled(&mut session, "Second");
    let before = session.fake.canvas.clone();
    // The server restores the first revision, and tells of it.
    session.other_saves(|canvas| *canvas = example());
    (session.fake.saved_by, session.fake.note) = ("ann".to_owned(), "restored revision 1".to_owned());
    session.hear();
    session.fake.note.clear();
    assert_eq!(session.fake.canvas, example());
    session.keys("u");
    assert_eq!(footer(&mut session), "Undone: restored revision 1");
    assert_eq!(session.fake.canvas, before);
    session.keys("ctrl-r");
    assert_eq!(
        (footer(&mut session).as_str(), &session.fake.canvas),
        ("Redone: restored revision 1", &example())
    );
    session.keys("u u");
    assert_eq!(footer(&mut session), "Undone: renamed \"First\" to \"Second\"");
    assert_eq!(title(&session).as_deref(), Some("First"));
}

#[test]
fn the_focus_of_a_block_that_someone_deletes_goes_to_the_next_one() {
    let mut session = Session::canvas(120, 40);
    session.keys("down tab");
    session.other_saves(|canvas| canvas.spec.blocks.retain(|block| block.id != "wettest"));
    session.hear();
    assert_eq!(session.focus(), "warmth");
}

/// Leaves the canvas and opens it again.
fn leave_and_return(session: &mut Session) {
    session.keys("q");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
    session.keys("enter");
}

#[test]
fn five_hundred_edits_are_undone_and_redone_also_after_leaving() {
    let mut session = Session::canvas(80, 24);
    session.keys("down");
    let mut states = vec![session.fake.canvas.clone()];
    for step in 0..500 {
        session.keys(if step % 2 == 0 { "m down enter" } else { "s down enter" });
        states.push(session.fake.canvas.clone());
        assert_ne!(states[step], states[step + 1], "{step}");
    }
    let mut go = |key: &str, to: Vec<usize>, left_at: usize| {
        for index in to {
            if index == left_at {
                leave_and_return(&mut session);
            }
            session.keys(key);
            assert!(session.fake.canvas == states[index], "{key} to {index}");
        }
    };
    go("u", (0..500).rev().collect(), 300);
    go("ctrl-r", (1..=500).collect(), 200);
}

#[test]
fn undoing_after_a_return_leaves_alone_what_others_saved_meanwhile() {
    let mut session = Session::canvas(120, 40);
    session.keys("down m down enter q");
    session.other_saves(|canvas| canvas.metadata.title = "Bob's".to_owned());
    session.keys("enter u");
    assert!(session.screen().contains("Undone: moved \"Days\""), "{}", session.screen());
    assert_eq!(session.place("days"), example().block("days").expect("a block").at);
    assert_eq!(session.fake.canvas.title(), "Bob's");
    session.keys("ctrl-r");
    assert_ne!(session.place("days"), example().block("days").expect("a block").at);
}

#[test]
fn what_was_left_unsaved_or_deleted_meanwhile_cannot_be_undone() {
    let check = |session: &mut Session| {
        session.keys("u");
        assert!(session.screen().contains("There is nothing to undo."), "{}", session.screen());
    };
    let mut session = Session::canvas(120, 40);
    session.fake.refusal = Some(crate::action::Failure::new("the disk is full"));
    session.keys("down m down enter q y enter");
    check(&mut session);
    let mut session = Session::canvas(120, 40);
    session.keys("down m down enter q");
    (session.fake.canvas, session.fake.revision) = (example(), 1);
    session.keys("enter");
    assert!(session.screen().contains("earlier edits can no longer be undone"), "{}", session.screen());
    check(&mut session);
}
