//! Progress of the work, and a way to end it early.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use super::Error;

/// Receives byte counts, and can stop the work.
#[derive(Clone)]
pub struct Watch {
    report: Arc<dyn Fn(u64) + Send + Sync>,
    bytes: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Watch {
    /// `report` is called with the bytes that have passed so far.
    pub fn new(report: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self { report: Arc::new(report), bytes: Arc::default(), stopped: Arc::default() }
    }

    /// Reports nothing.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Ends the work soon; what was begun is tidied up.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn passed(&self, bytes: usize) -> Result<(), Error> {
        let before = self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        (self.report)(before + bytes as u64);
        if self.stopped.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }

    /// As [`Watch::passed`], as an I/O error.
    fn passed_in_reader(&self, bytes: usize) -> io::Result<()> {
        self.passed(bytes).map_err(|_| io::Error::other(STOPPED))
    }
}

const STOPPED: &str = "stopped by the one who asked";

/// Whether a reader failed only because of [`Watch::stop`].
pub(super) fn is_stop(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string() == STOPPED
}

/// A reader that counts and hashes what passes.
pub(super) struct Hashing<'a, R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
    watch: &'a Watch,
}

impl<'a, R: Read> Hashing<'a, R> {
    pub fn new(inner: R, watch: &'a Watch) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0, watch }
    }

    /// Reads what is left; then the bytes that there were, and their SHA-256 in hexadecimal.
    pub fn finish(mut self) -> io::Result<(u64, String)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((self.bytes, hex::encode(self.hash.finalize())))
    }
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        self.watch.passed_in_reader(read)?;
        Ok(read)
    }
}
