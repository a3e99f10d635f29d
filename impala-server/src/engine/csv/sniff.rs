//! Which delimiter a file uses, by its first records.

use std::convert::Infallible;

use super::CsvLimits;
use super::records::{Record, RecordReader};

/// In the order of preference.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Only when no other candidate will do: it stands in times of day and in addresses.
const LAST_RESORT: u8 = b':';

/// A time with a zone, `20:21:09+01:00`, has four parts; without a header to say otherwise, fewer than this prove nothing.
const LEAST_FIELDS_WITHOUT_HEADER: u64 = 5;

/// How well a file can be read with a delimiter.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Fit {
    /// Part of the records that have as many fields as the first.
    even: f64,
    fields: u64,
}

/// The delimiter with which most records have as many fields as the first, and then the one that gives most fields.
/// The comma when none gives two.
///
/// * `text`: the beginning of the file, in UTF-8
/// * `is_whole`: whether the file ends there
pub(super) fn delimiter(text: &[u8], is_whole: bool, has_header: bool, limits: CsvLimits) -> u8 {
    let mut best: Option<(Fit, u8)> = None;
    for candidate in CANDIDATES {
        let fit = fit(text, is_whole, candidate, limits);
        if fit.fields > 1 && best.is_none_or(|(other, _)| fit > other) {
            best = Some((fit, candidate));
        }
    }
    match best {
        Some((fit, candidate)) if fit.even >= 0.5 => candidate,
        _ => {
            let fit = fit(text, is_whole, LAST_RESORT, limits);
            let least = if has_header { 2 } else { LEAST_FIELDS_WITHOUT_HEADER };
            let is_better = best.is_none_or(|(other, _)| fit > other);
            if fit.fields >= least && fit.even >= 0.5 && is_better {
                LAST_RESORT
            } else {
                best.map_or(b',', |(_, candidate)| candidate)
            }
        }
    }
}

fn fit(text: &[u8], is_whole: bool, delimiter: u8, limits: CsvLimits) -> Fit {
    let mut reader = RecordReader::new(delimiter, limits, false);
    let (mut records, mut even, mut fields) = (0_u64, 0_u64, 0_u64);
    let mut sink = |record: &Record<'_>| -> Result<(), Infallible> {
        if !record.is_blank {
            if records == 0 {
                fields = record.fields;
            }
            records += 1;
            even += u64::from(record.fields == fields);
        }
        Ok(())
    };
    // What cannot be read is found, and said, when the file is read for good.
    let result = reader.feed(text, &mut sink);
    if is_whole && result.is_ok() {
        let _ = reader.finish(&mut sink);
    }
    match records {
        0 => Fit { even: 1.0, fields: reader.field_index() as u64 + 1 },
        _ => Fit { even: even as f64 / records as f64, fields },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_cuts_evenly() {
        let check = |text: &str, expected: u8| {
            let found = delimiter(text.as_bytes(), true, true, CsvLimits::default());
            assert_eq!(char::from(found), char::from(expected), "{text:?}");
        };
        check("a,b\n1,2\n", b',');
        check("a;b;c\n1,5;2,5;3,5\n", b';');
        check("a\tb\n1,5\t2\n", b'\t');
        check("a|b\n1|2\n", b'|');
        check("user:id\nann:1\nbob:2\n", b':');
        check("at:utc,value\n10:20,5\n10:30,6\n", b',');
        check("name\nann\nbob\n", b',');
        check("name;said\nann;\"a, b, c\"\nbob;\"d, e\nf\"\n", b';');
        check("a,b,c\n1,2,3\n1,2\n1,2,3\n", b',');
        check("time\n10:20:30\n10:20:31\n", b',');
        check("a;b", b';');
        check("", b',');
    }

    #[test]
    fn without_a_header_times_do_not_look_like_columns() {
        let check = |text: &str, expected: u8| {
            let found = delimiter(text.as_bytes(), true, false, CsvLimits::default());
            assert_eq!(char::from(found), char::from(expected), "{text:?}");
        };
        check("10:20:30\n10:20:31\n", b',');
        check("root:x:0:0:root:/root:/bin/sh\nann:x:1:1::/home/ann:/bin/sh\n", b':');
    }

    #[test]
    fn a_cut_record_does_not_count() {
        let check = |text: &str, expected: u8| {
            assert_eq!(delimiter(text.as_bytes(), false, true, CsvLimits::default()), expected, "{text:?}");
        };
        check("a;b;c\n1;2;3\n4;5,6,7,8", b';');
        check("a;b;c;d", b';');
    }
}
