//! A number where there is little room: in fewer digits, never with digits cut off, which would be another number.

use impala_core::number_format::{NumberFormat, NumberStyle};

use super::number;

/// The first form of a number that fits, from the whole of it to the shortest: with fewer decimals, by thousands (`6.1k`), without
/// the words around it. An ellipsis when none does.
pub fn fitting(value: f64, format: Option<&NumberFormat>, fits: impl Fn(&str) -> bool) -> String {
    let whole = number::one(value, format);
    let plain = NumberFormat {
        prefix: String::new(),
        suffix: String::new(),
        decimals: None,
        is_grouped: true,
        style: NumberStyle::Plain,
    };
    let with_words = format.unwrap_or(&plain);
    let bare = NumberFormat { style: with_words.style, is_grouped: with_words.is_grouped, ..plain.clone() };
    let exact = [with_words, &bare].map(|format| fewer_digits(value, format));
    let rough = [with_words, &bare].map(|format| by_thousands(value, format, 0)).into_iter().flatten();
    let forms = std::iter::once(whole).chain(exact.into_iter().flatten()).chain(rough);
    forms.map(|form| super::clean(&form)).find(|form| fits(form)).unwrap_or_else(|| "…".to_owned())
}

/// With one decimal less each, down to none, then by thousands with some decimals.
fn fewer_digits(value: f64, format: &NumberFormat) -> Vec<String> {
    let size = if format.style == NumberStyle::Percent { value * 100.0 } else { value };
    let needed = number::decimals_needed(std::iter::once(size), 6);
    let most = format.decimals.map_or(needed, usize::from).min(12) as u8;
    // A small number that rounds to nothing is no longer itself.
    let shows = |decimals: &u8| size == 0.0 || size.abs() >= 0.5 * 10_f64.powi(-i32::from(*decimals));
    let rounded = (0..=most).rev().filter(shows);
    let rounded =
        rounded.map(|decimals| NumberFormat { decimals: Some(decimals), ..format.clone() }.format(value));
    rounded.chain([2, 1].into_iter().filter_map(|decimals| by_thousands(value, format, decimals))).collect()
}

fn by_thousands(value: f64, format: &NumberFormat, decimals: u8) -> Option<String> {
    let is_large = value.is_finite() && value.abs() >= 999.5 && format.style != NumberStyle::Percent;
    let short = NumberFormat { decimals: Some(decimals), style: NumberStyle::Short, ..format.clone() };
    is_large.then(|| short.format(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_before_a_number_is_another_one() {
        let check = |value: f64, format: &str, room: usize, expected: &str| {
            let format: Option<NumberFormat> = format.parse().ok();
            let form = fitting(value, format.as_ref(), |form| form.chars().count() <= room);
            assert_eq!(form, expected, "{value} in {room}");
        };
        check(6_123.4, "", 9, "6,123.4");
        check(6_123.4, "", 6, "6,123");
        check(6_123.4, "", 4, "6.1k");
        check(6_123.4, "", 3, "6k");
        check(6_123.4, "", 1, "…");
        check(55.9, "{:.1} mm", 6, "56 mm");
        check(55.9, "{:.1} mm", 4, "55.9");
        check(0.0456, "{:.4}", 5, "0.046");
        check(0.0456, "{:.4}", 3, "…");
        check(0.256, "{:.1%}", 3, "26%");
        check(-1_234_567.0, "${:,.0}", 7, "$-1.23M");
        check(f64::NAN, "", 2, "…");
    }
}
