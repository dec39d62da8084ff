//! The whole server on a free port, with a database and blobs of its own, asked over HTTP: on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod contest_start;
mod dead_letters;
mod errors;
mod events;
mod exposition;
mod full_feedback;
mod fuzz;
mod hidden;
mod metering;
mod monitoring;
mod openapi;
mod package;
mod pages;
mod problems;
mod rejudgings;
mod roles;
mod scores;
mod solutions;
mod statements;
mod submissions;
mod support;
mod sweeping;
mod tracing;
