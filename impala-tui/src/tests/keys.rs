//! Keys of their own for what was in the palette only, and letters beside the arrows.

use super::support::Session;
use crate::effect::Effect;
use crate::look::{Background, Look};

#[test]
fn left_goes_back_from_every_list_that_right_leads_into() {
    for [back, open] in [["h", "l"], ["left", "right"]] {
        let mut session = Session::open("", 80, 24, Look::default(), false);
        let mut check = |keys: &str, expected: &str| {
            session.keys(keys);
            assert!(session.screen().contains(expected), "{keys}:\n{}", session.screen());
        };
        check(back, "There is nothing to go back to");
        check(open, "[Canvases 1]");
        check(back, "Impala  Projects");
        check(open, "[Canvases 1]");
        check(&format!("tab {open}"), "[Schema]");
        check(back, "[Sources 1]");
        check(&format!("shift-tab {open}"), "Rain by month");
        check("H", "/ history");
        check(open, "as it was at r2");
        check("q", "/ history");
        check(back, "saved r1 by ann");
    }
}

#[test]
fn left_goes_back_past_a_filter_that_is_kept() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("/");
    session.typed("hours");
    assert!(session.screen().contains("Filter: hours"), "letters are text there: {}", session.screen());
    session.keys("enter h");
    assert!(session.screen().contains("Impala  Projects"), "{}", session.screen());
}

#[test]
fn the_project_the_yaml_and_the_gaps_have_keys_on_a_canvas() {
    let mut session = Session::canvas(120, 40);
    session.keys("C");
    let Some(Effect::Editor { text, .. }) = session.effects.last() else { panic!("no editor") };
    assert!(text.contains("kind: Canvas"), "{text}");
    let mut session = Session::canvas(120, 40);
    session.keys("m G down down down enter");
    let below = session.fake.canvas.clone();
    session.keys("c");
    assert_ne!(session.fake.canvas, below);
    assert_eq!(session.fake.canvas, {
        let mut canvas = below;
        canvas.compact();
        canvas
    });
    session.keys("P");
    assert!(session.screen().contains("[Canvases 1]"), "{}", session.screen());
}

#[test]
fn the_mouse_and_the_colors_have_keys_everywhere() {
    let mut session = Session::open("ann/weather", 80, 24, Look::default(), false);
    session.keys("V");
    assert_eq!(session.effects.last(), Some(&Effect::Mouse(false)));
    assert!(session.screen().contains("The mouse selects text"), "{}", session.screen());
    session.keys("V");
    assert_eq!(session.effects.last(), Some(&Effect::Mouse(true)));
    let before = session.styled_row(0);
    session.app.shared.look.background = Background::Dark;
    session.keys("T");
    assert_eq!(session.app.shared.look.background, Background::Light);
    assert_ne!(session.styled_row(0), before);
    session.keys("T");
    assert_eq!(session.app.shared.look.background, Background::Dark);
}
