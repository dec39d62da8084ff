//! What was used.

use serde::{Deserialize, Serialize};

/// What one program used, of its whole process tree, by the kernel's account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunUsage {
    /// CPU time (user and system), in milliseconds.
    pub cpu_ms: u64,
    /// Wall time, in milliseconds.
    pub wall_ms: u64,
    /// Peak memory, in bytes.
    pub memory_bytes: u64,
}

impl RunUsage {
    /// The larger of each figure: the usage of the worst of several runs.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms.max(other.cpu_ms),
            wall_ms: self.wall_ms.max(other.wall_ms),
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
        }
    }
}

/// What one execution of the function used, as a bill would meter it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionUsage {
    /// CPU time of the function and of every program it ran in a box, in milliseconds. Not that of the processes around
    /// the boxes, which is some 10 ms.
    pub cpu_ms: u64,
    /// From the start of the process to the verdict, in milliseconds.
    pub wall_ms: u64,
    /// Peak memory of the largest program in the sandbox, in bytes.
    pub memory_bytes: u64,
    /// From the start of the process to the claim, in milliseconds.
    pub cold_start_ms: u64,
    /// From the enqueueing to the claim, in milliseconds.
    pub queue_wait_ms: u64,
    /// Bytes read from the blob store.
    pub transferred_bytes: u64,
}

impl ExecutionUsage {
    /// Peak memory times wall time, in gigabyte-seconds (10⁹ bytes).
    ///
    /// Platforms bill the memory that a function is given. Ours is given none of its own: a program may grow up to its
    /// problem's limit, and what it leaves free serves others. So the bill is of what was used, of which the
    /// kernel keeps account, and does not change with a generous limit.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a bill needs no more than 52 bits")]
    pub fn gb_seconds(&self) -> f64 {
        self.memory_bytes as f64 / 1e9 * self.wall_ms as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gigabytes_for_half_a_second_is_one_gb_second() {
        let usage =
            ExecutionUsage { memory_bytes: 2_000_000_000, wall_ms: 500, ..Default::default() };
        assert!((usage.gb_seconds() - 1.0).abs() < 1e-9);
    }
}
