//! What stands in for namespaces, mounts and control groups at level minimal.

mod confinement;
mod folder;
mod kill;
mod look;

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::stat::{FileStat, fstat};
use nix::unistd::setgroups;

pub(super) use confinement::Confinement;
use folder::Folder;
pub(super) use kill::kill_orphans;
use look::Look;

use super::namespaces::Identity;
use super::{Failure, Step};
use crate::protocol::{Run, Setup, User};
use crate::spec::Mount;
use crate::sys::process;

/// Makes this process the parent of all orphans of the box. Nothing else is its own.
pub(super) fn enter(setup: &Setup) -> Result<Identity, Failure> {
    let own = Identity::on_the_host(setup.user)?;
    if !matches!(setup.user, User::Owner) {
        setgroups(&[]).step(|| "drop supplementary groups".into())?;
        process::forbid_capabilities_below().step(|| "empty the capability bounding set".into())?;
    }
    prctl::set_no_new_privs().step(|| "set no_new_privs".into())?;
    prctl::set_child_subreaper(true).step(|| "become the parent of orphans".into())?;
    Ok(own)
}

/// A box on the host.
pub(super) struct OnHost {
    pub(super) folder: Folder,
    mounts: Vec<Mount>,
    landlock: u32,
    look: Look,
    /// The programs' user, if nobody else has it.
    private_user: Option<u32>,
}

impl OnHost {
    /// `user` is the one that programs become.
    pub(super) fn set_up(setup: &Setup, user: Option<u32>) -> Result<Self, Failure> {
        let minimal =
            setup.minimal.as_ref().ok_or(Errno::EINVAL).step(|| "read the box's folder".into())?;
        let look = Look {
            work_bytes: setup.work_bytes,
            work_inodes: setup.work_inodes,
            temporary_bytes: setup.temporary_bytes,
            processes: None,
            streams: Vec::new(),
        };
        Ok(Self {
            folder: Folder::make(&minimal.folder, user)?,
            mounts: setup.mounts.clone(),
            landlock: minimal.landlock,
            look,
            private_user: user.filter(|_| matches!(setup.user, User::Above(_))),
        })
    }

    pub(super) fn work_tree(&self) -> Result<OwnedFd, Failure> {
        self.folder.work().try_clone().step(|| "duplicate the work folder's descriptor".into())
    }

    /// Adapts the run's limits to this host.
    pub(super) fn prepare(&mut self, run: &mut Run) -> Result<Confinement, Failure> {
        if self.private_user.is_none()
            && let Some((_, limit)) = run.rlimits.iter_mut().find(|(r, _)| *r == libc::RLIMIT_NPROC)
        {
            self.look.processes = Some(*limit);
            // All processes of the user count, and this limit only bounds what may happen until
            // they are looked at.
            *limit = limit.saturating_add(look::processes_of_this_user());
        }
        Confinement::new(self.landlock, &self.mounts, &self.folder, run.work)
    }

    /// These files are not the run's own.
    pub(super) fn exempt(&mut self, streams: &[OwnedFd]) {
        let identity = |file: FileStat| (file.st_dev, file.st_ino);
        self.look.streams = streams.iter().filter_map(|fd| fstat(fd).ok()).map(identity).collect();
    }

    pub(super) fn kill_all(&self) -> Result<(), Errno> {
        kill::strike(self.private_user)
    }

    pub(super) fn too_much_on_disk(&self) -> bool {
        self.look.too_much_on_disk(&self.folder)
    }

    pub(super) fn too_many_processes(&self) -> bool {
        self.look.too_many_processes()
    }
}
