//! The time limit of a package that states none.

use super::{
    TimeLimitSource, VerifyEvent,
    bout::{Attempt, Bout},
};
use judge_types::Limits;
use problems::{JurySubmission, TimeBound};

/// What accepted submissions may take while they are timed, in milliseconds.
const GENEROUS_MS: u64 = 30_000;

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
        let ruling: Vec<_> = submissions
            .iter()
            .copied()
            .filter(|s| !s.expected.bounds(TimeBound::Lower).is_empty())
            .collect();
        progress(VerifyEvent::Timing { submissions: ruling.len() });
        let generous = Limits { time_ms: GENEROUS_MS, ..limits.clone() };
        let attempts = self.attempts(&ruling, &generous, progress);
        let slowest_ms = attempts.iter().filter_map(|(_, attempt)| accepted_ms(attempt)).max();
        let Some(slowest_ms) = slowest_ms else {
            return (limits, TimeLimitSource::Default, Vec::new());
        };
        limits.time_ms = self.package.timing.time_limit_ms(slowest_ms);
        let hold = attempts
            .into_iter()
            .filter(|(_, attempt)| accepted_ms(attempt).is_some_and(|ms| ms <= limits.time_ms))
            .map(|(submission, attempt)| (submission.name.clone(), attempt))
            .collect();
        (limits, TimeLimitSource::Measured { slowest_ms }, hold)
    }
}

/// CPU time of the slowest test case, in milliseconds, where all were accepted.
fn accepted_ms(attempt: &Attempt) -> Option<u64> {
    let judged = attempt.result.as_ref().ok()?;
    judged.verdict.is_accepted().then_some(judged.usage.cpu_ms)
}
