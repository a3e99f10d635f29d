//! One field to a truth value or a number. The strict readers decide types; the lenient ones serve types set by hand.

/// Integers up to this magnitude are exact as a decimal: 2^53.
pub(super) const EXACT_AS_DECIMAL: u64 = 1 << 53;

/// Powers of ten that an `f64` holds exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Without the spaces and tabs around it. Text keeps them; every other type ignores them.
pub(super) fn trim(value: &[u8]) -> &[u8] {
    match (value.first(), value.last()) {
        (Some(b' ' | b'\t'), _) | (_, Some(b' ' | b'\t')) => value.trim_ascii(),
        _ => value,
    }
}

/// `true` or `false`, in any case.
pub(super) fn boolean(value: &[u8]) -> Option<bool> {
    match value.len() {
        4 if value.eq_ignore_ascii_case(b"true") => Some(true),
        5 if value.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// Also `t`, `yes`, `y`, `1` and their opposites.
pub(super) fn lenient_boolean(value: &[u8]) -> Option<bool> {
    let is_any = |words: [&str; 5]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    if is_any(["true", "t", "yes", "y", "1"]) {
        Some(true)
    } else if is_any(["false", "f", "no", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// A 64-bit integer with an optional sign. Leading zeros make it a code, which is text: `007` is not 7.
pub(super) fn integer(value: &[u8]) -> Option<i64> {
    let (is_negative, digits) = split_sign(value);
    if has_leading_zero(digits) { None } else { signed(is_negative, digits) }
}

/// A 64-bit integer that may have leading zeros.
pub(super) fn lenient_integer(value: &[u8]) -> Option<i64> {
    let (is_negative, digits) = split_sign(value);
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    // One digit has to stay, and "0" is one.
    signed(is_negative, &digits[zeros.min(digits.len().saturating_sub(1))..])
}

fn signed(is_negative: bool, digits: &[u8]) -> Option<i64> {
    // 19 digits always fit 64 bits without a sign.
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut magnitude = 0_u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        magnitude = magnitude * 10 + u64::from(digit);
    }
    if is_negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// A 64-bit floating-point number: `12.8`, `.5`, `1e-3`, `NaN`, `-inf`.
///
/// Refused are leading zeros (`007.5`), numbers beyond what an `f64` holds (`1e999`), and integers beyond 2^53: they
/// would change their last digits, and an author who writes that many digits means each of them.
pub(super) fn decimal(value: &[u8]) -> Option<f64> {
    let (is_negative, digits) = split_sign(value);
    if has_leading_zero(digits) {
        return None;
    }
    match short_decimal(digits) {
        Some(number) => Some(if is_negative { -number } else { number }),
        None if digits.iter().all(u8::is_ascii_digit) => None,
        None => lenient_decimal(value),
    }
}

/// Any number that an `f64` can stand for, rounded to the nearest.
pub(super) fn lenient_decimal(value: &[u8]) -> Option<f64> {
    let number: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    // What overflows parses as infinity; only the word means it.
    let is_word = !value.iter().any(u8::is_ascii_digit);
    (is_word || number.is_finite()).then_some(number)
}

/// Digits with at most one point whose value is exact as one division: the usual case, and several times faster than
/// the general one.
///
/// Source: W. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990.
fn short_decimal(digits: &[u8]) -> Option<f64> {
    if digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut point) = (0_u64, None);
    for (index, byte) in digits.iter().enumerate() {
        match byte.wrapping_sub(b'0') {
            digit @ 0..=9 => mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit)),
            _ if *byte == b'.' && point.is_none() => point = Some(index),
            _ => return None,
        }
    }
    let is_one_number = digits.len() > usize::from(point.is_some());
    let decimals = point.map_or(0, |index| digits.len() - index - 1);
    // At most 19 digits, so nothing has wrapped.
    (is_one_number && mantissa <= EXACT_AS_DECIMAL).then(|| mantissa as f64 / POWERS_OF_TEN[decimals])
}

/// Whether it is a number by its characters, but written as a code: `007`, `00.5`.
pub(super) fn is_code(value: &[u8]) -> bool {
    let (_, digits) = split_sign(value);
    has_leading_zero(digits) && lenient_decimal(value).is_some()
}

/// Whether it is digits only, perhaps with a sign.
pub(super) fn is_digits(value: &[u8]) -> bool {
    let (_, digits) = split_sign(value);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn has_leading_zero(digits: &[u8]) -> bool {
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

fn split_sign(value: &[u8]) -> (bool, &[u8]) {
    match value {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_exact_or_none() {
        let check = |text: &str, expected| assert_eq!(integer(text.as_bytes()), expected, "{text}");
        check("0", Some(0));
        check("-0", Some(0));
        check("+5", Some(5));
        check("9223372036854775807", Some(i64::MAX));
        check("-9223372036854775808", Some(i64::MIN));
        for text in [
            "",
            "-",
            "+",
            "007",
            "-07",
            "9223372036854775808",
            "1.0",
            "1e3",
            "1_000",
            "--1",
            "99999999999999999999",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn types_set_by_hand_read_more() {
        let check = |text: &str, expected| assert_eq!(lenient_integer(text.as_bytes()), expected, "{text}");
        check("007", Some(7));
        check("-000", Some(0));
        check("0", Some(0));
        check("", None);
        check("0x", None);
        assert_eq!(lenient_boolean(b"Yes"), Some(true));
        assert_eq!(lenient_boolean(b"0"), Some(false));
        assert_eq!(lenient_boolean(b"2"), None);
        assert_eq!(lenient_decimal(b"00.5"), Some(0.5));
    }

    #[test]
    fn decimals_are_the_nearest_number_or_none() {
        let check =
            |text: &str, expected: Option<f64>| assert_eq!(decimal(text.as_bytes()), expected, "{text}");
        check("12.8", Some(12.8));
        check("-0.1", Some(-0.1));
        check(".5", Some(0.5));
        check("5.", Some(5.0));
        check("0.000000000000000000000001", Some(1e-24));
        check("1.7976931348623157e308", Some(f64::MAX));
        check("2.5E-3", Some(0.0025));
        check("-inf", Some(f64::NEG_INFINITY));
        check("9007199254740992", Some(9_007_199_254_740_992.0));
        check("9007199254740993.5", Some(9_007_199_254_740_994.0));
        for text in ["", ".", "-", "007.5", "1e999", "9007199254740993", "1,5", "1.2.3", "0x1p3", "e5"] {
            check(text, None);
        }
        assert!(decimal(b"NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn codes_are_told_from_numbers() {
        for (text, expected) in [
            ("007", true),
            ("-07", true),
            ("00.5", true),
            ("0.5", false),
            ("0", false),
            ("0a", false),
            ("00a", false),
        ] {
            assert_eq!(is_code(text.as_bytes()), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn decimals_agree_with_the_standard_library(number: f64, whole in -1_000_000_i64..1_000_000, places in 0_usize..9) {
            let short = format!("{:.places$}", whole as f64 / 1000.0);
            proptest::prop_assert_eq!(decimal(short.as_bytes()), short.parse().ok());
            if number.is_finite() {
                let long = format!("{number:e}");
                proptest::prop_assert_eq!(decimal(long.as_bytes()), Some(number));
            }
        }

        #[test]
        fn integers_agree_with_the_standard_library(number: i64) {
            proptest::prop_assert_eq!(integer(number.to_string().as_bytes()), Some(number));
        }
    }
}
