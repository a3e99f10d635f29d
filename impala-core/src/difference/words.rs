//! What differs between two canvases in a few words, for a list of revisions.

use super::{Change, Deed, PartKind};

/// Names told of parts that have the same become of them.
const NAMED: usize = 3;

/// Changes in a few words: `added blocks rain, wind; moved block days`. Empty when there are none.
pub fn in_words(changes: &[Change]) -> String {
    let mut told: Vec<(Deed, PartKind)> = Vec::new();
    for change in changes {
        if !told.contains(&(change.change, change.part)) {
            told.push((change.change, change.part));
        }
    }
    let words = told.into_iter().map(|(deed, part)| {
        let names = changes.iter().filter(|one| (one.change, one.part) == (deed, part));
        of_one_kind(deed, part, &names.map(|one| one.name.as_str()).collect::<Vec<_>>())
    });
    words.collect::<Vec<_>>().join("; ")
}

/// `added blocks rain, wind, snow and 2 more`.
fn of_one_kind(deed: Deed, part: PartKind, names: &[&str]) -> String {
    let deed = match deed {
        Deed::Added => "added",
        Deed::Removed => "removed",
        Deed::Moved => "moved",
        Deed::Changed => "changed",
    };
    let plural = if names.len() > 1 { "s" } else { "" };
    let mut text = format!("{deed} {}{plural}", part.as_str());
    let told: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).take(NAMED).collect();
    if !told.is_empty() {
        text += &format!(" {}", told.join(", "));
    }
    if names.len() > NAMED {
        text += &format!(" and {} more", names.len() - NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Deed, PartKind};
    use super::in_words;

    #[test]
    fn parts_with_the_same_become_of_them_are_told_together() {
        let change = |name: &str, part, change| Change { part, ..Change::of(name, change) };
        let check = |changes: &[Change], expected: &str| assert_eq!(in_words(changes), expected);
        let block = |name, deed| change(name, PartKind::Block, deed);
        check(&[], "");
        check(&[block("days", Deed::Changed)], "changed block days");
        check(
            &[
                change("", PartKind::Title, Deed::Changed),
                block("a", Deed::Added),
                block("b", Deed::Moved),
                block("c", Deed::Added),
            ],
            "changed title; added blocks a, c; moved block b",
        );
        check(
            &["a", "b", "c", "d", "e"].map(|name| block(name, Deed::Removed)),
            "removed blocks a, b, c and 2 more",
        );
        check(&[change("since", PartKind::Parameter, Deed::Added)], "added parameter since");
    }
}
