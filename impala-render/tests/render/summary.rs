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
        "sum of rain by month: lowest 4 (Jan 2012), highest 28.5 (Jul 2014), last 14.45 (Dec 2014), about level.",
    );
    let counts = || answer(vec![texts("kind", &["rain", "snow"]), integers("count()", [641, 26])]);
    check(
        &chart("bar", "y: {field: kind}, x: {aggregate: count}"),
        counts(),
        "rows by kind: lowest 26 (snow), highest 641 (rain).",
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
        "rows by a and b: lowest 3 (x, p), highest 9 (y, q).",
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
    let by_month = answer(vec![
        decimals("max(rain)", [55.9]),
        decimals("previous", [49.1]),
        dates("period", [jiff::civil::date(2015, 3, 1)]),
        dates("previous_period", [jiff::civil::date(2015, 1, 1)]),
    ]);
    check(
        "type: metric, title: Wettest, source: s, value: {aggregate: max, field: rain}, format: '{:.1} mm', compare: {to: period, field: d, timeUnit: yearmonth}",
        by_month,
        "Wettest: 55.9 mm, Mar 2015, ▲ 14% vs Jan 2015.",
    );
    check("type: table, source: s", answer(vec![texts("a", &["x"]), texts("b", &["y"])]), "1 row of a, b.");
    check("type: table, source: s", problem("no such column."), "This block failed: no such column.");
}

#[test]
fn an_axis_without_a_title_is_called_by_its_field() {
    let bare = "x: {field: kind, title: ''}, y: {aggregate: sum, field: rain, title: ''}";
    let rows = answer(vec![texts("kind", &["a", "b"]), decimals("sum(rain)", [1.0, 2.0])]);
    check(&chart("bar", bare), rows, "sum of rain by kind: lowest 1 (a), highest 2 (b).");
    let points = answer(vec![decimals("a", [1.0, 2.0]), decimals("b", [2.0, 4.0])]);
    check(
        &chart("point", "x: {field: a, title: ''}, y: {field: b, title: ' '}"),
        points,
        "2 points: a from 1 to 2, b from 2 to 4.",
    );
}

/// Two stations over eight months, one of which ends early.
fn stations() -> BlockAnswer {
    let months: Vec<_> = months(8).collect();
    let days = months.iter().chain(&months[..7]).copied();
    answer(vec![
        dates("yearmonth(date)", days),
        decimals("sum(rain)", (0..8).map(f64::from).chain((0..7).map(|month| 20.0 - f64::from(month)))),
        texts("station", &[vec!["east"; 8], vec!["west"; 7]].concat()),
    ])
}

#[test]
fn each_series_tells_where_it_ends_and_goes() {
    let encoding =
        "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}, color: {field: station}";
    check(
        &chart("line", encoding),
        stations(),
        "sum of rain by month: lowest 0 (Jan 2012, east), highest 20 (Jan 2012, west); 2 series, last east 7 (Aug 2012, rising), west 14 (Jul 2012, falling).",
    );
    check(
        &chart("bar", encoding),
        stations(),
        "sum of rain by month, 2 series together: lowest 7 (Aug 2012), highest 20 (Jan 2012), last 7 (Aug 2012), falling; in all west 119, east 28.",
    );
    let months: Vec<i64> = (1..=6).chain(1..=6).collect();
    let years = [vec![jiff::civil::date(2012, 1, 1); 6], vec![jiff::civil::date(2013, 1, 1); 6]].concat();
    let by_year = answer(vec![
        integers("month(date)", months.iter().copied()),
        decimals("mean(rain)", months.iter().enumerate().map(|(at, month)| *month as f64 + at as f64 / 4.0)),
        dates("year(date)", years),
    ]);
    check(
        &chart(
            "line",
            "x: {field: date, timeUnit: month, title: ''}, y: {aggregate: mean, field: rain, title: mm}, color: {field: date, timeUnit: year}",
        ),
        by_year,
        "mean rain in mm by month: lowest 1 (Jan, 2012), highest 8.75 (Jun, 2013); 2 series, last in Jun: 2012 7.25, 2013 8.75.",
    );
}

/// A day of the example.
struct Day {
    date: jiff::civil::Date,
    rain: f64,
    high: f64,
    kind: String,
}

fn seattle_days() -> Vec<Day> {
    let text = include_str!("../../../examples/seattle-weather.csv");
    let day = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse().expect(line);
        Day {
            date: cells[0].parse().expect(line),
            rain: number(1),
            high: number(2),
            kind: cells[5].to_owned(),
        }
    };
    text.lines().skip(1).map(day).collect()
}

/// The answer of a block of the example, worked out here.
fn seattle_answer(block: &str) -> BlockAnswer {
    use std::collections::BTreeMap;
    let days = seattle_days();
    let start = |day: &Day| day.date.first_of_month();
    match block {
        "rain" => {
            let mut sums: BTreeMap<_, f64> = BTreeMap::new();
            for day in &days {
                *sums.entry((start(day), day.kind.clone())).or_default() += day.rain;
            }
            let kinds: Vec<&str> = sums.keys().map(|(_, kind)| kind.as_str()).collect();
            answer(vec![
                dates("yearmonth(date)", sums.keys().map(|(month, _)| *month)),
                decimals("sum(precipitation)", sums.values().copied()),
                texts("weather", &kinds),
            ])
        }
        "highs" => {
            let mut sums: BTreeMap<_, (f64, f64)> = BTreeMap::new();
            for day in &days {
                let sum = sums.entry((day.date.first_of_year(), day.date.month())).or_default();
                *sum = (sum.0 + day.high, sum.1 + 1.0);
            }
            answer(vec![
                integers("month(date)", sums.keys().map(|(_, month)| i64::from(*month))),
                decimals("mean(temp_max)", sums.values().map(|(sum, count)| sum / count)),
                dates("year(date)", sums.keys().map(|(year, _)| *year)),
            ])
        }
        _ => {
            let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
            for day in &days {
                *counts.entry(&day.kind).or_default() += 1;
            }
            answer(vec![
                texts("weather", &counts.keys().copied().collect::<Vec<_>>()),
                integers("count()", counts.values().copied()),
            ])
        }
    }
}

#[test]
fn the_example_that_is_shipped_reads_well() {
    let yaml = include_str!("../../../examples/seattle-weather.yaml");
    let canvas = impala_core::document::from_yaml(yaml).expect("YAML");
    let canvas = impala_core::document::read_canvas(&canvas).expect("a canvas");
    let charts = ["rain", "highs", "kinds"];
    let answers = charts.map(|id| (id.to_owned(), seattle_answer(id))).into();
    let picture =
        Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options: Options::default() };
    let sentences: Vec<String> = charts
        .iter()
        .map(|id| canvas.spec.blocks.iter().find(|block| block.id == *id).expect("a block"))
        .map(|block| summary::of_block(&picture, block))
        .collect();
    insta::assert_snapshot!("seattle_sentences", sentences.join("\n"));
}

#[test]
fn bins_are_told_with_both_bounds_and_go_nowhere() {
    let bins = Column { bin_step: Some(5.0), ..decimals("bin(v)", (0..8).map(|bin| f64::from(bin) * 5.0)) };
    check(
        &chart("bar", "x: {field: v, bin: true}, y: {aggregate: count}"),
        answer(vec![bins, integers("count()", [900, 400, 90, 40, 9, 4, 3, 2])]),
        "rows by v: lowest 2 (35 to 40), highest 900 (0 to 5).",
    );
}

#[test]
fn shares_are_told_in_percent() {
    let rows = answer(vec![
        texts("k", &["p", "p", "q", "q"]),
        texts("s", &["a", "b", "a", "b"]),
        integers("count()", [10, 30, 30, 30]),
    ]);
    check(
        &chart("bar", "x: {field: k}, y: {aggregate: count, stack: normalize}, color: {field: s}"),
        rows,
        "share of rows by k, 2 series: a 40% (25% to 50%), b 60% (50% to 75%).",
    );
}

#[test]
fn points_are_those_that_are_drawn() {
    let some = Column::new("b", Values::Decimal(vec![Some(2.0), None, Some(6.0)]));
    check(
        &chart("point", "x: {field: a}, y: {field: b}"),
        answer(vec![decimals("a", [1.0, 2.0, 3.0]), some]),
        "2 points of 3 rows: a from 1 to 3, b from 2 to 6.",
    );
}
