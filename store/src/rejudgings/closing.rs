//! Applying and cancelling a preview.

use super::making::ROWS;
use crate::convert::{from_bigint, parse, to_score, to_text, to_timestamp};
use crate::schema::{judgements, rejudged_submissions, rejudgings};
use crate::{AnyConnection, DatabaseError, clock, database, events, fan_out, outbox};
use diesel::prelude::*;
use judge_types::{
    JudgementId, JudgementState, ProgressKind, RejudgingId, RejudgingKind, RejudgingOutcome,
    RejudgingState, RunUsage, UserId,
};

/// What became of the wish to close a rejudging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is done.
    Done,
    /// So many of its judgements have not come to their end.
    Unfinished(u64),
    /// It was applied or cancelled before.
    Before(RejudgingState),
    /// It is none that waits to be applied: its judgements count already.
    NoPreview,
    /// There is no such rejudging.
    Unknown,
}

/// Makes the new judgements of a preview current, all at once, with the events of their verdicts. What has got
/// another current judgement since it was made, and what has no verdict, is skipped, and kept as skipped.
///
/// `even_unfinished` says to do so before all are judged; what waits is not judged then.
///
/// # Errors
/// Where the database fails; nothing is changed then.
pub fn apply(
    connection: &mut AnyConnection,
    id: RejudgingId,
    by: UserId,
    note: Option<&str>,
    even_unfinished: bool,
) -> Result<Closed, DatabaseError> {
    database::write(connection, |connection| {
        let total = match hold_open(connection, id)? {
            Held::Open(total) => total,
            Held::Not(closed) => return Ok(closed),
        };
        hold_submissions(connection, id)?;
        let made = load(connection, id)?;
        let ended = made.iter().filter(|new| new.outcome != RejudgingOutcome::Unfinished).count();
        let unfinished = total.saturating_sub(ended as u64);
        if unfinished > 0 && !even_unfinished {
            return Ok(Closed::Unfinished(unfinished));
        }
        set_outcomes(connection, id, &made)?;
        let applied = made.into_iter().filter(|new| new.outcome == RejudgingOutcome::Applied);
        make_current(connection, &applied.collect::<Vec<_>>())?;
        if unfinished > 0 {
            drop_waiting(connection, id)?;
        }
        close(connection, id, RejudgingState::Applied, by, note)
    })
}

/// Gives a preview up: what waits is not judged, and nothing of it counts. What a function holds is judged to its end.
///
/// # Errors
/// Where the database fails; nothing is changed then.
pub fn cancel(
    connection: &mut AnyConnection,
    id: RejudgingId,
    by: UserId,
    note: Option<&str>,
) -> Result<Closed, DatabaseError> {
    database::write(connection, |connection| {
        if let Held::Not(closed) = hold_open(connection, id)? {
            return Ok(closed);
        }
        drop_waiting(connection, id)?;
        close(connection, id, RejudgingState::Cancelled, by, note)
    })
}

enum Held {
    /// It can be closed; it has so many submissions.
    Open(u64),
    Not(Closed),
}

/// Holds a rejudging, so that of two who close it the second sees what the first did.
fn hold_open(connection: &mut AnyConnection, id: RejudgingId) -> Result<Held, DatabaseError> {
    let found = diesel::update(rejudgings::table.find(id.to_string()))
        .set(rejudgings::total.eq(rejudgings::total))
        .returning((rejudgings::kind, rejudgings::closed_as, rejudgings::total))
        .get_result::<(String, Option<String>, i64)>(connection)
        .optional()?;
    let Some((kind, closed_as, total)) = found else { return Ok(Held::Not(Closed::Unknown)) };
    if parse::<RejudgingKind>("kind of rejudging", &kind)? == RejudgingKind::Direct {
        return Ok(Held::Not(Closed::NoPreview));
    }
    Ok(match closed_as {
        Some(state) => Held::Not(Closed::Before(parse("state of a rejudging", &state)?)),
        None => Held::Open(from_bigint(total)),
    })
}

fn close(
    connection: &mut AnyConnection,
    id: RejudgingId,
    state: RejudgingState,
    by: UserId,
    note: Option<&str>,
) -> Result<Closed, DatabaseError> {
    diesel::update(rejudgings::table.find(id.to_string()))
        .set((
            rejudgings::is_made.eq(true),
            rejudgings::closed_as.eq(state.name()),
            rejudgings::closed_by.eq(by.to_string()),
            rejudgings::closed_at.eq(to_timestamp(clock::now(connection)?)),
            rejudgings::note.eq(note.map(to_text)),
        ))
        .execute(connection)?;
    Ok(Closed::Done)
}

fn hold_submissions(connection: &mut AnyConnection, id: RejudgingId) -> QueryResult<()> {
    let submissions: Vec<String> = rejudged_submissions::table
        .filter(rejudged_submissions::rejudging_id.eq(id.to_string()))
        .select(rejudged_submissions::submission_id)
        .load(connection)?;
    events::hold_all(connection, &submissions.iter().collect::<Vec<_>>())
}

/// A judgement of a rejudging, and what is to become of it.
struct New {
    submission: String,
    replaces: String,
    judgement: JudgementId,
    outcome: RejudgingOutcome,
    /// The event of its verdict.
    finished: Option<ProgressKind>,
}

diesel::alias!(judgements as replaced: Replaced);

/// Submission, the old judgement, whether that is current, the new one, its state, verdict, usage and score.
type Row = (String, String, bool, String, String, Option<String>, (i64, i64, i64), Option<f64>);

fn load(connection: &mut AnyConnection, id: RejudgingId) -> Result<Vec<New>, DatabaseError> {
    let rows = rejudged_submissions::table
        .inner_join(
            judgements::table.on(judgements::rejudging_id
                .eq(rejudged_submissions::rejudging_id.nullable())
                .and(judgements::submission_id.eq(rejudged_submissions::submission_id))),
        )
        .inner_join(replaced.on(replaced.field(judgements::id).eq(rejudged_submissions::replaces)))
        .filter(rejudged_submissions::rejudging_id.eq(id.to_string()))
        .select((
            rejudged_submissions::submission_id,
            rejudged_submissions::replaces,
            replaced.field(judgements::is_current),
            judgements::id,
            judgements::state,
            judgements::verdict,
            (judgements::cpu_ms, judgements::wall_ms, judgements::memory_bytes),
            judgements::score,
        ))
        .load::<Row>(connection)?;
    rows.into_iter()
        .map(|(submission, replaces, is_current, judgement, state, verdict, usage, score)| {
            let state: JudgementState = parse("judgement state", &state)?;
            let usage = RunUsage {
                cpu_ms: from_bigint(usage.0),
                wall_ms: from_bigint(usage.1),
                memory_bytes: from_bigint(usage.2),
            };
            let finished = match verdict {
                Some(code) => Some(ProgressKind::Finished {
                    verdict: parse("verdict", &code)?,
                    usage,
                    score: to_score(score)?,
                }),
                None => None,
            };
            let outcome = match (state, &finished) {
                (JudgementState::Finished, Some(_)) if is_current => RejudgingOutcome::Applied,
                (JudgementState::Finished, Some(_)) => RejudgingOutcome::Superseded,
                (state, _) if state.is_final() => RejudgingOutcome::Failed,
                _ => RejudgingOutcome::Unfinished,
            };
            let judgement = parse("judgement id", &judgement)?;
            Ok(New { submission, replaces, judgement, outcome, finished })
        })
        .collect()
}

fn set_outcomes(connection: &mut AnyConnection, id: RejudgingId, made: &[New]) -> QueryResult<()> {
    let all = || {
        rejudged_submissions::table.filter(rejudged_submissions::rejudging_id.eq(id.to_string()))
    };
    // First for all: some may not even be made.
    diesel::update(all())
        .set(rejudged_submissions::outcome.eq(RejudgingOutcome::Unfinished.name()))
        .execute(connection)?;
    for outcome in RejudgingOutcome::ALL {
        let of_it = made.iter().filter(|new| new.outcome == outcome);
        let submissions: Vec<&String> = of_it.map(|new| &new.submission).collect();
        for some in submissions.chunks(ROWS) {
            diesel::update(all().filter(rejudged_submissions::submission_id.eq_any(some)))
                .set(rejudged_submissions::outcome.eq(outcome.name()))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// Makes judgements current, whose submissions are held.
fn make_current(connection: &mut AnyConnection, new: &[New]) -> Result<(), DatabaseError> {
    let now = clock::now(connection)?;
    for some in new.chunks(ROWS) {
        let finished = some
            .iter()
            .filter_map(|new| Some((new.submission.clone(), new.judgement, new.finished.clone()?)));
        events::append_to_each(connection, &finished.collect::<Vec<_>>(), now)?;
        let old = some.iter().map(|new| &new.replaces);
        diesel::update(judgements::table.filter(judgements::id.eq_any(old)))
            .set(judgements::is_current.eq(false))
            .execute(connection)?;
        let new = some.iter().map(|new| new.judgement.to_string());
        diesel::update(judgements::table.filter(judgements::id.eq_any(new)))
            .set((judgements::is_current.eq(true), judgements::is_preview.eq(false)))
            .execute(connection)?;
    }
    Ok(())
}

/// Ends the judgements that no function holds, without a verdict and without an error, with their tasks.
fn drop_waiting(connection: &mut AnyConnection, id: RejudgingId) -> Result<(), DatabaseError> {
    let now = clock::now(connection)?;
    let dropped: Vec<String> = diesel::update(
        judgements::table
            .filter(judgements::rejudging_id.eq(id.to_string()))
            .filter(judgements::is_preview.eq(true))
            .filter(judgements::state.eq(JudgementState::Queued.name())),
    )
    .set((
        judgements::state.eq(JudgementState::Failed.name()),
        judgements::finished_at.eq(to_timestamp(now)),
    ))
    .returning(judgements::id)
    .get_results(connection)?;
    for some in dropped.chunks(ROWS) {
        fan_out::close_all(connection, some)?;
        outbox::remove_idle(connection, some)?;
    }
    Ok(())
}
