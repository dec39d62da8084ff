"""The Dockerfile, and that what it copies and installs is what the sources need."""

import re
import tomllib
from pathlib import Path

from privileges import EXECUTOR_CAPABILITIES
from tool import complaints

# Comes from the build stage and not from Debian, whose is years older.
NOT_FROM_DEBIAN = {"rustc"}
# Part of every Debian.
ESSENTIAL = {"bash"}
# `gavel doctor` and a scaler's log say from there what is missing.
SANDBOX_ADVICE = "sandbox/src/host.rs"


def check(root: Path) -> list[str]:
    text = (root / "Dockerfile").read_text()
    return complaints(["hadolint", "--no-color", "Dockerfile"], root) + bases(text) + toolchains(root, text) + context(root) + advice(root)


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
    problems = [f"stage executor does not install {package}, which a language needs" for package in sorted(missing)]
    # Their installation fails in a slim image, whose folder for manual pages is not there.
    if "jdk" in text and not re.search(r"mkdir -p /usr/share/man/man1\b.*jdk", text, flags=re.DOTALL):
        problems.append("stage executor makes no /usr/share/man/man1, without which Java cannot be installed")
    return problems


def context(root: Path) -> list[str]:
    """Every crate is among what .dockerignore lets through, and secrets are not."""
    allowed = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    crates = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["members"]
    problems = [f".dockerignore keeps crate {crate} from the build" for crate in crates if crate not in allowed]
    if "deploy" in allowed or "*" not in (root / ".dockerignore").read_text().splitlines():
        problems.append(".dockerignore lets deploy/secrets through")
    return problems


def advice(root: Path) -> list[str]:
    """What the sandbox says a container lacks is what it is given here."""
    text = (root / SANDBOX_ADVICE).read_text()
    missing = sorted(each for each in EXECUTOR_CAPABILITIES if not re.search(rf"\b{each}\b", text))
    return [f"{SANDBOX_ADVICE} does not name {each}, which executors are given" for each in missing]
