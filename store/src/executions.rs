//! What each execution of the function used: the meter.
//!
//! Every claim of a judgement leaves one reading, however the function that made it ended. One that
//! lived to its end writes its own. For one that died, whoever frees the judgement writes what the database
//! knows of it, which is at most what it used. A process that ended before its claim leaves none.

use crate::convert::{from_bigint, from_integer, to_bigint, to_integer, to_timestamp};
use crate::leases::Lease;
use crate::schema::{executions, runs};
use crate::{AnyConnection, DatabaseError, events};
use diesel::prelude::*;
use judge_types::{ExecutionUsage, JudgementId, ProgressKind};
use time::{OffsetDateTime, PrimitiveDateTime};

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionEnding {
    /// With a verdict.
    Finished,
    /// With a judging error.
    Failed,
    /// It handed the judgement back.
    Released,
    /// It died. CPU time and memory are those of the runs that it had stored, the wall time is that from its claim
    /// until it was missed, and the rest is 0.
    Lost,
}

impl ExecutionEnding {
    /// Every ending.
    pub const ALL: [Self; 4] = [Self::Finished, Self::Failed, Self::Released, Self::Lost];

    /// The name stored in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Released => "released",
            Self::Lost => "lost",
        }
    }
}

/// Stores what an execution used. Part of the transaction that ends it.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    lease: &Lease,
    usage: &ExecutionUsage,
    ending: ExecutionEnding,
    at: OffsetDateTime,
) -> Result<(), DatabaseError> {
    diesel::insert_into(executions::table)
        .values((
            executions::judgement_id.eq(lease.judgement.to_string()),
            executions::attempt.eq(to_integer(lease.attempt)),
            executions::cpu_ms.eq(to_bigint(usage.cpu_ms)),
            executions::wall_ms.eq(to_bigint(usage.wall_ms)),
            executions::memory_bytes.eq(to_bigint(usage.memory_bytes)),
            executions::cold_start_ms.eq(to_bigint(usage.cold_start_ms)),
            executions::queue_wait_ms.eq(to_bigint(usage.queue_wait_ms)),
            executions::transferred_bytes.eq(to_bigint(usage.transferred_bytes)),
            executions::finished_at.eq(to_timestamp(at)),
            executions::ending.eq(ending.name()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Stores what is known of an execution that died, and was held to be alive until `until`. Part of the transaction
/// that frees the judgement.
pub(crate) fn insert_lost(
    connection: &mut AnyConnection,
    lease: &Lease,
    until: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let of_runs: Vec<(i64, i64)> = runs::table
        .filter(runs::judgement_id.eq(lease.judgement.to_string()))
        .filter(runs::attempt.eq(to_integer(lease.attempt)))
        .select((runs::cpu_ms, runs::memory_bytes))
        .load(connection)?;
    let started = ProgressKind::Started { attempt: lease.attempt };
    let claimed_at = events::last_time(connection, lease.subject(), &started)?;
    let wall = claimed_at.map_or(0, |at| (until - at).whole_milliseconds().max(0));
    let usage = ExecutionUsage {
        cpu_ms: of_runs.iter().map(|(cpu_ms, _)| from_bigint(*cpu_ms)).sum(),
        wall_ms: u64::try_from(wall).unwrap_or(u64::MAX),
        memory_bytes: of_runs.iter().map(|(_, bytes)| from_bigint(*bytes)).max().unwrap_or(0),
        ..ExecutionUsage::default()
    };
    insert(connection, lease, &usage, ExecutionEnding::Lost, until)
}

type Row = (String, i32, i64, i64, i64, i64, i64, i64, PrimitiveDateTime, String);

/// The executions of a judgement that came to an end, by attempt.
///
/// # Errors
/// Where the database fails.
pub fn of_judgement(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Vec<(u32, ExecutionUsage)>, DatabaseError> {
    let of_any: Vec<&str> = ExecutionEnding::ALL.map(ExecutionEnding::name).into();
    list(connection, judgement, &of_any)
}

/// Those of them that left the judgement to others. One that gave up on it is not told of here.
///
/// # Errors
/// Where the database fails.
pub fn that_left_it_to_others(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Vec<(u32, ExecutionUsage)>, DatabaseError> {
    let left = [ExecutionEnding::Released.name(), ExecutionEnding::Lost.name()];
    list(connection, judgement, &left)
}

fn list(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    endings: &[&str],
) -> Result<Vec<(u32, ExecutionUsage)>, DatabaseError> {
    let rows = executions::table
        .filter(executions::judgement_id.eq(judgement.to_string()))
        .filter(executions::ending.eq_any(endings))
        .order(executions::attempt.asc())
        .load::<Row>(connection)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let usage = ExecutionUsage {
                cpu_ms: from_bigint(row.2),
                wall_ms: from_bigint(row.3),
                memory_bytes: from_bigint(row.4),
                cold_start_ms: from_bigint(row.5),
                queue_wait_ms: from_bigint(row.6),
                transferred_bytes: from_bigint(row.7),
            };
            (from_integer(row.1), usage)
        })
        .collect())
}
