//! Layers that come before any screen: help, palette, log, a line to type, a question.

mod help;
mod log;
mod palette;
mod question;

pub use help::Help;
pub use log::Log;
pub use palette::{Entry, Palette};
pub use question::{Confirm, Prompt};
