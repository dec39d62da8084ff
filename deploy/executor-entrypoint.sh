#!/bin/sh
# Makes the container's own control groups writable where its runtime mounted them read-only, then
# becomes gavel.
#
# Container runtimes show a container its control groups, but read-only unless the container is
# privileged, or they are new enough and told otherwise. What may mount (CAP_SYS_ADMIN) may lift
# that, for its own mount namespace only. Where it may not, gavel says which level of the sandbox
# is left, and refuses to start at one that was asked for and does not work.
set -eu

while read -r _ folder type options _; do
    case $type in cgroup | cgroup2) ;; *) continue ;; esac
    case ,$options, in *,ro,*) ;; *) continue ;; esac
    mount -o remount,bind,rw "$folder" ||
        echo "executor: $folder stays read-only; the container lacks CAP_SYS_ADMIN, or AppArmor forbids it" >&2
done </proc/self/mounts

exec gavel "$@"
