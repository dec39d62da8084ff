//! From the limits of a package to the limits of one run in the sandbox.

use judge_types::Limits;
use languages::Language;
use sandbox::RunLimits;
use std::time::Duration;

/// Space and files of a box's work folder: compilers write some hundred megabytes at worst.
pub(crate) const WORK_BYTES: u64 = 512 << 20;
pub(crate) const WORK_INODES: u64 = 1 << 16;

/// Files open at once; what a login shell gives.
const OPEN_FILES: u64 = 1_024;

/// What is kept of a contestant's standard error, for the jury, in bytes.
pub(crate) const STDERR_BYTES: u64 = 8 << 10;

/// What is kept of a compiler's output, in bytes: the first errors are the ones that matter.
pub(crate) const COMPILE_OUTPUT_BYTES: u64 = 64 << 10;

/// What a compiler may write before it is stopped, in bytes.
const COMPILER_PRINTS_BYTES: u64 = 8 << 20;

/// What is kept of each feedback file of a validator, in bytes.
pub(crate) const FEEDBACK_BYTES: u64 = 64 << 10;

/// Wall time for `cpu` of CPU time: three times as much and two seconds.
///
/// A program that only waits must end, yet one that shares the machine with others must not be
/// blamed for it: the limit that counts is the one on CPU time.
fn wall_for(cpu: Duration) -> Duration {
    cpu * 3 + Duration::from_secs(2)
}

/// Limits for a contestant's program.
pub(crate) fn of_run(limits: &Limits, language: &Language) -> RunLimits {
    let cpu = Duration::from_millis(limits.time_ms);
    RunLimits {
        cpu,
        wall: wall_for(cpu),
        memory_bytes: limits.memory_bytes + (language.run.memory_overhead_mib << 20),
        processes: language.run.processes,
        output_bytes: limits.output_bytes,
        file_bytes: limits.output_bytes,
        open_files: OPEN_FILES,
        stack_bytes: None,
    }
}

/// Limits for a compiler that uses up to `processes`.
pub(crate) fn of_compile(limits: &Limits, processes: u32) -> RunLimits {
    let cpu = Duration::from_millis(limits.compilation_time_ms);
    RunLimits {
        cpu,
        wall: wall_for(cpu),
        memory_bytes: limits.compilation_memory_bytes,
        processes,
        output_bytes: COMPILER_PRINTS_BYTES,
        file_bytes: WORK_BYTES,
        open_files: OPEN_FILES,
        stack_bytes: None,
    }
}

/// Limits for an output validator.
pub(crate) fn of_validator(limits: &Limits, language: &Language) -> RunLimits {
    let cpu = Duration::from_millis(limits.validation_time_ms);
    RunLimits {
        cpu,
        wall: wall_for(cpu),
        memory_bytes: limits.validation_memory_bytes + (language.run.memory_overhead_mib << 20),
        processes: language.run.processes,
        output_bytes: limits.validation_output_bytes,
        file_bytes: limits.validation_output_bytes,
        open_files: OPEN_FILES,
        stack_bytes: None,
    }
}
