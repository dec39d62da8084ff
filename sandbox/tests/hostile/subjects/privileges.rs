//! Rights that a program does not have.

use super::vm;
use crate::attack::*;

const NAMESPACES: [(&str, i32); 7] = [
    ("user", libc::CLONE_NEWUSER),
    ("mount", libc::CLONE_NEWNS),
    ("network", libc::CLONE_NEWNET),
    ("process", libc::CLONE_NEWPID),
    ("IPC", libc::CLONE_NEWIPC),
    ("host name", libc::CLONE_NEWUTS),
    ("control group", libc::CLONE_NEWCGROUP),
];

/// Options of prctl that change more than the program's own running.
const OPTIONS: [(&str, i32); 10] = [
    ("PR_SCHED_CORE", 62),
    ("PR_SET_MEMORY_MERGE", 67),
    ("PR_SET_SECCOMP", 22),
    ("PR_SET_PTRACER", 0x5961_6d61),
    ("PR_SET_MM", 35),
    ("PR_SET_CHILD_SUBREAPER", 36),
    ("PR_SET_SECUREBITS", 28),
    ("PR_CAP_AMBIENT", 47),
    ("PR_SET_IO_FLUSHER", 57),
    ("PR_SET_SYSCALL_USER_DISPATCH", 59),
];

pub fn attacks() -> Vec<Attack> {
    let refused = || contained("refused");
    let mut attacks = vec![
        attack("becoming root, raising limits", "privileged", refused()),
        attack("the same from a virtual machine", "privileged", refused()).with(vm),
        attack("capabilities", "capable", contained("all five sets are empty")),
        attack("typing into the terminal: TIOCSTI", "type-into-terminal", refused()),
        attack("the same from a virtual machine", "type-into-terminal", refused()).with(vm),
        attack(
            "ioctls of terminals, disks and file systems",
            "odd-ioctls",
            contained("refused: ENOTTY"),
        ),
        attack("limits of process 1", "change-limits-of-init", contained("refused: EPERM")),
    ];
    for (name, flag) in NAMESPACES {
        attacks.push(attack(
            format!("a {name} namespace by clone"),
            format!("new-namespace {flag:x}"),
            killed("clone"),
        ));
        let line = format!("new-namespace-refused {flag:x}");
        attacks.push(
            attack(
                format!("a {name} namespace by clone, from a virtual machine"),
                line,
                contained("refused: EPERM"),
            )
            .with(vm),
        );
    }
    for (name, option) in OPTIONS {
        attacks.push(attack(
            format!("prctl, {name}"),
            format!("control {option}"),
            contained("refused: EINVAL"),
        ));
    }
    attacks
}
