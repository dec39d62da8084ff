//! The writable folders of a box: `/work`, which lasts as long as the box does, and the temporary
//! ones, which every run finds empty.

use std::fs::Permissions;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};
use nix::sys::stat::{FileStat, stat};
use nix::sys::statvfs::statvfs;

use super::mounts::mount_tmpfs;
use super::{Failure, Step};
use crate::spec::WorkAccess;
use crate::sys::mount::{READ_ONLY, attach, clone_tree, restrict_tree, set_read_only};

const TEMPORARY_INODES: u64 = 65_536;

/// A temporary folder, replaced between runs only if the run left a trace in it.
pub(super) struct Temporary {
    path: &'static Path,
    bytes: u64,
    untouched: Trace,
}

/// What changes when anything is done to a folder.
#[derive(PartialEq, Eq)]
struct Trace {
    free_blocks: u64,
    free_inodes: u64,
    mode: u32,
    changed: (i64, i64),
    modified: (i64, i64),
}

impl Temporary {
    pub(super) fn mount(path: &'static str, bytes: u64) -> Result<Self, Failure> {
        let path = Path::new(path);
        mount_tmpfs(path, bytes, TEMPORARY_INODES, "mode=1777")?;
        Ok(Self { path, bytes, untouched: trace(path)? })
    }

    /// Makes it as new. No process of the run is left.
    pub(super) fn renew(&mut self) -> Result<(), Failure> {
        if trace(self.path)? != self.untouched {
            unmount(self.path)?;
            mount_tmpfs(self.path, self.bytes, TEMPORARY_INODES, "mode=1777")?;
            self.untouched = trace(self.path)?;
        }
        Ok(())
    }
}

fn trace(path: &Path) -> Result<Trace, Failure> {
    let name = || format!("look at {} in the box", path.display());
    let free = statvfs(path).step(name)?;
    let FileStat { st_mode, st_ctime, st_ctime_nsec, st_mtime, st_mtime_nsec, .. } =
        stat(path).step(name)?;
    Ok(Trace {
        free_blocks: free.blocks_free(),
        free_inodes: free.files_free(),
        mode: st_mode,
        changed: (st_ctime, st_ctime_nsec),
        modified: (st_mtime, st_mtime_nsec),
    })
}

/// `/work`.
pub(super) struct Work {
    bytes: u64,
    inodes: u64,
    owner: u32,
    access: WorkAccess,
}

const WORK: &str = "/work";

impl Work {
    pub(super) fn mount(bytes: u64, inodes: u64, owner: u32) -> Result<Self, Failure> {
        let work = Self { bytes, inodes, owner, access: WorkAccess::Writable };
        work.mount_empty()?;
        Ok(work)
    }

    fn mount_empty(&self) -> Result<(), Failure> {
        let options = format!("mode=755,uid={0},gid={0}", self.owner);
        mount_tmpfs(Path::new(WORK), self.bytes, self.inodes, &options)
    }

    /// A second, always writable mount of it, for the owner.
    pub(super) fn tree(&self) -> Result<OwnedFd, Failure> {
        let name = || "copy the mount of /work".to_owned();
        let tree = clone_tree(Path::new(WORK), false).step(name)?;
        Ok(tree)
    }

    /// Puts an empty one in its place.
    pub(super) fn renew(&mut self) -> Result<(), Failure> {
        unmount(Path::new(WORK))?;
        self.access = WorkAccess::Writable;
        self.mount_empty()
    }

    /// Makes it as writable as a run is to find it.
    pub(super) fn grant(&mut self, access: WorkAccess) -> Result<(), Failure> {
        if access != self.access {
            let read_only = access == WorkAccess::ReadOnly;
            match set_read_only(Path::new(WORK), read_only) {
                // A dead process's file is still open, in a socket that only the kernel can reach.
                Err(Errno::EBUSY) => remount(Path::new(WORK)),
                changed => changed.step(|| format!("change the access to {WORK}")),
            }?;
            self.access = access;
        }
        Ok(())
    }

    /// Undoes what a run did to the folder itself, so that the next one can enter it.
    pub(super) fn tidy(&self) -> Result<(), Failure> {
        if self.access == WorkAccess::Writable {
            std::fs::set_permissions(WORK, Permissions::from_mode(0o755))
                .step(|| format!("set the mode of {WORK}"))?;
        }
        Ok(())
    }
}

/// Puts another, read-only mount of the same file system in the place of the one at `path`.
fn remount(path: &Path) -> Result<(), Failure> {
    let name = || format!("mount {} in the box again", path.display());
    let tree = clone_tree(path, false).step(name)?;
    restrict_tree(tree.as_fd(), READ_ONLY).step(name)?;
    unmount(path)?;
    attach(tree.as_fd(), path).step(name)
}

/// Unmounts at once. No process uses it any more, but files that dead processes had sent each other
/// over sockets stay open until the kernel looks for such: they may not hold anyone up.
pub(super) fn unmount(path: &Path) -> Result<(), Failure> {
    umount2(path, MntFlags::MNT_DETACH).step(|| format!("unmount {} in the box", path.display()))
}
