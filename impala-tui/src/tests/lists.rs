//! Lists that are longer than the screen.

use super::support::Session;
use crate::action::Action;

#[test]
fn a_list_says_how_far_it_goes_on_and_uses_all_of_the_room() {
    let mut session = Session::canvas(80, 24);
    session.fake.revision = 24;
    session.keys("H");
    let screen = session.screen();
    assert!(screen.contains(" r24 ") && screen.contains("↓ 10 more") && !screen.contains("↑"), "{screen}");
    session.keys("G");
    let screen = session.screen();
    assert!(screen.contains(" r1 ") && screen.contains("↑ 10 more") && !screen.contains("↓"), "{screen}");
    session.act(Action::Resize(120, 40));
    session.answer_all();
    let screen = session.screen();
    assert!(screen.contains(" r24 ") && screen.contains(" r1 ") && !screen.contains(['↑', '↓']), "{screen}");
}

#[test]
fn the_palette_says_how_many_commands_there_are_above_and_below() {
    let mut session = Session::canvas(80, 24);
    session.keys(": down");
    let more =
        |screen: &str, sign: &str| screen.lines().any(|line| line.contains(sign) && line.contains(" more ─"));
    let screen = session.screen();
    assert!(more(&screen, "↓ ") && !more(&screen, "↑ "), "{screen}");
    session.keys(["down"; 30].join(" ").as_str());
    let screen = session.screen();
    assert!(more(&screen, "↓ ") && more(&screen, "↑ "), "{screen}");
}
