//! When something ends, as people write it: `90d`, `2027-01-31`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

/// A span from now, a day (its first moment, UTC) or an instant.
///
/// # Errors
/// When it is none of the three, or a span that is not in the future.
fn parse_end(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>() {
        let zoned = date.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
        return Ok(zoned.timestamp());
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let span: Span = text.parse().map_err(|_| {
        format!("\"{text}\" is neither a span such as 90d nor a day such as 2027-01-31, nor never")
    })?;
    if span.compare(0.seconds()).is_ok_and(|order| order.is_le()) || span.is_negative() {
        return Err(format!("\"{text}\" is not in the future"));
    }
    let end = Timestamp::now().to_zoned(TimeZone::UTC).checked_add(span);
    end.map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

/// When something ends, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End(pub Option<Timestamp>);

/// `never`, or as [`parse_end`].
///
/// # Errors
/// As there.
pub fn parse_end_or_never(text: &str) -> Result<End, String> {
    match text {
        "never" => Ok(End(None)),
        text => parse_end(text).map(|end| End(Some(end))),
    }
}

/// How long something lives: `7d`, `12h`, `2w`. In seconds; a day has 24 hours.
///
/// # Errors
/// When it is not a span, or none that is at least a second long.
pub fn parse_life(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is not a span such as 7d or 12h");
    let span: Span = text.parse().map_err(|_| wrong())?;
    let seconds = span.total((jiff::Unit::Second, jiff::SpanRelativeTo::days_are_24_hours()));
    match seconds.map_err(|_| wrong())? {
        seconds if seconds >= 1.0 => Ok(seconds as u64),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_spans_days_or_instants() {
        let in_days = |text: &str| {
            let end = parse_end(text).expect(text);
            (end.as_second() - Timestamp::now().as_second()) as f64 / 86_400.0
        };
        assert!((in_days("90d") - 90.0).abs() < 0.1);
        assert!((in_days("12h") - 0.5).abs() < 0.1);
        let check = |text: &str, expected: &str| {
            assert_eq!(parse_end(text).map(|end| end.to_string()), Ok(expected.to_owned()));
        };
        check("2027-01-31", "2027-01-31T00:00:00Z");
        check("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z");
        for wrong in ["soon", "-3d", ""] {
            assert!(parse_end(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lives_are_spans() {
        assert_eq!(["7d", "2w", "1h30m"].map(|text| parse_life(text).unwrap()), [604_800, 1_209_600, 5_400]);
        for wrong in ["soon", "-3d", "0s", "1mo", ""] {
            assert!(parse_life(wrong).is_err(), "{wrong}");
        }
    }
}
