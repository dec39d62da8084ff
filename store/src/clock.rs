//! The database's clock: the only one that all who work on it share.
//!
//! Machines' clocks differ, and jump. A time that one process stores for another to compare with (the end of a lease, when
//! a task may be tried again) is therefore always of this clock, on both sides. It may jump itself, so whoever compares
//! takes a time that lies further ahead than any is ever set for what it is: set by a clock that was set back since.

use crate::AnyConnection;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use time::{OffsetDateTime, PrimitiveDateTime};

diesel::define_sql_function! {
    /// The present moment, not that at which the transaction began.
    fn clock_timestamp() -> Timestamptz;
}
diesel::define_sql_function! {
    /// The time that a clock of this zone shows.
    fn timezone(zone: Text, at: Timestamptz) -> Timestamp;
}

/// The present moment in UTC, in microseconds, by the database's clock. SQLite has none of its own: its file is on this
/// machine, and so is everybody who works on it.
///
/// # Errors
/// Where the database fails.
pub fn now(connection: &mut AnyConnection) -> QueryResult<OffsetDateTime> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(judge_types::now()),
        AnyConnection::Postgres(postgres) => {
            let now = diesel::select(timezone("UTC", clock_timestamp()));
            Ok(now.get_result::<PrimitiveDateTime>(postgres)?.assume_utc())
        }
    }
}
