//! What each execution of the function used: the meter.

use crate::convert::{from_bigint, from_integer, to_bigint, to_integer, to_timestamp};
use crate::leases::Lease;
use crate::schema::executions;
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{ExecutionUsage, JudgementId};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Stores what an execution used. Part of the transaction that ends it.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    lease: &Lease,
    usage: &ExecutionUsage,
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
        ))
        .execute(connection)?;
    Ok(())
}

type Row = (String, i32, i64, i64, i64, i64, i64, i64, PrimitiveDateTime);

/// The executions of a judgement that came to an end, by attempt.
///
/// # Errors
/// Where the database fails.
pub fn of_judgement(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Vec<(u32, ExecutionUsage)>, DatabaseError> {
    let rows = executions::table
        .filter(executions::judgement_id.eq(judgement.to_string()))
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
