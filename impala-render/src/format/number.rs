//! Numbers as axes, tables and notes write them.

use impala_core::number_format::{NumberFormat, group_thousands, non_finite, short, trimmed};

/// A count with commas: `1,461`.
pub fn whole(number: u64) -> String {
    group_thousands(&number.to_string())
}

/// A number by itself: with its format, or grouped and with about four digits that count.
pub fn one(value: f64, format: Option<&NumberFormat>) -> String {
    match format {
        Some(format) => format.format(value),
        None if !value.is_finite() => non_finite(value).to_owned(),
        None if (1e12..1e18).contains(&value.abs()) => short(value, None),
        None if value != 0.0 && !(1e-4..1e12).contains(&value.abs()) => trimmed(rounded(value, 4)),
        // Through text: of a large number more decimals than are true would come back.
        None if value.abs() >= 1000.0 => group_thousands(format!("{value:.1}").trim_end_matches(".0")),
        None => trimmed(rounded(value, 4)),
    }
}

/// `value` rounded to `digits` digits that count.
fn rounded(value: f64, digits: usize) -> f64 {
    // Through text, as a product of powers of ten would leave dust behind.
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// Labels for the ticks of an axis, alike in form: all with the same decimals, and all in one unit where they are large.
pub fn ticks(values: &[f64], format: Option<&NumberFormat>) -> Vec<String> {
    if let Some(format) = format {
        return values.iter().map(|value| format.format(*value)).collect();
    }
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let step = step_of(values);
    if (10_000.0..1e18).contains(&largest) && step >= 1.0 {
        return in_one_unit(values, largest, step);
    }
    if largest >= 1e15 || (largest > 0.0 && largest < 1e-4) {
        return values.iter().map(|value| trimmed(rounded(*value, 6))).collect();
    }
    let decimals = decimals_of(step);
    values.iter().map(|value| group_thousands(&without_minus_zero(format!("{value:.decimals$}")))).collect()
}

/// Ticks in the unit of the greatest, with the decimals that a step needs: `0.5T` beside `1.0T`.
fn in_one_unit(values: &[f64], largest: f64, step: f64) -> Vec<String> {
    const UNITS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
    let thousands = ((largest.log10() + 1e-9) / 3.0).floor().clamp(0.0, 5.0);
    let size = 1000_f64.powf(thousands);
    let is_whole = |decimals: &usize| {
        let steps = step / size * 10_f64.powi(*decimals as i32);
        (steps - steps.round()).abs() < 1e-6 * steps
    };
    let decimals = (0..3).find(is_whole).unwrap_or(3);
    let write = |value: &f64| match value / size {
        0.0 => "0".to_owned(),
        value => format!("{value:.decimals$}{}", UNITS[thousands as usize]),
    };
    values.iter().map(write).collect()
}

fn without_minus_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| matches!(c, '0' | '.')) => digits.to_owned(),
        _ => text,
    }
}

/// Values that stand below each other: all with the same decimals, no more than needed and at most two.
pub fn alike(values: &[f64], format: Option<&NumberFormat>) -> Vec<String> {
    let places = decimals_needed(values.iter().copied(), 2);
    let write = |value: &f64| match format {
        Some(format) => format.format(*value),
        None if *value == 0.0 || (1e-2..1e9).contains(&value.abs()) => {
            group_thousands(&format!("{value:.places$}"))
        }
        None => one(*value, None),
    };
    values.iter().map(write).collect()
}

/// The ends of a scale, both with the decimals that show a hundredth of it, and no more than they need.
pub fn ends(low: f64, high: f64, format: Option<&NumberFormat>) -> (String, String) {
    let is_plain = |value: f64| value == 0.0 || (1e-4..1e9).contains(&value.abs());
    if format.is_some() || low >= high || !is_plain(low) || !is_plain(high) {
        return (one(low, format), one(high, format));
    }
    let decimals = decimals_of((high - low) / 100.0).min(decimals_needed([low, high].into_iter(), 12));
    let write = |value: f64| group_thousands(&without_minus_zero(format!("{value:.decimals$}")));
    (write(low), write(high))
}

/// The least distance between neighbours; 1 when there are none.
fn step_of(values: &[f64]) -> f64 {
    let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|step| *step > 0.0);
    steps.reduce(f64::min).unwrap_or(1.0)
}

/// Decimals that show a step of 1, 2 or 5 times a power of ten.
fn decimals_of(step: f64) -> usize {
    if step >= 1.0 { 0 } else { (-(step * 1.000_001).log10().floor()).clamp(0.0, 12.0) as usize }
}

/// Decimals that show every one of `values`, up to `most`. Each number's own shortest form decides.
pub fn decimals_needed(values: impl Iterator<Item = f64>, most: usize) -> usize {
    let decimals = |value: f64| {
        let text = trimmed(value);
        if text.contains('e') { 0 } else { text.split_once('.').map_or(0, |(_, digits)| digits.len()) }
    };
    values.filter(|value| value.is_finite()).map(decimals).max().unwrap_or(0).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_written_alike() {
        let check = |values: &[f64], expected: &[&str]| assert_eq!(ticks(values, None), expected);
        check(&[0.0, 0.5, 1.0], &["0.0", "0.5", "1.0"]);
        check(&[0.0, 5.0, 10.0], &["0", "5", "10"]);
        check(&[-0.2, -0.1, -0.0], &["-0.2", "-0.1", "0.0"]);
        check(&[0.0, 20_000.0, 40_000.0], &["0", "20k", "40k"]);
        check(&[0.0, 500.0, 1_000.0, 1_500.0], &["0", "500", "1,000", "1,500"]);
        check(&[0.0, 5e11, 1e12], &["0", "0.5T", "1.0T"]);
        check(&[0.0, 5_000.0, 1e4], &["0", "5k", "10k"]);
        check(&[0.0, 250e6, 500e6, 750e6], &["0", "250M", "500M", "750M"]);
        check(&[7_500.0, 10_000.0, 12_500.0], &["7.5k", "10.0k", "12.5k"]);
        check(&[0.0, 5e-10, 1e-9], &["0", "5e-10", "1e-9"]);
    }

    #[test]
    fn ends_of_a_scale_are_written_alike() {
        let check = |low, high, expected: (&str, &str)| {
            assert_eq!(ends(low, high, None), (expected.0.to_owned(), expected.1.to_owned()));
        };
        check(2.487, 30.6, ("2.5", "30.6"));
        check(1.0, 30.0, ("1", "30"));
        check(0.4, 9.5, ("0.4", "9.5"));
        check(-0.001, 1_461.25, ("0", "1,461"));
        check(0.0012, 0.0034, ("0.0012", "0.0034"));
        check(2.5, 2.5, ("2.5", "2.5"));
        check(1.0, 2e12, ("1", "2T"));
    }

    #[test]
    fn one_number_shows_what_counts() {
        let check = |value: f64, expected: &str| assert_eq!(one(value, None), expected);
        check(3.029_432, "3.029");
        check(0.001_234_56, "0.001235");
        check(1_461.0, "1,461");
        check(123_456.78, "123,456.8");
        check(1e12 / 7.0, "142,857,142,857.1");
        check(1e12, "1T");
        check(1e18, "1e18");
        check(1e-9, "1e-9");
        check(f64::INFINITY, "∞");
        check(f64::NAN, "NaN");
        check(-0.0, "0");
    }
}
