//! System calls that no honest program makes, each by its number.

use libc::{EACCES, ENOSYS, EPERM, c_long};

use super::{compiler, vm};
use crate::attack::*;

macro_rules! calls {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

/// Killed for, and named, whatever the language.
const KILLED: &[(&str, c_long)] = calls! {
    SYS_mount SYS_umount2 SYS_pivot_root SYS_chroot SYS_move_mount SYS_open_tree SYS_fsopen SYS_fsconfig SYS_fsmount
    SYS_fspick SYS_mount_setattr SYS_setns SYS_keyctl SYS_add_key SYS_request_key SYS_modify_ldt SYS_fanotify_init
    SYS_fanotify_mark SYS_open_by_handle_at SYS_kexec_load SYS_kexec_file_load SYS_init_module SYS_finit_module
    SYS_delete_module SYS_reboot SYS_syslog SYS_acct SYS_swapon SYS_swapoff SYS_quotactl SYS_quotactl_fd SYS_iopl
    SYS_ioperm SYS_vhangup SYS_sethostname SYS_setdomainname SYS_settimeofday SYS_adjtimex SYS_lookup_dcookie
};
/// Killed for in native programs; runtimes may try them, and are refused.
const KILLED_OR_REFUSED: &[(&str, c_long)] = calls! {
    SYS_unshare SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev SYS_pidfd_getfd SYS_kcmp SYS_bpf
    SYS_perf_event_open SYS_userfaultfd SYS_io_uring_setup SYS_io_uring_enter SYS_io_uring_register SYS_seccomp
    SYS_name_to_handle_at SYS_vmsplice
};
/// Refused everywhere, as on a kernel without them.
const ABSENT: &[(&str, c_long)] = calls! {
    SYS_clone3 SYS_process_madvise SYS_process_mrelease SYS_move_pages SYS_migrate_pages SYS_io_setup SYS_landlock_create_ruleset
    SYS_inotify_init1 SYS_shmget SYS_shmat SYS_semget SYS_msgget SYS_mq_open SYS_uselib SYS__sysctl SYS_pidfd_open
};
/// Refused everywhere for want of rights.
const NOT_PERMITTED: &[(&str, c_long)] = calls! {
    SYS_setuid SYS_setgroups SYS_capset SYS_personality SYS_sched_setaffinity SYS_sched_setattr SYS_ioprio_set SYS_setpriority
};

fn name_of(constant: &str) -> &str {
    constant.strip_prefix("SYS_").unwrap_or(constant)
}

pub fn attacks() -> Vec<Attack> {
    let mut attacks = vec![
        attack("a 32-bit call (int 0x80)", "foreign-call", killed("32-bit")),
        attack("a 32-bit call from a virtual machine", "foreign-call", killed("32-bit")).with(vm),
        attack("a 32-bit call from a compiler", "foreign-call", killed("32-bit")).with(compiler),
        attack("an x32 call", "x32-call", killed("x32")),
        attack("an x32 call from a virtual machine", "x32-call", killed("x32")).with(vm),
        attack("a forbidden call in a child's signal handler", "call-in-child", killed("ptrace")),
        attack(
            "a forbidden call after exec",
            format!("call-after-exec {}", libc::SYS_bpf),
            killed("bpf"),
        ),
        attack(
            "a number that no call has",
            format!("refused 9999 {ENOSYS}"),
            contained("refused: ENOSYS"),
        ),
    ];
    for &(constant, number) in KILLED {
        let (name, line) = (name_of(constant), format!("call {number}"));
        attacks.push(attack(name, &line, killed(name)));
        attacks
            .push(attack(format!("{name}, from a virtual machine"), &line, killed(name)).with(vm));
    }
    for &(constant, number) in KILLED_OR_REFUSED {
        let (name, line) = (name_of(constant), format!("call {number}"));
        attacks.push(attack(name, &line, killed(name)));
        let refused = End::Failed(2, "refused");
        attacks.push(
            attack(format!("{name}, from a virtual machine"), &line, refused.clone()).with(vm),
        );
        attacks.push(attack(format!("{name}, from a compiler"), &line, refused).with(compiler));
    }
    for &(constant, number) in ABSENT {
        let line = format!("refused {number} {ENOSYS}");
        attacks.push(attack(name_of(constant), line, contained("refused: ENOSYS")));
    }
    for &(constant, number) in NOT_PERMITTED {
        let line = format!("refused {number} {EPERM}");
        attacks.push(attack(name_of(constant), line, contained("refused: EPERM")));
    }
    let line = format!("refused {} {EACCES}", libc::SYS_sendmsg);
    attacks.push(
        attack("sendmsg, from a virtual machine", line, contained("refused: EACCES")).with(vm),
    );
    attacks
}
