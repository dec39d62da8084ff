//! Emptying a folder of the host that programs had for their own.
//!
//! Its trees may be deeper than any path can say and closed by their modes, so nothing here recurses
//! or names a path: what lies in a folder's folder is first moved up into the folder itself.

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, RenameFlags, openat, renameat2};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, unlinkat};

/// How many names are held in memory at a time.
const BATCH: usize = 1024;

/// Removes the folder at `path` with all that is in it. Nobody else uses it any more.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let folder = match nix::fcntl::open(path, flags, Mode::empty()) {
        Ok(folder) => folder,
        Err(Errno::ENOENT) => return Ok(()),
        Err(error) => return Err(error),
    };
    empty(&folder)?;
    nix::unistd::unlinkat(nix::fcntl::AT_FDCWD, path, UnlinkatFlags::RemoveDir)
}

/// Removes all that is in a folder.
pub(crate) fn empty(folder: &OwnedFd) -> Result<(), Errno> {
    let mut next_name = 0_u64;
    loop {
        let names = names(folder)?;
        if names.is_empty() {
            return Ok(());
        }
        for name in names {
            remove_entry(folder, &name, &mut next_name)?;
        }
    }
}

/// Removes one entry of `top`. What is in it if it is a folder is removed or becomes `top`'s.
fn remove_entry(top: &OwnedFd, name: &CString, next_name: &mut u64) -> Result<(), Errno> {
    if !is_filled_folder(top, name)? {
        return Ok(());
    }
    let folder = open_whatever_its_mode(top, name)?;
    loop {
        let names = names(&folder)?;
        if names.is_empty() {
            break;
        }
        for inner in names {
            if is_filled_folder(&folder, &inner)? {
                // To have it moved, its mode must let its own `..` be changed.
                open_whatever_its_mode(&folder, &inner)?;
                move_up(&folder, &inner, top, next_name)?;
            }
        }
    }
    unlinkat(top, name.as_c_str(), UnlinkatFlags::RemoveDir)
}

/// Tries to remove an entry; whether it is a folder with something in it, which cannot be.
fn is_filled_folder(parent: &OwnedFd, name: &CString) -> Result<bool, Errno> {
    match unlinkat(parent, name.as_c_str(), UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => return Ok(false),
        // What is said of a folder: by Linux, and by POSIX.
        Err(Errno::EISDIR | Errno::EPERM) => {}
        Err(error) => return Err(error),
    }
    match unlinkat(parent, name.as_c_str(), UnlinkatFlags::RemoveDir) {
        Ok(()) => Ok(false),
        Err(Errno::ENOTEMPTY | Errno::EEXIST) => Ok(true),
        Err(error) => Err(error),
    }
}

fn move_up(
    from: &OwnedFd,
    name: &CString,
    top: &OwnedFd,
    next_name: &mut u64,
) -> Result<(), Errno> {
    loop {
        let new = format!("{next_name}");
        *next_name += 1;
        match renameat2(from, name.as_c_str(), top, new.as_str(), RenameFlags::RENAME_NOREPLACE) {
            Err(Errno::EEXIST) => {}
            moved => return moved,
        }
    }
}

fn open_whatever_its_mode(parent: &OwnedFd, name: &CString) -> Result<OwnedFd, Errno> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let found = openat(parent, name.as_c_str(), flags | OFlag::O_PATH, Mode::empty())?;
    let itself = format!("/proc/self/fd/{}", found.as_raw_fd());
    std::fs::set_permissions(&itself, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
    openat(&found, ".", flags | OFlag::O_RDONLY, Mode::empty())
}

/// Some names in a folder.
fn names(folder: &OwnedFd) -> Result<Vec<CString>, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut entries = Dir::openat(folder.as_fd(), ".", flags, Mode::empty())?;
    let mut names = Vec::new();
    for entry in entries.iter() {
        let entry = entry?;
        let name = entry.file_name();
        if !matches!(name.to_bytes(), b"." | b"..") {
            names.push(name.to_owned());
        }
        if names.len() == BATCH {
            break;
        }
    }
    Ok(names)
}
