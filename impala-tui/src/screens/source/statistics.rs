//! A column's figures in a line, with a small picture of how its values are spread.

use impala_core::api::ColumnStats;
use impala_core::number_format::group_thousands;
use impala_core::source::ColumnType;
use impala_render::format::{self, spread};

use crate::list::{self, Head, Line};

/// The columns of such lines.
pub(super) const HEADER: [Head; 6] = [
    list::text("Column"),
    list::whole("Type"),
    list::number("Nulls"),
    list::number("Distinct"),
    list::whole("Distribution"),
    list::whole("Range, or most frequent"),
];

/// Most frequent values that a line names, and the columns of each.
const NAMED: (usize, usize) = (3, 14);

/// The figures that matter, in a line.
pub(super) fn line(column: &ColumnStats, is_ascii: bool) -> Line {
    Line::new([
        column.name.clone(),
        column.column_type.to_string(),
        count(column.nulls),
        count(column.distinct),
        spread::picture(column, is_ascii),
        words(column),
    ])
}

pub(super) fn count(count: u64) -> String {
    group_thousands(&count.to_string())
}

fn words(column: &ColumnStats) -> String {
    if column.count == 0 {
        return "no values".to_owned();
    }
    if spread::is_all_different(column) {
        let lengths = spread::lengths(column).map(|lengths| format!(", {lengths}")).unwrap_or_default();
        return format!("all distinct{lengths}");
    }
    if column.top.is_empty() {
        return range(column);
    }
    let named = column.top.iter().take(NAMED.0);
    named
        .map(|one| format!("{} {}", format::cut(&format::clean(&one.value), NAMED.1), count(one.count)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `0.4 – 9.5, median 3`.
fn range(column: &ColumnStats) -> String {
    let [least, greatest] = [&column.min, &column.max].map(|end| {
        let text = end.clone().unwrap_or_default();
        if column.column_type == ColumnType::String {
            format::cut(&format::clean(&text), NAMED.1)
        } else {
            text
        }
    });
    let median =
        column.median.map(|median| format!(", median {}", column.figure(median))).unwrap_or_default();
    format!("{least} – {greatest}{median}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::source::distribution::tests::column;

    #[test]
    fn a_line_says_of_each_kind_of_column_what_matters() {
        let check = |column: &ColumnStats, expected: &str| assert_eq!(words(column), expected);
        let mut keys = column(ColumnType::String, 3, &[], &[1, 1, 1]);
        (keys.min_length, keys.max_length) = (Some(1), Some(3));
        check(&keys, "all distinct, 1 to 3 characters");
        check(&column(ColumnType::Boolean, 9, &[("true", 6), ("false", 3)], &[]), "true 6, false 3");
        let mut long =
            column(ColumnType::String, 9, &[("a rather long value", 6), ("b", 1), ("c", 1), ("d", 1)], &[]);
        long.distinct = 4;
        check(&long, "a rather long… 6, b 1, c 1");
        let mut wind = column(ColumnType::Decimal, 9, &[], &[4, 5]);
        (wind.min, wind.max, wind.median) = (Some("0.4".to_owned()), Some("9.5".to_owned()), Some(3.0));
        check(&wind, "0.4 – 9.5, median 3");
        let mut total = column(ColumnType::Decimal, 9, &[], &[4, 5]);
        (total.min, total.max, total.median) =
            (Some("1.3".to_owned()), Some("174.82".to_owned()), Some(14.16));
        check(&total, "1.3 – 174.82, median 14.16");
        check(&column(ColumnType::Date, 0, &[], &[]), "no values");
    }
}
