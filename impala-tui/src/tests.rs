//! Keys in, screen out, without a terminal and without a server: a world of fixed answers.

mod canvas;
mod screens;
mod support;
