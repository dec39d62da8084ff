//! From the results of test cases to those of groups, and to a score. Pure rules.
//!
//! ICPC problem package format (legacy), section "Graders"; (2025-09), section "Result Aggregation".

use super::worth::{ROUNDING, case_score};
use judge_types::Verdict;
use problems::{
    Aggregation, GraderFlags, Grading, Member, Objective, Package, SaidScores, ScoreMode,
    TestGroup, Validation, VerdictMode,
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

/// The best score that there is in a scoring problem, where that can be told: in the legacy format its range says it, in
/// others it is what a submission gets that is right everywhere.
pub(crate) fn best_score(package: &Package) -> Option<f64> {
    if !package.kind.scoring {
        return None;
    }
    let root = package.groups.first()?;
    match root.grading.range() {
        Some((least, most)) => {
            let best = if package.objective == Objective::Min { least } else { most };
            Some(best).filter(|best| best.is_finite())
        }
        None => root.grading.max_score().or_else(|| best_of(package, root)),
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
    let all: Vec<Graded> = members.iter().map(|member| member.graded).collect();
    match &group.grading {
        Grading::Custom { .. } => None,
        Grading::OfSecret => Some(all.first().copied().unwrap_or(NOTHING)),
        Grading::AllOrSaid { accept, score } => {
            let said = members.iter().filter(|member| member.has_said);
            let said: Vec<Graded> = said.map(|member| member.graded).collect();
            Some(all_or_said(*accept, *score, &all, &said))
        }
        Grading::Nothing => Some(Graded { verdict: first_error(&all), ..NOTHING }),
        Grading::Default { flags, .. } => Some(by_default_grader(*flags, &all)),
        Grading::Aggregate { aggregation, max_score } => {
            Some(aggregate(*aggregation, *max_score, &all))
        }
    }
}

/// Where there is nothing to grade.
const NOTHING: Graded = Graded { verdict: Verdict::Accepted, score: 0.0 };

/// DOMjudge's manual, section "Partial scoring".
fn all_or_said(accept: f64, score: ScoreMode, all: &[Graded], said: &[Graded]) -> Graded {
    let verdict = first_error(all);
    let score = match verdict {
        _ if !said.is_empty() => score_of(score, said),
        Verdict::Accepted => accept,
        _ => 0.0,
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

fn by_default_grader(flags: GraderFlags, all: &[Graded]) -> Graded {
    let any_accepted = all.iter().any(|graded| graded.verdict.is_accepted());
    let verdict = match flags.verdict {
        _ if flags.accept_if_any_accepted && any_accepted => Verdict::Accepted,
        VerdictMode::AlwaysAccept => Verdict::Accepted,
        VerdictMode::FirstError => first_error(all),
        VerdictMode::WorstError => worst_error(all),
    };
    Graded { verdict, score: score_of(flags.score, all) }
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

fn aggregate(aggregation: Aggregation, max_score: Option<f64>, all: &[Graded]) -> Graded {
    let verdict = first_error(all);
    let scores = all.iter().map(|graded| graded.score);
    let score = match (aggregation, max_score) {
        (Aggregation::PassFail, Some(most)) if verdict.is_accepted() => most,
        (Aggregation::PassFail, Some(_)) => 0.0,
        (Aggregation::PassFail, None) | (Aggregation::Sum, _) => scores.sum(),
        (Aggregation::Min, _) if all.is_empty() => 0.0,
        (Aggregation::Min, _) => scores.fold(f64::INFINITY, f64::min),
    };
    Graded { verdict, score }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Accepted, RunTimeError, TimeLimitExceeded, WrongAnswer};
    use problems::CaseScores;

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
    }
}
