//! How the values of a column are spread, as a picture of one row.

use impala_core::api::ColumnStats;
use impala_core::source::ColumnType;

/// A bar for each step from the least to the greatest value, else for each of the most frequent values, as their share of
/// all rows with a value. Empty where neither is known.
pub fn picture(column: &ColumnStats, is_ascii: bool) -> String {
    if !column.spread.is_empty() {
        let most = column.spread.iter().copied().max().unwrap_or(0);
        return column.spread.iter().map(|count| bar(*count, most, is_ascii)).collect();
    }
    let bars = column.top.iter().map(|top| bar(top.count, column.count, is_ascii));
    bars.flat_map(|bar| [bar; 2]).collect()
}

/// A count as a bar; what is there at all is seen.
fn bar(count: u64, most: u64, is_ascii: bool) -> char {
    let levels: &[char] = if is_ascii {
        &['.', ':', '|', '#']
    } else {
        &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
    };
    if count == 0 {
        return ' ';
    }
    let share = count as f64 / most.max(1) as f64;
    levels[((share * levels.len() as f64).ceil() as usize).clamp(1, levels.len()) - 1]
}

/// Whether it is a column of texts no two of which are the same: keys, names.
pub fn is_all_different(column: &ColumnStats) -> bool {
    column.column_type == ColumnType::String && column.count > 1 && column.distinct == column.count
}

/// How long its texts are, in words: `5 to 12 characters`.
pub fn lengths(column: &ColumnStats) -> Option<String> {
    let (least, most) = (column.min_length?, column.max_length?);
    Some(match least == most {
        true => super::count(most, "character"),
        false => format!("{least} to {}", super::count(most, "character")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(column_type: ColumnType, spread: &[u64], top: &[u64]) -> ColumnStats {
        let top =
            top.iter().map(|count| impala_core::api::ValueCount { value: String::new(), count: *count });
        ColumnStats {
            name: "c".to_owned(),
            column_type,
            count: 8,
            nulls: 0,
            distinct: 8,
            min: None,
            max: None,
            mean: None,
            stdev: None,
            q1: None,
            median: None,
            q3: None,
            top: top.collect(),
            spread: spread.to_vec(),
            min_length: Some(3),
            max_length: Some(12),
        }
    }

    #[test]
    fn steps_are_bars_and_what_is_there_is_seen() {
        let check = |spread: &[u64], top: &[u64], is_ascii, expected: &str| {
            assert_eq!(picture(&column(ColumnType::Date, spread, top), is_ascii), expected);
        };
        check(&[1, 0, 4, 800], &[], false, "▁ ▁█");
        check(&[1, 0, 4, 8], &[], true, ". :#");
        check(&[], &[4, 2], false, "▄▄▂▂");
        check(&[], &[], false, "");
    }

    #[test]
    fn keys_are_told_from_other_texts() {
        let keys = column(ColumnType::String, &[8], &[]);
        assert!(is_all_different(&keys) && !is_all_different(&column(ColumnType::Date, &[], &[])));
        assert_eq!(lengths(&keys).as_deref(), Some("3 to 12 characters"));
        let alike = ColumnStats { min_length: Some(12), ..keys };
        assert_eq!(lengths(&alike).as_deref(), Some("12 characters"));
    }
}
