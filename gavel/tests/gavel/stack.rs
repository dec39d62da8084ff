//! What a judge stands on: the same tests run on each.

use crate::judge::Judge;
use store::{AnyConnection, DatabaseUrl, database};
use tempfile::TempDir;
use test_servers::{PostgresDatabase, RabbitMq};

/// Makes three tests of each function: on the embedded SQLite, with a PostgreSQL server in its place, and with
/// RabbitMQ between a web server and a scaler that are processes of their own.
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

            #[test]
            fn broker() {
                super::$test(&Stack::on_parts());
            }
        })*
    };
}
pub(crate) use on_each_stack;

/// What stays when a judge is stopped or killed.
pub(crate) struct Stack {
    pub(crate) data: TempDir,
    database: Option<PostgresDatabase<'static>>,
    broker: Option<RabbitMq>,
}

impl Stack {
    pub(crate) fn embedded() -> Self {
        Self { data: tempfile::tempdir().unwrap(), database: None, broker: None }
    }

    pub(crate) fn on_postgres() -> Self {
        let database = test_servers::postgres().new_database();
        Self { data: tempfile::tempdir().unwrap(), database: Some(database), broker: None }
    }

    pub(crate) fn on_parts() -> Self {
        // A broker of its own: no other test's scaler takes its messages.
        Self { broker: Some(RabbitMq::start()), ..Self::on_postgres() }
    }

    /// Where the database is, if not in the data folder.
    pub(crate) fn url(&self) -> Option<&str> {
        self.database.as_ref().map(PostgresDatabase::url)
    }

    /// A connection of the test's own to the judge's database.
    pub(crate) fn connect(&self) -> AnyConnection {
        let url = match self.url() {
            Some(url) => url.parse().unwrap(),
            None => DatabaseUrl::Sqlite(self.data.path().join("gavel.db")),
        };
        database::connect(&url).unwrap()
    }

    pub(crate) fn broker(&self) -> Option<&RabbitMq> {
        self.broker.as_ref()
    }

    /// Starts a judge on it with these options for who judges.
    pub(crate) fn start(&self, options: &[&str]) -> Judge {
        let data = self.data.path();
        match &self.broker {
            None => Judge::start_with(data, self.url(), options),
            Some(broker) => Judge::start_in_parts(data, self.url(), &broker.url(), options),
        }
    }
}
