//! Marks other than text.

use std::fmt::Write as _;

use super::{escape, number};
use crate::scene::{Area, Mark, PAGE_COLUMN_PX, PAGE_ROW_PX, Point, Stroke};
use crate::theme::page;

/// Radius of dots of size 0 to 3, in pixels.
const RADII: [f64; 4] = [1.6, 2.6, 4.0, 8.0];

fn px(point: Point) -> (f64, f64) {
    (point.x * PAGE_COLUMN_PX, point.y * PAGE_ROW_PX)
}

/// Writes one mark with its tooltip.
pub fn write(text: &mut String, mark: &Mark, tip: Option<&str>) {
    match mark {
        Mark::Fill { area, tone, .. } => {
            let (x, y, w, h) = crisp(*area);
            let class = page::name(*tone);
            let _ = write!(
                text,
                "<rect class=\"{class}\" fill=\"currentColor\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\""
            );
            close(text, "rect", tip);
        }
        Mark::Border { area, .. } => {
            let (x, y, w, h) = crisp(*area);
            let _ = writeln!(
                text,
                "<rect class=\"card\" fill=\"currentColor\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\
                 <rect class=\"line\" fill=\"none\" stroke=\"currentColor\" x=\"{x}.5\" y=\"{y}.5\" width=\"{}\" \
                 height=\"{}\" rx=\"7.5\"/>",
                (w - 1).max(0),
                (h - 1).max(0)
            );
        }
        Mark::Target { area } => {
            let (x, y, w, h) = (
                number(area.x * PAGE_COLUMN_PX),
                number(area.y * PAGE_ROW_PX),
                number(area.w * PAGE_COLUMN_PX),
                number(area.h * PAGE_ROW_PX),
            );
            let _ = write!(text, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"");
            close(text, "rect", tip);
        }
        Mark::Dot { at, size, tone, .. } => dot(text, *at, *size, page::name(*tone), tip),
        Mark::Band { upper, lower, tone, is_pale } => {
            let class = page::name(*tone);
            let opacity = if *is_pale { "0.25" } else { "0.8" };
            let corners = upper.iter().chain(lower.iter().rev());
            let _ = write!(
                text,
                "<path class=\"{class}\" fill=\"currentColor\" fill-opacity=\"{opacity}\" shape-rendering=\"auto\" d=\"{}Z\"",
                path(corners)
            );
            close(text, "path", tip);
        }
        Mark::Line { points, tone, stroke } => line(text, points, page::name(*tone), *stroke, tip),
        Mark::Text { .. } => {}
    }
}

fn close(text: &mut String, element: &str, tip: Option<&str>) {
    match tip {
        Some(tip) => {
            let _ = writeln!(text, "><title>{}</title></{element}>", escape(tip));
        }
        None => text.push_str("/>\n"),
    }
}

/// A rectangle on whole pixels, at least one in both directions, so that its edges are sharp and nothing vanishes.
fn crisp(area: Area) -> (i64, i64, i64, i64) {
    let edges = |from: f64, size: f64, unit: f64| {
        let (start, end) = ((from * unit).round(), ((from + size) * unit).round());
        (start as i64, (end - start).max(1.0) as i64)
    };
    let ((x, w), (y, h)) = (edges(area.x, area.w, PAGE_COLUMN_PX), edges(area.y, area.h, PAGE_ROW_PX));
    (x, y, w, h)
}

fn dot(text: &mut String, at: Point, size: f64, class: &str, tip: Option<&str>) {
    let (x, y) = px(at);
    let (x, y, radius) = (number(x), number(y), number(radius(size)));
    let _ = write!(text, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"");
    close(text, "circle", tip);
}

/// The radius of a dot in pixels.
fn radius(size: f64) -> f64 {
    let (floor, share) = (size.floor().clamp(0.0, 3.0) as usize, size.fract());
    let (near, far) = (RADII[floor], RADII[(floor + 1).min(3)]);
    // Areas are compared, not radii.
    (near * near + (far * far - near * near) * share).sqrt()
}

fn line(text: &mut String, points: &[Point], class: &str, stroke: Stroke, tip: Option<&str>) {
    let (class, width, is_straight) = match stroke {
        Stroke::Grid => ("grid", "1", true),
        Stroke::Rule => (class, "1", true),
        Stroke::Heavy => (class, "2", true),
        Stroke::Curve { .. } => (class, "2", false),
    };
    let data = match points {
        [from, to] if is_straight => straight(*from, *to, stroke == Stroke::Heavy),
        points => path(points.iter()),
    };
    let join = if is_straight { "" } else { " stroke-linejoin=\"round\" stroke-linecap=\"round\"" };
    let _ = write!(
        text,
        "<path class=\"{class}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"{width}\"{join} d=\"{data}\""
    );
    close(text, "path", tip);
}

/// A level or upright line in the middle of a pixel (on the edge of one when it is two wide), so that it is sharp.
fn straight(from: Point, to: Point, is_even: bool) -> String {
    let half = if is_even { 0.0 } else { 0.5 };
    let ((x0, y0), (x1, y1)) = (px(from), px(to));
    let snapped = |value: f64| number((value - half).round() + half);
    if (y0 - y1).abs() < 1e-9 {
        format!("M{} {}H{}", number(x0), snapped(y0), number(x1))
    } else {
        format!("M{} {}V{}", snapped(x0), number(y0), number(y1))
    }
}

fn path<'a>(points: impl Iterator<Item = &'a Point>) -> String {
    let mut data = String::new();
    for (index, point) in points.enumerate() {
        let (x, y) = px(*point);
        let step = if index == 0 { 'M' } else { 'L' };
        let _ = write!(data, "{step}{} {}", number(x), number(y));
    }
    data
}
