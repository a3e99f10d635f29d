//! How numbers are written: `"{:.1} mm"`, `"${:,.2}"`, `"{:.0%}"`, `"{:~}"`.
//!
//! The words are those of Rust's and Python's format strings: text around one pair of braces; in it, after
//! a colon, `,` for groups of three digits, `.2` for decimals, `%` for a share, `~` for short (1.2k, 3.4M).

use std::fmt;
use std::str::FromStr;

use crate::term::serde_as_text;

/// A parsed format. Written out it gives back its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NumberFormat {
    /// Text before the number.
    pub prefix: String,
    /// Text behind it.
    pub suffix: String,
    /// Digits behind the point; as many as the number needs when `None`.
    pub decimals: Option<u8>,
    /// Whether thousands are set apart by a comma.
    pub is_grouped: bool,
    /// How the number is scaled.
    pub style: NumberStyle,
}

/// How a number is scaled before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberStyle {
    /// As it is.
    Plain,
    /// Times 100, with a percent sign.
    Percent,
    /// By thousands: 1.2k, 3.4M, 5.6G.
    Short,
}

impl FromStr for NumberFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fail = |what: &str| {
            Err(format!("\"{text}\" is not a number format: {what}; write for example \"{{:,.1}} mm\""))
        };
        let Some((prefix, rest)) = text.split_once('{') else {
            return fail("it has no {}");
        };
        let Some((inside, suffix)) = rest.split_once('}') else {
            return fail("it has no }");
        };
        if suffix.contains(['{', '}']) || prefix.contains('}') {
            return fail("it has more than one pair of braces");
        }
        let spec = match inside.strip_prefix(':') {
            Some(spec) => spec,
            None if inside.is_empty() => "",
            None => return fail("after { comes : or }"),
        };
        let (is_grouped, spec) = match spec.strip_prefix(',') {
            Some(rest) => (true, rest),
            None => (false, spec),
        };
        let digits_end = spec
            .strip_prefix('.')
            .map_or(0, |rest| 1 + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let (digits, spec) = spec.split_at(digits_end);
        let decimals = match digits.strip_prefix('.') {
            None => None,
            Some(digits) => match digits.parse::<u8>() {
                Ok(decimals) if decimals <= 12 => Some(decimals),
                _ => return fail("after . come 0 to 12 decimals"),
            },
        };
        let style = match spec {
            "" | "f" => NumberStyle::Plain,
            "%" => NumberStyle::Percent,
            "~" | "s" => NumberStyle::Short,
            _ => return fail("known are , .N % and ~"),
        };
        Ok(Self { prefix: prefix.to_owned(), suffix: suffix.to_owned(), decimals, is_grouped, style })
    }
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut spec = String::new();
        if self.is_grouped {
            spec.push(',');
        }
        if let Some(decimals) = self.decimals {
            spec.push_str(&format!(".{decimals}"));
        }
        match self.style {
            NumberStyle::Plain => {}
            NumberStyle::Percent => spec.push('%'),
            NumberStyle::Short => spec.push('~'),
        }
        let colon = if spec.is_empty() { "" } else { ":" };
        write!(f, "{}{{{colon}{spec}}}{}", self.prefix, self.suffix)
    }
}

serde_as_text!(NumberFormat);

impl NumberFormat {
    /// Writes a number.
    pub fn format(&self, value: f64) -> String {
        format!("{}{}{}", self.prefix, self.digits(value), self.suffix)
    }

    fn digits(&self, value: f64) -> String {
        if !value.is_finite() {
            return non_finite(value).to_owned();
        }
        match self.style {
            NumberStyle::Plain => self.plain(value),
            NumberStyle::Percent => self.plain(value * 100.0) + "%",
            NumberStyle::Short => short(value, self.decimals),
        }
    }

    fn plain(&self, value: f64) -> String {
        let text = match self.decimals {
            Some(decimals) => format!("{value:.*}", usize::from(decimals)),
            None => trimmed(value),
        };
        // A negative number that rounds to nothing is written without its sign.
        let text = match text.strip_prefix('-') {
            Some(digits) if digits.chars().all(|c| matches!(c, '0' | '.')) => digits.to_owned(),
            _ => text,
        };
        if self.is_grouped { group_thousands(&text) } else { text }
    }
}

/// The word for a number that is not finite: `NaN`, `∞` or `-∞`.
pub fn non_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "∞"
    } else {
        "-∞"
    }
}

/// A number with the digits that tell it from its neighbours, up to six behind the point; very large and
/// very small ones in powers of ten.
pub fn trimmed(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-6..1e15).contains(&size) {
        return format!("{value:.3e}").replace(".000e", "e").replace("00e", "e");
    }
    let decimals = if size >= 1.0 || size == 0.0 { 6 } else { 6 + (-size.log10()).ceil() as usize };
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number by thousands, with up to three digits that count: `1.23k`, `45M`, `999`.
pub fn short(value: f64, decimals: Option<u8>) -> String {
    const UNITS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
    let mut scaled = value;
    let mut unit = 0;
    // 999.5 would be written as 1000, so it belongs to the next unit already.
    while scaled.abs() >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    let text = match decimals {
        Some(decimals) => format!("{scaled:.*}", usize::from(decimals)),
        None if unit == 0 && scaled.abs() < 1.0 => trimmed((scaled * 1e4).round() / 1e4),
        None => {
            let whole_digits = scaled.abs().max(1.0).log10().floor() as usize + 1;
            let text = format!("{scaled:.*}", 3_usize.saturating_sub(whole_digits));
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
    };
    text + UNITS[unit]
}

/// Puts a comma between groups of three digits before the point.
pub fn group_thousands(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find(['.', 'e']).unwrap_or(digits.len()));
    let mut grouped = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_format_says() {
        let check = |format: &str, value: f64, expected: &str| {
            let parsed: NumberFormat = format.parse().expect(format);
            assert_eq!(parsed.format(value), expected, "{format} {value}");
        };
        check("{}", 3.25, "3.25");
        check("{}", 1_234_567.0, "1234567");
        check("{:.1} mm", 55.88, "55.9 mm");
        check("${:,.2}", -1_234_567.891, "$-1,234,567.89");
        check("{:.0%}", 0.256, "26%");
        check("{:~}", 1_234.0, "1.23k");
        check("{:~}", 999_950.0, "1M");
        check("{:.1~}B", 45_300_000.0, "45.3MB");
        check("{:.1}", -0.01, "0.0");
        check("{}", f64::NAN, "NaN");
        check("{}", 1e12, "1000000000000");
        check("{}", 1e-9, "1e-9");
    }

    #[test]
    fn formats_read_back_as_they_are_written() {
        for text in ["{}", "{:.1} mm", "${:,.2}", "{:.0%}", "{:~}"] {
            assert_eq!(text.parse::<NumberFormat>().map(|format| format.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn wrong_formats_are_refused_with_the_reason() {
        for text in ["mm", "{", "{:x}", "{:.99}", "{}{}", "{0}"] {
            let error = text.parse::<NumberFormat>().expect_err(text);
            assert!(error.contains("is not a number format"), "{error}");
        }
    }
}
