//! Seeing from outside that a function hangs.

use crate::convert::{parse, to_timestamp};
use crate::schema::judgements;
use crate::{AnyConnection, DatabaseError, clock};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState};
use time::PrimitiveDateTime;

/// Whether the function of this name holds the judgement, with a lease that runs; `None` where the judgement has come to
/// its end, or is another's.
///
/// One that lives renews its lease well before its end. It may look otherwise for a moment where the database was away.
///
/// # Errors
/// Where the database fails.
pub fn is_kept(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    worker: &str,
) -> Result<Option<bool>, DatabaseError> {
    type Row = (String, Option<String>, Option<PrimitiveDateTime>);
    let found: Option<Row> = judgements::table
        .find(judgement.to_string())
        .select((judgements::state, judgements::worker, judgements::lease_expires_at))
        .first(connection)
        .optional()?;
    let Some((state, holder, Some(until))) = found else { return Ok(None) };
    let state: JudgementState = parse("judgement state", &state)?;
    if state.is_final() || holder.as_deref() != Some(worker) {
        return Ok(None);
    }
    Ok(Some(until > to_timestamp(clock::now(connection)?)))
}
