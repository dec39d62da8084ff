//! What the jury does about dead letters.

use super::insert;
use crate::convert::{parse, to_text, to_timestamp};
use crate::judgements::{self, NewJudgement};
use crate::schema::{dead_letters, judgements as judgement_table};
use crate::{AnyConnection, DatabaseError, clock, database, events};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState, SubmissionId, UserId};
use time::PrimitiveDateTime;

/// What became of a [`retry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It waits to be judged again, as this judgement.
    Queued(JudgementId),
    /// Somebody has had it judged again before, as this judgement.
    Repeated(JudgementId),
    /// A rejudging has taken its place.
    Superseded,
    /// There is no such dead letter.
    Unknown,
}

/// What became of an [`ignore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignore {
    /// It is ignored, since now.
    Marked,
    /// It was before; who, when and why stay.
    Repeated,
    /// It was judged again.
    Superseded,
    /// There is no such dead letter.
    Unknown,
}

/// Has a dead letter judged again by a new judgement, also one that was ignored. Asked for again, it makes no
/// second one.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn retry(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    by: UserId,
    new: &NewJudgement<'_>,
) -> Result<Retry, DatabaseError> {
    database::write(connection, |connection| {
        let Some(found) = held(connection, judgement, new.submission)? else {
            return Ok(Retry::Unknown);
        };
        if let Some(made) = found.retried_as {
            return Ok(Retry::Repeated(made));
        }
        if !found.is_current {
            return Ok(Retry::Superseded);
        }
        let made = judgements::enqueue(connection, new)?;
        make_row(connection, judgement)?;
        diesel::update(dead_letters::table.find(judgement.to_string()))
            .set((
                dead_letters::retried_by.eq(by.to_string()),
                dead_letters::retried_at.eq(to_timestamp(clock::now(connection)?)),
                dead_letters::retried_as.eq(made.to_string()),
            ))
            .execute(connection)?;
        Ok(Retry::Queued(made))
    })
}

/// Says that a dead letter needs nothing more, and why.
///
/// # Errors
/// Where the database fails.
pub fn ignore(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    submission: SubmissionId,
    by: UserId,
    note: Option<&str>,
) -> Result<Ignore, DatabaseError> {
    database::write(connection, |connection| {
        let Some(found) = held(connection, judgement, submission)? else {
            return Ok(Ignore::Unknown);
        };
        if !found.is_current {
            return Ok(Ignore::Superseded);
        }
        if found.is_ignored {
            return Ok(Ignore::Repeated);
        }
        make_row(connection, judgement)?;
        diesel::update(dead_letters::table.find(judgement.to_string()))
            .set((
                dead_letters::ignored_by.eq(by.to_string()),
                dead_letters::ignored_at.eq(to_timestamp(clock::now(connection)?)),
                dead_letters::note.eq(note.map(to_text)),
            ))
            .execute(connection)?;
        Ok(Ignore::Marked)
    })
}

/// What a handling rests on.
struct Held {
    is_current: bool,
    is_ignored: bool,
    retried_as: Option<JudgementId>,
}

/// Holds a dead letter with its submission, so that of two who handle it, the second sees what the first did.
fn held(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    submission: SubmissionId,
) -> Result<Option<Held>, DatabaseError> {
    events::hold(connection, submission)?;
    let found: Option<(bool, Option<PrimitiveDateTime>, Option<String>)> = judgement_table::table
        .left_join(dead_letters::table.on(dead_letters::judgement_id.eq(judgement_table::id)))
        .filter(judgement_table::id.eq(judgement.to_string()))
        .filter(judgement_table::submission_id.eq(submission.to_string()))
        .filter(judgement_table::state.eq(JudgementState::Failed.name()))
        .select((
            judgement_table::is_current,
            dead_letters::ignored_at.nullable(),
            dead_letters::retried_as.nullable(),
        ))
        .first(connection)
        .optional()?;
    found
        .map(|(is_current, ignored_at, retried_as)| {
            let retried_as = retried_as.map(|id| parse("judgement id", &id)).transpose()?;
            Ok(Held { is_current, is_ignored: ignored_at.is_some(), retried_as })
        })
        .transpose()
}

/// The row of a judgement that an executor of an earlier version failed.
fn make_row(connection: &mut AnyConnection, judgement: JudgementId) -> Result<(), DatabaseError> {
    let there: i64 =
        dead_letters::table.find(judgement.to_string()).count().get_result(connection)?;
    if there == 0 { insert(connection, judgement) } else { Ok(()) }
}
