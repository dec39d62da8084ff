#!/usr/bin/env python3
"""Writes a package with 20 GB of test data, two files of 8 GB among it, straight into a zip of 3.6 GB: big_package.py FILE"""

import random
import sys
import zipfile

STATEMENT = "# Big\n\nCount the lines.\n"
COUNTING = r"""#include <stdio.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) {
    long lines = 0;
    for (ssize_t got; (got = read(0, block, sizeof block)) > 0;)
        for (ssize_t i = 0; i < got; i++) lines += block[i] == '\n';
    printf("%ld\n", lines);
}
"""
LINES = 400_000


def main(path: str) -> None:
    random.seed(5)
    words = [b"%020d\n" % random.randrange(10**20) for _ in range(400)]
    block = b"".join(random.choice(words) for _ in range(LINES))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("big/problem.yaml", "name: Big\nlimits:\n  memory: 512\n")
        package.writestr("big/.timelimit", "60\n")
        package.writestr("big/problem_statement/problem.en.md", STATEMENT)
        package.writestr("big/submissions/accepted/count.c", COUNTING)
        package.writestr("big/data/sample/1.in", "1\n2\n")
        package.writestr("big/data/sample/1.ans", "2\n")
        for name, size in (("1", 8 * 10**9), ("2", 8 * 10**9), ("3", 4 * 10**9)):
            blocks = size // len(block)
            with package.open(f"big/data/secret/{name}.in", "w", force_zip64=True) as file:
                for _ in range(blocks):
                    file.write(block)
            package.writestr(f"big/data/secret/{name}.ans", f"{blocks * LINES}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
