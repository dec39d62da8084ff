//! Rules about files that a process puts on itself: `landlock(7)`.

use std::ffi::c_long;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

use super::checked;

/// What may be done to a file or in a folder: bits of `LANDLOCK_ACCESS_FS_*`.
pub(crate) type Access = u64;

pub(crate) const EXECUTE: Access = 1;
pub(crate) const WRITE_FILE: Access = 1 << 1;
pub(crate) const READ_FILE: Access = 1 << 2;
pub(crate) const READ_DIR: Access = 1 << 3;
const MAKE_CHAR: Access = 1 << 6;
const MAKE_SOCK: Access = 1 << 9;
const MAKE_BLOCK: Access = 1 << 11;
const TRUNCATE: Access = 1 << 14;
const IOCTL_DEV: Access = 1 << 15;

/// What a folder of one's own is for: everything but devices and sockets.
pub(crate) const OWN_FOLDER: Access =
    !(MAKE_CHAR | MAKE_BLOCK | MAKE_SOCK | IOCTL_DEV) & ((1 << 16) - 1);
/// What can be asked for of something that is no folder.
const OF_FILES: Access = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

const RULE_PATH_BENEATH: u32 = 1;
const CREATE_RULESET_VERSION: u32 = 1;

/// `struct landlock_ruleset_attr`.
#[repr(C)]
#[derive(Default)]
struct Handled {
    files: Access,
    network: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed: Access,
    parent: RawFd,
}

/// The version of the interface that this kernel offers; 0 when it offers none.
pub(crate) fn abi() -> u32 {
    // SAFETY: with this flag, the kernel takes no attributes and makes no descriptor.
    let version = checked(unsafe {
        let none = std::ptr::null::<Handled>();
        libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, CREATE_RULESET_VERSION)
    });
    version.ok().and_then(|version| u32::try_from(version).ok()).unwrap_or(0)
}

/// Rules under construction. All that they do not allow will be forbidden.
#[derive(Debug)]
pub(crate) struct Ruleset {
    fd: OwnedFd,
    handled: Access,
}

impl Ruleset {
    /// Forbids all that this kernel can forbid: every use of files, TCP, signals to other domains
    /// and their abstract sockets.
    pub(crate) fn new(abi: u32) -> Result<Self, Errno> {
        let newest_access = match abi {
            0 | 1 => 12, // MAKE_SYM
            2 => 13,     // REFER
            3 | 4 => 14, // TRUNCATE
            _ => 15,     // IOCTL_DEV
        };
        let handled = Handled {
            files: (1 << (newest_access + 1)) - 1,
            network: if abi >= 4 { 0b11 } else { 0 }, // BIND_TCP, CONNECT_TCP
            scoped: if abi >= 6 { 0b11 } else { 0 },  // ABSTRACT_UNIX_SOCKET, SIGNAL
        };
        // An older kernel refuses a longer structure unless the rest of it is zero.
        // SAFETY: `handled` has the layout and the size that the kernel is told.
        let fd = checked(unsafe {
            libc::syscall(
                libc::SYS_landlock_create_ruleset,
                &raw const handled,
                size_of::<Handled>(),
                0_u32,
            )
        })?;
        // SAFETY: the kernel has just made this descriptor for us alone.
        let fd = unsafe { OwnedFd::from_raw_fd(raw(fd)) };
        Ok(Self { fd, handled: handled.files })
    }

    /// Allows `access` to what is open at `file` and, if that is a folder, to all below it.
    pub(crate) fn allow(
        &self,
        file: BorrowedFd<'_>,
        is_folder: bool,
        access: Access,
    ) -> Result<(), Errno> {
        let possible = if is_folder { self.handled } else { self.handled & OF_FILES };
        let rule = PathBeneath { allowed: access & possible, parent: file.as_raw_fd() };
        // SAFETY: `rule` has the layout that belongs to this type of rule.
        checked(unsafe {
            libc::syscall(
                libc::SYS_landlock_add_rule,
                self.fd.as_raw_fd(),
                RULE_PATH_BENEATH,
                &raw const rule,
                0_u32,
            )
        })?;
        Ok(())
    }

    /// Puts the rules on this thread and on whatever it becomes or starts. Needs `no_new_privs`.
    pub(crate) fn restrict_self(&self) -> Result<(), Errno> {
        // SAFETY: takes no pointers.
        checked(unsafe {
            libc::syscall(libc::SYS_landlock_restrict_self, self.fd.as_fd().as_raw_fd(), 0_u32)
        })?;
        Ok(())
    }
}

#[allow(clippy::cast_possible_truncation, reason = "descriptors are ints")]
fn raw(fd: c_long) -> RawFd {
    fd as RawFd
}
