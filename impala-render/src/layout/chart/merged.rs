//! Values that share a place, as one: what that is depends on how each of them was made.

use impala_core::BlockData;
use impala_core::data::Column;
use impala_core::term::{Aggregate, Term};

use super::field::Field;
use crate::layout::note::Note;

/// How the values of a field become one.
pub struct Merging<'a> {
    field: Field<'a>,
    /// How many values each mean is made of, where the answer says so.
    weights: Option<&'a Column>,
}

impl<'a> Merging<'a> {
    /// How the values of `field` become one.
    pub fn of(field: Field<'a>, data: &'a BlockData) -> Self {
        let counted = Term::Aggregate(Aggregate::Count, field.channel.field.clone());
        let weights = data.column(&counted.to_string()).filter(|_| field.channel.field.is_some());
        Self { field, weights }
    }

    /// The value of several rows: counts and sums add up, of least and greatest values it is the least or greatest, and means are
    /// weighted by what they are means of. All others have their mean. `None` when no row has a value.
    pub fn value(&self, rows: &[usize]) -> Option<f64> {
        let values = || rows.iter().filter_map(|row| self.field.number(*row));
        match self.field.channel.aggregate {
            Some(Aggregate::Count | Aggregate::Sum) => values().reduce(|a, b| a + b),
            Some(Aggregate::Min) => values().reduce(f64::min),
            Some(Aggregate::Max) => values().reduce(f64::max),
            _ => self.mean(rows),
        }
    }

    fn mean(&self, rows: &[usize]) -> Option<f64> {
        let weight = |row: &usize| match self.weights.filter(|_| self.is_weighted()) {
            Some(weights) => weights.values.number(*row).unwrap_or(0.0),
            None => 1.0,
        };
        let weighed = rows.iter().filter_map(|row| Some((self.field.number(*row)?, weight(row))));
        let (sum, whole) =
            weighed.fold((0.0, 0.0), |(sum, whole), (value, weight)| (sum + value * weight, whole + weight));
        (whole > 0.0).then(|| sum / whole)
    }

    fn is_weighted(&self) -> bool {
        self.field.channel.aggregate == Some(Aggregate::Mean) && self.weights.is_some()
    }

    /// What bars that share a place are together, in words: `their mean`; empty where they add up.
    pub fn words(&self) -> &'static str {
        match self.field.channel.aggregate {
            None | Some(Aggregate::Count | Aggregate::Sum) => "",
            Some(Aggregate::Min) => "their least",
            Some(Aggregate::Max) => "their greatest",
            Some(_) => "their mean",
        }
    }

    /// What is to be known of colors that stand for several values: where they are not what their legend says, as nothing is known
    /// of the rows behind a median.
    pub fn note(&self) -> Note {
        match self.field.channel.aggregate {
            Some(Aggregate::Count | Aggregate::Sum | Aggregate::Min | Aggregate::Max) => Note::NONE,
            Some(Aggregate::Mean) if self.is_weighted() => Note::NONE,
            None => "colors are means".into(),
            Some(_) => Note::from("colors of merged cells are plain means").or("colors are means"),
        }
    }
}

#[cfg(test)]
mod tests {
    use impala_core::data::Values;
    use impala_core::encoding::Channel;

    use super::*;

    #[test]
    fn values_become_one_by_how_they_were_made() {
        let check = |aggregate: Option<Aggregate>, has_counts: bool, expected: f64| {
            let channel = Channel { aggregate, field: Some("v".to_owned()), ..Channel::default() };
            let values = |values: Vec<f64>| Values::Decimal(values.into_iter().map(Some).collect());
            let column = Column::new("v", values(vec![1.0, 5.0, 9.0]));
            let counts = has_counts.then(|| Column::new("count(v)", values(vec![6.0, 2.0, 100.0])));
            let merging =
                Merging { field: Field { channel: &channel, column: &column }, weights: counts.as_ref() };
            assert_eq!(merging.value(&[0, 1]), Some(expected), "{aggregate:?}");
        };
        check(Some(Aggregate::Count), false, 6.0);
        check(Some(Aggregate::Sum), false, 6.0);
        check(Some(Aggregate::Min), false, 1.0);
        check(Some(Aggregate::Max), false, 5.0);
        check(Some(Aggregate::Mean), true, 2.0);
        check(Some(Aggregate::Mean), false, 3.0);
        check(Some(Aggregate::Median), true, 3.0);
        check(None, false, 3.0);
    }
}
