//! What happened to each submission, in the order in which it was committed.

use crate::convert::{
    from_bigint, from_json, from_timestamp, parse, to_bigint, to_json, to_timestamp,
};
use crate::schema::{events, submissions};
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{JudgementId, ProgressEvent, ProgressKind, SubmissionId};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Adds an event; call it inside the transaction that makes the thing happen, before that changes
/// anything else.
///
/// Counting up the submission's own row holds that row until the commit, so that
/// no reader ever sees event n + 1 before event n. And whoever holds it first never waits in a circle.
pub(crate) fn append(
    connection: &mut AnyConnection,
    submission: SubmissionId,
    judgement: JudgementId,
    at: OffsetDateTime,
    kind: &ProgressKind,
) -> Result<(), DatabaseError> {
    let id = submission.to_string();
    let sequence: i64 = diesel::update(submissions::table.find(&id))
        .set(submissions::last_sequence.eq(submissions::last_sequence + 1))
        .returning(submissions::last_sequence)
        .get_result(connection)?;
    diesel::insert_into(events::table)
        .values((
            events::submission_id.eq(id),
            events::sequence.eq(sequence),
            events::judgement_id.eq(judgement.to_string()),
            events::at.eq(to_timestamp(at)),
            events::kind.eq(to_json("event", kind)?),
        ))
        .execute(connection)?;
    Ok(())
}

/// Holds the submission as [`append`] does, where it is not clear yet that something will happen.
pub(crate) fn hold(
    connection: &mut AnyConnection,
    submission: SubmissionId,
) -> Result<(), DatabaseError> {
    diesel::update(submissions::table.find(submission.to_string()))
        .set(submissions::last_sequence.eq(submissions::last_sequence))
        .execute(connection)?;
    Ok(())
}

/// When this last happened to a judgement; `None` where it has not.
pub(crate) fn last_time(
    connection: &mut AnyConnection,
    submission: SubmissionId,
    judgement: JudgementId,
    kind: &ProgressKind,
) -> Result<Option<OffsetDateTime>, DatabaseError> {
    let at: Option<PrimitiveDateTime> = events::table
        .filter(events::submission_id.eq(submission.to_string()))
        .filter(events::judgement_id.eq(judgement.to_string()))
        .filter(events::kind.eq(to_json("event", kind)?))
        .order(events::sequence.desc())
        .select(events::at)
        .first(connection)
        .optional()?;
    Ok(at.map(from_timestamp))
}

type Row = (String, i64, String, PrimitiveDateTime, String);

/// The events of a submission after the one numbered `after` (0 for all).
///
/// # Errors
/// Where the database fails.
pub fn list_after(
    connection: &mut AnyConnection,
    submission: SubmissionId,
    after: u64,
) -> Result<Vec<ProgressEvent>, DatabaseError> {
    let rows = events::table
        .filter(events::submission_id.eq(submission.to_string()))
        .filter(events::sequence.gt(to_bigint(after)))
        .order(events::sequence.asc())
        .load::<Row>(connection)?;
    rows.into_iter()
        .map(|(_, sequence, judgement, at, kind)| {
            Ok(ProgressEvent {
                sequence: from_bigint(sequence),
                judgement: parse("judgement id", &judgement)?,
                at: from_timestamp(at),
                kind: from_json("event", &kind)?,
            })
        })
        .collect()
}

/// The number of the newest event of each of these submissions.
///
/// # Errors
/// Where the database fails.
pub fn newest_sequences(
    connection: &mut AnyConnection,
    of: &[SubmissionId],
) -> Result<Vec<(SubmissionId, u64)>, DatabaseError> {
    let mut newest = Vec::with_capacity(of.len());
    // SQLite takes a bounded number of parameters in a statement.
    for some in of.chunks(500) {
        let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
        let rows = submissions::table
            .filter(submissions::id.eq_any(ids))
            .select((submissions::id, submissions::last_sequence))
            .load::<(String, i64)>(connection)?;
        for (id, sequence) in rows {
            newest.push((parse("submission id", &id)?, from_bigint(sequence)));
        }
    }
    Ok(newest)
}
