//! In which turn of its lane a task is served.

use crate::convert::{from_bigint, to_bigint};
use crate::schema::turns;
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use judge_types::{Lane, turn_for};

/// The user of the row that says where the lane itself is.
const LANE: &str = "";

/// A task's place in its lane.
pub(super) struct Place {
    pub(super) turn: i64,
    /// How many turns that is ahead of where the lane is.
    pub(super) ahead: i64,
}

/// The places of a user's next tasks, so many.
pub(super) fn next(
    connection: &mut AnyConnection,
    user: &str,
    lane: Lane,
    tasks: usize,
) -> Result<Vec<Place>, DatabaseError> {
    let rank = lane.rank();
    let lane_turn: i64 = turns::table.find((rank, LANE)).select(turns::turn).first(connection)?;
    // Of two requests at once, the second waits for the first here.
    add_missing(connection, rank, user, lane_turn - 1)?;
    let row = turns::table.find((rank, user));
    diesel::update(row).set(turns::turn.eq(turns::turn)).execute(connection)?;
    let last: i64 = row.select(turns::turn).first(connection)?;
    // Before its first turn, where that is -1.
    let mut last = (last >= 0).then(|| from_bigint(last));
    let places = (0..tasks).map(|_| {
        let turn = turn_for(from_bigint(lane_turn), last);
        last = Some(turn);
        let turn = to_bigint(turn);
        Place { turn, ahead: turn - lane_turn }
    });
    let places: Vec<Place> = places.collect();
    if let Some(Place { turn, .. }) = places.last() {
        diesel::update(row).set(turns::turn.eq(turn)).execute(connection)?;
    }
    Ok(places)
}

/// A task of this turn is being served.
pub(super) fn move_on(
    connection: &mut AnyConnection,
    lane_rank: i32,
    turn: i64,
) -> Result<(), DatabaseError> {
    diesel::update(turns::table.find((lane_rank, LANE)).filter(turns::turn.lt(turn)))
        .set(turns::turn.eq(turn))
        .execute(connection)?;
    Ok(())
}

fn add_missing(
    connection: &mut AnyConnection,
    lane_rank: i32,
    user: &str,
    turn: i64,
) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => diesel::sql_query(
            "INSERT OR IGNORE INTO turns (lane_rank, user_id, turn) VALUES (?, ?, ?)",
        )
        .bind::<Integer, _>(lane_rank)
        .bind::<Text, _>(user)
        .bind::<BigInt, _>(turn)
        .execute(sqlite)?,
        AnyConnection::Postgres(postgres) => diesel::sql_query(
            "INSERT INTO turns (lane_rank, user_id, turn) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind::<Integer, _>(lane_rank)
        .bind::<Text, _>(user)
        .bind::<BigInt, _>(turn)
        .execute(postgres)?,
    };
    Ok(())
}
