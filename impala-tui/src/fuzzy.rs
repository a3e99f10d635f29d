//! Finding a line by some of its letters, in order. The matchers that are well kept come under licences that `deny.toml`
//! does not let in, and a list of some hundred lines needs none of their speed.

/// How well `pattern` matches: more is better, `None` not at all. Letters that begin a word or follow each other count more;
/// case does not matter.
pub fn score(pattern: &str, text: &str) -> Option<i64> {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let mut score = 0;
    let mut from = 0;
    let mut last: Option<usize> = None;
    for wanted in pattern.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let found = (from..text.len()).filter(|&i| text[i] == wanted);
        let worth = |i: usize| {
            let follows = last.is_some_and(|last| last + 1 == i);
            let begins = i == 0 || !text[i - 1].is_alphanumeric();
            i64::from(follows) * 8 + i64::from(begins) * 6
        };
        // The best place, and of equal ones the first.
        let at = found.max_by_key(|&i| (worth(i), std::cmp::Reverse(i)))?;
        score += 4 + worth(at);
        from = at + 1;
        last = Some(at);
    }
    Some(score - text.len() as i64 / 8)
}

/// Indexes of the texts that match, the best first; all of them, in their order, for an empty pattern.
pub fn rank<'a>(pattern: &str, texts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let scored = texts.into_iter().enumerate();
    if pattern.trim().is_empty() {
        return scored.map(|(index, _)| index).collect();
    }
    let mut found: Vec<(i64, usize)> =
        scored.filter_map(|(index, text)| Some((score(pattern, text)?, index))).collect();
    found.sort_by_key(|(score, index)| (-score, *index));
    found.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_comes_first() {
        let check = |pattern: &str, texts: &[&str], expected: &[usize]| {
            assert_eq!(rank(pattern, texts.iter().copied()), expected, "{pattern}");
        };
        check("eb", &["delete block", "edit block", "zoom"], &[1, 0]);
        check("undo", &["redo", "undo"], &[1]);
        check("", &["b", "a"], &[0, 1]);
        check("PREC", &["precipitation", "wind"], &[0]);
        check("xyz", &["precipitation"], &[]);
    }
}
