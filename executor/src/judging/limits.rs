//! From the limits of a package to the limits of one run in the sandbox.

use judge_types::{Limits, RunUsage};
use languages::Language;
use sandbox::RunLimits;
use std::time::Duration;

/// Space and files of a box's work folder: compilers write some hundred megabytes at worst.
pub(crate) const WORK_BYTES: u64 = 512 << 20;
pub(crate) const WORK_INODES: u64 = 1 << 16;

/// Files open at once; what a login shell gives.
const OPEN_FILES: u64 = 1_024;

/// What is kept of a talk in all passes of a test case, in bytes.
pub(crate) const TRANSCRIPT_BYTES: usize = 64 << 10;

/// What is kept of a contestant's output in one run, in bytes: more than people read.
pub(crate) const OUTPUT_SHOWN_BYTES: usize = 8 << 10;

/// What is kept of a contestant's standard error, in bytes: the end says why.
pub(crate) const STDERR_BYTES: u64 = 8 << 10;

/// What is kept of both in all test cases of a judgement, in bytes.
pub(crate) const PRINTED_BYTES: usize = 256 << 10;

/// What is kept of a compiler's output, in bytes: the first errors are the ones that matter.
pub(crate) const COMPILE_OUTPUT_BYTES: u64 = 64 << 10;

/// What a program may have in its work folder when it is compiled, in bytes.
pub(crate) const COMPILED_BYTES: u64 = 256 << 20;

/// What a compiler may write before it is stopped, in bytes.
pub(crate) const COMPILER_PRINTS_BYTES: u64 = 8 << 20;

/// What is kept of each feedback file of a validator, in bytes.
pub(crate) const FEEDBACK_BYTES: u64 = 64 << 10;

/// What a submission may wait besides, in wall time, for the program that it talks with to start: on a busy machine that takes
/// a while, and is not the submission's fault.
pub(crate) const PARTNER_STARTS: Duration = Duration::from_secs(5);

/// Wall time for `cpu` of CPU time: three times as much and two seconds.
///
/// A program that only waits must end, yet one that shares the machine with others must not be
/// blamed for it: the limit that counts is the one on CPU time.
fn wall_for(cpu: Duration) -> Duration {
    cpu * 3 + Duration::from_secs(2)
}

/// The time that a program has waited, in all its runs together.
///
/// A program that sleeps through most of every run's wall time, and answers, would otherwise hold a
/// function up until its hard timeout, which is a failure of the judge. Time beside the CPU time is
/// granted in proportion to it, for a busy machine makes every program wait, and this much more.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    wall: Duration,
    cpu: Duration,
}

impl Waiting {
    const GRANTED: Duration = Duration::from_secs(120);

    /// Adds a run; whether the program has waited too long by now.
    pub(crate) fn is_too_long_after(&mut self, run: &RunUsage) -> bool {
        self.wall += Duration::from_millis(run.wall_ms);
        self.cpu += Duration::from_millis(run.cpu_ms);
        self.wall > self.cpu * 3 + Self::GRANTED
    }
}

/// Limits for a contestant's program. What it may write in all counts where it may write files.
///
/// ICPC problem package format (2025-09), section "Limits", `output`.
pub(crate) fn of_run(limits: &Limits, language: &Language) -> RunLimits {
    let of_program = of_program(limits.time_ms, limits.memory_bytes, limits.output_bytes, language);
    RunLimits { written_bytes: Some(limits.output_bytes), ..of_program }
}

/// The same limits, with so much more CPU time.
pub(crate) fn with_overtime(limits: RunLimits, overtime: Duration) -> RunLimits {
    let cpu = limits.cpu + overtime;
    RunLimits { cpu, wall: wall_for(cpu), ..limits }
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
        written_bytes: None,
        open_files: OPEN_FILES,
        stack_bytes: None,
    }
}

/// Limits for an output validator.
pub(crate) fn of_validator(limits: &Limits, language: &Language) -> RunLimits {
    let Limits { validation_time_ms, validation_memory_bytes, validation_output_bytes, .. } =
        *limits;
    of_program(validation_time_ms, validation_memory_bytes, validation_output_bytes, language)
}

fn of_program(
    time_ms: u64,
    memory_bytes: u64,
    output_bytes: u64,
    language: &Language,
) -> RunLimits {
    let cpu = Duration::from_millis(time_ms);
    RunLimits {
        cpu,
        wall: wall_for(cpu),
        memory_bytes: language.run.memory_allowed(memory_bytes),
        processes: language.run.processes,
        output_bytes,
        file_bytes: output_bytes,
        written_bytes: None,
        open_files: OPEN_FILES,
        stack_bytes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_granted_in_proportion_to_work() {
        let run = |wall: u64, cpu: u64| RunUsage {
            wall_ms: 1_000 * wall,
            cpu_ms: 1_000 * cpu,
            ..RunUsage::default()
        };
        let mut working = Waiting::default();
        assert!((0..1000).all(|_| !working.is_too_long_after(&run(30, 10))));
        let mut sleeping = Waiting::default();
        assert!((0..30).all(|_| !sleeping.is_too_long_after(&run(4, 0))));
        assert!(sleeping.is_too_long_after(&run(4, 0)));
    }
}
