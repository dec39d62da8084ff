//! What the jury's submissions should come to.

use super::expectation::{Expectation, JudgedCase, Tested, TimeBound};
use crate::Package;
use judge_types::Verdict;
use std::fmt;

/// What agrees with the jury's intention.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// What the whole submission may come to; empty where rules about its test cases say all.
    pub(super) verdicts: Vec<Verdict>,
    /// The least and the most score it may get, in all.
    pub(crate) score: Option<(f64, f64)>,
    /// Whether its score must be less than the best one.
    pub(crate) partial: bool,
    /// What all of it says about the time limit.
    pub(super) bound: Option<TimeBound>,
    pub(crate) rules: Vec<Expectation>,
}

/// What a jury submission came to.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The verdict on the whole submission.
    pub verdict: Verdict,
    /// Its score, in a scoring problem.
    pub score: Option<f64>,
    /// The best score there is, where there is one.
    pub best_score: Option<f64>,
    /// Its test cases that were run: all but those of groups that are not, unless one that failed tells all.
    pub cases: Vec<JudgedCase<'a>>,
    /// What each group got, by index.
    pub group_scores: Vec<Option<f64>>,
}

impl Expected {
    pub(crate) fn one_of(verdicts: &[Verdict]) -> Self {
        Self { verdicts: verdicts.to_vec(), ..Self::default() }
    }

    /// What does not agree with the jury, in words; nothing where all does.
    #[must_use]
    pub fn contradictions(&self, judged: &Judged<'_>) -> Vec<String> {
        let mut found = Vec::new();
        // One that prints without end may be stopped for that first.
        let is_endless = judged.verdict == Verdict::OutputLimitExceeded
            && self.verdicts == [Verdict::TimeLimitExceeded];
        let is_meant = self.verdicts.contains(&judged.verdict) || is_endless;
        if !self.verdicts.is_empty() && !is_meant {
            found.push(format!("is {}, not {}", judged.verdict, join(&self.verdicts)));
        }
        if self.verdicts.is_empty() && judged.verdict == Verdict::CompileError {
            return vec!["does not compile".to_owned()];
        }
        if let (Some(range), Some(score)) = (self.score, judged.score)
            && !within(range, score)
        {
            found.push(format!("has score {score}, not {}", show(range)));
        }
        if self.partial && judged.best_score.is_some_and(|best| judged.score == Some(best)) {
            found.push("has the best score there is".to_owned());
        }
        for rule in &self.rules {
            rule.contradictions(judged, &mut found);
        }
        found
    }

    /// The test cases whose times bound the time limit from this side: all of them (`None`), or those of rules.
    #[must_use]
    pub fn bounds(&self, side: TimeBound) -> Vec<Option<&[Tested]>> {
        let whole = (self.bound == Some(side)).then_some(None);
        let rules = self.rules.iter().filter(|rule| rule.bound == Some(side));
        whole.into_iter().chain(rules.map(|rule| Some(rule.cases.as_slice()))).collect()
    }

    /// The verdicts that agree with the jury, the most expected first: on the whole submission, or, of rules about its
    /// test cases, those of the strictest.
    #[must_use]
    pub fn verdicts(&self) -> Vec<Verdict> {
        let strictness = |rule: &&Expectation| rule.required.len().min(rule.permitted.len());
        match self.rules.iter().min_by_key(strictness) {
            Some(rule) if self.verdicts.is_empty() => {
                let is_required = rule.required.len() <= rule.permitted.len();
                if is_required { rule.required.clone() } else { rule.permitted.clone() }
            }
            _ => self.verdicts.clone(),
        }
    }

    /// Whether a submission that came to `verdict` as a whole, by whatever test case, can agree.
    #[must_use]
    pub fn allows(&self, verdict: Verdict) -> bool {
        let verdicts = self.verdicts();
        verdicts.is_empty()
            || verdicts.contains(&verdict)
            || verdicts.contains(&verdict.in_packages())
    }

    /// Whether each test case of `package` must be accepted.
    #[must_use]
    pub fn is_accepted_everywhere(&self, package: &Package) -> bool {
        let all = all_cases(package);
        let by_rule = self.rules.iter().any(|rule| rule.breaks_at_any_failure(all));
        by_rule || self.verdicts == [Verdict::Accepted]
    }

    /// Whether the test cases of `package` after the first one that fails can change whether a submission agrees.
    #[must_use]
    pub fn needs_all_cases(&self, package: &Package) -> bool {
        let all = all_cases(package);
        !self.is_accepted_everywhere(package)
            && self.rules.iter().any(|rule| rule.needs_all_cases(all))
    }
}

fn all_cases(package: &Package) -> usize {
    let sources = package.groups.iter().filter(|group| group.static_validation.is_some());
    package.test_cases.len() + sources.count()
}

/// Scores are sums of fractions: a thousandth is no difference.
pub(super) fn within((least, most): (f64, f64), score: f64) -> bool {
    const SLACK: f64 = 1e-3;
    (least - SLACK..=most + SLACK).contains(&score)
}

pub(super) fn show((least, most): (f64, f64)) -> String {
    if least == most { format!("{least}") } else { format!("{least} to {most}") }
}

pub(super) fn join(verdicts: &[Verdict]) -> String {
    let codes: Vec<_> = verdicts.iter().map(|verdict| verdict.code()).collect();
    codes.join(" or ")
}

/// `AC`, `RTE or MLE or OLE`, `score 30`.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = self.verdicts();
        let is_any = verdicts.is_empty() || verdicts.len() == Verdict::all().count();
        let mut text = if is_any { "any".to_owned() } else { join(&verdicts) };
        if let Some(range) = self.score {
            let score = format!("score {}", show(range));
            text = if is_any { score } else { format!("{text}, {score}") };
        }
        f.pad(&text)
    }
}
