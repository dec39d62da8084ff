//! What everything that runs in boxes uses, as it runs: compilers, submissions, validators.

use sandbox::Usage;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

/// Adds up what programs used. Its clones add to one sum, so that it can be read while and however the judging ends.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    cpu_ns: AtomicU64,
    memory_bytes: AtomicU64,
}

impl Meter {
    /// CPU time of all programs that have ended, by the kernel's account of their boxes.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        Duration::from_nanos(self.0.cpu_ns.load(Ordering::Relaxed))
    }

    /// Peak memory of the largest of them, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.0.memory_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, usage: &Usage) {
        let cpu_ns = u64::try_from(usage.cpu.as_nanos()).unwrap_or(u64::MAX);
        self.0.cpu_ns.fetch_add(cpu_ns, Ordering::Relaxed);
        self.0.memory_bytes.fetch_max(usage.peak_memory_bytes, Ordering::Relaxed);
    }
}
