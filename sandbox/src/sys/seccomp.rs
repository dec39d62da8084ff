//! Installing a filter and hearing of the calls it forbids: `seccomp(2)`, `seccomp_unotify(2)`.

use std::ffi::c_ulong;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use nix::errno::Errno;
use nix::unistd::Pid;

use super::checked;
use crate::policy::Instruction;

/// Installs a filter on this process; the number of a descriptor that tells of forbidden calls.
pub(crate) fn install(program: &[Instruction]) -> Result<RawFd, Errno> {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| Errno::E2BIG)?,
        filter: program.as_ptr().cast_mut().cast::<libc::sock_filter>(),
    };
    // SAFETY: `Instruction` has the layout of `sock_filter`, `len` of them are behind the pointer,
    // and the kernel only reads and copies them.
    let listener = checked(unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const filter,
        )
    })?;
    #[allow(clippy::cast_possible_truncation, reason = "descriptors are ints")]
    Ok(listener as RawFd)
}

/// A call that a filter stopped. Its caller waits for an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    id: u64,
    pub(crate) process: Pid,
    pub(crate) arch: u32,
    pub(crate) number: i32,
    pub(crate) arguments: [u64; 6],
}

/// The next call that the filter stopped; `ENOENT` if its caller was killed before it was heard.
pub(crate) fn next_call(listener: BorrowedFd<'_>) -> Result<Call, Errno> {
    // SAFETY: all-zero is a valid `seccomp_notif`, and what the kernel demands.
    let mut call: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: the request takes a pointer to a `seccomp_notif`.
    let returned = unsafe {
        libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV as c_ulong, &raw mut call)
    };
    Errno::result(returned)?;
    Ok(Call {
        id: call.id,
        process: Pid::from_raw(call.pid.cast_signed()),
        arch: call.data.arch,
        number: call.data.nr,
        arguments: call.data.args,
    })
}

/// Puts a copy of `file` into the caller's table; its number there.
pub(crate) fn add_descriptor(
    listener: BorrowedFd<'_>,
    call: &Call,
    file: BorrowedFd<'_>,
    flags: u32,
) -> Result<i64, Errno> {
    let mut addition = libc::seccomp_notif_addfd {
        id: call.id,
        flags: 0,
        srcfd: file.as_raw_fd().cast_unsigned(),
        newfd: 0,
        newfd_flags: flags,
    };
    // SAFETY: the request takes a pointer to a `seccomp_notif_addfd`.
    let returned = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_ADDFD as c_ulong,
            &raw mut addition,
        )
    };
    Errno::result(returned).map(i64::from)
}

/// Lets the call return a value, or fail.
pub(crate) fn respond(
    listener: BorrowedFd<'_>,
    call: &Call,
    answer: Result<i64, Errno>,
) -> Result<(), Errno> {
    let (val, error) = answer.map_or_else(|errno| (0, -(errno as i32)), |value| (value, 0));
    let mut response = libc::seccomp_notif_resp { id: call.id, val, error, flags: 0 };
    // SAFETY: the request takes a pointer to a `seccomp_notif_resp`.
    let returned = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SEND as c_ulong,
            &raw mut response,
        )
    };
    Errno::result(returned).map(drop)
}
