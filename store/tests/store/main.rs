//! The store: each test of the database runs on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there and then")]

mod accounts;
mod backlog;
mod blobs;
mod contest_start;
mod dead_letters;
mod fan_out;
mod leasing;
mod load;
mod metering;
mod opening;
mod problem_versions;
mod publishing;
mod queueing;
mod races;
mod rejudging_races;
mod rejudgings;
mod relaying;
mod secrets;
mod server_ends;
mod submitting;
mod support;
mod turns;
