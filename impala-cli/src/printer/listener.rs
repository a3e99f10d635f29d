//! Whether what is printed arrives.

use std::io;
use std::sync::OnceLock;

/// The other end of stdout. The first write that fails is the last.
#[derive(Debug, Default)]
pub struct Listener(OnceLock<io::Error>);

impl Listener {
    /// Writes, while someone listens.
    pub fn hears(&self, write: impl FnOnce() -> io::Result<()>) {
        if self.is_there()
            && let Err(error) = write()
        {
            // Two that fail at once fail of the same cause.
            let _ = self.0.set(error);
        }
    }

    /// Whether everything has arrived so far.
    pub fn is_there(&self) -> bool {
        self.0.get().is_none()
    }

    /// Why something has not arrived, unless the reader chose to go.
    pub fn fault(&self) -> Option<&io::Error> {
        self.0.get().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(error: io::Error) -> Listener {
        let listener = Listener::default();
        listener.hears(|| Ok(()));
        assert!(listener.is_there() && listener.fault().is_none());
        listener.hears(|| Err(error));
        listener.hears(|| panic!("nobody listens"));
        assert!(!listener.is_there());
        listener
    }

    #[test]
    fn a_reader_that_has_gone_is_no_fault() {
        assert!(after(io::ErrorKind::BrokenPipe.into()).fault().is_none());
    }

    #[test]
    fn a_full_disk_is_one() {
        let listener = after(io::ErrorKind::StorageFull.into());
        assert_eq!(listener.fault().map(io::Error::kind), Some(io::ErrorKind::StorageFull));
    }
}
