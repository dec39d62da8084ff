//! The kernel interfaces that neither libc nor nix wraps: each a thin safe function.

pub(crate) mod capabilities;
pub(crate) mod futex;
pub(crate) mod image;
pub(crate) mod landlock;
pub(crate) mod mount;
pub(crate) mod process;
pub(crate) mod seccomp;
pub(crate) mod shared;
pub(crate) mod trace;

use std::ffi::c_long;

use nix::errno::Errno;

/// What a raw system call returned, as a result.
fn checked(returned: c_long) -> Result<c_long, Errno> {
    if returned < 0 { Err(Errno::last()) } else { Ok(returned) }
}
