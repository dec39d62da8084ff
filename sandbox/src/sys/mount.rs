//! The file-descriptor mount interface: `open_tree(2)`, `move_mount(2)`, `mount_setattr(2)`.

use std::ffi::{CStr, CString, c_long};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;

use super::checked;

const OPEN_TREE_CLONE: u32 = 1;
const OPEN_TREE_CLOEXEC: u32 = libc::O_CLOEXEC as u32;
const MOVE_MOUNT_FROM_EMPTY_PATH: u32 = 4;
const AT_EMPTY_PATH: u32 = libc::AT_EMPTY_PATH as u32;
const AT_RECURSIVE: u32 = 0x8000;

/// The mount can only be read.
pub(crate) const READ_ONLY: u64 = 1;
/// Set-user-id bits mean nothing.
pub(crate) const NO_SETUID: u64 = 2;
/// Device nodes do not open.
pub(crate) const NO_DEVICES: u64 = 4;

/// `struct mount_attr`.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// A detached copy of the mount at `path`, with all mounts below it when `recursive`.
pub(crate) fn clone_tree(path: &Path, recursive: bool) -> Result<OwnedFd, Errno> {
    let path = c_path(path)?;
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | if recursive { AT_RECURSIVE } else { 0 };
    // SAFETY: `path` is a nul-terminated string that outlives the call.
    let fd = checked(unsafe {
        libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags)
    })?;
    // SAFETY: the kernel has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(raw(fd)) })
}

/// Attaches a detached tree at `target`.
pub(crate) fn attach(tree: BorrowedFd<'_>, target: &Path) -> Result<(), Errno> {
    let target = c_path(target)?;
    // SAFETY: both paths are nul-terminated strings that outlive the call.
    checked(unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            MOVE_MOUNT_FROM_EMPTY_PATH,
        )
    })?;
    Ok(())
}

/// Adds attributes to every mount of a detached tree.
pub(crate) fn restrict_tree(tree: BorrowedFd<'_>, attributes: u64) -> Result<(), Errno> {
    let change = Attributes { set: attributes, ..Attributes::default() };
    set_attributes(tree.as_raw_fd(), c"", AT_EMPTY_PATH | AT_RECURSIVE, &change)
}

/// Makes the one mount at `path` read-only or writable.
pub(crate) fn set_read_only(path: &Path, read_only: bool) -> Result<(), Errno> {
    let change = if read_only {
        Attributes { set: READ_ONLY, ..Attributes::default() }
    } else {
        Attributes { clear: READ_ONLY, ..Attributes::default() }
    };
    set_attributes(libc::AT_FDCWD, &c_path(path)?, 0, &change)
}

fn set_attributes(
    folder: RawFd,
    path: &CStr,
    flags: u32,
    change: &Attributes,
) -> Result<(), Errno> {
    // SAFETY: `path` is nul-terminated, `change` has the layout and the size that the kernel is
    // told, and both outlive the call.
    checked(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            folder,
            path.as_ptr(),
            flags,
            std::ptr::from_ref(change),
            size_of::<Attributes>(),
        )
    })?;
    Ok(())
}

fn c_path(path: &Path) -> Result<CString, Errno> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)
}

#[allow(clippy::cast_possible_truncation, reason = "descriptors are ints")]
fn raw(fd: c_long) -> RawFd {
    fd as RawFd
}
