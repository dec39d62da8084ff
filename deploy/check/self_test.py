"""Breaks copies of the files, one fault at a time, and sees that each is found and named."""

import functools
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from checks import CHECKS

COPIED = ["Dockerfile", "docker-compose.yml", ".dockerignore", ".gitignore", "Cargo.toml", "deploy", "languages/definitions", "sandbox/src/host.rs"]

IMAGES, COMPOSE, SCRIPTS, KUBERNETES, SECRETS = CHECKS
KUBE = "deploy/kubernetes"
JOB = f"{KUBE}/base/executors/scaled-job.yaml"
API = f"{KUBE}/base/api/deployment.yaml"
PASSWORD = "hunter2" * 3


class Fault(NamedTuple):
    check: str
    file: str
    old: str
    new: str
    found: str


FAULTS = [
    Fault(IMAGES, "Dockerfile", "--no-install-recommends", "", "DL3015"),
    Fault(IMAGES, "Dockerfile", "WORKDIR /src", "WORKDER /src", "unexpected"),
    Fault(IMAGES, "Dockerfile", "rust:${RUST_VERSION}-slim-bookworm", "rust:latest", "rust:latest has no tag with a version"),
    Fault(IMAGES, "Dockerfile", "USER 10001:10001\n", "", "does not run as a user of its own"),
    Fault(IMAGES, "Dockerfile", "        ghc \\\n", "", "does not install ghc"),
    Fault(IMAGES, "Dockerfile", "mkdir -p /usr/share/man/man1 \\\n    && ", "", "makes no /usr/share/man/man1"),
    Fault(IMAGES, ".dockerignore", "!judge-api\n", "", "keeps crate judge-api from the build"),
    Fault(IMAGES, ".dockerignore", "!deploy/healthy.sh", "!deploy", "lets deploy/secrets through"),
    Fault(IMAGES, "sandbox/src/host.rs", "DAC_OVERRIDE and FOWNER", "DAC_OVERRIDE", "does not name FOWNER"),
    Fault(COMPOSE, "docker-compose.yml", "    stop_grace_period: 30s", "    stop_grace_periode: 30s", "stop_grace_periode"),
    Fault(COMPOSE, "docker-compose.yml", "cgroup: private", "privileged: true", "scaler: it is privileged"),
    Fault(COMPOSE, "docker-compose.yml", "FOWNER]", "FOWNER, SYS_PTRACE]", "scaler: its capabilities are not"),
    Fault(COMPOSE, "docker-compose.yml", "judging: { internal: true }", "judging: {}", "network judging leads out"),
    Fault(COMPOSE, "docker-compose.yml", "${GAVEL_ADDRESS:-127.0.0.1}:", "", "open to other machines"),
    Fault(COMPOSE, "docker-compose.yml", "postgres:17.11-bookworm", "postgres:latest", "database: its image has no tag"),
    Fault(COMPOSE, "docker-compose.yml", "POSTGRES_PASSWORD_FILE: /run/secrets/database-password", f"POSTGRES_PASSWORD: {PASSWORD}", "POSTGRES_PASSWORD stands in the file"),
    Fault(COMPOSE, "docker-compose.yml", "seccomp=deploy/seccomp/executor.json", "seccomp=unconfined", "seccomp profile is not a file"),
    Fault(COMPOSE, "docker-compose.yml", "max-size: 10m, ", "", "grows without bound"),
    Fault(COMPOSE, "docker-compose.yml", "secrets: [database-password]", "secrets: [database-pasword]", "unknown secret database-pasword"),
    Fault(COMPOSE, "docker-compose.yml", "/tmp:exec", "/tmp", "cannot run programs in its /tmp"),
    Fault(COMPOSE, "docker-compose.yml", ",lapin=off", "", "GAVEL_LOG is without lapin=off"),
    Fault(COMPOSE, f"{KUBE}/base/executors/settings.yaml", ",lapin=off", "", "GAVEL_LOG is without lapin=off"),
    Fault(SCRIPTS, "deploy/secrets.sh", "random() {", "random() {{", "secrets.sh"),
    Fault(KUBERNETES, f"{KUBE}/base/kustomization.yaml", "  - executors\n", "  - executers\n", "executers"),
    Fault(KUBERNETES, f"{KUBE}/overlays/production/kustomization.yaml", "/spec/maxReplicaCount", "/spec/maxReplicas/count", "overlays/production"),
    Fault(KUBERNETES, API, "automountServiceAccountToken: false", "automountServiceAcountToken: false", "automountServiceAcountToken"),
    Fault(KUBERNETES, API, "containerPort: 8080", "containerPort: http", "is not of type 'integer'"),
    Fault(KUBERNETES, API, "drop: [ALL]", "drop: []", "keeps capabilities that it does not ask for"),
    Fault(KUBERNETES, API, "runAsNonRoot: true", "runAsNonRoot: false", "may be root"),
    Fault(KUBERNETES, API, "image: gavel/api:0.1.0", "image: gavel/api", "has no tag with a version"),
    Fault(KUBERNETES, API, "GAVEL_BROKER_FILE, value: /run/gavel/broker", f"GAVEL_BROKER, value: 'amqp://gavel:{PASSWORD}@b'", "GAVEL_BROKER stands in the manifest"),
    Fault(KUBERNETES, f"{KUBE}/base/api/service.yaml", "apiVersion: v1", "apiVersion: v7", "Service gavel-api"),
    Fault(KUBERNETES, f"{KUBE}/base/api/network-policies.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", "nothing denies by default"),
    Fault(KUBERNETES, f"{KUBE}/base/executors/network-policies.yaml", "  egress:\n    - to: &stores", "  egress:\n    - ports: [{ protocol: TCP, port: 80 }]\n    - to: &stores", "lets through whatever comes"),
    Fault(KUBERNETES, f"{KUBE}/overlays/production/kustomization.yaml", "203.0.113.0/24", "0.0.0.0/0", "lets through whatever comes"),
    Fault(KUBERNETES, JOB, "pollingInterval: 1", "pollInterval: 1", "'pollInterval' was unexpected"),
    Fault(KUBERNETES, JOB, "pollingInterval: 1", "pollingInterval: often", "pollingInterval"),
    Fault(KUBERNETES, JOB, "restartPolicy: Never", "restartPolicyy: Never", "restartPolicyy"),
    Fault(KUBERNETES, JOB, "strategy: accurate", "strategy: eager", "scalingStrategy.strategy is eager"),
    Fault(KUBERNETES, JOB, "strategy: gradual", "strategy: immediate", "rollout.strategy is immediate"),
    Fault(KUBERNETES, JOB, "max-lifetime, 1h", "max-lifetime, 2h", "activeDeadlineSeconds is 4800, not 8400"),
    Fault(KUBERNETES, JOB, '--slots, "2"', '--slots, "3"', "values of triggers"),
    Fault(KUBERNETES, JOB, "queueName: gavel.rejudge", "queueName: gavel.rejugde", "gavel.rejugde"),
    Fault(KUBERNETES, JOB, "privileged: false", "privileged: true", "it is privileged"),
    Fault(KUBERNETES, JOB, "KILL, ", "KILL, NET_ADMIN, ", "its capabilities are not"),
    Fault(KUBERNETES, f"{KUBE}/base/executors/trigger-authentication.yaml", "parameter: host", "paramter: host", "paramter"),
    Fault(SECRETS, "docker-compose.yml", "s3://gavel", f"postgres://gavel:{PASSWORD}@database/gavel", "looks like a URL with a password"),
    Fault(SECRETS, f"{KUBE}/base/api/settings.yaml", "GAVEL_LOG: info", f"DB_PASSWORD: {PASSWORD}", "settings.yaml:9: looks like a password"),
    Fault(SECRETS, f"{KUBE}/base/api/settings.yaml", "GAVEL_LOG: info", "GAVEL_X: " + "3f9a" * 10, "looks like a long random value"),
    Fault(SECRETS, "deploy/README.md", "# ", "-----BEGIN RSA PRIVATE KEY-----\n# ", "looks like a private key"),
    Fault(SECRETS, ".gitignore", "/deploy/secrets\n", "", "does not leave out deploy/secrets"),
]


def run(root: Path) -> int:
    failed = 0
    with ProcessPoolExecutor() as processes:
        for fault, overlooked in zip(FAULTS, processes.map(functools.partial(overlook, root), FAULTS)):
            if overlooked is not None:
                failed += 1
                print(f"error: {fault.file}: {fault.old!r} → {fault.new!r}: {overlooked}", file=sys.stderr)
    print(f"{len(FAULTS) - failed} of {len(FAULTS)} faults were found and named")
    return int(failed > 0)


def overlook(root: Path, fault: Fault) -> str | None:
    """What came instead of the fault, if it was not found."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        replicate(root, copy)
        file = copy / fault.file
        text = file.read_text()
        if fault.old not in text:
            return "there is nothing to break; mend deploy/check/self_test.py"
        file.write_text(text.replace(fault.old, fault.new))
        problems = CHECKS[fault.check](copy)
    return None if any(fault.found in problem for problem in problems) else f"found {problems or 'nothing'}"


def replicate(root: Path, copy: Path) -> None:
    for name in COPIED:
        source, target = root / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            # The secrets of this machine are no part of it.
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("secrets", "secrets.*[!h]", "__pycache__"))
        else:
            shutil.copy(source, target)
