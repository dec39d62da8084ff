//! Making a rejudging, and the judgements of one.

use super::selecting;
use crate::convert::{from_json, parse, to_bigint, to_json, to_text, to_timestamp};
use crate::outbox::{self, NewTask};
use crate::schema::{judgements, problem_versions, rejudged_submissions, rejudgings, submissions};
use crate::{AnyConnection, DatabaseError, clock, database, events};
use diesel::prelude::*;
use judge_types::{
    JudgeTask, JudgementId, JudgementState, Lane, ProgressKind, RejudgingFilter, RejudgingId,
    RejudgingKind, TASK_VERSION, TraceContext, UserId,
};
use time::OffsetDateTime;

/// A rejudging to make.
#[derive(Debug, Clone)]
pub struct NewRejudging<'a> {
    /// Why.
    pub reason: &'a str,
    /// When its judgements are to count.
    pub kind: RejudgingKind,
    /// Which submissions it is about.
    pub filter: &'a RejudgingFilter,
    /// Who makes it.
    pub by: UserId,
    /// How many submissions whoever makes it has said that there are.
    pub confirmed: Option<u64>,
    /// With more than so many, they must have said so.
    pub most_unconfirmed: u64,
}

/// What became of a [`NewRejudging`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// It is stored with its submissions; their judgements are [to be made](make_some).
    Made(RejudgingId),
    /// The filter means no submission.
    Empty,
    /// It would be so many submissions, and that is not the number confirmed.
    Unconfirmed(u64),
}

/// Rows of one `INSERT`: SQLite takes a bounded number of parameters in a statement.
pub(super) const ROWS: usize = 500;

/// Stores a rejudging, with the submissions that its filter means now.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn create(
    connection: &mut AnyConnection,
    new: &NewRejudging<'_>,
) -> Result<Creation, DatabaseError> {
    database::write(connection, |connection| {
        let selected = selecting::select(connection, new.filter)?;
        let total = selected.len() as u64;
        if total == 0 {
            return Ok(Creation::Empty);
        }
        let is_confirmed = match new.confirmed {
            Some(confirmed) => confirmed == total,
            None => total <= new.most_unconfirmed,
        };
        if !is_confirmed {
            return Ok(Creation::Unconfirmed(total));
        }
        let id = RejudgingId::new();
        diesel::insert_into(rejudgings::table)
            .values((
                rejudgings::id.eq(id.to_string()),
                rejudgings::reason.eq(to_text(new.reason)),
                rejudgings::kind.eq(new.kind.name()),
                rejudgings::filter.eq(to_json("rejudging filter", new.filter)?),
                rejudgings::total.eq(to_bigint(total)),
                rejudgings::made_by.eq(new.by.to_string()),
                rejudgings::made_at.eq(to_timestamp(clock::now(connection)?)),
                rejudgings::made_up_to.eq(""),
                rejudgings::is_made.eq(false),
            ))
            .execute(connection)?;
        for some in selected.chunks(ROWS) {
            let rows = some.iter().map(|(submission, problem_version, judgement)| {
                (
                    rejudged_submissions::rejudging_id.eq(id.to_string()),
                    rejudged_submissions::submission_id.eq(submission),
                    rejudged_submissions::problem_version.eq(*problem_version),
                    rejudged_submissions::replaces.eq(judgement),
                )
            });
            let rows: Vec<_> = rows.collect();
            database::insert_all!(connection, rejudged_submissions::table, rows)?;
        }
        Ok(Creation::Made(id))
    })
}

/// The rejudgings whose judgements are not all made: those that are being made, and those that a crash cut off.
///
/// # Errors
/// Where the database fails.
pub fn unmade(connection: &mut AnyConnection) -> Result<Vec<RejudgingId>, DatabaseError> {
    let ids: Vec<String> = rejudgings::table
        .filter(rejudgings::is_made.eq(false))
        .order(rejudgings::id.asc())
        .select(rejudgings::id)
        .load(connection)?;
    ids.iter().map(|id| parse("rejudging id", id)).collect()
}

/// Some judgements of a rejudging that were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// How many.
    pub judgements: u64,
    /// Whether none is left to make.
    pub is_last: bool,
}

/// Judgements made in one transaction: few enough that nobody waits long for it.
const BATCH: usize = 250;

/// Submission, language, user, package, limits as JSON.
type Row = (String, String, String, String, String);

/// Makes the next judgements of a rejudging, with their tasks in the lane of rejudgings. Any number may call it at once.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn make_some(
    connection: &mut AnyConnection,
    rejudging: RejudgingId,
    trace: Option<TraceContext>,
) -> Result<Batch, DatabaseError> {
    database::write(connection, |connection| {
        // Changes nothing, and holds the row: who waits here sees what was made meanwhile.
        let open = diesel::update(
            rejudgings::table
                .filter(rejudgings::id.eq(rejudging.to_string()))
                .filter(rejudgings::is_made.eq(false)),
        )
        .set(rejudgings::is_made.eq(false))
        .returning((rejudgings::kind, rejudgings::made_up_to))
        .get_result::<(String, String)>(connection)
        .optional()?;
        let Some((kind, made_up_to)) = open else {
            return Ok(Batch { judgements: 0, is_last: true });
        };
        let rows = next_rows(connection, rejudging, &made_up_to)?;
        let is_last = rows.len() < BATCH;
        if let Some((last, ..)) = rows.last() {
            let kind = parse("kind of rejudging", &kind)?;
            insert(connection, rejudging, kind, &rows, trace)?;
            diesel::update(rejudgings::table.find(rejudging.to_string()))
                .set(rejudgings::made_up_to.eq(last))
                .execute(connection)?;
        }
        diesel::update(rejudgings::table.find(rejudging.to_string()))
            .set(rejudgings::is_made.eq(is_last))
            .execute(connection)?;
        Ok(Batch { judgements: rows.len() as u64, is_last })
    })
}

fn next_rows(
    connection: &mut AnyConnection,
    rejudging: RejudgingId,
    after: &str,
) -> QueryResult<Vec<Row>> {
    rejudged_submissions::table
        .inner_join(submissions::table.on(submissions::id.eq(rejudged_submissions::submission_id)))
        .inner_join(
            problem_versions::table.on(problem_versions::problem_id
                .eq(submissions::problem_id)
                .and(problem_versions::version.eq(rejudged_submissions::problem_version))),
        )
        .filter(rejudged_submissions::rejudging_id.eq(rejudging.to_string()))
        .filter(rejudged_submissions::submission_id.gt(after))
        .order(rejudged_submissions::submission_id.asc())
        .limit(to_bigint(BATCH as u64))
        .select((
            submissions::id,
            submissions::language,
            submissions::user_id,
            problem_versions::package_hash,
            problem_versions::limits,
        ))
        .load(connection)
}

/// Stores a judgement and a task for each row; the rows are in the order of their submissions.
fn insert(
    connection: &mut AnyConnection,
    rejudging: RejudgingId,
    kind: RejudgingKind,
    rows: &[Row],
    trace: Option<TraceContext>,
) -> Result<(), DatabaseError> {
    let now = clock::now(connection)?;
    let new: Vec<_> = rows.iter().map(|row| (JudgementId::new(), row)).collect();
    if kind == RejudgingKind::Direct {
        let queued =
            new.iter().map(|(id, row)| (row.0.clone(), *id, ProgressKind::Queued)).collect();
        displace(connection, queued, now)?;
    }
    let judgements: Vec<_> = new
        .iter()
        .map(|(id, (submission, _, _, package, _))| {
            (
                judgements::id.eq(id.to_string()),
                judgements::submission_id.eq(submission),
                judgements::is_current.eq(kind == RejudgingKind::Direct),
                judgements::is_preview.eq(kind == RejudgingKind::Preview),
                judgements::rejudging_id.eq(rejudging.to_string()),
                judgements::package_hash.eq(package),
                judgements::state.eq(JudgementState::Queued.name()),
                judgements::attempt.eq(0),
                judgements::tests_total.eq(0),
                judgements::cpu_ms.eq(0),
                judgements::wall_ms.eq(0),
                judgements::memory_bytes.eq(0),
                judgements::created_at.eq(to_timestamp(now)),
            )
        })
        .collect();
    database::insert_all!(connection, judgements::table, judgements)?;
    let tasks = new.iter().map(|(id, (submission, language, user, package, limits))| {
        let task = JudgeTask {
            version: TASK_VERSION,
            judgement: *id,
            submission: parse("submission id", submission)?,
            language: language.clone(),
            package: parse("package hash", package)?,
            limits: from_json("limits", limits)?,
            helper: 0,
            traceparent: trace,
        };
        let task = to_json("task", &task)?;
        Ok(NewTask { key: (*id).into(), user: user.clone(), task })
    });
    let tasks = tasks.collect::<Result<Vec<_>, DatabaseError>>()?;
    outbox::insert(connection, Lane::Rejudge, tasks, now)
}

/// Tells that these submissions wait again, and makes room for their new current judgements.
fn displace(
    connection: &mut AnyConnection,
    queued: Vec<(String, JudgementId, ProgressKind)>,
    now: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let submissions: Vec<&String> = queued.iter().map(|(submission, ..)| submission).collect();
    events::hold_all(connection, &submissions)?;
    events::append_to_each(connection, &queued, now)?;
    diesel::update(
        judgements::table
            .filter(judgements::submission_id.eq_any(submissions))
            .filter(judgements::is_current.eq(true)),
    )
    .set(judgements::is_current.eq(false))
    .execute(connection)?;
    Ok(())
}
