"""docker-compose.yml: the Compose specification's schema, and what we promise of it."""

import re
from pathlib import Path

import yaml
from privileges import EXECUTOR_CAPABILITIES
from tool import complaints

FILE = "docker-compose.yml"
# Their health check is the image's.
CHECKED_BY_IMAGE = {"api", "scaler"}
# The broker's client logs ordinary answers as errors; a filter of one's own takes the place of the one that silences it.
QUIET = "lapin=off"
SETTINGS = ("deploy/kubernetes/base/api/settings.yaml", "deploy/kubernetes/base/executors/settings.yaml")
# They do their work and end.
ONE_SHOT = {"bucket"}


def check(root: Path) -> list[str]:
    invalid = complaints(["check-jsonschema", "--builtin-schema", "vendor.compose-spec", FILE], root)
    if invalid:
        return invalid
    whole = yaml.safe_load((root / FILE).read_text())
    problems = [f"{name}: {problem}" for name, service in whole["services"].items() for problem in of_service(name, service)]
    problems += references(whole)
    for name in whole["services"]["scaler"].get("networks", []):
        if not (whole["networks"].get(name) or {}).get("internal"):
            problems.append(f"scaler: network {name} leads out of this machine")
    profile = [option for option in whole["services"]["scaler"]["security_opt"] if option.startswith("seccomp=")]
    if not (profile and (root / profile[0].removeprefix("seccomp=")).is_file()):
        problems.append("scaler: its seccomp profile is not a file of this repository")
    if "/tmp:exec" not in whole["services"]["scaler"].get("tmpfs", []):
        problems.append("scaler: level minimal cannot run programs in its /tmp")
    for name in (FILE, *SETTINGS):
        if not all(QUIET in filters for filters in re.findall(r"^ *GAVEL_LOG: *(.+)$", (root / name).read_text(), re.MULTILINE)):
            problems.append(f"{name}: GAVEL_LOG is without {QUIET}")
    return problems


def of_service(name: str, service: dict) -> list[str]:
    problems = []
    if not re.search(r":[^:/]*\d", service.get("image", "")):
        problems.append("its image has no tag with a version")
    if service.get("privileged") or service.get("network_mode") == "host" or service.get("pid") == "host":
        problems.append("it is privileged, or shares the host's network or processes")
    if service.get("cap_drop") != ["ALL"]:
        problems.append("it keeps capabilities that it does not ask for")
    allowed = EXECUTOR_CAPABILITIES if name == "scaler" else set()
    if set(service.get("cap_add", [])) != allowed:
        problems.append(f"its capabilities are not {sorted(allowed)}")
    if "no-new-privileges=true" not in service.get("security_opt", []):
        problems.append("it may gain privileges")
    for wanted in ("restart", "logging"):
        if wanted not in service:
            problems.append(f"it has no {wanted}")
    if "max-size" not in service.get("logging", {}).get("options", {}):
        problems.append("its log grows without bound")
    if "memory" not in service.get("deploy", {}).get("resources", {}).get("limits", {}):
        problems.append("its memory has no limit")
    if "healthcheck" not in service and name not in CHECKED_BY_IMAGE | ONE_SHOT:
        problems.append("it has no health check")
    for port in service.get("ports", []):
        if not str(port).startswith(("127.0.0.1:", "${GAVEL_ADDRESS:-127.0.0.1}:")):
            problems.append(f"port {port} is open to other machines")
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|_KEY", variable) and not variable.endswith("_FILE"):
            problems.append(f"{variable} stands in the file; it belongs in deploy/secrets")
        if re.search(r"://[^/\s]*:[^/\s]*@", str(value)):
            problems.append(f"{variable} has a password in it")
    return problems


def references(whole: dict) -> list[str]:
    """Every file of secrets is one that deploy/secrets.sh makes, and each name means something."""
    problems = []
    for name, secret in whole.get("secrets", {}).items():
        if secret.get("file") != f"deploy/secrets/{name}":
            problems.append(f"secret {name} is not deploy/secrets/{name}")
    for name, service in whole["services"].items():
        used = [secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])]
        problems += [f"{name}: unknown secret {secret}" for secret in used if secret not in whole.get("secrets", {})]
        problems += [f"{name}: unknown network {net}" for net in service.get("networks", []) if net not in whole["networks"]]
        problems += [f"{name}: waits for unknown {other}" for other in service.get("depends_on", {}) if other not in whole["services"]]
        for volume in service.get("volumes", []):
            if volume.split(":")[0] not in whole["volumes"]:
                problems.append(f"{name}: unknown volume {volume}")
    return problems
