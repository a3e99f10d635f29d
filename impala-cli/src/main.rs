//! The binary `impala`.

use std::process::ExitCode;

fn main() -> ExitCode {
    impala_cli::main(std::env::args_os())
}
