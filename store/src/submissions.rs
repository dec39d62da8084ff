//! What contestants sent.

use crate::convert::{from_bigint, from_timestamp, parse, to_bigint, to_integer, to_timestamp};
use crate::judgements::{self, Judgement, JudgementRow, NewJudgement};
use crate::schema::{
    judgements as judgement_table, problems, submission_files, submissions, users,
};
use crate::{AnyConnection, DatabaseError, clock, database};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use diesel::prelude::*;
use judge_types::{
    ContestId, JudgementId, Lane, Limits, PackageHash, ProblemId, SourceFile, SubmissionId,
    TraceContext, UserId, Verdict,
};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// What a contestant sends, checked.
#[derive(Debug, Clone)]
pub struct NewSubmission<'a> {
    /// Who sends it.
    pub user: UserId,
    /// The problem it is for.
    pub problem: ProblemId,
    /// The contest it counts in.
    pub contest: Option<ContestId>,
    /// The language's id.
    pub language: &'a str,
    /// At least one file, in the order sent.
    pub files: &'a [SourceFile],
    /// The content to judge with.
    pub package: PackageHash,
    /// The limits to judge under.
    pub limits: Limits,
    /// Which queue the judgement waits in.
    pub lane: Lane,
    /// Repeating a request with the same key makes no second submission.
    pub idempotency_key: Option<&'a str>,
    /// The trace of the request that brings it.
    pub trace: Option<TraceContext>,
}

/// How many submissions a user may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// At most this many …
    pub submissions: u32,
    /// … in any period of this length.
    pub period: Duration,
}

/// What became of a [`NewSubmission`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// It is stored, with a judgement and its queue entry.
    Created(SubmissionId, JudgementId),
    /// The same request under the same key was stored before.
    Repeated(SubmissionId),
    /// The key was used before for another request.
    KeyReused(SubmissionId),
    /// The rate limit is reached; the next may come after this long.
    TooMany(Duration),
}

/// A submission with the judgement that counts.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Names the submission.
    pub id: SubmissionId,
    /// Who sent it.
    pub user: UserId,
    /// The sender's name.
    pub username: String,
    /// The problem it is for.
    pub problem: ProblemId,
    /// The problem's name in addresses.
    pub problem_short_name: String,
    /// The contest it counts in.
    pub contest: Option<ContestId>,
    /// The language's id.
    pub language: String,
    /// Size of all files, in bytes.
    pub code_bytes: u64,
    /// When it was stored.
    pub submitted_at: OffsetDateTime,
    /// The number of its newest event.
    pub last_sequence: u64,
    /// The judgement that counts.
    pub judgement: Judgement,
}

/// Which submissions to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only this user's.
    pub user: Option<UserId>,
    /// Only those to this problem.
    pub problem: Option<ProblemId>,
    /// Only those older than this one: the last of the page before.
    pub before: Option<SubmissionId>,
}

type Row = (
    String,
    String,
    String,
    Option<String>,
    String,
    i64,
    PrimitiveDateTime,
    Option<String>,
    String,
    i64,
);
type JoinedRow = (Row, JudgementRow, String, String);

fn submission(
    (row, judgement, username, problem_short_name): JoinedRow,
) -> Result<Submission, DatabaseError> {
    Ok(Submission {
        id: parse("submission id", &row.0)?,
        user: parse("user id", &row.1)?,
        username,
        problem: parse("problem id", &row.2)?,
        problem_short_name,
        contest: row.3.map(|id| parse("contest id", &id)).transpose()?,
        language: row.4,
        code_bytes: from_bigint(row.5),
        submitted_at: from_timestamp(row.6),
        last_sequence: from_bigint(row.9),
        judgement: judgement.try_into()?,
    })
}

/// Submissions with their current judgement, their sender and their problem.
///
/// A macro, because the type of the query has no name worth writing.
macro_rules! joined {
    () => {
        submissions::table
            .inner_join(
                judgement_table::table.on(judgement_table::submission_id
                    .eq(submissions::id)
                    .and(judgement_table::is_current.eq(true))),
            )
            .inner_join(users::table.on(users::id.eq(submissions::user_id)))
            .inner_join(problems::table.on(problems::id.eq(submissions::problem_id)))
            .select((
                submissions::all_columns,
                judgement_table::all_columns,
                users::username,
                problems::short_name,
            ))
    };
}

/// Stores a submission, its judgement and the judgement's queue entry: all three or nothing.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn create(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
    limit: Option<RateLimit>,
) -> Result<Submitted, DatabaseError> {
    let fingerprint = fingerprint(new);
    database::write(connection, |connection| {
        // A repeated request and the rate limit ask for what this user's other requests have stored.
        database::hold(connection, &format!("submissions of {}", new.user))?;
        if let Some(earlier) = earlier(connection, new, &fingerprint)? {
            return Ok(earlier);
        }
        let now = clock::now(connection)?;
        if let Some(limit) = limit
            && let Some(next) = next_allowed(connection, new.user, limit, now)?
        {
            return Ok(Submitted::TooMany((next - now).max(Duration::ZERO)));
        }
        let id = SubmissionId::new();
        let code_bytes: usize = new.files.iter().map(|file| file.content().len()).sum();
        diesel::insert_into(submissions::table)
            .values((
                submissions::id.eq(id.to_string()),
                submissions::user_id.eq(new.user.to_string()),
                submissions::problem_id.eq(new.problem.to_string()),
                submissions::contest_id.eq(new.contest.map(|contest| contest.to_string())),
                submissions::language.eq(new.language),
                submissions::code_bytes.eq(to_bigint(code_bytes as u64)),
                submissions::submitted_at.eq(to_timestamp(now)),
                submissions::idempotency_key.eq(new.idempotency_key),
                submissions::fingerprint.eq(&fingerprint),
                submissions::last_sequence.eq(0),
            ))
            .execute(connection)?;
        for (ordinal, file) in (1..).zip(new.files) {
            insert_file(connection, id, ordinal, file)?;
        }
        let judgement = judgements::enqueue(
            connection,
            &NewJudgement {
                submission: id,
                language: new.language,
                package: new.package.clone(),
                limits: new.limits.clone(),
                lane: new.lane,
                trace: new.trace,
            },
        )?;
        Ok(Submitted::Created(id, judgement))
    })
}

fn fingerprint(new: &NewSubmission<'_>) -> String {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    field(new.problem.to_string().as_bytes());
    field(new.language.as_bytes());
    for file in new.files {
        field(file.name().as_bytes());
        field(file.content());
    }
    BASE64.encode(hash.finalize())
}

fn earlier(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
    fingerprint: &str,
) -> Result<Option<Submitted>, DatabaseError> {
    let Some(key) = new.idempotency_key else { return Ok(None) };
    let found = submissions::table
        .filter(submissions::user_id.eq(new.user.to_string()))
        .filter(submissions::idempotency_key.eq(key))
        .select((submissions::id, submissions::fingerprint))
        .first::<(String, String)>(connection)
        .optional()?;
    found
        .map(|(id, before)| {
            let id = parse("submission id", &id)?;
            Ok(if before == fingerprint {
                Submitted::Repeated(id)
            } else {
                Submitted::KeyReused(id)
            })
        })
        .transpose()
}

/// When the user may submit again, where that is not now.
fn next_allowed(
    connection: &mut AnyConnection,
    user: UserId,
    limit: RateLimit,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, DatabaseError> {
    // The oldest of the newest n: when it leaves the period, there is room for one more.
    let oldest: Option<PrimitiveDateTime> = submissions::table
        .filter(submissions::user_id.eq(user.to_string()))
        .filter(submissions::submitted_at.gt(to_timestamp(now - limit.period)))
        // What a clock has stamped that was set back since says nothing about this period.
        .filter(submissions::submitted_at.le(to_timestamp(now)))
        .order(submissions::id.desc())
        .offset(i64::from(limit.submissions.saturating_sub(1)))
        .select(submissions::submitted_at)
        .first(connection)
        .optional()?;
    Ok(oldest.map(|at| from_timestamp(at) + limit.period))
}

fn insert_file(
    connection: &mut AnyConnection,
    id: SubmissionId,
    ordinal: u32,
    file: &SourceFile,
) -> Result<(), DatabaseError> {
    // PostgreSQL's TEXT cannot hold NUL.
    let text = std::str::from_utf8(file.content()).ok().filter(|text| !text.contains('\0'));
    let (encoding, content) = match text {
        Some(text) => ("utf-8", text.to_owned()),
        None => ("base64", BASE64.encode(file.content())),
    };
    diesel::insert_into(submission_files::table)
        .values((
            submission_files::submission_id.eq(id.to_string()),
            submission_files::ordinal.eq(to_integer(ordinal)),
            submission_files::name.eq(file.name()),
            submission_files::encoding.eq(encoding),
            submission_files::content.eq(content),
        ))
        .execute(connection)?;
    Ok(())
}

/// The files of a submission, in the order sent.
///
/// # Errors
/// Where the database fails.
pub fn files(
    connection: &mut AnyConnection,
    id: SubmissionId,
) -> Result<Vec<SourceFile>, DatabaseError> {
    let rows = submission_files::table
        .filter(submission_files::submission_id.eq(id.to_string()))
        .order(submission_files::ordinal.asc())
        .select((submission_files::name, submission_files::encoding, submission_files::content))
        .load::<(String, String, String)>(connection)?;
    let corrupt = |detail: String| DatabaseError::Corrupt { what: "source file", detail };
    rows.into_iter()
        .map(|(name, encoding, content)| {
            let bytes = match encoding.as_str() {
                "utf-8" => content.into_bytes(),
                "base64" => BASE64.decode(content).map_err(|error| corrupt(error.to_string()))?,
                other => return Err(corrupt(format!("unknown encoding {other:?}"))),
            };
            SourceFile::new(name, bytes).map_err(|error| corrupt(error.to_string()))
        })
        .collect()
}

/// One submission with its current judgement.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &mut AnyConnection,
    id: SubmissionId,
) -> Result<Option<Submission>, DatabaseError> {
    joined!()
        .filter(submissions::id.eq(id.to_string()))
        .first::<JoinedRow>(connection)
        .optional()?
        .map(submission)
        .transpose()
}

/// Submissions, the newest first, at most `limit`.
///
/// # Errors
/// Where the database fails.
pub fn list(
    connection: &mut AnyConnection,
    filter: Filter,
    limit: u32,
) -> Result<Vec<Submission>, DatabaseError> {
    let mut query = joined!().order(submissions::id.desc()).limit(limit.into()).into_boxed();
    if let Some(user) = filter.user {
        query = query.filter(submissions::user_id.eq(user.to_string()));
    }
    if let Some(problem) = filter.problem {
        query = query.filter(submissions::problem_id.eq(problem.to_string()));
    }
    if let Some(before) = filter.before {
        query = query.filter(submissions::id.lt(before.to_string()));
    }
    query.load::<JoinedRow>(connection)?.into_iter().map(submission).collect()
}

/// Each problem that a user has submitted to, with each verdict that their submissions have now;
/// `None` stands for those without one.
///
/// # Errors
/// Where the database fails.
pub fn verdicts_by_problem(
    connection: &mut AnyConnection,
    user: UserId,
) -> Result<Vec<(ProblemId, Option<Verdict>)>, DatabaseError> {
    let rows = submissions::table
        .inner_join(
            judgement_table::table.on(judgement_table::submission_id
                .eq(submissions::id)
                .and(judgement_table::is_current.eq(true))),
        )
        .filter(submissions::user_id.eq(user.to_string()))
        .select((submissions::problem_id, judgement_table::verdict))
        .distinct()
        .load::<(String, Option<String>)>(connection)?;
    rows.into_iter()
        .map(|(problem, verdict)| {
            let verdict = verdict.map(|code| parse("verdict", &code)).transpose()?;
            Ok((parse("problem id", &problem)?, verdict))
        })
        .collect()
}
