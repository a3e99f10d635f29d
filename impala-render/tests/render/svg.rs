//! Pictures for a page: SVG, and PNG made of it.

use impala_render::paint::svg::{self, Form, Svg};
use impala_render::theme::page::Scheme;
use impala_render::{Mark, Scene};
use insta::assert_snapshot;

use crate::pictures;
use crate::support::answer;

/// The pictures whose every byte is kept: one a mark, and the whole canvas.
const GOLDEN: [&str; 11] = [
    "bar-stacked",
    "bar-sideways",
    "line-series",
    "area-over",
    "point-scales",
    "tick",
    "rect",
    "boxplot",
    "long-names",
    "scripts",
    "canvas",
];

fn scene(name: &str) -> Scene {
    let found = pictures::all().into_iter().find(|(other, _)| other == name);
    found.unwrap_or_else(|| panic!("no picture {name}")).1
}

fn inline(scene: &Scene) -> String {
    svg::paint(scene, &Svg { form: Form::Inline, title: "T", description: "D", id: "b" })
}

fn tips(scene: &Scene) -> Vec<&str> {
    scene.tips.values().map(String::as_str).collect()
}

fn texts(scene: &Scene) -> Vec<&str> {
    let texts = scene.marks.iter().filter_map(|mark| match mark {
        Mark::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn pictures_stay_as_they_are() {
    for name in GOLDEN {
        assert_snapshot!(format!("svg_{}", name.replace('-', "_")), inline(&scene(name)));
    }
}

#[test]
fn a_picture_of_a_page_has_no_style_of_its_own() {
    for (name, scene) in pictures::all() {
        let text = inline(&scene);
        assert!(!text.contains(" style=") && !text.contains("<style"), "{name}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
        assert!(
            text.contains("<title id=\"b-title\">T</title>") && text.contains("aria-labelledby"),
            "{name}"
        );
    }
}

#[test]
fn a_picture_alone_brings_light_and_dark() {
    let text = svg::paint(&scene("bar-names"), &Svg::default());
    assert!(text.contains("prefers-color-scheme:dark") && text.contains("--impala-s0:"), "{text}");
    let fixed = svg::paint(&scene("bar-names"), &Svg { form: Form::Fixed(Scheme::Dark), ..Svg::default() });
    assert!(!fixed.contains("var("), "{fixed}");
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    let (first, second) = (pictures::all(), pictures::all());
    for ((name, a), (_, b)) in first.iter().zip(&second) {
        assert_eq!(svg::paint(a, &Svg::default()), svg::paint(b, &Svg::default()), "{name}");
    }
}

#[test]
fn no_mark_leaves_the_picture() {
    for (name, scene) in pictures::all() {
        let (w, h) = (f64::from(scene.width_cols) + 0.01, f64::from(scene.height_rows) + 0.01);
        let inside = |x: f64, y: f64| (-0.01..=w).contains(&x) && (-0.01..=h).contains(&y);
        for mark in &scene.marks {
            let is_inside = match mark {
                Mark::Fill { area, .. } | Mark::Border { area, .. } | Mark::Target { area } => {
                    inside(area.x, area.y) && inside(area.right(), area.bottom())
                }
                Mark::Line { points, .. } => points.iter().all(|point| inside(point.x, point.y)),
                Mark::Dot { at, .. } => inside(at.x, at.y),
                Mark::Band { .. } | Mark::Text { .. } => true,
            };
            assert!(is_inside, "{name}: {mark:?}");
        }
    }
}

#[test]
fn every_mark_tells_what_it_is() {
    let check = |name: &str, tip: &str| {
        let scene = scene(name);
        assert!(scene.tips.values().any(|other| other == tip), "{name}: {:?}", tips(&scene));
    };
    check("bar-names", "drizzle: 53");
    check("bar-stacked", "Jan 2012, fog: 4");
    check("bar-shares", "Jan 2012, fog: 3.5%");
    check("line-series", "Jan 2012\nfog: 4\nrain: 44\nsun: 67.8");
    check("rect", "00h, Tue; rows: 572");
    check("boxplot", "fog\nhighest 6.6\nupper quartile 3.9\nmedian 2.7\nlower quartile 1.8\nlowest 0.4");
}

#[test]
fn bars_begin_at_zero_and_lines_need_not() {
    let labels = |name: &str| texts(&scene(name)).iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert!(labels("bar-names").contains(&"0".to_owned()));
    assert!(!labels("not-from-zero").contains(&"0".to_owned()), "{:?}", labels("not-from-zero"));
}

#[test]
fn long_names_are_cut_and_whole_in_the_tip() {
    let scene = scene("long-names");
    assert!(texts(&scene).iter().any(|text| text.contains('…')));
    assert!(tips(&scene).contains(&"A category with a long name, number 3"));
}

#[test]
fn what_finds_no_room_is_counted() {
    let note = |name: &str| {
        let scene = scene(name);
        texts(&scene).iter().find(|text| text.contains("and ")).map(|text| (*text).to_owned())
    };
    assert_eq!(note("too-many-names").as_deref(), Some("first 34 by k, and 26 more"));
    assert_eq!(note("too-many-sideways").as_deref(), Some("8 greatest of k, and 52 more"));
    assert!(note("many-series").is_some_and(|note| note.starts_with("and ") && note.ends_with(" more")));
}

#[test]
fn of_thousands_of_points_the_peaks_stay() {
    let scene = scene("thousands");
    let points = scene.marks.iter().find_map(|mark| match mark {
        Mark::Line { points, .. } if points.len() > 100 => Some(points),
        _ => None,
    });
    let points = points.expect("a line");
    assert!(points.len() < 2_500, "{}", points.len());
    let (top, bottom) = points
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(top, bottom), point| (top.min(point.y), bottom.max(point.y)));
    // The axis runs from -10 to 10, the data from -7 to 9.
    let plot =
        scene.marks.iter().find_map(|mark| if let Mark::Target { area } = mark { Some(*area) } else { None });
    let plot = plot.expect("strips over the plot");
    let share = |y: f64| (plot.bottom() - y) / plot.h * 20.0 - 10.0;
    assert!(
        (share(top) - 9.0).abs() < 0.01 && (share(bottom) + 7.0).abs() < 0.01,
        "{} {}",
        share(top),
        share(bottom)
    );
    assert!(
        texts(&scene).iter().any(|text| text.starts_with("5,000 points, highest and lowest")),
        "{:?}",
        texts(&scene)
    );
}

/// A text block on a page.
fn prose(markdown: &str) -> Scene {
    let yaml = format!("type: text, markdown: {}", serde_json::Value::from(markdown));
    pictures::on_a_page(&yaml, &answer(Vec::new()), (60, 16))
}

#[test]
fn columns_of_a_table_in_text_end_where_they_should() {
    use impala_render::scene::Anchor;
    let scene =
        prose("| Name | Number | Middle |\n|:--|--:|:-:|\n| a | 1 | iii |\n| bbb | 11,111.5 | WWWWWW |");
    let edges = |wanted: Anchor| -> Vec<f64> {
        let edge = |mark: &Mark| match mark {
            Mark::Text { at, text, anchor, .. } if *anchor == wanted => {
                let cols = impala_render::format::width(text) as f64;
                Some(at.x + if wanted == Anchor::End { cols } else { cols / 2.0 })
            }
            _ => None,
        };
        scene.marks.iter().filter_map(edge).collect()
    };
    let all_at_one = |edges: Vec<f64>| edges.len() == 3 && edges.iter().all(|edge| *edge == edges[0]);
    assert!(all_at_one(edges(Anchor::End)), "{:?}", edges(Anchor::End));
    assert!(all_at_one(edges(Anchor::Middle)), "{:?}", edges(Anchor::Middle));
    let left = scene.marks.iter().filter(|mark| matches!(mark, Mark::Text { at, .. } if at.x == 0.0));
    assert_eq!(left.count(), 3);
}

#[test]
fn headings_of_each_rank_have_a_size_of_their_own() {
    let scene = prose("# one\n## two\n### three\n#### four\n\ntext");
    let of = |wanted: &str| {
        scene.marks.iter().find_map(|mark| match mark {
            Mark::Text { text, emphasis, .. } if text == wanted => {
                Some((emphasis.size.px(), emphasis.is_bold))
            }
            _ => None,
        })
    };
    let sizes = ["one", "two", "three", "four", "text"].map(|word| of(word).expect(word));
    assert!(sizes.windows(2).all(|pair| pair[0].0 > pair[1].0 || pair[0].1 && !pair[1].1), "{sizes:?}");
}

#[cfg(feature = "png")]
mod png {
    use impala_render::paint::png;

    use super::*;

    /// `IMPALA_GOLDEN=write` rewrites them.
    #[test]
    fn dots_are_the_same_everywhere() {
        let wanted = [
            ("scripts", Scheme::Light),
            ("letters", Scheme::Dark),
            ("facet-small", Scheme::Light),
            ("canvas-narrow", Scheme::Dark),
        ];
        for (name, scheme) in wanted {
            let path = format!("{}/tests/render/golden/{name}.png", env!("CARGO_MANIFEST_DIR"));
            let dots = png::paint(&scene(name), scheme, 1).expect("a picture");
            if std::env::var("IMPALA_GOLDEN").is_ok_and(|value| value == "write") {
                std::fs::write(&path, &dots).expect("a folder");
            }
            assert!(std::fs::read(&path).expect("a golden picture") == dots, "{path} differs");
        }
    }

    #[test]
    fn a_picture_that_would_fill_memory_is_refused() {
        let error = png::paint(&Scene::new(1_000, 100_000), Scheme::Light, 4).expect_err("too large");
        assert!(error.to_string().contains("ask for one block"), "{error}");
    }
}
