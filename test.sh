#!/usr/bin/env bash
# Checks everything: formatting, lints, licences, crate boundaries, all tests.
#
# As root on Debian it first installs the toolchains that the tests judge with, and says so.
# Otherwise what is missing is named, and the test that needs it fails: none is skipped.
set -euo pipefail
cd "$(dirname "$0")"

# What each is for: compilers and interpreters of the languages that Gavel judges, and a browser.
packages=(
    gcc g++ libc6-dev        # C, C++; also builds the bundled database clients
    python3 pypy3            # Python
    python3-venv             # deploy/check.sh keeps its tools in an environment of their own
    default-jdk-headless     # Java
    kotlin                   # Kotlin
    nodejs                   # JavaScript
    golang-go                # Go
    ghc                      # Haskell
    ocaml-nox                # OCaml
    fp-compiler              # Pascal
    scala                    # Scala
    sbcl swi-prolog-nox      # Common Lisp, Prolog
    ruby php-cli lua5.4 perl # Ruby, PHP, Lua, Perl
    mono-mcs mono-runtime    # C#
    chromium chromium-driver # the browser that the pages are tested in
    postgresql rabbitmq-server # database and broker; the tests start servers of their own
    libssl-dev pkg-config    # TLS to PostgreSQL, as the images have it
    procps                   # kill, for the tests of what dies
    faketime                 # clocks that jump, for the chaos test
    mandoc                   # the manual page is checked with it
)

step() { printf '\n== %s\n' "$*"; }

missing=()
for package in "${packages[@]}"; do
    # A toolchain that came another way (a version manager, the vendor's package) is as good.
    case $package in
        nodejs) command -v node >/dev/null && continue ;;
        default-jdk-headless) command -v javac >/dev/null && continue ;;
    esac
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
if ((${#missing[@]})); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        step "Installing: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
    else
        step "Missing, and not installed because this is not root: ${missing[*]}"
    fi
fi

step "Formatting"
cargo fmt --all --check

# Lints and tests take the same build: the one that the images are made of.
build=(--workspace --locked --features gavel/postgres-tls)

step "Lints"
cargo clippy "${build[@]}" --all-targets -- -D warnings

step "Crate boundaries"
# What ARCHITECTURE.md says is absent, is absent.
absent() {
    if cargo tree --locked -e normal -p "$1" --prefix none | grep -Eq "^($2) v"; then
        echo "error: crate $1 must not depend on $2" >&2
        exit 1
    fi
    echo "$1 has no $2"
}
absent sandbox 'tokio|diesel'
absent judge-api 'sandbox|executor'
absent executor 'actix-web'
absent judge-types 'tokio|diesel|nix'
absent gavel 'test-servers'

step "Licences, advisories, sources"
if command -v cargo-deny >/dev/null; then
    cargo deny --locked check licenses bans sources
else
    echo "cargo-deny is not installed; deny.toml is checked where it is"
fi

step "Deployment: Dockerfile, docker-compose.yml, Kubernetes manifests"
deploy/check.sh
deploy/check.sh --self-test

step "Tests"
triple=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
env "CARGO_TARGET_${triple}_RUNNER=$PWD/test-servers/run-tests.sh" cargo test "${build[@]}"

if [ ! -s /sys/fs/cgroup/cgroup.controllers ]; then
    # With as many tests as take no longer than the rest; CONTRIBUTING.md has how to run them all.
    step "Control groups of version 2, which this kernel does not give, in a virtual machine"
    code=0
    sandbox/tests/vm/run.sh --seconds 900 lib delegation || code=$?
    case $code in
        0) ;;
        3) step "Note: the code for cgroup v2 was tested on recorded files only, for the reason above" ;;
        *) exit "$code" ;;
    esac
elif [ ! -d /sys/fs/cgroup/memory ]; then
    step "Note: this kernel gives no cgroup v1; its code was tested on recorded files only"
fi
