//! What is read on a canvas: where the focus begins, what a frame says by itself, and what the cursor of a chart says.

use super::support::{Session, example};

/// The first view of a canvas with these blocks of the example only.
fn first_view(height: u16, ids: &[&str]) -> Session {
    let mut session = Session::fresh("ann/weather", |shared| shared.size = (80, height));
    session.fake.canvas = example();
    session.fake.canvas.spec.blocks.retain(|block| ids.contains(&block.id.as_str()));
    session.keys("enter");
    session
}

#[test]
fn the_focus_begins_on_what_is_seen_and_can_be_read() {
    let check = |height: u16, ids: &[&str], expected: &str| {
        let mut session = first_view(height, ids);
        assert_eq!(session.focus(), expected, "{height} {ids:?}: {}", session.screen());
    };
    let all = ["intro", "days", "wettest", "rain", "highs", "snow"];
    check(24, &all, "rain");
    // The chart is below the screen, and a number is as good.
    check(16, &all, "days");
    check(24, &["intro", "days"], "days");
    check(24, &["intro"], "intro");
}
