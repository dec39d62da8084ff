//! Control groups: who counts and bounds what a box uses.
//!
//! Version 1 has a tree for each controller; a box gets one group in each, the helper sits in them,
//! and the counters are read from where they stood when the run began. Version 2 has one tree; a
//! box gets a group with one leaf for each run, in which the run is born.

mod files;
mod mounts;
mod residue;
mod v1;
mod v2;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use mounts::Hierarchies;

use crate::error::SandboxError;
use crate::protocol::{Again, Readings};
use crate::spec::RunLimits;

/// Which control groups hold a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CgroupVersion {
    /// A tree for each controller.
    V1,
    /// The unified tree.
    V2,
    /// None that this process may use.
    None,
}

/// The control groups of one box.
pub(crate) enum Cgroup {
    V1(v1::Groups),
    V2(v2::Groups),
}

/// The accounts of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) cpu: Duration,
    pub(crate) peak_memory_bytes: u64,
    /// Pages of files that stayed charged to the run. No program's memory, but part of the peak.
    pub(crate) file_cache_bytes: u64,
    /// Whether something of the run was killed for its memory.
    pub(crate) out_of_memory: bool,
}

impl Cgroup {
    /// Makes the groups of a new box, wherever on this host this process may.
    ///
    /// # Errors
    /// Says, version by version, why there are none.
    pub(crate) fn create(hierarchies: &Hierarchies) -> Result<Self, String> {
        let name = residue::group_name();
        let v2 = match v2::Groups::create(hierarchies, &name) {
            Ok(groups) => return Ok(Self::V2(groups)),
            Err(reason) => reason,
        };
        match v1::Groups::create(hierarchies, &name) {
            Ok(groups) => Ok(Self::V1(groups)),
            Err(v1) => Err(format!("cgroup v2: {v2}; cgroup v1: {v1}")),
        }
    }

    pub(crate) fn version(&self) -> CgroupVersion {
        match self {
            Self::V1(_) => CgroupVersion::V1,
            Self::V2(_) => CgroupVersion::V2,
        }
    }

    /// The files by which the helper is to move into the groups, so that what it starts is born
    /// there. A thread that moves itself is moved at once; moving another process waits for an RCU
    /// grace period, 5 to 15 ms.
    pub(crate) fn doors(&self) -> Result<Vec<OwnedFd>, SandboxError> {
        match self {
            Self::V1(groups) => groups.doors(),
            Self::V2(_) => Ok(Vec::new()),
        }
    }

    /// The meters of CPU time and of memory, for the box's process to read at the moment when the
    /// last process of a run is gone: what it does afterwards is nobody's.
    pub(crate) fn meters(&self) -> Result<Vec<OwnedFd>, SandboxError> {
        match self {
            Self::V1(groups) => groups.meters(),
            Self::V2(_) => Ok(Vec::new()), // the box's process is in none of its groups
        }
    }

    /// Sets the limits for the next run and its counters to zero.
    pub(crate) fn begin_run(&mut self, limits: &RunLimits) -> Result<(), SandboxError> {
        match self {
            Self::V1(groups) => groups.begin_run(limits),
            Self::V2(groups) => groups.begin_run(limits),
        }
    }

    /// The group that the next run is to be born in, where it is not that of the box's process.
    pub(crate) fn birthplace(&mut self) -> Result<Option<BorrowedFd<'_>>, SandboxError> {
        match self {
            Self::V1(_) => Ok(None),
            Self::V2(groups) => groups.birthplace().map(|folder| Some(folder.as_fd())),
        }
    }

    /// The same for the run that is prepared right after the one that is about to begin.
    pub(crate) fn next_birthplace(&mut self) -> Result<Option<BorrowedFd<'_>>, SandboxError> {
        match self {
            Self::V1(_) => Ok(None),
            Self::V2(groups) => groups.next_birthplace().map(|folder| Some(folder.as_fd())),
        }
    }

    /// Goes on to the run that has been prepared right after the last.
    pub(crate) fn go_on(&mut self) {
        match self {
            Self::V1(_) => {}
            Self::V2(groups) => groups.go_on(),
        }
    }

    /// Does what is best done while a run is under way.
    pub(crate) fn tidy(&mut self) -> Result<(), SandboxError> {
        match self {
            Self::V1(_) => Ok(()),
            Self::V2(groups) => groups.tidy(),
        }
    }

    /// CPU time of the run so far.
    pub(crate) fn cpu(&self) -> Result<Duration, SandboxError> {
        match self {
            Self::V1(groups) => groups.cpu(),
            Self::V2(groups) => groups.cpu(),
        }
    }

    /// Whether the helper's CPU time counts as the run's.
    pub(crate) fn holds_the_helper(&self) -> bool {
        matches!(self, Self::V1(_))
    }

    /// Whether something of the run has been killed for its memory.
    pub(crate) fn out_of_memory(&self) -> Result<bool, SandboxError> {
        match self {
            Self::V1(groups) => groups.out_of_memory(),
            Self::V2(groups) => groups.out_of_memory(),
        }
    }

    /// Whether the next run may be prepared right after this one.
    pub(crate) fn again(&self) -> Again {
        match self {
            Self::V1(groups) => groups.again(),
            Self::V2(_) => Again::Yes, // in a group of its own
        }
    }

    /// Lifts the memory limit, so that the box's process has room to clean up after a run that filled
    /// it, and to prepare another.
    pub(crate) fn make_room(&mut self) -> Result<(), SandboxError> {
        match self {
            Self::V1(groups) => groups.make_room(),
            Self::V2(_) => Ok(()), // the helper is in none of its groups
        }
    }

    /// Reads the accounts of a run that is over; `readings` are those of the meters then.
    pub(crate) fn end_run(&mut self, readings: Option<Readings>) -> Result<Account, SandboxError> {
        match self {
            Self::V1(groups) => groups.end_run(readings),
            Self::V2(groups) => groups.end_run(),
        }
    }

    /// Makes them as new for another box; `false` if that cannot be, because a process is in them or
    /// memory is held.
    pub(crate) fn renew(&mut self) -> bool {
        match self {
            Self::V1(groups) => groups.renew().unwrap_or(false),
            Self::V2(_) => false,
        }
    }

    /// Removes the groups. The box's process has ended.
    pub(crate) fn remove(&self) -> Result<(), SandboxError> {
        match self {
            Self::V1(groups) => groups.remove(),
            Self::V2(groups) => groups.remove(),
        }
    }
}

/// An error with its cause, for a report on what this host cannot do.
fn explain(error: &SandboxError) -> String {
    match error {
        SandboxError::Cgroup { source, .. } => format!("{error}: {source}"),
        other => other.to_string(),
    }
}
