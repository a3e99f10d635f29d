//! Charts of every kind and of every awkward sort of data, for a page: shared by the golden files and the gallery.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_render::{Medium, Options, Picture, Scene, layout_block_of, layout_page};
use jiff::civil::{Date, date};

use crate::support::*;

const KINDS: [&str; 3] = ["fog", "rain", "sun"];

/// A block on a page, with its card.
pub fn on_a_page(yaml: &str, answer: &BlockAnswer, size: (u16, u32)) -> Scene {
    on(Medium::Page, yaml, answer, size)
}

/// A block with its frame.
pub fn on(medium: Medium, yaml: &str, answer: &BlockAnswer, size: (u16, u32)) -> Scene {
    let canvas = impala_core::Canvas::new("block", "");
    let block = block(yaml);
    let answers = [(block.id.clone(), answer.clone())].into();
    let options = Options { medium, show_timing: false, ..Options::default() };
    let picture = Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options };
    layout_block_of(&picture, &block, size.0, size.1)
}

fn chart(mark: &str, encoding: &str) -> String {
    format!("type: chart, title: A {mark} chart, source: weather, mark: {mark}, encoding: {{{encoding}}}")
}

fn by_kind(count: i64) -> BlockAnswer {
    let all: Vec<(i64, usize)> = (0..count).flat_map(|month| (0..3).map(move |kind| (month, kind))).collect();
    let first_days: Vec<Date> = months(count).collect();
    let amount = |(month, kind): &(i64, usize)| wave(month + *kind as i64 * 4) * (*kind as f64 + 1.0);
    answer(vec![
        dates("yearmonth(date)", all.iter().map(|(month, _)| first_days[*month as usize])),
        decimals("sum(rain)", all.iter().map(amount)),
        texts("kind", &all.iter().map(|(_, kind)| KINDS[*kind]).collect::<Vec<_>>()),
    ])
}

fn counts() -> BlockAnswer {
    answer(vec![
        texts("kind", &["drizzle", "fog", "rain", "snow", "sun"]),
        integers("count()", [53, 101, 641, 26, 640]),
    ])
}

fn cloud(count: usize) -> BlockAnswer {
    let (x, y): (Vec<f64>, Vec<f64>) = noise(count * 2)
        .collect::<Vec<_>>()
        .chunks(2)
        .map(|pair| (pair[0] * 40.0, pair[0] * 10.0 + pair[1] * 6.0))
        .unzip();
    let kinds: Vec<&str> = (0..count).map(|index| KINDS[index % 3]).collect();
    answer(vec![
        decimals("temp", x.clone()),
        decimals("wind", y),
        texts("kind", &kinds),
        decimals("mass", x.iter().map(|x| x * 100.0 + 2_700.0)),
    ])
}

fn long_names(count: usize) -> BlockAnswer {
    let names: Vec<String> =
        (0..count).map(|index| format!("A category with a long name, number {index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    answer(vec![texts("k", &names), decimals("v", (0..count as i64).map(wave))])
}

fn days(count: i16) -> impl Iterator<Item = Date> {
    (0..count).map(|day| date(2019, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap())
}

/// Five thousand points with one peak and one trough that must not get lost.
fn peaks() -> BlockAnswer {
    let values = noise(5_000).enumerate().map(|(index, value)| match index {
        1_234 => 9.0,
        3_456 => -7.0,
        _ => value + (index as f64 / 800.0).sin(),
    });
    answer(vec![decimals("k", (0..5_000).map(f64::from)), decimals("v", values)])
}

/// Emoji alone, in families, with skin and flags; scripts beside each other; and two that no font here has.
const LETTERS: [&str; 7] =
    ["👍🏽 ok", "👩‍👩‍👧 日本 12", "🇩🇪 🇯🇵 ❤️ ☔", "سلام 日本 ok", "שלום 👍 עולם", "ไทย 🎉", "𒀀𒀁 cuneiform"];

const FACET: &str =
    "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}, facet: {field: kind}";

const MONTHLY: &str = "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}";
const STACKED: &str = "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain, stack: zero}, color: {field: kind}";
const PLAIN: &str = "x: {field: k}, y: {field: v}";

fn stack(how: &str) -> String {
    STACKED.replace("zero", how)
}

fn five(name: &str, values: [[f64; 5]; 3]) -> Vec<Column> {
    let names = ["min", "q1", "median", "q3", "max"];
    let mut columns = vec![texts("kind", &KINDS)];
    for (index, word) in names.iter().enumerate() {
        columns.push(decimals(&format!("{word}({name})"), values.iter().map(|five| five[index])));
    }
    columns
}

fn boxes() -> BlockAnswer {
    answer(five("wind", [[0.4, 1.8, 2.7, 3.9, 6.6], [0.6, 2.4, 3.4, 4.9, 9.5], [0.4, 2.2, 2.9, 3.7, 8.1]]))
}

fn heat() -> BlockAnswer {
    let cells: Vec<(i64, i64)> = (1..=7).flat_map(|day| (0..24).map(move |hour| (day, hour))).collect();
    answer(vec![
        integers("hours(at)", cells.iter().map(|(_, hour)| *hour)),
        integers("day(at)", cells.iter().map(|(day, _)| *day)),
        integers("count()", cells.iter().map(|(day, hour)| (wave(*hour / 2 + day) * 40.0) as i64)),
    ])
}

/// A chart of each mark and each way to use it, with its answer.
pub fn charts() -> Vec<(&'static str, String, BlockAnswer)> {
    let sideways = "y: {field: kind, sort: -x}, x: {aggregate: count}";
    let scales = "x: {field: temp, title: Temperature}, y: {field: wind, format: '{} m/s'}, color: {field: mass}, size: {field: mass, format: '{:,.0} g'}";
    let cells = "x: {field: at, timeUnit: hours}, y: {field: at, timeUnit: day}, color: {aggregate: count}";
    let facet =
        "x: {field: date, timeUnit: yearmonth}, y: {aggregate: sum, field: rain}, facet: {field: kind}";
    let by_temp = "x: {field: temp}, y: {field: wind}";
    let by_kind_and_temp =
        "x: {field: temp}, y: {field: wind}, color: {field: kind}, tooltip: [{field: mass}]";
    let histogram = "x: {field: wind, bin: true}, y: {aggregate: count}";
    let weekly =
        "x: {field: date, timeUnit: yearweek}, y: {aggregate: sum, field: rain, format: '{:,.1} mm'}";
    vec![
        ("bar-names", chart("bar", "x: {field: kind}, y: {aggregate: count}"), counts()),
        ("bar-sideways", chart("bar", sideways), counts()),
        ("bar-months", chart("bar", MONTHLY), by_month(36)),
        ("bar-weeks", chart("bar", weekly), by_week()),
        ("bar-stacked", chart("bar", STACKED), by_kind(12)),
        ("bar-shares", chart("bar", &stack("normalize")), by_kind(12)),
        ("bar-beside", chart("bar", &stack("none")), by_kind(6)),
        ("histogram", chart("bar", histogram), bins()),
        ("line-series", chart("line", STACKED), by_kind(36)),
        ("area-stacked", chart("area", STACKED), by_kind(36)),
        ("area-over", chart("area", &stack("none")), by_kind(36)),
        ("point-series", chart("point", by_kind_and_temp), cloud(120)),
        ("point-scales", chart("point", scales), cloud(60)),
        ("point-many", chart("point", by_temp), cloud(5_000)),
        ("tick", chart("tick", "x: {field: temp}, y: {field: kind}"), cloud(90)),
        ("rect", chart("rect", cells), heat()),
        ("boxplot", chart("boxplot", "x: {field: kind}, y: {field: wind}"), boxes()),
        ("boxplot-sideways", chart("boxplot", "y: {field: kind}, x: {field: wind}"), boxes()),
        ("facet", chart("line", facet), by_kind(24)),
    ]
}

fn by_month(count: i64) -> BlockAnswer {
    answer(vec![dates("yearmonth(date)", months(count)), decimals("sum(rain)", (0..count).map(wave))])
}

fn by_week() -> BlockAnswer {
    let mondays = (0..20).map(|week| date(2018, 12, 31).checked_add(jiff::Span::new().weeks(week)).unwrap());
    answer(vec![dates("yearweek(date)", mondays), decimals("sum(rain)", (0..20).map(wave))])
}

fn bins() -> BlockAnswer {
    let mut bins = decimals("bin(wind)", [0.0, 0.5, 1.0, 2.0, 2.5]);
    bins.bin_step = Some(0.5);
    answer(vec![bins, integers("count()", [3, 12, 40, 21, 4])])
}

/// Every picture by its name.
pub fn all() -> Vec<(String, Scene)> {
    let mut all = blocks(Medium::Page);
    all.push(("canvas".to_owned(), canvas(120)));
    all.push(("canvas-narrow".to_owned(), canvas(48)));
    all
}

/// Every picture of one block by its name.
pub fn blocks(medium: Medium) -> Vec<(String, Scene)> {
    let size = |name: &str| if name == "facet" { (90, 14) } else { (75, 14) };
    let mut all: Vec<(&str, Scene)> = charts()
        .into_iter()
        .map(|(name, yaml, answer)| (name, on(medium, &yaml, &answer, size(name))))
        .collect();
    all.extend(awkward(medium));
    all.into_iter().map(|(name, scene)| (name.to_owned(), scene)).collect()
}

/// Data that is hard to draw.
fn awkward(medium: Medium) -> Vec<(&'static str, Scene)> {
    let size = (75, 12);
    let one = |mark: &str, x: Column, y: Column| on(medium, &chart(mark, PLAIN), &answer(vec![x, y]), size);
    let nulls = || Column::new("v", Values::Decimal(vec![None, None]));
    let wild = || decimals("v", [1.0, f64::NAN, f64::INFINITY, 4.0, f64::NEG_INFINITY]);
    let scripts =
        ["日本語の名前はとても長い", "emoji 👩‍👩‍👧 family", "שלום עולם", "مرحبا بالعالم", "naïve", "한국어"];
    vec![
        ("negative", one("bar", texts("k", &["a", "b", "c", "d"]), decimals("v", [3.0, -5.0, 8.0, -1.0]))),
        ("one-row-bar", one("bar", texts("k", &["only"]), decimals("v", [3.0]))),
        ("one-row-line", one("line", dates("k", days(1)), decimals("v", [3.0]))),
        ("nulls", one("bar", texts("k", &["a", "b"]), nulls())),
        ("infinities", one("line", integers("k", 1..=5), wild())),
        ("large", one("line", integers("k", 0..5), decimals("v", [0.0, 3e11, 1e12, 5e11, 2e11]))),
        ("small", one("bar", integers("k", 0..5), decimals("v", [1e-9, 3e-9, 2e-9, 5e-10, 0.0]))),
        ("long-names", on(medium, &chart("bar", PLAIN), &long_names(6), size)),
        ("too-many-names", on(medium, &chart("bar", PLAIN), &long_names(60), size)),
        (
            "too-many-sideways",
            on(medium, &chart("bar", "y: {field: k, sort: -x}, x: {field: v}"), &long_names(60), size),
        ),
        (
            "many-series",
            on(
                medium,
                &chart("line", "x: {field: x}, y: {field: v}, color: {field: k}"),
                &many_series(),
                size,
            ),
        ),
        ("thousands", on(medium, &chart("line", PLAIN), &peaks(), size)),
        (
            "scripts",
            on(
                medium,
                &chart("bar", "y: {field: k}, x: {field: v}"),
                &answer(vec![texts("k", &scripts), decimals("v", (0..6).map(wave))]),
                size,
            ),
        ),
        (
            "letters",
            on(
                medium,
                &chart("bar", "y: {field: k, title: Größe 📏}, x: {field: v}"),
                &answer(vec![texts("k", &LETTERS), decimals("v", (0..LETTERS.len() as i64).map(wave))]),
                (52, 11),
            ),
        ),
        ("facet-small", on(medium, &chart("bar", FACET), &by_kind(6), (75, 12))),
        (
            "alike-names",
            on(
                medium,
                &chart("bar", PLAIN),
                &answer(vec![
                    texts(
                        "k",
                        &[
                            "north 1 district",
                            "north 2 district",
                            "north 3 district",
                            "the south",
                            "the west",
                            "an east",
                        ],
                    ),
                    decimals("v", (0..6).map(wave)),
                ]),
                (50, 10),
            ),
        ),
        ("signs", one("line", integers("k", 0..4), decimals("v", [-4.0, 9.0, 2.0, 7.5]))),
        (
            "negative-sideways",
            on(
                medium,
                &chart("bar", "y: {field: k}, x: {field: v}"),
                &answer(vec![texts("k", &["a", "b", "c", "d"]), decimals("v", [3.0, -5.0, 8.0, -1.0])]),
                size,
            ),
        ),
        ("days-5", one("line", dates("k", days(5)), decimals("v", (0..5).map(wave)))),
        ("days-40", one("line", dates("k", days(40)), decimals("v", (0..40).map(wave)))),
        ("days-2000", one("line", dates("k", days(2_000)), decimals("v", (0..2_000).map(wave)))),
        (
            "not-from-zero",
            one("line", dates("k", days(40)), decimals("v", (0..40).map(|day| 1_000.0 + wave(day)))),
        ),
        ("alike", one("line", integers("k", 0..3), decimals("v", [5.0, 5.0, 5.0]))),
        (
            "failed",
            on(
                medium,
                &chart("line", PLAIN),
                &problem("\"rian\" is not a column of weather; did you mean \"rain\"?"),
                size,
            ),
        ),
    ]
}

fn many_series() -> BlockAnswer {
    let names: Vec<String> = (0..60).map(|index| format!("Series number {index}")).collect();
    answer(vec![
        integers("x", (0..60).map(|index| index % 2)),
        decimals("v", (0..60).map(wave)),
        texts("k", &names.iter().map(String::as_str).collect::<Vec<_>>()),
    ])
}

/// A canvas with a block of each kind.
pub fn canvas(width_cols: u16) -> Scene {
    let (canvas, answers, parameters) = seattle();
    let options = Options { width_cols, medium: Medium::Page, show_timing: false, ..Options::default() };
    layout_page(&Picture { canvas: &canvas, answers: &answers, parameters: &parameters, options })
}
