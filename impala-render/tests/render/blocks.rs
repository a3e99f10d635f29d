//! Metrics, tables, texts, failed and empty blocks.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_render::{Ink, layout_block, layout_columns};
use insta::assert_snapshot;

use crate::support::*;

const METRIC: &str = "type: metric, title: Wettest day, source: weather, value: {aggregate: max, field: rain}, format: '{:.1} mm'";

fn metric(previous: Option<f64>, points: i64) -> BlockAnswer {
    let mut columns = vec![decimals("max(rain)", [55.9])];
    columns.extend(previous.map(|previous| decimals("previous", [previous])));
    let trend = vec![dates("yearmonth(date)", months(points)), decimals("max(rain)", (0..points).map(wave))];
    BlockAnswer::Data(impala_core::BlockData { trend, ..data(columns) })
}

#[test]
fn a_metric_shows_value_change_and_trend() {
    let compared =
        format!("{METRIC}, compare: {{to: version}}, sparkline: {{field: date, timeUnit: yearmonth}}");
    assert_snapshot!("metric", drawn(&compared, &metric(Some(49.1), 36), (28, 6)));
    assert_snapshot!("metric_less", drawn(&compared, &metric(Some(2_000.0), 36), (20, 5)));
    assert_snapshot!("metric_unchanged", drawn(&compared, &metric(Some(55.9), 0), (20, 5)));
    assert_snapshot!("metric_from_zero", drawn(&compared, &metric(Some(0.0), 0), (28, 5)));
    assert_snapshot!("metric_nothing_before", drawn(&compared, &metric(None, 0), (30, 5)));
    assert_snapshot!("metric_alone", drawn(METRIC, &metric(None, 0), (20, 5)));
    assert_snapshot!(
        "metric_ascii",
        ascii(&layout_block(&block(&compared), Some(&metric(Some(49.1), 36)), 28, 6))
    );
}

/// The rain of 2015 beside that of 2014.
fn by_period() -> BlockAnswer {
    let mut answer = data(vec![
        decimals("sum(rain)", [1_139.2]),
        decimals("previous", [1_232.8]),
        dates("period", [jiff::civil::date(2015, 1, 1)]),
        dates("previous_period", [jiff::civil::date(2014, 1, 1)]),
    ]);
    answer.trend = vec![dates("yearmonth(date)", months(36)), decimals("sum(rain)", (0..36).map(wave))];
    BlockAnswer::Data(answer)
}

const BY_PERIOD: &str = "type: metric, title: Rain, source: weather, value: {aggregate: sum, field: rain}, format: '{:.1} mm', compare: {to: period, field: date, timeUnit: year}, sparkline: {field: date, timeUnit: yearmonth}";

#[test]
fn a_metric_says_which_period_it_is_of() {
    let pictures = [(44, 6), (30, 6), (24, 6), (21, 6), (18, 6), (40, 4), (40, 1), (24, 4)];
    let pictures = pictures.map(|size| drawn(BY_PERIOD, &by_period(), size));
    assert!(pictures.iter().all(|picture| picture.contains("2015")), "{}", pictures.join("\n"));
    assert_snapshot!("metric_period", pictures.join("\n"));
}

#[test]
fn a_metric_of_a_week_says_so() {
    let yaml = BY_PERIOD.replace("timeUnit: year}", "timeUnit: yearweek}");
    assert!(drawn(&yaml, &by_period(), (70, 6)).contains("· week of 2015-01-01"));
}

#[test]
fn a_metric_falls_back_to_one_line() {
    for (width, height) in [(20, 3), (20, 2), (20, 1), (9, 1), (3, 1)] {
        let picture = drawn(METRIC, &metric(None, 36), (width, height));
        assert_snapshot!(format!("metric_{width}x{height}"), picture);
    }
}

#[test]
fn a_metric_of_nothing_is_a_dash() {
    let null = answer(vec![Column::new("max(rain)", Values::Decimal(vec![None]))]);
    assert!(drawn(METRIC, &null, (20, 5)).contains('—'));
    assert!(drawn(METRIC, &answer(Vec::new()), (20, 5)).contains('—'));
}

fn table(rows: i64) -> Vec<Column> {
    let kinds = ["rain", "sun", "a very long description of the weather of that day"];
    vec![
        dates("date", months(rows)),
        texts("weather", &(0..rows as usize).map(|row| kinds[row % 3]).collect::<Vec<_>>()),
        decimals("rain", (0..rows).map(|row| wave(row) / 3.0)),
        integers("days", (0..rows).map(|row| row * row * 100)),
        Column::new(
            "note",
            Values::String((0..rows).map(|row| (row % 2 == 0).then(|| "ok".to_owned())).collect()),
        ),
    ]
}

#[test]
fn a_table_aligns_by_type_and_counts_what_it_leaves_out() {
    let yaml = "type: table, title: Days, source: weather";
    assert_snapshot!("table", drawn(yaml, &answer(table(6)), (80, 10)));
    assert_snapshot!("table_more_rows", drawn(yaml, &answer(table(40)), (80, 10)));
    assert_snapshot!("table_narrow", drawn(yaml, &answer(table(40)), (34, 8)));
    assert_snapshot!("table_empty", drawn(yaml, &answer(table(0)), (60, 7)));
    let cut = impala_core::BlockData { rows_total: 45_000, truncated: true, cached: true, ..data(table(40)) };
    assert_snapshot!("table_truncated", drawn(yaml, &BlockAnswer::Data(cut), (80, 8)));
    assert_snapshot!("table_ascii", ascii(&layout_block(&block(yaml), Some(&answer(table(40))), 80, 8)));
}

#[test]
fn plain_columns_become_a_table() {
    assert_snapshot!("columns_120", unicode(&layout_columns(&table(4), 120)));
    assert_snapshot!("columns_24", unicode(&layout_columns(&table(4), 24)));
    let numbers = [0.1 + 0.2, 1e-9, 1e12, f64::NAN, f64::INFINITY, -3.0];
    assert_snapshot!(
        "columns_numbers",
        unicode(&layout_columns(&[decimals("value", numbers), decimals("small", noise(6))], 60))
    );
    assert_eq!(unicode(&layout_columns(&[], 40)), "\n\n");
}

#[test]
fn markdown_is_drawn_in_full() {
    let markdown = "# Weather\\nSome *emphasised*, **strong**, ~~struck~~ and `code` text that is long enough to wrap, with a [link](https://example.org/a) and [another](https://example.org/b).\\n\\n## Lists\\n- one\\n- two\\n  1. first\\n  2. second\\n- [x] done\\n\\n> a quotation\\n\\n```\\nSELECT 1\\n```\\n\\n| kind | days |\\n|---|--:|\\n| rain | 641 |\\n| snow | 26 |";
    let yaml = format!("type: text, markdown: \"{markdown}\"");
    let scene = layout_block(&block(&yaml), None, 60, 30);
    assert_snapshot!("text", unicode(&scene));
    assert_snapshot!("text_ascii", ascii(&scene));
    assert_snapshot!("text_ansi", ansi(&scene, Ink::TrueColor));
    assert_snapshot!("text_cut", unicode(&layout_block(&block(&yaml), None, 60, 6)));
}

#[test]
fn failed_empty_and_waiting_blocks_say_so() {
    let yaml = "type: chart, title: Rain, source: weather, mark: bar, encoding: {x: {field: kind}, y: {aggregate: sum, field: rain}}";
    let failed = problem("\"rian\" is not a column of weather; did you mean \"rain\"?");
    assert_snapshot!("failed", drawn(yaml, &failed, (40, 8)));
    assert_snapshot!("failed_small", drawn(yaml, &failed, (24, 4)));
    assert_snapshot!("failed_line", drawn(yaml, &failed, (24, 1)));
    assert_snapshot!("failed_ansi", ansi(&layout_block(&block(yaml), Some(&failed), 40, 6), Ink::Ansi16));
    let empty = answer(vec![texts("kind", &[]), decimals("sum(rain)", [])]);
    assert_snapshot!("empty", drawn(yaml, &empty, (44, 8)));
    assert_snapshot!("waiting", unicode(&layout_block(&block(yaml), None, 40, 6)));
    let other = answer(vec![texts("kind", &["a"])]);
    assert_snapshot!("column_missing", drawn(yaml, &other, (44, 8)));
}

/// 56 of what? Where the number has no room for its unit, the line below says it.
#[test]
fn a_unit_without_room_is_said_below() {
    let yaml = "type: metric, source: s, value: {aggregate: max, field: v}, format: \"{:.1} mm\"";
    let value = answer(vec![decimals("max(v)", [1_055.9])]);
    let shown = |cols: u16| drawn(yaml, &value, (cols, 5));
    assert!(shown(30).contains("1055.9 mm") && !shown(30).contains("in mm"), "{}", shown(30));
    let narrow = (7..16).rev().map(shown).find(|text| !text.contains("9 mm")).unwrap();
    assert!(narrow.contains(" mm"), "{narrow}");
}
