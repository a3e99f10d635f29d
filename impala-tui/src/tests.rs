//! Keys in, screen out, without a terminal and without a server: a world of fixed answers.

mod bench;
mod canvas;
mod screens;
mod support;
