//! The terminal: entered once, and given back as it was, whatever happens.

use std::io::{self, BufWriter, Stdout, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;

use crate::app::App;
use crate::cache::PaintCache;
use crate::graphics::{self, Gallery, Graphics, Order, Painted};
use crate::page::Page;
use crate::panics;

/// Whether there is something to give back.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// The screen, in raw mode. Dropped, it gives the terminal back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    cache: PaintCache,
    has_mouse: bool,
    /// What stands there.
    shown: Option<Page>,
    /// Whether every cell is to be drawn again.
    is_stale: bool,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When it is not a terminal, or cannot be taken over.
    pub fn enter(has_mouse: bool, graphics: Graphics) -> io::Result<Self> {
        panics::give_back_on_panic();
        take(has_mouse)?;
        // Now, as what asks the terminal gives it back, as it was, only after it has told its answer.
        let gallery = Gallery::open(graphics);
        let terminal = Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout())))?;
        Ok(Self { terminal, cache: PaintCache::new(gallery), has_mouse, shown: None, is_stale: false })
    }

    /// Its size in columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    /// Draws the program, in one go; nothing is written when it looks as before.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let area = Rect::from((ratatui::layout::Position::ORIGIN, self.terminal.size()?));
        let page = Page::of(app, &mut self.cache, area);
        let has_lost = self.cache.gallery.as_mut().is_some_and(Gallery::end);
        let is_to_be_wiped = std::mem::take(&mut self.is_stale) || has_lost;
        if !is_to_be_wiped && self.shown.as_ref() == Some(&page) {
            return Ok(());
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if is_to_be_wiped {
            self.wipe()?;
        }
        self.put(&page)?;
        if let Some(gallery) = &self.cache.gallery {
            gallery.free(self.terminal.backend_mut())?;
        }
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.shown = Some(page);
        self.flush()
    }

    fn put(&mut self, page: &Page) -> io::Result<()> {
        self.terminal.draw(|frame| {
            // The terminal may have got another size just now: that is told, and drawn next.
            if frame.area() != page.buffer.area {
                return;
            }
            frame.buffer_mut().clone_from(&page.buffer);
            if let Some(cursor) = page.cursor {
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

    fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(self.terminal.backend_mut())
    }

    /// Has every cell drawn again next time: the terminal has another size, and perhaps cells of another size, or something
    /// else has written on it. Sizes that follow each other at once may end with the first one, and what the terminal did
    /// with the cells meanwhile is not known.
    pub fn forget(&mut self) {
        if let Some(gallery) = &mut self.cache.gallery {
            gallery.forget();
        }
        self.is_stale = true;
    }

    /// Empties the screen. Ratatui's own `clear` asks the terminal where its cursor is, and the answer would go to whatever
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

    /// Puts text on the clipboard of the user at the terminal, over ssh too (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clip(&mut self, text: &str) -> io::Result<()> {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        write!(self.terminal.backend_mut(), "\x1b]52;c;{encoded}\x07")?;
        self.flush()
    }

    /// Gives the terminal back as the shell knows it.
    ///
    /// # Errors
    /// When it is gone.
    pub fn lend(&mut self) -> io::Result<()> {
        self.flush()?;
        give_back();
        Ok(())
    }

    /// Takes the terminal over once more, after it was lent.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_again(&mut self) -> io::Result<()> {
        take(self.has_mouse)?;
        self.forget();
        Ok(())
    }

    /// Takes the terminal over once more, after something else may have had it that it was not lent to: SIGSTOP leaves no time for
    /// that. Crossterm goes into raw mode only when it believes that it is not, so it is left first.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_back(&mut self) -> io::Result<()> {
        disable_raw_mode()?;
        self.take_again()
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

/// Whether the terminal is ours now.
pub fn is_taken() -> bool {
    IS_ENTERED.load(Ordering::SeqCst)
}

/// Undoes what a program at this terminal may have asked of it. Editors that are ended leave the mouse told, if nothing else.
pub fn restore() {
    let mut out = io::stdout();
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = out.flush();
}

/// Begins a line, as what a program said as it was ended may stand in this one and without an end.
pub fn begin_line() {
    let mut out = io::stdout();
    let _ = queue!(out, cursor::MoveToColumn(0), Clear(ClearType::FromCursorDown));
    let _ = out.flush();
}

/// Gives the terminal back, if it was taken. It is the last that can be done, so failing changes nothing.
pub fn give_back() {
    if !IS_ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = graphics::take_all_back(&mut io::stdout());
    restore();
    let _ = disable_raw_mode();
    for told in panics::take_later() {
        let _ = writeln!(io::stderr(), "{told}");
    }
}
