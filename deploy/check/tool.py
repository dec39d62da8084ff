"""Runs one of the tools."""

import subprocess
from pathlib import Path


def complaints(command: list[str], root: Path) -> list[str]:
    """What a tool says when it fails; nothing when it does not. One that is not there is an error."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode == 0:
        return []
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines or [f"{command[0]} failed with exit code {done.returncode}"]
