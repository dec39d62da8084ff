//! The test cases of a judgement.

use crate::convert::{
    from_bigint, from_integer, parse, to_bigint, to_integer, to_score, to_text, to_timestamp,
};
use crate::leases::Lease;
use crate::schema::runs;
use crate::{AnyConnection, DatabaseError, clock};
use diesel::prelude::*;
use judge_types::{JudgementId, RunResult, RunUsage, Score};
use time::PrimitiveDateTime;

/// Stores a run. Part of the transaction that checked the lease.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    lease: &Lease,
    run: &RunResult,
) -> Result<(), DatabaseError> {
    diesel::insert_into(runs::table)
        .values((
            runs::judgement_id.eq(lease.judgement.to_string()),
            runs::attempt.eq(to_integer(lease.attempt)),
            runs::ordinal.eq(to_integer(run.ordinal)),
            runs::test_case.eq(&run.test_case),
            runs::is_sample.eq(run.is_sample),
            runs::verdict.eq(run.verdict.code()),
            runs::cpu_ms.eq(to_bigint(run.usage.cpu_ms)),
            runs::wall_ms.eq(to_bigint(run.usage.wall_ms)),
            runs::memory_bytes.eq(to_bigint(run.usage.memory_bytes)),
            runs::ending.eq(to_text(&run.ending)),
            runs::judge_message.eq(run.judge_message.as_deref().map(to_text)),
            runs::team_message.eq(run.team_message.as_deref().map(to_text)),
            runs::finished_at.eq(to_timestamp(clock::now(connection)?)),
            runs::score.eq(run.score.map(Score::get)),
            runs::transcript.eq(run.transcript.as_deref().map(to_text)),
            runs::output.eq(run.output.as_deref().map(to_text)),
            runs::error_output.eq(run.error_output.as_deref().map(to_text)),
        ))
        .execute(connection)?;
    Ok(())
}

type Row = (
    String,
    i32,
    i32,
    String,
    bool,
    String,
    i64,
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    PrimitiveDateTime,
    Option<f64>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// The runs that one attempt at a judgement has made so far, in order.
///
/// # Errors
/// Where the database fails.
pub fn list(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    attempt: u32,
) -> Result<Vec<RunResult>, DatabaseError> {
    let rows = runs::table
        .filter(runs::judgement_id.eq(judgement.to_string()))
        .filter(runs::attempt.eq(to_integer(attempt)))
        .order(runs::ordinal.asc())
        .load::<Row>(connection)?;
    rows.into_iter()
        .map(|row| {
            Ok(RunResult {
                ordinal: from_integer(row.2),
                test_case: row.3,
                is_sample: row.4,
                verdict: parse("verdict", &row.5)?,
                score: to_score(row.13)?,
                usage: RunUsage {
                    cpu_ms: from_bigint(row.6),
                    wall_ms: from_bigint(row.7),
                    memory_bytes: from_bigint(row.8),
                },
                ending: row.9,
                judge_message: row.10,
                team_message: row.11,
                transcript: row.14,
                output: row.15,
                error_output: row.16,
            })
        })
        .collect()
}
