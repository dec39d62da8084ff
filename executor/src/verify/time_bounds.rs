//! What the jury's submissions say about the time limit.
//!
//! ICPC problem package format (legacy), section "Limits"; (2025-09), sections "Problem Timing" and "Timelimit Inference".

use super::row::tested;
use crate::judging::Judged;
use judge_types::{RunResult, Verdict};
use problems::{JurySubmission, Package, Tested, TimeBound};
use serde::Serialize;

/// What the jury's submissions say about the time limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TimeBounds {
    /// The slowest submission that the time limit must leave room.
    pub slowest_in_time: Option<Timed>,
    /// The fastest submission that must be too slow.
    pub fastest_too_slow: Option<Timed>,
    /// The least time limit that leaves the slowest the package's margin, in milliseconds.
    pub suggested_ms: Option<u64>,
    /// The most that leaves the fastest that is too slow the package's margin, in milliseconds.
    pub most_ms: Option<u64>,
}

/// How long a submission took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timed {
    /// The submission's name.
    pub submission: String,
    /// CPU time of its slowest run, in milliseconds.
    pub cpu_ms: u64,
    /// Whether it was stopped then and would have taken longer.
    pub was_stopped: bool,
}

/// How long the submission takes on each set of test cases by which it bounds the time limit from this side, judged under a
/// limit in milliseconds.
pub(super) fn times(
    package: &Package,
    submission: &JurySubmission,
    side: TimeBound,
    judged: &Judged,
    limit_ms: u64,
) -> Vec<Timed> {
    let slowest = |cases: Option<&[Tested]>| {
        // One that is to be accepted as a whole, and is not, says nothing.
        let counts = side == TimeBound::Upper || cases.is_some() || judged.verdict.is_accepted();
        // What a program burns that was found wrong and goes on until it is stopped is no time that it takes.
        let went_on = |run: &RunResult| run.usage.cpu_ms >= limit_ms && !was_stopped(run);
        let runs = judged.runs.iter().filter(|run| {
            counts && is_among(package, cases, run) && !(side == TimeBound::Lower && went_on(run))
        });
        let run = runs.max_by_key(|run| run.usage.cpu_ms)?;
        Some(Timed {
            submission: submission.name.clone(),
            cpu_ms: run.usage.cpu_ms,
            was_stopped: was_stopped(run),
        })
    };
    submission.expected.bounds(side).into_iter().filter_map(slowest).collect()
}

/// Whether the run was stopped by the time limit that it bounds from below, in milliseconds. More time helps none that only waits.
pub(super) fn is_over(
    package: &Package,
    submission: &JurySubmission,
    run: &RunResult,
    limit_ms: u64,
) -> bool {
    let bounds = submission.expected.bounds(TimeBound::Lower);
    was_stopped(run)
        && run.usage.cpu_ms >= limit_ms
        && bounds.into_iter().any(|cases| is_among(package, cases, run))
}

fn is_among(package: &Package, cases: Option<&[Tested]>, run: &RunResult) -> bool {
    let is_in = |cases: &[Tested]| tested(package, run).is_some_and(|case| cases.contains(&case));
    cases.is_none_or(is_in)
}

fn was_stopped(run: &RunResult) -> bool {
    run.verdict == Verdict::TimeLimitExceeded && !run.ending.is_empty()
}

impl TimeBounds {
    /// Adds what one submission says.
    pub(super) fn add(
        &mut self,
        package: &Package,
        submission: &JurySubmission,
        judged: &Judged,
        limit_ms: u64,
    ) {
        for timed in times(package, submission, TimeBound::Lower, judged, limit_ms) {
            if self.slowest_in_time.as_ref().is_none_or(|other| other.cpu_ms < timed.cpu_ms) {
                self.suggested_ms = Some(package.timing.time_limit_ms(timed.cpu_ms));
                self.slowest_in_time = Some(timed);
            }
        }
        for timed in times(package, submission, TimeBound::Upper, judged, limit_ms) {
            // One that was stopped bounds the time limit by more than is known: any other says more.
            let rank = |timed: &Timed| (timed.was_stopped, timed.cpu_ms);
            if self.fastest_too_slow.as_ref().is_none_or(|other| rank(other) > rank(&timed)) {
                self.most_ms = (!timed.was_stopped).then(|| package.timing.most_ms(timed.cpu_ms));
                self.fastest_too_slow = Some(timed);
            }
        }
    }
}
