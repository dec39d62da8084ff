//! Judgements whose test cases several functions judge.
//!
//! The function that holds the judgement opens it to others, with the compiled submission. From then on it and its helpers
//! take test cases that nobody has, the first ones first, under leases of their own, and keep here what they came to. The
//! function that holds the judgement goes through all results in order, exactly as if it had judged all by itself; if it
//! dies or hands over, the next one finds what there is. All of it is gone with the judgement's end.

mod opening;

use crate::convert::{from_bigint, from_integer, from_json, to_integer, to_text, to_timestamp};
use crate::leases::{BEYOND, LONGEST_LEASE};
use crate::schema::{fan_out_runs, fan_outs, judgements};
use crate::{AnyConnection, DatabaseError, clock, database};
use diesel::prelude::*;
use judge_types::{CompileResult, JudgementId, JudgementState};
use time::{Duration, PrimitiveDateTime};

/// What a function needs to judge test cases of a submission that another one has compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FanOut {
    /// The key of the blob with the compiled submission.
    pub artefact: String,
    /// Its SHA-256, in hexadecimal digits.
    pub artefact_hash: String,
    /// What it was compiled with: it is of use only where that is the same.
    pub toolchain: String,
    /// What the compiler said.
    pub compile: CompileResult,
}

/// The test cases of a judgement that is opened to others.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// Those that were judged before, with what they came to: whoever goes on need not judge them again.
    pub judged: &'a [(u32, String)],
    /// Which function has judged them.
    pub worker: &'a str,
    /// Those that are to be judged.
    pub open: &'a [u32],
}

/// Where a test case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedRun {
    /// Whoever asks judges it: it is not shared.
    Unshared,
    /// Not judged yet, by whomever.
    Waited,
    /// Judged: the result, as it was stored.
    Judged(String),
}

/// What is needed to help with a judgement; `None` where it is not, or no longer, open to others.
///
/// # Errors
/// Where the database fails.
pub fn find(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Option<FanOut>, DatabaseError> {
    let found: Option<(String, String, String, String)> = fan_outs::table
        .find(judgement.to_string())
        .select((
            fan_outs::artefact,
            fan_outs::artefact_hash,
            fan_outs::toolchain,
            fan_outs::compile,
        ))
        .first(connection)
        .optional()?;
    found
        .map(|(artefact, artefact_hash, toolchain, compile)| {
            let compile = from_json("compile result", &compile)?;
            Ok(FanOut { artefact, artefact_hash, toolchain, compile })
        })
        .transpose()
}

/// The test cases of a judgement that nobody has judged yet.
macro_rules! open {
    ($judgement:expr) => {
        fan_out_runs::table
            .filter(fan_out_runs::judgement_id.eq($judgement.to_string()))
            .filter(fan_out_runs::result.is_null())
    };
}

/// Takes the first test cases that nobody has, at most `most` and none after `up_to`, for `length`, at most [`LONGEST_LEASE`],
/// unless renewed; gives their ordinals. `worker` names the function.
///
/// # Errors
/// Where the database fails.
pub fn claim(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
    most: u32,
    up_to: u32,
    length: Duration,
) -> Result<Vec<u32>, DatabaseError> {
    database::write(connection, |connection| {
        let now = clock::now(connection)?;
        let expires = fan_out_runs::lease_expires_at;
        let free = open!(judgement)
            .filter(fan_out_runs::ordinal.le(to_integer(up_to)))
            .filter(
                expires
                    .is_null()
                    .or(expires.le(to_timestamp(now)))
                    .or(expires.gt(to_timestamp(now + BEYOND))),
            )
            .order(fan_out_runs::ordinal.asc())
            .limit(most.into())
            .select(fan_out_runs::ordinal);
        let ordinals: Vec<i32> = match connection {
            AnyConnection::Sqlite(sqlite) => free.load(sqlite)?,
            // Past what others are taking, instead of all waiting for the same.
            AnyConnection::Postgres(postgres) => {
                free.for_no_key_update().skip_locked().load(postgres)?
            }
        };
        if !ordinals.is_empty() {
            let until = to_timestamp(now + length.min(LONGEST_LEASE));
            diesel::update(open!(judgement).filter(fan_out_runs::ordinal.eq_any(&ordinals)))
                .set((fan_out_runs::worker.eq(worker), expires.eq(until)))
                .execute(connection)?;
        }
        Ok(ordinals.into_iter().map(from_integer).collect())
    })
}

/// Keeps what the function has taken for another `length`; says how many test cases that is: fewer than before where some
/// need not be judged any more, or are another's.
///
/// # Errors
/// Where the database fails.
pub fn renew(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
    length: Duration,
) -> Result<usize, DatabaseError> {
    let until = to_timestamp(clock::now(connection)? + length.min(LONGEST_LEASE));
    Ok(diesel::update(open!(judgement).filter(fan_out_runs::worker.eq(worker)))
        .set(fan_out_runs::lease_expires_at.eq(until))
        .execute(connection)?)
}

/// Keeps what a test case came to that the function has taken; false where it is not the function's any more.
///
/// # Errors
/// Where the database fails.
pub fn store(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
    ordinal: u32,
    result: &str,
) -> Result<bool, DatabaseError> {
    let mine = open!(judgement)
        .filter(fan_out_runs::ordinal.eq(to_integer(ordinal)))
        .filter(fan_out_runs::worker.eq(worker));
    let changed = diesel::update(mine)
        .set((
            fan_out_runs::result.eq(to_text(result)),
            fan_out_runs::lease_expires_at.eq(None::<PrimitiveDateTime>),
        ))
        .execute(connection)?;
    Ok(changed == 1)
}

/// Frees what a function had taken and has not judged: it is dead, or judges no more.
///
/// # Errors
/// Where the database fails.
pub fn release(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
) -> Result<(), DatabaseError> {
    diesel::update(open!(judgement).filter(fan_out_runs::worker.eq(worker)))
        .set((
            fan_out_runs::worker.eq(None::<String>),
            fan_out_runs::lease_expires_at.eq(None::<PrimitiveDateTime>),
        ))
        .execute(connection)?;
    Ok(())
}

/// Where a test case is.
///
/// # Errors
/// Where the database fails.
pub fn look(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    ordinal: u32,
) -> Result<SharedRun, DatabaseError> {
    let found: Option<Option<String>> = fan_out_runs::table
        .find((judgement.to_string(), to_integer(ordinal)))
        .select(fan_out_runs::result)
        .first(connection)
        .optional()?;
    Ok(match found {
        None => SharedRun::Unshared,
        Some(None) => SharedRun::Waited,
        Some(Some(result)) => SharedRun::Judged(result),
    })
}

/// How many of the shared test cases have been judged.
///
/// # Errors
/// Where the database fails.
pub fn count_judged(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<u64, DatabaseError> {
    let judged: i64 = fan_out_runs::table
        .filter(fan_out_runs::judgement_id.eq(judgement.to_string()))
        .filter(fan_out_runs::result.is_not_null())
        .count()
        .get_result(connection)?;
    Ok(from_bigint(judged))
}

/// Nothing after this test case decides anything: what is still to be judged there need not be, whoever has it.
///
/// # Errors
/// Where the database fails.
pub fn cancel_after(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    ordinal: u32,
) -> Result<(), DatabaseError> {
    diesel::delete(open!(judgement).filter(fan_out_runs::ordinal.gt(to_integer(ordinal))))
        .execute(connection)?;
    Ok(())
}

/// What comes before this test case and was not judged yet is skipped.
///
/// # Errors
/// Where the database fails.
pub fn skip_before(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    ordinal: u32,
) -> Result<(), DatabaseError> {
    diesel::delete(open!(judgement).filter(fan_out_runs::ordinal.lt(to_integer(ordinal))))
        .execute(connection)?;
    Ok(())
}

/// Forgets what is left of judgements that are over, though their end should have taken it along: an executor of a version
/// that knows nothing of it may have ended them. Says of how many.
///
/// # Errors
/// Where the database fails.
pub fn close_ended(connection: &mut AnyConnection) -> Result<usize, DatabaseError> {
    let ended = JudgementState::ALL.into_iter().filter(|state| state.is_final());
    let ended: Vec<&str> = ended.map(JudgementState::name).collect();
    let left: Vec<String> = fan_outs::table
        .inner_join(judgements::table.on(judgements::id.eq(fan_outs::judgement_id)))
        .filter(judgements::state.eq_any(ended))
        .select(fan_outs::judgement_id)
        .load(connection)?;
    if !left.is_empty() {
        database::write(connection, |connection| close_all(connection, &left))?;
    }
    Ok(left.len())
}

/// Forgets all of it. Part of the transaction that ends the judgement.
pub(crate) fn close(connection: &mut AnyConnection, judgement: JudgementId) -> QueryResult<()> {
    close_all(connection, &[judgement.to_string()])
}

/// The same of many judgements.
pub(crate) fn close_all(connection: &mut AnyConnection, judgements: &[String]) -> QueryResult<()> {
    let runs = fan_out_runs::table.filter(fan_out_runs::judgement_id.eq_any(judgements));
    diesel::delete(runs).execute(connection)?;
    let opened = fan_outs::table.filter(fan_outs::judgement_id.eq_any(judgements));
    diesel::delete(opened).execute(connection)?;
    Ok(())
}
