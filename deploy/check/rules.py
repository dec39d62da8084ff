"""What we promise of the rendered manifests beyond their schemas: privileges, networks, scaling."""

import re

from privileges import EXECUTOR_CAPABILITIES

LANES = ["gavel.contest", "gavel.practice", "gavel.rejudge", "gavel.help"]
# The function's own bound, in seconds; and what a pod may take to start and to end.
HARD_TIMEOUT = 15 * 60
MARGIN = 5 * 60
UNITS = {"s": 1, "m": 60, "h": 3600}


def check(objects: list[dict], once: bool) -> list[str]:
    problems = []
    for each in objects:
        name = f"{each['kind']} {each['metadata']['name']}"
        found = []
        if each["kind"] == "Secret":
            found.append("secrets do not belong in the repository")
        if each["kind"] == "Deployment":
            found += pod(each["spec"]["template"], executor=False)
        if each["kind"] == "ScaledJob":
            found += pod(each["spec"]["jobTargetRef"]["template"], executor=True)
            found += scaling(each["spec"], once)
        problems += [f"{name}: {problem}" for problem in found]
    return problems + networks(objects) + kinds(objects)


def kinds(objects: list[dict]) -> list[str]:
    present = [each["kind"] for each in objects]
    wanted = {"Namespace": 2, "Deployment": 1, "Service": 1, "Ingress": 1, "PodDisruptionBudget": 1,
              "HorizontalPodAutoscaler": 1, "ScaledJob": 1, "TriggerAuthentication": 1, "ServiceAccount": 2}
    return [f"{present.count(kind)} of kind {kind}, not {count}" for kind, count in wanted.items() if present.count(kind) != count]


def pod(template: dict, executor: bool) -> list[str]:
    spec = template["spec"]
    problems = []
    if spec.get("automountServiceAccountToken") is not False:
        problems.append("its pods get a token of the cluster")
    if any(spec.get(shared) for shared in ("hostNetwork", "hostPID", "hostIPC")):
        problems.append("its pods share a namespace of the host")
    if any("hostPath" in volume for volume in spec.get("volumes", [])):
        problems.append("its pods see the host's files")
    for container in spec.get("initContainers", []) + spec["containers"]:
        problems += of_container(container, spec.get("securityContext", {}), executor)
    return problems


def of_container(container: dict, of_pod: dict, executor: bool) -> list[str]:
    problems = []
    security = of_pod | container.get("securityContext", {})
    capabilities = security.get("capabilities", {})
    if security.get("privileged"):
        problems.append("it is privileged")
    if security.get("readOnlyRootFilesystem") is not True:
        problems.append("its root file system can be written to")
    if capabilities.get("drop") != ["ALL"]:
        problems.append("it keeps capabilities that it does not ask for")
    allowed = EXECUTOR_CAPABILITIES if executor else set()
    if set(capabilities.get("add", [])) != allowed:
        problems.append(f"its capabilities are not {sorted(allowed)}")
    if not executor:
        if security.get("runAsNonRoot") is not True or security.get("allowPrivilegeEscalation") is not False:
            problems.append("it may be root or become it")
        if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            problems.append("it has no seccomp profile")
    if not re.search(r":\d", container["image"]):
        problems.append(f"image {container['image']} has no tag with a version")
    requests, limits = (container.get("resources", {}).get(kind, {}) for kind in ("requests", "limits"))
    if "cpu" not in requests or "memory" not in requests or "memory" not in limits:
        problems.append("it does not say what it takes")
    if executor and any(requests.get(resource) != limits.get(resource) for resource in ("cpu", "memory")):
        problems.append("its requests are not its limits, so others may disturb what it times")
    for variable in container.get("env", []):
        secret = re.search("DATABASE|BROKER|PASSWORD|SECRET|_KEY", variable["name"])
        if secret and not variable["name"].endswith("_FILE") and "valueFrom" not in variable:
            problems.append(f"{variable['name']} stands in the manifest")
    return problems


def scaling(spec: dict, once: bool) -> list[str]:
    """The settings that were measured; ARCHITECTURE.md and deploy/README.md say why."""
    job, template = spec["jobTargetRef"], spec["jobTargetRef"]["template"]
    arguments = template["spec"]["containers"][0]["args"]
    values = dict(zip(arguments, arguments[1:]))
    mode = "--once" if once else "--drain"
    slots = "1" if once else values.get("--slots")
    lifetime = 0 if once else seconds(values.get("--max-lifetime", "0s"))
    annotations = template["metadata"].get("annotations", {})
    expected = {
        "mode": (mode in arguments, True),
        "scalingStrategy.strategy": (spec.get("scalingStrategy", {}).get("strategy"), "accurate"),
        "scalingStrategy.multipleScalersCalculation": (spec.get("scalingStrategy", {}).get("multipleScalersCalculation"), "sum"),
        "rollout.strategy": (spec.get("rollout", {}).get("strategy"), "gradual"),
        "pollingInterval": (spec.get("pollingInterval"), 1),
        "minReplicaCount": (spec.get("minReplicaCount"), 0),
        "backoffLimit": (job.get("backoffLimit"), 0),
        "restartPolicy": (template["spec"].get("restartPolicy"), "Never"),
        "activeDeadlineSeconds": (job.get("activeDeadlineSeconds"), lifetime + HARD_TIMEOUT + MARGIN),
        "safe-to-evict": (annotations.get("cluster-autoscaler.kubernetes.io/safe-to-evict"), "false"),
        "do-not-disrupt": (annotations.get("karpenter.sh/do-not-disrupt"), "true"),
        "queues": ([trigger["metadata"].get("queueName") for trigger in spec["triggers"]], LANES),
        "types of triggers": ({trigger["type"] for trigger in spec["triggers"]}, {"rabbitmq"}),
        "protocols": ({trigger["metadata"].get("protocol") for trigger in spec["triggers"]}, {"amqp"}),
        "modes of triggers": ({trigger["metadata"].get("mode") for trigger in spec["triggers"]}, {"QueueLength"}),
        "values of triggers": ({trigger["metadata"].get("value") for trigger in spec["triggers"]}, {slots}),
    }
    return [f"{name} is {got}, not {wanted}" for name, (got, wanted) in expected.items() if got != wanted]


def seconds(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


def networks(objects: list[dict]) -> list[str]:
    """Every namespace denies what is not named, and what is named has a peer and ports."""
    problems = []
    policies = [each for each in objects if each["kind"] == "NetworkPolicy"]
    for namespace in (each["metadata"]["name"] for each in objects if each["kind"] == "Namespace"):
        denies = [
            policy for policy in policies
            if policy["metadata"]["namespace"] == namespace
            and policy["spec"].get("podSelector") == {}
            and sorted(policy["spec"].get("policyTypes", [])) == ["Egress", "Ingress"]
            and not policy["spec"].get("ingress") and not policy["spec"].get("egress")
        ]
        if not denies:
            problems.append(f"Namespace {namespace}: nothing denies by default")
    for policy in policies:
        for side, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(side, []):
                wide = any(peer.get("ipBlock", {}).get("cidr") in ("0.0.0.0/0", "::/0") for peer in rule.get(peers, []))
                if not rule.get(peers) or not rule.get("ports") or wide:
                    where = f"{policy['metadata']['namespace']}/{policy['metadata']['name']}"
                    problems.append(f"NetworkPolicy {where}: a rule of {side} lets through whatever comes")
    return problems
