//! From the results of test cases to those of groups, and to a score. Pure rules.
//!
//! ICPC problem package format (legacy), section "Graders"; (2025-09), section "Result Aggregation".

use super::answer::SaidScore;
use judge_types::Verdict;
use problems::{
    Aggregation, CaseScores, GraderFlags, Grading, Member, Objective, Package, PackageFormat,
    SaidScores, ScoreMode, TestCase, TestGroup, Validation, VerdictMode,
};

/// What a test case or a group came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Graded {
    pub(super) verdict: Verdict,
    pub(super) score: f64,
}

/// One member of a group that counts, for the group's grading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MemberResult {
    pub(super) graded: Graded,
    /// Whether a validator said its score.
    pub(super) has_said: bool,
}

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

/// The best score that there is in a scoring problem, where that can be told: in the legacy format its range says it, in
/// others it is what a submission gets that is right everywhere.
pub(crate) fn best_score(package: &Package) -> Option<f64> {
    if !package.kind.scoring {
        return None;
    }
    let root = package.groups.first()?;
    match &root.grading {
        Grading::Default { scores, .. } | Grading::Custom { scores, .. } => {
            let (least, most) = scores.range;
            let best = if package.objective == Objective::Min { least } else { most };
            Some(best).filter(|best| best.is_finite())
        }
        grading => grading.max_score().or_else(|| best_of(package, root)),
    }
}

fn best_of(package: &Package, group: &TestGroup) -> Option<f64> {
    let said_by_validators = match package.validation {
        Validation::Custom { scores, .. } => scores != SaidScores::Never,
        Validation::Default(_) => false,
    };
    let counts = |member: &&Member| match **member {
        Member::Case(_) => true,
        Member::Group(inner) => group.counts(&package.groups[inner]),
    };
    let best = |member: &Member| {
        let score = match *member {
            Member::Case(_) if said_by_validators => return None,
            Member::Case(case) => {
                case_score(package, group, &package.test_cases[case], Verdict::Accepted, None)
                    .ok()?
            }
            Member::Group(inner) => {
                let inner = &package.groups[inner];
                inner.grading.max_score().or_else(|| best_of(package, inner))?
            }
        };
        let graded = Graded { verdict: Verdict::Accepted, score };
        Some(MemberResult { graded, has_said: false })
    };
    let members: Option<Vec<_>> = group.members.iter().filter(counts).map(best).collect();
    grade(group, &members?).map(|graded| graded.score)
}

/// What a group comes to by the results of those of its members that count; `None` where a program of the package has to say.
pub(super) fn grade(group: &TestGroup, members: &[MemberResult]) -> Option<Graded> {
    match &group.grading {
        Grading::Custom { .. } => None,
        Grading::OfSecret => Some(members.first().map_or(NOTHING, |member| member.graded)),
        Grading::AllOrSaid { accept, score } => Some(all_or_said(*accept, *score, members)),
        Grading::Nothing => {
            let verdict = first_error(&members.iter().map(|m| m.graded).collect::<Vec<_>>());
            Some(Graded { verdict, ..NOTHING })
        }
        Grading::Default { flags, .. } => Some(by_default_grader(*flags, members)),
        Grading::Aggregate { aggregation, max_score } => {
            Some(aggregate(*aggregation, *max_score, members))
        }
    }
}

/// Where there is nothing to grade.
const NOTHING: Graded = Graded { verdict: Verdict::Accepted, score: 0.0 };

/// DOMjudge's manual, section "Partial scoring".
fn all_or_said(accept: f64, score: ScoreMode, members: &[MemberResult]) -> Graded {
    let all: Vec<Graded> = members.iter().map(|member| member.graded).collect();
    let verdict = first_error(&all);
    let has_said = members.iter().any(|member| member.has_said);
    let score = match (has_said, verdict) {
        (true, _) => {
            let said = members.iter().filter(|member| member.has_said);
            score_of(score, &said.map(|member| member.graded).collect::<Vec<_>>())
        }
        (false, Verdict::Accepted) => accept,
        (false, _) => 0.0,
    };
    Graded { verdict, score }
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

fn by_default_grader(flags: GraderFlags, members: &[MemberResult]) -> Graded {
    let counted: Vec<Graded> = members.iter().map(|member| member.graded).collect();
    let any_accepted = counted.iter().any(|graded| graded.verdict.is_accepted());
    let verdict = match flags.verdict {
        _ if flags.accept_if_any_accepted && any_accepted => Verdict::Accepted,
        VerdictMode::AlwaysAccept => Verdict::Accepted,
        VerdictMode::FirstError => first_error(&counted),
        VerdictMode::WorstError => worst_error(&counted),
    };
    Graded { verdict, score: score_of(flags.score, &counted) }
}

#[allow(clippy::cast_precision_loss, reason = "a group has far fewer than 2^52 members")]
fn score_of(mode: ScoreMode, graded: &[Graded]) -> f64 {
    let all = graded.iter().map(|graded| graded.score);
    match mode {
        _ if graded.is_empty() => 0.0,
        ScoreMode::Sum => all.sum(),
        ScoreMode::Average => all.sum::<f64>() / graded.len() as f64,
        ScoreMode::Min => all.fold(f64::INFINITY, f64::min),
        ScoreMode::Max => all.fold(f64::NEG_INFINITY, f64::max),
    }
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
        MemberResult { graded: Graded { verdict, score }, has_said: false }
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
        let (flags, unknown) = GraderFlags::parse(&words);
        assert!(unknown.is_empty(), "{flags:?}");
        let scores = CaseScores { range: (-50.0, 50.0), ..CaseScores::default() };
        let graded = grade(&group(Grading::Default { flags, scores }), members).unwrap();
        (graded.verdict, graded.score)
    }

    #[test]
    fn the_default_grader_does_what_its_flags_say() {
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
            (
                "",
                &[member(TimeLimitExceeded, 0.0), member(WrongAnswer, 0.0)],
                (TimeLimitExceeded, 0.0),
            ),
            // What lies out of the range is the jury's to mend.
            ("sum", &[member(Accepted, 90.0)], (Accepted, 90.0)),
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
        let all = grade(&group(Grading::OfSecret), &[members[0]]).unwrap();
        assert_eq!((all.verdict, all.score), (Accepted, 10.0));
    }

    #[test]
    fn domjudge_takes_all_or_nothing_or_what_validators_say() {
        let said = |verdict, score| MemberResult { has_said: true, ..member(verdict, score) };
        let graded = |score, members: &[MemberResult]| {
            let graded = grade(&group(Grading::AllOrSaid { accept: 30.0, score }), members);
            graded.map(|graded| (graded.verdict, graded.score)).unwrap()
        };
        let plain = [member(Accepted, 0.0), member(Accepted, 0.0)];
        assert_eq!(graded(ScoreMode::Sum, &plain), (Accepted, 30.0));
        let failed = [plain[0], member(WrongAnswer, 0.0)];
        assert_eq!(graded(ScoreMode::Sum, &failed), (WrongAnswer, 0.0));
        let both = [said(Accepted, 40.0), said(WrongAnswer, 2.0), plain[0]];
        assert_eq!(graded(ScoreMode::Sum, &both), (WrongAnswer, 42.0));
        assert_eq!(graded(ScoreMode::Min, &both), (WrongAnswer, 2.0));
        let score = |verdict| said_by_validator(verdict, Some(SaidScore::Points(5.0)));
        assert_eq!([Accepted, WrongAnswer, RunTimeError].map(score), [5.0, 5.0, 0.0]);
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
