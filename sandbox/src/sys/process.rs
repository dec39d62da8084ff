//! Making processes and becoming another program: `clone3(2)`, `execve(2)`, `wait4(2)`.

use std::ffi::{CStr, CString, c_char};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::Pid;

use super::checked;

/// Which side of a [`fork`] this is.
pub(crate) enum Side {
    /// The new process.
    Child,
    /// The old one.
    Parent(Pid),
}

/// Forks with `clone3(2)` flags (`CLONE_*`), born into `cgroup` when one is given (cgroup v2).
///
/// Only a single-threaded process may call this: no lock of another thread is ever released in
/// the child. The child must end by [`exit_now`] or by executing a program.
pub(crate) fn fork(flags: i32, cgroup: Option<BorrowedFd<'_>>) -> Result<Side, Errno> {
    const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
    // SAFETY: all-zero is a valid `clone_args`.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = u64::from(flags.cast_unsigned());
    args.exit_signal = u64::from(libc::SIGCHLD.cast_unsigned());
    if let Some(cgroup) = cgroup {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = u64::from(cgroup.as_raw_fd().cast_unsigned());
    }
    // SAFETY: without CLONE_VM and without a stack this is a fork: the child goes on with a copy
    // of this memory.
    let pid = checked(unsafe {
        libc::syscall(libc::SYS_clone3, &raw mut args, size_of::<libc::clone_args>())
    })?;
    if pid == 0 {
        return Ok(Side::Child);
    }
    #[allow(clippy::cast_possible_truncation, reason = "process ids are ints")]
    Ok(Side::Parent(Pid::from_raw(pid as i32)))
}

/// Ends this process without running any destructor or exit handler.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` takes any code and does not return.
    unsafe { libc::_exit(code) }
}

/// A program ready to be executed: everything allocated beforehand.
pub(crate) struct Program {
    candidates: Vec<CString>,
    _strings: Vec<CString>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
}

impl Program {
    /// `candidates` are the paths to try in turn.
    pub(crate) fn new(candidates: Vec<CString>, argv: Vec<CString>, env: Vec<CString>) -> Self {
        let pointers = |strings: &[CString]| {
            strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect::<Vec<_>>()
        };
        let (argv_pointers, envp) = (pointers(&argv), pointers(&env));
        // The strings' buffers stay where they are when the vectors move.
        let strings = argv.into_iter().chain(env).collect();
        Self { candidates, _strings: strings, argv: argv_pointers, envp }
    }

    /// Becomes the first candidate that exists; returns why no one could be executed.
    pub(crate) fn execute(&self) -> Errno {
        let mut why = Errno::ENOENT;
        for candidate in &self.candidates {
            let error = self.execute_at(candidate);
            if error != Errno::ENOENT && error != Errno::ENOTDIR {
                why = error;
                if error != Errno::EACCES {
                    break;
                }
            }
        }
        why
    }

    fn execute_at(&self, path: &CStr) -> Errno {
        // A child of the owner between its fork and its exec may still hold the descriptor with
        // which the owner wrote this file; it is gone within moments.
        const ATTEMPTS: u32 = 1000;
        for _ in 0..ATTEMPTS {
            // SAFETY: path, arguments and environment are nul-terminated strings in
            // null-terminated arrays that `self` keeps alive.
            unsafe { libc::execve(path.as_ptr(), self.argv.as_ptr(), self.envp.as_ptr()) };
            if Errno::last() != Errno::ETXTBSY {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Errno::last()
    }
}

/// An ended child, with its own usage and that of its waited-for descendants.
pub(crate) struct Ended {
    pub(crate) pid: Pid,
    /// As `waitpid(2)` gives it.
    pub(crate) status: i32,
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Peak resident set of the largest process, in bytes.
    pub(crate) largest_resident_bytes: u64,
}

/// Whether to wait for what has not happened yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    Wait,
    Look,
}

/// Reaps a child that has ended, whichever it is.
///
/// # Errors
/// `ECHILD` when there is no child, ended or not.
pub(crate) fn reap(patience: Patience) -> Result<Option<Ended>, Errno> {
    let mut status = 0;
    // SAFETY: all-zero is a valid `rusage`.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let flags = libc::__WALL | if patience == Patience::Look { libc::WNOHANG } else { 0 };
    let pid = loop {
        // SAFETY: both pointers are to live locals of the right type.
        let pid = unsafe { libc::wait4(-1, &raw mut status, flags, &raw mut usage) };
        match Errno::result(pid) {
            Ok(pid) => break pid,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    };
    Ok((pid != 0).then(|| Ended {
        pid: Pid::from_raw(pid),
        status,
        cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
        largest_resident_bytes: usage.ru_maxrss.unsigned_abs() * 1024,
    }))
}

/// Waits for one child to end.
pub(crate) fn wait(child: Pid) {
    // SAFETY: a null pointer says that the status is of no interest.
    let wait = || unsafe { libc::waitpid(child.as_raw(), std::ptr::null_mut(), libc::__WALL) };
    while Errno::result(wait()).map(drop) == Err(Errno::EINTR) {}
}

#[allow(clippy::cast_possible_truncation, reason = "microseconds are below a million")]
fn duration(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_usec.unsigned_abs() as u32 * 1000)
}

/// Closes every descriptor from `first` on.
pub(crate) fn close_from(first: RawFd) -> Result<(), Errno> {
    // SAFETY: takes no pointers. Whoever still owns a descriptor in this process never uses it
    // again: it executes a program or only waits.
    checked(unsafe {
        libc::syscall(libc::SYS_close_range, first.cast_unsigned(), u32::MAX, 0_u32)
    })?;
    Ok(())
}

/// Gives up every capability of this process.
pub(crate) fn drop_capabilities() -> Result<(), Errno> {
    const VERSION_3: u32 = 0x2008_0522;
    let header: [u32; 2] = [VERSION_3, 0];
    let none = [0_u32; 6];
    // SAFETY: header and data have the layout and size of version 3 of the interface.
    checked(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) })?;
    Ok(())
}

/// Empties the bounding set and sees that no user id brings capabilities, for this process's
/// descendants. Its own capabilities stay.
pub(crate) fn forbid_capabilities_below() -> Result<(), Errno> {
    // SECBIT_NOROOT, and the locks of it, of NO_SETUID_FIXUP and of KEEP_CAPS.
    const NO_ROOT_LOCKED: u64 = 0b10_1011;
    for capability in 0.. {
        // SAFETY: takes no pointers.
        let returned = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        match Errno::result(returned) {
            Ok(_) => {}
            Err(Errno::EINVAL) => break, // past the last capability of this kernel
            Err(error) => return Err(error),
        }
    }
    // SAFETY: takes no pointers.
    let returned = unsafe { libc::prctl(libc::PR_SET_SECUREBITS, NO_ROOT_LOCKED, 0, 0, 0) };
    Errno::result(returned).map(drop)
}

/// Sets a resource limit, soft and hard alike, as far as the hard limit in force allows.
pub(crate) fn limit(resource: libc::__rlimit_resource_t, value: u64) -> Result<(), Errno> {
    let mut current = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a pointer to a live local.
    Errno::result(unsafe { libc::getrlimit(resource, &raw mut current) })?;
    let value = value.min(current.rlim_max);
    let wanted = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: a pointer to a live local.
    Errno::result(unsafe { libc::setrlimit(resource, &raw const wanted) }).map(drop)
}

/// Nanoseconds on a clock of the system, such as `CLOCK_MONOTONIC`.
pub(crate) fn clock_nanoseconds(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a pointer to a live local; the clocks used exist on every Linux.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// CPU time of another process of this user, from its birth; zero if it is gone.
pub(crate) fn cpu_of(process: Pid) -> Duration {
    let mut clock = 0;
    // SAFETY: a pointer to a live local.
    if unsafe { libc::clock_getcpuclockid(process.as_raw(), &raw mut clock) } != 0 {
        return Duration::ZERO;
    }
    Duration::from_nanos(clock_nanoseconds(clock))
}

/// CPU time of this process.
pub(crate) fn own_cpu() -> Duration {
    Duration::from_nanos(clock_nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID))
}

/// Nobody has to wait for this process's children.
pub(crate) fn let_the_kernel_reap() {
    // SAFETY: SIG_IGN is a valid handler.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// Writing to a pipe without a reader is an error from now on, also to what is executed.
pub(crate) fn ignore_broken_pipes() {
    // SAFETY: SIG_IGN is a valid handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// Puts every signal's handling back to the default and unblocks all.
pub(crate) fn reset_signals() {
    for signal in 1..=64 {
        // SAFETY: SIG_DFL is a valid handler; signals that cannot be changed are refused.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// A descriptor of this process that polls readable once it has ended.
pub(crate) fn own_pidfd() -> Result<OwnedFd, Errno> {
    // SAFETY: takes no pointers.
    let fd = checked(unsafe { libc::syscall(libc::SYS_pidfd_open, libc::getpid(), 0) })?;
    #[allow(clippy::cast_possible_truncation, reason = "descriptors are ints")]
    // SAFETY: the kernel has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Kills a process of which this is a descriptor.
pub(crate) fn kill_by_pidfd(process: BorrowedFd<'_>) -> Result<(), Errno> {
    let info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: without the information about the signal, the kernel fills it in.
    checked(unsafe {
        libc::syscall(libc::SYS_pidfd_send_signal, process.as_raw_fd(), libc::SIGKILL, info, 0_u32)
    })
    .map(drop)
}

/// Whether an executed program finds a descriptor open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inherited {
    Yes,
    No,
}

/// Puts `fd` at the number `at`, which it does not have yet.
pub(crate) fn place_descriptor(
    fd: BorrowedFd<'_>,
    at: RawFd,
    inherited: Inherited,
) -> Result<(), Errno> {
    let flags = if inherited == Inherited::Yes { 0 } else { libc::O_CLOEXEC };
    // SAFETY: takes no pointers. Only a freshly forked child calls this, which uses no
    // descriptor that it may replace.
    Errno::result(unsafe { libc::dup3(fd.as_raw_fd(), at, flags) }).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::fd::AsFd;

    use nix::sys::signal::{Signal, kill, raise};

    use super::*;

    /// Needs root and a cgroup v2 mount, with or without controllers.
    #[test]
    fn a_child_can_be_born_into_a_group() {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let mount = mounts.lines().find(|line| line.contains(" - cgroup2 ")).unwrap();
        let group =
            format!("{}/gavel-test-{}", mount.split(' ').nth(4).unwrap(), std::process::id());
        fs::create_dir(&group).unwrap();
        let folder = File::open(&group).unwrap();
        let child = match fork(0, Some(folder.as_fd())).unwrap() {
            Side::Child => {
                let _ = raise(Signal::SIGSTOP);
                exit_now(0)
            }
            Side::Parent(pid) => pid,
        };
        let members = fs::read_to_string(format!("{group}/cgroup.procs")).unwrap();
        kill(child, Signal::SIGKILL).unwrap();
        wait(child);
        fs::remove_dir(&group).unwrap();
        assert_eq!(members.trim(), child.to_string());
    }
}
