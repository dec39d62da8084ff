# Gavel's two images:
#
#   docker build --target api -t gavel/api:0.1.0 .            HTTP API, pages, relay: no compilers, no root
#   docker build --target executor -t gavel/executor:0.1.0 .  scaler and functions, with all toolchains
#
# Tags are pinned so that a build changes only when a commit says so. Debian is the release that the
# tests run on, and the same in both stages, as gavel is linked to its C library.
ARG RUST_VERSION=1.95.0
ARG DEBIAN_VERSION=12.15


FROM rust:${RUST_VERSION}-slim-bookworm AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# The database clients are built from sources that come with their crates: a C compiler is all they need,
# and for TLS to PostgreSQL the headers of OpenSSL, whose library is Debian's to mend.
# Versions of packages are Debian's to choose: within a release it only mends.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ libc6-dev libssl-dev make perl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The caches stay with the builder, so what is built has to leave them in the same step.
# The lines that backtraces name are most of the program: compressed it is a third as large.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --package gavel --features postgres-tls \
    && mkdir /out \
    && objcopy --compress-debug-sections=zlib target/release/gavel /out/gavel
# The compiler for contestants' Rust programs, at a place where `languages/base.toml` looks.
RUN cp -a "$(rustc --print sysroot)" /opt/rust \
    && rm -rf /opt/rust/share /opt/rust/etc


FROM debian:${DEBIAN_VERSION}-slim AS api
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gavel API" \
      org.opencontainers.image.description="Online judge: HTTP API, pages and relay" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Certificate authorities, for a database, a broker and an object store that speak TLS.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 gavel \
    && useradd --uid 10001 --gid gavel --no-log-init --home-dir /var/lib/gavel --shell /usr/sbin/nologin gavel \
    && install -d -o gavel -g gavel -m 700 /var/lib/gavel
COPY --from=build /out/gavel /usr/local/bin/gavel
COPY --chmod=755 deploy/healthy.sh /usr/local/bin/gavel-healthy
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/gavel/
# Uploads are unpacked below GAVEL_DATA, and nothing is written elsewhere: with a volume there and at
# /tmp the root file system can be read-only. No capability is needed, and none is used.
ENV GAVEL_DATA=/var/lib/gavel \
    GAVEL_LISTEN=0.0.0.0:8080 \
    GAVEL_METRICS_LISTEN=0.0.0.0:9090
VOLUME /var/lib/gavel
EXPOSE 8080 9090
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["gavel-healthy", "8080"]
ENTRYPOINT ["gavel"]
CMD ["api"]


FROM debian:${DEBIAN_VERSION}-slim AS executor
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gavel executor" \
      org.opencontainers.image.description="Online judge: scaler and functions, with the toolchains of all languages" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The compilers and interpreters of `languages/definitions`; rustc comes from the first stage. `tini` is
# process 1, which has to reap what functions that were killed leave behind. `mount` is for the entry point.
# Slim images have no folders for manual pages, without which Java's packages cannot be installed.
# hadolint ignore=DL3008
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libssl3 mount tini \
        default-jdk-headless \
        fp-compiler \
        g++ gcc libc6-dev \
        ghc \
        golang-go \
        kotlin \
        lua5.4 \
        mono-mcs mono-runtime \
        nodejs \
        ocaml-nox \
        perl \
        php-cli \
        pypy3 \
        python3 \
        ruby \
        sbcl \
        scala \
        swi-prolog-nox \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -m 700 /var/lib/gavel
COPY --from=build /opt/rust /opt/rust
COPY --from=build /out/gavel /usr/local/bin/gavel
COPY --chmod=755 deploy/healthy.sh /usr/local/bin/gavel-healthy
COPY --chmod=755 deploy/executor-entrypoint.sh /usr/local/bin/executor-entrypoint
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/gavel/
ENV GAVEL_DATA=/var/lib/gavel \
    GAVEL_METRICS_LISTEN=0.0.0.0:9090
VOLUME /var/lib/gavel
EXPOSE 9090
# Root, because level `full` of the sandbox needs it; never `--privileged`. What the container must be given:
#
#   CAP_SYS_ADMIN             namespaces and mounts of a box; making control groups writable
#   CAP_SETUID, CAP_SETGID    each box's programs get a user id of their own
#   CAP_SETPCAP               a box gives up every capability, for good
#   CAP_KILL                  ends processes of those other users: without it a box outlives its limits
#   CAP_DAC_OVERRIDE          reads what such users wrote, whatever its mode; makes control groups
#   CAP_FOWNER                sets the mode of a box's work folder, which belongs to such a user
#
#   a seccomp profile that lets `pivot_root` through: the runtimes' default does not, deploy/seccomp/executor.json does
#   no AppArmor profile, or one that lets it mount: the runtimes' default does not
#   a control group namespace of its own (the default with cgroup v2)
#
# Of these a contestant's program has nothing: it runs as nobody, without capabilities, behind a filter of its own.
# With less, the sandbox falls to level `user-namespace` or `minimal`, whose limits are coarser, and refuses what it
# cannot enforce; GAVEL_SANDBOX_LEVEL=full makes it refuse to fall. deploy/README.md says more.
# hadolint ignore=DL3002
USER 0:0
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["gavel-healthy", "9090"]
ENTRYPOINT ["tini", "--", "executor-entrypoint"]
CMD ["scale"]
