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

/// A row, column by column.
#[derive(Queryable)]
struct Row {
    _judgement_id: String,
    _attempt: i32,
    ordinal: i32,
    test_case: String,
    is_sample: bool,
    verdict: String,
    cpu_ms: i64,
    wall_ms: i64,
    memory_bytes: i64,
    ending: String,
    judge_message: Option<String>,
    team_message: Option<String>,
    _finished_at: PrimitiveDateTime,
    score: Option<f64>,
    transcript: Option<String>,
    output: Option<String>,
    error_output: Option<String>,
}

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
                ordinal: from_integer(row.ordinal),
                test_case: row.test_case,
                is_sample: row.is_sample,
                verdict: parse("verdict", &row.verdict)?,
                score: to_score(row.score)?,
                usage: RunUsage {
                    cpu_ms: from_bigint(row.cpu_ms),
                    wall_ms: from_bigint(row.wall_ms),
                    memory_bytes: from_bigint(row.memory_bytes),
                },
                ending: row.ending,
                judge_message: row.judge_message,
                team_message: row.team_message,
                transcript: row.transcript,
                output: row.output,
                error_output: row.error_output,
            })
        })
        .collect()
}
