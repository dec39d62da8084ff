"""The shell scripts: linted, or at least parsed."""

import shutil
from pathlib import Path

from tool import complaints


def check(root: Path) -> list[str]:
    scripts = sorted(str(path.relative_to(root)) for path in (root / "deploy").glob("*.sh"))
    if shutil.which("shellcheck"):
        return complaints(["shellcheck", *scripts], root)
    print("note: there is no package of shellcheck for this machine; the scripts are only parsed")
    return [line for script in scripts for line in complaints(["bash", "-n", script], root)]
