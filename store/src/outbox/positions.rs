//! The places of judgements in the queue.

use super::unclaimed;
use crate::convert::from_bigint;
use crate::schema::{judgements, outbox};
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// What decides who is served first, in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    lane_rank: i32,
    turn: i64,
    ahead: i64,
    judgement: String,
}

type Row = (i32, i64, i64, String);

impl From<Row> for Place {
    fn from((lane_rank, turn, ahead, judgement): Row) -> Self {
        Self { lane_rank, turn, ahead, judgement }
    }
}

/// The unclaimed entries that people wait for: of previews nobody is told, so nobody waits behind them.
macro_rules! awaited {
    () => {
        unclaimed!().filter(judgements::is_preview.eq(false))
    };
}

/// Selects their places.
macro_rules! places {
    () => {
        awaited!().select((outbox::lane_rank, outbox::turn, outbox::ahead, outbox::judgement_id))
    };
}

/// The place of a judgement among those waiting, from 1; `None` where it does not wait.
///
/// # Errors
/// Where the database fails.
pub fn position(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Option<u64>, DatabaseError> {
    let Some(place) = place(connection, judgement)? else { return Ok(None) };
    count_to(connection, &place).map(Some)
}

fn place(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Option<Place>, DatabaseError> {
    let own = places!().filter(outbox::judgement_id.eq(judgement.to_string()));
    Ok(own.first::<Row>(connection).optional()?.map(Place::from))
}

fn count_to(connection: &mut AnyConnection, place: &Place) -> Result<u64, DatabaseError> {
    let Place { lane_rank, turn, ahead, judgement } = place;
    let alike = outbox::ahead.eq(ahead).and(outbox::judgement_id.lt(judgement));
    let in_turn = outbox::turn.eq(turn).and(outbox::ahead.lt(ahead).or(alike));
    let earlier = outbox::lane_rank.eq(lane_rank).and(outbox::turn.lt(turn).or(in_turn));
    let earlier: i64 = awaited!()
        .filter(outbox::lane_rank.lt(lane_rank).or(earlier))
        .count()
        .get_result(connection)?;
    Ok(from_bigint(earlier) + 1)
}

/// Tells positions to many who ask: exactly while few wait; in a long queue from a view of it
/// that is a moment old, since counting anew for everybody who waits takes time with the square of their number.
#[derive(Debug, Default)]
pub struct Positions {
    line: Mutex<Option<Arc<Line>>>,
    /// Held by who looks at the whole queue: the others make do with the view before.
    looking: Mutex<()>,
}

/// Everybody who waited at a time, in order.
#[derive(Debug)]
struct Line {
    places: Vec<Place>,
    seen_at: Instant,
    /// How long this view will do.
    fresh_for: Duration,
}

/// Up to here, places are counted for everybody who asks.
const FEW: u64 = 1_000;
/// At most one part in so many of the time is spent on looking at a long queue.
const SHARE: u32 = 20;

impl Positions {
    /// The place of a judgement among those waiting, from 1; `None` where it does not wait.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn of(
        &self,
        connection: &mut AnyConnection,
        judgement: JudgementId,
    ) -> Result<Option<u64>, DatabaseError> {
        let Some(place) = place(connection, judgement)? else { return Ok(None) };
        let Some(line) = self.line(connection)? else {
            let position = count_to(connection, &place)?;
            if position > FEW {
                self.look(connection)?;
            }
            return Ok(Some(position));
        };
        // One that has come since is told its place among those who were there.
        let earlier = line.places.partition_point(|other| *other < place);
        Ok(Some(earlier as u64 + 1))
    }

    /// The view of a long queue; `None` while it is short.
    fn line(&self, connection: &mut AnyConnection) -> Result<Option<Arc<Line>>, DatabaseError> {
        let line = lock(&self.line).clone();
        match line {
            Some(line) if line.seen_at.elapsed() > line.fresh_for => {
                self.look(connection)?;
                Ok(lock(&self.line).clone())
            }
            line => Ok(line),
        }
    }

    /// Looks at the whole queue, unless somebody else is doing so.
    fn look(&self, connection: &mut AnyConnection) -> Result<(), DatabaseError> {
        let _looking = match self.looking.try_lock() {
            Ok(looking) => looking,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let began = Instant::now();
        let rows: Vec<Row> = places!().load(connection)?;
        let mut places: Vec<Place> = rows.into_iter().map(Place::from).collect();
        places.sort_unstable();
        let is_long = places.len() as u64 > FEW;
        let line = Line { places, seen_at: Instant::now(), fresh_for: began.elapsed() * SHARE };
        *lock(&self.line) = is_long.then(|| Arc::new(line));
        Ok(())
    }
}

/// What is behind it is replaced whole, so a panic elsewhere leaves it in order.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
