//! Makes blocks from YAML and answers from plain columns, and paints them.

use std::collections::BTreeMap;

use impala_core::api::{BlockAnswer, Problem};
use impala_core::data::{Column, Values};
use impala_core::{Block, BlockData, Canvas, document};
use impala_render::{Charset, Ink, Options, Picture, Scene, layout, layout_block, paint};
use jiff::civil::{Date, date};

/// A block from the fields of its YAML flow mapping, without id and place.
pub fn block(yaml: &str) -> Block {
    let yaml = format!("{{id: b, {yaml}}}");
    document::read_block(&document::from_yaml(&yaml).expect(&yaml))
        .unwrap_or_else(|error| panic!("{yaml}: {error}"))
}

/// The answer with those columns, all of whose rows are shown.
pub fn data(columns: Vec<Column>) -> BlockData {
    let rows = columns.first().map_or(0, |column| column.values.len() as u64);
    BlockData {
        columns,
        trend: Vec::new(),
        rows_shown: rows,
        rows_total: rows,
        truncated: false,
        rows_scanned: 1_461,
        sources: vec!["weather@1".to_owned()],
        computed_at: "2024-01-01T00:00:00Z".parse().expect("a timestamp"),
        elapsed_ms: 12,
        cached: false,
    }
}

pub fn answer(columns: Vec<Column>) -> BlockAnswer {
    BlockAnswer::Data(data(columns))
}

pub fn problem(detail: &str) -> BlockAnswer {
    BlockAnswer::Problem(Problem {
        problem_type: "about:blank".to_owned(),
        title: "Unknown column".to_owned(),
        status: 422,
        code: "invalid_query".to_owned(),
        detail: detail.to_owned(),
        errors: Vec::new(),
        request_id: None,
        current: None,
        violations: None,
    })
}

pub fn texts(name: &str, values: &[&str]) -> Column {
    Column::new(name, Values::String(values.iter().map(|text| Some((*text).to_owned())).collect()))
}

pub fn decimals(name: &str, values: impl IntoIterator<Item = f64>) -> Column {
    Column::new(name, Values::Decimal(values.into_iter().map(Some).collect()))
}

pub fn integers(name: &str, values: impl IntoIterator<Item = i64>) -> Column {
    Column::new(name, Values::Integer(values.into_iter().map(Some).collect()))
}

pub fn dates(name: &str, values: impl IntoIterator<Item = Date>) -> Column {
    Column::new(name, Values::Date(values.into_iter().map(Some).collect()))
}

/// The first days of so many months from January 2012 on.
pub fn months(count: i64) -> impl Iterator<Item = Date> {
    (0..count).map(|month| date(2012 + (month / 12) as i16, (month % 12) as i8 + 1, 1))
}

/// A wave with a trend: the same numbers on every machine.
pub fn wave(index: i64) -> f64 {
    let phase = [0.0, 2.6, 5.0, 7.1, 8.7, 9.7, 10.0, 9.7, 8.7, 7.1, 5.0, 2.6][index.rem_euclid(12) as usize];
    (phase * 2.0 + index as f64 * 0.15 + 4.0) * 10.0 / 10.0
}

/// Numbers that look random, and are the same on every machine: 0 to 1.
pub fn noise(count: usize) -> impl Iterator<Item = f64> {
    let mut state = 12_345_u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    })
    .take(count)
}

pub fn unicode(scene: &Scene) -> String {
    paint::text::paint(scene, Charset::Unicode, Ink::None)
}

pub fn ascii(scene: &Scene) -> String {
    paint::text::paint(scene, Charset::Ascii, Ink::None)
}

/// With escape characters made visible.
pub fn ansi(scene: &Scene, ink: Ink) -> String {
    paint::text::paint(scene, Charset::Unicode, ink).replace('\u{1b}', "␛")
}

/// One block at a size, in Unicode without colors.
pub fn drawn(yaml: &str, answer: &BlockAnswer, size: (u16, u16)) -> String {
    unicode(&layout_block(&block(yaml), Some(answer), size.0, u32::from(size.1)))
}

/// A whole canvas in Unicode without colors.
pub fn canvas_drawn(canvas: &Canvas, answers: &BTreeMap<String, BlockAnswer>, width_cols: u16) -> String {
    let parameters = BTreeMap::from([("since".to_owned(), "2012-01-01".to_owned())]);
    let options = Options { width_cols, ..Options::default() };
    unicode(&layout(&Picture { canvas, answers, parameters: &parameters, options }))
}

/// A canvas with a block of each kind, its answers, and what its parameters are set to.
pub fn seattle() -> (Canvas, BTreeMap<String, BlockAnswer>, BTreeMap<String, String>) {
    let yaml = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: seattle, title: Seattle weather, description: What falls from the sky and when.}
spec:
  parameters:
    - {name: since, title: Since, type: date, default: 2012-01-01}
  blocks:
    - {id: intro, type: text, at: {x: 0, y: 0, w: 24, h: 6}, markdown: \"## Day by day\\nFrom **{{since}}** on, {{wettest}} fell on the *wettest* day, see [the station](https://example.org/seattle).\\n\\n- [x] counted\\n- [ ] `explained`\"}
    - {id: wettest, type: metric, at: {x: 0, y: 6, w: 8, h: 6}, title: Wettest day, source: weather, value: {aggregate: max, field: rain}, format: '{:.1} mm', compare: {to: version}, sparkline: {field: date, timeUnit: yearmonth}}
    - {id: monthly, type: chart, at: {x: 8, y: 6, w: 16, h: 14}, title: Rain by month, source: weather, mark: bar, encoding: {x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}}}
    - {id: days, type: table, at: {x: 0, y: 12, w: 8, h: 8}, title: Days, source: weather}
    - {id: failing, type: chart, at: {x: 0, y: 20, w: 24, h: 5}, title: Fails, source: weather, mark: line, encoding: {x: {field: date}, y: {field: rian}}}
";
    let canvas = document::read_canvas(&document::from_yaml(yaml).expect(yaml))
        .unwrap_or_else(|error| panic!("{error}"));
    let monthly = vec![dates("yearmonth(date)", months(36)), decimals("sum(rain)", (0..36).map(wave))];
    let mut days = data(vec![
        texts("weather", &["rain", "sun", "fog"]),
        integers("count()", [641, 640, 101]),
        decimals("mean(wind)", [3.241, 2.9, 2.5]),
    ]);
    (days.rows_total, days.truncated) = (5, true);
    let wettest = BlockData {
        trend: vec![dates("yearmonth(date)", months(12)), decimals("max(rain)", (0..12).map(wave))],
        ..data(vec![decimals("max(rain)", [55.9]), decimals("previous", [49.1])])
    };
    let answers = BTreeMap::from([
        ("wettest".to_owned(), BlockAnswer::Data(wettest)),
        ("monthly".to_owned(), answer(monthly)),
        ("days".to_owned(), BlockAnswer::Data(days)),
        ("failing".to_owned(), problem("\"rian\" is not a column of weather; did you mean \"rain\"?")),
    ]);
    (canvas, answers, BTreeMap::from([("since".to_owned(), "2012-01-01".to_owned())]))
}
