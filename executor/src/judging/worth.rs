//! What a test case is worth. Pure rules.
//!
//! ICPC problem package format (legacy), section "Test Data Groups"; (2025-09), section "Scoring Test Cases".

use super::answer::SaidScore;
use judge_types::Verdict;
use problems::{Aggregation, CaseScores, Grading, Package, PackageFormat, TestCase, TestGroup};

/// By how much sums of parts may be off.
pub(super) const ROUNDING: f64 = 1e-6;

/// What a test case of `group` is worth; `Err` says what the validator may not say.
pub(super) fn case_score(
    package: &Package,
    group: &TestGroup,
    case: &TestCase,
    verdict: Verdict,
    said: Option<SaidScore>,
) -> Result<f64, String> {
    match &group.grading {
        Grading::Default { scores, .. } | Grading::Custom { scores, .. } => {
            Ok(legacy_score(scores, verdict, said))
        }
        Grading::AllOrSaid { .. } => Ok(said_by_validator(verdict, said)),
        // Samples count for nothing, whatever is said of them, unless they have points of their own.
        Grading::OfSecret | Grading::Nothing => Ok(0.0),
        Grading::Aggregate { .. } if case.is_sample && case.points.is_none() => Ok(0.0),
        Grading::Aggregate { aggregation, max_score } => {
            let most = case.points.or_else(|| most_of_case(group, *aggregation, *max_score));
            let said = match said {
                Some(_) if is_all_or_nothing(group, case) => match package.format {
                    PackageFormat::Polygon => None,
                    _ => return Err("says a score in a group that is pass-fail".to_owned()),
                },
                // A checker need not know what a test is worth.
                Some(SaidScore::Points(points)) if package.format == PackageFormat::Polygon => {
                    Some(SaidScore::Points(points.clamp(0.0, most.unwrap_or(f64::INFINITY))))
                }
                said => said,
            };
            aggregate_score(most, *aggregation, verdict, said)
        }
    }
}

fn is_all_or_nothing(group: &TestGroup, case: &TestCase) -> bool {
    let is_pass_fail =
        matches!(group.grading, Grading::Aggregate { aggregation: Aggregation::PassFail, .. });
    is_pass_fail && case.points.is_none()
}

/// A checker of testlib may call an answer right in part where nothing but the whole counts: then it is wrong.
pub(super) fn verdict_of_part(
    package: &Package,
    group: &TestGroup,
    case: &TestCase,
    verdict: Verdict,
    said: Option<SaidScore>,
) -> Verdict {
    let is_part = matches!(said, Some(SaidScore::Share(share)) if share < 1.0);
    let is_polygon = package.format == PackageFormat::Polygon;
    if is_part && is_polygon && verdict.is_accepted() && is_all_or_nothing(group, case) {
        return Verdict::WrongAnswer;
    }
    verdict
}

fn legacy_score(scores: &CaseScores, verdict: Verdict, said: Option<SaidScore>) -> f64 {
    match (verdict.is_accepted(), said) {
        (true, Some(SaidScore::Points(points))) => points,
        (true, Some(SaidScore::Share(share))) => scores.accept * share,
        (true, None) => scores.accept,
        (false, _) => scores.reject,
    }
}

/// DOMjudge takes a validator's score of an output that it refuses, but none where the program came to no good end.
fn said_by_validator(verdict: Verdict, said: Option<SaidScore>) -> f64 {
    match (verdict, said) {
        (Verdict::Accepted | Verdict::WrongAnswer, Some(SaidScore::Points(points))) => points,
        _ => 0.0,
    }
}

/// The most that a test case in the group can get; `None` where that is unbounded.
#[allow(clippy::cast_precision_loss, reason = "a group has far fewer than 2^52 members")]
fn most_of_case(
    group: &TestGroup,
    aggregation: Aggregation,
    max_score: Option<f64>,
) -> Option<f64> {
    let of_source = group.static_validation.as_ref().and_then(|test| test.max_score).unwrap_or(0.0);
    max_score.map(|most| match aggregation {
        Aggregation::Sum => (most - of_source) / group.members.len().max(1) as f64,
        Aggregation::Min | Aggregation::PassFail => most,
    })
}

/// ICPC problem package format (2025-09), section "Scoring Test Cases".
pub(super) fn aggregate_score(
    most: Option<f64>,
    aggregation: Aggregation,
    verdict: Verdict,
    said: Option<SaidScore>,
) -> Result<f64, String> {
    if !verdict.is_accepted() {
        return Ok(0.0);
    }
    match (most, said) {
        (_, Some(SaidScore::Points(points))) if points < 0.0 => {
            Err(format!("says the score {points}, which is below 0"))
        }
        (Some(most), Some(SaidScore::Points(points))) if points > most + ROUNDING => {
            Err(format!("says the score {points}, and the most is {most}"))
        }
        (_, Some(SaidScore::Points(points))) => Ok(points),
        (Some(most), Some(SaidScore::Share(share))) if (0.0..=1.0).contains(&share) => {
            Ok(most * share)
        }
        (Some(_), Some(SaidScore::Share(share))) => {
            Err(format!("says the score multiplier {share}, which is not from 0 to 1"))
        }
        (None, Some(SaidScore::Share(_))) => {
            Err("says a score multiplier where there is no most".to_owned())
        }
        (Some(most), None) => Ok(most),
        // What passes or fails is worth nothing of its own.
        (None, None) if aggregation == Aggregation::PassFail => Ok(0.0),
        (None, None) => Err("says no score where there is no most".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Accepted, RunTimeError, WrongAnswer};

    #[test]
    fn a_test_case_is_worth_what_its_validator_may_say() {
        let score = |most, said| aggregate_score(most, Aggregation::Sum, Accepted, said);
        assert_eq!(score(Some(20.0), None), Ok(20.0));
        assert_eq!(score(Some(20.0), Some(SaidScore::Share(0.25))), Ok(5.0));
        assert_eq!(score(Some(20.0), Some(SaidScore::Points(3.0))), Ok(3.0));
        assert_eq!(score(None, Some(SaidScore::Points(300.0))), Ok(300.0));
        for (most, said) in [
            (Some(20.0), Some(SaidScore::Points(21.0))),
            (Some(20.0), Some(SaidScore::Points(-1.0))),
            (Some(20.0), Some(SaidScore::Share(1.5))),
            (None, Some(SaidScore::Share(0.5))),
            (None, None),
        ] {
            assert!(score(most, said).is_err(), "{most:?} {said:?}");
        }
        assert_eq!(aggregate_score(None, Aggregation::Sum, WrongAnswer, None), Ok(0.0));
    }

    #[test]
    fn domjudge_takes_what_is_said_of_wrong_answers_too() {
        let score = |verdict| said_by_validator(verdict, Some(SaidScore::Points(5.0)));
        assert_eq!([Accepted, WrongAnswer, RunTimeError].map(score), [5.0, 5.0, 0.0]);
    }
}
