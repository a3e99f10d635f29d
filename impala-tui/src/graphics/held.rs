//! The pictures that a terminal of kitty's kind holds, so that they can be taken back whatever happens.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// Their numbers.
static HELD: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A number that other programs at this terminal are unlikely to use.
pub(super) fn new_id() -> u32 {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let first = 0x1a_0000 + (std::process::id() & 0x7f) * 0x100;
    let id = held.last().map_or(first, |last| last + 1);
    held.insert(id);
    id
}

/// Takes all back but these.
///
/// # Errors
/// When the terminal is gone.
pub(super) fn take_others_back(out: &mut impl Write, kept: BTreeSet<u32>) -> std::io::Result<()> {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    for id in held.difference(&kept) {
        take_back(out, *id)?;
    }
    *held = kept;
    Ok(())
}

/// Takes all pictures back; the terminal is being left.
///
/// # Errors
/// When the terminal is gone.
pub fn take_all_back(out: &mut impl Write) -> std::io::Result<()> {
    // In a panic the holder of the lock may be the one that panicked.
    let Ok(mut held) = HELD.try_lock() else { return Ok(()) };
    for id in std::mem::take(&mut *held) {
        take_back(out, id)?;
    }
    Ok(())
}

fn take_back(out: &mut impl Write, id: u32) -> std::io::Result<()> {
    write!(out, "\x1b_Ga=d,d=I,i={id},q=2\x1b\\")
}
