//! What outlives a process: the database, the queues and the blobs.
//!
//! Functions on a connection, grouped by table; no repository objects. Every
//! change of a judgement is one guarded statement that names the state it expects
//! and the attempt it belongs to, so a function that lost its lease cannot write.

pub mod blobs;
pub mod broker;
pub mod clock;
pub mod contests;
pub mod database;
pub mod dead_letters;
pub mod events;
pub mod executions;
pub mod fan_out;
pub mod judgements;
pub mod leases;
pub mod metering;
pub mod outbox;
pub mod problems;
pub mod rejudgings;
pub mod runs;
pub mod scores;
pub mod submissions;
pub mod tokens;
pub mod users;

mod bell;
mod blobs_url;
mod convert;
mod database_url;
mod error;
mod schema;

pub use bell::Bell;
pub use blobs::{BlobError, Blobs};
pub use blobs_url::BlobsUrl;
pub use database::{AnyConnection, Database, PoolUse};
pub use database_url::{DatabaseUrl, PostgresUrl};
pub use error::DatabaseError;
