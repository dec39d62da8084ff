//! What the folders below `submissions/` mean.

use super::{Expected, TimeBound};
use crate::kind::PackageFormat;
use judge_types::Verdict::{
    self, Accepted, CompileError, MemoryLimitExceeded, OutputLimitExceeded, RunTimeError,
    TimeLimitExceeded, WrongAnswer,
};

/// What a submission in `folder` should come to; `None` for a name without a meaning. What the newer formats say of
/// their own folders stands in rules ([`defaults`]).
pub(super) fn expected(folder: &str, format: PackageFormat) -> Option<Expected> {
    if format.is_new_icpc() && defaults(folder).is_some() {
        return Some(Expected::default());
    }
    Some(match folder {
        // No folder of the newer formats, where a submission with some score need not be accepted.
        "partially_accepted" if format.is_new_icpc() => {
            Expected { partial: true, ..Expected::one_of(&Verdict::all().collect::<Vec<_>>()) }
        }
        "accepted" => Expected { bound: Some(TimeBound::Lower), ..Expected::one_of(&[Accepted]) },
        "slow_accepted" => Expected::one_of(&[Accepted, TimeLimitExceeded]),
        "partially_accepted" => Expected { partial: true, ..Expected::one_of(&[Accepted]) },
        "wrong_answer" => Expected::one_of(&[WrongAnswer]),
        "time_limit_exceeded" => {
            Expected { bound: Some(TimeBound::Upper), ..Expected::one_of(&[TimeLimitExceeded]) }
        }
        // The format knows no verdicts of their own for memory and output.
        "run_time_error" => {
            Expected::one_of(&[RunTimeError, MemoryLimitExceeded, OutputLimitExceeded])
        }
        "memory_limit_exceeded" => Expected::one_of(&[MemoryLimitExceeded]),
        "output_limit_exceeded" => Expected::one_of(&[OutputLimitExceeded]),
        "compile_error" | "compiler_error" => Expected::one_of(&[CompileError]),
        "rejected" => {
            let rejected: Vec<_> =
                Verdict::all().filter(|verdict| !verdict.is_accepted()).collect();
            Expected::one_of(&rejected)
        }
        // DOMjudge's, whose submissions say themselves what they should come to.
        "mixed" | "mixed_verdicts" | "mixed-verdicts" | "partial" => {
            Expected::one_of(&Verdict::all().collect::<Vec<_>>())
        }
        _ => return None,
    })
}

/// What is permitted to each test case and required of one of them in a folder that 2025-09 knows.
///
/// ICPC problem package format (2025-09), section "Default Directories".
pub(super) fn defaults(folder: &str) -> Option<(Vec<Verdict>, Vec<Verdict>)> {
    let all = || vec![Accepted, WrongAnswer, TimeLimitExceeded, RunTimeError];
    Some(match folder {
        "accepted" => (vec![Accepted], all()),
        "rejected" => (all(), vec![RunTimeError, TimeLimitExceeded, WrongAnswer]),
        "wrong_answer" => (vec![Accepted, WrongAnswer], vec![WrongAnswer]),
        "time_limit_exceeded" => (vec![Accepted, TimeLimitExceeded], vec![TimeLimitExceeded]),
        "run_time_error" => (vec![Accepted, RunTimeError], vec![RunTimeError]),
        "brute_force" => {
            (vec![Accepted, RunTimeError, TimeLimitExceeded], vec![RunTimeError, TimeLimitExceeded])
        }
        _ => return None,
    })
}
