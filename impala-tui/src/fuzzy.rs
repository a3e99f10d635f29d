//! Finding a line by some of its letters, in order. The matchers that are well kept come under licences that `deny.toml`
//! does not let in, and a list of some hundred lines needs none of their speed.

/// How well `pattern` matches: more is better, `None` not at all. Each letter but the first has to follow the one before it or
/// to begin a word, as letters that are strewn over a sentence are found in nearly all. Case does not matter.
pub fn score(pattern: &str, text: &str) -> Option<i64> {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (pattern, text) = (letters(pattern), letters(text));
    let begins = |i: usize| i == 0 || !text[i - 1].is_alphanumeric();
    let worth = |i: usize| 4 + 6 * i64::from(begins(i));
    // By place in the text: the best score of a match of the letters so far that ends there.
    let mut ends: Option<Vec<Option<i64>>> = None;
    for wanted in pattern.into_iter().filter(|c| !c.is_whitespace()) {
        let mut before = None;
        let next = |i: usize| {
            let Some(ends) = &ends else { return (text[i] == wanted).then(|| worth(i)) };
            let follows = i.checked_sub(1).and_then(|last| ends[last]);
            before = before.max(follows);
            let follows = follows.map(|score| score + 8);
            let from = if begins(i) { follows.max(before) } else { follows };
            from.filter(|_| text[i] == wanted).map(|score| score + worth(i))
        };
        ends = Some((0..text.len()).map(next).collect());
    }
    let best = ends.map_or(Some(0), |ends| ends.into_iter().max().flatten())?;
    Some(best - text.len() as i64 / 8)
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
        check("tmax", &["temp_max", "temp_min"], &[0]);
        check("help", &["Focus the block below, please", "Show the keys; help"], &[1]);
    }
}
