//! One value of a column as a table cell or a label.

use impala_core::data::Values;
use impala_core::number_format::{non_finite, trimmed};
use jiff::tz::TimeZone;

use super::{clean, time};

/// The mark that stands for null in tables.
pub const NULL: &str = "—";

/// The value at `row` for people; `None` for null.
pub fn text(values: &Values, row: usize) -> Option<String> {
    match values {
        Values::Decimal(numbers) => (*numbers.get(row)?).map(decimal),
        Values::Datetime(instants) => (*instants.get(row)?).map(time::whole),
        Values::Timestamp(instants) => {
            (*instants.get(row)?).map(|at| time::whole(TimeZone::UTC.to_datetime(at)) + "Z")
        }
        Values::String(texts) => texts.get(row)?.as_deref().map(clean),
        _ => values.text(row),
    }
}

fn decimal(value: f64) -> String {
    if value.is_finite() { trimmed(value) } else { non_finite(value).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_for_people() {
        let at = jiff::civil::datetime(2019, 3, 23, 20, 21, 9, 0);
        let check =
            |values: Values, expected: Option<&str>| assert_eq!(text(&values, 0).as_deref(), expected);
        check(Values::Decimal(vec![Some(0.1 + 0.2)]), Some("0.3"));
        check(Values::Decimal(vec![Some(f64::NAN)]), Some("NaN"));
        check(Values::Datetime(vec![Some(at)]), Some("2019-03-23 20:21:09"));
        check(
            Values::Timestamp(vec![Some("2019-03-23T20:21:09Z".parse().unwrap())]),
            Some("2019-03-23 20:21:09Z"),
        );
        check(Values::String(vec![Some("a\u{1b}[2Jb".to_owned())]), Some("a[2Jb"));
        check(Values::Integer(vec![None]), None);
    }
}
