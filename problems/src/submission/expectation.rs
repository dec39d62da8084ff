//! Rules about what the test cases of jury submissions come to.
//!
//! ICPC problem package format (2025-09), sections "Example Submissions" and "Group Dependencies".

use super::expected::{Judged, join, show, within};
use judge_types::Verdict;

/// One rule that a submission's runs keep.
///
/// ICPC problem package format (2025-09), section "Example Submissions".
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Where the rule stands: `accepted`, `mixed/*.py: secret/group1`.
    pub origin: String,
    /// The test cases that it is about.
    pub cases: Vec<Tested>,
    /// The groups whose score it is about, as indices in [`crate::Package::groups`].
    pub groups: Vec<usize>,
    /// Every one of the cases comes to one of these.
    pub permitted: Vec<Verdict>,
    /// At least one of the cases comes to one of these.
    pub required: Vec<Verdict>,
    /// The least and the most that the groups get, or the submission where there is no group.
    pub score: Option<(f64, f64)>,
    /// What at least one message of the validator for the jury holds.
    pub message: Option<String>,
    /// What it says about the time limit.
    pub bound: Option<TimeBound>,
}

/// Which side a submission bounds the time limit from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeBound {
    /// The time limit must leave it room.
    Lower,
    /// The time limit must be too short for it.
    Upper,
}

/// A test case that rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// One of the test data, as its index in [`crate::Package::test_cases`].
    Data(usize),
    /// The static validation of a group, as its index in [`crate::Package::groups`].
    Source(usize),
}

/// What a jury submission came to on one test case.
#[derive(Debug, Clone, Copy)]
pub struct JudgedCase<'a> {
    /// The test case.
    pub case: Tested,
    /// Its name.
    pub name: &'a str,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The validator's message for the jury.
    pub message: &'a str,
}

/// The verdicts that rules know.
pub(super) const VERDICTS: [Verdict; 4] =
    [Verdict::Accepted, Verdict::WrongAnswer, Verdict::TimeLimitExceeded, Verdict::RunTimeError];

impl Expectation {
    /// Whether the first test case that fails breaks it for good. There are `all` test cases.
    pub(super) fn breaks_at_any_failure(&self, all: usize) -> bool {
        self.cases.len() == all && self.permitted == [Verdict::Accepted]
    }

    /// Whether test cases that are left after the first one that fails can break it or are needed to keep it. There are
    /// `all` test cases.
    pub(super) fn needs_all_cases(&self, all: usize) -> bool {
        let is_about_groups = self.score.is_some() && !self.groups.is_empty();
        let forbids_something = !has_all(&self.permitted);
        let is_kept_by_any_failure = self.cases.len() == all && has_all_failures(&self.required);
        let is_kept = has_all(&self.required) || is_kept_by_any_failure;
        is_about_groups || forbids_something || !is_kept || self.message.is_some()
    }

    pub(super) fn contradictions(&self, judged: &Judged<'_>, found: &mut Vec<String>) {
        let origin = &self.origin;
        let cases = || judged.cases.iter().filter(|judged| self.cases.contains(&judged.case));
        let is = |verdict: Verdict, among: &[Verdict]| among.contains(&verdict.in_packages());
        // Test cases of a group that is not run count as not accepted, whatever they might have come to.
        let some_are_not_run = cases().count() < self.cases.len();
        let permitted = || join(&self.permitted);
        if let Some(JudgedCase { name, verdict, .. }) =
            cases().find(|judged| !is(judged.verdict, &self.permitted))
        {
            found.push(format!("{origin}: {name} is {verdict}, permitted is {}", permitted()));
        } else if some_are_not_run && self.permitted.iter().all(|verdict| verdict.is_accepted()) {
            found.push(format!(
                "{origin}: a test case is not run, so it is not accepted, permitted is {}",
                permitted()
            ));
        }
        let is_kept = has_all(&self.required)
            || (some_are_not_run && has_all_failures(&self.required))
            || cases().any(|judged| is(judged.verdict, &self.required));
        if !is_kept {
            found.push(format!("{origin}: no test case is {}", join(&self.required)));
        }
        if let Some(message) = &self.message
            && !cases().any(|judged| judged.message.contains(message))
        {
            found.push(format!("{origin}: no message of the validator holds {message:?}"));
        }
        if let Some(range) = self.score {
            let of_groups = self.groups.iter().map(|&group| judged.group_scores[group]);
            let scores: Vec<_> =
                if self.groups.is_empty() { vec![judged.score] } else { of_groups.collect() };
            for score in scores.into_iter().flatten().filter(|score| !within(range, *score)) {
                found.push(format!("{origin}: the score is {score}, not {}", show(range)));
            }
        }
    }
}

fn has_all(verdicts: &[Verdict]) -> bool {
    VERDICTS.iter().all(|verdict| verdicts.contains(verdict))
}

fn has_all_failures(verdicts: &[Verdict]) -> bool {
    VERDICTS.iter().all(|verdict| verdict.is_accepted() || verdicts.contains(verdict))
}
