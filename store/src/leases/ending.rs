//! Ending a function's hold without a verdict: by itself, or by those who know that it is dead.

use super::{Lease, LeaseError, names, subject_of};
use crate::convert::{from_integer, from_timestamp, to_integer, to_text, to_timestamp};
use crate::executions::{self, ExecutionEnding};
use crate::schema::judgements;
use crate::{AnyConnection, DatabaseError, clock, database, dead_letters, events, fan_out, outbox};
use diesel::prelude::*;
use judge_types::{
    ExecutionUsage, JudgementId, JudgementState, JudgingError, ProgressKind, Transition,
};
use time::PrimitiveDateTime;

impl Lease {
    /// Gives up: the jury sees why, the team does not.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn fail(
        &self,
        connection: &mut AnyConnection,
        error: &JudgingError,
        execution: &ExecutionUsage,
    ) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            let guard = Guard::Attempt(self.attempt);
            self.held(usize::from(fail(connection, self.judgement, guard, error)?))?;
            let now = clock::now(connection)?;
            executions::insert(connection, self, execution, ExecutionEnding::Failed, now)?;
            Ok(())
        })
    }

    /// Hands the judgement back without a verdict, to be judged by another function.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn release(
        &self,
        connection: &mut AnyConnection,
        execution: &ExecutionUsage,
    ) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            let guard = Guard::Attempt(self.attempt);
            let released = release(connection, self.judgement, guard)?;
            self.held(usize::from(released.is_some()))?;
            let now = clock::now(connection)?;
            executions::insert(connection, self, execution, ExecutionEnding::Released, now)?;
            Ok(())
        })
    }
}

/// Whose hold on the judgement a write may end.
enum Guard<'a> {
    /// That of this claim.
    Attempt(u32),
    /// That of this function, whatever its claim.
    Worker(&'a str),
    /// That of nobody: only what no function holds.
    Unheld,
}

/// Executes an update where the guard lets it; a macro, because each arm has a type of its own.
macro_rules! guarded {
    ($update:ident, $guard:ident, $connection:ident) => {
        match $guard {
            Guard::Attempt(attempt) => {
                $update.filter(judgements::attempt.eq(to_integer(attempt))).execute($connection)?
            }
            Guard::Worker(worker) => {
                $update.filter(judgements::worker.eq(worker)).execute($connection)?
            }
            Guard::Unheld => {
                $update.filter(judgements::lease_expires_at.is_null()).execute($connection)?
            }
        }
    };
}

/// Releases what a function held that is known to be dead; false where it held nothing.
///
/// # Errors
/// Where the database fails.
pub fn release_dead(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
) -> Result<bool, DatabaseError> {
    database::write(connection, |connection| {
        let released = release(connection, judgement, Guard::Worker(worker))?;
        if let Some(lease) = &released {
            let now = clock::now(connection)?;
            executions::insert_lost(connection, lease, worker, now)?;
        }
        Ok(released.is_some())
    })
}

/// Gives up on a judgement that no function holds, because too many died of it;
/// false where it is held or final.
///
/// # Errors
/// Where the database fails.
pub fn fail_unheld(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    error: &JudgingError,
) -> Result<bool, DatabaseError> {
    database::write(connection, |connection| fail(connection, judgement, Guard::Unheld, error))
}

/// Puts a judgement back; gives the lease that this ended.
fn release(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    guard: Guard<'_>,
) -> Result<Option<Lease>, DatabaseError> {
    let Some(subject) = subject_of(connection, judgement)? else { return Ok(None) };
    events::hold(connection, subject.submission)?;
    let update = diesel::update(
        judgements::table
            .filter(judgements::id.eq(judgement.to_string()))
            .filter(judgements::state.eq_any(names(Transition::Release))),
    )
    .set((
        judgements::state.eq(JudgementState::Queued.name()),
        judgements::lease_expires_at.eq(None::<PrimitiveDateTime>),
    ));
    if guarded!(update, guard, connection) == 0 {
        return Ok(None);
    }
    let now = clock::now(connection)?;
    events::append(connection, subject, now, &ProgressKind::Released)?;
    let (attempt, created_at) = judgements::table
        .find(judgement.to_string())
        .select((judgements::attempt, judgements::created_at))
        .first::<(i32, PrimitiveDateTime)>(connection)?;
    let (attempt, queued_at) = (from_integer(attempt), from_timestamp(created_at));
    let (submission, is_preview) = (subject.submission, subject.is_preview);
    Ok(Some(Lease { judgement, submission, attempt, queued_at, claimed_at: now, is_preview }))
}

fn fail(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    guard: Guard<'_>,
    error: &JudgingError,
) -> Result<bool, DatabaseError> {
    let Some(subject) = subject_of(connection, judgement)? else { return Ok(false) };
    events::hold(connection, subject.submission)?;
    let now = clock::now(connection)?;
    let update = diesel::update(
        judgements::table
            .filter(judgements::id.eq(judgement.to_string()))
            .filter(judgements::state.eq_any(names(Transition::Fail))),
    )
    .set((
        judgements::state.eq(JudgementState::Failed.name()),
        judgements::error_kind.eq(error.kind.name()),
        judgements::error_message.eq(to_text(&error.message)),
        judgements::lease_expires_at.eq(None::<PrimitiveDateTime>),
        judgements::finished_at.eq(to_timestamp(now)),
    ));
    let changed = guarded!(update, guard, connection);
    if changed == 1 {
        dead_letters::insert(connection, judgement)?;
        fan_out::close(connection, judgement)?;
        outbox::remove(connection, judgement)?;
        events::append(connection, subject, now, &ProgressKind::Failed)?;
    }
    Ok(changed == 1)
}
