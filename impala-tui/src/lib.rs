//! The terminal canvas: a shared canvas, read and edited in a grid of cells.
//!
//! Model, update, view: [`app`](crate) holds a stack of screens, `update` takes what happened and returns what is to be
//! done, `view` draws and changes nothing. In reading order:
//!
//! * `action`, `effect`: what can happen, and what the world is asked to do
//! * `keymap`: the one table of keys, which feeds help, footer, palette and the keymap file
//! * `screen`, `app`: what all screens have in common, and the stack of them
//! * `screens`, `layers`: one file each
//! * `runtime`, `input_thread`, `terminal`, `signals`, `panics`, `world`, `live`, `editor`: the only loop, and all that reaches
//!   outside
//! * `flags`, `setup`, `asking`: how it is started, and what the terminal is asked then
//! * `look`, `paper`, `page`, `cache`, `graphics`: drawing

mod action;
mod app;
mod asking;
mod cache;
mod command_log;
mod editor;
mod effect;
mod fields;
mod flags;
mod fuzzy;
mod graphics;
mod input;
mod input_thread;
mod keymap;
mod layers;
mod list;
mod live;
mod look;
mod memory;
mod message_log;
mod page;
mod panics;
mod paper;
mod runtime;
mod screen;
mod screens;
mod setup;
mod signals;
mod table;
mod terminal;
mod world;

#[cfg(test)]
mod tests;

pub use flags::Flags;
pub use graphics::Graphics;
pub use look::Background;
pub use memory::InMemory;
pub use runtime::End;
pub use screen::{Passing, quoted};
pub use screens::Target;
pub use setup::{NO_TERMINAL_HINT, Setup, Theme, check_terminal, ink_of_terminal, keymap_help, run};
pub use world::Home;
