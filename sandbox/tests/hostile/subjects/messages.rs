//! What one run could tell another, in the same box or in one beside it.

use Between::{Boxes, Runs};

use super::vm;
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    let fresh = || contained("every run has its own");
    let mut attacks = vec![];
    for between in [Runs, Boxes] {
        let beside = if between == Boxes { ", to another box" } else { ", to the next run" };
        let message = |name: &str, leave: &str, find: &str, end: End| {
            message(&format!("{name}{beside}"), leave, find, between, end)
        };
        attacks.extend([
            message("/tmp and /dev/shm", "leave-in-folders", "find-in-folders", fresh()),
            message("the kernel's keyring", "leave-key", "find-key", killed("add_key")),
            message(
                "the kernel's keyring, by virtual machines",
                "leave-key",
                "find-key",
                killed("add_key"),
            )
            .with(vm),
            message(
                "a write hint on a shared file",
                "leave-write-hint",
                "find-write-hint",
                contained("refused: ENOLCK"),
            ),
            message(
                "times of a shared file",
                "leave-times",
                "find-times",
                contained("refused: read-only"),
            )
            .reading_shared(),
            message(
                "when a shared file was read",
                "leave-reading",
                "find-reading",
                contained("a mount of its own does not keep it"),
            )
            .reading_shared()
            .without_groups(either([
                open("the file tells it, once"),
                contained("the file system does not keep it"),
            ])),
            message(
                "System V shared memory, queues, semaphores",
                "leave-system-v",
                "find-system-v",
                contained("refused: ENOSYS"),
            ),
            message(
                "a POSIX message queue",
                "leave-in-queue",
                "find-in-queue",
                contained("refused: ENOSYS"),
            ),
            message(
                "numbers of processes",
                "leave-process-numbers",
                "find-process-numbers",
                contained("they begin anew"),
            )
            .with(super::ample_time)
            .at_minimal(open("they are the host's")),
        ]);
    }
    let message = |name: &str, leave: &str, find: &str, end: End| {
        message(name, leave, find, Boxes, end).held()
    };
    let locked = || contained("refused: ENOLCK");
    let pretended = || contained("nothing is locked, though it seems so");
    for (suffix, change, flocked) in [
        ("", (|_| ()) as fn(&mut sandbox::RunSpec), locked()),
        (", by virtual machines", vm, pretended()),
        (", by compilers", super::compiler, pretended()),
    ] {
        attacks.extend([
            message(
                &format!("flock on a shared file{suffix}"),
                "leave-flock",
                "find-flock",
                flocked,
            )
            .with(change),
            message(
                &format!("a record lock on a shared file{suffix}"),
                "leave-record-lock 6",
                "find-record-lock 5",
                locked(),
            )
            .with(change),
            message(
                &format!("an open file description lock{suffix}"),
                "leave-record-lock 37",
                "find-record-lock 36",
                locked(),
            )
            .with(change),
        ]);
    }
    attacks.extend([
        message("an abstract socket", "leave-name", "find-name", killed("socket")),
        message(
            "an abstract socket, by virtual machines",
            "leave-name",
            "find-name",
            contained("refused: EACCES"),
        )
        .with(vm),
        message(
            "a futex on a page of a shared file",
            "leave-waiter",
            "find-waiter",
            open("threads need them, and the kernel tells pages apart by file"),
        ),
        crate::attack::message(
            "a stale out-of-memory flag, to the next run",
            "heap 100",
            "heap 40",
            Runs,
            contained("every run has its own"),
        ),
        attack("a lease on a shared file", "watch lease", locked()),
        attack("inotify on shared files", "watch inotify", contained("refused: ENOSYS")),
        attack(
            "inotify on shared files, by virtual machines",
            "watch inotify",
            contained("refused: ENOSYS"),
        )
        .with(vm),
        attack("dnotify on shared folders", "watch dnotify", locked()),
        attack("pages of a shared file in memory", "see-cached-pages", contained("refused")),
        attack("room on the host's disk", "see-disk", contained("refused: ENOSYS")),
        attack(
            "load, processes and free memory of the host: sysinfo",
            "see-load",
            contained("answered with the run's own limit"),
        ),
        attack(
            "the host's uptime",
            "see-uptime {uptime}",
            contained("the clocks begin with the box"),
        )
        .at_minimal(open("its monotonic clock is the host's")),
        attack("numbers of pipes", "see-numbers-of-pipes", open("one counter for the whole host")),
    ]);
    attacks
}
