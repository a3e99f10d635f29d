//! One field to a date, a datetime or an instant.
//!
//! Days are written `2012-01-31`, `2012/01/31`, `Jan 31 2012`, `January 31, 2012`, `31 Jan 2012`, `31-Jan-2012`,
//! `31.01.2012` (always day first), `1/31/2012`, `31/1/2012`, `31-1-2012` (order decided over the column). Years have
//! four digits. A time of day may follow, behind a space or `T`: `20:21`, `20:21:09`, `20:21:09.123456`, `8:21 PM`; what
//! is finer than a microsecond is cut off. Behind a year-first day and a time, a zone makes an instant: `Z`, `UTC`,
//! `+01:00`, `+0100`, `+01`.

use impala_core::source::ColumnType;
use jiff::SignedDuration;
use jiff::civil::DateTime;

const US_A_SECOND: i64 = 1_000_000;
const US_A_DAY: i64 = 86_400 * US_A_SECOND;

/// The last instant that `jiff::Timestamp` holds, to the second: 9999-12-30T22:00:00Z.
const LAST_INSTANT_US: i64 = 253_402_207_200 * US_A_SECOND;

/// Shortest and longest text worth a look: `1/1/2000`, and `September 30, 2000 10:00:00.123456789 PM`.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=48;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How a day is written. One column has one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateForm {
    /// `2012-01-31`, `2012/01/31`.
    YearFirst,
    /// `Jan 31 2012`.
    Named,
    /// `31.01.2012`.
    Dotted,
    /// `1/31/2012`, `31-01-2012`: day or month first.
    Pair,
}

/// What comes first in [`DateForm::Pair`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst = 0,
    DayFirst = 1,
}

/// A field that can be read as a day, perhaps with a time and a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Temporal {
    pub form: DateForm,
    /// Days since 1970 by [`Order`]; both the same unless the form is [`DateForm::Pair`].
    pub days: [Option<i32>; 2],
    pub time_us: Option<i64>,
    pub offset_s: Option<i32>,
}

impl Temporal {
    /// The tightest type that holds it.
    pub fn column_type(&self) -> ColumnType {
        match (self.time_us, self.offset_s) {
            (None, _) => ColumnType::Date,
            (_, None) => ColumnType::Datetime,
            (_, Some(_)) => ColumnType::Timestamp,
        }
    }

    /// Microseconds since 1970, in UTC when it has a zone; `None` when it is not a day in this order.
    pub fn micros(&self, order: Order) -> Option<i64> {
        let day_us = i64::from(self.days[order as usize]?) * US_A_DAY;
        Some(day_us + self.time_us.unwrap_or(0) - i64::from(self.offset_s.unwrap_or(0)) * US_A_SECOND)
    }

    /// Reads one, if it is one.
    pub fn parse(value: &[u8]) -> Option<Self> {
        if !LENGTHS.contains(&value.len()) || !value[0].is_ascii_alphanumeric() {
            return None;
        }
        let mut text = Text { rest: value };
        let (form, days) = text.date()?;
        let mut found = Self { form, days, time_us: None, offset_s: None };
        if !text.rest.is_empty() {
            found.time_us = Some(text.time()?);
            found.offset_s = if form == DateForm::YearFirst { text.offset()? } else { None };
        }
        let is_late = || found.micros(Order::MonthFirst).is_some_and(|us| us > LAST_INSTANT_US);
        (text.rest.is_empty() && !(found.offset_s.is_some() && is_late())).then_some(found)
    }
}

/// As JSON and CSV have it: `2012-01-31`, `2012-01-31T10:00:00`, `2012-01-31T10:00:00Z`.
pub(super) fn to_text(column_type: ColumnType, micros: i64) -> Option<String> {
    let at =
        DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(SignedDuration::from_micros(micros)).ok()?;
    Some(match column_type {
        ColumnType::Date => at.date().to_string(),
        ColumnType::Timestamp => format!("{at}Z"),
        _ => at.to_string(),
    })
}

/// Text that is read from its front.
struct Text<'a> {
    rest: &'a [u8],
}

impl Text<'_> {
    fn date(&mut self) -> Option<(DateForm, [Option<i32>; 2])> {
        if self.rest[0].is_ascii_alphabetic() {
            return self.month_name_first();
        }
        let (first, digits) = self.number(1, 4)?;
        let separator = self.any()?;
        match (digits, separator) {
            (4, b'-' | b'/') => {
                let (month, _) = self.number(1, 2)?;
                self.eat(separator)?;
                let (day, _) = self.number(1, 2)?;
                Some((DateForm::YearFirst, same(days_since_1970(first, month, day)?)))
            }
            (1 | 2, b'-' | b' ') if self.rest.first()?.is_ascii_alphabetic() => {
                let month = self.month_name()?;
                self.eat(separator)?;
                let year = self.year()?;
                Some((DateForm::Named, same(days_since_1970(year, month, first)?)))
            }
            (1 | 2, b'.' | b'/' | b'-') => {
                let (second, _) = self.number(1, 2)?;
                self.eat(separator)?;
                let year = self.year()?;
                numbers_only(separator, [first, second], year)
            }
            _ => None,
        }
    }

    /// `Jan 31 2012`, `January 31, 2012`.
    fn month_name_first(&mut self) -> Option<(DateForm, [Option<i32>; 2])> {
        let month = self.month_name()?;
        self.eat(b' ')?;
        let (day, _) = self.number(1, 2)?;
        let _ = self.eat(b',');
        self.eat(b' ')?;
        let year = self.year()?;
        Some((DateForm::Named, same(days_since_1970(year, month, day)?)))
    }

    /// `T20:21:09.123`, ` 8:21 PM`, as microseconds since midnight.
    fn time(&mut self) -> Option<i64> {
        self.eat(b'T').or_else(|| self.eat(b' '))?;
        let (hour, _) = self.number(1, 2)?;
        self.eat(b':')?;
        let (minute, _) = self.number(2, 2)?;
        let mut us = 0;
        if self.eat(b':').is_some() {
            let (second, _) = self.number(2, 2)?;
            us = i64::from(second) * US_A_SECOND;
            if second > 59 {
                return None;
            }
            if self.eat(b'.').is_some() {
                us += self.fraction()?;
            }
        }
        let hour = self.hour_of_day(hour)?;
        (hour < 24 && minute < 60).then(|| i64::from(hour * 60 + minute) * 60 * US_A_SECOND + us)
    }

    /// Takes an `AM` or `PM` into account, if there is one.
    fn hour_of_day(&mut self, hour: u32) -> Option<u32> {
        let word = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        let is_afternoon = match word {
            [b'A' | b'a', b'M' | b'm'] => false,
            [b'P' | b'p', b'M' | b'm'] => true,
            _ => return Some(hour),
        };
        self.rest = &[];
        (1..=12).contains(&hour).then(|| hour % 12 + if is_afternoon { 12 } else { 0 })
    }

    /// Digits behind the point of a second, as microseconds.
    fn fraction(&mut self) -> Option<i64> {
        let (number, digits) = self.number(1, 9)?;
        Some(i64::from(number) * 10_i64.pow(9 - digits) / 1000)
    }

    /// Seconds east of Greenwich, or `Some(None)` when the text ends without a zone.
    fn offset(&mut self) -> Option<Option<i32>> {
        let _ = (self.rest.len() > 1).then(|| self.eat(b' '));
        match self.rest {
            [] => return Some(None),
            b"Z" | b"z" | b"UTC" | b"GMT" => {
                self.rest = &[];
                return Some(Some(0));
            }
            _ => {}
        }
        let is_west = self.eat(b'-').is_some();
        if !is_west {
            self.eat(b'+')?;
        }
        let hours = self.two_digits()?;
        let has_colon = self.eat(b':').is_some();
        let minutes = if self.rest.is_empty() && !has_colon { 0 } else { self.two_digits()? };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        (hours <= 18 && minutes < 60).then_some(Some(if is_west { -seconds } else { seconds }))
    }

    /// Two digits, whatever comes behind them.
    fn two_digits(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_first_chunk::<2>()?;
        self.rest = rest;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| u32::from(digits[0] - b'0') * 10 + u32::from(digits[1] - b'0'))
    }

    fn year(&mut self) -> Option<u32> {
        self.number(4, 4).map(|(year, _)| year)
    }

    /// `Jan`, `January`, `Jan.`, `Sept`, in any case; as 1 to 12.
    fn month_name(&mut self) -> Option<u32> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(length);
        let is_meant = |name: &&'static str| {
            let is_short = length == 3 || (length == 4 && **name == *"september");
            (is_short || length == name.len())
                && name.as_bytes()[..length.min(name.len())].eq_ignore_ascii_case(word)
        };
        let month = MONTHS.iter().position(is_meant)?;
        self.rest = rest;
        if length < MONTHS[month].len() {
            let _ = self.eat(b'.');
        }
        u32::try_from(month + 1).ok()
    }

    /// A number of `least..=most` digits, and how many it has. More digits are an error.
    fn number(&mut self, least: u32, most: u32) -> Option<(u32, u32)> {
        let (mut number, mut digits) = (0, 0);
        while let Some(digit) =
            self.rest.first().map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit <= 9)
        {
            if digits == most {
                return None;
            }
            number = number * 10 + u32::from(digit);
            digits += 1;
            self.rest = &self.rest[1..];
        }
        (digits >= least).then_some((number, digits))
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn any(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }
}

fn numbers_only(separator: u8, [first, second]: [u32; 2], year: u32) -> Option<(DateForm, [Option<i32>; 2])> {
    let day_first = days_since_1970(year, second, first);
    if separator == b'.' {
        return Some((DateForm::Dotted, same(day_first?)));
    }
    let month_first = days_since_1970(year, first, second);
    (day_first.is_some() || month_first.is_some()).then_some((DateForm::Pair, [month_first, day_first]))
}

fn same(days: i32) -> [Option<i32>; 2] {
    [Some(days); 2]
}

/// Days since 1970-01-01 of a day of the Gregorian calendar, from year 1 on; `None` when there is no such day.
///
/// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i32> {
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    // The year begins in March, so that the leap day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era).ok().map(|days| days - 719_468)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both readings when they differ, or one, as text.
    fn read(text: &str) -> String {
        let Some(found) = Temporal::parse(text.as_bytes()) else { return "none".to_owned() };
        let shown = |order| found.micros(order).and_then(|us| to_text(found.column_type(), us));
        match (shown(Order::MonthFirst), shown(Order::DayFirst)) {
            (Some(month_first), Some(day_first)) if month_first != day_first => {
                format!("{month_first} or {day_first}")
            }
            (month_first, day_first) => month_first.or(day_first).unwrap_or_default(),
        }
    }

    #[test]
    fn days_are_read_in_many_forms() {
        let check = |text: &str, expected: &str| assert_eq!(read(text), expected, "{text}");
        check("2012-01-31", "2012-01-31");
        check("2012/1/31", "2012-01-31");
        check("2000-02-29", "2000-02-29");
        check("0001-01-01", "0001-01-01");
        check("9999-12-31", "9999-12-31");
        check("Jan 1 2000", "2000-01-01");
        check("september 30, 1999", "1999-09-30");
        check("Sept 30, 1999", "1999-09-30");
        check("Dec. 24 1999", "1999-12-24");
        check("24 Dec 1999", "1999-12-24");
        check("24-DEC-1999", "1999-12-24");
        check("31.01.2012", "2012-01-31");
        check("1/31/2012", "2012-01-31");
        check("31/1/2012", "2012-01-31");
        check("1/2/2012", "2012-01-02 or 2012-02-01");
        check("03-04-2012", "2012-03-04 or 2012-04-03");
    }

    #[test]
    fn times_and_zones_are_read() {
        let check = |text: &str, expected: &str| assert_eq!(read(text), expected, "{text}");
        check("2019-03-23 20:21:09", "2019-03-23T20:21:09");
        check("2019-03-23T20:21", "2019-03-23T20:21:00");
        check("2019-03-23T20:21:09.5", "2019-03-23T20:21:09.5");
        check("2019-03-23T20:21:09.123456789", "2019-03-23T20:21:09.123456");
        check("3/23/2019 8:21 PM", "2019-03-23T20:21:00");
        check("3/23/2019 12:05:01 am", "2019-03-23T00:05:01");
        check("23.03.2019 20:21", "2019-03-23T20:21:00");
        check("2019-03-23T20:21:09Z", "2019-03-23T20:21:09Z");
        check("2019-03-23 20:21:09 UTC", "2019-03-23T20:21:09Z");
        check("2019-03-23T20:21:09+01:00", "2019-03-23T19:21:09Z");
        check("2019-03-23 20:21:09.25-0530", "2019-03-24T01:51:09.25Z");
        check("2019-03-23T20:21:09+01", "2019-03-23T19:21:09Z");
        check("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "2012",
            "20120131",
            "2012-13-01",
            "2012-02-30",
            "1900-02-29",
            "0000-01-01",
            "2012-01-31x",
            "2012-01-31 ",
            "2012-01/31",
            "1/31/12",
            "32/1/2012",
            "13.13.2012",
            "1.31.2012",
            "Foo 1 2000",
            "Janu 1 2000",
            "Jan 32 2000",
            "2012-01-31T",
            "2012-01-31 24:00",
            "2012-01-31 10:60",
            "2012-01-31 10:00:60",
            "2012-01-31 13:00 PM",
            "2012-01-31T10:00+1",
            "2012-01-31T10:00+19:00",
            "2012-01-31T10:00+01:",
            "2012-01-31Z",
            "1/31/2012 10:00Z",
            "9999-12-31T23:59:59Z",
            "12345-01-01",
            "2012-001-01",
            "Mayor Jones 2000",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_jiff_writes_is_read_back(micros in -62_135_596_800_000_000_i64..253_402_207_200_000_000) {
            let at = jiff::Timestamp::from_microsecond(micros).expect("in range");
            let found = Temporal::parse(at.to_string().as_bytes()).expect("an instant");
            proptest::prop_assert_eq!(found.micros(Order::MonthFirst), Some(micros));
        }
    }
}
