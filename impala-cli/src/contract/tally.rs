//! Violations as they come: all are counted, and so many are kept as memory is to hold.

use std::collections::BTreeMap;

use impala_core::FieldError;

/// So many are kept, the first ones.
const MOST_KEPT: usize = 100_000;

/// Of each rule of each column some are kept, however many there were before them.
const ALWAYS_KEPT: u64 = 10;

/// How many violations there are, by column and rule. Those of whole rows have no column.
pub type Counts = BTreeMap<(Option<String>, Option<String>), u64>;

/// Violations of a file.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Those that are kept.
    pub kept: Vec<FieldError>,
    /// All of them.
    pub counts: Counts,
}

impl Tally {
    /// Counts one, and keeps it where there is room.
    pub fn add(&mut self, fault: FieldError) {
        let count = self.counts.entry((fault.column.clone(), fault.rule.clone())).or_default();
        *count += fault.count();
        if self.kept.len() < MOST_KEPT || *count <= ALWAYS_KEPT {
            self.kept.push(fault);
        }
    }

    /// Few of them.
    pub fn of(faults: impl IntoIterator<Item = FieldError>) -> Self {
        let mut tally = Self::default();
        faults.into_iter().for_each(|fault| tally.add(fault));
        tally
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// The faults of a file that cannot be read as it is, as violations.
pub fn as_violations(faults: &[FieldError]) -> Vec<FieldError> {
    let named = faults.iter().cloned().map(|fault| match (fault.row, &fault.rule) {
        (Some(_), None) => FieldError { rule: Some("row".to_owned()), ..fault },
        _ => fault,
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_some_of_each_kind_are_kept() {
        let fault = |column: &str, row| FieldError {
            column: Some(column.to_owned()),
            row: Some(row),
            rule: Some("type".to_owned()),
            ..FieldError::at("", "is wrong")
        };
        let mut tally = Tally::default();
        (0..150_000).for_each(|row| tally.add(fault("a", row)));
        (0..30).for_each(|row| tally.add(fault("b", row)));
        assert_eq!(tally.kept.len(), MOST_KEPT + 10);
        assert_eq!(tally.total(), 150_030);
        assert_eq!(tally.counts.values().copied().collect::<Vec<_>>(), [150_000, 30]);
    }
}
