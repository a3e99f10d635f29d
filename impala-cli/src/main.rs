//! The binary `impala`.

fn main() {}
