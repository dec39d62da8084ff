"""The Kubernetes manifests: rendered by kustomize, held to the schemas, and to what we promise of them."""

import functools
import json
import subprocess
from pathlib import Path

import jsonschema
import kubernetes_validate
import rules
import yaml

FOLDER = "deploy/kubernetes"
RENDERED = ["base", "overlays/once", "overlays/production"]
# The oldest that deploy/README.md names, and the newest that there are schemas of.
VERSIONS = ["1.31", "1.37"]


def check(root: Path) -> list[str]:
    problems = []
    folder = root / FOLDER
    overlays = [f"overlays/{path.name}" for path in sorted((folder / "overlays").iterdir())]
    if overlays != RENDERED[1:]:
        problems.append(f"{overlays} are there, {RENDERED[1:]} are checked")
    for name in RENDERED:
        rendered = subprocess.run(["kubectl", "kustomize", folder / name], capture_output=True, text=True)
        if rendered.returncode != 0:
            problems.append(f"{name}: {rendered.stderr.strip()}")
            continue
        objects = [each for each in yaml.safe_load_all(rendered.stdout) if each]
        found = [problem for each in objects for problem in of_schema(each)]
        # What has not the shape that it must have would only confuse the rules.
        found = found or rules.check(objects, once=name == "overlays/once")
        problems += [f"{name}: {problem}" for problem in found]
    return problems


def of_schema(each: dict) -> list[str]:
    name = f"{each.get('kind')} {each.get('metadata', {}).get('name')}"
    if each.get("apiVersion") == "keda.sh/v1alpha1":
        problems = of_keda(each)
        if each["kind"] == "ScaledJob" and not problems:
            job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": each["spec"]["jobTargetRef"]}
            problems = of_kubernetes(job)
    else:
        problems = of_kubernetes(each)
    return [f"{name}: {problem}" for problem in problems]


def of_kubernetes(each: dict) -> list[str]:
    problems = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(each, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(str(part) for part in error.path)
            problems.append(f"{path}: {error.message[:300]} (Kubernetes {version})")
        except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError) as error:
            problems.append(f"{error} (Kubernetes {version})")
    return problems


def of_keda(each: dict) -> list[str]:
    schema = keda_schemas().get(each["kind"])
    if schema is None:
        return ["there is no schema for this kind"]
    found = sorted(jsonschema.Draft202012Validator(schema).iter_errors(each), key=str)
    # The innermost errors say what is meant.
    causes = [jsonschema.exceptions.best_match([error]) for error in found]
    return [f"{cause.json_path}: {cause.message[:300]}" for cause in causes]


@functools.cache
def keda_schemas() -> dict[str, dict]:
    """KEDA's types as JSON schemas in which a field that they do not have is an error."""
    from cloudcoil.models.keda.v1alpha1 import ScaledJob, TriggerAuthentication

    def closed(schema: dict) -> dict:
        schema = json.loads(json.dumps(schema))
        for part in [schema, *schema["$defs"].values()]:
            if "properties" in part:
                part["additionalProperties"] = False
        return schema

    return {kind.__name__: closed(kind.model_json_schema(by_alias=True)) for kind in (ScaledJob, TriggerAuthentication)}
