//! What each execution of the function used: the meter.
//!
//! Every claim of a judgement leaves one reading, however the function that made it ended. One that
//! lived to its end writes its own. For one that died, whoever frees the judgement writes what the database
//! knows of it, which is at most what it used. A process that ended before its claim leaves none.

use crate::convert::{from_bigint, from_integer, to_bigint, to_integer, to_timestamp};
use crate::leases::Lease;
use crate::schema::{executions, fan_out_runs, runs};
use crate::{AnyConnection, DatabaseError, clock, database, events};
use diesel::dsl::max;
use diesel::prelude::*;
use judge_types::{ExecutionUsage, JudgementId, ProgressKind, TaskKey};
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
    insert_row(connection, lease.judgement.into(), lease.attempt, usage, ending, at)
}

fn insert_row(
    connection: &mut AnyConnection,
    key: TaskKey,
    attempt: u32,
    usage: &ExecutionUsage,
    ending: ExecutionEnding,
    at: OffsetDateTime,
) -> Result<(), DatabaseError> {
    diesel::insert_into(executions::table)
        .values((
            executions::judgement_id.eq(key.judgement.to_string()),
            executions::helper.eq(to_integer(key.helper)),
            executions::attempt.eq(to_integer(attempt)),
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

/// Stores what is known of an execution of the function `worker` that died, and was held to be alive until `until`. Part of
/// the transaction that frees the judgement.
pub(crate) fn insert_lost(
    connection: &mut AnyConnection,
    lease: &Lease,
    worker: &str,
    until: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let judgement = lease.judgement.to_string();
    // Test cases that another function has judged are on that one's bill.
    let others: Vec<i32> = fan_out_runs::table
        .filter(fan_out_runs::judgement_id.eq(&judgement))
        .filter(fan_out_runs::result.is_not_null())
        .filter(fan_out_runs::worker.ne(worker))
        .select(fan_out_runs::ordinal)
        .load(connection)?;
    let of_runs: Vec<(i64, i64)> = runs::table
        .filter(runs::judgement_id.eq(&judgement))
        .filter(runs::attempt.eq(to_integer(lease.attempt)))
        .filter(runs::ordinal.ne_all(others))
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

/// The execution of a function that helps with a judgement. Its reading is there from its beginning, and kept up while it
/// works: so one that dies leaves the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HelpExecution {
    key: TaskKey,
    attempt: u32,
}

impl HelpExecution {
    /// A helper begins. It counts as lost until it says how it ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn begin(
        connection: &mut AnyConnection,
        key: TaskKey,
        usage: &ExecutionUsage,
    ) -> Result<Self, DatabaseError> {
        database::write(connection, |connection| {
            // Of one helper's task that is delivered twice at once, the second begins after the first.
            database::hold(connection, &format!("help with {}", key.judgement))?;
            let last: Option<i32> = executions::table
                .filter(executions::judgement_id.eq(key.judgement.to_string()))
                .filter(executions::helper.eq(to_integer(key.helper)))
                .select(max(executions::attempt))
                .first(connection)?;
            let attempt = last.map_or(0, from_integer) + 1;
            let now = clock::now(connection)?;
            insert_row(connection, key, attempt, usage, ExecutionEnding::Lost, now)?;
            Ok(Self { key, attempt })
        })
    }

    /// Replaces its reading, unless it has said how it ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn record(
        self,
        connection: &mut AnyConnection,
        usage: &ExecutionUsage,
        ending: ExecutionEnding,
    ) -> Result<(), DatabaseError> {
        let Self { key, attempt } = self;
        let (id, helper) = (key.judgement.to_string(), to_integer(key.helper));
        let now = clock::now(connection)?;
        let reading = executions::table.find((id, helper, to_integer(attempt)));
        // What was said last of all stays.
        diesel::update(reading.filter(executions::ending.eq(ExecutionEnding::Lost.name())))
            .set((
                executions::cpu_ms.eq(to_bigint(usage.cpu_ms)),
                executions::wall_ms.eq(to_bigint(usage.wall_ms)),
                executions::memory_bytes.eq(to_bigint(usage.memory_bytes)),
                executions::transferred_bytes.eq(to_bigint(usage.transferred_bytes)),
                executions::finished_at.eq(to_timestamp(now)),
                executions::ending.eq(ending.name()),
            ))
            .execute(connection)?;
        Ok(())
    }
}

type Row = (String, i32, i32, i64, i64, i64, i64, i64, i64, PrimitiveDateTime, String);

/// The executions of a judgement that came to an end, by attempt, without those of helpers.
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

/// What a helper used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Help {
    /// Which helper's task it was started for.
    pub key: TaskKey,
    /// The how-manieth function it was for that task, from 1.
    pub attempt: u32,
    /// What it used; of one that works, so far.
    pub usage: ExecutionUsage,
}

/// Those of its helpers, by helper and attempt.
///
/// # Errors
/// Where the database fails.
pub fn of_helpers(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Vec<Help>, DatabaseError> {
    let rows = executions::table
        .filter(executions::judgement_id.eq(judgement.to_string()))
        .filter(executions::helper.gt(0))
        .order((executions::helper.asc(), executions::attempt.asc()))
        .load::<Row>(connection)?;
    let of_row = |row: &Row| Help {
        key: TaskKey { judgement, helper: from_integer(row.1) },
        attempt: from_integer(row.2),
        usage: usage_of(row),
    };
    Ok(rows.iter().map(of_row).collect())
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
        .filter(executions::helper.eq(0))
        .filter(executions::ending.eq_any(endings))
        .order(executions::attempt.asc())
        .load::<Row>(connection)?;
    Ok(rows.iter().map(|row| (from_integer(row.2), usage_of(row))).collect())
}

fn usage_of(row: &Row) -> ExecutionUsage {
    ExecutionUsage {
        cpu_ms: from_bigint(row.3),
        wall_ms: from_bigint(row.4),
        memory_bytes: from_bigint(row.5),
        cold_start_ms: from_bigint(row.6),
        queue_wait_ms: from_bigint(row.7),
        transferred_bytes: from_bigint(row.8),
    }
}
