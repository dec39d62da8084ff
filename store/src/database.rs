//! Connections to SQLite and PostgreSQL.

use crate::{DatabaseError, DatabaseUrl};
use diesel::connection::{
    AnsiTransactionManager, Connection, SimpleConnection, TransactionManager,
};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};
use parking_lot::Mutex;
use std::path::Path;
use std::time::{Duration, Instant};

mod migrating;

pub use any::AnyConnection;
pub use migrating::migrate;

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

/// Opens one connection: what a function needs, which lives for one message.
///
/// # Errors
/// Where the server does not answer or the file cannot be opened.
pub fn connect(url: &DatabaseUrl) -> Result<AnyConnection, DatabaseError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&sqlite_name(path)?)?;
            // Every commit reaches the disk (FULL): an accepted submission survives a power cut.
            connection.batch_execute(&format!(
                "PRAGMA busy_timeout = {}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                BUSY_TIMEOUT.as_millis()
            ))?;
            keep_log_apart(&mut connection)?;
            AnyConnection::Sqlite(connection)
        }
        DatabaseUrl::Postgres(url) => {
            // Before libpq does: left to itself, OpenSSL takes everything down when the process exits, also from under
            // threads of the pool that are connecting at that moment.
            #[cfg(feature = "postgres-tls")]
            openssl_sys::init();
            AnyConnection::Postgres(PgConnection::establish(url.with_password())?)
        }
    })
}

/// Has changes go to a log of their own (WAL), so that readers and a writer do not wait for each other.
///
/// The file remembers it, so only the first connections to a new one have anything to do. Of those that do so at
/// once SQLite turns all but one away without waiting: each holds what the others need.
fn keep_log_apart(connection: &mut SqliteConnection) -> QueryResult<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(Error::DatabaseError(_, reason))
                if reason.message() == "database is locked" && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(1));
            }
            done => return done,
        }
    }
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

/// Runs `work` in one transaction that may write: all of it is committed, or nothing.
///
/// On SQLite it takes the write lock first: a transaction that begins by reading
/// fails as busy when another writer commits before it writes. On PostgreSQL each statement sees
/// what was committed before it began; what must not change between two statements, `work` holds:
/// a row by updating it, anything else by [`hold`].
///
/// # Errors
/// Those of `work`, and of beginning and committing. Where the connection breaks while it commits,
/// nobody knows whether it was.
pub fn write<T, E>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    let _turn = match connection {
        AnyConnection::Sqlite(_) => WRITERS.try_lock_for(BUSY_TIMEOUT),
        AnyConnection::Postgres(_) => None,
    };
    // Named, because a server can be configured to have another default.
    transact(connection, ["BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED"], work)
}

/// Runs `work`, which only reads, on the database as it is at one moment: what it reads first and what it reads last
/// fit together, whatever others commit meanwhile.
///
/// # Errors
/// Those of `work`, and of beginning and ending.
pub fn snapshot<T, E>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    transact(connection, ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"], work)
}

/// Runs `work` in a transaction that begins so on SQLite and on PostgreSQL.
fn transact<T, E>(
    connection: &mut AnyConnection,
    [on_sqlite, on_postgres]: [&str; 2],
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, on_sqlite)?;
        }
        AnyConnection::Postgres(postgres) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, on_postgres)?;
        }
    }
    let result = work(connection);
    match &result {
        Ok(_) => Transactions::commit_transaction(connection)?,
        // Where the database has rolled back by itself, as on a full disk or a broken connection, this
        // fails, and the cause in `result` is what matters. A connection left unusable refuses to begin.
        Err(_) => drop(Transactions::rollback_transaction(connection)),
    }
    result
}

/// Wakes the next of this process's writers to SQLite when one is done. SQLite has who finds the lock taken sleep
/// and look again: whoever comes at the right moment goes first, and some wait very long.
/// What keeps two from writing at once is still SQLite's lock.
static WRITERS: Mutex<()> = Mutex::new(());

/// For how long SQLite waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

type Transactions = <AnyConnection as Connection>::TransactionManager;

/// Inserts many rows in one statement, which Diesel cannot do without knowing the database; a macro, because the types of
/// rows have no names worth writing.
macro_rules! insert_all {
    ($connection:expr, $table:expr, $rows:expr) => {
        match $connection {
            $crate::AnyConnection::Sqlite(sqlite) => {
                diesel::insert_into($table).values($rows).execute(sqlite)
            }
            $crate::AnyConnection::Postgres(postgres) => {
                diesel::insert_into($table).values($rows).execute(postgres)
            }
        }
    };
}
pub(crate) use insert_all;

/// Keeps other transactions from holding the same subject until this one ends; waits for one that
/// does. For what is read and then written on its strength, where there may be no row yet to hold.
///
/// Hold at most one subject in a transaction, and before any row: then nobody waits in a circle.
/// SQLite has one writer at a time in any case.
///
/// # Errors
/// Where the database fails.
pub(crate) fn hold(connection: &mut AnyConnection, subject: &str) -> QueryResult<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(subject)
            .execute(postgres)?;
    }
    Ok(())
}

/// Asks the database for an answer, and for nothing else.
///
/// # Errors
/// Where there is none.
pub fn ping(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    Ok(connection.batch_execute("SELECT 1")?)
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

    /// How many connections there are now.
    #[must_use]
    pub fn pool_use(&self) -> PoolUse {
        let state = self.pool.state();
        PoolUse {
            open: state.connections,
            idle: state.idle_connections,
            most: self.pool.max_size(),
        }
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

/// How many connections a pool has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Open, in use or not.
    pub open: u32,
    /// Open and not in use.
    pub idle: u32,
    /// The most that may be open.
    pub most: u32,
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
    fn a_path_is_a_path_whatever_it_looks_like() {
        for name in [":memory:", "file:data/gavel.db?mode=memory"] {
            let given = sqlite_name(Path::new(name)).unwrap();
            assert!(given.starts_with('/') && given.ends_with(name), "{given}");
        }
    }
}
