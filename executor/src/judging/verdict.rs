//! From how a program ended to a verdict.

use judge_types::Verdict;
use sandbox::{Ending, Usage};
use std::time::Duration;

/// How a contestant's program ended, and what it was held to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProgramEnd<'a> {
    pub(crate) ending: &'a Ending,
    pub(crate) usage: Usage,
    pub(crate) cpu_limit: Duration,
    pub(crate) memory_limit_bytes: u64,
    /// Whether the language's runtime said, on its way down, that memory had run out.
    pub(crate) said_out_of_memory: bool,
}

/// The verdict where the program's end already decides it, or `None` where its output is to be checked.
pub(crate) fn verdict_of(end: &ProgramEnd<'_>) -> Option<Verdict> {
    match end.ending {
        // The sandbox reads the account now and then: a program may end by itself just past the limit.
        Ending::Exited { .. } | Ending::Signalled { .. } if end.usage.cpu > end.cpu_limit => {
            Some(Verdict::TimeLimitExceeded)
        }
        // It gives the kernel's own share some room above the limit, too.
        Ending::Exited { .. } | Ending::Signalled { .. }
            if end.usage.peak_memory_bytes > end.memory_limit_bytes =>
        {
            Some(Verdict::MemoryLimitExceeded)
        }
        Ending::Exited { code: 0 } => None,
        Ending::Exited { .. } | Ending::Signalled { .. } if end.said_out_of_memory => {
            Some(Verdict::MemoryLimitExceeded)
        }
        Ending::Exited { .. } | Ending::Signalled { .. } | Ending::ForbiddenSyscall { .. } => {
            Some(Verdict::RunTimeError)
        }
        Ending::CpuTimeExceeded | Ending::WallTimeExceeded => Some(Verdict::TimeLimitExceeded),
        Ending::MemoryExceeded => Some(Verdict::MemoryLimitExceeded),
        Ending::OutputExceeded => Some(Verdict::OutputLimitExceeded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{MemoryLimitExceeded, OutputLimitExceeded, RunTimeError, TimeLimitExceeded};

    fn verdict(ending: &Ending, cpu_ms: u64, said_out_of_memory: bool) -> Option<Verdict> {
        verdict_with_memory(ending, cpu_ms, 1 << 20, said_out_of_memory)
    }

    fn verdict_with_memory(
        ending: &Ending,
        cpu_ms: u64,
        peak_memory_bytes: u64,
        said_out_of_memory: bool,
    ) -> Option<Verdict> {
        let cpu = Duration::from_millis(cpu_ms);
        let usage = Usage { cpu, peak_memory_bytes, ..Usage::default() };
        let cpu_limit = Duration::from_millis(1_000);
        let memory_limit_bytes = 1 << 20;
        verdict_of(&ProgramEnd { ending, usage, cpu_limit, memory_limit_bytes, said_out_of_memory })
    }

    #[test]
    fn a_limit_that_was_passed_counts_though_the_program_ended_by_itself() {
        let exit = Ending::Exited { code: 0 };
        assert_eq!(verdict_with_memory(&exit, 10, 1 << 20, false), None);
        assert_eq!(verdict_with_memory(&exit, 10, (1 << 20) + 1, false), Some(MemoryLimitExceeded));
        assert_eq!(verdict_with_memory(&exit, 1_001, 2 << 20, false), Some(TimeLimitExceeded));
        let crash = Ending::Signalled { signal: 11 };
        assert_eq!(verdict_with_memory(&crash, 10, 2 << 20, false), Some(MemoryLimitExceeded));
    }

    #[test]
    fn each_ending_has_its_verdict() {
        let forbidden = Ending::ForbiddenSyscall { number: 41, name: "socket".into() };
        for (ending, cpu_ms, out_of_memory, expected) in [
            (Ending::Exited { code: 0 }, 1_000, false, None),
            (Ending::Exited { code: 0 }, 1_001, false, Some(TimeLimitExceeded)),
            (Ending::Exited { code: 0 }, 10, true, None),
            (Ending::Exited { code: 1 }, 10, false, Some(RunTimeError)),
            (Ending::Exited { code: 1 }, 10, true, Some(MemoryLimitExceeded)),
            (Ending::Exited { code: 1 }, 1_001, false, Some(TimeLimitExceeded)),
            (Ending::Signalled { signal: 11 }, 10, false, Some(RunTimeError)),
            (Ending::Signalled { signal: 6 }, 10, true, Some(MemoryLimitExceeded)),
            (forbidden, 2_000, true, Some(RunTimeError)),
            (Ending::CpuTimeExceeded, 1_000, false, Some(TimeLimitExceeded)),
            (Ending::WallTimeExceeded, 0, false, Some(TimeLimitExceeded)),
            (Ending::MemoryExceeded, 2_000, false, Some(MemoryLimitExceeded)),
            (Ending::OutputExceeded, 2_000, false, Some(OutputLimitExceeded)),
        ] {
            let got = verdict(&ending, cpu_ms, out_of_memory);
            assert_eq!(got, expected, "{ending:?} {cpu_ms} {out_of_memory}");
        }
    }
}
