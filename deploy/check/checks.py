"""All checks: each takes the repository's folder and gives the list of what is wrong."""

import compose
import images
import kubernetes
import scripts
import secret_values

CHECKS = {
    "Dockerfile": images.check,
    "docker-compose.yml": compose.check,
    "scripts": scripts.check,
    "Kubernetes manifests": kubernetes.check,
    "secret values": secret_values.check,
}
