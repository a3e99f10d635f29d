//! Canvases and blocks as files.

use std::collections::BTreeMap;

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_core::{Block, BlockData, Canvas, document};
use impala_render::export::{Export, Format, export};
use impala_render::theme::page::Scheme;
use impala_render::{Charset, Ink, Options, Picture};
use insta::assert_snapshot;

use crate::support::*;

/// A canvas with its answers.
type Made = (Canvas, BTreeMap<String, BlockAnswer>, BTreeMap<String, String>);

static NOTHING: BTreeMap<String, BlockData> = BTreeMap::new();

fn made_of<'a>((canvas, answers, parameters): &'a Made, block: Option<&'a Block>) -> Export<'a> {
    let options = Options { width_cols: 100, ..Options::default() };
    let picture = Picture { canvas, answers, parameters, options };
    Export {
        picture,
        block,
        before: &NOTHING,
        revision: 7,
        charset: Charset::Unicode,
        ink: Ink::Ansi256,
        scheme: Scheme::Light,
        scale: 1,
    }
}

fn text(made: &Made, block: Option<&str>, format: Format) -> String {
    let block = block.map(|id| made.0.block(id).expect(id));
    let bytes = export(&made_of(made, block), format).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(bytes).expect("text")
}

#[test]
fn exports_stay_as_they_are() {
    let made = seattle();
    for format in [Format::Html, Format::Markdown, Format::Json, Format::VegaLite] {
        assert_snapshot!(format!("export_{}", format.as_str().replace('-', "_")), text(&made, None, format));
    }
    assert_snapshot!("export_block_md", text(&made, Some("days"), Format::Markdown));
    assert_snapshot!("export_block_text", text(&made, Some("wettest"), Format::Text));
}

#[test]
fn nothing_tells_how_long_an_answer_took() {
    let first = seattle();
    let mut later = seattle();
    for answer in later.1.values_mut() {
        if let BlockAnswer::Data(data) = answer {
            (data.elapsed_ms, data.cached) = (4_321, true);
            data.computed_at = "2031-01-01T00:00:00Z".parse().expect("a timestamp");
        }
    }
    for format in Format::ALL {
        if format == Format::Png && !cfg!(feature = "png") {
            continue;
        }
        for block in [None, Some("monthly")] {
            let bytes = |made: &Made| {
                let block = block.and_then(|id| made.0.block(id));
                export(&made_of(made, block), format).unwrap_or_else(|error| panic!("{format:?}: {error}"))
            };
            assert!(bytes(&first) == bytes(&later), "{format:?}");
        }
    }
}

#[test]
fn what_users_wrote_is_text_everywhere() {
    let evil = "</title></svg><script>alert(1)</script>\"'`| @everyone";
    let mut made = seattle();
    made.0.metadata.title = evil.to_owned();
    made.0.metadata.description = evil.to_owned();
    for block in &mut made.0.spec.blocks {
        block.title = Some(evil.to_owned());
        if let impala_core::BlockKind::Text(text) = &mut block.kind {
            text.markdown = format!("{evil}\n\n{{{{since}}}}");
        }
    }
    made.2.insert("since".to_owned(), evil.to_owned());
    made.1.insert("failing".to_owned(), problem(evil));
    if let Some(BlockAnswer::Data(data)) = made.1.get_mut("days") {
        data.columns[0] = texts(evil, &[evil, "b", "c"]);
    }
    for format in [Format::Html, Format::Svg] {
        assert!(!text(&made, None, format).contains("<script>"), "{format:?}");
    }
    let markdown = text(&made, Some("days"), Format::Markdown);
    assert!(!markdown.contains("<script") && !markdown.contains(" @everyone"), "{markdown}");
    assert!(
        markdown.lines().filter(|line| line.starts_with("| ")).all(|line| line.matches(" | ").count() == 2)
    );
}

#[test]
fn what_is_no_chart_is_no_vega_lite() {
    let made = seattle();
    let error = |id: &str| {
        let block = made.0.block(id);
        export(&made_of(&made, block), Format::VegaLite).expect_err(id).to_string()
    };
    assert!(error("days").contains("only charts become Vega-Lite"));
    assert!(error("failing").contains("did you mean \"rain\"?"));
}

#[test]
fn fences_hold_whatever_stands_in_them() {
    let mut made = seattle();
    if let Some(BlockAnswer::Data(data)) = made.1.get_mut("monthly") {
        data.columns[0] = texts("yearmonth(date)", &vec!["````"; 36]);
    }
    let markdown = text(&made, Some("monthly"), Format::Markdown);
    assert!(markdown.contains("\n`````text\n"), "{markdown}");
}

#[test]
fn markdown_begins_with_the_numbers_that_changed() {
    let yaml = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: sales, title: Sales}
spec:
  blocks:
    - {id: up, type: metric, source: s, title: \"Sold | @ann\", value: {aggregate: sum, field: v}, format: \"${:,.2}\"}
    - {id: same, type: metric, source: s, value: {aggregate: count}}
    - {id: fresh, type: metric, source: s, value: {aggregate: max, field: v}}
    - {id: gone, type: metric, source: s, value: {aggregate: min, field: v}}
    - {id: zero, type: metric, source: s, value: {aggregate: mean, field: v}}
";
    let canvas = document::read_canvas(&document::from_yaml(yaml).expect("YAML")).expect("a canvas");
    let one = |value: f64| data(vec![decimals("v", [value])]);
    let null = data(vec![Column::new("v", Values::Decimal(vec![None]))]);
    let now =
        [("up", one(1250.0)), ("same", one(4.0)), ("fresh", one(7.0)), ("gone", null), ("zero", one(3.0))];
    let answers = now.map(|(id, data)| (id.to_owned(), BlockAnswer::Data(data))).into();
    let made = (canvas, answers, BTreeMap::new());
    let old = [("up", one(1000.0)), ("same", one(4.0)), ("gone", one(2.0)), ("zero", one(0.0))];
    let before: BTreeMap<String, BlockData> = old.map(|(id, data)| (id.to_owned(), data)).into();
    let markdown = |before| {
        let made = Export { before, ..made_of(&made, None) };
        String::from_utf8(export(&made, Format::Markdown).expect("Markdown")).expect("text")
    };
    assert_snapshot!(markdown(&before));
    let same: BTreeMap<String, BlockData> = [("same".to_owned(), one(4.0))].into();
    assert!(markdown(&same).contains("\n\nNo number has changed since "));
    assert!(!markdown(&BTreeMap::new()).contains("hanged since"));
}

/// Marks that reorder the text around them.
const TURNING: [char; 12] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{200e}', '\u{200f}', '\u{61c}',
];

/// The canvas with `evil` wherever people or files may write.
fn everywhere(evil: &str) -> Made {
    let mut made = seattle();
    made.0.metadata.title = evil.to_owned();
    made.0.metadata.description = evil.to_owned();
    made.0.spec.parameters[0].title = Some(evil.to_owned());
    made.2.insert("since".to_owned(), evil.to_owned());
    for block in &mut made.0.spec.blocks {
        block.title = Some(evil.to_owned());
        if let impala_core::BlockKind::Text(text) = &mut block.kind {
            text.markdown =
                format!("{evil} {{{{since}}}} `{evil}` &#x202e;x &rlm;y [l](https://a.b/{evil} \"{evil}\")");
        }
    }
    made.1.insert("failing".to_owned(), problem(evil));
    for (id, column) in [("days", evil), ("monthly", "yearmonth(date)")] {
        if let Some(BlockAnswer::Data(data)) = made.1.get_mut(id) {
            let others: Vec<String> = (1..data.rows_shown).map(|row| format!("{row}{evil}")).collect();
            let all: Vec<&str> = std::iter::once(evil).chain(others.iter().map(String::as_str)).collect();
            data.columns[0] = texts(column, &all);
            data.sources = vec![evil.to_owned()];
        }
    }
    made
}

#[test]
fn no_format_turns_text_around() {
    for mark in TURNING {
        let made = everywhere(&format!("invoice {mark}gnp.exe"));
        for format in Format::ALL.into_iter().filter(|format| *format != Format::Png) {
            for block in
                [None, Some("intro"), Some("monthly"), Some("days"), Some("wettest"), Some("failing")]
            {
                let is_chart = block == Some("monthly");
                if format == Format::VegaLite && !is_chart {
                    continue;
                }
                let text = text(&made, block, format);
                assert!(!text.contains(TURNING), "{format:?} {block:?} {mark:?}: {text}");
                assert!(
                    text.contains("gnp.exe") || block == Some("wettest") || format == Format::Svg,
                    "{format:?} {block:?}: {text}"
                );
            }
        }
        // What programs read stays what it is.
        let json: serde_json::Value = serde_json::from_str(&text(&made, None, Format::Json)).expect("JSON");
        assert_eq!(json["canvas"]["metadata"]["title"], made.0.metadata.title);
    }
}

#[test]
fn marks_written_as_codes_turn_nothing_either() {
    let made = everywhere("x");
    let markdown = text(&made, Some("intro"), Format::Markdown);
    assert!(markdown.contains("\\&#x202e;x") && markdown.contains("\\&rlm;y"), "{markdown}");
}

/// The words of a picture with their places, as they stand in it.
fn words_of(svg: &str) -> Vec<&str> {
    svg.lines().filter(|line| line.starts_with("<text")).collect()
}

/// The part of a page that is one block, without its picture for phones.
fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let start = html.find(&format!("<section id=\"{id}\"")).expect(id);
    let whole = html[start..].split("</section>").next().expect("an end");
    whole.split("<div class=\"picture phone\">").next().expect("a picture")
}

#[test]
fn a_page_has_pictures_for_phones() {
    let made = seattle();
    let html = text(&made, None, Format::Html);
    for id in ["wettest", "monthly"] {
        let phone = format!("id=\"{id}-phone-title\"");
        assert_eq!(html.matches(&phone).count(), 1, "{id}");
    }
    assert_eq!(html.matches("<div class=\"picture phone\">").count(), 2);
    // 44 columns without what is at both sides of a card.
    assert_eq!(html.matches(" width=\"320\" height=").count(), 2);
    // What is narrow itself has one picture, and no grid.
    let of = made_of(&made, None);
    let options = Options { width_cols: 48, ..of.picture.options };
    let narrow =
        impala_render::export::html::page(&Export { picture: Picture { options, ..of.picture }, ..of });
    assert!(narrow.contains("<main class=\"grid alone\">") && !narrow.contains("picture phone"));
}

#[test]
fn a_page_has_the_pictures_that_svg_and_png_have() {
    use impala_render::export::html;
    use impala_render::paint::svg::{self, Svg};
    let made = seattle();
    for width_cols in [100, 150] {
        let of = made_of(&made, None);
        let options = Options { width_cols, ..of.picture.options };
        let html = html::page(&Export { picture: Picture { options, ..of.picture }, ..of });
        // As a picture has it within its margin.
        let medium = impala_render::Medium::Page;
        let inner = Options { width_cols: width_cols - 4, medium, show_timing: false, ..options };
        let picture = Picture { options: inner, ..of.picture };
        for area in impala_render::block_areas(&picture) {
            if !["wettest", "monthly"].contains(&area.block.id.as_str()) {
                continue;
            }
            let whole =
                impala_render::layout_block_of(&picture, area.block, area.width_cols, area.height_rows);
            let whole = svg::paint(&whole, &Svg::default());
            let there = words_of(section(&html, &area.block.id));
            assert!(!there.is_empty(), "{}", area.block.id);
            for words in there {
                assert!(whole.contains(words), "{width_cols} {}: {words}", area.block.id);
            }
            let place = format!(
                "grid-area:{}/{}/span {}/span {}}}",
                area.top_row + 1,
                area.left_col + 1,
                area.height_rows,
                area.width_cols
            );
            assert!(html.contains(&place), "{place}");
        }
    }
}

#[test]
fn a_page_has_the_ticks_that_text_has() {
    let yaml = "
apiVersion: impala/v1
kind: Canvas
metadata: {slug: c}
spec:
  blocks:
    - {id: b, type: chart, at: {x: 0, y: 0, w: 12, h: H}, title: T, source: s, mark: bar, encoding: {x: {field: k}, y: {field: v}}}
";
    let ticks = |text: &str| {
        let numbers = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '−' | '.')));
        let mut numbers: Vec<String> =
            numbers.filter(|word| word.parse::<f64>().is_ok()).map(str::to_owned).collect();
        numbers.sort();
        numbers
    };
    for height in 8..20 {
        let yaml = yaml.replace('H', &height.to_string());
        let canvas = document::read_canvas(&document::from_yaml(&yaml).expect("YAML")).expect("a canvas");
        let rows = answer(vec![texts("k", &["a", "b", "c"]), decimals("v", [-90.0, 3.0, 41.0])]);
        let made = (canvas, [("b".to_owned(), rows)].into(), BTreeMap::new());
        let html = text(&made, None, Format::Html);
        let on_page: String = words_of(section(&html, "b"))
            .iter()
            .map(|line| line.split_once('>').expect("words").1.replace("</text>", " "))
            .collect();
        let plain = text(&made, None, Format::Text);
        let plain: String = plain.lines().filter(|line| line.contains('┤') || line.contains('└')).collect();
        assert!(ticks(&plain).len() > 1, "{height}");
        assert_eq!(ticks(&on_page), ticks(&plain), "{height}\n{}", text(&made, None, Format::Text));
    }
}

#[test]
fn failures_are_even_cut_and_whole_for_a_pointer() {
    let mut made = seattle();
    let long = "the first fault is long ".repeat(40);
    made.1.insert("failing".to_owned(), problem(&long));
    let html = text(&made, None, Format::Html);
    let failed = section(&html, "failing");
    assert!(failed.contains(&format!("title=\"{long}\"")), "{failed}");
    assert!(html.contains("#failing .failed{-webkit-line-clamp:3}"), "{html}");
    let svg = text(&made, Some("failing"), Format::Svg);
    let alarms: Vec<&str> = words_of(&svg).into_iter().filter(|line| line.contains("alarm")).collect();
    assert!(alarms.len() > 1 && alarms.iter().all(|line| line.contains("class=\"alarm\"")), "{alarms:?}");
    assert!(svg.contains("…<title>"), "{svg}");
}
