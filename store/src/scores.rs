//! Scores of submissions to a contest's problems.

use crate::convert::{parse, to_score};
use crate::schema::{judgements, problems, submissions, users};
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{ContestId, ProblemId, Score, SubmissionId, UserId};

/// A submission that has a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredSubmission {
    /// Who sent it.
    pub user: UserId,
    /// Their name.
    pub username: String,
    /// The problem.
    pub problem: ProblemId,
    /// The problem's name in addresses.
    pub problem_short_name: String,
    /// The submission.
    pub submission: SubmissionId,
    /// What it came to, by the judgement that counts.
    pub score: Score,
}

type Row = (String, String, String, String, String, Option<f64>);

/// The submissions to a contest that have a score, all or one user's, the oldest first.
///
/// # Errors
/// Where the database fails.
pub fn of_contest(
    connection: &mut AnyConnection,
    contest: ContestId,
    user: Option<UserId>,
) -> Result<Vec<ScoredSubmission>, DatabaseError> {
    let mut query =
        submissions::table
            .inner_join(judgements::table.on(
                judgements::submission_id.eq(submissions::id).and(judgements::is_current.eq(true)),
            ))
            .inner_join(users::table.on(users::id.eq(submissions::user_id)))
            .inner_join(problems::table.on(problems::id.eq(submissions::problem_id)))
            .filter(submissions::contest_id.eq(contest.to_string()))
            .filter(judgements::score.is_not_null())
            .order(submissions::id.asc())
            .select((
                submissions::user_id,
                users::username,
                submissions::problem_id,
                problems::short_name,
                submissions::id,
                judgements::score,
            ))
            .into_boxed();
    if let Some(user) = user {
        query = query.filter(submissions::user_id.eq(user.to_string()));
    }
    let rows = query.load::<Row>(connection)?;
    rows.into_iter()
        .map(|(user, username, problem, problem_short_name, submission, score)| {
            Ok(ScoredSubmission {
                user: parse("user id", &user)?,
                username,
                problem: parse("problem id", &problem)?,
                problem_short_name,
                submission: parse("submission id", &submission)?,
                score: to_score(score)?.unwrap_or_default(),
            })
        })
        .collect()
}
