//! Attempts to judge a submission: making, reading and repeating them.

use crate::convert::{
    from_bigint, from_integer, from_json, from_timestamp, parse, to_json, to_score, to_timestamp,
};
use crate::events::Subject;
use crate::outbox::NewTask;
use crate::schema::{judgements, submissions};
use crate::{AnyConnection, DatabaseError, clock, database, events, outbox};
use diesel::prelude::*;
use judge_types::{
    GroupResults, JudgeTask, JudgementId, JudgementState, JudgingError, JudgingErrorKind, Lane,
    Limits, PackageHash, ProgressKind, RejudgingId, RunUsage, Score, SubmissionId, TASK_VERSION,
    TraceContext, Verdict,
};
use time::{OffsetDateTime, PrimitiveDateTime};

/// One attempt to judge a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Names the judgement.
    pub id: JudgementId,
    /// Which submission it judges.
    pub submission: SubmissionId,
    /// Whether it is the one that counts.
    pub is_current: bool,
    /// The content it was judged with.
    pub package: PackageHash,
    /// Where it is in its life.
    pub state: JudgementState,
    /// How many functions have claimed it so far.
    pub attempt: u32,
    /// The verdict, once finished.
    pub verdict: Option<Verdict>,
    /// Why the judge gave up, where it failed.
    pub error: Option<JudgingError>,
    /// What the compiler printed.
    pub compile_output: Option<String>,
    /// How many test cases there are; 0 until the function has the package.
    pub tests_total: u32,
    /// The worst of all runs.
    pub usage: RunUsage,
    /// When it was queued.
    pub created_at: OffsetDateTime,
    /// When the verdict was stored.
    pub finished_at: Option<OffsetDateTime>,
    /// The score, once finished, in a problem that gives scores.
    pub score: Option<Score>,
    /// What its test data groups came to, where that was kept.
    pub groups: Option<GroupResults>,
    /// The rejudging that made it, if one did.
    pub rejudging: Option<RejudgingId>,
    /// Whether only the jury may hear of it: its rejudging has not been applied.
    pub is_preview: bool,
}

pub(crate) type JudgementRow = (
    String,
    String,
    bool,
    String,
    String,
    i32,
    Option<String>,
    Option<PrimitiveDateTime>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    i32,
    i64,
    i64,
    i64,
    PrimitiveDateTime,
    Option<PrimitiveDateTime>,
    Option<f64>,
    Option<String>,
    Option<String>,
    bool,
);

impl TryFrom<JudgementRow> for Judgement {
    type Error = DatabaseError;

    fn try_from(row: JudgementRow) -> Result<Self, DatabaseError> {
        let error = row.9.map(|name| {
            let kind = JudgingErrorKind::from_name(&name).ok_or(DatabaseError::Corrupt {
                what: "judging error",
                detail: format!("unknown kind {name:?}"),
            })?;
            Ok::<_, DatabaseError>(JudgingError::new(kind, row.10.unwrap_or_default()))
        });
        Ok(Self {
            id: parse("judgement id", &row.0)?,
            submission: parse("submission id", &row.1)?,
            is_current: row.2,
            package: parse("package hash", &row.3)?,
            state: parse("judgement state", &row.4)?,
            attempt: from_integer(row.5),
            verdict: row.8.map(|code| parse("verdict", &code)).transpose()?,
            error: error.transpose()?,
            compile_output: row.11,
            tests_total: from_integer(row.12),
            usage: RunUsage {
                cpu_ms: from_bigint(row.13),
                wall_ms: from_bigint(row.14),
                memory_bytes: from_bigint(row.15),
            },
            created_at: from_timestamp(row.16),
            finished_at: row.17.map(from_timestamp),
            score: to_score(row.18)?,
            groups: row.19.map(|text| from_json("group results", &text)).transpose()?,
            rejudging: row.20.map(|id| parse("rejudging id", &id)).transpose()?,
            is_preview: row.21,
        })
    }
}

/// A judgement to make.
#[derive(Debug, Clone)]
pub struct NewJudgement<'a> {
    /// Which submission to judge.
    pub submission: SubmissionId,
    /// The id of the submission's language.
    pub language: &'a str,
    /// The content to judge with.
    pub package: PackageHash,
    /// The limits to judge under.
    pub limits: Limits,
    /// Which queue it waits in.
    pub lane: Lane,
    /// The trace of the request that asks for it.
    pub trace: Option<TraceContext>,
}

/// Makes a judgement the current one of its submission, with its queue entry and first event.
/// Part of the caller's transaction.
pub(crate) fn enqueue(
    connection: &mut AnyConnection,
    new: &NewJudgement<'_>,
) -> Result<JudgementId, DatabaseError> {
    let id = JudgementId::new();
    let now = clock::now(connection)?;
    let task = JudgeTask {
        version: TASK_VERSION,
        judgement: id,
        submission: new.submission,
        language: new.language.to_owned(),
        package: new.package.clone(),
        limits: new.limits.clone(),
        helper: 0,
        traceparent: new.trace,
    };
    // First, because it holds the submission's row: of two rejudgings at once, the second
    // must see the judgement that the first has made.
    let subject = Subject { submission: new.submission, judgement: id, is_preview: false };
    events::append(connection, subject, now, &ProgressKind::Queued)?;
    diesel::update(
        judgements::table
            .filter(judgements::submission_id.eq(new.submission.to_string()))
            .filter(judgements::is_current.eq(true)),
    )
    .set(judgements::is_current.eq(false))
    .execute(connection)?;
    diesel::insert_into(judgements::table)
        .values((
            judgements::id.eq(id.to_string()),
            judgements::submission_id.eq(new.submission.to_string()),
            judgements::is_current.eq(true),
            judgements::package_hash.eq(new.package.as_str()),
            judgements::state.eq(JudgementState::Queued.name()),
            judgements::attempt.eq(0),
            judgements::tests_total.eq(0),
            judgements::cpu_ms.eq(0),
            judgements::wall_ms.eq(0),
            judgements::memory_bytes.eq(0),
            judgements::created_at.eq(to_timestamp(now)),
        ))
        .execute(connection)?;
    let user: String = submissions::table
        .find(new.submission.to_string())
        .select(submissions::user_id)
        .first(connection)?;
    let task = NewTask { key: id.into(), user, task: to_json("task", &task)? };
    outbox::insert(connection, new.lane, vec![task], now)?;
    Ok(id)
}

/// Judges a submission again: a new judgement becomes the current one.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn rejudge(
    connection: &mut AnyConnection,
    new: &NewJudgement<'_>,
) -> Result<JudgementId, DatabaseError> {
    database::write(connection, |connection| enqueue(connection, new))
}

/// One judgement.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &mut AnyConnection,
    id: JudgementId,
) -> Result<Option<Judgement>, DatabaseError> {
    judgements::table
        .find(id.to_string())
        .first::<JudgementRow>(connection)
        .optional()?
        .map(Judgement::try_from)
        .transpose()
}

/// Every judgement of a submission, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn of_submission(
    connection: &mut AnyConnection,
    submission: SubmissionId,
) -> Result<Vec<Judgement>, DatabaseError> {
    let rows = judgements::table
        .filter(judgements::submission_id.eq(submission.to_string()))
        .order(judgements::id.desc())
        .load::<JudgementRow>(connection)?;
    rows.into_iter().map(Judgement::try_from).collect()
}
