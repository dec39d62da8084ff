//! What happened to previews, each counted by itself.

use super::event;
use crate::convert::{from_timestamp, to_json, to_timestamp};
use crate::schema::preview_events;
use crate::{AnyConnection, DatabaseError};
use diesel::dsl::max;
use diesel::prelude::*;
use judge_types::{JudgementId, ProgressEvent, ProgressKind};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Adds an event; the caller holds the submission.
pub(super) fn append(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    at: OffsetDateTime,
    kind: &ProgressKind,
) -> Result<(), DatabaseError> {
    let last: Option<i64> = preview_events::table
        .filter(preview_events::judgement_id.eq(judgement.to_string()))
        .select(max(preview_events::sequence))
        .first(connection)?;
    diesel::insert_into(preview_events::table)
        .values((
            preview_events::judgement_id.eq(judgement.to_string()),
            preview_events::sequence.eq(last.unwrap_or(0) + 1),
            preview_events::at.eq(to_timestamp(at)),
            preview_events::kind.eq(to_json("event", kind)?),
        ))
        .execute(connection)?;
    Ok(())
}

pub(super) fn last_time(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    kind: &ProgressKind,
) -> Result<Option<OffsetDateTime>, DatabaseError> {
    let at: Option<PrimitiveDateTime> = preview_events::table
        .filter(preview_events::judgement_id.eq(judgement.to_string()))
        .filter(preview_events::kind.eq(to_json("event", kind)?))
        .order(preview_events::sequence.desc())
        .select(preview_events::at)
        .first(connection)
        .optional()?;
    Ok(at.map(from_timestamp))
}

pub(super) fn list(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Vec<ProgressEvent>, DatabaseError> {
    let rows = preview_events::table
        .filter(preview_events::judgement_id.eq(judgement.to_string()))
        .order(preview_events::sequence.asc())
        .load::<(String, i64, PrimitiveDateTime, String)>(connection)?;
    rows.into_iter()
        .map(|(judgement, sequence, at, kind)| event(judgement, sequence, at, kind))
        .collect()
}
