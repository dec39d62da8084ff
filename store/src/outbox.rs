//! Tasks on their way to a function.
//!
//! An entry is committed with its judgement and removed with the verdict. The
//! embedded queue serves them from here; a broker's relay publishes them from here.

mod backlog;
mod positions;
mod publishing;
mod turns;
mod waiting;

pub use backlog::{Backlog, backlog, dead_letters};
pub use positions::{Positions, position};
pub use publishing::{
    Waiting, hold_to_publish, lanes_to_publish, mark_published, unpublish, unpublish_forgotten,
    unpublish_lanes,
};

pub use waiting::LONGEST_WAIT;
use waiting::{AT_ONCE, BEYOND, available_after, free};

use crate::convert::{from_bigint, from_integer, from_timestamp, parse, to_integer, to_timestamp};
use crate::schema::{judgements, outbox};
use crate::{AnyConnection, DatabaseError, clock, database};
use diesel::dsl::min;
use diesel::prelude::*;
use judge_types::{JudgementId, JudgementState, Lane, TaskKey};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// A task taken off the queue for one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What it is about.
    pub judgement: JudgementId,
    /// Which helper's it is, from 1; 0 for the judgement's own.
    pub helper: u32,
    /// The task as JSON, for the function's standard input.
    pub task: String,
    /// How often it has been delivered, this time included.
    pub deliveries: u32,
}

/// A task to add.
pub(crate) struct NewTask {
    /// What it is about.
    pub(crate) key: TaskKey,
    /// Whose it is: the id of a user.
    pub(crate) user: String,
    /// The task as JSON.
    pub(crate) task: String,
}

/// Adds tasks. Part of the transaction that makes their judgements, and the last thing that it holds.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    lane: Lane,
    mut tasks: Vec<NewTask>,
    now: OffsetDateTime,
) -> Result<(), DatabaseError> {
    // Users in order, so that nobody waits in a circle for another's turns; the tasks of each stay in theirs.
    tasks.sort_by(|one, other| one.user.cmp(&other.user));
    let mut rows = Vec::with_capacity(tasks.len());
    for tasks in tasks.chunk_by(|one, other| one.user == other.user) {
        let user = &tasks[0].user;
        let places = turns::next(connection, user, lane, tasks.len())?;
        rows.extend(tasks.iter().zip(places).map(|(task, place)| {
            (
                outbox::judgement_id.eq(task.key.judgement.to_string()),
                outbox::helper.eq(to_integer(task.key.helper)),
                outbox::user_id.eq(user),
                outbox::lane_rank.eq(lane.rank()),
                outbox::turn.eq(place.turn),
                outbox::ahead.eq(place.ahead),
                outbox::task.eq(&task.task),
                outbox::enqueued_at.eq(to_timestamp(now)),
                outbox::available_at.eq(AT_ONCE),
                outbox::deliveries.eq(0),
            )
        }));
    }
    database::insert_all!(connection, outbox::table, rows)?;
    Ok(())
}

/// Takes the judgement's task off the queue for good, and those of its helpers. Part of the transaction that ends the
/// judgement.
pub(crate) fn remove(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<(), DatabaseError> {
    let tasks = outbox::table.filter(outbox::judgement_id.eq(judgement.to_string()));
    diesel::delete(tasks).execute(connection)?;
    Ok(())
}

/// Takes one task off the queue for good.
///
/// # Errors
/// Where the database fails.
pub fn remove_one(connection: &mut AnyConnection, key: TaskKey) -> Result<(), DatabaseError> {
    diesel::delete(entry(key)).execute(connection)?;
    Ok(())
}

/// The entry of one task.
#[diesel::dsl::auto_type(no_type_alias)]
fn entry(key: TaskKey) -> _ {
    let (id, helper): (String, i32) = (key.judgement.to_string(), to_integer(key.helper));
    outbox::table.find((id, helper))
}

/// The judgements of these tasks by the helper that each is for: a database cannot look for pairs.
fn by_helper(keys: impl IntoIterator<Item = (i32, String)>) -> BTreeMap<i32, Vec<String>> {
    let mut by_helper = BTreeMap::<i32, Vec<String>>::new();
    for (helper, id) in keys {
        by_helper.entry(helper).or_default().push(id);
    }
    by_helper
}

/// Takes the tasks of these judgements off the queue, and those of their helpers, but for those that somebody is taking at
/// this moment: they find that there is nothing to do. Part of the transaction that ends the judgements.
pub(crate) fn remove_idle(
    connection: &mut AnyConnection,
    judgements: &[String],
) -> Result<(), DatabaseError> {
    let entries = outbox::table.filter(outbox::judgement_id.eq_any(judgements));
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            diesel::delete(entries).execute(sqlite)?;
        }
        AnyConnection::Postgres(postgres) => {
            let idle: Vec<(i32, String)> = entries
                .select((outbox::helper, outbox::judgement_id))
                .for_update()
                .skip_locked()
                .load(postgres)?;
            for (helper, ids) in by_helper(idle) {
                let own = outbox::helper.eq(helper).and(outbox::judgement_id.eq_any(ids));
                diesel::delete(outbox::table.filter(own)).execute(postgres)?;
            }
        }
    }
    Ok(())
}

/// Takes the next task, the most urgent lane and then the earliest turn first, for `length`, at most
/// [`LONGEST_WAIT`], unless renewed; `None` where nothing waits.
///
/// # Errors
/// Where the database fails.
pub fn take(
    connection: &mut AnyConnection,
    length: Duration,
) -> Result<Option<Delivery>, DatabaseError> {
    database::write(connection, |connection| {
        let now = clock::now(connection)?;
        let waiting = free!(now)
            .order((
                outbox::lane_rank.asc(),
                outbox::turn.asc(),
                outbox::ahead.asc(),
                outbox::judgement_id.asc(),
            ))
            .select((
                outbox::judgement_id,
                outbox::helper,
                outbox::task,
                outbox::deliveries,
                outbox::lane_rank,
                outbox::turn,
            ))
            .limit(1);
        let next: Result<(String, i32, String, i32, i32, i64), _> = match connection {
            AnyConnection::Sqlite(sqlite) => waiting.first(sqlite),
            // Past what other takers are about to take, instead of all waiting for the same.
            AnyConnection::Postgres(postgres) => {
                waiting.for_no_key_update().skip_locked().first(postgres)
            }
        };
        let Some((id, helper, task, deliveries, lane_rank, turn)) = next.optional()? else {
            return Ok(None);
        };
        // Guarded by what was read: of two takers, one changes the row.
        let changed = diesel::update(
            outbox::table
                .filter(outbox::judgement_id.eq(&id))
                .filter(outbox::helper.eq(helper))
                .filter(outbox::deliveries.eq(deliveries)),
        )
        .set((
            outbox::taken_until.eq(to_timestamp(now + length.min(LONGEST_WAIT))),
            outbox::deliveries.eq(deliveries + 1),
        ))
        .execute(connection)?;
        if changed == 0 {
            return Ok(None);
        }
        turns::move_on(connection, lane_rank, turn)?;
        let judgement = parse("judgement id", &id)?;
        let (helper, deliveries) = (from_integer(helper), from_integer(deliveries + 1));
        Ok(Some(Delivery { judgement, helper, task, deliveries }))
    })
}

/// The entries that nobody has taken, and whose judgement no function has claimed.
macro_rules! unclaimed {
    () => {
        outbox::table
            .inner_join(judgements::table.on(judgements::id.eq(outbox::judgement_id)))
            .filter(outbox::taken_until.is_null())
            .filter(outbox::helper.eq(0))
            .filter(judgements::state.eq(JudgementState::Queued.name()))
    };
}
use unclaimed;

/// The entry of a task, where a scaler has taken it.
macro_rules! taken {
    ($key:expr) => {
        entry($key.into()).filter(outbox::taken_until.is_not_null())
    };
}

/// Keeps a taken task for another `length`, while its function runs. Nothing happens to one that
/// is not taken: it waits for someone else.
///
/// # Errors
/// Where the database fails.
pub fn renew(
    connection: &mut AnyConnection,
    key: impl Into<TaskKey>,
    length: Duration,
) -> Result<(), DatabaseError> {
    let until = to_timestamp(clock::now(connection)? + length.min(LONGEST_WAIT));
    diesel::update(taken!(key)).set(outbox::taken_until.eq(until)).execute(connection)?;
    Ok(())
}

/// Whether a task that is put back counts toward the delivery limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutBack {
    /// Its function died or failed.
    Counted,
    /// It could not start, or was asked to stop: not the task's fault.
    Uncounted,
    /// Its function got on with it: what was counted before is forgotten.
    Anew,
}

impl PutBack {
    /// What the count of deliveries is multiplied by, and what is then added, where the last one is not in it yet.
    fn count(self) -> (i32, i32) {
        match self {
            Self::Counted => (1, 1),
            Self::Uncounted => (1, 0),
            Self::Anew => (0, 0),
        }
    }
}

/// Puts a taken task back, to be taken again after `delay`. Nothing happens to one that is not taken.
///
/// # Errors
/// Where the database fails.
pub fn put_back(
    connection: &mut AnyConnection,
    key: impl Into<TaskKey>,
    delay: Duration,
    counted: PutBack,
) -> Result<(), DatabaseError> {
    let available_at = available_after(connection, delay)?;
    let (kept, more) = counted.count();
    diesel::update(taken!(key))
        .set((
            outbox::taken_until.eq(None::<PrimitiveDateTime>),
            outbox::available_at.eq(available_at),
            // The last one was counted when it was taken.
            outbox::deliveries.eq((outbox::deliveries - 1) * kept + more),
        ))
        .execute(connection)?;
    Ok(())
}

/// For how long a task has been on its way, wherever it was meanwhile; zero where there is none.
///
/// # Errors
/// Where the database fails.
pub fn age(
    connection: &mut AnyConnection,
    key: impl Into<TaskKey>,
) -> Result<Duration, DatabaseError> {
    let since: Option<PrimitiveDateTime> =
        entry(key.into()).select(outbox::enqueued_at).first(connection).optional()?;
    let Some(since) = since.map(from_timestamp) else { return Ok(Duration::ZERO) };
    // The clock may have been set back since.
    Ok((clock::now(connection)? - since).max(Duration::ZERO))
}

/// Drops a task whose judgement has come to its end, or that of a helper, who was not needed; false where it stays.
///
/// The word of a function that says it is done is not enough: should it have ended without a
/// verdict, the task stays, and is served again once the time is over for which it was taken.
///
/// # Errors
/// Where the database fails.
pub fn acknowledge(
    connection: &mut AnyConnection,
    key: impl Into<TaskKey>,
) -> Result<bool, DatabaseError> {
    let key = key.into();
    if key.is_help() {
        remove_one(connection, key)?;
        return Ok(true);
    }
    let id = key.judgement.to_string();
    database::write(connection, |connection| {
        let state: Option<String> =
            judgements::table.find(&id).select(judgements::state).first(connection).optional()?;
        let state = state.map(|state| parse::<JudgementState>("judgement state", &state));
        let is_over = state.transpose()?.is_none_or(JudgementState::is_final);
        if is_over {
            remove(connection, key.judgement)?;
        }
        Ok(is_over)
    })
}

/// Whether a judgement's task has waited for so long that nobody has taken, though somebody could have.
///
/// # Errors
/// Where the database fails.
pub fn is_anyone_waiting(
    connection: &mut AnyConnection,
    since: Duration,
) -> Result<bool, DatabaseError> {
    let now = clock::now(connection)?;
    let waiting: Option<String> = unclaimed!()
        .filter(outbox::available_at.le(to_timestamp(now)))
        .filter(outbox::enqueued_at.le(to_timestamp(now - since)))
        .select(outbox::judgement_id)
        .first(connection)
        .optional()?;
    Ok(waiting.is_some())
}

/// How long it is until the next task can be taken, if nothing happens before; `None` where there is none. One that is
/// taken can be once its taker has not renewed it in time.
///
/// # Errors
/// Where the database fails.
pub fn next_available(connection: &mut AnyConnection) -> Result<Option<Duration>, DatabaseError> {
    let free: Option<PrimitiveDateTime> = outbox::table
        .filter(outbox::taken_until.is_null())
        .select(min(outbox::available_at))
        .first(connection)?;
    let taken: Option<PrimitiveDateTime> =
        outbox::table.select(min(outbox::taken_until)).first(connection)?;
    let Some(at) = free.into_iter().chain(taken).min().map(from_timestamp) else { return Ok(None) };
    let wait = at - clock::now(connection)?;
    Ok(Some(if wait > BEYOND { Duration::ZERO } else { wait.max(Duration::ZERO) }))
}

/// How many tasks wait, and how many are with a function.
///
/// # Errors
/// Where the database fails.
pub fn depth(connection: &mut AnyConnection) -> Result<(u64, u64), DatabaseError> {
    let all: i64 = outbox::table.count().get_result(connection)?;
    let waiting: i64 = unclaimed!().count().get_result(connection)?;
    Ok((from_bigint(waiting), from_bigint(all - waiting)))
}
