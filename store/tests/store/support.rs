//! A database of its own for each test, of either kind.

use judge_types::{JudgementId, Lane, Limits, PackageHash, Role, SourceFile, SubmissionId};
use store::problems::NewVersion;
use store::submissions::{NewSubmission, Submitted};
use store::users::User;
use store::{AnyConnection, Database, DatabaseUrl, database, problems, submissions, users};
use tempfile::TempDir;
use test_servers::PostgresDatabase;

/// Makes two tests of each function: on SQLite, and on PostgreSQL.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        $(mod $test {
            use crate::support::TestDatabase;

            #[test]
            fn sqlite() {
                super::$test(&TestDatabase::sqlite());
            }

            #[test]
            fn postgres() {
                super::$test(&TestDatabase::postgres());
            }
        })*
    };
}
pub(crate) use on_each_database;

pub(crate) struct TestDatabase {
    pub(crate) pool: Database,
    pub(crate) url: DatabaseUrl,
    _kept: Kept,
}

/// What keeps a database from being removed.
enum Kept {
    Folder { _folder: TempDir },
    OnServer { _database: PostgresDatabase<'static> },
}

impl TestDatabase {
    pub(crate) fn sqlite() -> Self {
        Self::empty_sqlite().with_tables()
    }

    pub(crate) fn postgres() -> Self {
        Self::empty_postgres().with_tables()
    }

    /// Another one of the same kind, without tables.
    pub(crate) fn another_empty(&self) -> Self {
        match self.url {
            DatabaseUrl::Sqlite(_) => Self::empty_sqlite(),
            DatabaseUrl::Postgres(_) => Self::empty_postgres(),
        }
    }

    fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("gavel.db"));
        Self::at(url, Kept::Folder { _folder: folder })
    }

    fn empty_postgres() -> Self {
        let database = test_servers::postgres().new_database();
        let url = database.url().parse().unwrap();
        Self::at(url, Kept::OnServer { _database: database })
    }

    fn at(url: DatabaseUrl, kept: Kept) -> Self {
        Self { pool: Database::open(url.clone(), 16).unwrap(), url, _kept: kept }
    }

    fn with_tables(self) -> Self {
        database::migrate(&self.url).unwrap();
        self
    }

    pub(crate) fn connection(&self) -> database::Pooled {
        self.pool.get().unwrap()
    }
}

pub(crate) fn package(digit: char) -> PackageHash {
    digit.to_string().repeat(64).parse().unwrap()
}

pub(crate) fn user(connection: &mut AnyConnection, name: &str) -> User {
    users::create(connection, name, "hash", Role::Contestant).unwrap().unwrap()
}

pub(crate) fn version(short_name: &'static str, digit: char) -> NewVersion<'static> {
    NewVersion {
        short_name,
        package: package(digit),
        title: "A title",
        limits: Limits::default(),
        public_content: "{}",
        guarded_content: "{}",
        package_bytes: 10,
        test_count: 2,
        uploaded_by: None,
    }
}

/// A user, a problem and the parts of a submission by the one to the other.
pub(crate) struct Scene {
    pub(crate) user: User,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) problem: judge_types::ProblemId,
}

impl Scene {
    pub(crate) fn new(connection: &mut AnyConnection) -> Self {
        let user = user(connection, "ada");
        let problem = problems::save_version(connection, &version("sum", 'a')).unwrap().problem;
        let files = vec![SourceFile::new("a.py", b"print(1)".to_vec()).unwrap()];
        Self { user, files, problem }
    }

    pub(crate) fn submission(&self) -> NewSubmission<'_> {
        NewSubmission {
            user: self.user.id,
            problem: self.problem,
            contest: None,
            language: "python3",
            files: &self.files,
            package: package('a'),
            limits: Limits::default(),
            lane: Lane::Contest,
            idempotency_key: None,
            trace: None,
        }
    }

    pub(crate) fn submit(&self, connection: &mut AnyConnection) -> (SubmissionId, JudgementId) {
        match submissions::create(connection, &self.submission(), None).unwrap() {
            Submitted::Created(submission, judgement) => (submission, judgement),
            other => panic!("not created: {other:?}"),
        }
    }
}
