//! Ticks on a time axis: whole seconds, minutes, hours, days, weeks, months, quarters and years.

use jiff::civil::{Date, DateTime};

use crate::format::time::{from_seconds, month, to_seconds};

/// The distance between ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStep {
    /// So many seconds, less than a day.
    Seconds(i64),
    /// One day.
    Day,
    /// From Monday to Monday.
    Week,
    /// So many months, a divisor of 12.
    Months(i64),
    /// So many years.
    Years(i64),
}

/// All steps, finest first.
const STEPS: [TimeStep; 24] = [
    TimeStep::Seconds(1),
    TimeStep::Seconds(5),
    TimeStep::Seconds(15),
    TimeStep::Seconds(30),
    TimeStep::Seconds(60),
    TimeStep::Seconds(300),
    TimeStep::Seconds(900),
    TimeStep::Seconds(1_800),
    TimeStep::Seconds(3_600),
    TimeStep::Seconds(10_800),
    TimeStep::Seconds(21_600),
    TimeStep::Seconds(43_200),
    TimeStep::Day,
    TimeStep::Week,
    TimeStep::Months(1),
    TimeStep::Months(3),
    TimeStep::Months(6),
    TimeStep::Years(1),
    TimeStep::Years(2),
    TimeStep::Years(5),
    TimeStep::Years(10),
    TimeStep::Years(50),
    TimeStep::Years(100),
    TimeStep::Years(1_000),
];

const DAY_S: f64 = 86_400.0;

impl TimeStep {
    /// About how long it is, in seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds as f64,
            Self::Day => DAY_S,
            Self::Week => 7.0 * DAY_S,
            Self::Months(months) => months as f64 * 30.44 * DAY_S,
            Self::Years(years) => years as f64 * 365.24 * DAY_S,
        }
    }
}

/// A tick: when, and what to write there.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// Seconds since 1970.
    pub seconds: f64,
    /// `2012`, `Apr`, `Mar 5`, `06:00`.
    pub label: String,
}

/// The ways to divide `low..=high`, finest first, none with more than `most` ticks or with none at all.
///
/// * `low`, `high`: seconds since 1970.
/// * `finest_s`: the least distance between ticks, in seconds.
/// * Result: for each step its ticks, rising and all inside the range.
pub fn divisions(
    low: f64,
    high: f64,
    finest_s: f64,
    most: usize,
) -> impl Iterator<Item = (TimeStep, Vec<TimeTick>)> {
    let is_sane = from_seconds(low).is_some() && from_seconds(high).is_some() && low <= high;
    STEPS
        .into_iter()
        .filter(move |step| {
            is_sane && step.seconds() >= finest_s && (high - low) / step.seconds() <= most as f64 + 1.0
        })
        .map(move |step| (step, ticks(low, high, step)))
        .filter(move |(_, ticks)| (1..=most).contains(&ticks.len()))
}

fn ticks(low: f64, high: f64, step: TimeStep) -> Vec<TimeTick> {
    let mut ticks = Vec::new();
    let mut index = index_of(low, step);
    while let Some(seconds) = start_of(index, step) {
        if seconds > high {
            break;
        }
        if seconds >= low
            && let Some(at) = from_seconds(seconds)
        {
            ticks.push(TimeTick { seconds, label: label(at, step) });
        }
        index += 1;
    }
    ticks
}

/// The number of the step that holds `seconds`.
fn index_of(seconds: f64, step: TimeStep) -> i64 {
    let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month()) - 1;
    let at = from_seconds(seconds).unwrap_or_default();
    match step {
        TimeStep::Seconds(size) => (seconds / size as f64).floor() as i64,
        TimeStep::Day => (seconds / DAY_S).floor() as i64,
        // 1970 began on a Thursday, three days after a Monday.
        TimeStep::Week => ((seconds / DAY_S + 3.0) / 7.0).floor() as i64,
        TimeStep::Months(size) => months(at).div_euclid(size),
        TimeStep::Years(size) => i64::from(at.year()).div_euclid(size),
    }
}

/// When the step of that number begins.
fn start_of(index: i64, step: TimeStep) -> Option<f64> {
    let first_of = |months: i64| {
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        Date::new(i16::try_from(year).ok()?, month as i8, 1).ok().map(|date| to_seconds(date.at(0, 0, 0, 0)))
    };
    match step {
        TimeStep::Seconds(size) => Some((index * size) as f64),
        TimeStep::Day => Some(index as f64 * DAY_S),
        TimeStep::Week => Some((index as f64 * 7.0 - 3.0) * DAY_S),
        TimeStep::Months(size) => first_of(index * size),
        TimeStep::Years(size) => first_of(index * size * 12),
    }
}

fn label(at: DateTime, step: TimeStep) -> String {
    let is_midnight = at.hour() == 0 && at.minute() == 0 && at.second() == 0;
    match step {
        TimeStep::Seconds(_) if is_midnight => format!("{} {}", month(at), at.day()),
        TimeStep::Seconds(size) if size < 60 => {
            format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
        }
        TimeStep::Seconds(_) => format!("{:02}:{:02}", at.hour(), at.minute()),
        TimeStep::Day | TimeStep::Week => format!("{} {}", month(at), at.day()),
        TimeStep::Months(_) if at.month() == 1 => at.year().to_string(),
        TimeStep::Months(_) => month(at).to_owned(),
        TimeStep::Years(_) => at.year().to_string(),
    }
}

/// What labels of that step leave unsaid: the year, or the day. `None` when one of them says it.
pub fn context(ticks: &[TimeTick], step: TimeStep) -> Option<String> {
    let first = from_seconds(ticks.first()?.seconds)?;
    let last = from_seconds(ticks.last()?.seconds)?;
    match step {
        TimeStep::Seconds(_)
            if first.date() == last.date() && ticks.iter().all(|tick| tick.label.contains(':')) =>
        {
            Some(first.date().to_string())
        }
        TimeStep::Seconds(_) | TimeStep::Day | TimeStep::Week if first.year() == last.year() => {
            Some(first.year().to_string())
        }
        TimeStep::Seconds(_) | TimeStep::Day | TimeStep::Week => {
            Some(format!("{}–{}", first.year(), last.year()))
        }
        TimeStep::Months(_) if ticks.iter().all(|tick| tick.label.parse::<i32>().is_err()) => {
            Some(first.year().to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> f64 {
        to_seconds(text.parse().expect(text))
    }

    #[test]
    fn ticks_fall_on_whole_units() {
        let check = |low: &str, high: &str, most, expected: &str| {
            let (_, ticks) = divisions(at(low), at(high), 0.0, most).next().expect(low);
            let labels: Vec<String> = ticks.into_iter().map(|tick| tick.label).collect();
            assert_eq!(labels.join(" | "), expected);
        };
        check("2012-01-01T00:00", "2015-12-01T00:00", 5, "2012 | 2013 | 2014 | 2015");
        check("2012-01-01T00:00", "2013-03-01T00:00", 6, "2012 | Apr | Jul | Oct | 2013");
        check("2019-03-01T00:00", "2019-03-31T00:00", 6, "Mar 4 | Mar 11 | Mar 18 | Mar 25");
        check("2019-03-04T20:00", "2019-03-05T14:00", 4, "Mar 5 | 06:00 | 12:00");
        check("2019-03-04T20:00:00", "2019-03-04T20:00:12", 4, "20:00:00 | 20:00:05 | 20:00:10");
        check("1905-05-01T00:00", "1999-05-01T00:00", 4, "1950");
    }

    #[test]
    fn what_labels_leave_unsaid_is_the_context() {
        let check = |low: &str, high: &str, most, expected: Option<&str>| {
            let (step, ticks) = divisions(at(low), at(high), 0.0, most).next().expect(low);
            assert_eq!(context(&ticks, step).as_deref(), expected);
        };
        check("2012-01-01T00:00", "2015-12-01T00:00", 5, None);
        check("2012-02-01T00:00", "2012-11-01T00:00", 12, Some("2012"));
        check("2019-03-01T00:00", "2019-03-31T00:00", 6, Some("2019"));
        check("2019-03-04T05:00", "2019-03-04T14:00", 4, Some("2019-03-04"));
        check("2012-12-20T00:00", "2013-01-10T00:00", 5, Some("2012–2013"));
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_rise(low in -4e9..4e9_f64, size in 1.0..1e10_f64, most in 1..40usize) {
            for (_, ticks) in divisions(low, low + size, 0.0, most) {
                prop_assert!(ticks.len() <= most);
                prop_assert!(ticks.iter().all(|tick| (low..=low + size).contains(&tick.seconds)));
                prop_assert!(ticks.windows(2).all(|pair| pair[0].seconds < pair[1].seconds));
            }
        }
    }
}
