//! What a judge stands on: the same tests run on each.

use crate::judge::Judge;
use std::path::PathBuf;
use store::{AnyConnection, DatabaseUrl, database};
use tempfile::TempDir;
use test_servers::{PostgresDatabase, RabbitMq, S3};

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
    s3: Option<S3>,
}

impl Stack {
    pub(crate) fn embedded() -> Self {
        Self { data: tempfile::tempdir().unwrap(), database: None, broker: None, s3: None }
    }

    pub(crate) fn on_postgres() -> Self {
        let database = test_servers::postgres().new_database();
        Self { database: Some(database), ..Self::embedded() }
    }

    pub(crate) fn on_parts() -> Self {
        // A broker of its own: no other test's scaler takes its messages.
        Self { broker: Some(RabbitMq::start()), ..Self::on_postgres() }
    }

    /// The same with packages in an S3 store, where all three speak TLS alone.
    pub(crate) fn encrypted() -> Self {
        Self {
            database: Some(test_servers::encrypted_postgres().new_database()),
            broker: Some(RabbitMq::start_encrypted()),
            s3: Some(S3::start_encrypted()),
            ..Self::embedded()
        }
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

    pub(crate) fn s3(&self) -> Option<&S3> {
        self.s3.as_ref()
    }

    /// Variables that say where all is that is not in the data folder, and whom to trust.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let file = |path: PathBuf| path.into_os_string().into_string().unwrap();
        let mut variables: Vec<_> =
            self.url().map(|url| ("GAVEL_DATABASE", url.to_owned())).into_iter().collect();
        if let Some(broker) = &self.broker {
            variables.push(("GAVEL_BROKER", broker.url()));
        }
        if let (Some(broker), Some(s3)) = (&self.broker, &self.s3) {
            variables.push(("GAVEL_BROKER_CA", file(broker.authority())));
            variables.push(("GAVEL_BLOBS", s3.url()));
            variables.push(("GAVEL_BLOBS_CA", file(s3.authority())));
            variables.extend(s3.environment());
        }
        variables
    }

    /// What is in those variables that nobody is to see.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let secret = |(name, value): (&str, String)| match name {
            "GAVEL_DATABASE" | "GAVEL_BROKER" => {
                Some(value.split(':').nth(2)?.split('@').next()?.to_owned())
            }
            "AWS_SECRET_ACCESS_KEY" => Some(value),
            _ => None,
        };
        self.environment().into_iter().filter_map(secret).collect()
    }

    /// Starts a judge on it with these options for who judges.
    pub(crate) fn start(&self, options: &[&str]) -> Judge {
        let data = self.data.path();
        match &self.broker {
            None => Judge::start_with(data, self.url(), options),
            Some(_) => Judge::start_in_parts(data, &self.environment(), options),
        }
    }
}
