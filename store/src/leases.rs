//! A function's hold on a judgement, and all that it writes through it.
//!
//! Every claim counts the judgement's attempt up by one. Each later write names the
//! attempt it belongs to in the `WHERE` of its one `UPDATE`, so the function that
//! was overtaken changes nothing: exactly one verdict is ever stored.

use crate::convert::{
    from_integer, from_timestamp, parse, to_bigint, to_integer, to_text, to_timestamp,
};
use crate::schema::judgements;
use crate::{AnyConnection, DatabaseError, database, events, executions, outbox, runs};
use diesel::prelude::*;
use judge_types::{
    CompileResult, ExecutionUsage, JudgementId, JudgementState, JudgingError, ProgressKind,
    RunResult, RunUsage, SubmissionId, Transition, Verdict,
};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// The right to judge one judgement, until another function claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// What is judged.
    pub judgement: JudgementId,
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// Which claim this is, from 1.
    pub attempt: u32,
    /// When the judgement was queued.
    pub queued_at: OffsetDateTime,
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

fn names(states: impl Iterator<Item = JudgementState>) -> Vec<&'static str> {
    states.map(JudgementState::name).collect()
}

/// Claims a judgement that is queued, or whose lease has run out.
///
/// `worker` names the function, so that whoever started it can release what it held
/// when it dies; the lease runs for `length` unless renewed.
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
    let now = judge_types::now();
    database::write(connection, |connection| {
        let claimed = diesel::update(
            judgements::table
                .filter(judgements::id.eq(&id))
                .filter(
                    judgements::state.eq_any(names(JudgementState::allowing(Transition::Claim))),
                )
                .filter(
                    judgements::lease_expires_at
                        .is_null()
                        .or(judgements::lease_expires_at.le(to_timestamp(now))),
                ),
        )
        .set((
            judgements::state.eq(JudgementState::Compiling.name()),
            judgements::attempt.eq(judgements::attempt + 1),
            judgements::worker.eq(worker),
            judgements::lease_expires_at.eq(to_timestamp(now + length)),
        ))
        .execute(connection)?;
        let row = judgements::table
            .find(&id)
            .select((
                judgements::submission_id,
                judgements::attempt,
                judgements::state,
                judgements::lease_expires_at,
                judgements::created_at,
            ))
            .first::<(String, i32, String, Option<PrimitiveDateTime>, PrimitiveDateTime)>(
                connection,
            )
            .optional()?;
        let Some((submission, attempt, state, expires, created)) = row else {
            return Ok(Claim::Unknown);
        };
        if claimed == 0 {
            let state: JudgementState = parse("judgement state", &state)?;
            return Ok(match expires {
                Some(until) if !state.is_final() => Claim::Held(from_timestamp(until)),
                _ => Claim::Final,
            });
        }
        let lease = Lease {
            judgement,
            submission: parse("submission id", &submission)?,
            attempt: from_integer(attempt),
            queued_at: from_timestamp(created),
        };
        let started = ProgressKind::Started { attempt: lease.attempt };
        events::append(connection, lease.submission, judgement, now, &started)?;
        Ok(Claim::Granted(lease))
    })
}

impl Lease {
    /// Holds the judgement for another `length` from now.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where it no longer belongs to this attempt.
    pub fn renew(
        &self,
        connection: &mut AnyConnection,
        length: Duration,
    ) -> Result<(), LeaseError> {
        let until = to_timestamp(judge_types::now() + length);
        let changed = diesel::update(
            judgements::table
                .filter(judgements::id.eq(self.judgement.to_string()))
                .filter(judgements::attempt.eq(to_integer(self.attempt)))
                .filter(
                    judgements::state.eq_any(names(JudgementState::allowing(Transition::Finish))),
                ),
        )
        .set(judgements::lease_expires_at.eq(until))
        .execute(connection)?;
        self.held(changed)
    }

    /// Notes that the problem package is at hand.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn fetched(
        &self,
        connection: &mut AnyConnection,
        tests_total: u32,
    ) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            let changed = diesel::update(
                judgements::table
                    .filter(judgements::id.eq(self.judgement.to_string()))
                    .filter(judgements::attempt.eq(to_integer(self.attempt)))
                    .filter(judgements::state.eq(JudgementState::Compiling.name())),
            )
            .set(judgements::tests_total.eq(to_integer(tests_total)))
            .execute(connection)?;
            self.held(changed)?;
            self.event(connection, &ProgressKind::Fetched)
        })
    }

    /// Stores what the compiler said; on success the test cases may start.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn compiled(
        &self,
        connection: &mut AnyConnection,
        result: &CompileResult,
    ) -> Result<(), LeaseError> {
        let after =
            if result.success { JudgementState::Running } else { JudgementState::Compiling };
        database::write(connection, |connection| {
            let changed = diesel::update(
                judgements::table
                    .filter(judgements::id.eq(self.judgement.to_string()))
                    .filter(judgements::attempt.eq(to_integer(self.attempt)))
                    .filter(judgements::state.eq(JudgementState::Compiling.name())),
            )
            .set((
                judgements::state.eq(after.name()),
                judgements::compile_output.eq(to_text(&result.output)),
            ))
            .execute(connection)?;
            self.held(changed)?;
            self.event(connection, &ProgressKind::Compiled { success: result.success })
        })
    }

    /// Stores one run as soon as it is judged.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn add_run(
        &self,
        connection: &mut AnyConnection,
        run: &RunResult,
        total: u32,
    ) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            // Writes nothing new, but holds the row: no other claim can come between.
            let changed = diesel::update(
                judgements::table
                    .filter(judgements::id.eq(self.judgement.to_string()))
                    .filter(judgements::attempt.eq(to_integer(self.attempt)))
                    .filter(judgements::state.eq(JudgementState::Running.name())),
            )
            .set(judgements::tests_total.eq(to_integer(total)))
            .execute(connection)?;
            self.held(changed)?;
            runs::insert(connection, self, run)?;
            let kind = ProgressKind::Run {
                ordinal: run.ordinal,
                total,
                verdict: run.verdict,
                usage: run.usage,
            };
            self.event(connection, &kind)
        })
    }

    /// Stores the verdict and what the execution used, and takes the task off the queue.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn finish(
        &self,
        connection: &mut AnyConnection,
        verdict: Verdict,
        usage: RunUsage,
        execution: &ExecutionUsage,
    ) -> Result<(), LeaseError> {
        let now = judge_types::now();
        database::write(connection, |connection| {
            let changed = diesel::update(
                judgements::table
                    .filter(judgements::id.eq(self.judgement.to_string()))
                    .filter(judgements::attempt.eq(to_integer(self.attempt)))
                    .filter(
                        judgements::state
                            .eq_any(names(JudgementState::allowing(Transition::Finish))),
                    ),
            )
            .set((
                judgements::state.eq(JudgementState::Finished.name()),
                judgements::verdict.eq(verdict.code()),
                judgements::cpu_ms.eq(to_bigint(usage.cpu_ms)),
                judgements::wall_ms.eq(to_bigint(usage.wall_ms)),
                judgements::memory_bytes.eq(to_bigint(usage.memory_bytes)),
                judgements::lease_expires_at.eq(None::<PrimitiveDateTime>),
                judgements::finished_at.eq(to_timestamp(now)),
            ))
            .execute(connection)?;
            self.held(changed)?;
            executions::insert(connection, self, execution, now)?;
            outbox::remove(connection, self.judgement)?;
            self.event(connection, &ProgressKind::Finished { verdict, usage })
        })
    }

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
        let now = judge_types::now();
        database::write(connection, |connection| {
            let guard = Guard::Attempt(self.attempt);
            self.held(usize::from(fail(connection, self.judgement, guard, error)?))?;
            executions::insert(connection, self, execution, now)?;
            Ok(())
        })
    }

    /// Hands the judgement back without a verdict, to be judged by another function.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn release(&self, connection: &mut AnyConnection) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            let guard = Guard::Attempt(self.attempt);
            self.held(usize::from(release(connection, self.judgement, guard)?))
        })
    }

    fn held(&self, changed: usize) -> Result<(), LeaseError> {
        if changed == 1 { Ok(()) } else { Err(LeaseError::Lost(self.judgement)) }
    }

    fn event(&self, connection: &mut AnyConnection, kind: &ProgressKind) -> Result<(), LeaseError> {
        let now = judge_types::now();
        Ok(events::append(connection, self.submission, self.judgement, now, kind)?)
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
    database::write(connection, |connection| release(connection, judgement, Guard::Worker(worker)))
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

fn release(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    guard: Guard<'_>,
) -> Result<bool, DatabaseError> {
    let update =
        diesel::update(judgements::table.filter(judgements::id.eq(judgement.to_string())).filter(
            judgements::state.eq_any(names(JudgementState::allowing(Transition::Release))),
        ))
        .set((
            judgements::state.eq(JudgementState::Queued.name()),
            judgements::lease_expires_at.eq(None::<PrimitiveDateTime>),
        ));
    let changed = guarded!(update, guard, connection);
    if changed == 1 {
        let submission = submission_of(connection, judgement)?;
        let now = judge_types::now();
        events::append(connection, submission, judgement, now, &ProgressKind::Released)?;
    }
    Ok(changed == 1)
}

fn fail(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    guard: Guard<'_>,
    error: &JudgingError,
) -> Result<bool, DatabaseError> {
    let now = judge_types::now();
    let update = diesel::update(
        judgements::table
            .filter(judgements::id.eq(judgement.to_string()))
            .filter(judgements::state.eq_any(names(JudgementState::allowing(Transition::Fail)))),
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
        let submission = submission_of(connection, judgement)?;
        outbox::remove(connection, judgement)?;
        events::append(connection, submission, judgement, now, &ProgressKind::Failed)?;
    }
    Ok(changed == 1)
}

fn submission_of(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<SubmissionId, DatabaseError> {
    let id: String = judgements::table
        .find(judgement.to_string())
        .select(judgements::submission_id)
        .first(connection)?;
    parse("submission id", &id)
}
