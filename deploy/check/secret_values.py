"""No value of a secret stands in any file that deploys Gavel."""

import re
from pathlib import Path

FILES = ["Dockerfile", "docker-compose.yml", ".dockerignore"]
PATTERNS = {
    "a URL with a password": re.compile(r"\b[a-z0-9+]+://[^\s/:@]+:(?!\$|PASSWORD@)[^\s/:@]+@"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE KEY"),
    "an access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a long random value": re.compile(r"\b(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[a-z])[A-Fa-f0-9]{24,}\b|[A-Za-z0-9+/]{40,}={1,2}"),
    "a password given a value": re.compile(
        r"""(?i)\b\w*(password|passwd|secret|token|access[-_]key)\w*["']?\s*[:=]\s*["']?(?![\s$"'{\[<%]|/|PASSWORD|deploy/|readable|gavel-|access-key-id|secret-access-key|false|true)[A-Za-z0-9+/=_.-]{6,}"""
    ),
}
# Hashes of the tools' packages.
EXCEPT = {"deploy/check/requirements.txt"}


def check(root: Path) -> list[str]:
    problems = []
    paths = [root / name for name in FILES] + sorted((root / "deploy").rglob("*"))
    for path in paths:
        name = str(path.relative_to(root))
        if not path.is_file() or name in EXCEPT or name.startswith(("deploy/secrets/", "deploy/check/")):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            problems += [f"{name}:{number}: looks like {what}" for what, pattern in PATTERNS.items() if pattern.search(line)]
    ignored = (root / ".gitignore").read_text().splitlines()
    if "/deploy/secrets" not in ignored:
        problems.append(".gitignore does not leave out deploy/secrets")
    return problems
