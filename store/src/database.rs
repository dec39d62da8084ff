//! Connections to SQLite and PostgreSQL.

use crate::DatabaseError;
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{fmt, str::FromStr, time::Duration};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

pub use any::AnyConnection;

mod any {
    //! Apart, because the derive makes items that it leaves without documentation.
    #![allow(missing_docs, reason = "Diesel's derive adds undocumented public items")]

    use diesel::{MultiConnection, PgConnection, SqliteConnection};

    /// A connection to either database. Functions of this crate take one of these.
    #[derive(MultiConnection)]
    pub enum AnyConnection {
        /// The embedded default.
        Sqlite(SqliteConnection),
        /// For more than one machine.
        Postgres(PgConnection),
    }
}

/// Which database to use.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A PostgreSQL server: `postgres://…`.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseError;

    fn from_str(url: &str) -> Result<Self, DatabaseError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(DatabaseError::Url("sqlite: needs a path to a file".into()));
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(DatabaseError::Url("must start with sqlite: or postgres://".into()))
    }
}

/// Without the password that a PostgreSQL URL may hold.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let host = url.rsplit_once('@').map_or("", |(_, host)| host);
                write!(f, "postgres://{host}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Opens one connection: what a function needs, which lives for one message.
///
/// # Errors
/// Where the server does not answer or the file cannot be opened.
pub fn connect(url: &DatabaseUrl) -> Result<AnyConnection, DatabaseError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&sqlite_name(path)?)?;
            // Every commit reaches the disk (FULL): an accepted submission survives a power cut.
            connection.batch_execute(
                "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
            )?;
            AnyConnection::Sqlite(connection)
        }
        DatabaseUrl::Postgres(url) => AnyConnection::Postgres(PgConnection::establish(url)?),
    })
}

/// A path as SQLite takes it: from the root, because it gives a meaning of its own to names such as
/// `file:x` and `:memory:`.
fn sqlite_name(path: &Path) -> Result<String, DatabaseError> {
    let absolute = std::path::absolute(path)
        .map_err(|source| DatabaseError::File { path: path.to_owned(), source })?;
    absolute.into_os_string().into_string().map_err(|name| {
        let reason = "SQLite takes only paths in UTF-8";
        DatabaseError::Url(format!("{}: {reason}", name.display()))
    })
}

/// Makes the database file if there is none, and keeps others on this machine from reading it:
/// it holds password hashes, everyone's code and the tasks. SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), DatabaseError> {
    let make = || {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        if file.metadata()?.mode() & 0o077 != 0 {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(())
    };
    make().map_err(|source| DatabaseError::File { path: path.to_owned(), source })
}

/// Brings the tables to the shape that this build needs. A SQLite file is made if there is none, for
/// the eyes of this user alone.
///
/// # Errors
/// Where the file cannot be made or a migration fails; the database is then as it was before that migration.
pub fn migrate(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    if let DatabaseUrl::Sqlite(path) = url {
        make_private(path)?;
    }
    match connect(url)? {
        AnyConnection::Sqlite(mut connection) => {
            connection.run_pending_migrations(MIGRATIONS).map(|_| ())
        }
        AnyConnection::Postgres(mut connection) => {
            connection.run_pending_migrations(MIGRATIONS).map(|_| ())
        }
    }
    .map_err(|error| DatabaseError::Migrate(error.to_string()))
}

/// Runs `work` in one transaction that may write: all of it is committed, or nothing.
///
/// On SQLite it takes the write lock first: a transaction that begins by reading
/// fails as busy when another writer commits before it writes.
///
/// # Errors
/// Those of `work`, and of beginning and committing.
pub fn write<T, E>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    if let AnyConnection::Sqlite(sqlite) = connection {
        AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
    } else {
        return connection.transaction(work);
    }
    let result = work(connection);
    if let AnyConnection::Sqlite(sqlite) = connection {
        use diesel::connection::TransactionManager;
        match &result {
            Ok(_) => AnsiTransactionManager::commit_transaction(sqlite)?,
            // Where SQLite has rolled back by itself, as on a full disk, this fails, and the
            // cause in `result` is what matters. A connection left unusable refuses to begin.
            Err(_) => drop(AnsiTransactionManager::rollback_transaction(sqlite)),
        }
    }
    result
}

/// A pool of connections, for a server that answers many requests.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Manager>,
}

/// A connection that goes back to the pool when dropped.
pub type Pooled = PooledConnection<Manager>;

impl Database {
    /// Opens a pool of at most `connections`; makes none before the first is asked for.
    ///
    /// # Errors
    /// Where the pool cannot be made.
    pub fn open(url: DatabaseUrl, connections: u32) -> Result<Self, DatabaseError> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(0))
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .connection_timeout(Duration::from_secs(20))
            .build(Manager { url })?;
        Ok(Self { pool })
    }

    /// Waits for a free connection. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    /// Where none comes free within 20 seconds.
    pub fn get(&self) -> Result<Pooled, DatabaseError> {
        Ok(self.pool.get()?)
    }

    /// Runs `work` on a connection, where blocking is allowed: in a thread for that of the current runtime.
    ///
    /// # Errors
    /// Those of `work`, and where no connection comes free.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let database = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&mut *database.get()?)).await;
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

/// Makes connections for the pool.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        connect(&self.url).map_err(|error| match error {
            DatabaseError::Connect(error) => diesel::r2d2::Error::ConnectionError(error),
            DatabaseError::Statement(error) => diesel::r2d2::Error::QueryError(error),
            other => diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(
                other.to_string(),
            )),
        })
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Self::Error> {
        connection.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_known_scheme_is_refused() {
        for url in ["", "data/gavel.db", "mysql://x", "sqlite:"] {
            assert!(url.parse::<DatabaseUrl>().is_err(), "{url}");
        }
        assert_eq!(
            "sqlite://data/gavel.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("data/gavel.db".into())
        );
    }

    #[test]
    fn a_path_is_a_path_whatever_it_looks_like() {
        for name in [":memory:", "file:data/gavel.db?mode=memory"] {
            let given = sqlite_name(Path::new(name)).unwrap();
            assert!(given.starts_with('/') && given.ends_with(name), "{given}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://gavel:secret@db:5432/gavel".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db:5432/gavel postgres://db:5432/gavel");
    }
}
