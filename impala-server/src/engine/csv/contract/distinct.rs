//! Finds repeated values among any number of them: hashes are sorted into parts by their first bits.

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use super::super::IngestError;
use super::PARTS;
use crate::engine::Stop;
use crate::engine::spill::Spill;

/// Values by their hash, of two halves, each with its row.
pub(super) struct Distinct {
    // Two random keys make 128 bits: different values are never taken for one.
    keys: [RandomState; 2],
    hashes: Spill<3>,
}

impl Distinct {
    /// * `folder`: as [`Spill::new`] takes it
    ///
    /// # Errors
    /// When no file can be made.
    pub fn new(folder: &Path) -> Result<Self, IngestError> {
        Ok(Self { keys: [RandomState::new(), RandomState::new()], hashes: Spill::new(folder, PARTS)? })
    }

    /// Notes the values of a row.
    pub fn note(&mut self, row: u64, values: &[&[u8]]) -> std::io::Result<()> {
        let [high, low] = [self.keys[0].hash_one(values), self.keys[1].hash_one(values)];
        self.hashes.add(high % PARTS, [high, low, row])
    }

    /// Calls `report` with each row whose values were in an earlier one, and that earlier row; in no order.
    ///
    /// # Errors
    /// Those of `report`; `Io` and `Stopped`.
    pub fn repeated(
        self,
        stop: &Stop,
        report: &mut dyn FnMut(u64, u64) -> std::io::Result<()>,
    ) -> Result<(), IngestError> {
        for entries in self.hashes.into_parts() {
            stop.check()?;
            let entries = entries?;
            let mut first = 0;
            for index in 1..entries.len() {
                if entries[index][..2] == entries[first][..2] {
                    report(entries[first][2], entries[index][2])?;
                } else {
                    first = index;
                }
            }
        }
        Ok(())
    }
}
