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

/// The line below a zoomed chart, its cursor on the first value, after a change to the block.
fn readout(id: &str, change: impl FnOnce(&mut impala_core::block::Chart)) -> String {
    let mut session = Session::of("ann/weather", |_| {});
    let blocks = &mut session.fake.canvas.spec.blocks;
    blocks.retain(|block| block.id == id);
    if let impala_core::BlockKind::Chart(chart) = &mut blocks[0].kind {
        change(chart);
    }
    session.keys("enter enter right");
    session.screen().lines().nth(22).unwrap_or_default().trim().to_owned()
}

#[test]
fn a_value_is_read_by_the_names_of_its_axes_and_with_its_unit_once() {
    use impala_core::encoding::Channel;
    let titled = |channel: &mut Option<Channel>, title: Option<&str>| {
        channel.as_mut().expect("a channel").title = title.map(str::to_owned);
    };
    let plain = readout("rain", |chart| {
        titled(&mut chart.encoding.x, None);
        titled(&mut chart.encoding.y, None);
    });
    assert_eq!(plain, "date Jan 2012 · sum of precipitation 5 · weather drizzle");
    let named = readout("rain", |chart| {
        chart.encoding.y.as_mut().expect("a channel").format = "{:.1} mm".parse().ok();
    });
    assert_eq!(named, "Jan 2012 · 5 mm · weather drizzle", "neither what has no title nor the unit twice");
    let rain = readout("rain", |chart| {
        titled(&mut chart.encoding.y, Some("rain"));
        chart.encoding.y.as_mut().expect("a channel").format = "{:.1} mm".parse().ok();
    });
    assert_eq!(rain, "Jan 2012 · rain 5 mm · weather drizzle");
}

#[test]
fn a_zoomed_block_is_called_by_its_title_and_needs_no_frame_of_the_focus() {
    for keys in ["down down enter", "G enter"] {
        let mut session = Session::canvas(80, 24);
        session.keys(keys);
        let title = if keys.starts_with('G') { "Coldest days" } else { "Rain by month" };
        let bar = session.screen().lines().next().unwrap_or_default().to_owned();
        assert!(bar.contains(&format!("Seattle weather / {title}")), "{bar}");
        let accent = session.app.shared.look.style(crate::look::Role::Accent).fg;
        let corner = session.buffer()[(0, 1)].clone();
        assert!(corner.symbol() == "╭" && Some(corner.fg) != accent, "{corner:?}");
    }
}

#[test]
fn the_cursor_of_a_chart_is_a_line_through_its_plot() {
    let check = |keys: &str, id: &str, expected: &str, least: usize| {
        for ink in [impala_render::Ink::TrueColor, impala_render::Ink::Ansi16, impala_render::Ink::None] {
            let look =
                super::support::look(ink, impala_render::Charset::Unicode, crate::look::Background::Dark);
            let mut session = Session::open("ann/weather/seattle-weather", 80, 24, look, false);
            session.keys(keys);
            let without = session.buffer();
            session.keys("right");
            let with = session.buffer();
            let inside = || (3..20).flat_map(|y| (6..78).map(move |x| (x, y)));
            let new = inside().filter(|at| with[*at].symbol() != without[*at].symbol());
            let new: Vec<_> = new.map(|at| with[at].symbol().to_owned()).collect();
            assert!(
                new.len() >= least && new.iter().all(|one| one == expected),
                "{id}: {}",
                session.screen()
            );
            let accent = session.app.shared.look.style(crate::look::Role::Accent);
            let is_marked = |at: &(u16, u16)| with[*at].style() != without[*at].style();
            assert!(inside().any(|at| is_marked(&at)), "{id} {accent:?}");
        }
    };
    check("down down enter", "rain", "│", 8);
    check("/ highs enter enter", "highs", "│", 8);
    // Behind the longest bar there is no room for a line.
    check("/ kinds enter enter", "kinds", "─", 0);
}

#[test]
fn only_the_focus_says_where_its_rows_come_from_until_all_are_asked() {
    let mut session = Session::canvas(120, 40);
    let said = |session: &mut Session| session.screen().matches("weather@1").count();
    assert_eq!(said(&mut session), 0, "the text has no rows: {}", session.screen());
    session.keys("down");
    assert_eq!(said(&mut session), 1, "{}", session.screen());
    session.keys("i");
    assert!(said(&mut session) > 4, "{}", session.screen());
    session.keys("i");
    assert_eq!(said(&mut session), 1);
    // What was left out is said of every block.
    session.fake.left_out = Some(50_000);
    session.keys("R g");
    let screen = session.screen();
    assert!(screen.matches("12 of 50,000").count() >= 2 && !screen.contains("weather@1"), "{screen}");
}

#[test]
fn a_search_in_a_table_without_rows_finds_nothing() {
    let mut session = Session::canvas(80, 24);
    session.fake.skipped = usize::MAX;
    session.keys("G R enter");
    session.keys("/ x enter n N");
    assert!(session.screen().contains("\"x\" was not found."), "{}", session.screen());
}

#[test]
fn a_search_says_that_a_limit_has_left_rows_out() {
    let mut session = Session::canvas(80, 24);
    session.fake.left_out = Some(26);
    session.keys("G R enter");
    session.keys("/ hail enter");
    assert!(session.screen().contains("\"hail\" is not in these rows; a limit leaves others out."));
}
