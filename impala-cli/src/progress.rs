//! How far an upload or download is: a bar on a terminal, elsewhere a line now and then.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use impala_core::client::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::printer::Printer;
use crate::printer::ago::size;

/// How often a line is printed where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// How long something takes before it is worth a line.
#[cfg(feature = "server")]
const MOMENT: Duration = Duration::from_millis(200);

/// Waits for `work`. On a terminal it says what that is when it takes longer than a moment, where the meter was before it.
#[cfg(feature = "server")]
pub async fn during<T>(words: String, printer: &Printer, work: impl Future<Output = T>) -> T {
    shown_during(|| Meter::note(words, printer), work).await
}

#[cfg(feature = "server")]
async fn shown_during<T, S>(show: impl FnOnce() -> S, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    if let Ok(done) = tokio::time::timeout(MOMENT, &mut work).await {
        return done;
    }
    let _shown = show();
    work.await
}

/// The meters of what goes on at once.
pub struct Meters {
    bars: Option<MultiProgress>,
    is_quiet: bool,
}

impl Meters {
    /// Nothing is shown when the user wants quiet.
    pub fn new(printer: &Printer) -> Self {
        let has_bars = !printer.is_quiet && std::io::stderr().is_terminal();
        Self { bars: has_bars.then(MultiProgress::new), is_quiet: printer.is_quiet }
    }

    /// A meter for `length` bytes, `None` when nobody knows how many.
    pub fn meter(&self, name: &str, length: Option<u64>) -> Meter {
        match &self.bars {
            Some(bars) => Meter::with_bar(bars.add(bar(name, length)), length, Some(bars.clone())),
            None if self.is_quiet => Meter::silent(),
            None => Meter { bar: None, bars: None, callback: lines(name.to_owned(), length) },
        }
    }

    /// Prints something while no bar is drawn.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bars {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }
}

/// Tells how far something is. It clears itself when dropped.
pub struct Meter {
    bar: Option<ProgressBar>,
    bars: Option<MultiProgress>,
    callback: Progress,
}

impl Meter {
    /// A meter for `length` bytes, `None` when nobody knows how many; nothing is shown when the user wants quiet.
    pub fn new(name: &str, length: Option<u64>, printer: &Printer) -> Self {
        if printer.is_quiet {
            return Self::silent();
        }
        if std::io::stderr().is_terminal() {
            return Self::with_bar(bar(name, length), length, None);
        }
        Self { bar: None, bars: None, callback: lines(name.to_owned(), length) }
    }

    /// Words alone, on a terminal.
    #[cfg(feature = "server")]
    fn note(words: String, printer: &Printer) -> Self {
        if printer.is_quiet || !std::io::stderr().is_terminal() {
            return Self::silent();
        }
        let bar = ProgressBar::new_spinner().with_style(style("{prefix} {spinner}")).with_prefix(words);
        Self::with_bar(bar, None, None)
    }

    fn silent() -> Self {
        Self { bar: None, bars: None, callback: Arc::new(|_| {}) }
    }

    fn with_bar(bar: ProgressBar, length: Option<u64>, bars: Option<MultiProgress>) -> Self {
        // It draws at once, so only when it is known below which others it stands: that frame would be nobody's to clear.
        bar.enable_steady_tick(Duration::from_millis(200));
        let callback: Progress = Arc::new({
            let bar = bar.clone();
            move |bytes| {
                bar.set_position(bytes);
                if Some(bytes) == length {
                    bar.set_style(style(
                        "{prefix}: sent {decimal_bytes}, waiting for the server to read it {spinner}",
                    ));
                }
            }
        });
        Self { bar: Some(bar), bars, callback }
    }

    /// To be told of bytes.
    pub fn callback(&self) -> Progress {
        self.callback.clone()
    }

    /// Tells of bytes.
    pub fn at(&self, bytes: u64) {
        (self.callback)(bytes);
    }

    /// Prints something while no bar is drawn.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match (&self.bars, &self.bar) {
            (Some(bars), _) => bars.suspend(print),
            (None, Some(bar)) => bar.suspend(print),
            (None, None) => print(),
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(name: &str, length: Option<u64>) -> ProgressBar {
    let (bar, template) = match length {
        Some(length) => (
            ProgressBar::new(length),
            "{prefix} {wide_bar} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta}",
        ),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {decimal_bytes}, {decimal_bytes_per_sec}"),
    };
    // What is set on a bar is drawn at once; what it begins with is not.
    bar.with_style(style(template)).with_prefix(name.to_owned())
}

fn style(template: &str) -> ProgressStyle {
    // The templates are ours, and right.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn lines(name: String, length: Option<u64>) -> Progress {
    let last = Mutex::new(Instant::now());
    let shown = AtomicU64::new(0);
    let total = length.map(|length| format!(" of {}", size(length))).unwrap_or_default();
    Arc::new(move |bytes| {
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() >= EVERY && shown.swap(bytes, Ordering::Relaxed) != bytes {
            *last = Instant::now();
            // Progress that cannot be told is no reason to stop.
            let _ = writeln!(std::io::stderr().lock(), "{name}: {}{total}", size(bytes));
        }
    })
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_goes_on_is_shown_only_when_it_takes_longer_than_a_moment() {
        let (shown, is_shown) = tokio::sync::oneshot::channel();
        // It ends when it is shown, and not before.
        shown_during(|| shown.send(()), is_shown).await.unwrap();
        let at_once = shown_during(|| panic!("it was done at once"), std::future::ready(7)).await;
        assert_eq!(at_once, 7);
    }
}
