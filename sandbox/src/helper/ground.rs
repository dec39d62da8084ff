//! What a box stands on: file systems and a process namespace of its own, or at level minimal a folder
//! and a user of the host's.

use std::os::fd::OwnedFd;
use std::time::Duration;

use nix::poll::PollTimeout;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Failure;
use super::minimal::{Confinement, OnHost};
use super::scratch::{Temporary, Work};
use crate::protocol::Run;

/// How often is looked at what nothing of the kernel's holds.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub(super) enum Ground {
    Own { work: Work, temporary: [Temporary; 2] },
    OnHost(Box<OnHost>),
}

impl Ground {
    /// A descriptor of the work folder for the owner.
    pub(super) fn work_tree(&self) -> Result<OwnedFd, Failure> {
        match self {
            Self::Own { work, .. } => work.tree(),
            Self::OnHost(host) => host.work_tree(),
        }
    }

    /// Puts an empty work folder in the place of the old.
    pub(super) fn renew_work(&mut self) -> Result<(), Failure> {
        match self {
            Self::Own { work, .. } => work.renew(),
            Self::OnHost(host) => host.folder.renew_work(),
        }
    }

    /// Makes the temporary folders as new.
    pub(super) fn renew_temporary(&mut self) -> Result<(), Failure> {
        match self {
            Self::Own { temporary, .. } => temporary.iter_mut().try_for_each(Temporary::renew),
            Self::OnHost(host) => host.folder.renew_temporary(),
        }
    }

    /// Makes ready for a run; what its program has to put on itself.
    pub(super) fn prepare(&mut self, run: &mut Run) -> Result<Option<Confinement>, Failure> {
        match self {
            Self::Own { work, .. } => work.grant(run.work).map(|()| None),
            Self::OnHost(host) => host.prepare(run).map(Some),
        }
    }

    /// Tells of the standard streams of the run that is about to begin.
    pub(super) fn exempt(&mut self, streams: &[OwnedFd]) {
        if let Self::OnHost(host) = self {
            host.exempt(streams);
        }
    }

    /// Undoes what a run did to the work folder itself.
    pub(super) fn tidy_work(&self) -> Result<(), Failure> {
        match self {
            Self::Own { work, .. } => work.tidy(),
            Self::OnHost(host) => host.folder.tidy_work(),
        }
    }

    /// Kills all processes of the run at one moment, so that none can fork away.
    pub(super) fn kill_all(&self) {
        // Fails only if there is none.
        let _ = match self {
            Self::Own { .. } => kill(Pid::from_raw(-1), Signal::SIGKILL),
            Self::OnHost(host) => host.kill_all(),
        };
    }

    /// For how long nothing has to be looked at.
    pub(super) fn look_again_after(&self) -> PollTimeout {
        match self {
            Self::Own { .. } => PollTimeout::NONE,
            Self::OnHost(_) => PollTimeout::try_from(LOOK_AGAIN).unwrap_or(PollTimeout::MAX),
        }
    }

    /// Whether the run holds more on the disk than it may.
    pub(super) fn too_much_on_disk(&self) -> bool {
        matches!(self, Self::OnHost(host) if host.too_much_on_disk())
    }

    /// Whether the run has more processes than it may.
    pub(super) fn too_many_processes(&self) -> bool {
        matches!(self, Self::OnHost(host) if host.too_many_processes())
    }
}
