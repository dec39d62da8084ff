//! What one mapping of `submissions.yaml` says.
//!
//! ICPC problem package format (2025-09), section "Example Submissions".

use super::expectation::{Expectation, Tested, TimeBound, VERDICTS};
use crate::fields::{Fields, Separator};
use judge_types::Verdict;
use std::iter;

/// What one mapping says about the test cases that it is about.
#[derive(Default, Clone)]
pub(super) struct Wanted {
    pub(super) permitted: Option<Vec<Verdict>>,
    pub(super) required: Option<Vec<Verdict>>,
    pub(super) score: Option<(f64, f64)>,
    pub(super) message: Option<String>,
    pub(super) time_limit: Option<TimeLimitUse>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum TimeLimitUse {
    No,
    AsItIs,
    Bound(TimeBound),
}

impl Wanted {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            permitted: verdicts(fields, "permitted"),
            required: verdicts(fields, "required"),
            score: score(fields),
            message: fields.text("message").filter(|text| !text.is_empty()).map(str::to_owned),
            time_limit: fields.choice(
                "use_for_time_limit",
                &[
                    ("true", TimeLimitUse::AsItIs),
                    ("false", TimeLimitUse::No),
                    ("lower", TimeLimitUse::Bound(TimeBound::Lower)),
                    ("upper", TimeLimitUse::Bound(TimeBound::Upper)),
                ],
            ),
        }
    }

    pub(super) fn says_something(&self) -> bool {
        self.permitted.is_some()
            || self.required.is_some()
            || self.score.is_some()
            || self.message.is_some()
            || self.time_limit.is_some()
    }

    /// The rule, and the one that `use_for_time_limit` stands for.
    ///
    /// ICPC problem package format (2025-09), section "Timelimit Inference".
    pub(super) fn rules(
        &self,
        origin: &str,
        cases: &[Tested],
        groups: &[usize],
    ) -> impl Iterator<Item = Expectation> {
        use Verdict::{Accepted, RunTimeError, TimeLimitExceeded, WrongAnswer};
        let opted_in = match self.time_limit {
            Some(TimeLimitUse::Bound(TimeBound::Lower)) => {
                let permitted = Some(vec![Accepted, WrongAnswer, RunTimeError]);
                Some(Self { permitted, ..Self::default() })
            }
            Some(TimeLimitUse::Bound(TimeBound::Upper)) => {
                Some(Self { required: Some(vec![TimeLimitExceeded]), ..Self::default() })
            }
            _ => None,
        };
        let own = self.rule(origin, cases, groups);
        let origin = format!("{origin}: use_for_time_limit");
        iter::once(own).chain(opted_in.map(|wanted| wanted.rule(&origin, cases, &[])))
    }

    fn rule(&self, origin: &str, cases: &[Tested], groups: &[usize]) -> Expectation {
        let permitted = self.permitted.clone().unwrap_or_else(|| VERDICTS.to_vec());
        let required = self.required.clone().unwrap_or_else(|| VERDICTS.to_vec());
        let bound = match self.time_limit {
            Some(TimeLimitUse::No) => None,
            _ if required == [Verdict::TimeLimitExceeded] => Some(TimeBound::Upper),
            _ if !permitted.contains(&Verdict::TimeLimitExceeded) => Some(TimeBound::Lower),
            _ => None,
        };
        Expectation {
            origin: origin.to_owned(),
            cases: cases.to_vec(),
            groups: groups.to_vec(),
            permitted,
            required,
            score: self.score,
            message: self.message.clone(),
            bound,
        }
    }
}

fn verdicts(fields: &mut Fields<'_>, key: &'static str) -> Option<Vec<Verdict>> {
    let words = fields.words(key, Separator::CommaOrSpace)?;
    let mut verdicts = Vec::new();
    for word in &words {
        match VERDICTS.iter().find(|verdict| verdict.code() == word) {
            Some(verdict) => verdicts.push(*verdict),
            None => {
                let message = format!("{word:?} is not one of AC, WA, TLE and RTE");
                fields.fault(key, fields.line(key), message);
            }
        }
    }
    Some(verdicts)
}

fn score(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let words = fields.words("score", Separator::Space)?;
    let numbers: Vec<Option<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [Some(score)] => Some((score, score)),
        [Some(least), Some(most)] if least <= most => Some((least, most)),
        _ => {
            let message = "must be a number, or a list of the least and the most".to_owned();
            fields.fault("score", fields.line("score"), message);
            None
        }
    }
}
