//! What happened to each submission, in the order in which it was committed.
//!
//! What happens to previews, of which only the jury may hear, is kept apart: it takes no number of a submission's events.

mod previews;

use crate::convert::{
    from_bigint, from_json, from_timestamp, parse, to_bigint, to_json, to_timestamp,
};
use crate::judgements::Judgement;
use crate::schema::{events, judgements, submissions};
use crate::{AnyConnection, DatabaseError, database};
use diesel::prelude::*;
use judge_types::{JudgementId, ProgressEvent, ProgressKind, SubmissionId};
use std::collections::HashMap;
use time::{OffsetDateTime, PrimitiveDateTime};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The submission.
    pub(crate) submission: SubmissionId,
    /// Its judgement.
    pub(crate) judgement: JudgementId,
    /// Whether only the jury may hear of that.
    pub(crate) is_preview: bool,
}

/// Adds an event; call it inside the transaction that makes the thing happen, before that changes
/// anything else.
///
/// Counting up the submission's own row holds that row until the commit, so that
/// no reader ever sees event n + 1 before event n. And whoever holds it first never waits in a circle.
pub(crate) fn append(
    connection: &mut AnyConnection,
    subject: Subject,
    at: OffsetDateTime,
    kind: &ProgressKind,
) -> Result<(), DatabaseError> {
    if subject.is_preview {
        hold(connection, subject.submission)?;
        return previews::append(connection, subject.judgement, at, kind);
    }
    let id = subject.submission.to_string();
    let sequence: i64 = diesel::update(submissions::table.find(&id))
        .set(submissions::last_sequence.eq(submissions::last_sequence + 1))
        .returning(submissions::last_sequence)
        .get_result(connection)?;
    diesel::insert_into(events::table)
        .values((
            events::submission_id.eq(id),
            events::sequence.eq(sequence),
            events::judgement_id.eq(subject.judgement.to_string()),
            events::at.eq(to_timestamp(at)),
            events::kind.eq(to_json("event", kind)?),
        ))
        .execute(connection)?;
    Ok(())
}

/// Adds an event of each of these judgements, at most one of a submission, whose submissions the caller
/// [holds](hold_all).
pub(crate) fn append_to_each(
    connection: &mut AnyConnection,
    of: &[(String, JudgementId, ProgressKind)],
    at: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let ids: Vec<&String> = of.iter().map(|(submission, ..)| submission).collect();
    let sequences: HashMap<String, i64> =
        diesel::update(submissions::table.filter(submissions::id.eq_any(ids)))
            .set(submissions::last_sequence.eq(submissions::last_sequence + 1))
            .returning((submissions::id, submissions::last_sequence))
            .get_results::<(String, i64)>(connection)?
            .into_iter()
            .collect();
    let mut rows = Vec::with_capacity(of.len());
    for (submission, judgement, kind) in of {
        let sequence = sequences.get(submission).ok_or(diesel::result::Error::NotFound)?;
        rows.push((
            events::submission_id.eq(submission),
            events::sequence.eq(*sequence),
            events::judgement_id.eq(judgement.to_string()),
            events::at.eq(to_timestamp(at)),
            events::kind.eq(to_json("event", kind)?),
        ));
    }
    database::insert_all!(connection, events::table, rows)?;
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

/// Holds these submissions, in the order in which everybody does who holds several: so none waits in a circle.
/// SQLite has one writer at a time in any case.
pub(crate) fn hold_all(connection: &mut AnyConnection, of: &[&String]) -> QueryResult<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        submissions::table
            .filter(submissions::id.eq_any(of))
            .order(submissions::id.asc())
            .select(submissions::id)
            .for_no_key_update()
            .load::<String>(postgres)?;
    }
    Ok(())
}

/// When this last happened to a judgement; `None` where it has not.
pub(crate) fn last_time(
    connection: &mut AnyConnection,
    subject: Subject,
    kind: &ProgressKind,
) -> Result<Option<OffsetDateTime>, DatabaseError> {
    if subject.is_preview {
        return previews::last_time(connection, subject.judgement, kind);
    }
    let at: Option<PrimitiveDateTime> = events::table
        .filter(events::submission_id.eq(subject.submission.to_string()))
        .filter(events::judgement_id.eq(subject.judgement.to_string()))
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
/// Executors of a version that knows no previews write theirs here, where they are passed over.
///
/// # Errors
/// Where the database fails.
pub fn list_after(
    connection: &mut AnyConnection,
    submission: SubmissionId,
    after: u64,
) -> Result<Vec<ProgressEvent>, DatabaseError> {
    let previews = judgements::table
        .filter(judgements::submission_id.eq(submission.to_string()))
        .filter(judgements::is_preview.eq(true))
        .select(judgements::id);
    let rows = events::table
        .filter(events::submission_id.eq(submission.to_string()))
        .filter(events::sequence.gt(to_bigint(after)))
        .filter(events::judgement_id.ne_all(previews))
        .order(events::sequence.asc())
        .load::<Row>(connection)?;
    rows.into_iter()
        .map(|(_, sequence, judgement, at, kind)| event(judgement, sequence, at, kind))
        .collect()
}

/// The events of one judgement, also of a preview.
///
/// # Errors
/// Where the database fails.
pub fn of_judgement(
    connection: &mut AnyConnection,
    judgement: &Judgement,
) -> Result<Vec<ProgressEvent>, DatabaseError> {
    if judgement.is_preview {
        return previews::list(connection, judgement.id);
    }
    let mut all = list_after(connection, judgement.submission, 0)?;
    all.retain(|event| event.judgement == judgement.id);
    Ok(all)
}

fn event(
    judgement: String,
    sequence: i64,
    at: PrimitiveDateTime,
    kind: String,
) -> Result<ProgressEvent, DatabaseError> {
    Ok(ProgressEvent {
        sequence: from_bigint(sequence),
        judgement: parse("judgement id", &judgement)?,
        at: from_timestamp(at),
        kind: from_json("event", &kind)?,
    })
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
