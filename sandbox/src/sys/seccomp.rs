//! Installing a filter and hearing of the calls it forbids: `seccomp(2)`, `seccomp_unotify(2)`.

use std::ffi::c_ulong;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use nix::errno::Errno;

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

/// Architecture and number of a call that a filter stopped. The caller of it waits forever.
pub(crate) fn forbidden_call(listener: BorrowedFd<'_>) -> Result<(u32, i32), Errno> {
    // SAFETY: all-zero is a valid `seccomp_notif`, and what the kernel demands.
    let mut call: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: the request takes a pointer to a `seccomp_notif`.
    let returned = unsafe {
        libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV as c_ulong, &raw mut call)
    };
    Errno::result(returned)?;
    Ok((call.data.arch, call.data.nr))
}
