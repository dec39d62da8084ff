//! How much there is to do, as monitoring asks for it.

use crate::convert::{from_bigint, from_timestamp};
use crate::schema::{judgements, outbox};
use crate::{AnyConnection, DatabaseError};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use judge_types::{JudgementState, JudgingErrorKind, Lane};
use time::{OffsetDateTime, PrimitiveDateTime};

/// What one lane has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Which lane.
    pub lane: Lane,
    /// Tasks whose judgement no function has claimed.
    pub ready: u64,
    /// Tasks whose judgement a function works on.
    pub in_flight: u64,
    /// When the oldest of those ready was queued.
    pub oldest: Option<OffsetDateTime>,
}

/// The backlog of every lane in which judgements wait, in the order of [`Lane::OF_JUDGEMENTS`].
///
/// # Errors
/// Where the database fails.
pub fn backlog(
    connection: &mut AnyConnection,
) -> Result<[Backlog; Lane::OF_JUDGEMENTS.len()], DatabaseError> {
    let tasks = || {
        outbox::table
            .inner_join(judgements::table.on(judgements::id.eq(outbox::judgement_id)))
            .group_by(outbox::lane_rank)
    };
    let queued = JudgementState::Queued.name();
    let ready: Vec<(i32, i64, Option<PrimitiveDateTime>)> = tasks()
        .filter(judgements::state.eq(queued))
        .select((outbox::lane_rank, count_star(), min(outbox::enqueued_at)))
        .load(connection)?;
    let in_flight: Vec<(i32, i64)> = tasks()
        .filter(judgements::state.ne(queued))
        .select((outbox::lane_rank, count_star()))
        .load(connection)?;
    Ok(Lane::OF_JUDGEMENTS.map(|lane| {
        let ready = ready.iter().find(|(rank, ..)| *rank == lane.rank());
        let in_flight = in_flight.iter().find(|(rank, _)| *rank == lane.rank());
        Backlog {
            lane,
            ready: ready.map_or(0, |(_, tasks, _)| from_bigint(*tasks)),
            in_flight: in_flight.map_or(0, |(_, tasks)| from_bigint(*tasks)),
            oldest: ready.and_then(|(_, _, oldest)| oldest.map(from_timestamp)),
        }
    }))
}

/// How many submissions have no verdict because their task was given up after too many deliveries.
///
/// # Errors
/// Where the database fails.
pub fn dead_letters(connection: &mut AnyConnection) -> Result<u64, DatabaseError> {
    let dead: i64 = judgements::table
        .filter(judgements::error_kind.eq(JudgingErrorKind::DeliveryLimit.name()))
        .filter(judgements::is_current.eq(true))
        .count()
        .get_result(connection)?;
    Ok(from_bigint(dead))
}
