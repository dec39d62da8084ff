//! The outbox as a broker's relays see it.
//!
//! An entry that was published stays until its judgement has come to its end, so that whatever the broker
//! loses can be published again. That a task comes twice does no harm: its claim is fenced.

use super::{LONGEST_WAIT, PutBack, available_after, by_helper, entry, free, turns};
use crate::convert::{from_integer, parse, to_integer, to_timestamp};
use crate::schema::{judgements, outbox};
use crate::{AnyConnection, DatabaseError, clock, database};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState, Lane, TaskKey};
use time::{Duration, PrimitiveDateTime};

/// A task that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is about.
    pub judgement: JudgementId,
    /// Which helper's it is, from 1; 0 for the judgement's own.
    pub helper: u32,
    /// The task as JSON.
    pub task: String,
    /// How often it has been delivered already.
    pub deliveries: u32,
    /// Until when it is held; tells this hold from others.
    held_until: PrimitiveDateTime,
}

/// The entries that a relay may publish at this time.
macro_rules! publishable {
    ($now:expr) => {
        free!($now).filter(outbox::published_at.is_null())
    };
}

/// The lanes in which something is to be published, the most urgent first.
///
/// # Errors
/// Where the database fails.
pub fn lanes_to_publish(connection: &mut AnyConnection) -> Result<Vec<Lane>, DatabaseError> {
    let now = clock::now(connection)?;
    let ranks: Vec<i32> = publishable!(now)
        .select(outbox::lane_rank)
        .distinct()
        .order(outbox::lane_rank.asc())
        .load(connection)?;
    Ok(Lane::ALL.into_iter().filter(|lane| ranks.contains(&lane.rank())).collect())
}

/// Holds the next tasks of a lane, in their turn and at most `most`, for one relay, until it says that they
/// are published or `length`, at most [`LONGEST_WAIT`], is over.
///
/// # Errors
/// Where the database fails.
pub fn hold_to_publish(
    connection: &mut AnyConnection,
    lane: Lane,
    most: u32,
    length: Duration,
) -> Result<Vec<Waiting>, DatabaseError> {
    database::write(connection, |connection| {
        let now = clock::now(connection)?;
        let held_until = to_timestamp(now + length.min(LONGEST_WAIT));
        let keys: Vec<(i32, String)> = publishable!(now)
            .filter(outbox::lane_rank.eq(lane.rank()))
            .order((
                outbox::turn.asc(),
                outbox::ahead.asc(),
                outbox::judgement_id.asc(),
                outbox::helper.asc(),
            ))
            .limit(most.into())
            .select((outbox::helper, outbox::judgement_id))
            .load(connection)?;
        let mut held: Vec<(i64, i64, String, i32, String, i32)> = Vec::with_capacity(keys.len());
        for (helper, ids) in by_helper(keys) {
            // Guarded once more: of two relays, one changes each row.
            let own = outbox::helper.eq(helper).and(outbox::judgement_id.eq_any(ids));
            held.extend(
                diesel::update(publishable!(now).filter(own))
                    .set(outbox::taken_until.eq(held_until))
                    .returning((
                        outbox::turn,
                        outbox::ahead,
                        outbox::judgement_id,
                        outbox::helper,
                        outbox::task,
                        outbox::deliveries,
                    ))
                    .get_results::<(i64, i64, String, i32, String, i32)>(connection)?,
            );
        }
        // In their turn, which the database does not return them in.
        held.sort_unstable();
        if let Some((turn, ..)) = held.last() {
            turns::move_on(connection, lane.rank(), *turn)?;
        }
        held.into_iter()
            .map(|(_, _, id, helper, task, deliveries)| {
                let judgement = parse("judgement id", &id)?;
                let (helper, deliveries) = (from_integer(helper), from_integer(deliveries));
                Ok(Waiting { judgement, helper, task, deliveries, held_until })
            })
            .collect()
    })
}

/// Says that a broker has these tasks of one hold now.
///
/// Only of those that are still held: a scaler may have had one already, and want it published anew, which would be
/// forgotten here.
///
/// # Errors
/// Where the database fails; they are published again then.
pub fn mark_published(
    connection: &mut AnyConnection,
    published: &[Waiting],
) -> Result<(), DatabaseError> {
    let Some(Waiting { held_until, .. }) = published.first() else { return Ok(()) };
    let now = clock::now(connection)?;
    let keys = published.iter().map(|one| (to_integer(one.helper), one.judgement.to_string()));
    for (helper, ids) in by_helper(keys) {
        let own = outbox::helper.eq(helper).and(outbox::judgement_id.eq_any(ids));
        diesel::update(outbox::table.filter(outbox::taken_until.eq(*held_until)).filter(own))
            .set((
                outbox::published_at.eq(Some(to_timestamp(now))),
                outbox::taken_until.eq(None::<PrimitiveDateTime>),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Has a task published again, after `delay`: its message was not of use, and is to be acknowledged.
///
/// # Errors
/// Where the database fails.
pub fn unpublish(
    connection: &mut AnyConnection,
    key: impl Into<TaskKey>,
    delay: Duration,
    counted: PutBack,
) -> Result<(), DatabaseError> {
    let available_at = available_after(connection, delay)?;
    let (kept, more) = counted.count();
    diesel::update(entry(key.into()))
        .set((
            outbox::published_at.eq(None::<PrimitiveDateTime>),
            outbox::taken_until.eq(None::<PrimitiveDateTime>),
            outbox::available_at.eq(available_at),
            outbox::deliveries.eq(outbox::deliveries * kept + more),
        ))
        .execute(connection)?;
    Ok(())
}

/// Has all tasks of these lanes published again, also those that are being published: the broker has lost its queues.
/// Returns how many.
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
        .filter(outbox::published_at.is_not_null().or(outbox::taken_until.is_not_null()));
    Ok(diesel::update(lost)
        .set((
            outbox::published_at.eq(None::<PrimitiveDateTime>),
            outbox::taken_until.eq(None::<PrimitiveDateTime>),
        ))
        .execute(connection)?)
}

/// Has tasks published again that were published this long ago and that no function has claimed since. Returns how many.
///
/// # Errors
/// Where the database fails.
pub fn unpublish_forgotten(
    connection: &mut AnyConnection,
    age: Duration,
) -> Result<usize, DatabaseError> {
    let waiting = judgements::table
        .filter(judgements::state.eq(JudgementState::Queued.name()))
        .select(judgements::id);
    let now = clock::now(connection)?;
    let forgotten = outbox::table
        // What was published later than now was so before the clock was set back, which may be long ago.
        .filter(
            outbox::published_at
                .le(to_timestamp(now - age))
                .or(outbox::published_at.gt(to_timestamp(now))),
        )
        .filter(outbox::judgement_id.eq_any(waiting));
    Ok(diesel::update(forgotten)
        .set(outbox::published_at.eq(None::<PrimitiveDateTime>))
        .execute(connection)?)
}
