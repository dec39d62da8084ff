#!/usr/bin/env bash
# Runs the sandbox's tests in a virtual machine, on a kernel of Debian's with control groups of
# version 2 and Landlock, whatever this host's own kernel has.
#
#     sandbox/tests/vm/run.sh [--groups v1|v2] [--kernel FILE.deb] [--filter WORD]
#                             [--seconds N] [TEST…]
#
# TEST is a test program of the crate (lib, hostile, limits, …). When none is named: all of them but
# toolchains, whose compilers take more than ten minutes on an emulated processor. WORD selects tests
# within each.
#
# The machine sees the host's files without being able to change them, writes to a disk of its own,
# has no network, and turns itself off; after N seconds (600) it is ended. Its kernel is downloaded
# with apt and unpacked below target/, never installed. qemu and busybox are installed with apt when
# they are missing and this is root.
#
# Exit codes: 0 all tests passed; 1 some did not; 2 usage; 3 there is no machine to run them on.
set -euo pipefail
vm=$(cd "$(dirname "$0")" && pwd)
cd "$vm/../../.."
work=$PWD/target/vm

groups=v2 deb='' filter='' seconds=600
while (($#)); do
    case $1 in
        --groups) groups=$2; shift 2 ;;
        --kernel) deb=$(realpath "$2"); shift 2 ;;
        --filter) filter=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        -*) sed -n '2,/^set/s/^# \?//p' "$0" >&2; exit 2 ;;
        *) break ;;
    esac
done

say() { printf 'vm: %s\n' "$*" >&2; }
no_machine() {
    say "$*"
    say "NOT TESTED on a kernel with cgroup $groups and Landlock"
    exit 3
}

# In the order in which they need each other.
modules=(
    virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci
    netfs fscache 9pnet 9pnet_virtio 9p
    crc16 crc32c_generic mbcache jbd2 ext4 virtio_blk
    overlay
)

install_programs() {
    local missing=()
    command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86)
    command -v busybox >/dev/null || missing+=(busybox-static)
    command -v mke2fs >/dev/null || missing+=(e2fsprogs)
    ((${#missing[@]})) || return 0
    [ "$(id -u)" = 0 ] || no_machine "missing, and not installed because this is not root: ${missing[*]}"
    say "installing ${missing[*]}"
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        "${missing[@]}" >/dev/null || no_machine "cannot install ${missing[*]}"
}

# Downloads the newest kernel of this release of Debian, once.
download_kernel() {
    local name
    name=$(apt-cache depends linux-image-amd64 2>/dev/null |
        sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
    [ -n "$name" ] || no_machine "apt knows no linux-image-amd64, Debian's kernel"
    deb=$(find "$work" -maxdepth 1 -name "${name}_*.deb" | head -1)
    [ -z "$deb" ] || return 0
    say "downloading $name"
    (cd "$work" && apt-get download -qq "$name" 2>/dev/null) ||
        no_machine "cannot download $name (apt-get update may help)"
    deb=$(find "$work" -maxdepth 1 -name "${name}_*.deb" | head -1)
}

# Takes from the package what the machine boots: the kernel and an initramfs with some modules.
unpack_kernel() {
    if [ ! -e "$kernel/vmlinuz" ]; then
        rm -rf "$kernel"
        mkdir -p "$kernel/root/bin" "$kernel/root/modules"
        dpkg -x "$deb" "$kernel/deb"
        local module
        for module in "${modules[@]}"; do
            find "$kernel/deb" -name "$module.ko*" -exec mv -t "$kernel/root/modules" {} +
        done
        find "$kernel/root/modules" -name '*.xz' -exec xz -d {} +
        mv "$kernel"/deb/boot/vmlinuz-* "$kernel/vmlinuz"
        rm -rf "$kernel/deb"
    fi
    printf '%s\n' "${modules[@]}" >"$kernel/root/modules/order"
    cp "$(command -v busybox)" "$kernel/root/bin/busybox"
    install -m 755 "$vm/init.sh" "$kernel/root/init"
    (cd "$kernel/root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$kernel/initramfs"
}

# Names and paths of the test programs that cargo builds.
test_programs() {
    cargo test -p sandbox --no-run --locked --message-format=json-render-diagnostics "$@" 2>>"$run/build.log" |
        sed -n 's/.*"kind":\["\(lib\|test\)"\][^}]*"name":"\([^"]*\)".*"test":true}.*"executable":"\([^"]*\)".*/\2 \3/p' |
        sed 's/^sandbox /lib /'
}

# Writes the job: a line with name and path for each test program.
build_tests() {
    say "building the tests"
    : >"$run/build.log"
    # Elsewhere than here `cargo test` does not run the one that is about the unified tree.
    { test_programs && test_programs --test delegation; } >"$run/all" || { cat "$run/build.log" >&2; exit 1; }
    if ((!$#)); then
        set -- $(cut -d ' ' -f 1 "$run/all")
        local absent='toolchains'
        [ "$groups" = v2 ] || absent+='|delegation'
        set -- $(printf '%s\n' "$@" | grep -Evx "$absent")
        say "not among the tests unless they are named: ${absent/|/, }"
    fi
    local test
    for test; do
        grep "^$test " "$run/all" || { say "there is no test program $test"; exit 2; }
    done >"$run/job"
}

[ "$(uname -m)" = x86_64 ] || no_machine "the machine is an x86_64, and this host is not"
run=$work/$groups
mkdir -p "$run"
install_programs
[ -n "$deb" ] || download_kernel
kernel=$work/$(basename "$deb" .deb)
unpack_kernel
build_tests "$@"

# A processor that virtualises says so. Elsewhere it is emulated, with a clock that counts its
# instructions: so that limits of CPU time mean the same however slow and busy the host is.
if [ -w /dev/kvm ] && grep -Eqm1 '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then
    machine=(-accel kvm -cpu host -smp 2)
else
    machine=(-accel tcg -cpu max -icount shift=0)
fi
line="console=ttyS0 loglevel=1 panic=-1 mitigations=off lsm=landlock,yama,bpf guest=$vm/guest.sh"
line+=" folder=$PWD/sandbox job=$run/job groups=$groups filter=$filter"
[ "$groups" = v1 ] || line+=" cgroup_no_v1=all"
truncate -s 0 "$run/disk"
truncate -s 4G "$run/disk"
mke2fs -q -t ext4 -O ^has_journal "$run/disk"
say "booting: ${machine[*]}; $line"
timeout "$seconds" qemu-system-x86_64 "${machine[@]}" -m 2048 -no-reboot \
    -kernel "$kernel/vmlinuz" -initrd "$kernel/initramfs" -append "$line" \
    -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
    -device virtio-9p-pci,fsdev=root,mount_tag=root \
    -drive file="$run/disk",format=raw,if=virtio,cache=unsafe,discard=unmap \
    -nic none -display none -monitor none -serial stdio </dev/null |
    tee "$run/log" || say "the machine was ended after $seconds s"
rm -f "$run/disk"
grep -q '^VM: all passed' "$run/log"
