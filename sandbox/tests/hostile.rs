//! Misbehaving programs: each has an expected ending at both levels and leaves nothing behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use common::*;
use sandbox::{Ending, Input, Level, Policy, RunSpec, WorkAccess};

const CONTAINED: Ending = Ending::Exited { code: 0 };

fn signalled(signal: i32) -> Ending {
    Ending::Signalled { signal }
}

/// What a program does, what is changed about its run, and how it must end.
type Case = (&'static str, fn(&mut RunSpec), Ending);

fn as_is(_: &mut RunSpec) {}

fn writable(spec: &mut RunSpec) {
    spec.work = WorkAccess::Writable;
}

fn short_wall(spec: &mut RunSpec) {
    spec.limits.wall = Duration::from_millis(100);
}

fn vm(spec: &mut RunSpec) {
    spec.policy = Policy::vm();
}

/// Under a policy that lets files be sent: the box keeps its order all the same.
fn sending(spec: &mut RunSpec) {
    let text = "extends = \"vm\"\nallow = [\"sendmsg\"]";
    spec.policy = Policy::parse("sending", text).unwrap();
}

fn cases() -> Vec<Case> {
    use Ending::{CpuTimeExceeded, MemoryExceeded, OutputExceeded, WallTimeExceeded};
    vec![
        ("exit 3", as_is, Ending::Exited { code: 3 }),
        ("exit 255", as_is, Ending::Exited { code: 255 }),
        ("segfault", as_is, signalled(libc::SIGSEGV)),
        // Many.
        ("fork-bomb 19", as_is, CONTAINED),
        ("thread-bomb 19", as_is, CONTAINED),
        ("thread-bomb 0", |spec| spec.limits.processes = 1, CONTAINED),
        // Memory.
        ("heap 40", as_is, CONTAINED),
        ("heap 100", as_is, MemoryExceeded),
        ("shared-mapping 100", as_is, MemoryExceeded),
        ("memory-of-children 2", as_is, CONTAINED),
        ("memory-of-children 8", as_is, MemoryExceeded),
        ("heap-without-leader 100", as_is, MemoryExceeded),
        ("huge-pages", as_is, CONTAINED),
        ("recursion 40", as_is, CONTAINED),
        ("recursion 2000", as_is, MemoryExceeded),
        ("recursion 2000", |spec| spec.limits.stack_bytes = Some(MIB), signalled(libc::SIGSEGV)),
        ("fill /tmp", as_is, CONTAINED),
        ("fill /dev/shm", as_is, CONTAINED),
        ("fill /work", writable, CONTAINED),
        ("many-files /tmp", |spec| spec.limits.cpu = Duration::from_secs(20), CONTAINED),
        ("many-files /work", writable, CONTAINED),
        // Output.
        ("print 1 1048576", as_is, CONTAINED),
        ("print 1 1048577", as_is, OutputExceeded),
        ("print 2 1048577", as_is, OutputExceeded),
        ("print 1 100000000", as_is, OutputExceeded),
        ("print-unaware", as_is, OutputExceeded),
        ("print-unaware", |spec| spec.limits.file_bytes = 0, OutputExceeded),
        ("sparse /tmp/huge", as_is, OutputExceeded),
        // Time.
        ("sleep", short_wall, WallTimeExceeded),
        ("stop-self", short_wall, WallTimeExceeded),
        ("busy 1", as_is, CpuTimeExceeded),
        ("busy 8", as_is, CpuTimeExceeded),
        ("busy-children 4", as_is, CpuTimeExceeded),
        ("deaf-and-busy 1", as_is, CpuTimeExceeded),
        ("busy-for-ms 200", as_is, CONTAINED),
        ("busy-unwaited", as_is, CpuTimeExceeded),
        // Outliving.
        ("stop-parent", as_is, CONTAINED),
        ("daemon", as_is, CONTAINED),
        ("kill-everyone", as_is, CONTAINED),
        ("leave-message", as_is, CONTAINED),
        ("find-message", as_is, CONTAINED),
        ("leave-in-flight /tmp", vm, Ending::Exited { code: 2 }),
        ("leave-in-flight /tmp", sending, CONTAINED),
        // Making the judge fail.
        ("reserve", as_is, CONTAINED),
        ("reserve", vm, CONTAINED),
        ("bewitch-outputs", as_is, CONTAINED),
        ("starve-init", as_is, CONTAINED),
        // Seeing and writing what is not its own.
        ("read-host", as_is, CONTAINED),
        ("see-processes", as_is, CONTAINED),
        ("write-outside", as_is, CONTAINED),
        ("inherited 1", as_is, CONTAINED),
        ("privileged", as_is, CONTAINED),
        ("privileged", vm, CONTAINED),
        // System calls.
        (
            "new-namespace",
            as_is,
            Ending::ForbiddenSyscall { number: libc::SYS_clone, name: "clone".into() },
        ),
        ("socket 2", vm, CONTAINED),
        ("socket 1", vm, CONTAINED),
        ("socket 16", vm, CONTAINED),
    ]
}

#[test]
fn misbehaviour_is_contained_at_level_full() {
    contains_all(Level::Full);
    assert_eq!(groups_of(std::process::id()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn misbehaviour_is_contained_at_level_user_namespace() {
    contains_all(Level::UserNamespace);
}

fn contains_all(level: Level) {
    let mounts_before = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut sandbox = open(level);
    let mut wrong = Vec::new();
    for (line, change, expected) in cases() {
        let mut spec = hostile(line);
        change(&mut spec);
        let ran = run(&mut sandbox, &spec);
        if ran.outcome.ending != expected {
            wrong.push(format!("{line}: expected {expected}, got {ran:?}"));
        }
        if spec.work == WorkAccess::Writable {
            sandbox.work().clear().unwrap();
        }
    }
    assert!(wrong.is_empty(), "at level {level}:\n{}", wrong.join("\n"));
    sandbox.close().unwrap();
    assert_eq!(fs::read_to_string("/proc/self/mountinfo").unwrap(), mounts_before);
}

#[test]
fn every_signal_that_kills_is_told_as_it_is() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for signal in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 24, 31] {
            let ran = run(&mut sandbox, &hostile(&format!("die-of {signal}")));
            assert_eq!(ran.outcome.ending, signalled(signal), "{level}");
        }
    }
}

#[test]
fn forbidden_calls_are_named() {
    let forbidden = [
        ("socket", libc::SYS_socket),
        ("ptrace", libc::SYS_ptrace),
        ("process_vm_readv", libc::SYS_process_vm_readv),
        ("pidfd_getfd", libc::SYS_pidfd_getfd),
        ("mount", libc::SYS_mount),
        ("umount2", libc::SYS_umount2),
        ("pivot_root", libc::SYS_pivot_root),
        ("chroot", libc::SYS_chroot),
        ("move_mount", libc::SYS_move_mount),
        ("open_tree", libc::SYS_open_tree),
        ("unshare", libc::SYS_unshare),
        ("setns", libc::SYS_setns),
        ("keyctl", libc::SYS_keyctl),
        ("add_key", libc::SYS_add_key),
        ("request_key", libc::SYS_request_key),
        ("bpf", libc::SYS_bpf),
        ("perf_event_open", libc::SYS_perf_event_open),
        ("userfaultfd", libc::SYS_userfaultfd),
        ("io_uring_setup", libc::SYS_io_uring_setup),
        ("seccomp", libc::SYS_seccomp),
        ("fanotify_init", libc::SYS_fanotify_init),
        ("open_by_handle_at", libc::SYS_open_by_handle_at),
        ("kexec_load", libc::SYS_kexec_load),
        ("init_module", libc::SYS_init_module),
        ("reboot", libc::SYS_reboot),
        ("swapon", libc::SYS_swapon),
        ("quotactl", libc::SYS_quotactl),
        ("settimeofday", libc::SYS_settimeofday),
        ("sethostname", libc::SYS_sethostname),
    ];
    for level in LEVELS {
        let mut sandbox = open(level);
        for (name, number) in forbidden {
            let ran = run(&mut sandbox, &hostile(&format!("call {number}")));
            let expected = Ending::ForbiddenSyscall { number, name: name.to_owned() };
            assert_eq!(ran.outcome.ending, expected, "{level}");
        }
        for line in ["foreign-call", "x32-call"] {
            let ran = run(&mut sandbox, &hostile(line));
            let Ending::ForbiddenSyscall { name, .. } = &ran.outcome.ending else {
                panic!("{line} at level {level}: {ran:?}")
            };
            assert!(name.contains("32"), "{name}");
        }
    }
}

#[test]
fn calls_that_libraries_probe_for_are_refused_without_killing() {
    let refused = [
        (libc::SYS_clone3, libc::ENOSYS),
        (libc::SYS_memfd_create, libc::ENOSYS),
        (libc::SYS_shmget, libc::ENOSYS),
        (libc::SYS_personality, libc::EPERM),
        (libc::SYS_setuid, libc::EPERM),
        (9999, libc::ENOSYS),
    ];
    for level in LEVELS {
        let mut sandbox = open(level);
        for (number, errno) in refused {
            let ran = run(&mut sandbox, &hostile(&format!("refused {number} {errno}")));
            assert_eq!(ran.outcome.ending, CONTAINED, "{number} at level {level}: {ran:?}");
        }
    }
}

#[test]
fn callers_that_die_before_they_are_heard_harm_no_one() {
    for level in LEVELS {
        let mut spec = hostile("die-asking");
        spec.limits.cpu = Duration::from_secs(10);
        // Most often one is heard of in the end.
        let ending = run(&mut open(level), &spec).outcome.ending;
        let forbidden =
            matches!(&ending, Ending::ForbiddenSyscall { name, .. } if name == "socket");
        assert!(forbidden || ending == CONTAINED, "{level}: {ending}");
    }
}

#[test]
fn a_run_finds_the_work_folder_in_order_whatever_the_one_before_did() {
    for level in LEVELS {
        for line in ["leave-in-flight /work", "lock-folder /work"] {
            let mut sandbox = open(level);
            let mut before = hostile(line);
            writable(&mut before);
            sending(&mut before);
            assert_eq!(run(&mut sandbox, &before).outcome.ending, CONTAINED, "{line} at {level}");
            for work in [WorkAccess::ReadOnly, WorkAccess::Writable, WorkAccess::ReadOnly] {
                let mut after = hostile("fill /work");
                after.work = work;
                let ending = run(&mut sandbox, &after).outcome.ending;
                let expected = i32::from(work == WorkAccess::ReadOnly);
                assert_eq!(ending, Ending::Exited { code: expected }, "{line} at {level}");
            }
        }
    }
}

#[test]
fn input_files_stay_as_they_are() {
    let temp = tempfile::tempdir().unwrap();
    fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = temp.path().join("input");
    for level in LEVELS {
        for mode in [0o600, 0o644, 0o666] {
            fs::write(&path, "input of the judge\n".repeat(1000)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let mut sandbox = open(level);
            let input = Input::Path(path.clone());
            let ran = try_run(&mut sandbox, &hostile("alter-input"), input).unwrap();
            assert_eq!(ran.outcome.ending, CONTAINED, "{level}: {ran:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), "input of the judge\n".repeat(1000));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
        }
    }
}

#[test]
fn the_helper_survives_a_run_that_fills_its_memory_with_files() {
    let spec = sandbox::BoxSpec {
        temporary_bytes: 512 * MIB,
        work_bytes: 512 * MIB,
        ..box_spec(Level::Full)
    };
    let mut sandbox = sandbox::Sandbox::open(&spec).unwrap();
    for folder in ["/tmp", "/dev/shm", "/work"] {
        let mut flood = hostile(&format!("fill {folder}"));
        flood.limits.file_bytes = 1 << 30;
        flood.limits.cpu = Duration::from_secs(10);
        flood.work = WorkAccess::Writable;
        assert_eq!(run(&mut sandbox, &flood).outcome.ending, Ending::MemoryExceeded, "{folder}");
        let after = run(&mut sandbox, &hostile("heap 40"));
        assert_eq!(after.outcome.ending, CONTAINED, "{folder}: {after:?}");
    }
}
