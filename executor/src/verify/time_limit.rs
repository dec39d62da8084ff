//! The time limit of a package that states none.
//!
//! ICPC problem package format (legacy and 2025-09), section "Problem Timing".

use super::{
    TimeLimitSource, VerifyEvent,
    bout::{Attempt, Bout, Purpose},
    time_bounds::{is_over, times},
};
use crate::judging::Interrupted;
use judge_types::Limits;
use problems::{JurySubmission, PackageFormat, TimeBound};

/// What submissions that rule the time limit may take while they are timed, in milliseconds.
const GENEROUS_MS: u64 = 30_000;

/// A submission that was judged to see how long it takes.
struct Timing<'s> {
    submission: &'s JurySubmission,
    /// The time limit that it was judged under, in milliseconds.
    limit_ms: u64,
    attempt: Attempt,
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
        // Drafts, as the legacy format, go by those that are accepted.
        let all_count = self.package.format == PackageFormat::V2025;
        let rules = |submission: &&JurySubmission| {
            !submission.expected.bounds(TimeBound::Lower).is_empty()
                && (all_count || submission.expected.is_accepted_everywhere(self.package))
        };
        let ruling: Vec<_> = submissions.iter().copied().filter(rules).collect();
        progress(VerifyEvent::Timing { submissions: ruling.len() });
        let timings = self.timings(&ruling, &limits, progress);
        let Some(slowest_ms) = self.slowest_ms(&timings) else {
            return (limits, TimeLimitSource::Default, Vec::new());
        };
        limits.time_ms = self.package.timing.time_limit_ms(slowest_ms);
        let hold = timings
            .into_iter()
            .filter(|timing| timing.holds_under(limits.time_ms))
            .map(|timing| (timing.submission.name.clone(), timing.attempt))
            .collect();
        (limits, TimeLimitSource::Measured { slowest_ms }, hold)
    }

    /// Those that must be accepted everywhere are timed under a generous limit. Others may have to be too slow on some test
    /// cases, where such a limit would only be waited for: they get the limit that follows so far, and twice as much as
    /// long as it is too little for them.
    fn timings<'s>(
        &self,
        ruling: &[&'s JurySubmission],
        limits: &Limits,
        progress: &mut dyn FnMut(VerifyEvent<'_>),
    ) -> Vec<Timing<'s>> {
        let mut timed = |submissions: &[&'s JurySubmission], limit_ms| -> Vec<Timing<'s>> {
            let limits = Limits { time_ms: limit_ms, ..limits.clone() };
            let attempts = self.attempts(submissions, &limits, Purpose::Timing, progress);
            let attempts = attempts.into_iter();
            attempts.map(|(submission, attempt)| Timing { submission, limit_ms, attempt }).collect()
        };
        let (accepted, mut left): (Vec<_>, Vec<_>) = ruling
            .iter()
            .copied()
            .partition(|submission| submission.expected.is_accepted_everywhere(self.package));
        let mut timings = timed(&accepted, GENEROUS_MS);
        let slowest_ms = self.slowest_ms(&timings).unwrap_or_default();
        let mut limit_ms = self.package.timing.time_limit_ms(slowest_ms);
        while !left.is_empty() {
            let is_open =
                |timing: &Timing<'s>| limit_ms < GENEROUS_MS && self.needs_more_time(timing);
            let (open, known): (Vec<_>, Vec<_>) =
                timed(&left, limit_ms).into_iter().partition(is_open);
            timings.extend(known);
            left = open.into_iter().map(|timing| timing.submission).collect();
            limit_ms = (2 * limit_ms).min(GENEROUS_MS);
        }
        timings
    }

    /// The longest that a submission takes where it must be in time, in milliseconds. What is stopped even under a generous
    /// limit is at fault itself.
    fn slowest_ms(&self, timings: &[Timing<'_>]) -> Option<u64> {
        let times = |timing: &Timing<'_>| {
            let judged = timing.attempt.result.as_ref().ok()?;
            let Timing { submission, limit_ms, .. } = timing;
            Some(times(self.package, submission, TimeBound::Lower, judged, *limit_ms))
        };
        timings
            .iter()
            .filter_map(times)
            .flatten()
            .filter(|timed| !timed.was_stopped)
            .map(|timed| timed.cpu_ms)
            .max()
    }

    fn needs_more_time(&self, timing: &Timing<'_>) -> bool {
        match &timing.attempt.result {
            Ok(judged) => {
                let is_over = |run| is_over(self.package, timing.submission, run, timing.limit_ms);
                judged.runs.iter().any(is_over)
            }
            Err(interrupted) => matches!(interrupted, Interrupted::Stopped),
        }
    }
}

impl Timing<'_> {
    /// Whether it would come to the same under this limit, in milliseconds.
    fn holds_under(&self, limit_ms: u64) -> bool {
        self.attempt.result.as_ref().is_ok_and(|judged| {
            self.limit_ms == limit_ms || judged.usage.cpu_ms <= self.limit_ms.min(limit_ms)
        })
    }
}
