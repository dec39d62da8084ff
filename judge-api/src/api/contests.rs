//! `/api/v1/contests`: contests, when they begin, the rule by which scores count, and the scores.

use crate::access;
use crate::app::App;
use crate::auth::{Admin, Contestant, Then};
use crate::error::{ApiError, ErrorBody};
use crate::submit::public_content;
use actix_web::web;
use judge_types::{ContestId, Role, Score, ScoreRule, SubmissionId, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, HashMap, hash_map::Entry};
use store::scores::ScoredSubmission;
use store::{contests, problems, scores};
use time::{OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

/// A contest (CLICS Contest API, "Contests").
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Contest {
    /// Names the contest for good.
    pub(crate) id: ContestId,
    /// The name in addresses.
    pub(crate) short_name: String,
    /// The name shown.
    pub(crate) name: String,
    /// Which of a contestant's submissions to a problem that gives scores counts.
    pub(crate) score_rule: ScoreRule,
    /// From when on contestants may see its problems and submit to them; null where it has always begun.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) start_time: Option<OffsetDateTime>,
}

impl From<contests::Contest> for Contest {
    fn from(contest: contests::Contest) -> Self {
        let contests::Contest { id, short_name, name, score_rule, start_time } = contest;
        Self { id, short_name, name, score_rule, start_time }
    }
}

/// What to change of a contest: at least one thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContestChange {
    /// Which submission's score counts from now on.
    score_rule: Option<ScoreRule>,
    /// When it begins, in the years 1970 to 9999; null for a contest that has always begun.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    start_time: Option<Option<OffsetDateTime>>,
}

/// Tells a time that is null from one that is missing.
fn given<'de, D>(from: D) -> Result<Option<Option<OffsetDateTime>>, D::Error>
where
    D: Deserializer<'de>,
{
    time::serde::rfc3339::option::deserialize(from).map(Some)
}

impl ContestChange {
    fn checked(self) -> Result<contests::ContestChange, ApiError> {
        let Self { score_rule, start_time } = self;
        if score_rule.is_none() && start_time.is_none() {
            let message = "nothing to change: send score_rule, start_time or both";
            return Err(ApiError::malformed(message));
        }
        let years = 1970..=9999;
        let in_utc = |start: OffsetDateTime| {
            let start = start.checked_to_offset(UtcOffset::UTC);
            start.filter(|start| years.contains(&start.year())).ok_or_else(|| {
                ApiError::invalid("start_time", "must be in the years 1970 to 9999, in UTC")
            })
        };
        let start_time = start_time.map(|start| start.map(in_utc).transpose()).transpose()?;
        Ok(contests::ContestChange { score_rule, start_time })
    }
}

/// What counts for one contestant at one problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContestScore)]
pub(crate) struct Counted {
    /// The contestant.
    pub(crate) user_id: UserId,
    /// The contestant's name.
    pub(crate) username: String,
    /// The problem's short name.
    pub(crate) problem_id: String,
    /// The score that counts.
    pub(crate) score: Score,
    /// The submission that has it.
    pub(crate) submission_id: SubmissionId,
    /// How many submissions to the problem have a score.
    pub(crate) submissions: u32,
}

/// All contests, the newest first
#[utoipa::path(get, path = "/api/v1/contests", tag = "contests", responses(
    (status = 200, body = Vec<Contest>),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    _: Contestant,
) -> Result<web::Json<Vec<Contest>>, ApiError> {
    let found = app.db(|connection| Ok(contests::list(connection)?)).await?;
    Ok(web::Json(found.into_iter().map(Contest::from).collect()))
}

/// Change when a contest begins, and the rule by which scores count
#[utoipa::path(patch, path = "/api/v1/contests/{id}", tag = "contests",
    params(("id" = ContestId, Path)), request_body = ContestChange, responses(
    (status = 200, body = Contest),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `invalid`, `malformed`, `not_found`"),
))]
pub(crate) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    Then(_, sent): Then<Admin, web::Json<ContestChange>>,
) -> Result<web::Json<Contest>, ApiError> {
    let change = sent.into_inner().checked()?;
    let id = contest_id(&id)?;
    let changed = app.db(move |connection| Ok(contests::change(connection, id, change)?)).await?;
    let contest = changed.ok_or_else(|| ApiError::not_found("contest"))?;
    Ok(web::Json(contest.into()))
}

/// The scores that count: everybody's for the jury, one's own otherwise
#[utoipa::path(get, path = "/api/v1/contests/{id}/scores", tag = "contests",
    params(("id" = ContestId, Path)), responses(
    (status = 200, body = Vec<Counted>),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `not_found`"),
))]
pub(crate) async fn scores(
    app: web::Data<App>,
    Contestant(user): Contestant,
    id: web::Path<String>,
) -> Result<web::Json<Vec<Counted>>, ApiError> {
    let id = contest_id(&id)?;
    let whose = (user.role == Role::Contestant).then_some(user.id);
    Ok(web::Json(load(&app, id, whose).await?))
}

/// The scores that count in a contest, all or one user's.
async fn load(app: &App, id: ContestId, user: Option<UserId>) -> Result<Vec<Counted>, ApiError> {
    app.db(move |connection| {
        let contest = contests::by_id(connection, id)?;
        let contest = contest.ok_or_else(|| ApiError::not_found("contest"))?;
        let scored = scores::of_contest(connection, id, user)?;
        let mut lower_is_better = HashMap::new();
        for submission in &scored {
            if let Entry::Vacant(unknown) = lower_is_better.entry(submission.problem) {
                let problem = problems::by_id(connection, submission.problem)?;
                let content = problem.as_ref().map(public_content).transpose()?;
                unknown.insert(content.is_some_and(|content| content.lower_scores_are_better));
            }
        }
        Ok(counted(scored, contest.score_rule, |submission| {
            lower_is_better.get(&submission.problem).copied().unwrap_or(false)
        }))
    })
    .await
}

/// What counts for a user at a problem, in the contest that submissions to it count in.
pub(crate) async fn of_user(
    app: &App,
    problem: String,
    user: UserId,
) -> Result<Option<Counted>, ApiError> {
    let name = problem.clone();
    let contest = app.db(move |connection| {
        let problem = access::problem(connection, &name)?;
        Ok(contests::opening(connection, problem.id)?.contest())
    });
    let Some(contest) = contest.await? else { return Ok(None) };
    let all = load(app, contest, Some(user)).await?;
    Ok(all.into_iter().find(|counted| counted.problem_id == problem))
}

/// What counts of submissions that come the oldest first.
fn counted(
    scored: Vec<ScoredSubmission>,
    rule: ScoreRule,
    lower_is_better: impl Fn(&ScoredSubmission) -> bool,
) -> Vec<Counted> {
    let mut all: BTreeMap<(String, String), Counted> = BTreeMap::new();
    for submission in scored {
        let lower = lower_is_better(&submission);
        let ScoredSubmission { user, username, problem_short_name, submission, score, .. } =
            submission;
        let new = Counted {
            user_id: user,
            username: username.clone(),
            problem_id: problem_short_name.clone(),
            score,
            submission_id: submission,
            submissions: 1,
        };
        let counts = all.entry((username, problem_short_name)).or_insert_with(|| new.clone());
        if counts.submission_id == new.submission_id {
            continue;
        }
        let submissions = counts.submissions + 1;
        let is_better = if lower { new.score < counts.score } else { new.score > counts.score };
        if rule == ScoreRule::Last || is_better {
            *counts = new;
        }
        counts.submissions = submissions;
    }
    all.into_values().collect()
}

fn contest_id(text: &str) -> Result<ContestId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("contest"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use judge_types::ProblemId;

    #[test]
    fn the_best_or_the_last_counts() {
        let (user, problem) = (UserId::new(), ProblemId::new());
        let scored: Vec<_> = [30.0, 70.0, 70.0, 50.0]
            .map(|score| ScoredSubmission {
                user,
                username: "ada".into(),
                problem,
                problem_short_name: "sum".into(),
                submission: SubmissionId::new(),
                score: Score::new(score).unwrap(),
            })
            .into();
        let of = |rule, lower: bool| {
            let counts = counted(scored.clone(), rule, |_| lower).remove(0);
            assert_eq!(counts.submissions, 4);
            let index = scored.iter().position(|one| one.submission == counts.submission_id);
            (counts.score.get(), index.unwrap())
        };
        assert_eq!(of(ScoreRule::Best, false), (70.0, 1), "the first of several");
        assert_eq!(of(ScoreRule::Best, true), (30.0, 0));
        assert_eq!(of(ScoreRule::Last, false), (50.0, 3));
    }
}
