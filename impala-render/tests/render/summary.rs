//! Blocks in a sentence.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_render::{Options, Picture, summary};

use crate::support::*;

fn check(yaml: &str, answer: BlockAnswer, expected: &str) {
    let canvas = impala_core::Canvas::new("c", "");
    let block = block(yaml);
    let answers = [(block.id.clone(), answer)].into();
    let picture =
        Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options: Options::default() };
    assert_eq!(summary::of_block(&picture, &block), expected, "{yaml}");
}

fn chart(mark: &str, encoding: &str) -> String {
    format!("type: chart, source: s, mark: {mark}, encoding: {{{encoding}}}")
}

#[test]
fn charts_tell_lowest_highest_last_and_trend() {
    let rain =
        || answer(vec![dates("yearmonth(date)", months(36)), decimals("sum(rain)", (0..36).map(wave))]);
    let monthly = "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}";
    check(
        &chart("line", monthly),
        rain(),
        "sum(rain) by date: lowest 4 (Jan 2012), highest 28.5 (Jul 2014), last 14.45 (Dec 2014), about level.",
    );
    let counts = || answer(vec![texts("kind", &["rain", "snow"]), integers("count()", [641, 26])]);
    check(
        &chart("bar", "y: {field: kind}, x: {aggregate: count}"),
        counts(),
        "count() by kind: lowest 26 (snow), highest 641 (rain).",
    );
    let one = answer(vec![texts("k", &["only"]), decimals("v", [3.0])]);
    check(&chart("bar", "x: {field: k}, y: {field: v}"), one, "v by k: 3 (only).");
    let nulls = answer(vec![texts("k", &["a"]), Column::new("v", Values::Decimal(vec![None]))]);
    check(&chart("bar", "x: {field: k}, y: {field: v}"), nulls, "No values in v.");
    check(&chart("bar", "x: {field: k}, y: {field: v}"), answer(vec![]), "No rows.");
}

#[test]
fn other_marks_tell_what_they_are_about() {
    let line = answer(vec![decimals("a", [1.0, 2.0, 3.0]), decimals("b", [2.0, 4.0, 6.0])]);
    check(
        &chart("point", "x: {field: a}, y: {field: b}"),
        line,
        "3 points: a from 1 to 3, b from 2 to 6; correlation 1.00.",
    );
    let cells = answer(vec![texts("a", &["x", "y"]), texts("b", &["p", "q"]), integers("count()", [3, 9])]);
    check(
        &chart("rect", "x: {field: a}, y: {field: b}, color: {aggregate: count}"),
        cells,
        "count() by a and b: lowest 3 (x, p), highest 9 (y, q).",
    );
    let five = [
        ("min", [0.5, 0.5]),
        ("q1", [1.0, 2.0]),
        ("median", [2.0, 3.0]),
        ("q3", [3.0, 4.0]),
        ("max", [9.0, 8.0]),
    ];
    let mut columns = vec![texts("kind", &["fog", "rain"])];
    columns.extend(five.map(|(name, values)| decimals(&format!("{name}(wind)"), values)));
    check(
        &chart("boxplot", "x: {field: kind}, y: {field: wind}"),
        answer(columns),
        "wind: medians from 2 (fog) to 3 (rain), all between 0.5 and 9.",
    );
}

#[test]
fn other_blocks_have_a_sentence_too() {
    let changed = answer(vec![decimals("max(rain)", [55.9]), decimals("previous", [49.1])]);
    check(
        "type: metric, title: Wettest, source: s, value: {aggregate: max, field: rain}, format: '{:.1} mm', compare: {to: version}",
        changed,
        "Wettest: 55.9 mm, ▲ 14%.",
    );
    check("type: table, source: s", answer(vec![texts("a", &["x"]), texts("b", &["y"])]), "1 row of a, b.");
    check("type: table, source: s", problem("no such column."), "This block failed: no such column.");
}
