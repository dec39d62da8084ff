//! What a program may use of this machine, and what it has used.

/// What checking one input may take. Programs come with packages, so nobody vouches for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The steps that a program may run. A command is one, and so is each value it computes and each 8 bytes of a string;
    /// a regular expression takes a few for each byte that it looks at. A step takes some ten nanoseconds.
    pub steps: u64,
    /// The memory, in bytes, that all variables may take together, and each of: a list that `UNIQUE` makes, a match
    /// of a regular expression. About what is really used.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// 2,000 million steps and 512 MiB.
    fn default() -> Self {
        Self { steps: 2_000_000_000, memory_bytes: 512 * 1024 * 1024 }
    }
}

/// A limit that a program went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("ran more than {0} steps")]
    Steps(u64),
    #[error("took more than {0} bytes of memory")]
    Memory(u64),
}

pub(super) struct Meter {
    limits: Limits,
    steps_left: u64,
}

impl Meter {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, steps_left: limits.steps }
    }

    pub(super) fn charge(&mut self, steps: u64) -> Result<(), Exceeded> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => Err(Exceeded::Steps(self.limits.steps)),
        }
    }

    /// Whether what takes `bytes` altogether is within the limit.
    pub(super) fn check_memory(&self, bytes: impl TryInto<u64>) -> Result<(), Exceeded> {
        if bytes.try_into().is_ok_and(|bytes| bytes <= self.limits.memory_bytes) {
            Ok(())
        } else {
            Err(Exceeded::Memory(self.limits.memory_bytes))
        }
    }
}
