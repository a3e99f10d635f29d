//! A column's figures in full: in words, and below them how its values are spread, a labelled bar for each step or each of the
//! most frequent values.

mod steps;

use impala_core::api::ColumnStats;
use impala_core::source::ColumnType;
use impala_render::format::{self, spread};
use ratatui::layout::Rect;

use super::statistics::count;
use crate::look::Role;
use crate::paper::Paper;

/// Columns between label, bar and count.
const GAP: u16 = 2;

/// Rows from which on there is one to spare before the bars.
const AIRY: u16 = 14;

/// Longest end of a column of texts, in columns.
const END: usize = 24;

/// A bar with what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bar {
    label: String,
    count: u64,
}

/// Draws all that is known of a column, as far as there is room.
pub(super) fn draw(paper: &mut Paper, area: Rect, column: &ColumnStats) {
    let col = paper.text(area, 0, &column.name, Role::Title);
    paper.text_at(area, col + 1, 0, &format!("· {}", column.column_type), Role::Muted);
    let mut row = 1;
    for line in figures(column)
        .iter()
        .filter(|text| !text.is_empty())
        .flat_map(|text| format::wrap(text, usize::from(area.width)))
    {
        paper.text(area, row, &line, Role::Plain);
        row += 1;
    }
    let gap = u16::from(area.height >= AIRY);
    let room = Rect { y: area.y + row + gap, height: area.height.saturating_sub(row + gap), ..area };
    let Some(bars) = bars(column, usize::from(room.height.saturating_sub(1))) else { return };
    paper.text(room, 0, caption(column), Role::Muted);
    draw_bars(paper, Rect { y: room.y + 1, height: room.height - 1, ..room }, &bars, column.count);
}

/// What the bars are.
fn caption(column: &ColumnStats) -> &'static str {
    match column.column_type {
        _ if column.spread.is_empty() => "Most frequent values",
        ColumnType::String => "Length in characters",
        _ => "From min to max",
    }
}

/// What is known of a column, in two lines where there is room for that.
fn figures(column: &ColumnStats) -> [String; 2] {
    let same = match spread::is_all_different(column) {
        true => "all distinct".to_owned(),
        false => format!("{} distinct", count(column.distinct)),
    };
    let mut counts =
        vec![format!("{} values", count(column.count)), format::count(column.nulls, "null"), same];
    let number = |value: f64| column.figure(value);
    counts.extend(column.mean.map(|mean| format!("mean {}", number(mean))));
    counts.extend(column.stdev.map(|stdev| format!("standard deviation {}", number(stdev))));
    let mut order = Vec::new();
    let names = match column.column_type {
        ColumnType::String => ["first alphabetically", "last"],
        ColumnType::Integer | ColumnType::Decimal => ["least", "greatest"],
        _ => ["first", "last"],
    };
    let is_told = column.count > 0 && column.column_type != ColumnType::Boolean;
    let end = |name: &str, end: &Option<String>| {
        let end = end.as_deref().filter(|_| is_told)?;
        Some(format!("{name} {}", format::cut(&format::clean(end), END)))
    };
    order.extend(end(names[0], &column.min));
    if let [Some(q1), Some(median), Some(q3)] = [column.q1, column.median, column.q3] {
        order.push(format!("quartiles {}, {}, {}", number(q1), number(median), number(q3)));
    }
    order.extend(end(names[1], &column.max));
    order.extend(spread::lengths(column).filter(|_| is_told));
    [counts.join(" · "), order.join(" · ")]
}

/// At most `most` bars; `None` where there is nothing to tell, or no room.
fn bars(column: &ColumnStats, most: usize) -> Option<Vec<Bar>> {
    if most == 0 || column.count == 0 {
        return None;
    }
    if !column.spread.is_empty() {
        return Some(steps::bars(column, most));
    }
    let named = column.top.iter().map(|one| Bar { label: format::clean(&one.value), count: one.count });
    let mut bars: Vec<Bar> = named.take(most).collect();
    let shown: u64 = bars.iter().map(|bar| bar.count).sum();
    let others = column.distinct.saturating_sub(bars.len() as u64);
    if bars.len() < most && others > 0 && shown < column.count {
        bars.push(Bar { label: format::count(others, "other value"), count: column.count - shown });
    }
    (!bars.is_empty()).then_some(bars)
}

fn draw_bars(paper: &mut Paper, area: Rect, bars: &[Bar], total: u64) {
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) as u16;
    let labels = widest(&mut bars.iter().map(|bar| format::width(&bar.label))).min(area.width / 2);
    let told = |bar: &Bar| {
        format!("{}  {:>3} %", count(bar.count), (bar.count as f64 * 100.0 / total.max(1) as f64).round())
    };
    let counts = widest(&mut bars.iter().map(|bar| format::width(&told(bar))));
    let room = area.width.saturating_sub(labels + counts + 2 * GAP);
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    for (row, bar) in bars.iter().take(usize::from(area.height)).enumerate() {
        let row = row as u16;
        paper.text(Rect { width: labels, ..area }, row, &bar.label, Role::Muted);
        // What is there at all is seen.
        let cells = (f64::from(room) * bar.count as f64 / most as f64).round() as u16;
        let cells = if bar.count > 0 { cells.max(1) } else { 0 };
        let block = paper.look.pick("█", "#").repeat(usize::from(cells.min(room)));
        paper.text_at(area, labels + GAP, row, &block, Role::Accent);
        paper.text_ending(area, row, &told(bar), Role::Plain);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use impala_core::api::ValueCount;
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::look::Look;

    /// A column of so many values, with the most frequent ones and how the others are spread.
    pub fn column(column_type: ColumnType, count: u64, top: &[(&str, u64)], spread: &[u64]) -> ColumnStats {
        let top = top.iter().map(|(value, count)| ValueCount { value: (*value).to_owned(), count: *count });
        ColumnStats {
            name: "c".to_owned(),
            column_type,
            count,
            nulls: 1,
            distinct: count,
            min: Some("a".to_owned()),
            max: Some("ccc".to_owned()),
            mean: None,
            stdev: None,
            q1: None,
            median: None,
            q3: None,
            top: top.collect(),
            spread: spread.to_vec(),
            min_length: None,
            max_length: None,
        }
    }

    fn screen(column: &ColumnStats, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        draw(&mut Paper { buffer: &mut buffer, look: Look::default(), cursor: None }, area, column);
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..height).map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn yes_and_no_are_bars_with_their_counts_and_shares() {
        let mut column = column(ColumnType::Boolean, 8, &[("true", 6), ("false", 2)], &[]);
        column.distinct = 2;
        let expected = "c · boolean\n8 values · 1 null · 2 distinct\nMost frequent values\n\
            true   ████████████████  6   75 %\nfalse  █████             2   25 %";
        assert_eq!(screen(&column, 33, 5), expected);
    }

    #[test]
    fn texts_that_are_all_different_are_told_by_their_lengths() {
        let mut column = column(ColumnType::String, 3, &[], &[1, 0, 2]);
        (column.min_length, column.max_length) = (Some(1), Some(3));
        let shown = screen(&column, 43, 9);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[..2], ["c · string", "3 values · 1 null · all distinct"]);
        assert_eq!(lines[4], "Length in characters", "{shown}");
        assert!(lines[5].starts_with("1  █") && lines[5].ends_with("1   33 %"), "{shown}");
        assert!(lines[6].starts_with("2   ") && lines[6].ends_with("0    0 %"), "{shown}");
    }

    #[test]
    fn what_is_not_among_the_most_frequent_is_told_together() {
        let mut column = column(ColumnType::String, 10, &[("sun", 5), ("rain", 3)], &[]);
        column.distinct = 4;
        let bars = bars(&column, 9).expect("bars");
        assert_eq!(bars.last(), Some(&Bar { label: "2 other values".to_owned(), count: 2 }));
        assert_eq!(super::bars(&column, 1).map(|bars| bars.len()), Some(1));
        assert_eq!(super::bars(&column, 0), None);
    }
}
