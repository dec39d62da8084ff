//! The memory controller of cgroup version 1.

use std::os::fd::OwnedFd;

use super::super::Account;
use super::super::files::Folder;
use crate::error::SandboxError;

const LIMIT: &str = "memory.limit_in_bytes";
/// Memory and swap together; absent where the kernel does not account for swap.
const LIMIT_WITH_SWAP: &str = "memory.memsw.limit_in_bytes";
const USAGE: &str = "memory.usage_in_bytes";
const PEAK: &str = "memory.max_usage_in_bytes";
const EVENTS: &str = "memory.oom_control";
const STATISTICS: &str = "memory.stat";
const UNLIMITED: i64 = -1;

pub(super) struct Memory {
    folder: Folder,
    has_swap_limit: bool,
    /// The limit in force, in bytes; `None` is unlimited.
    limit: Option<u64>,
    /// Where the counters stood when the run began.
    usage_before: u64,
    kills_before: u64,
    file_cache_before: u64,
}

impl Memory {
    pub(super) fn new(folder: Folder) -> Self {
        let has_swap_limit = folder.has(LIMIT_WITH_SWAP);
        Self {
            folder,
            has_swap_limit,
            limit: None,
            usage_before: 0,
            kills_before: 0,
            file_cache_before: 0,
        }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What the group holds already (the helper, files in `/work`) is not the run's. Pages of files
    /// that earlier runs read are nobody's: the kernel drops them when the run needs the room.
    pub(super) fn begin_run(&mut self, bytes: u64) -> Result<(), SandboxError> {
        self.usage_before = self.folder.number(USAGE)?;
        self.file_cache_before = self.file_cache()?;
        let held = self.usage_before.saturating_sub(self.file_cache_before);
        self.set_limit(held.saturating_add(bytes))?;
        self.kills_before = self.folder.keyed(EVENTS, "oom_kill")?;
        self.folder.write(PEAK, 0)
    }

    /// The kernel demands at all times that the limit with swap is not below the one without.
    fn set_limit(&mut self, bytes: u64) -> Result<(), SandboxError> {
        let raise = self.limit.is_some_and(|now| now <= bytes);
        if self.has_swap_limit && raise {
            self.folder.write(LIMIT_WITH_SWAP, bytes)?;
        }
        self.folder.write(LIMIT, bytes)?;
        if self.has_swap_limit && !raise {
            self.folder.write(LIMIT_WITH_SWAP, bytes)?;
        }
        self.limit = Some(bytes);
        Ok(())
    }

    pub(super) fn lift_limit(&mut self) -> Result<(), SandboxError> {
        if self.has_swap_limit {
            self.folder.write(LIMIT_WITH_SWAP, UNLIMITED)?;
        }
        self.folder.write(LIMIT, UNLIMITED)?;
        self.limit = None;
        Ok(())
    }

    /// What the group may have held at most to have room for one more process, in bytes.
    pub(super) fn comfortable(&self) -> Option<u64> {
        const ROOM: u64 = 4 << 20;
        self.limit.map(|limit| limit.saturating_sub(ROOM))
    }

    pub(super) fn killed(&self) -> Result<bool, SandboxError> {
        Ok(self.folder.keyed(EVENTS, "oom_kill")? > self.kills_before)
    }

    pub(super) fn meter(&self) -> Result<OwnedFd, SandboxError> {
        self.folder.descriptor(PEAK)
    }

    /// The run's account, without CPU time; `peak` is what the meter showed at its end.
    pub(super) fn end_run(&mut self, peak: u64) -> Result<Account, SandboxError> {
        let file_cache = self.file_cache()?;
        // The run took the place of earlier pages that were dropped meanwhile.
        let dropped = self.file_cache_before.saturating_sub(file_cache);
        let grown = peak.saturating_sub(self.usage_before);
        Ok(Account {
            peak_memory_bytes: grown.saturating_add(dropped),
            file_cache_bytes: file_cache.saturating_sub(self.file_cache_before),
            out_of_memory: self.killed()?,
            ..Account::default()
        })
    }

    /// Pages of files on disk, which is the page cache without shared memory and tmpfs.
    fn file_cache(&self) -> Result<u64, SandboxError> {
        let [cache, shared] = self.folder.all_keyed(STATISTICS, ["cache", "shmem"])?;
        Ok(cache.saturating_sub(shared))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn group(path: &Path) -> Memory {
        for (file, text) in [
            (LIMIT, "9223372036854771712\n"),
            (LIMIT_WITH_SWAP, "9223372036854771712\n"),
            (USAGE, "1000\n"),
            (PEAK, "5000\n"),
            (EVENTS, "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"),
            (STATISTICS, "cache 300\nrss 7\nshmem 100\n"),
        ] {
            fs::write(path.join(file), text).unwrap();
        }
        Memory::new(Folder::at(path))
    }

    #[test]
    fn a_run_is_charged_for_what_it_adds() {
        let temp = tempfile::tempdir().unwrap();
        let mut memory = group(temp.path());
        memory.begin_run(1 << 20).unwrap();
        let read = |file: &str| fs::read_to_string(temp.path().join(file)).unwrap();
        // 1 MiB above what is held, of which 200 bytes are pages of files.
        assert!(read(LIMIT).starts_with("1049376"));
        assert!(read(LIMIT_WITH_SWAP).starts_with("1049376"));
        assert!(!memory.killed().unwrap());

        fs::write(temp.path().join(EVENTS), "oom_kill 5\n").unwrap();
        fs::write(temp.path().join(STATISTICS), "cache 700\nrss 7\nshmem 100\n").unwrap();
        let account = memory.end_run(7000).unwrap();
        assert_eq!(account.peak_memory_bytes, 6000);
        assert_eq!(account.file_cache_bytes, 400);
        assert!(account.out_of_memory);

        memory.begin_run(1 << 20).unwrap();
        fs::write(temp.path().join(STATISTICS), "cache 200\nrss 7\nshmem 100\n").unwrap();
        let account = memory.end_run(7000).unwrap();
        assert!(!account.out_of_memory, "a kill of the run before is not this one's");
        assert_eq!(account.file_cache_bytes, 0);
        assert_eq!(account.peak_memory_bytes, 6500, "500 bytes of files made room for the run");
    }

    #[test]
    fn a_missing_file_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let error = Memory::new(Folder::at(temp.path())).begin_run(1).unwrap_err();
        assert!(error.to_string().contains(USAGE), "{error}");
    }
}
