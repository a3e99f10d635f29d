//! Keys in, screen out, without a terminal and without a server: a world of fixed answers.

mod bench;
mod canvas;
mod monkey;
mod orders;
mod screens;
mod support;
