//! A function's hold on a judgement, and all that it writes through it.
//!
//! Every claim counts the judgement's attempt up by one. Each later write names the
//! attempt it belongs to in the `WHERE` of its one `UPDATE`, so the function that
//! was overtaken changes nothing: exactly one verdict is ever stored.

mod ending;
mod hanging;
mod progress;

pub use ending::{fail_unheld, release_dead};
pub use hanging::is_kept;

use crate::convert::{from_integer, from_timestamp, parse, to_timestamp};
use crate::events::Subject;
use crate::schema::judgements;
use crate::{AnyConnection, DatabaseError, clock, database, events, executions};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState, ProgressKind, SubmissionId, Transition};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// No lease is granted or renewed for longer.
pub const LONGEST_LEASE: Duration = Duration::seconds(8);

/// A lease that ends later than this from now was granted before the database's clock was set back, and counts as run
/// out: so whatever that clock does, none whose function is gone holds anyone up for longer. Between the two is time for
/// a function that has read the clock and has not yet written.
pub(crate) const BEYOND: Duration = Duration::seconds(10);

/// The right to judge one judgement, until another function claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// What is judged.
    pub judgement: JudgementId,
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// Which claim this is, from 1.
    pub attempt: u32,
    /// Since when the judgement has waited for this claim.
    pub queued_at: OffsetDateTime,
    /// When it was made, by the same clock.
    pub claimed_at: OffsetDateTime,
    /// Whether only the jury may hear of it.
    pub(crate) is_preview: bool,
}

impl Lease {
    /// What its events are about.
    pub(crate) fn subject(&self) -> Subject {
        let Self { submission, judgement, is_preview, .. } = *self;
        Subject { submission, judgement, is_preview }
    }
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The caller judges it now.
    Granted(Lease),
    /// Another function holds it, until then unless it renews.
    Held(OffsetDateTime),
    /// There is a verdict, or the judge gave up: nothing to do.
    Final,
    /// There is no such judgement.
    Unknown,
}

/// Why a write through a lease was refused.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another function has claimed the judgement since, or it is final.
    #[error("lost the lease on judgement {0}")]
    Lost(JudgementId),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for LeaseError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The names of the states from which `transition` may happen.
fn names(transition: Transition) -> Vec<&'static str> {
    JudgementState::allowing(transition).map(JudgementState::name).collect()
}

/// Claims a judgement that is queued, or whose lease has run out.
///
/// `worker` names the function, so that whoever started it can release what it held
/// when it dies; the lease runs for `length`, at most [`LONGEST_LEASE`], unless renewed.
///
/// # Errors
/// Where the database fails.
pub fn claim(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
    length: Duration,
) -> Result<Claim, DatabaseError> {
    let id = judgement.to_string();
    database::write(connection, |connection| {
        let Some(subject) = subject_of(connection, judgement)? else {
            return Ok(Claim::Unknown);
        };
        events::hold(connection, subject.submission)?;
        let now = clock::now(connection)?;
        let before: Before = judgements::table
            .find(&id)
            .select((
                judgements::attempt,
                judgements::state,
                judgements::lease_expires_at,
                judgements::created_at,
                judgements::worker,
            ))
            .first(connection)?;
        let claimed = diesel::update(
            judgements::table
                .filter(judgements::id.eq(&id))
                .filter(judgements::state.eq_any(names(Transition::Claim)))
                .filter(
                    judgements::lease_expires_at
                        .is_null()
                        .or(judgements::lease_expires_at.le(to_timestamp(now)))
                        .or(judgements::lease_expires_at.gt(to_timestamp(now + BEYOND))),
                ),
        )
        .set((
            judgements::state.eq(JudgementState::Compiling.name()),
            judgements::attempt.eq(judgements::attempt + 1),
            judgements::worker.eq(worker),
            judgements::lease_expires_at.eq(to_timestamp(now + length.min(LONGEST_LEASE))),
        ))
        .execute(connection)?;
        let (attempt, state, expires, created, dead) = before;
        let state: JudgementState = parse("judgement state", &state)?;
        if claimed == 0 {
            return Ok(match expires {
                Some(until) if !state.is_final() => Claim::Held(from_timestamp(until)),
                _ => Claim::Final,
            });
        }
        let mut lease = Lease {
            judgement,
            submission: subject.submission,
            attempt: from_integer(attempt),
            queued_at: from_timestamp(created),
            claimed_at: now,
            is_preview: subject.is_preview,
        };
        if state != JudgementState::Queued {
            // Its function is gone, and nobody has noticed: it counts as dead since its lease ran out.
            let missed_at = expires.map_or(now, |at| from_timestamp(at).min(now));
            let dead = dead.unwrap_or_default();
            executions::insert_lost(connection, &lease, &dead, missed_at)?;
            lease.queued_at = missed_at;
        } else if lease.attempt > 0 {
            let released = ProgressKind::Released;
            let put_back = events::last_time(connection, subject, &released)?;
            lease.queued_at = put_back.unwrap_or(lease.queued_at);
        }
        lease.attempt += 1;
        let started = ProgressKind::Started { attempt: lease.attempt };
        events::append(connection, subject, now, &started)?;
        Ok(Claim::Granted(lease))
    })
}

/// Attempt, state, end of the lease, when it was made, and which function had it.
type Before = (i32, String, Option<PrimitiveDateTime>, PrimitiveDateTime, Option<String>);

/// What a judgement's events are about, which stays while it is being judged: only what is judged is applied; `None` where
/// there is no such judgement.
fn subject_of(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Option<Subject>, DatabaseError> {
    let found: Option<(String, bool)> = judgements::table
        .find(judgement.to_string())
        .select((judgements::submission_id, judgements::is_preview))
        .first(connection)
        .optional()?;
    found
        .map(|(submission, is_preview)| {
            let submission = parse("submission id", &submission)?;
            Ok(Subject { submission, judgement, is_preview })
        })
        .transpose()
}
