//! Tells cargo that the migrations are part of the crate: it would not see a new file by itself.

#![allow(clippy::print_stdout, reason = "cargo reads its instructions there")]

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
