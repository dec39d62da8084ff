"""The Dockerfile, and that what it copies and installs is what the sources need."""

import re
import tomllib
from pathlib import Path

from tool import complaints

# Comes from the build stage and not from Debian, whose is years older.
NOT_FROM_DEBIAN = {"rustc"}
# Part of every Debian.
ESSENTIAL = {"bash"}


def check(root: Path) -> list[str]:
    text = (root / "Dockerfile").read_text()
    return complaints(["hadolint", "--no-color", "Dockerfile"], root) + bases(text) + toolchains(root, text) + context(root)


def stages(text: str) -> dict[str, str]:
    """The instructions of each stage by its name."""
    parts = re.split(r"^FROM \S+ AS (\S+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def bases(text: str) -> list[str]:
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, flags=re.MULTILINE))
    problems = []
    for image in re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE):
        full = re.sub(r"\$\{(\w+)\}", lambda found: arguments.get(found[1], ""), image)
        if not re.search(r":\d+\.\d+", full):
            problems.append(f"base image {full} has no tag with a version")
    if "USER 10001:10001" not in stages(text).get("api", ""):
        problems.append("stage api does not run as a user of its own")
    for name in ("api", "executor"):
        stage = stages(text).get(name, "")
        for instruction in ("HEALTHCHECK", "LABEL org.opencontainers.image.title"):
            if instruction not in stage:
                problems.append(f"stage {name} has no {instruction}")
    return problems


def toolchains(root: Path, text: str) -> list[str]:
    installed = set(re.findall(r"[a-z][a-z0-9.+-]+", stages(text).get("executor", "")))
    definitions = sorted((root / "languages/definitions").glob("*.toml"))
    needed = {tomllib.loads(path.read_text())["package"] for path in definitions}
    missing = needed - installed - NOT_FROM_DEBIAN - ESSENTIAL
    return [f"stage executor does not install {package}, which a language needs" for package in sorted(missing)]


def context(root: Path) -> list[str]:
    """Every crate is among what .dockerignore lets through, and secrets are not."""
    allowed = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    crates = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["members"]
    problems = [f".dockerignore keeps crate {crate} from the build" for crate in crates if crate not in allowed]
    if "deploy" in allowed or "*" not in (root / ".dockerignore").read_text().splitlines():
        problems.append(".dockerignore lets deploy/secrets through")
    return problems
