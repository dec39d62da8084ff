//! Bringing a database to the shape that this build needs.

use super::{AnyConnection, connect, hold, write};
use crate::{DatabaseError, DatabaseUrl};
use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Brings the tables to the shape that this build needs. A SQLite file is made if there is none, for
/// the eyes of this user alone. Any number of processes may do this at once.
///
/// # Errors
/// Where the file cannot be made or a migration fails, and where a newer build has been here before; the
/// database is then as it was.
pub fn migrate(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    if let DatabaseUrl::Sqlite(path) = url {
        make_private(path)?;
    }
    write(&mut connect(url)?, |connection| {
        hold(connection, "migrations")?;
        match connection {
            AnyConnection::Sqlite(sqlite) => run_all(sqlite),
            AnyConnection::Postgres(postgres) => run_all(postgres),
        }
    })
}

fn run_all<DB: Backend>(connection: &mut impl MigrationHarness<DB>) -> Result<(), DatabaseError> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| DatabaseError::Migrate(error.to_string());
    let known: Vec<Box<dyn Migration<DB>>> = MIGRATIONS.migrations().map_err(failed)?;
    let applied = connection.applied_migrations().map_err(failed)?;
    let is_known = |version: &_| known.iter().any(|known| known.name().version() == *version);
    if let Some(unknown) = applied.iter().find(|version| !is_known(version)) {
        return Err(DatabaseError::Newer(unknown.to_string()));
    }
    connection.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(())
}

/// Makes the database file if there is none, and keeps others on this machine from reading it:
/// it holds password hashes, everyone's code and the tasks. SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), DatabaseError> {
    let make = || {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        // A file that is there is not opened: closing it would take this process's locks off it, SQLite's too.
        match OpenOptions::new().create_new(true).append(true).mode(0o600).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(drop),
        }
        if fs::metadata(path)?.mode() & 0o077 != 0 {
            fs::set_permissions(path, Permissions::from_mode(0o600))?;
        }
        Ok(())
    };
    make().map_err(|source| DatabaseError::File { path: path.to_owned(), source })
}
