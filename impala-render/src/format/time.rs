//! Dates and times as people read them. Seconds count from 1970 without leap seconds, as in [`impala_core::data`].

use impala_core::term::TimeUnit;
use jiff::SignedDuration;
use jiff::civil::DateTime;

/// Names of the months, three letters each.
pub const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Names of the days of the week, Monday first.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The instant that many seconds after 1970 began; `None` outside of years -9999 to 9999.
pub fn from_seconds(seconds: f64) -> Option<DateTime> {
    if !seconds.is_finite() || seconds.abs() > 4e11 {
        return None;
    }
    let whole = seconds.floor();
    let nanoseconds = ((seconds - whole) * 1e9).min(999_999_999.0) as i32;
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    epoch.checked_add(SignedDuration::new(whole as i64, nanoseconds)).ok()
}

/// Seconds from the beginning of 1970.
pub fn to_seconds(at: DateTime) -> f64 {
    at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs_f64()
}

/// The three letters of a month.
pub fn month(at: DateTime) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs().clamp(1, 12)) - 1]
}

/// A value of a time unit in words: `Mon`, `Jan`, `Q1`, `06:00`; `Jan 2012`, `2012`.
///
/// * `value`: the number of a unit that repeats, or else seconds since 1970.
pub fn unit_label(unit: TimeUnit, value: f64) -> String {
    let index = value as usize;
    let named = |names: &[&str]| names.get(index.wrapping_sub(1)).map(|name| (*name).to_owned());
    let words = match unit {
        TimeUnit::Month => named(&MONTHS),
        TimeUnit::Day => named(&DAYS),
        TimeUnit::Quarter => Some(format!("Q{value}")),
        TimeUnit::Week => Some(format!("W{value}")),
        TimeUnit::Hours => Some(format!("{index:02}h")),
        TimeUnit::Minutes => Some(format!(":{index:02}")),
        TimeUnit::Date | TimeUnit::DayOfYear => Some(value.to_string()),
        _ => from_seconds(value).map(|at| period(unit, at)),
    };
    words.unwrap_or_else(|| value.to_string())
}

fn period(unit: TimeUnit, at: DateTime) -> String {
    match unit {
        TimeUnit::Year => at.year().to_string(),
        TimeUnit::YearQuarter => format!("{} Q{}", at.year(), (at.month() - 1) / 3 + 1),
        TimeUnit::YearMonth => format!("{} {}", month(at), at.year()),
        TimeUnit::YearWeek | TimeUnit::YearMonthDate => at.date().to_string(),
        TimeUnit::YearMonthDateHours | TimeUnit::YearMonthDateHoursMinutes => minutes(at),
        _ => whole(at),
    }
}

/// `2019-03-23 20:21`.
fn minutes(at: DateTime) -> String {
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// `2019-03-23 20:21:09`, with a fraction only when there is one.
pub fn whole(at: DateTime) -> String {
    at.to_string().replacen('T', " ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_written_in_words() {
        let check = |unit, value: f64, expected: &str| assert_eq!(unit_label(unit, value), expected);
        check(TimeUnit::Month, 1.0, "Jan");
        check(TimeUnit::Day, 7.0, "Sun");
        check(TimeUnit::Day, 8.0, "8");
        check(TimeUnit::Quarter, 3.0, "Q3");
        check(TimeUnit::Hours, 6.0, "06h");
        let march = to_seconds(DateTime::constant(2019, 3, 23, 20, 0, 0, 0));
        check(TimeUnit::YearMonth, march, "Mar 2019");
        check(TimeUnit::YearQuarter, march, "2019 Q1");
        check(TimeUnit::YearMonthDateHours, march, "2019-03-23 20:00");
        check(TimeUnit::Year, f64::NAN, "NaN");
    }

    #[test]
    fn seconds_and_instants_agree() {
        for at in [DateTime::constant(2012, 2, 29, 23, 59, 59, 0), DateTime::constant(1905, 1, 1, 0, 0, 0, 0)]
        {
            assert_eq!(from_seconds(to_seconds(at)), Some(at));
        }
        assert_eq!(from_seconds(1e18), None);
    }
}
