//! What can go wrong with the database.

use std::path::PathBuf;

/// The database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL names no database that Gavel knows.
    #[error("database URL: {0}")]
    Url(String),
    /// The database file or its folder cannot be made or kept private.
    #[error("prepare the database file {path}")]
    File {
        /// The database file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// No connection could be made.
    #[error("connect to the database")]
    Connect(#[from] diesel::ConnectionError),
    /// No connection of the pool came free in time.
    #[error("wait for a database connection")]
    Pool(#[from] diesel::r2d2::PoolError),
    /// A migration failed.
    #[error("migrate the database: {0}")]
    Migrate(String),
    /// A newer build has changed the tables; what this one would make of them nobody knows.
    #[error(
        "the database belongs to a newer version of Gavel: it has the migration {0}, which this build does not know; start the \
         newer version, or restore a backup from before the upgrade"
    )]
    Newer(String),
    /// A statement failed.
    #[error("database statement")]
    Statement(#[from] diesel::result::Error),
    /// The database holds something that this build cannot read.
    #[error("database holds an unreadable {what}: {detail}")]
    Corrupt {
        /// Which column.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl DatabaseError {
    /// Whether a unique constraint refused the row.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind::UniqueViolation, Error};
        matches!(self, Self::Statement(Error::DatabaseError(UniqueViolation, _)))
    }
}
