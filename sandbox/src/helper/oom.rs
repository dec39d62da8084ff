//! Who dies when a box runs out of memory.

use std::fs::{File, OpenOptions};
use std::io::Write;

use super::{Failure, Step};

/// This process's `/proc/self/oom_score_adj`. What a run allocates counts against the same memory
/// limit as this process, and the run has to be the one that dies of it.
pub(super) struct OomScore {
    file: File,
    own: String,
}

impl OomScore {
    const PATH: &str = "/proc/self/oom_score_adj";

    pub(super) fn open() -> Result<Self, Failure> {
        let name = || format!("open {}", Self::PATH);
        let own = std::fs::read_to_string(Self::PATH).step(name)?;
        let file = OpenOptions::new().write(true).open(Self::PATH).step(name)?;
        Ok(Self { file, own })
    }

    /// What is forked now is killed first when memory is short.
    pub(super) fn prefer_as_victim(&mut self) -> Result<(), Failure> {
        self.file.write_all(b"1000").step(|| format!("write {}", Self::PATH))
    }

    pub(super) fn restore(&mut self) -> Result<(), Failure> {
        self.file.write_all(self.own.as_bytes()).step(|| format!("write {}", Self::PATH))
    }
}
