"""Checks what deploys Gavel. deploy/check.sh starts it with the tools that it needs."""

import sys
from pathlib import Path

import self_test
from checks import CHECKS

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return self_test.run(ROOT)
    if sys.argv[1:]:
        print(f"error: unknown arguments {sys.argv[1:]}; there is only --self-test", file=sys.stderr)
        return 2
    failed = False
    for name, check in CHECKS.items():
        problems = check(ROOT)
        for problem in problems:
            print(f"error: {name}: {problem}", file=sys.stderr)
        failed = failed or bool(problems)
        print(f"{'FAILED' if problems else 'ok'}  {name}")
    return int(failed)


sys.exit(main())
