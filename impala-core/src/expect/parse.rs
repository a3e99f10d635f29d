//! Reads rules. Errors name the column of the text, counted in characters from 1.

use std::str::FromStr;

use super::{ColumnTest, Comparison, Expectation, Span, SpanUnit, Test, Tolerance};
use crate::name;

/// What a rule may begin with.
const SUBJECTS: [&str; 5] = ["rows", "value", "column", "not", "fresh"];

/// Longest rule, in characters.
const LONGEST: usize = 300;

/// Whether a column's name can be written without quotes: its words read back as they are, and none begins a test.
pub(super) fn is_plain(name: &str) -> bool {
    let words: Vec<&str> = words(name).into_iter().map(|(_, word)| word).collect();
    let begins_quoted = words.first().is_none_or(|word| word.starts_with('"'));
    !begins_quoted && words.join(" ") == name && !words.iter().any(|word| is_test(word))
}

/// Whether a word is where the test of a column begins.
fn is_test(word: &str) -> bool {
    matches!(word, "not" | "unique" | "between" | "within" | "==") || comparison(word).is_some()
}

fn comparison(word: &str) -> Option<Comparison> {
    let word = if word == "==" { "=" } else { word };
    Comparison::ALL.into_iter().find(|comparison| comparison.as_str() == word)
}

impl FromStr for Expectation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("a rule is longer than {LONGEST} characters"));
        }
        let mut reader = Reader::new(text);
        let rule = match reader.word(&SUBJECTS)? {
            "rows" => Self::Rows(reader.test("rows")?),
            "value" if reader.takes("not") => {
                reader.word(&["null"])?;
                Self::ValueNotNull
            }
            "value" => Self::Value(reader.test("value")?),
            "column" => {
                let name = reader.name()?;
                Self::Column(name, reader.column_test()?)
            }
            "not" => {
                reader.word(&["truncated"])?;
                Self::NotTruncated
            }
            _ => {
                reader.word(&["within"])?;
                Self::FreshWithin(reader.span()?)
            }
        };
        match reader.peek() {
            None => Ok(rule),
            Some((at, rest)) => Err(reader.fault(at, &format!("\"{rest}\" is one word too many"))),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// What is left, with the byte where each word begins.
    words: std::iter::Peekable<std::vec::IntoIter<(usize, &'a str)>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, words: words(text).into_iter().peekable() }
    }

    fn fault(&self, at: usize, what: &str) -> String {
        let column = self.text[..at].chars().count() + 1;
        format!("\"{}\", column {column}: {what}", self.text)
    }

    fn peek(&mut self) -> Option<(usize, &'a str)> {
        self.words.peek().copied()
    }

    fn takes(&mut self, word: &str) -> bool {
        self.words.next_if(|(_, next)| *next == word).is_some()
    }

    /// The next word, whatever it is; `expected` says what for.
    fn next(&mut self, expected: &str) -> Result<(usize, &'a str), String> {
        self.words
            .next()
            .ok_or_else(|| self.fault(self.text.len(), &format!("ends where {expected} is expected")))
    }

    /// The next word, which is one of `known`.
    fn word(&mut self, known: &[&'static str]) -> Result<&'a str, String> {
        let expected = quoted(known);
        let (at, word) = self.next(&expected)?;
        if known.contains(&word) {
            return Ok(word);
        }
        let what = match name::nearest(word, known.iter().copied()) {
            Some(near) => format!("\"{word}\" is not known here; did you mean \"{near}\"?"),
            None => format!("\"{word}\" stands where {expected} is expected"),
        };
        Err(self.fault(at, &what))
    }

    fn test(&mut self, subject: &str) -> Result<Test, String> {
        let expected =
            format!("what {subject} is held against (> 0, between 1 and 9, within 5% of previous)");
        let (at, word) = self.next(&expected)?;
        if let Some(comparison) = comparison(word) {
            return Ok(Test::Is(comparison, self.number()?));
        }
        match word {
            "between" => self.between(),
            "within" => {
                let (at, text) = self.next("a number or a share (5%)")?;
                let tolerance = match text.strip_suffix('%') {
                    Some(share) => number(share).map(Tolerance::Percent),
                    None => number(text).map(Tolerance::By),
                };
                let tolerance = tolerance.filter(|tolerance| match tolerance {
                    Tolerance::Percent(most) | Tolerance::By(most) => *most >= 0.0,
                });
                let Some(tolerance) = tolerance else {
                    return Err(self.fault(at, &format!("\"{text}\" is not a tolerance; write 5% or 100")));
                };
                self.word(&["of"])?;
                self.word(&["previous"])?;
                Ok(Test::NearPrevious(tolerance))
            }
            other => {
                let known = ["between", "within"];
                let hint = name::nearest(other, known).map_or_else(
                    || format!("; {expected} is expected"),
                    |near| format!("; did you mean \"{near}\"?"),
                );
                Err(self.fault(at, &format!("\"{other}\" is not a comparison{hint}")))
            }
        }
    }

    fn between(&mut self) -> Result<Test, String> {
        let at = self.peek().map_or(self.text.len(), |(at, _)| at);
        let low = self.number()?;
        self.word(&["and"])?;
        let high = self.number()?;
        match low <= high {
            true => Ok(Test::Between(low, high)),
            false => Err(self
                .fault(at, &format!("no number is between {low} and {high}; the smaller one comes first"))),
        }
    }

    fn number(&mut self) -> Result<f64, String> {
        let (at, text) = self.next("a number")?;
        number(text).ok_or_else(|| {
            self.fault(at, &format!("\"{text}\" is not a number; write 1500, -0.5 or 2e6, without commas"))
        })
    }

    fn span(&mut self) -> Result<Span, String> {
        let (at, text) = self.next("a length of time (26h)")?;
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (amount, unit) = text.split_at(end);
        let unit = SpanUnit::ALL.into_iter().find(|known| known.as_str() == unit);
        let amount = amount.parse().ok().filter(|amount| *amount > 0);
        match (amount, unit) {
            (Some(amount), Some(unit)) => Ok(Span { amount, unit }),
            _ => {
                let what = format!("\"{text}\" is not a length of time; write 90m, 26h, 7d or 2w");
                Err(self.fault(at, &what))
            }
        }
    }

    /// A name in quotes, or all words up to the test.
    fn name(&mut self) -> Result<String, String> {
        let (at, first) = self.next("the name of a column")?;
        if let Some(quoted) = first.strip_prefix('"') {
            return match quoted.strip_suffix('"').filter(|name| !name.is_empty()) {
                Some(name) => Ok(name.to_owned()),
                None => Err(self.fault(at, "the name has no closing quote")),
            };
        }
        if is_test(first) {
            return Err(self.fault(at, "the name of a column is missing; write column NAME not null"));
        }
        let mut name = first.to_owned();
        while let Some((_, word)) = self.words.next_if(|(_, word)| !is_test(word)) {
            name.push(' ');
            name.push_str(word);
        }
        Ok(name)
    }

    fn column_test(&mut self) -> Result<ColumnTest, String> {
        let expected = "\"not null\", \"unique\" or a comparison (>= 0, between 1 and 9)";
        let Some((at, word)) = self.peek() else { return self.next(expected).map(|_| ColumnTest::Unique) };
        if self.takes("unique") {
            return Ok(ColumnTest::Unique);
        }
        if self.takes("not") {
            return self.word(&["null"]).map(|_| ColumnTest::NotNull);
        }
        match self.test("each value")? {
            Test::NearPrevious(_) => Err(self.fault(at, "a column is not compared with an earlier version")),
            Test::Is(Comparison::NotEqual, _) => {
                Err(self.fault(at, &format!("\"{word}\" is for rows and value only; {expected} is expected")))
            }
            test => Ok(ColumnTest::Every(test)),
        }
    }
}

/// Words, with the byte where each begins. What stands in quotes is one word, and operators need no spaces.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(skipped) = text[at..].find(|c: char| !c.is_whitespace()) {
        let begin = at + skipped;
        let rest = &text[begin..];
        let length = if let Some(inside) = rest.strip_prefix('"') {
            inside.find('"').map_or(rest.len(), |end| end + 2)
        } else if is_sign(rest.as_bytes()[0]) {
            rest.bytes().take_while(|byte| is_sign(*byte)).count()
        } else {
            rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '=' | '!')).unwrap_or(rest.len())
        };
        words.push((begin, &rest[..length]));
        at = begin + length;
    }
    words
}

const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'=' | b'!')
}

fn number(text: &str) -> Option<f64> {
    // A number that a YAML reader would know too: neither "inf" nor "nan", which Rust reads.
    let begins = text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.replace('_', "").parse().ok()?;
    (begins && number.is_finite()).then_some(number + 0.0)
}

fn quoted(known: &[&str]) -> String {
    let quoted: Vec<String> = known.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use crate::expect::Expectation;

    #[test]
    fn rules_read_back_as_they_are_written() {
        let check = |text: &str, canonical: &str| {
            let rule: Expectation = text.parse().expect(text);
            assert_eq!(rule.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(rule), "{canonical}");
        };
        for text in [
            "rows > 0",
            "rows within 10% of previous",
            "value between 1000 and 2000",
            "value within 0.5 of previous",
            "value != -0.25",
            "value not null",
            "not truncated",
            "fresh within 26h",
            "column id unique",
            "column Body mass (g) not null",
            "column \"not null\" not null",
            "column sum(v) between -20 and 50",
            "column \"a=b\" unique",
            "column 5\" disk unique",
        ] {
            check(text, text);
        }
        check("  rows   >=1_000 ", "rows >= 1000");
        check("value == 2e6", "value = 2000000");
        check("value > -0", "value > 0");
        check("column \"id\" unique", "column id unique");
        check("column \"a  b\">=1", "column \"a  b\" >= 1");
    }

    #[test]
    fn faults_are_told_with_their_column_and_the_nearest_word() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<Expectation>().expect_err(text);
            assert_eq!(error, format!("\"{text}\", {expected}"));
        };
        check("rwos > 0", "column 1: \"rwos\" is not known here; did you mean \"rows\"?");
        check("value betwen 1 and 2", "column 7: \"betwen\" is not a comparison; did you mean \"between\"?");
        check("value between 1 to 2", "column 17: \"to\" stands where \"and\" is expected");
        check(
            "value between 9 and 1",
            "column 15: no number is between 9 and 1; the smaller one comes first",
        );
        check("rows > 1,000", "column 8: \"1,000\" is not a number; write 1500, -0.5 or 2e6, without commas");
        check("rows > inf", "column 8: \"inf\" is not a number; write 1500, -0.5 or 2e6, without commas");
        check("value within five of previous", "column 14: \"five\" is not a tolerance; write 5% or 100");
        check(
            "value within 5% of previos",
            "column 20: \"previos\" is not known here; did you mean \"previous\"?",
        );
        check("fresh within 26", "column 14: \"26\" is not a length of time; write 90m, 26h, 7d or 2w");
        check("fresh within 0h", "column 14: \"0h\" is not a length of time; write 90m, 26h, 7d or 2w");
        check("not truncated at all", "column 15: \"at\" is one word too many");
        check("column not null", "column 8: the name of a column is missing; write column NAME not null");
        check("column \"a unique", "column 8: the name has no closing quote");
        check(
            "column a",
            "column 9: ends where \"not null\", \"unique\" or a comparison (>= 0, between 1 and 9) is expected",
        );
        check("", "column 1: ends where \"rows\", \"value\", \"column\", \"not\" or \"fresh\" is expected");
        check(
            "größer > 1",
            "column 1: \"größer\" stands where \"rows\", \"value\", \"column\", \"not\" or \"fresh\" is expected",
        );
    }
}
