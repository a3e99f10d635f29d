//! Holds what was found against a rule.

use serde::{Deserialize, Serialize};

use super::{Comparison, Span, Test, Tolerance};

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not, or that could not be found out.
    Fail,
    /// There is nothing yet to hold against: no earlier version.
    Skip,
}

impl Verdict {
    /// Its word in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }

    const fn of(passes: bool) -> Self {
        if passes { Self::Pass } else { Self::Fail }
    }
}

/// A number as it is now and was before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number {
    /// Now; `None` when there is none.
    pub now: Option<f64>,
    /// Over the earlier version; the outer `None` when there is no earlier version.
    pub before: Option<Option<f64>>,
}

/// A verdict, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What came of it.
    pub verdict: Verdict,
    /// What was found, in a few words: `1450, was 1400 (+3.57%)`.
    pub found: String,
}

impl Test {
    /// Holds a number against the test; `write` puts it into words.
    pub fn judge(&self, number: Number, write: impl Fn(f64) -> String) -> Judged {
        let word = |number: Option<f64>| number.map_or_else(|| "null".to_owned(), &write);
        let found = word(number.now);
        let judged = |verdict, found| Judged { verdict, found };
        match (self, number.now, number.before) {
            (Self::NearPrevious(_), _, None) => {
                judged(Verdict::Skip, format!("{found}; there is no earlier version"))
            }
            (Self::NearPrevious(tolerance), Some(now), Some(Some(before))) => {
                let found = format!("{found}, was {}{}", write(before), share(now, before));
                judged(Verdict::of(tolerance.holds(now, before)), found)
            }
            (Self::NearPrevious(_), _, Some(before)) => {
                judged(Verdict::Fail, format!("{found}, was {}", word(before)))
            }
            (_, now, _) => judged(Verdict::of(now.is_some_and(|now| self.holds(now))), found),
        }
    }

    /// Whether a number passes. No number is near an unknown previous one.
    pub fn holds(&self, number: f64) -> bool {
        match self {
            Self::Is(comparison, other) => comparison.holds(number, *other),
            Self::Between(low, high) => (*low..=*high).contains(&number),
            Self::NearPrevious(_) => false,
        }
    }
}

impl Comparison {
    #[expect(clippy::float_cmp, reason = "a rule with = asks for exactly that")]
    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::More => a > b,
            Self::AtLeast => a >= b,
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Equal => a == b,
            Self::NotEqual => a != b,
        }
    }
}

impl Tolerance {
    fn holds(self, now: f64, before: f64) -> bool {
        let allowed = match self {
            Self::Percent(percent) => percent / 100.0 * before.abs(),
            Self::By(most) => most,
        };
        // 4.2 is within 5% of 4, though their difference has a digit too many by then.
        (now - before).abs() <= allowed + 1e-12 * now.abs().max(before.abs())
    }
}

/// ` (+3.57%)`, or nothing where that says nothing.
fn share(now: f64, before: f64) -> String {
    let percent = (now - before) / before.abs() * 100.0;
    if !percent.is_finite() {
        return String::new();
    }
    let digits = format!("{percent:+.2}");
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    match digits {
        "+0" | "-0" => " (±0%)".to_owned(),
        digits => format!(" ({digits}%)"),
    }
}

impl Span {
    /// Holds an age against the longest that is allowed.
    pub fn judge(self, age_seconds: u64) -> Judged {
        Judged {
            verdict: Verdict::of(age_seconds <= self.seconds()),
            found: format!("{} old", age(age_seconds)),
        }
    }
}

/// `3d 4h`, `26h`, `12m`, `40s`: the two largest units.
fn age(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let two = |a: u64, a_unit: &str, b: u64, b_unit: &str| match b {
        0 => format!("{a}{a_unit}"),
        b => format!("{a}{a_unit} {b}{b_unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, minutes) => two(hours, "h", minutes, "m"),
        (days, hours, _) => two(days, "d", hours, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::Expectation;

    fn check(rule: &str, now: Option<f64>, before: Option<Option<f64>>, expected: (Verdict, &str)) {
        let Ok(Expectation::Value(test)) = rule.parse() else { panic!("{rule}") };
        let judged = test.judge(Number { now, before }, |number| number.to_string());
        assert_eq!((judged.verdict, judged.found.as_str()), expected, "{rule}");
    }

    #[test]
    fn numbers_are_held_against_tests() {
        use Verdict::{Fail, Pass, Skip};
        check("value between 1 and 2", Some(2.0), None, (Pass, "2"));
        check("value between 1 and 2", Some(2.1), None, (Fail, "2.1"));
        check("value >= 2", Some(2.0), None, (Pass, "2"));
        check("value > 2", Some(2.0), None, (Fail, "2"));
        check("value > 2", None, None, (Fail, "null"));
        check("value > 2", Some(f64::NAN), None, (Fail, "NaN"));
        check("value within 5% of previous", Some(105.0), Some(Some(100.0)), (Pass, "105, was 100 (+5%)"));
        check("value within 5% of previous", Some(4.2), Some(Some(4.0)), (Pass, "4.2, was 4 (+5%)"));
        check("value within 5% of previous", Some(94.0), Some(Some(100.0)), (Fail, "94, was 100 (-6%)"));
        check(
            "value within 5% of previous",
            Some(-105.0),
            Some(Some(-100.0)),
            (Pass, "-105, was -100 (-5%)"),
        );
        check("value within 5% of previous", Some(1.0), Some(Some(0.0)), (Fail, "1, was 0"));
        check("value within 5% of previous", Some(0.0), Some(Some(0.0)), (Pass, "0, was 0"));
        check("value within 3 of previous", Some(4.0), Some(Some(4.0)), (Pass, "4, was 4 (±0%)"));
        check("value within 3 of previous", Some(1.0), Some(None), (Fail, "1, was null"));
        check("value within 3 of previous", Some(1.0), None, (Skip, "1; there is no earlier version"));
    }

    #[test]
    fn ages_are_held_against_spans() {
        let check = |rule: &str, seconds, expected: (Verdict, &str)| {
            let Ok(Expectation::FreshWithin(span)) = rule.parse() else { panic!("{rule}") };
            let judged = span.judge(seconds);
            assert_eq!((judged.verdict, judged.found.as_str()), expected);
        };
        check("fresh within 26h", 26 * 3_600, (Verdict::Pass, "1d 2h old"));
        check("fresh within 26h", 26 * 3_600 + 1, (Verdict::Fail, "1d 2h old"));
        check("fresh within 1d", 3 * 3_600 + 120, (Verdict::Pass, "3h 2m old"));
        check("fresh within 2w", 59, (Verdict::Pass, "59s old"));
        check("fresh within 90m", 90 * 60, (Verdict::Pass, "1h 30m old"));
    }
}
