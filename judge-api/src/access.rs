//! Who may see what.

use crate::error::ApiError;
use crate::packages::{AfterFailing, GuardedContent};
use judge_types::{ContestId, JudgementId, PackageHash, ProblemId, Role, RunResult, SubmissionId};
use std::collections::HashSet;
use store::contests::{self, Opening};
use store::judgements::{self, Judgement};
use store::submissions::{self, Submission};
use store::users::User;
use store::{AnyConnection, DatabaseError, problems};

/// How much of a submission someone may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// What its author may see: nothing of hidden data, nothing of the judge's own failures.
    Author,
    /// Everything.
    Jury,
}

impl Sight {
    /// What a user may see of those submissions that they may see at all.
    pub(crate) fn of(user: &User) -> Self {
        if user.role >= Role::Jury { Self::Jury } else { Self::Author }
    }
}

/// The submission, if the user may see it: their own, or any for the jury.
///
/// One that they may not see is answered like one that does not exist.
pub(crate) fn submission(
    connection: &mut AnyConnection,
    user: &User,
    id: SubmissionId,
) -> Result<Submission, ApiError> {
    submissions::by_id(connection, id)?
        .filter(|submission| submission.user == user.id || user.role >= Role::Jury)
        .ok_or_else(|| ApiError::not_found("submission"))
}

/// The submission's judgement `asked`, for the jury alone; where that is missing, the one that counts.
pub(crate) fn judgement(
    connection: &mut AnyConnection,
    submission: &Submission,
    sight: Sight,
    asked: Option<JudgementId>,
) -> Result<Judgement, ApiError> {
    let Some(asked) = asked else { return Ok(submission.judgement.clone()) };
    judgements::by_id(connection, asked)?
        .filter(|judgement| judgement.submission == submission.id && sight == Sight::Jury)
        .ok_or_else(|| ApiError::not_found("judgement"))
}

/// The hidden test cases that are shared with those who fail on them and that one of these runs failed on.
///
/// ICPC problem package format (2025-09), section "Samples and full feedback".
pub(crate) fn shared_after_failing(
    connection: &mut AnyConnection,
    problem: ProblemId,
    package: &PackageHash,
    runs: &[RunResult],
) -> Result<AfterFailing, ApiError> {
    let failed = || runs.iter().filter(|run| !run.is_sample && !run.verdict.is_accepted());
    if failed().next().is_none() {
        return Ok(AfterFailing::default());
    }
    let mut shared = guarded_content(connection, problem, package)?.after_failing;
    shared.retain(|case| failed().any(|run| run.test_case == case));
    Ok(shared)
}

/// The problem, if there is one that has not been deleted.
pub(crate) fn problem(
    connection: &mut AnyConnection,
    short_name: &str,
) -> Result<problems::Problem, ApiError> {
    problems::by_short_name(connection, short_name)?
        .filter(|problem| !problem.is_deleted)
        .ok_or_else(|| ApiError::not_found("problem"))
}

/// The problem, if the reader may see it now, and the contest that a submission to it counts in: before its contest
/// begins, only the jury may see it.
pub(crate) fn open_problem(
    connection: &mut AnyConnection,
    reader: Option<&User>,
    short_name: &str,
) -> Result<(problems::Problem, Option<ContestId>), ApiError> {
    let problem = problem(connection, short_name)?;
    match contests::opening(connection, problem.id)? {
        Opening::NotBegun(contest) if !is_jury(reader) => Err(ApiError::not_begun(&contest)),
        opening => Ok((problem, opening.contest())),
    }
}

/// The problems that the reader may not see yet, which [`open_problem`] refuses one by one.
pub(crate) fn hidden_problems(
    connection: &mut AnyConnection,
    reader: Option<&User>,
) -> Result<HashSet<ProblemId>, ApiError> {
    if is_jury(reader) { Ok(HashSet::new()) } else { Ok(contests::unopened(connection)?) }
}

fn is_jury(reader: Option<&User>) -> bool {
    reader.is_some_and(|user| user.role >= Role::Jury)
}

/// What only some may see of a problem with this package. Whoever asks must know that the reader is one of them.
pub(crate) fn guarded_content(
    connection: &mut AnyConnection,
    problem: ProblemId,
    package: &PackageHash,
) -> Result<GuardedContent, ApiError> {
    let Some(json) = problems::guarded_content(connection, problem, package)? else {
        return Ok(GuardedContent::default());
    };
    serde_json::from_str(&json).map_err(|error| {
        let detail = format!("{problem}: {error}");
        ApiError::from(DatabaseError::Corrupt { what: "guarded content", detail })
    })
}
