//! Names in a condition of SQL: where one is being typed, and how it is written.

use std::borrow::Cow;

/// Words behind which a name is expected.
const BEFORE_NAME: [&str; 3] = ["AND", "OR", "NOT"];

/// Words that mean something else than a field of that name, and values that are typed as words.
const RESERVED: [&str; 40] = [
    "ALL", "AND", "ANY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CROSS", "DESC", "DISTINCT", "ELSE",
    "END", "EXISTS", "FALSE", "FROM", "GROUP", "HAVING", "ILIKE", "IN", "INTERVAL", "IS", "JOIN", "LEFT",
    "LIKE", "LIMIT", "NOT", "NULL", "ON", "OR", "ORDER", "RIGHT", "SELECT", "THEN", "TRUE", "UNION", "WHEN",
    "WHERE", "WITH",
];

fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word.to_ascii_uppercase().as_str())
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The name that is being typed at the end of `before`: `win`, `"Body ma`, `$sin`. Empty where a name is expected and none has
/// begun; `None` where something else is: a value, an operator, a text in single quotes.
pub(super) fn name_typed(before: &str) -> Option<&str> {
    let mut quote: Option<(char, usize)> = None;
    for (at, c) in before.char_indices() {
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some((c, at)),
            Some((open, _)) if open == c => quote = None,
            _ => {}
        }
    }
    match quote {
        Some(('"', at)) => return Some(&before[at..]),
        Some(_) => return None,
        None => {}
    }
    let rest = before.trim_end_matches(is_letter);
    let rest = rest.strip_suffix('$').unwrap_or(rest);
    let word = &before[rest.len()..];
    if word.is_empty() {
        return is_name_expected(before).then_some(word);
    }
    (!word.starts_with(|c: char| c.is_ascii_digit()) && !is_reserved(word)).then_some(word)
}

fn is_name_expected(before: &str) -> bool {
    let last = before.trim_end();
    let word = &last[last.trim_end_matches(is_letter).len()..];
    let is_behind_word =
        last.len() < before.len() && BEFORE_NAME.contains(&word.to_ascii_uppercase().as_str());
    // A bracket behind IN holds values.
    let is_behind_in = || last.trim_end_matches(['(', ' ']).to_ascii_uppercase().ends_with("IN");
    last.is_empty() || is_behind_word || (last.ends_with('(') && !is_behind_in())
}

/// Bytes at the end of `before` that are the beginning of a name, also of several words of it: `Body ma`.
pub(super) fn begun(before: &str, name: &str) -> usize {
    let name = name.to_lowercase();
    // Letters may take other bytes in lower case, and these are of the text as it is.
    let is_start =
        |at: &usize| !before[..*at].ends_with(is_letter) && name.starts_with(&before[*at..].to_lowercase());
    let start = before.char_indices().map(|(at, _)| at).find(is_start);
    start.map_or(0, |at| before.len() - at)
}

/// A name as SQL reads it: in double quotes where it is no plain word.
pub fn name(name: &str) -> Cow<'_, str> {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !is_reserved(name);
    match is_plain || name.starts_with('$') {
        true => Cow::Borrowed(name),
        false => Cow::Owned(format!("\"{}\"", name.replace('"', "\"\""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_typed_where_the_grammar_takes_one() {
        let check =
            |before: &str, expected: Option<&str>| assert_eq!(name_typed(before), expected, "{before}");
        check("", Some(""));
        check("win", Some("win"));
        check("wind > ", None);
        check("wind > 3", None);
        check("wind > 3 AND", None);
        check("wind > 3 and ", Some(""));
        check("wind > 3 AND da", Some("da"));
        check("(", Some(""));
        check("kind IN (", None);
        check("kind IN ($k", Some("$k"));
        check("kind = 'ra", None);
        check("kind = 'rain' OR \"Body ma", Some("\"Body ma"));
    }

    #[test]
    fn several_words_of_a_name_are_its_beginning() {
        let check = |before: &str, expected: &str| {
            let bytes = begun(before, "Body mass (g)");
            assert_eq!(&before[before.len() - bytes..], expected, "{before}");
        };
        check("date > 3 AND body ma", "body ma");
        check("anybody ma", "");
        // A letter of two bytes, of three in lower case.
        check("'İ' = body ma", "body ma");
        check("mass", "");
    }

    #[test]
    fn names_that_are_no_plain_words_stand_in_quotes() {
        let check = |text: &str, expected: &str| assert_eq!(name(text), expected);
        check("temp_max", "temp_max");
        check("Body mass (g)", "\"Body mass (g)\"");
        check("5\" pipe", "\"5\"\" pipe\"");
        check("order", "\"order\"");
        check("$since", "$since");
    }
}
