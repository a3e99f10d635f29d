# syntax=docker/dockerfile:1
# scripts/check-deploy runs what of this can be run without a container engine.

# The toolchain of rust-toolchain.toml; the variable keeps rustup from fetching it once more.
FROM rust:1.95.0-slim-bookworm AS toolchain
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_HOME=/cargo CARGO_TARGET_DIR=/target
RUN mkdir -p /cargo /target /empty && chmod 1777 /cargo /target
WORKDIR /src

# Development: sources are mounted, see docker-compose.override.yml.
FROM toolchain AS dev
ENV IMPALA_LISTEN=0.0.0.0:5001 HOME=/tmp
ENTRYPOINT ["/src/deploy/watch"]

# All dependencies, compiled, as a layer: it is rebuilt only when a manifest or the lock file changes. Downloads are
# kept in a cache beside it.
FROM toolchain AS dependencies
COPY Cargo.toml Cargo.lock ./
COPY impala-core/Cargo.toml impala-core/
COPY impala-render/Cargo.toml impala-render/
COPY impala-server/Cargo.toml impala-server/
COPY impala-tui/Cargo.toml impala-tui/
COPY impala-cli/Cargo.toml impala-cli/
# Empty crates in place of Impala's.
RUN mkdir impala-core/src impala-render/src impala-render/examples impala-server/src impala-tui/src impala-cli/src \
    && touch impala-core/src/lib.rs impala-render/src/lib.rs impala-server/src/lib.rs impala-tui/src/lib.rs impala-cli/src/lib.rs \
    && echo 'fn main() {}' | tee impala-cli/src/main.rs impala-render/examples/gallery.rs
# What came of them goes: cargo would take it for newer than sources that were written before.
RUN --mount=type=cache,target=/cargo/registry,sharing=locked \
    cargo build --release --locked --package impala-cli --bin impala \
    && cargo clean --release --locked --package impala-core --package impala-render --package impala-server \
       --package impala-tui --package impala-cli

FROM dependencies AS build
COPY . .
RUN --mount=type=cache,target=/cargo/registry,sharing=locked \
    cargo build --release --locked --package impala-cli --bin impala && cp /target/release/impala /impala

# The small client, for jobs of CI systems: those need a shell in their image, and no entrypoint. docs/ci/README.md names it.
FROM toolchain AS cli-build
COPY . .
RUN --mount=type=cache,target=/cargo/registry,sharing=locked --mount=type=cache,target=/target,sharing=locked \
    cargo build --release --locked --package impala-cli --bin impala --no-default-features \
    && cp /target/release/impala /impala

FROM debian:bookworm-slim AS cli
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1001 --create-home impala
COPY --from=cli-build /impala /usr/local/bin/impala
ENV LANG=C.UTF-8
# The number that GitHub's own runners have, whose workspace is theirs alone.
USER 1001:1001
WORKDIR /home/impala
CMD ["/bin/bash"]

FROM gcr.io/distroless/cc-debian12:nonroot AS server
COPY --from=build /impala /usr/local/bin/impala
COPY --from=build --chown=65532:65532 /empty /var/lib/impala
ENV IMPALA_LISTEN=0.0.0.0:5001 IMPALA_DATA_DIR=/var/lib/impala IMPALA_LOG_FORMAT=json HOME=/tmp
EXPOSE 5001
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["/usr/local/bin/impala", "ping", "--server", "http://127.0.0.1:5001"]
ENTRYPOINT ["/usr/local/bin/impala"]
CMD ["serve"]
