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
