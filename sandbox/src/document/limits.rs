//! The limits of a run, in whole microseconds and bytes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fields::{between, between_or_null};
use crate::spec::RunLimits;

const DAY_US: u64 = 86_400_000_000;
const PIB: u64 = 1 << 50;

/// What a run may use. As JSON it is both the key `limits` of a run and that of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RawLimits")]
pub struct LimitsPlan {
    /// CPU time, in microseconds.
    pub cpu_us: u64,
    /// Time on the clock, in microseconds.
    pub wall_us: u64,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads at one time.
    pub processes: u32,
    /// What standard output and standard error may take, in bytes, each.
    pub output_bytes: u64,
    /// Size of any other file, in bytes.
    pub file_bytes: u64,
    /// Open descriptors of one process.
    pub open_files: u64,
    /// Stack of the main thread, in bytes; `None` bounds it by the memory limit only.
    pub stack_bytes: Option<u64>,
}

impl LimitsPlan {
    /// The time on the clock of a run that says nothing of it: three times its CPU time and 2 s,
    /// in microseconds.
    #[must_use]
    pub fn usual_wall_us(cpu_us: u64) -> u64 {
        cpu_us.saturating_mul(3).saturating_add(2_000_000)
    }
}

impl Default for LimitsPlan {
    fn default() -> Self {
        let mut limits = Self::from(&RunLimits::default());
        limits.wall_us = Self::usual_wall_us(limits.cpu_us);
        limits
    }
}

impl From<&RunLimits> for LimitsPlan {
    fn from(limits: &RunLimits) -> Self {
        let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            cpu_us: us(limits.cpu),
            wall_us: us(limits.wall),
            memory_bytes: limits.memory_bytes,
            processes: limits.processes,
            output_bytes: limits.output_bytes,
            file_bytes: limits.file_bytes,
            open_files: limits.open_files,
            stack_bytes: limits.stack_bytes,
        }
    }
}

impl From<&LimitsPlan> for RunLimits {
    fn from(plan: &LimitsPlan) -> Self {
        Self {
            cpu: Duration::from_micros(plan.cpu_us),
            wall: Duration::from_micros(plan.wall_us),
            memory_bytes: plan.memory_bytes,
            processes: plan.processes,
            output_bytes: plan.output_bytes,
            file_bytes: plan.file_bytes,
            written_bytes: None,
            open_files: plan.open_files,
            stack_bytes: plan.stack_bytes,
        }
    }
}

/// The limits as written: what is left out is usual.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLimits {
    #[serde(deserialize_with = "between::<_, u64, 1_000, DAY_US>")]
    cpu_us: u64,
    #[serde(deserialize_with = "between_or_null::<_, u64, 1_000, DAY_US>")]
    wall_us: Option<u64>,
    #[serde(deserialize_with = "between::<_, u64, { 1 << 20 }, PIB>")]
    memory_bytes: u64,
    #[serde(deserialize_with = "between::<_, u32, 1, 1_000_000>")]
    processes: u32,
    #[serde(deserialize_with = "between::<_, u64, 0, PIB>")]
    output_bytes: u64,
    #[serde(deserialize_with = "between::<_, u64, 0, PIB>")]
    file_bytes: u64,
    #[serde(deserialize_with = "between::<_, u64, 4, 1_000_000>")]
    open_files: u64,
    #[serde(deserialize_with = "between_or_null::<_, u64, { 64 << 10 }, PIB>")]
    stack_bytes: Option<u64>,
}

impl Default for RawLimits {
    fn default() -> Self {
        let usual = LimitsPlan::default();
        Self {
            cpu_us: usual.cpu_us,
            wall_us: None,
            memory_bytes: usual.memory_bytes,
            processes: usual.processes,
            output_bytes: usual.output_bytes,
            file_bytes: usual.file_bytes,
            open_files: usual.open_files,
            stack_bytes: usual.stack_bytes,
        }
    }
}

impl From<RawLimits> for LimitsPlan {
    fn from(raw: RawLimits) -> Self {
        Self {
            cpu_us: raw.cpu_us,
            wall_us: raw.wall_us.unwrap_or_else(|| Self::usual_wall_us(raw.cpu_us)),
            memory_bytes: raw.memory_bytes,
            processes: raw.processes,
            output_bytes: raw.output_bytes,
            file_bytes: raw.file_bytes,
            open_files: raw.open_files,
            stack_bytes: raw.stack_bytes,
        }
    }
}
