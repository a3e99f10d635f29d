//! Numbers on a page: nothing is lost that has room, nothing lies over anything else, whatever the size and the reader's font.

use impala_core::api::BlockAnswer;
use impala_core::data::{Column, Values};
use impala_core::{BlockData, Canvas, Place};
use impala_render::format::{self, measure};
use impala_render::scene::{Anchor, PAGE_COLUMN_PX, PAGE_ROW_PX};
use impala_render::{Mark, Medium, Options, Picture, Scene, Tone, layout_card, layout_page};

use crate::support::*;

/// Pixels: left, top, right, bottom.
type Extent = [f64; 4];

/// How much wider a reader's letters may be.
const WIDER: f64 = 1.2;

/// Where the words of a scene are, one entry a line: those that begin where others end flow on from them.
fn words(scene: &Scene) -> Vec<(String, Extent)> {
    let mut lines: Vec<(String, Extent, (f64, f64))> = Vec::new();
    for mark in &scene.marks {
        let Mark::Text { at, text, tone, emphasis, anchor } = mark else { continue };
        let is_bold = emphasis.is_bold || *tone == Tone::Title;
        let px = emphasis.size.px();
        let bold = if is_bold { 1.03 } else { 1.0 };
        // What layout allows for other fonts is not part of the width.
        let width = measure::width_px(text) / 1.06 * px / measure::BODY_PX * bold * WIDER;
        let end = (at.x + format::width(text) as f64, at.y);
        if let Some((words, extent, behind)) = lines.last_mut().filter(|line| line.2 == (at.x, at.y)) {
            words.push_str(text);
            extent[2] += width;
            *behind = end;
            continue;
        }
        let left = match anchor {
            Anchor::Start => at.x * PAGE_COLUMN_PX,
            Anchor::Middle => (at.x + end.0) / 2.0 * PAGE_COLUMN_PX - width / 2.0,
            Anchor::End => end.0 * PAGE_COLUMN_PX - width,
        };
        let baseline = (at.y + 0.5) * PAGE_ROW_PX + 0.35 * px;
        lines.push((text.clone(), [left, baseline - 0.75 * px, left + width, baseline + 0.24 * px], end));
    }
    lines.into_iter().map(|(text, extent, _)| (text, extent)).collect()
}

/// Where the small line is.
fn line(scene: &Scene) -> Option<Extent> {
    let points = scene.marks.iter().find_map(|mark| match mark {
        Mark::Line { points, tone: Tone::Series(0), .. } => Some(points),
        _ => None,
    })?;
    let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    Some(points.iter().fold(nothing, |all, point| {
        let (x, y) = (point.x * PAGE_COLUMN_PX, point.y * PAGE_ROW_PX);
        [all[0].min(x), all[1].min(y), all[2].max(x), all[3].max(y)]
    }))
}

fn metric(value: Option<f64>, (is_compared, has_line): (bool, bool)) -> (String, BlockAnswer) {
    let compare = if is_compared { ", compare: {to: version}" } else { "" };
    let sparkline = if has_line { ", sparkline: {field: date, timeUnit: yearmonth}" } else { "" };
    let yaml = format!(
        "type: metric, title: Wettest day, source: weather, value: {{aggregate: max, field: rain}}, format: '{{:,.1}} mm'{compare}{sparkline}"
    );
    let mut columns = vec![Column::new("max(rain)", Values::Decimal(vec![value]))];
    if is_compared {
        columns.push(Column::new("previous", Values::Decimal(vec![value.map(|value| value - 3.2)])));
    }
    let trend = match has_line {
        true => vec![dates("yearmonth(date)", months(36)), decimals("max(rain)", (0..36).map(wave))],
        false => Vec::new(),
    };
    let sources = vec!["seattle-weather@1".to_owned()];
    (yaml, BlockAnswer::Data(BlockData { trend, sources, ..data(columns) }))
}

/// The same compared to the month before, which is the most that stands beside a number.
fn by_month((yaml, answer): (String, BlockAnswer)) -> (String, BlockAnswer) {
    let BlockAnswer::Data(mut data) = answer else { panic!("{yaml}") };
    data.columns.push(dates("period", [jiff::civil::date(2015, 9, 1)]));
    data.columns.push(dates("previous_period", [jiff::civil::date(2015, 8, 1)]));
    let compared = "compare: {to: period, field: date, timeUnit: yearmonth}";
    (yaml.replace("compare: {to: version}", compared), BlockAnswer::Data(data))
}

/// A block of a canvas that is so many columns wide, and the same as the server's page draws it.
fn drawn(width_cols: u16, (w, h): (u32, u32), (yaml, answer): &(String, BlockAnswer)) -> [Scene; 2] {
    let mut canvas = Canvas::new("c", "");
    canvas.add(block(yaml), Some(Place::new(0, 0, w, h)));
    let answers = [("b".to_owned(), answer.clone())].into();
    let options = Options { width_cols, medium: Medium::Page, show_timing: false, ..Options::default() };
    let picture = Picture { canvas: &canvas, answers: &answers, parameters: &[].into(), options };
    let inside_cols = (width_cols as u32 * w / 24).saturating_sub(5).max(1) as u16;
    let room = (inside_cols, h.saturating_sub(2).max(1));
    let (card, _) = layout_card(&picture, &canvas.spec.blocks[0], room, "");
    [layout_page(&picture), card]
}

fn overlap(a: &Extent, b: &Extent) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[test]
fn nothing_reaches_out_or_over_anything_else() {
    let bits = [false, true];
    for value in [Some(55.9), Some(4_426.0), Some(-1_234_567.89), None] {
        for shown in bits.into_iter().flat_map(|a| bits.map(|b| (a, b))) {
            let metrics = [metric(value, shown), by_month(metric(value, shown))];
            for (metric, (width, w, h)) in [100, 150]
                .into_iter()
                .flat_map(|width| (2..=12).flat_map(move |w| (2..=10).map(move |h| (width, w, h))))
                .flat_map(|size| metrics.iter().map(move |metric| (metric, size)))
            {
                for scene in drawn(width, (w, h), metric) {
                    let words = words(&scene);
                    let all = || words.iter().map(|(text, extent)| (text.as_str(), *extent));
                    let all: Vec<_> = all().chain(line(&scene).map(|line| ("the line", line))).collect();
                    let size = (
                        f64::from(scene.width_cols) * PAGE_COLUMN_PX,
                        f64::from(scene.height_rows) * PAGE_ROW_PX,
                    );
                    for (index, (text, extent)) in all.iter().enumerate() {
                        let is_inside = extent[0] >= -0.5
                            && extent[1] >= -0.5
                            && extent[2] <= size.0 + 0.5
                            && extent[3] <= size.1 + 0.5;
                        assert!(is_inside, "{width} {w}x{h} {shown:?}: {text} at {extent:?} of {size:?}");
                        for (other, there) in &all[index + 1..] {
                            let is_apart = !overlap(extent, there);
                            assert!(
                                is_apart,
                                "{width} {w}x{h} {shown:?}: {text} {extent:?}, {other} {there:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_has_room_is_shown() {
    let says = |scene: &Scene, what: &str| words(scene).iter().any(|(text, _)| text.contains(what));
    // What a terminal of 100 columns shows.
    for (w, h) in [(6, 4), (6, 5), (6, 6), (4, 6), (8, 4), (12, 4)] {
        for scene in drawn(100, (w, h), &metric(Some(55.9), (true, true))) {
            let (number, change, line) = (says(&scene, "55.9 mm"), says(&scene, "▲"), line(&scene).is_some());
            assert!(number && change && line, "{w}x{h}: {number} {change} {line}");
        }
    }
    for (w, h) in [(4, 4), (4, 5), (6, 4), (6, 5)] {
        for scene in drawn(100, (w, h), &metric(Some(55.9), (false, true))) {
            assert!(says(&scene, "55.9 mm") && line(&scene).is_some(), "{w}x{h}");
        }
    }
    // The change stays where the line has no room.
    for scene in drawn(100, (4, 4), &metric(Some(55.9), (true, true))) {
        assert!(says(&scene, "55.9 mm") && says(&scene, "▲"));
    }
}

#[test]
fn a_period_is_said_on_a_card() {
    let says = |scene: &Scene, what: &str| words(scene).iter().any(|(text, _)| text.contains(what));
    for (w, h) in [(6, 5), (8, 4), (12, 4), (12, 8)] {
        for scene in drawn(100, (w, h), &by_month(metric(Some(55.9), (true, false)))) {
            assert!(says(&scene, "Sep 2015") && says(&scene, "▲"), "{w}x{h}: {:?}", words(&scene));
            assert!(w < 8 || says(&scene, "vs Aug 2015"), "{w}x{h}: {:?}", words(&scene));
        }
    }
}

#[test]
fn letters_are_as_large_as_there_is_room() {
    let px = |(w, h), shown| {
        let [page, _] = drawn(100, (w, h), &metric(Some(55.9), shown));
        let sizes = page.marks.iter().filter_map(|mark| match mark {
            Mark::Text { text, emphasis, .. } if text == "55.9 mm" => Some(emphasis.size.px()),
            _ => None,
        });
        sizes.fold(0.0, f64::max)
    };
    assert_eq!(px((10, 8), (false, false)), 44.0);
    assert_eq!(px((8, 8), (true, true)), 28.0);
    assert!(px((6, 5), (true, true)) >= 16.0);
    assert!(px((4, 4), (true, true)) >= 12.0);
}
