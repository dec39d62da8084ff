#!/bin/sh
# Runs a test executable for cargo. Tests that wait for servers most of the time run more at once than there are
# processors; those that measure do not.
#
# usage: CARGO_TARGET_<TRIPLE>_RUNNER=test-servers/run-tests.sh cargo test
case ${1##*/} in
    api-* | gavel-* | store-*) : "${RUST_TEST_THREADS:=$(($(nproc) * 3))}" && export RUST_TEST_THREADS ;;
esac
exec "$@"
