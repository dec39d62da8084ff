#!/bin/bash
# What the virtual machine does: sets up a system as a boot would, runs each test program of its
# job, tells how each ended, and turns itself off. The job is a file of `name program` lines.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/root

option() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t securityfs securityfs /sys/kernel/security
ip link set lo up
hostname guest

groups=$(option groups)
case $groups in
    v2) mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup ;;
    v1)
        mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
        for tree in cpu,cpuacct memory pids; do
            mkdir "/sys/fs/cgroup/$tree"
            mount -t cgroup -o "$tree" cgroup "/sys/fs/cgroup/$tree"
        done
        mkdir /sys/fs/cgroup/unified
        mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
        ;;
esac

echo "kernel $(uname -r), control groups $groups, security modules" \
    "$(cat /sys/kernel/security/lsm)"
cd "$(option folder)" || poweroff -f
failed=()
while read -r name program; do
    printf '\n== %s\n' "$name"
    began=$SECONDS
    "$program" $(option filter) </dev/null || failed+=("$name")
    echo "$name took $((SECONDS - began)) s"
done <"$(option job)"
left=$(find /sys/fs/cgroup -name 'gavel-box-*')
[ -z "$left" ] || failed+=("residue: $left")
if ((${#failed[@]})); then
    printf '\nVM: failed: %s\n' "${failed[*]}"
else
    printf '\nVM: all passed\n'
fi
busybox poweroff -f
