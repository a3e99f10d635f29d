//! What data can be like: nothing, one value, nulls, infinities, extremes, too much, and text in every script.

use std::collections::BTreeMap;

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_core::{BlockData, Canvas};
use impala_render::{Charset, Ink, Options, Picture, layout, layout_block, layout_columns, paint};
use insta::assert_snapshot;
use jiff::civil::{date, datetime};
use proptest::prelude::*;

use crate::support::*;

const MARKS: [&str; 6] = ["bar", "line", "area", "point", "rect", "tick"];

fn chart(mark: &str) -> String {
    format!(
        "type: chart, title: Edge, source: s, mark: {mark}, encoding: {{x: {{field: k}}, y: {{field: v}}}}"
    )
}

fn chart_of(mark: &str, x: Column, y: Column, size: (u16, u16)) -> String {
    drawn(&chart(mark), &answer(vec![x, y]), size)
}

#[test]
fn one_row() {
    for mark in MARKS {
        assert_snapshot!(
            format!("one_row_{mark}"),
            chart_of(mark, texts("k", &["only"]), decimals("v", [3.0]), (36, 10))
        );
    }
    let day = dates("k", [date(2019, 3, 5)]);
    assert_snapshot!("one_day_line", chart_of("line", day.clone(), decimals("v", [3.0]), (36, 10)));
    assert_snapshot!("one_day_bar", chart_of("bar", day, decimals("v", [3.0]), (36, 10)));
}

#[test]
fn nothing_but_nulls() {
    let nulls = Column::new("v", Values::Decimal(vec![None, None]));
    for mark in MARKS {
        assert_snapshot!(
            format!("nulls_{mark}"),
            chart_of(mark, texts("k", &["a", "b"]), nulls.clone(), (36, 10))
        );
    }
}

#[test]
fn a_column_without_values_is_no_text() {
    // A file says nothing of the type of such a column, and it comes as text.
    let untyped = || Column::new("v", Values::String(vec![None, None]));
    let nulls = || Column::new("v", Values::Decimal(vec![None, None]));
    for mark in ["bar", "line", "area", "point", "tick"] {
        let of = |values| chart_of(mark, texts("k", &["a", "b"]), values, (36, 10));
        assert_eq!(of(untyped()), of(nulls()), "{mark}");
        assert!(of(untyped()).contains("no values"), "{mark}");
    }
}

#[test]
fn null_names_and_blank_names_have_names() {
    let names = Column::new("k", Values::String(vec![Some("a".into()), None, Some(" ".into())]));
    assert_snapshot!("null_names", chart_of("bar", names, decimals("v", [1.0, 2.0, 3.0]), (40, 10)));
}

#[test]
fn numbers_that_are_none_are_left_out_and_counted() {
    let values = decimals("v", [1.0, f64::NAN, f64::INFINITY, 4.0, f64::NEG_INFINITY]);
    for mark in ["bar", "line", "point"] {
        assert_snapshot!(
            format!("not_finite_{mark}"),
            chart_of(mark, integers("k", 1..=5), values.clone(), (44, 10))
        );
    }
}

#[test]
fn a_null_is_a_gap_in_a_line() {
    let values = Values::Decimal((0..24).map(|index| (index % 8 != 5).then(|| wave(index))).collect());
    assert_snapshot!(
        "line_gaps",
        chart_of("line", dates("k", months(24)), Column::new("v", values), (60, 12))
    );
}

#[test]
fn very_large_and_very_small() {
    assert_snapshot!(
        "large",
        chart_of("line", integers("k", 0..5), decimals("v", [0.0, 3e11, 1e12, 5e11, 2e11]), (50, 10))
    );
    assert_snapshot!(
        "small",
        chart_of("bar", integers("k", 0..5), decimals("v", [1e-9, 3e-9, 2e-9, 5e-10, 0.0]), (50, 10))
    );
    assert_snapshot!(
        "extreme",
        chart_of("point", integers("k", 0..2), decimals("v", [f64::MAX, f64::MIN]), (50, 10))
    );
    assert_snapshot!(
        "alike",
        chart_of("line", integers("k", 0..3), decimals("v", [5.0, 5.0, 5.0]), (50, 10))
    );
    assert_snapshot!(
        "tiny_beside_large",
        chart_of("bar", texts("k", &["a", "b"]), decimals("v", [1.0, 1e6]), (40, 10))
    );
}

#[test]
fn thousands_of_points_keep_their_peaks_and_it_is_said() {
    let values = (0..5_000).map(|index| if index == 1_234 { 90.0 } else { (index % 7) as f64 });
    let many = drawn(&chart("line"), &answer(vec![integers("k", 0..5_000), decimals("v", values)]), (60, 12));
    assert!(many.contains("5,000 points, peaks drawn"), "{many}");
    assert_snapshot!("thousands_line", many);
    let year = drawn(
        &chart("line"),
        &answer(vec![integers("k", 0..365), decimals("v", (0..365).map(wave))]),
        (60, 12),
    );
    assert!(!year.contains("peaks"), "{year}");
}

#[test]
fn more_than_there_is_room_for_is_counted() {
    let names: Vec<String> = (0..60).map(|index| format!("Category number {index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many = answer(vec![texts("k", &names), decimals("v", (0..60).map(wave))]);
    assert_snapshot!("many_names", drawn(&chart("bar"), &many, (60, 12)));
    let sideways =
        "type: chart, title: Edge, source: s, mark: bar, encoding: {y: {field: k, sort: -x}, x: {field: v}}";
    assert_snapshot!("many_names_sideways", drawn(sideways, &many, (60, 12)));
    let colored = "type: chart, title: Edge, source: s, mark: line, encoding: {x: {field: x}, y: {field: v}, color: {field: k}}";
    let many = answer(vec![
        integers("x", (0..60).map(|index| index % 2)),
        decimals("v", (0..60).map(wave)),
        texts("k", &names),
    ]);
    assert_snapshot!("many_series", drawn(colored, &many, (60, 14)));
}

#[test]
fn time_axes_choose_their_units() {
    let days = |count: i16| {
        dates("k", (0..count).map(|day| date(2019, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap()))
    };
    for count in [5, 40, 300, 2_000, 15_000] {
        let values = decimals("v", (0..i64::from(count)).map(wave));
        assert_snapshot!(format!("time_{count}_days"), chart_of("line", days(count), values, (60, 8)));
    }
    let minutes = (0..90).map(|minute| {
        Some(datetime(2019, 3, 5, 20, 0, 0, 0).checked_add(jiff::Span::new().minutes(minute)).unwrap())
    });
    let minutes = Column::new("k", Values::Datetime(minutes.collect()));
    assert_snapshot!("time_90_minutes", chart_of("line", minutes, decimals("v", (0..90).map(wave)), (60, 8)));
}

#[test]
fn text_in_every_script_keeps_its_columns() {
    let names = texts("k", &["日本語の名前はとても長い", "emoji 👩‍👩‍👧 family", "שלום עולם", "naïve"]);
    assert_snapshot!(
        "scripts_table",
        unicode(&layout_columns(&[names.clone(), integers("n", [1, 20, 300, 4_000])], 30))
    );
    assert_snapshot!(
        "scripts_bar",
        drawn(
            "type: chart, title: 日本, source: s, mark: bar, encoding: {y: {field: k}, x: {field: v}}",
            &answer(vec![names, decimals("v", [1.0, 2.0, 3.0, 4.0])]),
            (50, 12)
        )
    );
}

#[test]
fn thousands_of_bands_and_series_are_drawn_in_time() {
    let ids: Vec<String> = (0..10_000).map(|index| format!("id-{index}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let many = answer(vec![texts("k", &ids), decimals("v", noise(10_000)), texts("c", &ids)]);
    let yaml = |mark: &str, stack: &str| {
        format!(
            "type: chart, title: Edge, source: s, mark: {mark}, encoding: {{x: {{field: k}}, y: {{field: v, stack: {stack}}}, color: {{field: c}}}}"
        )
    };
    assert_snapshot!("thousands_stacked", drawn(&yaml("bar", "zero"), &many, (60, 10)));
    assert_snapshot!("thousands_grouped", drawn(&yaml("bar", "none"), &many, (60, 10)));
    assert_snapshot!("thousands_area", drawn(&yaml("area", "zero"), &many, (60, 10)));
}

/// All that a user can write into a picture, with a terminal's escape sequences in it.
fn hostile() -> (Canvas, BTreeMap<String, BlockAnswer>) {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\n\u{202e}x";
    let mut canvas = Canvas::new("c", evil);
    canvas.metadata.description = evil.to_owned();
    let mut answers = BTreeMap::new();
    let kinds = [
        ("a", "type: table, source: s"),
        (
            "c",
            "type: chart, source: s, mark: bar, encoding: {x: {field: k}, y: {field: v}, color: {field: k}}",
        ),
        ("m", "type: metric, source: s, value: {field: k}"),
        ("e", "type: chart, source: s, mark: line, encoding: {x: {field: k}, y: {field: v}}"),
        ("t", "type: text, markdown: 'x {{p}} `{{p}}`'"),
    ];
    for (id, yaml) in kinds {
        let mut block = block(yaml);
        block.id = id.to_owned();
        block.title = Some(evil.to_owned());
        canvas.add(block, None);
        let columns = vec![texts("k", &[evil, "b"]), decimals("v", [1.0, 2.0]), texts(evil, &[evil, "c"])];
        let sources = vec![evil.to_owned()];
        answers.insert(id.to_owned(), BlockAnswer::Data(BlockData { sources, ..data(columns) }));
    }
    answers.insert("e".to_owned(), problem(evil));
    (canvas, answers)
}

/// Whether all that steers the terminal are the sequences that set colors.
fn assert_only_colors(text: &str) {
    for piece in text.split('\u{1b}').skip(1) {
        let parameters =
            piece.strip_prefix('[').and_then(|piece| piece.split_once('m')).map(|(parameters, _)| parameters);
        let is_color = |parameters: &str| parameters.chars().all(|c| c.is_ascii_digit() || c == ';');
        assert!(parameters.is_some_and(is_color), "{piece:?}");
    }
}

#[test]
fn no_escape_sequence_reaches_the_terminal() {
    let (canvas, answers) = hostile();
    let parameters = BTreeMap::from([("p".to_owned(), "\u{1b}[31m`*".to_owned())]);
    for width_cols in [40, 100] {
        for charset in [Charset::Unicode, Charset::Ascii] {
            let options = Options { width_cols, ..Options::default() };
            let scene =
                layout(&Picture { canvas: &canvas, answers: &answers, parameters: &parameters, options });
            let text = paint::text::paint(&scene, charset, Ink::None);
            let is_clean = |c: char| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
            assert!(text.chars().all(is_clean), "{text:?}");
            assert!(charset == Charset::Unicode || text.is_ascii(), "{text}");
            assert_only_colors(&paint::text::paint(&scene, charset, Ink::TrueColor));
        }
    }
}

#[test]
fn a_very_long_canvas_is_painted_in_little_memory() {
    let mut canvas = Canvas::new("long", "");
    canvas.add(block("type: text, markdown: end"), Some(impala_core::Place::new(0, 99_990, 24, 10)));
    let drawn = canvas_drawn(&canvas, &BTreeMap::new(), 200);
    assert_eq!(drawn.lines().count(), 100_002);
}

/// Columns of any type and content.
fn column(name: &'static str) -> impl Strategy<Value = Column> {
    let numbers = prop::collection::vec(prop::option::of(prop::num::f64::ANY), 4);
    let integers = prop::collection::vec(prop::option::of(any::<i64>()), 4);
    let words = prop::collection::vec(prop::option::of(".{0,12}"), 4);
    let days = prop::collection::vec(
        prop::option::of((-9_999..9_999_i16, 1..=12_i8).prop_map(|(year, month)| date(year, month, 1))),
        4,
    );
    prop_oneof![
        numbers.prop_map(Values::Decimal),
        integers.prop_map(Values::Integer),
        words.prop_map(Values::String),
        days.prop_map(Values::Date),
    ]
    .prop_map(move |values| Column::new(name, values))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the data and however small the room: a picture of just that size comes out.
    #[test]
    fn every_chart_of_every_data_is_drawn(
        mark in prop::sample::select(MARKS.to_vec()),
        columns in (column("k"), column("v"), column("c")),
        has_color in any::<bool>(),
        size in (0..70u16, 0..18u16),
    ) {
        let color = if has_color { ", color: {field: c}" } else { "" };
        let yaml = format!("type: chart, title: T, source: s, mark: {mark}, encoding: {{x: {{field: k}}, y: {{field: v}}{color}}}");
        let answer = answer(vec![columns.0, columns.1, columns.2]);
        let text = unicode(&layout_block(&block(&yaml), Some(&answer), size.0, u32::from(size.1)));
        prop_assert_eq!(text.lines().count(), usize::from(size.1));
        for line in text.lines() {
            prop_assert!(impala_render::format::width(line) <= usize::from(size.0), "{}", line);
        }
    }
}
