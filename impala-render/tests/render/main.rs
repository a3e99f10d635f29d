//! Golden pictures: what people see, for each kind of block and each edge case.
//!
//! Look at every changed picture before accepting it: `cargo insta review`, or `INSTA_UPDATE=always cargo test -p
//! impala-render` and `git diff`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may panic, as tests do")]

mod alike;
mod blocks;
mod canvas;
mod charts;
mod crowded;
mod edges;
mod export;
mod legends;
mod metrics;
mod pictures;
mod summary;
mod support;
mod svg;
mod vega;
