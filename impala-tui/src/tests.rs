//! Keys in, screen out, without a terminal and without a server: a world of fixed answers.

mod answers;
mod canvas;
mod charts;
mod choices;
mod discovery;
mod draws;
mod editing;
mod every_screen;
mod finding;
mod forms;
mod help;
mod keys;
mod messages;
mod monkey;
mod mouse;
mod orders;
mod panels;
mod project;
mod questions;
mod reading;
mod rows;
mod screens;
mod signing_in;
pub(crate) mod support;
mod tables;
mod undo;
mod zoom;
