//! Bins, periods and parts of a cycle keep all of their values, however small the room; only names are counted instead.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use insta::assert_snapshot;

use crate::support::*;

fn chart(mark: &str, encoding: &str) -> String {
    format!("type: chart, title: A chart, source: s, mark: {mark}, encoding: {{{encoding}}}")
}

fn bins(name: &str, step: f64, bounds: impl IntoIterator<Item = Option<f64>>) -> Column {
    Column { bin_step: Some(step), ..Column::new(name, Values::Decimal(bounds.into_iter().collect())) }
}

/// A histogram of body mass with two empty bins and two rows without a value.
fn mass() -> BlockAnswer {
    let bounds = [2_700.0, 3_000.0, 3_150.0, 3_300.0, 3_600.0, 3_750.0].map(Some);
    answer(vec![
        bins("bin(mass)", 150.0, bounds.into_iter().chain([None])),
        integers("count()", [11, 30, 55, 40, 20, 12, 2]),
    ])
}

#[test]
fn a_histogram_keeps_empty_bins_and_counts_nulls_below() {
    let upright = chart("bar", "x: {field: mass, bin: true}, y: {aggregate: count}");
    assert_snapshot!("histogram_nulls", drawn(&upright, &mass(), (60, 14)));
    let sideways = chart("bar", "y: {field: mass, bin: true}, x: {aggregate: count}");
    assert_snapshot!("histogram_sideways", drawn(&sideways, &mass(), (60, 14)));
    assert_snapshot!("histogram_merged", drawn(&sideways, &mass(), (60, 9)));
}

#[test]
fn merged_bars_of_means_are_means() {
    let values = answer(vec![
        bins("bin(mass)", 10.0, (0..24).map(|bin| Some(f64::from(bin) * 10.0))),
        decimals("mean(v)", (0..24).map(|bin| f64::from(bin % 2) * 10.0 + 5.0)),
    ]);
    let yaml = chart("bar", "y: {field: mass, bin: true}, x: {aggregate: mean, field: v}");
    assert_snapshot!("bars_merged_means", drawn(&yaml, &values, (60, 16)));
}

/// Counts of bins by bins, most of them in the least bins.
fn pairs() -> BlockAnswer {
    let all: Vec<(i32, i32)> = (0..14).flat_map(|a| (0..20).map(move |b| (a, b))).collect();
    answer(vec![
        bins("bin(a)", 2.0, all.iter().map(|(a, _)| Some(f64::from(*a) * 2.0))),
        bins("bin(b)", 5.0, all.iter().map(|(_, b)| Some(f64::from(*b) * 5.0))),
        integers("count()", all.iter().map(|(a, b)| i64::from((14 - a) * (20 - b)))),
    ])
}

#[test]
fn a_heat_map_keeps_its_least_bins() {
    let yaml = chart("rect", "x: {field: a, bin: true}, y: {field: b, bin: true}, color: {aggregate: count}");
    assert_snapshot!("rect_merged", drawn(&yaml, &pairs(), (60, 14)));
    assert_snapshot!("rect_all", drawn(&yaml, &pairs(), (60, 26)));
}

#[test]
fn a_week_ends_with_sunday() {
    let all: Vec<(i64, i64)> = (0..24).flat_map(|hour| (1..=7).map(move |day| (hour, day))).collect();
    let week = answer(vec![
        integers("hours(at)", all.iter().map(|(hour, _)| *hour)),
        integers("day(at)", all.iter().map(|(_, day)| *day)),
        integers("count()", all.iter().map(|(hour, day)| hour * day)),
    ]);
    let yaml = chart(
        "rect",
        "x: {field: at, timeUnit: hours}, y: {field: at, timeUnit: day}, color: {aggregate: count}",
    );
    for height in 8..16 {
        let text = drawn(&yaml, &week, (60, height));
        assert!(text.contains("Mon") && text.contains("Sun"), "{text}");
        assert!(!text.contains("more"), "{text}");
    }
    assert_snapshot!("rect_week", drawn(&yaml, &week, (60, 9)));
}

#[test]
fn a_year_of_boxes_ends_with_december() {
    let mut columns = vec![integers("month(at)", 1..=12)];
    for (index, part) in ["min", "q1", "median", "q3", "max"].iter().enumerate() {
        columns.push(decimals(&format!("{part}(v)"), (0..12).map(|month| wave(month) + index as f64 * 4.0)));
    }
    let year = answer(columns);
    let upright = chart("boxplot", "x: {field: at, timeUnit: month}, y: {field: v}");
    assert_snapshot!("boxes_year", drawn(&upright, &year, (44, 16)));
    let sideways =
        chart("boxplot", "x: {field: v, type: quantitative}, y: {field: at, timeUnit: month, type: ordinal}");
    for (yaml, size) in
        [(&upright, (24, 12)), (&upright, (60, 12)), (&sideways, (60, 14)), (&sideways, (60, 9))]
    {
        let text = drawn(yaml, &year, size);
        assert!(!text.contains("more"), "{text}");
    }
}

/// Days with a value in each month, as Seattle has them: no two neighbours by number are neighbours by amount.
fn months_of_a_year() -> BlockAnswer {
    let counts = [248, 226, 244, 240, 247, 239, 248, 246, 240, 245, 238, 243];
    answer(vec![integers("month(date)", 1..=12), integers("count()", counts)])
}

#[test]
fn what_stands_in_the_order_of_amounts_is_never_merged() {
    let check = |yaml: &str, answer: &BlockAnswer, more: &str| {
        for medium in [impala_render::Medium::Cells, impala_render::Medium::Page] {
            let words = words(&crate::pictures::on(medium, yaml, answer, (60, 9)));
            assert!(!words.contains('–') && !words.contains(" a row"), "{words}");
            assert!(words.contains(more), "{words}");
        }
    };
    let bars = chart("bar", "y: {field: date, timeUnit: month, sort: -x}, x: {aggregate: count}");
    check(&bars, &months_of_a_year(), "and 7 more");
    assert_snapshot!("bars_by_amount", drawn(&bars, &months_of_a_year(), (60, 9)));
    let least = chart("bar", "y: {field: mass, bin: true, sort: x}, x: {aggregate: count}");
    check(&least, &mass(), "and 1 more");
    assert_snapshot!("bins_by_amount", drawn(&least, &mass(), (60, 9)));
    let cells = chart("rect", "x: {field: a}, y: {field: b, bin: true, sort: -x}, color: {aggregate: count}");
    let bounds = (0..12).map(|bin| Some(f64::from(bin) * 10.0));
    let heat = answer(vec![
        decimals("a", (0..12).map(|bin| f64::from(bin * 5 % 12))),
        bins("bin(b)", 10.0, bounds),
        integers("count()", 1..=12),
    ]);
    check(&cells, &heat, "and 8 more");
}

#[test]
fn upright_bars_in_the_order_of_amounts_have_no_axis_of_time_or_numbers() {
    let by_month = answer(vec![
        dates("yearmonth(date)", months(12)),
        decimals("sum(rain)", (0..12).map(|month| f64::from(month * 5 % 12))),
    ]);
    let times =
        chart("bar", "x: {field: date, timeUnit: yearmonth, sort: -y}, y: {aggregate: sum, field: rain}");
    assert_snapshot!("bars_of_months_by_amount", drawn(&times, &by_month, (60, 12)));
    let bins = chart("bar", "x: {field: mass, bin: true, sort: -y}, y: {aggregate: count}");
    assert_snapshot!("histogram_by_amount", drawn(&bins, &mass(), (60, 12)));
}

#[test]
fn small_charts_are_named_by_the_order_in_which_they_stand() {
    let yaml =
        chart("bar", "x: {field: k}, y: {aggregate: count}, facet: {field: date, timeUnit: month, sort: -y}");
    let year =
        answer(vec![texts("k", &["a"; 12]), integers("count()", 1..=12), integers("month(date)", 1..=12)]);
    let words = words(&crate::pictures::on(impala_render::Medium::Cells, &yaml, &year, (60, 12)));
    assert!(!words.contains("greatest"), "{words}");
}

/// In falling order too: `Oct–Dec` is a quarter, `Dec–Oct` would be nearly a year.
#[test]
fn merged_parts_of_a_cycle_begin_with_the_least() {
    let yaml = chart("bar", "y: {field: date, timeUnit: month, sort: descending}, x: {aggregate: count}");
    let words =
        words(&crate::pictures::on(impala_render::Medium::Cells, &yaml, &months_of_a_year(), (60, 9)));
    assert!(words.contains("Oct–Dec") && words.contains("Jan–Mar"), "{words}");
}

#[test]
fn null_is_no_neighbour_of_sunday() {
    let days = Values::Integer((1..=7).map(Some).chain([None]).collect());
    let week = answer(vec![Column::new("day(at)", days), integers("count()", 1..=8)]);
    let yaml = chart("bar", "y: {field: at, timeUnit: day}, x: {aggregate: count}");
    let words = words(&crate::pictures::on(impala_render::Medium::Cells, &yaml, &week, (60, 9)));
    assert!(words.contains("Mon–Tue") && words.contains("| Sun |"), "{words}");
    assert!(words.contains("(none)") && !words.contains("–("), "{words}");
}

/// Words of a scene and of its tips.
fn words(scene: &impala_render::Scene) -> String {
    let texts = scene.marks.iter().filter_map(|mark| match mark {
        impala_render::Mark::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.chain(scene.tips.values().map(String::as_str)).collect::<Vec<_>>().join(" | ")
}

/// One column of sixteen bins, of which two share a row in a chart of 13 rows; the least holds 3,273 and the next 458.
fn sixteen(name: &str) -> BlockAnswer {
    let values = [3_273, 458].into_iter().chain((2..16).map(|bin| 16 - bin));
    answer(vec![
        bins("bin(a)", 2.0, (0..16).map(|_| Some(0.0))),
        bins("bin(b)", 10.0, (0..16).map(|bin| Some(f64::from(bin) * 10.0))),
        integers(name, values),
    ])
}

#[test]
fn merged_cells_hold_what_their_bins_hold() {
    let check = |aggregate: &str, name: &str, cell: &str, legend: &str| {
        let color = format!("color: {{{aggregate}}}");
        let yaml = chart("rect", &format!("x: {{field: a, bin: true}}, y: {{field: b, bin: true}}, {color}"));
        for medium in [impala_render::Medium::Cells, impala_render::Medium::Page] {
            let words = words(&crate::pictures::on(medium, &yaml, &sixteen(name), (60, 13)));
            assert!(words.contains(legend) && words.contains("2 bins a row"), "{words}");
            assert!(!medium.is_exact() || words.contains(cell), "{words}");
        }
    };
    check("aggregate: count", "count()", "0 to 2, 0 to 20; rows: 3,731", "3,731");
    check("aggregate: sum, field: v", "sum(v)", "0 to 2, 0 to 20; sum of v: 3,731", "3,731");
    check("aggregate: max, field: v", "max(v)", "0 to 2, 0 to 20; greatest v: 3,273", "3,273");
    check("aggregate: min, field: v", "min(v)", "0 to 2, 0 to 20; least v: 458", "458");
}

/// As the picture has it: the greatest cell, not the greatest of the bins that were merged into cells.
#[test]
fn the_sentence_of_merged_cells_tells_what_is_drawn() {
    let yaml = chart("rect", "x: {field: a, bin: true}, y: {field: b, bin: true}, color: {aggregate: count}");
    let canvas = impala_core::Canvas::new("c", "");
    let block = block(&yaml);
    let answers = [(block.id.clone(), sixteen("count()"))].into();
    let options = impala_render::Options { medium: impala_render::Medium::Page, ..Default::default() };
    let picture =
        impala_render::Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options };
    let told = |rows: u32| {
        let (scene, _) = impala_render::layout_card(&picture, &block, (60, rows), "");
        impala_render::summary::of_drawn(&picture, &block, &scene)
    };
    assert_eq!(told(40), impala_render::summary::of_block(&picture, &block));
    assert!(told(11).contains("highest 3,731 (0 to 2, 0 to 20)"), "{}", told(11));
}

#[test]
fn small_heat_maps_have_one_legend_for_what_is_drawn() {
    let yaml = chart(
        "rect",
        "x: {field: a, bin: true}, y: {field: b, bin: true}, color: {aggregate: count}, facet: {field: k}",
    );
    let rows = 0..32;
    let small = answer(vec![
        bins("bin(a)", 2.0, rows.clone().map(|_| Some(0.0))),
        bins("bin(b)", 10.0, rows.clone().map(|row| Some(f64::from(row % 16) * 10.0))),
        integers("count()", rows.clone().map(|row| i64::from(row / 16 + 1) * 100)),
        texts("k", &rows.map(|row| if row < 16 { "p" } else { "q" }).collect::<Vec<_>>()),
    ]);
    let text = drawn(&yaml, &small, (90, 13));
    assert!(text.contains("rows 100 ") && text.contains(" 600 "), "{text}");
}

#[test]
fn a_heat_map_names_both_axes_where_bins_are_merged() {
    let yaml = chart("rect", "x: {field: a, bin: true}, y: {field: b, bin: true}, color: {aggregate: count}");
    let text = drawn(&yaml, &sixteen("count()"), (60, 13));
    assert!(text.contains("b by a"), "{text}");
}
