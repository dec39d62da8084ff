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
    case $type in
        cgroup2) ;;
        # Version 1 has a tree for each controller: those that count and bound a box, and no other, as
        # `devices` is what keeps a container from the host's disks.
        cgroup) case ,$options, in *,cpuacct,* | *,memory,* | *,pids,*) ;; *) continue ;; esac ;;
        *) continue ;;
    esac
    case ,$options, in *,ro,*) ;; *) continue ;; esac
    if ! mount -o remount,bind,rw "$folder" 2>/dev/null; then
        echo "executor: $folder stays read-only; the container lacks CAP_SYS_ADMIN, or AppArmor forbids it" >&2
        # None of the others can be had either.
        break
    fi
done </proc/self/mounts

exec gavel "$@"
