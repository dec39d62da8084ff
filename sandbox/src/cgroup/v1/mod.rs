//! The groups of a box in the trees of cgroup version 1, one controller a file.

mod cpuacct;
mod memory;
mod pids;

use std::os::fd::OwnedFd;
use std::time::Duration;

use super::files::Folder;
use super::mounts::Hierarchies;
use super::{Account, explain};
use crate::error::SandboxError;
use crate::protocol::{Again, Readings};
use crate::spec::RunLimits;

/// One group in each of three trees.
pub(crate) struct Groups {
    memory: memory::Memory,
    cpuacct: cpuacct::CpuAccount,
    pids: pids::Pids,
}

impl Groups {
    pub(super) fn create(hierarchies: &Hierarchies, name: &str) -> Result<Self, String> {
        let make = |controller: &str| {
            let parent = hierarchies
                .own_v1(controller)
                .ok_or_else(|| format!("no tree has the {controller} controller"))?;
            hierarchies.sweep(&parent);
            Folder::create(parent.join(name)).map_err(|error| explain(&error))
        };
        let memory = make("memory")?;
        // What was made is removed again when the rest cannot be made.
        let undo = |made: &[&Folder], reason: String| {
            made.iter().for_each(|folder| drop(folder.remove()));
            reason
        };
        let cpuacct = make("cpuacct").map_err(|reason| undo(&[&memory], reason))?;
        let pids = make("pids").map_err(|reason| undo(&[&memory, &cpuacct], reason))?;
        Ok(Self {
            memory: memory::Memory::new(memory),
            cpuacct: cpuacct::CpuAccount::new(cpuacct),
            pids: pids::Pids::new(pids),
        })
    }

    pub(super) fn doors(&self) -> Result<Vec<OwnedFd>, SandboxError> {
        self.folders().into_iter().map(Folder::door).collect()
    }

    pub(super) fn meters(&self) -> Result<Vec<OwnedFd>, SandboxError> {
        let [peak, held] = self.memory.meters()?;
        Ok(vec![self.cpuacct.meter()?, peak, held])
    }

    pub(super) fn begin_run(&mut self, limits: &RunLimits) -> Result<(), SandboxError> {
        self.pids.allow(limits.processes)?;
        self.memory.begin_run(limits.memory_bytes)?;
        self.cpuacct.begin_run()
    }

    pub(super) fn cpu(&self) -> Result<Duration, SandboxError> {
        self.cpuacct.used()
    }

    pub(super) fn out_of_memory(&self) -> Result<bool, SandboxError> {
        self.memory.killed()
    }

    pub(super) fn make_room(&mut self) -> Result<(), SandboxError> {
        self.memory.lift_limit()
    }

    pub(super) fn again(&self) -> Again {
        self.memory.comfortable().map_or(Again::Yes, Again::UpTo)
    }

    pub(super) fn end_run(&mut self, readings: Option<Readings>) -> Result<Account, SandboxError> {
        let readings = readings.ok_or(SandboxError::HelperGone)?;
        Ok(Account {
            cpu: self.cpuacct.used_until(readings.cpu),
            ..self.memory.end_run(readings.memory, readings.held)?
        })
    }

    pub(super) fn renew(&mut self) -> Result<bool, SandboxError> {
        Ok(self.pids.are_none()? && self.memory.renew()?)
    }

    pub(super) fn remove(&self) -> Result<(), SandboxError> {
        // Every one is tried, the first failure told.
        let removed = self.folders().map(Folder::remove);
        removed.into_iter().collect()
    }

    fn folders(&self) -> [&Folder; 3] {
        [self.memory.folder(), self.cpuacct.folder(), self.pids.folder()]
    }
}
