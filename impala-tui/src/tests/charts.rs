//! What is read on a chart by keys and by the mouse, and which parameter a value sets.

use impala_core::parameter::ParameterType;
use impala_core::{BlockKind, Canvas};

use super::support::Session;

/// A chart of the example on the whole screen, all of whose parameters ask it again, after a change to the canvas.
fn zoomed(id: &str, change: impl FnOnce(&mut Canvas)) -> Session {
    let mut session = Session::of("ann/weather", |_| {});
    let canvas = &mut session.fake.canvas;
    canvas.spec.blocks.retain(|block| block.id == id);
    change(canvas);
    let names: Vec<String> =
        canvas.spec.parameters.iter().map(|parameter| format!("weather = ${}", parameter.name)).collect();
    let BlockKind::Chart(chart) = &mut canvas.spec.blocks[0].kind else { panic!("no chart") };
    chart.from.filter = Some(names.join(" AND "));
    session.keys("enter enter");
    session
}

/// The line that reads the value.
fn readout(session: &mut Session) -> String {
    session.screen().lines().nth(22).unwrap_or_default().trim().to_owned()
}

/// Whether the line reads the bar of that weather.
fn reads(session: &mut Session, weather: &str) -> bool {
    readout(session).split(" · ").nth(1) == Some(weather)
}

#[test]
fn enter_on_a_bar_sets_the_value_of_that_bar() {
    let mut session = zoomed("kinds", |_| {});
    let mut seen = Vec::new();
    for _ in 0..5 {
        session.keys("down enter");
        let given = session.given("kind");
        assert!(reads(&mut session, &given[0]), "{given:?} {}", session.screen());
        seen.extend(given);
    }
    seen.sort();
    assert_eq!(seen, ["drizzle", "fog", "rain", "snow", "sun"]);
}

#[test]
fn the_same_bar_again_takes_it_back_and_another_one_stands_instead() {
    let mut session = zoomed("kinds", |_| {});
    session.keys("down enter");
    let first = session.given("kind");
    session.keys("down enter");
    let second = session.given("kind");
    assert!(first.len() == 1 && second.len() == 1 && second != first, "{first:?} {second:?}");
    session.keys("enter");
    assert!(session.given("kind").is_empty());
    assert!(session.screen().contains("kind is back to (all)"), "{}", session.screen());
    session.keys("up enter");
    assert_eq!(session.given("kind"), first);
}

#[test]
fn a_day_sets_a_date_and_taking_it_back_says_what_holds_then() {
    // A select would come first.
    let mut session = zoomed("rain", |canvas| canvas.spec.parameters.truncate(1));
    session.keys("right right enter");
    assert_eq!(session.given("since"), ["2012-02-01"]);
    assert!(session.screen().contains("since is 2012-02-01"), "{}", session.screen());
    session.keys("enter");
    assert!(session.given("since").is_empty());
    assert!(session.screen().contains("since is back to 2012-01-01"), "{}", session.screen());
}

#[test]
fn a_text_is_set_by_the_column_of_its_name() {
    let text = |name: &'static str| {
        zoomed("kinds", move |canvas| {
            let parameter = &mut canvas.spec.parameters[1];
            (parameter.name, parameter.parameter_type) = (name.to_owned(), ParameterType::Text);
            (parameter.source, parameter.field, parameter.multiple) = (None, None, false);
        })
    };
    let mut session = text("weather");
    session.keys("down enter");
    let given = session.given("weather");
    assert!(reads(&mut session, &given[0]), "{given:?} {}", session.screen());
    let mut session = text("climate");
    session.keys("down enter");
    assert!(session.given("climate").is_empty());
    assert!(session.screen().contains("No parameter of this canvas matches"), "{}", session.screen());
}

#[test]
fn the_value_of_a_chart_is_copied_as_it_is_read() {
    let mut session = zoomed("rain", |_| {});
    session.keys("right right right y");
    assert_eq!(session.clipped(), "Mar 2012 · 35 mm · weather rain");
    assert_eq!(session.clipped(), readout(&mut session));
}

#[test]
fn a_click_on_a_bar_reads_it_and_so_does_one_behind_its_end() {
    let mut session = zoomed("kinds", |_| {});
    let screen = session.screen();
    for weather in ["snow", "drizzle", "sun"] {
        let row = screen.lines().position(|line| line.contains(&format!(" {weather}│"))).expect("its label");
        session.click(14, row as u16);
        assert!(reads(&mut session, weather), "{weather}: {}", session.screen());
        let here = readout(&mut session);
        session.keys("enter");
        assert_eq!(session.given("kind"), [weather]);
        session.click(79, row as u16);
        assert_eq!(readout(&mut session), here, "{}", session.screen());
    }
}

#[test]
fn a_click_on_a_line_reads_the_nearest_of_its_points() {
    let mut session = zoomed("highs", |_| {});
    let buffer = session.buffer();
    let columns = (6..79u16).flat_map(|x| (5..20u16).map(move |y| (x, y)));
    let points: Vec<_> = columns.filter(|at| buffer[*at].symbol() == "•").collect();
    for (index, month) in [(2, "Mar · 35 °C"), (11, "Dec · 5 °C"), (4, "May · 65 °C")] {
        let (x, y) = points[index];
        // A cell beside it is as good: the points of other months are further away.
        session.click(x - 1, y + 1);
        assert!(readout(&mut session).starts_with(month), "{month}: {}", session.screen());
    }
}
