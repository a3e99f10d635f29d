# Everyday commands; `just` lists them.

_default:
    @just --list

# Start a server with the example, print its canvas, serve until Ctrl-C.
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# The whole test suite.
test:
    cargo test --workspace

# Format and lint as CI does.
lint:
    cargo fmt
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy -p impala-cli --no-default-features --all-targets -- -D warnings

# How fast the terminal canvas is.
bench-tui:
    cargo build --release
    scripts/bench-tui "${CARGO_TARGET_DIR:-target}/release/impala"

# Rewrite the man pages after a change of the command line.
man:
    cargo run -- man --dir man

# Licences, sources and known vulnerabilities of dependencies (needs cargo-deny).
deny:
    cargo deny check

# All that CI runs.
ci:
    bash .ci/run
