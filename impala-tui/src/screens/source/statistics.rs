//! A column's figures: a line with a small picture of how its values are spread, and all of them in words.

use impala_core::api::ColumnStats;
use impala_core::number_format::{group_thousands, short};
use impala_render::format::spread;

use crate::list::Line;

/// Titles of the columns of such lines.
pub(super) const HEADER: [&str; 6] =
    ["Column", "Type", "Values", "Distinct", "Distribution", "Least, middle, greatest"];

/// The figures that matter, in a line.
pub(super) fn line(column: &ColumnStats, is_ascii: bool) -> Line {
    Line::new([
        column.name.clone(),
        column.column_type.to_string(),
        count(column.count),
        count(column.distinct),
        spread::picture(column, is_ascii),
        words(column),
    ])
}

fn count(count: u64) -> String {
    group_thousands(&count.to_string())
}

fn number(value: f64) -> String {
    short(value, None)
}

fn ends(column: &ColumnStats) -> [String; 2] {
    [&column.min, &column.max].map(|end| end.clone().unwrap_or_default())
}

fn words(column: &ColumnStats) -> String {
    let [least, greatest] = ends(column);
    if column.count == 0 {
        return "no values".to_owned();
    }
    if let Some(median) = column.median {
        return format!("{least}, {}, {greatest}", number(median));
    }
    if spread::is_all_different(column) {
        let lengths = spread::lengths(column).map(|lengths| format!(", {lengths}")).unwrap_or_default();
        return format!("all distinct{lengths}");
    }
    if column.top.is_empty() {
        return format!("{least} – {greatest}");
    }
    most_frequent(column)
}

fn most_frequent(column: &ColumnStats) -> String {
    let words: Vec<String> =
        column.top.iter().map(|one| format!("{} {}", one.value, count(one.count))).collect();
    words.join(", ")
}

/// All that is known of a column.
pub(super) fn detail(column: &ColumnStats) -> String {
    let [least, greatest] = ends(column);
    let mut parts = vec![
        format!("{} ({})", column.name, column.column_type),
        format!(
            "{} values, {} empty, {} distinct",
            count(column.count),
            count(column.nulls),
            count(column.distinct)
        ),
    ];
    if column.count > 0 {
        parts.push(format!("from {least} to {greatest}"));
    }
    if let [Some(q1), Some(median), Some(q3)] = [column.q1, column.median, column.q3] {
        parts.push(format!("quartiles {}, {}, {}", number(q1), number(median), number(q3)));
    }
    parts.extend(column.mean.map(|mean| format!("mean {}", number(mean))));
    parts.extend(column.stdev.map(|stdev| format!("standard deviation {}", number(stdev))));
    if spread::is_all_different(column) {
        parts.push("all distinct".to_owned());
    } else if !column.top.is_empty() {
        parts.push(format!("most frequent: {}", most_frequent(column)));
    }
    parts.extend(spread::lengths(column));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use impala_core::source::ColumnType;

    #[test]
    fn keys_are_said_to_be_all_different() {
        let column = ColumnStats {
            name: "id".to_owned(),
            column_type: ColumnType::String,
            count: 3,
            nulls: 1,
            distinct: 3,
            min: Some("a".to_owned()),
            max: Some("ccc".to_owned()),
            mean: None,
            stdev: None,
            q1: None,
            median: None,
            q3: None,
            top: Vec::new(),
            spread: vec![1, 1, 1],
            min_length: Some(1),
            max_length: Some(3),
        };
        let cells = line(&column, false).cells;
        assert_eq!(cells[4..], ["███".to_owned(), "all distinct, 1 to 3 characters".to_owned()]);
        let all =
            "id (string) · 3 values, 1 empty, 3 distinct · from a to ccc · all distinct · 1 to 3 characters";
        assert_eq!(detail(&column), all);
    }
}
