//! The memory controller of cgroup version 1.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use super::super::Account;
use super::super::files::Folder;
use crate::error::SandboxError;

const LIMIT: &str = "memory.limit_in_bytes";
/// Memory and swap together; absent where the kernel does not account for swap.
const LIMIT_WITH_SWAP: &str = "memory.memsw.limit_in_bytes";
const USAGE: &str = "memory.usage_in_bytes";
const PEAK: &str = "memory.max_usage_in_bytes";
/// The part of the usage that is the kernel's own, such as page tables; absent where it is not counted.
const KERNEL: &str = "memory.kmem.usage_in_bytes";
const EVENTS: &str = "memory.oom_control";
const STATISTICS: &str = "memory.stat";
const UNLIMITED: i64 = -1;

/// What stays with the group after a run and is too little to look into: the helper's own pages come
/// and go, and the kernel charges in batches.
const NEGLIGIBLE: u64 = 1 << 20;

/// Whom the kernel kills when memory runs out is told to it in thousandths of the limit, rounded down:
/// below a thousand pages, a wish that it be the program and not the box itself counts for nothing. A run
/// that may use less than this is held to its limit by its account.
const LEAST_LIMIT: u64 = 8 << 20;

/// How long the kernel may be at giving back none of what it holds until the rest is taken for something
/// that stays, such as the inodes of files.
const STILLNESS: Duration = Duration::from_millis(200);
const LOOK_AGAIN: Duration = Duration::from_millis(1);

pub(super) struct Memory {
    folder: Folder,
    has_swap_limit: bool,
    counts_kernel: bool,
    /// The limit in force, in bytes; `None` is unlimited.
    limit: Option<u64>,
    /// What the group held at the least, in bytes, which was the box itself.
    least_held: u64,
    /// What it held after the last run.
    held_after: u64,
    /// What of it was the kernel's own when the last run began.
    kernel_before: Option<u64>,
    /// Where the counters stood when the run began.
    held_before: u64,
    kills_before: u64,
    file_cache_before: u64,
}

impl Memory {
    pub(super) fn new(folder: Folder) -> Self {
        let has_swap_limit = folder.has(LIMIT_WITH_SWAP);
        let counts_kernel = folder.has(KERNEL);
        Self {
            folder,
            has_swap_limit,
            counts_kernel,
            limit: None,
            least_held: u64::MAX,
            held_after: u64::MAX,
            kernel_before: None,
            held_before: 0,
            kills_before: 0,
            file_cache_before: 0,
        }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What the group holds already (the box itself, files in `/work`) is not the run's. Pages of files
    /// that earlier runs read are nobody's: the kernel drops them when the run needs the room.
    pub(super) fn begin_run(&mut self, bytes: u64) -> Result<(), SandboxError> {
        self.let_settle()?;
        // By now the run's process is there, which gives back what it holds when it is executed.
        self.held_before = self.folder.number(USAGE)?.min(self.held_after);
        self.least_held = self.least_held.min(self.held_before);
        // Looking at what it is costs more than all the rest.
        self.file_cache_before = match self.held_before - self.least_held {
            0..NEGLIGIBLE => 0,
            _ => self.file_cache()?,
        };
        let kept = self.held_before.saturating_sub(self.file_cache_before);
        self.set_limit(kept.saturating_add(bytes.max(LEAST_LIMIT)))?;
        self.kills_before = self.folder.keyed(EVENTS, "oom_kill")?;
        self.folder.write(PEAK, 0)
    }

    /// Waits until the kernel has given back what it held of its own for the run before. It does so after
    /// a grace period, and what is given back during a run makes the run's peak look larger than it was.
    fn let_settle(&mut self) -> Result<(), SandboxError> {
        if !self.counts_kernel {
            return Ok(());
        }
        let mut least = self.folder.number(KERNEL)?;
        let mut fallen = Instant::now();
        let settled = self.kernel_before.map_or(u64::MAX, |before| before + NEGLIGIBLE);
        while least > settled && fallen.elapsed() < STILLNESS {
            thread::sleep(LOOK_AGAIN);
            let held = self.folder.number(KERNEL)?;
            if held < least {
                (least, fallen) = (held, Instant::now());
            }
        }
        self.kernel_before = Some(least);
        Ok(())
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
        if self.limit.is_none() {
            return Ok(());
        }
        if self.has_swap_limit {
            self.folder.write(LIMIT_WITH_SWAP, UNLIMITED)?;
        }
        self.folder.write(LIMIT, UNLIMITED)?;
        self.limit = None;
        Ok(())
    }

    /// Forgets the runs of a box that is closed; `false` if more is held than what the kernel is
    /// about to release.
    pub(super) fn renew(&mut self) -> Result<bool, SandboxError> {
        (self.least_held, self.held_after) = (u64::MAX, u64::MAX);
        self.kernel_before = None;
        Ok(self.folder.number(USAGE)? <= NEGLIGIBLE)
    }

    /// What the group may have held at most to have room for one more process, in bytes.
    pub(super) fn comfortable(&self) -> Option<u64> {
        const ROOM: u64 = 4 << 20;
        self.limit.map(|limit| limit.saturating_sub(ROOM))
    }

    pub(super) fn killed(&self) -> Result<bool, SandboxError> {
        Ok(self.folder.keyed(EVENTS, "oom_kill")? > self.kills_before)
    }

    /// The meters of peak memory and of memory held now.
    pub(super) fn meters(&self) -> Result<[OwnedFd; 2], SandboxError> {
        Ok([self.folder.descriptor(PEAK)?, self.folder.descriptor(USAGE)?])
    }

    /// The run's account, without CPU time, from what the meters showed when its last process was gone.
    ///
    /// The run's peak is how far the group's was above what is held afterwards. What was held before is
    /// no good measure: the kernel charges each processor for batches of pages, so that the run begins
    /// with some that are paid for. The same batches are in the peak and in what is held afterwards.
    pub(super) fn end_run(&mut self, peak: u64, held: u64) -> Result<Account, SandboxError> {
        self.held_after = held;
        // Files stay with the group: on disk they are nobody's memory, in memory they are the run's.
        let file_cache_bytes = match held.saturating_sub(self.held_before) {
            stayed @ 0..NEGLIGIBLE => stayed,
            stayed => stayed.min(self.file_cache()?.saturating_sub(self.file_cache_before)),
        };
        // Less is held when the run took the place of earlier pages of files.
        let base = held.min(self.held_before);
        Ok(Account {
            peak_memory_bytes: peak.saturating_sub(base),
            file_cache_bytes,
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
        memory.begin_run(16 << 20).unwrap();
        let read = |file: &str| fs::read_to_string(temp.path().join(file)).unwrap();
        // 16 MiB above the 1000 bytes that are held.
        assert!(read(LIMIT).starts_with("16778216"));
        assert!(read(LIMIT_WITH_SWAP).starts_with("16778216"));
        assert!(!memory.killed().unwrap());

        fs::write(temp.path().join(EVENTS), "oom_kill 5\n").unwrap();
        let account = memory.end_run(7000, 1400).unwrap();
        assert_eq!((account.peak_memory_bytes, account.file_cache_bytes), (6000, 400));
        assert!(account.out_of_memory);

        fs::write(temp.path().join(USAGE), "1900\n").unwrap();
        memory.begin_run(16 << 20).unwrap();
        assert!(read(LIMIT).starts_with("16778616"), "what is held already is the next process's");
        let account = memory.end_run(7000, 1200).unwrap();
        assert!(!account.out_of_memory, "a kill of the run before is not this one's");
        assert_eq!((account.peak_memory_bytes, account.file_cache_bytes), (5800, 0));
    }

    #[test]
    fn a_small_limit_is_left_to_the_account() {
        let temp = tempfile::tempdir().unwrap();
        let mut memory = group(temp.path());
        memory.begin_run(1 << 20).unwrap();
        let limit = fs::read_to_string(temp.path().join(LIMIT)).unwrap();
        assert!(limit.starts_with("8389608"), "{limit}");
    }

    #[test]
    fn files_that_stay_are_looked_into() {
        const MIB: u64 = 1 << 20;
        let temp = tempfile::tempdir().unwrap();
        let mut memory = group(temp.path());
        memory.begin_run(64 * MIB).unwrap();
        // 5 MiB on disk, 4 MiB in memory.
        let statistics = format!("cache {}\nrss 7\nshmem {}\n", 9 * MIB, 4 * MIB);
        fs::write(temp.path().join(STATISTICS), statistics).unwrap();
        let account = memory.end_run(20 * MIB + 1000, 10 * MIB + 1000).unwrap();
        assert_eq!((account.peak_memory_bytes, account.file_cache_bytes), (20 * MIB, 5 * MIB));

        fs::write(temp.path().join(USAGE), (10 * MIB + 1000).to_string()).unwrap();
        memory.begin_run(64 * MIB).unwrap();
        let limit = fs::read_to_string(temp.path().join(LIMIT)).unwrap();
        assert!(limit.starts_with(&(69 * MIB + 1000).to_string()), "pages of files make room");
        let account = memory.end_run(50 * MIB, 6 * MIB).unwrap();
        assert_eq!((account.peak_memory_bytes, account.file_cache_bytes), (44 * MIB, 0));
    }

    #[test]
    fn a_missing_file_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let error = Memory::new(Folder::at(temp.path())).begin_run(1).unwrap_err();
        assert!(error.to_string().contains(USAGE), "{error}");
    }
}
