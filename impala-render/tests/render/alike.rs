//! Text and page show one picture: the same ticks, the same bars and rows, the same ranges.

use std::collections::BTreeSet;

use impala_render::{Mark, Medium, Scene};

use crate::pictures;
use crate::support::*;

/// Words of an axis that are numbers.
fn ticks(scene: &Scene) -> BTreeSet<&str> {
    let texts = scene.marks.iter().filter_map(|mark| match mark {
        Mark::Text { text, tone: impala_render::Tone::Muted, .. } => Some(text.as_str()),
        _ => None,
    });
    let is_number = |text: &&str| {
        let text = text.trim_end_matches(['%', 'k', 'M', 'G', 'T']).replace(',', "");
        text.parse::<f64>().is_ok()
    };
    texts.filter(is_number).collect()
}

/// The rows of the answer that are drawn.
fn rows(scene: &Scene) -> BTreeSet<usize> {
    scene.spots.iter().flat_map(|spot| spot.rows.iter().copied()).collect()
}

#[test]
fn text_and_page_show_the_same_ticks_and_rows() {
    for ((name, text), (_, page)) in
        pictures::blocks(Medium::Cells).iter().zip(&pictures::blocks(Medium::Page))
    {
        assert_eq!(ticks(text), ticks(page), "{name}\n{}", unicode(text));
        assert_eq!(rows(text), rows(page), "{name}\n{}", unicode(text));
    }
}

/// Rows of the labels left of an axis that stands `column` columns in, from the top.
fn label_rows(text: &str) -> Vec<usize> {
    let is_tick = |line: &str| line.contains('┤') || line.contains("└");
    text.lines().enumerate().filter(|(_, line)| is_tick(line)).map(|(row, _)| row).collect()
}

#[test]
fn ticks_of_text_stand_evenly_whatever_the_room() {
    let yaml = "type: chart, title: T, source: s, mark: bar, encoding: {x: {field: k}, y: {field: v}}";
    for top in [1.0, 3.0, 5.0, 7.0, 9.0, 26.0, 34.0, 61.0, 90.0, 641.0, 1e-9, 1e12] {
        let rows = answer(vec![texts("k", &["a", "b"]), decimals("v", [top, top / 3.0])]);
        for height in 8..30 {
            let text = drawn(yaml, &rows, (40, height));
            let labelled = label_rows(&text);
            assert!(labelled.len() > 1, "{text}");
            let gaps = || labelled.windows(2).map(|pair| pair[1] - pair[0]);
            // Where a step is not a whole number of rows, every tick is in the row in which it falls.
            assert!(gaps().max() <= gaps().min().map(|least| least + 1), "{text}");
        }
    }
}

#[test]
fn a_value_at_a_tick_stands_in_its_row() {
    for mark in ["point", "bar", "line"] {
        let yaml = format!(
            "type: chart, title: T, source: s, mark: {mark}, encoding: {{x: {{field: k}}, y: {{field: v}}}}"
        );
        let values = answer(vec![integers("k", 0..5), decimals("v", [0.0, 20.0, 40.0, 60.0, 80.0])]);
        for height in 8..24 {
            let text = drawn(&yaml, &values, (60, height));
            let lines: Vec<&str> = text.lines().collect();
            for label in label_rows(&text).into_iter().filter(|row| lines[*row].contains('┤')) {
                let line = lines[label].split_once('┤').expect("an axis").1;
                let number = lines[label].split('┤').next().expect("a label");
                let number: f64 = number.trim_matches(['│', ' ']).parse().expect(number);
                let is_value = number % 20.0 == 0.0 && number <= 80.0;
                let is_drawn = line.chars().any(|c| !matches!(c, '┈' | ' ' | '│'));
                let filled = |line: &str| {
                    line.chars().filter_map(|c| "▁▂▃▄▅▆▇█".find(c)).map(|at| at / 3 + 1).sum::<usize>()
                };
                let (above, here) = (filled(lines[label - 1]), filled(lines[label]));
                assert!(!is_value || is_drawn, "{number}\n{text}");
                assert!(mark != "bar" || !is_value || here > above, "{number}\n{text}");
            }
        }
    }
}

#[test]
fn a_table_uses_the_line_that_is_there() {
    let table = "type: table, title: T, source: s";
    let rows = answer(vec![integers("n", 0..6)]);
    for (height, more) in [(10, false), (9, true)] {
        let text = drawn(table, &rows, (40, height));
        let page = pictures::on_a_page(table, &rows, (40, u32::from(height)));
        let is_cut = |scene: &Scene| {
            scene
                .marks
                .iter()
                .any(|mark| matches!(mark, Mark::Text { text, .. } if text.contains("more row")))
        };
        assert_eq!((text.contains("more row"), is_cut(&page)), (more, more), "{text}");
    }
}

#[test]
fn notes_are_said_in_fewer_words_and_not_cut() {
    let yaml = "type: chart, title: T, source: s, mark: line, encoding: {x: {field: k}, y: {field: v}}";
    let wild = answer(vec![integers("k", 0..4), decimals("v", [1.0, f64::NAN, f64::INFINITY, 4.0])]);
    let foot = |width| drawn(yaml, &wild, (width, 10)).lines().last().expect("a border").to_owned();
    assert!(foot(70).contains("2 values of v are not finite"), "{}", foot(70));
    assert!(foot(40).contains(" 2 values not finite "), "{}", foot(40));
    for width in 20..40 {
        let foot = foot(width);
        assert!(foot.contains("2 not finite") || foot.contains("2 values not finite"), "{foot}");
    }
}

#[test]
fn where_no_size_is_seen_its_legend_says_so() {
    use impala_render::{Charset, Ink, layout_block, paint};
    let yaml = "type: chart, title: T, source: s, mark: point, encoding: {x: {field: x}, y: {field: y}, color: {field: c}, size: {field: z}}";
    let rows = answer(vec![
        integers("x", 0..4),
        integers("y", 0..4),
        texts("c", &["a", "b", "a", "b"]),
        integers("z", [11, 22, 33, 44]),
    ]);
    let scene = layout_block(&block(yaml), Some(&rows), 60, 12);
    let with = |ink| paint::text::paint(&scene, Charset::Unicode, ink);
    assert!(with(Ink::TrueColor).contains("44") && !with(Ink::TrueColor).contains("not shown"));
    let plain = with(Ink::None);
    assert!(!plain.contains("44") && plain.contains("size not shown"), "{plain}");
}

#[test]
fn a_heat_map_leaves_out_cells_without_a_number_and_counts_them() {
    use impala_core::data::{Column, Values};
    let yaml = "type: chart, title: T, source: s, mark: rect, encoding: {x: {field: a}, y: {field: b}, color: {field: v}}";
    let places = || [texts("a", &["p", "q", "p", "q"]), texts("b", &["r", "r", "s", "s"])];
    let of = |values| {
        let [a, b] = places();
        drawn(yaml, &answer(vec![a, b, Column::new("v", values)]), (60, 10))
    };
    let some = of(Values::Decimal(vec![Some(1.0), None, Some(3.0), Some(4.0)]));
    assert!(some.contains("1 cell without a value") && !some.contains("(none)"), "{some}");
    for none in [Values::Decimal(vec![None; 4]), Values::String(vec![None; 4])] {
        let none = of(none);
        assert!(none.contains("no values") && !none.contains("(none)") && none.contains('q'), "{none}");
    }
}
