//! A judge to measure, with the servers that it stands on.

use crate::judge::Judge;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::Duration;
use store::{AnyConnection, DatabaseUrl, database};
use tempfile::TempDir;
use test_servers::{Postgres, PostgresDatabase, RabbitMq};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What the judge stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `gavel up`: SQLite and the queue within.
    Embedded,
    /// `gavel api` and `gavel scale`: PostgreSQL and RabbitMQ.
    Parts,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Embedded, Self::Parts];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "SQLite, embedded queue",
            Self::Parts => "PostgreSQL, RabbitMQ",
        }
    }
}

/// The server whose commits wait for the disk, as a contest's do.
static POSTGRES: LazyLock<Postgres> = LazyLock::new(Postgres::start_synced);

/// A running judge on fresh data.
pub(crate) struct Stand {
    pub(crate) kind: Kind,
    // Before what it stands on, so that it ends first.
    pub(crate) judge: Judge,
    database: Option<PostgresDatabase<'static>>,
    pub(crate) broker: Option<RabbitMq>,
    data: TempDir,
}

impl Stand {
    /// Starts it; the options are the scaler's.
    pub(crate) fn start(kind: Kind, options: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (judge, database, broker) = match kind {
            Kind::Embedded => (Judge::start(data.path(), options), None, None),
            Kind::Parts => {
                let (database, broker) = (POSTGRES.new_database(), RabbitMq::start());
                let variables =
                    [("GAVEL_DATABASE", database.url().to_owned()), ("GAVEL_BROKER", broker.url())];
                let judge = Judge::start_in_parts(data.path(), &variables, options);
                (judge, Some(database), Some(broker))
            }
        };
        Self { kind, judge, database, broker, data }
    }

    /// A connection of the benchmark's own to the judge's database.
    pub(crate) fn database(&self) -> AnyConnection {
        let url = match &self.database {
            Some(database) => database.url().parse().unwrap(),
            None => DatabaseUrl::Sqlite(self.data.path().join("gavel.db")),
        };
        database::connect(&url).unwrap()
    }
}

/// When this first happened to a submission.
pub(crate) fn at(events: &[Value], kind: &str) -> Option<OffsetDateTime> {
    let event = events.iter().find(|event| event["type"] == kind)?;
    Some(OffsetDateTime::parse(event["at"].as_str()?, &Rfc3339).unwrap())
}

/// How long after the one event the other came.
pub(crate) fn between(events: &[Value], from: &str, to: &str) -> Duration {
    (at(events, to).unwrap() - at(events, from).unwrap()).unsigned_abs()
}
