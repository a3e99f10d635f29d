//! The terminal: entered once, and given back as it was, whatever happens.

use std::io::{self, BufWriter, Stdout, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::app::App;
use crate::cache::PaintCache;
use crate::graphics::{self, Gallery, Order, Painted};
use crate::paper::Paper;

/// Whether there is something to give back.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// The screen, in raw mode. Dropped, it gives the terminal back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    cache: PaintCache,
    has_mouse: bool,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When it is none, or lets nobody take it over.
    pub fn enter(has_mouse: bool, gallery: Option<Gallery>) -> io::Result<Self> {
        give_back_on_panic();
        take(has_mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout())))?;
        Ok(Self { terminal, cache: PaintCache::new(gallery), has_mouse })
    }

    /// Its size in columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    /// Draws the program, in one go.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.draw_once(app)?;
        let is_to_be_wiped = self.cache.gallery.as_mut().is_some_and(Gallery::end);
        if is_to_be_wiped {
            self.wipe()?;
            self.draw_once(app)?;
            self.cache.gallery.as_mut().map(Gallery::end);
        }
        if let Some(gallery) = &self.cache.gallery {
            gallery.free(self.terminal.backend_mut())?;
        }
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.flush()
    }

    fn draw_once(&mut self, app: &App) -> io::Result<()> {
        let cache = &mut self.cache;
        self.terminal.draw(|frame| {
            let mut paper = Paper { buffer: frame.buffer_mut(), look: app.shared.look, cursor: None };
            app.view(&mut paper, cache);
            if let Some(cursor) = paper.cursor {
                frame.set_cursor_position(cursor);
            }
        })?;
        Ok(())
    }

    /// Pictures to be painted, away from the loop.
    pub fn orders(&mut self) -> Vec<Order> {
        self.cache.gallery.as_mut().map(Gallery::orders).unwrap_or_default()
    }

    /// Takes a picture, which is shown by the next frame.
    pub fn keep(&mut self, painted: Painted) {
        if let Some(gallery) = &mut self.cache.gallery {
            gallery.keep(painted);
        }
    }

    /// The terminal has another size, and perhaps cells of another size.
    pub fn resized(&mut self) {
        if let Some(gallery) = &mut self.cache.gallery {
            gallery.forget();
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(self.terminal.backend_mut())
    }

    /// Draws every cell anew next time.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        self.resized();
        self.wipe()
    }

    /// Empties the screen. Ratatui's own `clear` asks the terminal where its cursor is, and the answer would go to whoever
    /// reads the keys.
    fn wipe(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Takes the mouse, or gives it to the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn mouse(&mut self, is_ours: bool) -> io::Result<()> {
        self.has_mouse = is_ours;
        if is_ours {
            queue!(self.terminal.backend_mut(), EnableMouseCapture)?;
        } else {
            queue!(self.terminal.backend_mut(), DisableMouseCapture)?;
        }
        self.flush()
    }

    /// Puts text on the clipboard of whoever sits at the terminal, over ssh too (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clip(&mut self, text: &str) -> io::Result<()> {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        write!(self.terminal.backend_mut(), "\x1b]52;c;{encoded}\x07")?;
        self.flush()
    }

    /// Lets `work` have the terminal as the shell knows it, and takes it over again.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.flush()?;
        give_back();
        let done = work();
        self.take_again()?;
        Ok(done)
    }

    /// Takes the terminal over once more, after something else has had it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_again(&mut self) -> io::Result<()> {
        take(self.has_mouse)?;
        self.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take(has_mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    IS_ENTERED.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if has_mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Gives the terminal back, if it was taken. It is the last that can be done, so failing changes nothing.
fn give_back() {
    if !IS_ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = graphics::take_all_back(&mut out);
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic's message belongs on the screen that the shell shows.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
    });
}
