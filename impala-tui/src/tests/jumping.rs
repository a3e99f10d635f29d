//! Letters on the blocks, by which the focus jumps.

use impala_core::{Block, Canvas, Place};

use super::support::{Session, example};

#[test]
fn letters_jump_to_blocks() {
    let mut session = Session::canvas(120, 40);
    session.keys("ctrl-o");
    assert!(session.screen().contains(" s "));
    session.keys("d enter");
    assert!(session.screen().contains("/ Wettest day"), "{}", session.screen());
}

/// So many blocks on one screen, three rows high each.
fn crowd(count: u32) -> Canvas {
    let mut canvas = example();
    let text = canvas.spec.blocks.iter().find(|block| block.id == "intro").expect("a text").clone();
    canvas.spec.blocks = (0..count)
        .map(|index| Block {
            id: format!("b{index}"),
            at: Place::new(index % 4 * 6, index / 4 * 3, 6, 3),
            ..text.clone()
        })
        .collect();
    canvas
}

#[test]
fn letters_are_dealt_over_the_blocks_that_are_seen() {
    let jump = |height: u16, before: &str, letters: &str| {
        let mut session = Session::canvas(120, height);
        session.other_saves(|canvas| *canvas = crowd(60));
        session.hear();
        session.keys(before);
        session.keys("ctrl-o");
        let first = session.screen();
        session.typed(letters);
        (first, session.focus())
    };
    // Ten rows of four are seen at most: one letter each, also far down.
    let (screen, focus) = jump(24, "G", "a");
    assert!(screen.contains(" a ") && !screen.contains(" aa "), "{screen}");
    let number: u16 = focus[1..].parse().expect("a number");
    assert!((28..44).contains(&number), "the first that is seen is {focus}:\n{screen}");
    // All sixty are.
    let (screen, focus) = jump(60, "g", "sw");
    assert!(screen.contains(" aa ") && screen.contains(" ss "), "{screen}");
    assert_eq!(focus, "b46");
    let (_, focus) = jump(60, "G", "s-");
    assert_eq!(focus, "b59", "a letter of none ends the jump");
}

#[test]
fn after_the_first_of_two_letters_the_second_ones_are_shown() {
    let mut session = Session::canvas(120, 60);
    session.other_saves(|canvas| *canvas = crowd(60));
    session.hear();
    session.keys("ctrl-o s");
    let screen = session.screen();
    assert!(screen.contains(" w ") && !screen.contains(" aa ") && !screen.contains(" sw "), "{screen}");
    session.keys("esc");
    assert!(!session.screen().contains(" w "), "{}", session.screen());
}
