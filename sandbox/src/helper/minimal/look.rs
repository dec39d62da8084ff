//! Looks at what a run takes that no quota holds: space and files on the host's disk, and processes
//! where their user is not theirs alone.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::geteuid;

use super::Folder;
use crate::tree;

/// Folders deeper than this are taken for an attempt to hide what is in them.
const MAX_DEPTH: usize = 256;

/// What the work folder and the temporary folder may hold, and how many processes there may be.
#[derive(Debug)]
pub(in crate::helper) struct Look {
    pub(in crate::helper) work_bytes: u64,
    pub(in crate::helper) work_inodes: u64,
    pub(in crate::helper) temporary_bytes: u64,
    /// `None` where a resource limit holds them exactly.
    pub(in crate::helper) processes: Option<u64>,
    /// Device and inode of the run's standard streams, which are not its own.
    pub(in crate::helper) streams: Vec<(u64, u64)>,
}

impl Look {
    /// Whether the run holds more than it may on the disk.
    pub(in crate::helper) fn too_much_on_disk(&self, folder: &Folder) -> bool {
        const TEMPORARY_INODES: u64 = 65_536;
        let work = Held { bytes: self.work_bytes, inodes: self.work_inodes };
        let temporary = Held { bytes: self.temporary_bytes, inodes: TEMPORARY_INODES };
        work.too_small_for(folder.work())
            || temporary.too_small_for(folder.temporary())
            || self.nameless_bytes() > self.temporary_bytes
    }

    /// What is behind files that have no name any more and are only open.
    fn nameless_bytes(&self) -> u64 {
        let open = |process: u32| fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten();
        let files: BTreeMap<(u64, u64), u64> = tree::descendants(std::process::id())
            .into_iter()
            .flat_map(open)
            .filter_map(|fd| fs::metadata(fd.ok()?.path()).ok())
            .filter(|file| file.is_file() && file.nlink() == 0)
            .map(|file| ((file.dev(), file.ino()), file.blocks() * 512))
            .filter(|(file, _)| !self.streams.contains(file))
            .collect();
        files.into_values().sum()
    }

    /// Whether there are more processes and threads below this process than there may be.
    pub(in crate::helper) fn too_many_processes(&self) -> bool {
        self.processes.is_some_and(|most| {
            let processes = tree::descendants(std::process::id());
            let threads =
                |process| fs::read_dir(format!("/proc/{process}/task")).map(Iterator::count);
            let all: usize = processes.into_iter().filter_map(|p| threads(p).ok()).sum();
            all as u64 > most
        })
    }
}

/// How many processes and threads this process's user has.
pub(super) fn processes_of_this_user() -> u64 {
    let own =
        |process: &fs::DirEntry| process.metadata().is_ok_and(|m| m.uid() == geteuid().as_raw());
    let all = fs::read_dir("/proc").into_iter().flatten().flatten().filter(own);
    all.map(|process| fs::read_dir(process.path().join("task")).map_or(0, Iterator::count) as u64)
        .sum()
}

/// What is left of what a folder may hold.
struct Held {
    bytes: u64,
    inodes: u64,
}

impl Held {
    fn too_small_for(mut self, folder: &OwnedFd) -> bool {
        self.take(folder).is_none()
    }

    /// `None` once nothing is left. What vanishes while it is looked at, or cannot be looked at,
    /// counts for nothing.
    fn take(&mut self, top: &OwnedFd) -> Option<()> {
        // Each with the folders in it that are still to be looked into.
        let mut open = Vec::new();
        let mut next = open_folder(top.as_fd(), c".").ok();
        loop {
            if let Some(mut folder) = next.take() {
                if open.len() == MAX_DEPTH {
                    return None;
                }
                let below = self.take_entries(&mut folder)?;
                open.push((folder, below));
            }
            let Some((folder, below)) = open.last_mut() else { return Some(()) };
            match below.pop() {
                Some(name) => next = open_folder(folder.as_fd(), &name).ok(),
                None => drop(open.pop()),
            }
        }
    }

    /// The folders in a folder.
    fn take_entries(&mut self, folder: &mut Dir) -> Option<Vec<CString>> {
        let mut below = Vec::new();
        let fd = folder.as_fd().try_clone_to_owned().ok()?;
        for entry in folder.iter() {
            let Ok(entry) = entry else { break };
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            self.inodes = self.inodes.checked_sub(1)?;
            let Ok(found) = fstatat(&fd, name, AtFlags::AT_SYMLINK_NOFOLLOW) else { continue };
            self.bytes = self.bytes.checked_sub(found.st_blocks.unsigned_abs() * 512)?;
            if entry.file_type() == Some(Type::Directory) {
                below.push(name.to_owned());
            }
        }
        Some(below)
    }
}

fn open_folder(parent: BorrowedFd<'_>, name: &CStr) -> Result<Dir, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    Dir::from_fd(openat(parent, name, flags, Mode::empty())?)
}
