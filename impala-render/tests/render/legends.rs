//! The meaning of colors and sizes is shown before anything is left out, and every point has its values in a tooltip.

use impala_core::api::BlockAnswer;
use impala_render::paint::svg::{self, Form, Svg};
use impala_render::{Scene, layout_block};

use crate::pictures::on_a_page;
use crate::support::*;

const WEATHER: [&str; 5] = ["drizzle", "fog", "rain", "snow", "sun"];

const SIZED: &str = "x: {field: temp}, y: {field: wind}, color: {field: kind}, size: {field: rain}";

fn points(encoding: &str) -> String {
    format!("type: chart, title: Points, source: s, mark: point, encoding: {{{encoding}}}")
}

/// Days of each of those kinds in turn.
fn days(count: usize, kinds: &[&str]) -> BlockAnswer {
    let numbers: Vec<f64> = noise(count * 3).collect();
    let kinds: Vec<&str> = (0..count).map(|day| kinds[day % kinds.len()]).collect();
    answer(vec![
        decimals("temp", (0..count).map(|day| (numbers[day * 3] * 400.0).round() / 10.0)),
        decimals("wind", (0..count).map(|day| (numbers[day * 3 + 1] * 90.0).round() / 10.0)),
        decimals("rain", (0..count).map(|day| (numbers[day * 3 + 2] * 600.0).round() / 10.0)),
        texts("kind", &kinds),
    ])
}

#[test]
fn names_of_colors_stay_beside_sizes() {
    let drawn = drawn(&points(SIZED), &days(60, &WEATHER), (57, 14));
    let lines: Vec<&str> = drawn.lines().collect();
    assert!(lines[1].starts_with("│ wind  ") && lines[1].ends_with("  size not shown │"), "{drawn}");
    assert!(lines[2].ends_with("● drizzle  ○ fog  ◆ rain  ◇ snow  ▲ sun │"), "{drawn}");
    let page = inline(&on_a_page(&points(SIZED), &days(60, &WEATHER), (57, 14)));
    let all = WEATHER.iter().all(|name| page.contains(&format!(">{name}</text>")));
    assert!(all && page.contains(">59.0</text>") && !page.contains("more</text>"), "{page}");
}

#[test]
fn many_names_take_several_lines_before_they_are_counted() {
    let kinds: Vec<String> = (0..40).map(|kind| format!("kind {kind}")).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let colored = points("x: {field: temp}, y: {field: wind}, color: {field: kind}");
    let named = |kinds: &[&str], rows| {
        let drawn = drawn(&colored, &days(80, kinds), (57, rows));
        (drawn.matches("kind ").count(), drawn.contains("more"))
    };
    assert_eq!(named(&kinds[..12], 18), (12, false));
    assert_eq!(named(&kinds, 18), (13, true));
    // Where there is little height, the plot has it.
    assert_eq!(named(&kinds[..12], 10), (3, true));
}

#[test]
fn ends_of_a_color_scale_are_as_precise_as_each_other() {
    let heat = answer(vec![
        texts("kind", &["fog", "sun"]),
        texts("day", &["Mon", "Mon"]),
        decimals("mean(wind)", [2.487_3, 30.6]),
    ]);
    let yaml = "type: chart, title: Heat, source: s, mark: rect, encoding: {x: {field: kind}, y: {field: day}, \
                color: {aggregate: mean, field: wind}}";
    let drawn = drawn(yaml, &heat, (60, 10));
    assert!(drawn.contains(" 2.5 ") && drawn.contains(" 30.6 "), "{drawn}");
}

#[test]
fn every_point_tells_its_values() {
    for (count, most_bytes) in [(1_461, 160_000), (5_000, 520_000)] {
        let scene = on_a_page(
            &points("x: {field: temp}, y: {field: wind}, color: {field: kind}"),
            &days(count, &WEATHER),
            (57, 14),
        );
        let page = inline(&scene);
        let dots = page.matches("<circle").count();
        assert_eq!(
            page.matches("<title>temp: ").count(),
            dots - WEATHER.len(),
            "all but those of the legend"
        );
        assert!(page.len() < most_bytes && !page.contains("tooltip"), "{} bytes", page.len());
    }
}

#[test]
fn small_charts_are_made_smaller_and_those_of_most_rows_are_shown() {
    let faceted = points("x: {field: temp}, y: {field: wind}, facet: {field: kind}");
    let all = drawn(&faceted, &days(60, &WEATHER), (57, 14));
    assert!(WEATHER.iter().all(|name| all.contains(name)), "{all}");
    let kinds = ["a1", "b1", "b1", "c1", "c1", "d1", "d1", "e1", "e1", "f1", "f1", "g1", "g1", "h1"];
    let some = drawn(&faceted, &days(70, &kinds), (57, 14));
    assert!(!some.contains("a1") && !some.contains("h1") && some.contains("g1"), "{some}");
    assert!(some.contains("6 of most rows by kind, and 2 more"), "{some}");
}

#[test]
fn days_and_decades_are_divided() {
    let labels = |dates: Vec<jiff::civil::Date>| {
        let count = dates.len();
        let answer = answer(vec![
            impala_core::data::Column::new(
                "date",
                impala_core::data::Values::Date(dates.into_iter().map(Some).collect()),
            ),
            decimals("v", noise(count)),
        ]);
        unicode(&layout_block(
            &block(
                "type: chart, title: Line, source: s, mark: line, encoding: {x: {field: date}, y: {field: v}}",
            ),
            Some(&answer),
            57,
            14,
        ))
    };
    let day = |day| jiff::civil::date(2026, 3, day);
    let ten = labels((1..=10).map(day).collect());
    assert!(ten.contains("Mar 1 ") && ten.matches("Mar ").count() >= 5, "{ten}");
    let years = labels((1905..1999).map(|year| jiff::civil::date(year, 1, 1)).collect());
    assert!(years.contains("1920") && years.contains("1980"), "{years}");
}

fn inline(scene: &Scene) -> String {
    svg::paint(scene, &Svg { form: Form::Inline, ..Svg::default() })
}

/// What a filter leaves is still named: without its name nobody knows what is drawn.
#[test]
fn a_single_series_keeps_its_legend() {
    let rain = |name: &str| {
        answer(vec![
            dates("yearmonth(date)", months(12)),
            decimals(name, (0..12).map(wave)),
            texts("kind", &["rain"; 12]),
        ])
    };
    let encoding =
        "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: v}, color: {field: kind}";
    for mark in ["bar", "line", "area"] {
        let yaml = format!("type: chart, title: A chart, source: s, mark: {mark}, encoding: {{{encoding}}}");
        let text = drawn(&yaml, &rain("sum(v)"), (60, 12));
        assert!(text.lines().nth(1).is_some_and(|line| line.contains(" rain ")), "{text}");
    }
    let points = "type: chart, title: A chart, source: s, mark: point, encoding: {x: {field: a}, y: {field: b}, color: {field: kind}}";
    let columns =
        vec![decimals("a", [1.0, 2.0]), decimals("b", [1.0, 2.0]), texts("kind", &["rain", "rain"])];
    assert!(drawn(points, &answer(columns.clone()), (60, 12)).contains("● rain"));
    // Colors that only repeat what the axis says need none, and where there is only room for the bars they have it.
    let repeated = "type: chart, title: A chart, source: s, mark: bar, encoding: {x: {field: kind}, y: {aggregate: sum, field: v}, color: {field: kind}}";
    let one = answer(vec![texts("kind", &["rain"]), decimals("sum(v)", [3.0])]);
    assert_eq!(drawn(repeated, &one, (40, 12)).matches("rain").count(), 1);
    let lying = "type: chart, title: A chart, source: s, mark: bar, encoding: {y: {field: k}, x: {aggregate: sum, field: v}, color: {field: kind}}";
    let five = answer(vec![
        texts("k", &["a", "b", "c", "d", "e"]),
        decimals("sum(v)", [1.0, 2.0, 3.0, 4.0, 5.0]),
        texts("kind", &["rain"; 5]),
    ]);
    assert!(drawn(lying, &five, (40, 12)).contains("rain"));
    let tight = drawn(lying, &five, (40, 9));
    assert!(!tight.contains("rain") && !tight.contains("more"), "{tight}");
}
