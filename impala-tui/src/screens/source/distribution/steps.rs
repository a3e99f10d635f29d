//! The steps from the least to the greatest value, each labelled with the values that fall in it.

use impala_core::api::ColumnStats;
use impala_core::source::ColumnType;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::Bar;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// The steps of a column as at most `most` bars: as many steps come together as it takes.
pub(super) fn bars(column: &ColumnStats, most: usize) -> Vec<Bar> {
    let together = together(column.spread.len(), most);
    let scale = Scale::of(column);
    let parts = column.spread.chunks(together).enumerate();
    parts
        .map(|(index, counts)| {
            let first = index * together;
            let label =
                scale.as_ref().map_or(String::new(), |scale| scale.label(first, first + counts.len()));
            Bar { label, count: counts.iter().sum() }
        })
        .collect()
}

/// How many steps come together. The same number of them in each bar, where that leaves at least half of the bars: a last bar of
/// fewer steps would look like fewer values.
fn together(steps: usize, most: usize) -> usize {
    let least = steps.div_ceil(most.max(1)).max(1);
    (least..=least * 2).find(|together| steps.is_multiple_of(*together)).unwrap_or(least)
}

/// What the steps go through, as a number: the value itself, a length, days or seconds since 1970.
struct Scale {
    column_type: ColumnType,
    low: f64,
    high: f64,
    count: usize,
}

impl Scale {
    /// `None` when the ends are not known.
    fn of(column: &ColumnStats) -> Option<Self> {
        let text = |end: &Option<String>| end.clone().unwrap_or_default();
        let is_text = column.column_type == ColumnType::String;
        let (low, high) = match is_text {
            true => (column.min_length? as f64, column.max_length? as f64),
            false => (
                measure(column.column_type, &text(&column.min))?,
                measure(column.column_type, &text(&column.max))?,
            ),
        };
        Some(Self { column_type: column.column_type, low, high, count: column.spread.len() })
    }

    /// Whether each step holds whole numbers, the greatest one being in the last step.
    fn is_whole(&self) -> bool {
        matches!(self.column_type, ColumnType::Integer | ColumnType::Date | ColumnType::String)
    }

    /// What falls in the steps from `first` to before `end`.
    fn label(&self, first: usize, end: usize) -> String {
        let span = self.high - self.low + f64::from(u8::from(self.is_whole()));
        let at = |step: usize| self.low + span * step as f64 / self.count.max(1) as f64;
        if self.is_whole() {
            let (from, to) = (at(first).ceil(), at(end).ceil() - 1.0);
            let (from, to) = (from.min(self.high), to.min(self.high));
            return if from >= to {
                self.text(from, 1.0)
            } else {
                format!("{} – {}", self.text(from, 1.0), self.text(to, 1.0))
            };
        }
        let width = span / self.count.max(1) as f64;
        match self.column_type {
            ColumnType::Decimal => format!("{} – {}", self.text(at(first), width), self.text(at(end), width)),
            _ => format!("from {}", self.text(at(first), width)),
        }
    }

    /// A value; `width` of a step decides how many decimals tell two of them apart.
    fn text(&self, value: f64, width: f64) -> String {
        match self.column_type {
            ColumnType::Date => day(value),
            ColumnType::Datetime | ColumnType::Timestamp if width >= DAY => day(value / DAY),
            ColumnType::Datetime | ColumnType::Timestamp => {
                let format = if width >= 60.0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
                Timestamp::from_second(value as i64)
                    .map(|time| time.strftime(format).to_string())
                    .unwrap_or_default()
            }
            _ if self.low.abs().max(self.high.abs()) >= 1e6 => impala_core::number_format::short(value, None),
            ColumnType::Decimal => format!("{value:.*}", decimals(width)),
            _ => format!("{value:.0}"),
        }
    }
}

/// Decimals that tell two values apart that differ by so much.
fn decimals(width: f64) -> usize {
    if width > 0.0 { (1.0 - width.log10()).ceil().clamp(0.0, 9.0) as usize } else { 2 }
}

fn day(days: f64) -> String {
    let first = Date::constant(1970, 1, 1);
    first.checked_add((days as i64).days()).map(|day| day.to_string()).unwrap_or_default()
}

/// The least or greatest value, as the server writes it, as a number.
fn measure(column_type: ColumnType, text: &str) -> Option<f64> {
    let seconds = |time: Timestamp| time.as_millisecond() as f64 / 1_000.0;
    let of_day = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|time| seconds(time.timestamp()));
    match column_type {
        ColumnType::Integer | ColumnType::Decimal => text.parse().ok(),
        ColumnType::Date => of_day(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()))
            .map(|time| time / DAY),
        ColumnType::Datetime => of_day(text.parse().ok()?),
        ColumnType::Timestamp => text.parse().ok().map(seconds),
        ColumnType::Boolean | ColumnType::String => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::column;
    use super::*;

    fn labels(column_type: ColumnType, ends: (&str, &str), spread: &[u64], most: usize) -> Vec<String> {
        let mut column = column(column_type, spread.iter().sum(), &[], spread);
        (column.min, column.max) = (Some(ends.0.to_owned()), Some(ends.1.to_owned()));
        bars(&column, most).into_iter().map(|bar| format!("{}: {}", bar.label, bar.count)).collect()
    }

    #[test]
    fn every_step_says_what_falls_in_it() {
        use ColumnType::{Date, Datetime, Decimal, Integer, Timestamp};
        let check = |column_type, ends, spread: &[u64], most, expected: &[&str]| {
            assert_eq!(labels(column_type, ends, spread, most), expected);
        };
        check(Decimal, ("0", "7"), &[3, 1], 9, &["0.0 – 3.5: 3", "3.5 – 7.0: 1"]);
        check(Decimal, ("0.4", "9.5"), &[1, 2, 3, 4], 2, &["0.4 – 5.0: 3", "5.0 – 9.5: 7"]);
        check(Integer, ("2012", "2015"), &[1, 2, 3, 4], 9, &["2012: 1", "2013: 2", "2014: 3", "2015: 4"]);
        check(Integer, ("1", "5"), &[2, 3], 9, &["1 – 3: 2", "4 – 5: 3"]);
        check(Integer, ("0", "8000000"), &[2, 3], 9, &["0 – 4M: 2", "4M – 8M: 3"]);
        check(
            Date,
            ("2024-02-28", "2024-03-02"),
            &[1, 3],
            9,
            &["2024-02-28 – 2024-02-29: 1", "2024-03-01 – 2024-03-02: 3"],
        );
        check(
            Datetime,
            ("2024-02-28T10:00:00", "2024-02-28T12:00:00"),
            &[1, 3],
            9,
            &["from 2024-02-28 10:00: 1", "from 2024-02-28 11:00: 3"],
        );
        check(
            Timestamp,
            ("2024-02-01T00:00:00Z", "2024-02-05T00:00:00Z"),
            &[1, 3],
            9,
            &["from 2024-02-01: 1", "from 2024-02-03: 3"],
        );
    }

    #[test]
    fn as_many_steps_come_together_in_each_bar() {
        for (steps, most, expected) in
            [(16, 16, 1), (16, 9, 2), (16, 6, 4), (16, 1, 16), (13, 5, 3), (1, 9, 1)]
        {
            assert_eq!(together(steps, most), expected, "{steps} steps in {most} bars");
        }
    }

    #[test]
    fn ends_that_cannot_be_read_leave_bars_without_labels() {
        assert_eq!(labels(ColumnType::Datetime, ("soon", "late"), &[1, 3], 9), [": 1", ": 3"]);
    }
}
