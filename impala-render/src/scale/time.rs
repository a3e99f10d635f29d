//! Ticks on a time axis: whole seconds, minutes, hours, days, weeks, months, quarters and years.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};

use crate::format::time::{from_seconds, month, to_seconds};

/// The distance between ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStep {
    /// So many seconds, less than a day.
    Seconds(i64),
    /// So many days from the first of a month on. What is left of a month at its end belongs to the last of them, so that every
    /// month begins with a tick.
    Days(i64),
    /// From Monday to Monday.
    Week,
    /// So many months, a divisor of 12.
    Months(i64),
    /// So many years.
    Years(i64),
}

/// The steps that readers know, finest first.
const STEPS: [TimeStep; 28] = [
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
    TimeStep::Days(1),
    TimeStep::Days(2),
    TimeStep::Week,
    TimeStep::Months(1),
    TimeStep::Months(3),
    TimeStep::Months(6),
    TimeStep::Years(1),
    TimeStep::Years(2),
    TimeStep::Years(5),
    TimeStep::Years(10),
    TimeStep::Years(20),
    TimeStep::Years(50),
    TimeStep::Years(100),
    TimeStep::Years(200),
    TimeStep::Years(500),
    TimeStep::Years(1_000),
];

/// Steps between them, finest first: where of the others none leaves enough ticks.
const BETWEEN: [TimeStep; 8] = [
    TimeStep::Seconds(10),
    TimeStep::Seconds(120),
    TimeStep::Seconds(600),
    TimeStep::Seconds(7_200),
    TimeStep::Days(4),
    TimeStep::Days(15),
    TimeStep::Months(2),
    TimeStep::Months(4),
];

/// With fewer ticks nobody reads a date off an axis.
const ENOUGH: usize = 3;

/// So many read better, where other steps than those that readers know make them.
const BETTER: usize = 4;

const DAY_S: f64 = 86_400.0;

impl TimeStep {
    /// Whether it is one that stands in for the steps that readers know.
    pub fn is_between(self) -> bool {
        BETWEEN.contains(&self)
    }

    /// About how long it is, in seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds as f64,
            Self::Days(days) => days as f64 * DAY_S,
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

/// The ways to divide `low..=high`, best first: by steps that readers know and by others, into [`BETTER`] ticks or more, then into
/// [`ENOUGH`], and last those of fewer; each finest first. None has more than `most` ticks or none at all.
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
    let divided = move |steps: &'static [TimeStep], ticks_wanted: RangeInclusive<usize>| {
        steps
            .iter()
            .copied()
            .filter(move |step| {
                is_sane
                    && step.seconds() >= finest_s
                    && (high - low) / step.seconds() <= most as f64 * 1.1 + 1.0
            })
            .map(move |step| (step, ticks(low, high, step)))
            .filter(move |(_, ticks)| ticks_wanted.contains(&ticks.len()))
    };
    let both =
        move |wanted: RangeInclusive<usize>| divided(&STEPS, wanted.clone()).chain(divided(&BETWEEN, wanted));
    both(BETTER..=most).chain(both(ENOUGH..=most)).chain(divided(&STEPS, 1..=most.min(ENOUGH - 1)))
}

fn ticks(low: f64, high: f64, step: TimeStep) -> Vec<TimeTick> {
    let mut ticks: Vec<TimeTick> = Vec::new();
    let mut index = index_of(low, step);
    while let Some(seconds) = start_of(index, step) {
        if seconds > high {
            break;
        }
        let is_new = ticks.last().is_none_or(|last| last.seconds < seconds);
        if seconds >= low
            && is_new
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
        TimeStep::Days(1) => (seconds / DAY_S).floor() as i64,
        TimeStep::Days(size) => months(at) * parts_of_month(size) + (i64::from(at.day()) - 1) / size,
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
        TimeStep::Days(1) => Some(index as f64 * DAY_S),
        TimeStep::Days(size) => {
            let (month, part) =
                (index.div_euclid(parts_of_month(size)), index.rem_euclid(parts_of_month(size)));
            let (first, next) = (first_of(month)?, first_of(month + 1)?);
            let start = first + (part * size) as f64 * DAY_S;
            // The end of a month is often shorter than a step.
            Some(if start + size as f64 * DAY_S * 0.8 > next { next } else { start })
        }
        TimeStep::Week => Some((index as f64 * 7.0 - 3.0) * DAY_S),
        TimeStep::Months(size) => first_of(index * size),
        TimeStep::Years(size) => first_of(index * size * 12),
    }
}

/// Into how many steps of so many days the longest month is divided.
fn parts_of_month(days: i64) -> i64 {
    31 / days
}

fn label(at: DateTime, step: TimeStep) -> String {
    let is_midnight = at.hour() == 0 && at.minute() == 0 && at.second() == 0;
    match step {
        TimeStep::Seconds(_) if is_midnight => format!("{} {}", month(at), at.day()),
        TimeStep::Seconds(size) if size < 60 => {
            format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
        }
        TimeStep::Seconds(_) => format!("{:02}:{:02}", at.hour(), at.minute()),
        TimeStep::Days(_) | TimeStep::Week => format!("{} {}", month(at), at.day()),
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
        TimeStep::Seconds(_) | TimeStep::Days(_) | TimeStep::Week if first.year() == last.year() => {
            Some(first.year().to_string())
        }
        TimeStep::Seconds(_) | TimeStep::Days(_) | TimeStep::Week => {
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
        check("1905-05-01T00:00", "1999-05-01T00:00", 4, "1920 | 1940 | 1960 | 1980");
        check("2024-01-01T00:00", "2024-01-20T00:00", 8, "Jan 1 | Jan 5 | Jan 9 | Jan 13 | Jan 17");
        check("2024-01-01T09:00:00", "2024-01-01T09:00:39", 5, "09:00:00 | 09:00:10 | 09:00:20 | 09:00:30");
        check("2026-03-01T00:00", "2026-03-10T23:00", 6, "Mar 1 | Mar 3 | Mar 5 | Mar 7 | Mar 9");
    }

    #[test]
    fn months_begin_with_a_tick() {
        let check = |low: &str, high: &str, most, expected: &str| {
            let (_, ticks) = divisions(at(low), at(high), 0.0, most).next().expect(low);
            let labels: Vec<String> = ticks.into_iter().map(|tick| tick.label).collect();
            assert_eq!(labels.join(" | "), expected);
        };
        check("2026-01-26T00:00", "2026-02-05T00:00", 5, "Jan 27 | Jan 29 | Feb 1 | Feb 3 | Feb 5");
        check("2024-02-24T00:00", "2024-03-05T00:00", 5, "Feb 25 | Feb 27 | Mar 1 | Mar 3 | Mar 5");
        check("2026-02-20T00:00", "2026-03-05T00:00", 4, "Feb 21 | Feb 25 | Mar 1 | Mar 5");
        check("2026-01-10T00:00", "2026-03-10T00:00", 4, "Jan 16 | Feb 1 | Feb 16 | Mar 1");
        check("2026-01-10T00:00", "2026-08-10T00:00", 3, "Mar | May | Jul");
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
