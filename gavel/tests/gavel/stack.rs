//! What a judge stands on: the same tests run on each.

use crate::judge::Judge;
use tempfile::TempDir;
use test_servers::PostgresDatabase;

/// Makes two tests of each function: on the embedded SQLite, and on a PostgreSQL server.
macro_rules! on_each_stack {
    ($($test:ident),* $(,)?) => {
        $(mod $test {
            use crate::stack::Stack;

            #[test]
            fn sqlite() {
                super::$test(&Stack::embedded());
            }

            #[test]
            fn postgres() {
                super::$test(&Stack::on_postgres());
            }
        })*
    };
}
pub(crate) use on_each_stack;

/// What stays when a judge is stopped or killed.
pub(crate) struct Stack {
    pub(crate) data: TempDir,
    database: Option<PostgresDatabase<'static>>,
}

impl Stack {
    pub(crate) fn embedded() -> Self {
        Self { data: tempfile::tempdir().unwrap(), database: None }
    }

    pub(crate) fn on_postgres() -> Self {
        let database = test_servers::postgres().new_database();
        Self { data: tempfile::tempdir().unwrap(), database: Some(database) }
    }

    /// Where the database is, if not in the data folder.
    pub(crate) fn url(&self) -> Option<&str> {
        self.database.as_ref().map(PostgresDatabase::url)
    }

    /// Starts `gavel up` on it.
    pub(crate) fn start(&self, options: &[&str]) -> Judge {
        Judge::start_with(self.data.path(), self.url(), options)
    }
}
