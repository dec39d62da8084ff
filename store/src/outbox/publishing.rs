//! The outbox as a broker's relays see it.
//!
//! An entry that was published stays until its judgement has come to its end, so that whatever the broker
//! loses can be published again. That a task comes twice does no harm: its claim is fenced.

use super::{AT_ONCE, PutBack, turns};
use crate::convert::{from_integer, parse, to_timestamp};
use crate::schema::{judgements, outbox};
use crate::{AnyConnection, DatabaseError, database};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState, Lane};
use std::collections::HashSet;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// A task that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is about.
    pub judgement: JudgementId,
    /// The task as JSON.
    pub task: String,
    /// How often it has been delivered already.
    pub deliveries: u32,
    /// Until when it is held for the relay that was given it.
    pub held_until: OffsetDateTime,
}

/// The entries that a relay may publish at this time.
macro_rules! publishable {
    ($now:expr) => {
        outbox::table
            .filter(outbox::published_at.is_null())
            .filter(outbox::available_at.le(to_timestamp($now)))
            .filter(outbox::taken_until.is_null().or(outbox::taken_until.le(to_timestamp($now))))
    };
}

/// The lanes in which something is to be published, the most urgent first.
///
/// # Errors
/// Where the database fails.
pub fn lanes_to_publish(connection: &mut AnyConnection) -> Result<Vec<Lane>, DatabaseError> {
    let now = judge_types::now();
    let ranks: Vec<i32> = publishable!(now)
        .select(outbox::lane_rank)
        .distinct()
        .order(outbox::lane_rank.asc())
        .load(connection)?;
    Ok(Lane::ALL.into_iter().filter(|lane| ranks.contains(&lane.rank())).collect())
}

/// Holds the next tasks of a lane, in their turn and at most `most`, for one relay, until it says that they
/// are published or `length` is over.
///
/// # Errors
/// Where the database fails.
pub fn hold_to_publish(
    connection: &mut AnyConnection,
    lane: Lane,
    most: u32,
    length: Duration,
) -> Result<Vec<Waiting>, DatabaseError> {
    let now = judge_types::now();
    let held_until = now + length;
    database::write(connection, |connection| {
        let ids: Vec<String> = publishable!(now)
            .filter(outbox::lane_rank.eq(lane.rank()))
            .order((outbox::turn.asc(), outbox::ahead.asc(), outbox::judgement_id.asc()))
            .limit(most.into())
            .select(outbox::judgement_id)
            .load(connection)?;
        // Guarded once more: of two relays, one changes each row.
        let mut held: Vec<(i64, i64, String, String, i32)> =
            diesel::update(publishable!(now).filter(outbox::judgement_id.eq_any(&ids)))
                .set(outbox::taken_until.eq(Some(to_timestamp(held_until))))
                .returning((
                    outbox::turn,
                    outbox::ahead,
                    outbox::judgement_id,
                    outbox::task,
                    outbox::deliveries,
                ))
                .get_results(connection)?;
        // In their turn, which the database does not return them in.
        held.sort_unstable();
        if let Some((turn, ..)) = held.last() {
            turns::move_on(connection, lane.rank(), *turn)?;
        }
        held.into_iter()
            .map(|(_, _, id, task, deliveries)| {
                let judgement = parse("judgement id", &id)?;
                let deliveries = from_integer(deliveries);
                Ok(Waiting { judgement, task, deliveries, held_until })
            })
            .collect()
    })
}

/// Says that a broker has these held tasks now. Nothing happens to one that is not held any more: its message has
/// come back already, and is to be published anew.
///
/// # Errors
/// Where the database fails; they are published again then.
pub fn mark_published(
    connection: &mut AnyConnection,
    published: &[Waiting],
) -> Result<(), DatabaseError> {
    let ids = published.iter().map(|waiting| waiting.judgement.to_string());
    let holds = published.iter().map(|waiting| to_timestamp(waiting.held_until));
    let held = outbox::table
        .filter(outbox::judgement_id.eq_any(ids))
        .filter(outbox::taken_until.eq_any(holds.map(Some).collect::<HashSet<_>>()));
    diesel::update(held)
        .set((
            outbox::published_at.eq(Some(to_timestamp(judge_types::now()))),
            outbox::taken_until.eq(None::<PrimitiveDateTime>),
        ))
        .execute(connection)?;
    Ok(())
}

/// Has a task published again, after `delay`: its message was not of use, and is to be acknowledged.
///
/// # Errors
/// Where the database fails.
pub fn unpublish(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    delay: Duration,
    counted: PutBack,
) -> Result<(), DatabaseError> {
    let available_at =
        if delay.is_positive() { to_timestamp(judge_types::now() + delay) } else { AT_ONCE };
    let more = i32::from(counted == PutBack::Counted);
    diesel::update(outbox::table.find(judgement.to_string()))
        .set((
            outbox::published_at.eq(None::<PrimitiveDateTime>),
            outbox::taken_until.eq(None::<PrimitiveDateTime>),
            outbox::available_at.eq(available_at),
            outbox::deliveries.eq(outbox::deliveries + more),
        ))
        .execute(connection)?;
    Ok(())
}

/// Has all tasks of these lanes published again: the broker has lost its queues. Returns how many.
///
/// # Errors
/// Where the database fails.
pub fn unpublish_lanes(
    connection: &mut AnyConnection,
    lanes: &[Lane],
) -> Result<usize, DatabaseError> {
    let ranks: Vec<i32> = lanes.iter().map(|lane| lane.rank()).collect();
    let lost = outbox::table
        .filter(outbox::lane_rank.eq_any(ranks))
        .filter(outbox::published_at.is_not_null());
    Ok(diesel::update(lost)
        .set(outbox::published_at.eq(None::<PrimitiveDateTime>))
        .execute(connection)?)
}

/// Has tasks published again that were published before `before` and that no function has claimed since.
/// Returns how many.
///
/// # Errors
/// Where the database fails.
pub fn unpublish_forgotten(
    connection: &mut AnyConnection,
    before: OffsetDateTime,
) -> Result<usize, DatabaseError> {
    let waiting = judgements::table
        .filter(judgements::state.eq(JudgementState::Queued.name()))
        .select(judgements::id);
    let forgotten = outbox::table
        .filter(outbox::published_at.le(to_timestamp(before)))
        .filter(outbox::judgement_id.eq_any(waiting));
    Ok(diesel::update(forgotten)
        .set(outbox::published_at.eq(None::<PrimitiveDateTime>))
        .execute(connection)?)
}
