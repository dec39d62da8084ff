//! From the results of test cases to those of groups, and to a score. Pure rules.
//!
//! ICPC problem package format (legacy), section "Graders"; (2025-09), section "Result Aggregation".

use super::answer::SaidScore;
use judge_types::Verdict;
use problems::{
    Aggregation, CaseScores, GraderFlags, Grading, Member, Package, ScoreMode, TestCase, TestGroup,
    Validation, VerdictMode,
};

/// What a test case or a group came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Graded {
    pub(super) verdict: Verdict,
    pub(super) score: f64,
}

/// One member of a group, for the group's grading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MemberResult {
    pub(super) graded: Graded,
    /// Whether it is the group `sample`.
    pub(super) is_sample: bool,
}

/// What a test case of `group` is worth; `Err` says what the validator may not say.
pub(super) fn case_score(
    group: &TestGroup,
    case: &TestCase,
    verdict: Verdict,
    said: Option<SaidScore>,
) -> Result<f64, String> {
    match &group.grading {
        Grading::Default { scores, .. } | Grading::Custom { scores, .. } => {
            Ok(legacy_score(scores, verdict, said))
        }
        // Samples count for nothing, whatever is said of them.
        Grading::OfSecret => Ok(0.0),
        Grading::Aggregate { .. } if case.is_sample => Ok(0.0),
        Grading::Aggregate { aggregation, max_score } => {
            let most = case.points.or_else(|| most_of_case(group, *aggregation, *max_score));
            if *aggregation == Aggregation::PassFail && said.is_some() && case.points.is_none() {
                return Err("says a score in a group that is pass-fail".to_owned());
            }
            aggregate_score(most, *aggregation, verdict, said)
        }
    }
}

fn legacy_score(scores: &CaseScores, verdict: Verdict, said: Option<SaidScore>) -> f64 {
    match (verdict.is_accepted(), said) {
        (true, Some(SaidScore::Points(points))) => points,
        (true, Some(SaidScore::Share(share))) => scores.accept * share,
        (true, None) => scores.accept,
        (false, _) => scores.reject,
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

/// The best score that there is in a scoring problem, where that can be told: its range says it, or it is what a
/// submission gets that is right everywhere.
pub(crate) fn best_score(package: &Package) -> Option<f64> {
    if !package.kind.scoring {
        return None;
    }
    let root = package.groups.first()?;
    root.grading.max_score().or_else(|| best_of(package, root))
}

fn best_of(package: &Package, group: &TestGroup) -> Option<f64> {
    let said_by_validators = matches!(package.validation, Validation::Custom { scores: true, .. });
    let members: Option<Vec<MemberResult>> = group
        .members
        .iter()
        .map(|member| {
            let (score, is_sample) = match *member {
                Member::Case(_) if said_by_validators => return None,
                Member::Case(case) => {
                    let case = &package.test_cases[case];
                    (case_score(group, case, Verdict::Accepted, None).ok()?, false)
                }
                Member::Group(inner) => {
                    let inner = &package.groups[inner];
                    let score = match inner.grading.max_score() {
                        Some(most) => most,
                        None => best_of(package, inner)?,
                    };
                    (score, inner.name == "sample")
                }
            };
            let graded = Graded { verdict: Verdict::Accepted, score };
            Some(MemberResult { graded, is_sample })
        })
        .collect();
    grade(group, &members?).map(|graded| graded.score)
}

/// What a group comes to by the results of its members; `None` where a program of the package has to say.
pub(super) fn grade(group: &TestGroup, members: &[MemberResult]) -> Option<Graded> {
    match &group.grading {
        Grading::Custom { .. } => None,
        Grading::OfSecret => {
            let secret = members.iter().find(|member| !member.is_sample);
            let nothing = Graded { verdict: Verdict::Accepted, score: 0.0 };
            Some(secret.map_or(nothing, |member| member.graded))
        }
        Grading::Default { flags, scores } => Some(by_default_grader(*flags, scores, members)),
        Grading::Aggregate { aggregation, max_score } => {
            Some(aggregate(*aggregation, *max_score, members))
        }
    }
}

/// ICPC problem package format (2025-09), section "Scoring Test Data Groups": a group that comes to more than its most is a judge
/// error.
pub(super) fn require_within_most(group: &TestGroup, graded: Graded) -> Result<(), String> {
    match group.grading.max_score() {
        Some(most) if graded.score > most + ROUNDING => {
            Err(format!("{} comes to {}, and its max_score is {most}", group.name, graded.score))
        }
        _ => Ok(()),
    }
}

/// By how much sums of parts may be off.
const ROUNDING: f64 = 1e-6;

fn by_default_grader(flags: GraderFlags, scores: &CaseScores, members: &[MemberResult]) -> Graded {
    let counted: Vec<Graded> = members
        .iter()
        .filter(|member| !(flags.ignore_sample && member.is_sample))
        .map(|member| member.graded)
        .collect();
    let any_accepted = counted.iter().any(|graded| graded.verdict.is_accepted());
    let verdict = match flags.verdict {
        _ if flags.accept_if_any_accepted && any_accepted => Verdict::Accepted,
        VerdictMode::AlwaysAccept => Verdict::Accepted,
        VerdictMode::FirstError => first_error(&counted),
        VerdictMode::WorstError => worst_error(&counted),
    };
    let all = counted.iter().map(|graded| graded.score);
    #[allow(clippy::cast_precision_loss, reason = "a group has far fewer than 2^52 members")]
    let score = match flags.score {
        _ if counted.is_empty() => 0.0,
        ScoreMode::Sum => all.sum(),
        ScoreMode::Average => all.sum::<f64>() / counted.len() as f64,
        ScoreMode::Min => all.fold(f64::INFINITY, f64::min),
        ScoreMode::Max => all.fold(f64::NEG_INFINITY, f64::max),
    };
    Graded { verdict, score: score.clamp(scores.range.0, scores.range.1) }
}

/// The verdict of the first that was not accepted.
fn first_error(graded: &[Graded]) -> Verdict {
    let rejected = graded.iter().find(|graded| !graded.verdict.is_accepted());
    rejected.map_or(Verdict::Accepted, |graded| graded.verdict)
}

/// The order is the format's: what tells least about the answer comes first.
fn worst_error(graded: &[Graded]) -> Verdict {
    const ORDER: [Verdict; 5] = [
        Verdict::RunTimeError,
        Verdict::MemoryLimitExceeded,
        Verdict::TimeLimitExceeded,
        Verdict::OutputLimitExceeded,
        Verdict::WrongAnswer,
    ];
    let found = ORDER.into_iter().find(|worst| graded.iter().any(|one| one.verdict == *worst));
    found.unwrap_or_else(|| first_error(graded))
}

fn aggregate(aggregation: Aggregation, max_score: Option<f64>, members: &[MemberResult]) -> Graded {
    let all: Vec<Graded> = members.iter().map(|member| member.graded).collect();
    let verdict = first_error(&all);
    let scores = all.iter().map(|graded| graded.score);
    let score = match (aggregation, max_score) {
        (Aggregation::PassFail, Some(most)) if verdict.is_accepted() => most,
        (Aggregation::PassFail, Some(_)) => 0.0,
        (Aggregation::PassFail, None) | (Aggregation::Sum, _) => scores.sum(),
        (Aggregation::Min, _) if members.is_empty() => 0.0,
        (Aggregation::Min, _) => scores.fold(f64::INFINITY, f64::min),
    };
    Graded { verdict, score }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Accepted, RunTimeError, TimeLimitExceeded, WrongAnswer};

    fn member(verdict: Verdict, score: f64) -> MemberResult {
        MemberResult { graded: Graded { verdict, score }, is_sample: false }
    }

    fn group(grading: Grading) -> TestGroup {
        TestGroup {
            name: "secret".to_owned(),
            members: vec![problems::Member::Case(0), problems::Member::Case(1)],
            grading,
            on_reject: problems::OnReject::Continue,
            requires: Vec::new(),
            static_validation: None,
        }
    }

    fn by_flags(flags: &str, members: &[MemberResult]) -> (Verdict, f64) {
        let words: Vec<_> = flags.split_whitespace().collect();
        let flags = GraderFlags::parse(&words).unwrap();
        let scores = CaseScores { range: (-50.0, 50.0), ..CaseScores::default() };
        let graded = grade(&group(Grading::Default { flags, scores }), members).unwrap();
        (graded.verdict, graded.score)
    }

    #[test]
    fn the_default_grader_does_what_its_flags_say() {
        let sample = MemberResult { is_sample: true, ..member(WrongAnswer, 7.0) };
        let good = [member(Accepted, 1.0), member(Accepted, 4.0)];
        let bad = [member(Accepted, 2.0), member(WrongAnswer, 0.0), member(RunTimeError, 1.0)];
        for (flags, members, expected) in [
            ("", &good[..], (Accepted, 5.0)),
            ("avg", &good, (Accepted, 2.5)),
            ("min", &good, (Accepted, 1.0)),
            ("max", &good, (Accepted, 4.0)),
            ("", &bad, (RunTimeError, 3.0)),
            ("first_error", &bad, (WrongAnswer, 3.0)),
            ("always_accept min", &bad, (Accepted, 0.0)),
            ("accept_if_any_accepted first_error", &bad, (Accepted, 3.0)),
            ("accept_if_any_accepted", &bad[1..], (RunTimeError, 1.0)),
            ("ignore_sample", &[sample, member(Accepted, 3.0)], (Accepted, 3.0)),
            ("", &[sample, member(Accepted, 3.0)], (WrongAnswer, 10.0)),
            (
                "",
                &[member(TimeLimitExceeded, 0.0), member(WrongAnswer, 0.0)],
                (TimeLimitExceeded, 0.0),
            ),
            ("sum", &[member(Accepted, 90.0)], (Accepted, 50.0)),
            ("min", &[], (Accepted, 0.0)),
        ] {
            assert_eq!(by_flags(flags, members), expected, "{flags:?}");
        }
    }

    #[test]
    fn groups_of_the_newer_format_pass_or_add_up() {
        let members = [member(Accepted, 10.0), member(WrongAnswer, 0.0), member(Accepted, 4.0)];
        let graded = |aggregation, max_score, members: &[MemberResult]| {
            let graded =
                grade(&group(Grading::Aggregate { aggregation, max_score }), members).unwrap();
            (graded.verdict, graded.score)
        };
        assert_eq!(graded(Aggregation::Sum, Some(30.0), &members), (WrongAnswer, 14.0));
        assert_eq!(graded(Aggregation::Min, Some(30.0), &members), (WrongAnswer, 0.0));
        assert_eq!(graded(Aggregation::Min, None, &members[..1]), (Accepted, 10.0));
        assert_eq!(graded(Aggregation::PassFail, Some(30.0), &members), (WrongAnswer, 0.0));
        assert_eq!(graded(Aggregation::PassFail, Some(30.0), &members[..1]), (Accepted, 30.0));
        let sample = MemberResult { is_sample: true, ..member(WrongAnswer, 0.0) };
        let all = grade(&group(Grading::OfSecret), &[sample, members[0]]).unwrap();
        assert_eq!((all.verdict, all.score), (Accepted, 10.0));
    }

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
}
