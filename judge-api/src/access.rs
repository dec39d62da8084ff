//! Who may see what.

use crate::error::ApiError;
use judge_types::{ContestId, ProblemId, Role, SubmissionId};
use std::collections::HashSet;
use store::contests::{self, Opening};
use store::submissions::{self, Submission};
use store::users::User;
use store::{AnyConnection, problems};

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
