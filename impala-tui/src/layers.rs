//! Layers that come before any screen: help, palette, log, a line to type, a question.

mod help;
mod log;
mod palette;
mod prompt;
mod question;
mod servers;

pub use help::Help;
pub use log::Log;
pub use palette::{Entry, Palette};
pub use prompt::Prompt;
pub use question::Confirm;
pub use servers::Servers;
