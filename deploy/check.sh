#!/usr/bin/env bash
# Checks what deploys Gavel: Dockerfile, docker-compose.yml, scripts, Kubernetes manifests.
#
#   deploy/check.sh              check; exit code 0 if nothing is wrong
#   deploy/check.sh --self-test  break copies of the files, and see that each fault is found
#
# It needs Python 3.11 or later with venv (Debian: python3-venv) and, the first time, the Python package index.
# The tools come from there, at the versions and hashes in deploy/check/requirements.txt, into target/deploy-check.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${CARGO_TARGET_DIR:-target}/deploy-check
wanted=deploy/check/requirements.txt

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "error: deploy/check.sh needs Python 3.11 or later as python3" >&2
    exit 1
fi
if ! cmp -s "$wanted" "$tools/installed.txt"; then
    rm -rf "$tools"
    if ! python3 -m venv "$tools"; then
        echo "error: deploy/check.sh cannot make a virtual environment; on Debian install python3-venv" >&2
        exit 1
    fi
    if ! "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        --requirement "$wanted"; then
        echo "error: deploy/check.sh cannot install its tools, which $wanted lists" >&2
        exit 1
    fi
    # Last, so that an installation that was broken off is begun anew.
    cp "$wanted" "$tools/installed.txt"
fi
PATH=$PWD/$tools/bin:$PATH
[[ $tools != /* ]] || PATH=$tools/bin:$PATH
export PATH
exec "$tools/bin/python" -B deploy/check "$@"
