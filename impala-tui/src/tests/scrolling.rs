//! Scrolling a canvas, and going from block to block, on the page and on the whole screen.

use super::support::Session;

/// The row of the screen on which a block's frame begins, by its title.
fn rows_of(session: &mut Session, title: &str) -> Option<usize> {
    session.screen().lines().position(|line| line.contains(&format!("─ {title} ─")))
}

fn canvas() -> Session {
    Session::canvas(80, 24)
}

const RAIN: &str = "Rain by month, mm";

#[test]
fn half_screens_and_lines_are_scrolled_and_the_ends_hold() {
    let mut session = canvas();
    let top = rows_of(&mut session, RAIN).expect("it is seen at first");
    let mut check = |keys: &str, rows: usize| {
        session.keys(keys);
        assert_eq!(rows_of(&mut session, RAIN), top.checked_sub(rows), "{keys}: {}", session.screen());
    };
    check("ctrl-e", 1);
    check("ctrl-e ctrl-e", 3);
    check("ctrl-y", 2);
    check("ctrl-y ctrl-y ctrl-y", 0);
    check("ctrl-d", 10);
    check("ctrl-u", 0);
    check("page-down", 10);
    check("page-up page-up", 0);
}

#[test]
fn the_last_row_of_the_page_is_the_last_one_seen() {
    let mut session = canvas();
    session.keys("ctrl-d ctrl-d ctrl-d ctrl-d ctrl-d ctrl-d ctrl-d");
    let lines: Vec<String> = session.screen().lines().map(str::to_owned).collect();
    assert!(lines[22].trim().starts_with('╰'), "{}", session.screen());
    session.keys("ctrl-e");
    assert_eq!(session.screen().lines().nth(22), Some(lines[22].as_str()));
    session.keys("ctrl-u");
    assert_ne!(session.screen().lines().nth(22), Some(lines[22].as_str()));
}

#[test]
fn scrolling_leaves_the_focus_where_it_is() {
    let mut session = canvas();
    session.keys("down ctrl-d ctrl-d ctrl-d");
    assert_eq!(session.focus(), "days");
}

#[test]
fn tab_and_shift_tab_go_through_the_blocks_and_round_the_ends() {
    let mut session = canvas();
    let ids = ["intro", "days", "wettest", "warmth", "wind", "rain", "highs", "kinds", "snow"];
    for id in ids {
        assert_eq!(session.focus(), id);
        session.keys("tab");
    }
    assert_eq!(session.focus(), "intro");
    for id in ids.into_iter().rev() {
        session.keys("shift-tab");
        assert_eq!(session.focus(), id);
    }
}

#[test]
fn tab_and_shift_tab_zoom_the_next_block_and_the_one_before() {
    let mut session = canvas();
    let mut check = |keys: &str, title: &str| {
        session.keys(keys);
        let bar = session.screen().lines().next().unwrap_or_default().to_owned();
        assert!(bar.contains(&format!("Seattle weather / {title}")), "{keys}: {}", session.screen());
    };
    check("down down enter", "Rain by month");
    check("tab", "Mean high by month");
    check("tab", "Days by weather");
    check("tab", "Coldest days");
    // The cursor of a table, and then that of a chart.
    check("down", "Coldest days");
    check("shift-tab", "Days by weather");
    check("shift-tab shift-tab", "Rain by month");
    session.keys("esc");
    assert_eq!(session.focus(), "rain");
}
