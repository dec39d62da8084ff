//! The CPU account of cgroup version 1, in nanoseconds.

use std::os::fd::OwnedFd;
use std::time::Duration;

use super::super::files::Folder;
use crate::error::SandboxError;

const USAGE: &str = "cpuacct.usage";

pub(super) struct CpuAccount {
    folder: Folder,
    /// Where the counter stood when the run began.
    before: u64,
}

impl CpuAccount {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder, before: 0 }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) fn begin_run(&mut self) -> Result<(), SandboxError> {
        self.before = self.folder.number(USAGE)?;
        Ok(())
    }

    pub(super) fn meter(&self) -> Result<OwnedFd, SandboxError> {
        self.folder.descriptor(USAGE)
    }

    pub(super) fn used(&self) -> Result<Duration, SandboxError> {
        Ok(self.used_until(self.folder.number(USAGE)?))
    }

    /// What had been used when the meter showed this.
    pub(super) fn used_until(&self, reading: u64) -> Duration {
        Duration::from_nanos(reading.saturating_sub(self.before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_time_since_the_beginning_counts() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join(USAGE);
        std::fs::write(&file, "1000000000\n").unwrap();
        let mut account = CpuAccount::new(Folder::at(temp.path()));
        account.begin_run().unwrap();
        assert_eq!(account.used().unwrap(), Duration::ZERO);
        std::fs::write(&file, "1250000007\n").unwrap();
        assert_eq!(account.used().unwrap(), Duration::from_nanos(250_000_007));
    }
}
