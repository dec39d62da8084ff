//! The time limit: that of a package that states none, and whether it fits the jury's submissions.
//!
//! ICPC problem package format (legacy and 2025-09), section "Problem Timing".

use super::{
    TimeLimitSource, VerifyEvent,
    bout::{Attempt, Bout},
};
use crate::judging::Judged;
use judge_types::{Limits, Verdict};
use problems::{JurySubmission, Package, TimeBound};
use serde::Serialize;

/// What submissions that rule the time limit may take while they are timed, in milliseconds.
const GENEROUS_MS: u64 = 30_000;

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

impl Bout<'_> {
    /// The limits to verify under, where the time limit comes from, and the judgements
    /// that were made to find it and hold under it as well.
    pub(super) fn time_limit(
        &self,
        submissions: &[&JurySubmission],
        progress: &mut dyn FnMut(VerifyEvent<'_>),
    ) -> (Limits, TimeLimitSource, Vec<(String, Attempt)>) {
        let mut limits = self.package.limits.clone();
        if let Some(time_ms) = self.options.time_limit_ms {
            limits.time_ms = time_ms;
            return (limits, TimeLimitSource::Given, Vec::new());
        }
        if self.package.time_limit_stated {
            return (limits, TimeLimitSource::Stated, Vec::new());
        }
        // Others that bound it are known to be in time only under the limit that these lead to.
        let rules = |submission: &&JurySubmission| {
            !submission.expected.bounds(TimeBound::Lower).is_empty()
                && submission.expected.verdicts() == [Verdict::Accepted]
        };
        let ruling: Vec<_> = submissions.iter().copied().filter(rules).collect();
        progress(VerifyEvent::Timing { submissions: ruling.len() });
        let generous = Limits { time_ms: GENEROUS_MS, ..limits.clone() };
        let attempts = self.attempts(&ruling, &generous, progress);
        let times = attempts.iter().filter_map(|(submission, attempt)| {
            slowest(self.package, submission, TimeBound::Lower, attempt.result.as_ref().ok()?)
        });
        let Some(slowest_ms) = times.map(|(cpu_ms, _)| cpu_ms).max() else {
            return (limits, TimeLimitSource::Default, Vec::new());
        };
        limits.time_ms = self.package.timing.time_limit_ms(slowest_ms);
        let holds = |attempt: &Attempt| {
            attempt.result.as_ref().is_ok_and(|judged| judged.usage.cpu_ms <= limits.time_ms)
        };
        let hold = attempts
            .into_iter()
            .filter(|(_, attempt)| holds(attempt))
            .map(|(submission, attempt)| (submission.name.clone(), attempt))
            .collect();
        (limits, TimeLimitSource::Measured { slowest_ms }, hold)
    }
}

/// CPU time of the slowest run of those by which the submission bounds the time limit, in milliseconds, and whether it
/// was stopped then; `None` where it does not, or did not come to what it should.
pub(super) fn slowest(
    package: &Package,
    submission: &JurySubmission,
    side: TimeBound,
    judged: &Judged,
) -> Option<(u64, bool)> {
    let bounds = submission.expected.bounds(side);
    let is_good = match side {
        // One that is not accepted as a whole says nothing, unless a rule makes its test cases count.
        TimeBound::Lower => judged.verdict.is_accepted() || bounds.iter().any(Option::is_some),
        TimeBound::Upper => true,
    };
    let within = |name: &str| {
        bounds.iter().any(|cases| match cases {
            None => true,
            Some(cases) => cases.iter().any(|&case| package.test_cases[case].name == name),
        })
    };
    let runs = judged.runs.iter().filter(|run| is_good && within(&run.test_case));
    let run = runs.max_by_key(|run| run.usage.cpu_ms)?;
    Some((run.usage.cpu_ms, run.verdict == Verdict::TimeLimitExceeded && !run.ending.is_empty()))
}

impl TimeBounds {
    /// Adds what one submission says.
    pub(super) fn add(&mut self, package: &Package, submission: &JurySubmission, judged: &Judged) {
        let timed = |side| {
            let (cpu_ms, was_stopped) = slowest(package, submission, side, judged)?;
            Some(Timed { submission: submission.name.clone(), cpu_ms, was_stopped })
        };
        if let Some(timed) = timed(TimeBound::Lower)
            && self.slowest_in_time.as_ref().is_none_or(|other| other.cpu_ms < timed.cpu_ms)
        {
            self.suggested_ms = Some(package.timing.time_limit_ms(timed.cpu_ms));
            self.slowest_in_time = Some(timed);
        }
        if let Some(timed) = timed(TimeBound::Upper)
            && self.fastest_too_slow.as_ref().is_none_or(|other| other.cpu_ms > timed.cpu_ms)
        {
            // One that was stopped bounds it from above by more than is known.
            self.most_ms = (!timed.was_stopped).then(|| package.timing.most_ms(timed.cpu_ms));
            self.fastest_too_slow = Some(timed);
        }
    }
}
