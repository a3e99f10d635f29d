//! Fingerprints of rows.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

use impala_core::data::{Column, Values};

use super::Shared;
use super::spill::Record;

/// Two keyed hashes of 64 bits, which make one of 128.
pub(super) struct Hashers([RandomState; 2]);

impl Hashers {
    pub(super) fn new() -> Self {
        Self([RandomState::new(), RandomState::new()])
    }

    /// A record for each row; their numbers are left to the caller. `columns` are in the order of `shared`. Without a key
    /// the whole row is its key, and there are no other values.
    pub(super) fn records(&self, shared: &[Shared], columns: &[Column]) -> impl Iterator<Item = Record> {
        let has_key = shared.iter().any(|column| column.is_key);
        let rows = columns.first().map_or(0, |column| column.values.len());
        (0..rows).map(move |row| {
            let of = |is_key: bool| {
                let part =
                    shared.iter().zip(columns).filter(move |(shared, _)| !has_key || shared.is_key == is_key);
                self.fingerprint(part, row)
            };
            Record { key: of(true), values: if has_key { of(false) } else { 0 }, row: 0 }
        })
    }

    fn fingerprint<'a>(&self, columns: impl Iterator<Item = (&'a Shared, &'a Column)>, row: usize) -> u128 {
        let mut hashers = [self.0[0].build_hasher(), self.0[1].build_hasher()];
        for (shared, column) in columns {
            for hasher in &mut hashers {
                match shared.is_retyped {
                    true => column.values.text(row).hash(hasher),
                    false => value(&column.values, row, hasher),
                }
            }
        }
        (u128::from(hashers[0].finish()) << 64) | u128::from(hashers[1].finish())
    }
}

fn value(values: &Values, row: usize, hasher: &mut impl Hasher) {
    match values {
        Values::Boolean(values) => values[row].hash(hasher),
        Values::Integer(values) => values[row].hash(hasher),
        // Zero has two signs and "not a number" many forms, which are one value each.
        Values::Decimal(values) => values[row]
            .map(|v| if v.is_nan() { f64::NAN.to_bits() } else { (v + 0.0).to_bits() })
            .hash(hasher),
        Values::Date(values) => values[row].hash(hasher),
        Values::Datetime(values) => values[row].hash(hasher),
        Values::Timestamp(values) => values[row].hash(hasher),
        Values::String(values) => values[row].hash(hasher),
    }
}
