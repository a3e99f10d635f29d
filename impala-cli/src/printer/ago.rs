//! Times, sizes and counts as people say them.

use jiff::Timestamp;

/// How long before `now` something was: `3 minutes ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let (number, unit) = match seconds {
        i64::MIN..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        2_592_000..31_536_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    };
    format!("{} ago", count(number.unsigned_abs(), unit))
}

/// The day of a time, `2026-11-23`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// A time in words, or that there is none.
pub fn or_never(at: Option<Timestamp>, text: impl FnOnce(Timestamp) -> String) -> String {
    at.map_or_else(|| "never".to_owned(), text)
}

/// A moment to come, to the minute: `2027-01-31 12:00 UTC`.
pub fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number and its noun: `1 row`, `1,461 rows`, `2 canvases`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if noun.ends_with('s') { "es" } else { "s" };
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { plural })
}

/// A number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in bytes: `48 B`, `47.1 kB`, `640 MB`.
pub fn size(bytes: u64) -> String {
    let mut number = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        // 999.95 would round to 1000.0.
        if number < 999.5 || unit == "GB" {
            let has_fraction = unit != "B" && number < 99.95;
            return format!("{number:.*} {unit}", usize::from(has_fraction));
        }
        number /= 1_000.0;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let check = |seconds: i64, expected: &str| {
            let now = Timestamp::constant(1_000_000_000, 0);
            let then = Timestamp::from_second(1_000_000_000 - seconds).expect("in range");
            assert_eq!(ago(then, now), expected);
        };
        check(-5, "just now");
        check(59, "just now");
        check(60, "1 minute ago");
        check(7_300, "2 hours ago");
        check(86_400 * 3, "3 days ago");
        check(86_400 * 70, "2 months ago");
        check(86_400 * 800, "2 years ago");
    }

    #[test]
    fn sizes_and_counts() {
        let check = |bytes, expected: &str| assert_eq!(size(bytes), expected);
        check(0, "0 B");
        check(48_219, "48.2 kB");
        check(999_999, "1.0 MB");
        check(640_000_000, "640 MB");
        check(5_000_000_000_000, "5000 GB");
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(1_234_567, "row"), "1,234,567 rows");
    }
}
