//! A judge of its own for each test.

use crate::package::Package;
use judge_api::monitoring::Monitoring;
use judge_api::packages::{self, NewPackage};
use judge_api::{ApiConfig, ApiLimits, OfferedLanguages, Running};
use judge_types::{
    CompileResult, Conclusion, ContestId, ExecutionUsage, JudgementId, JudgingError,
    JudgingErrorKind, Role, RunResult, RunUsage, SubmissionId, UserId, Verdict,
};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;
use store::leases::{self, Claim, Lease};
use store::tokens::TokenKind;
use store::{AnyConnection, Bell, Blobs, Database, DatabaseUrl};
use tempfile::TempDir;
use test_servers::PostgresDatabase;
use time::Duration;

/// Makes two tests of each function: on SQLite, and on PostgreSQL.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        $(mod $test {
            use crate::support::On;

            #[tokio::test]
            async fn sqlite() {
                super::$test(On::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$test(On::Postgres).await;
            }
        })*
    };
}
pub(crate) use on_each_database;

/// What a test's database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

impl On {
    /// A database with its tables, for as long as what is returned besides its address is kept.
    pub(crate) fn database(
        self,
        folder: &Path,
    ) -> (DatabaseUrl, Option<PostgresDatabase<'static>>) {
        /// The tables are made once for all tests.
        static TEMPLATE: LazyLock<PostgresDatabase<'static>> = LazyLock::new(|| {
            let template = test_servers::postgres().new_database();
            store::database::migrate(&template.url().parse().unwrap()).unwrap();
            template
        });
        match self {
            Self::Sqlite => {
                let url = DatabaseUrl::Sqlite(folder.join("gavel.db"));
                store::database::migrate(&url).unwrap();
                (url, None)
            }
            Self::Postgres => {
                let database = test_servers::postgres().copy_of(&TEMPLATE);
                (database.url().parse().unwrap(), Some(database))
            }
        }
    }
}

pub(crate) struct TestApp {
    pub(crate) database: Database,
    pub(crate) blobs: Blobs,
    pub(crate) bell: Bell,
    pub(crate) contest: ContestId,
    pub(crate) client: Client,
    pub(crate) running: Running,
    pub(crate) folder: TempDir,
    /// Dropped last, and its database with it.
    _on_server: Option<PostgresDatabase<'static>>,
}

/// Somebody with a token.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
}

impl TestApp {
    pub(crate) async fn start(on: On) -> Self {
        Self::start_with(on, |_| {}).await
    }

    pub(crate) async fn start_with(on: On, change: impl FnOnce(&mut ApiConfig)) -> Self {
        let folder = TempDir::new().unwrap();
        let (url, on_server) = on.database(folder.path());
        let database = Database::open(url, 8).unwrap();
        let blobs = Blobs::in_folder(&folder.path().join("blobs")).unwrap();
        let bell = Bell::default();
        let contest =
            store::contests::ensure(&mut database.get().unwrap(), "demo", "Demo contest").unwrap();
        let languages = languages::Languages::load(None).unwrap();
        let ids = ["c", "cpp20", "python3", "java"].map(str::to_owned);
        let mut config = ApiConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            database: database.clone(),
            blobs: blobs.clone(),
            bell: bell.clone(),
            languages: OfferedLanguages::new(languages, ids),
            work_dir: folder.path().join("work"),
            monitoring: Monitoring::of_api(database.clone(), None),
            limits: ApiLimits::default(),
            registration_open: true,
            secure_cookies: false,
            behind_proxy: false,
            price: judge_api::Price::default(),
        };
        change(&mut config);
        let running = judge_api::start(config).unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self {
            database,
            blobs,
            bell,
            contest: contest.id,
            client,
            running,
            folder,
            _on_server: on_server,
        }
    }

    pub(crate) fn db<T>(&self, work: impl FnOnce(&mut AnyConnection) -> T) -> T {
        work(&mut self.database.get().unwrap())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.addr())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// A user with a token; the password cannot be used.
    pub(crate) fn person(&self, name: &str, role: Role) -> Person {
        self.db(|connection| {
            let user = store::users::create(connection, name, "no hash", role).unwrap().unwrap();
            let token = judge_api::accounts::new_secret();
            let until = judge_types::now() + Duration::HOUR;
            store::tokens::create(connection, user.id, TokenKind::Api, "test", &token, until)
                .unwrap();
            Person { id: user.id, token }
        })
    }

    /// A session's cookie for a user.
    pub(crate) fn session(&self, person: &Person) -> String {
        let secret = judge_api::accounts::new_secret();
        let until = judge_types::now() + Duration::HOUR;
        self.db(|connection| {
            let kind = TokenKind::Session;
            store::tokens::create(connection, person.id, kind, "browser", &secret, until).unwrap();
        });
        format!("gavel_session={secret}")
    }

    /// The small package, taken in as the problem `sum`.
    pub(crate) async fn with_sum(self) -> Self {
        self.install(&Package::sum()).await;
        self
    }

    pub(crate) async fn install(&self, package: &Package) {
        let path = self.folder.path().join(format!("{}.zip", package.name));
        std::fs::write(&path, package.zip()).unwrap();
        let new = NewPackage {
            path,
            short_name: None,
            uploaded_by: None,
            contest: Some(self.contest),
            executor_memory_bytes: None,
        };
        let work = self.folder.path().join("work");
        packages::install_package(&self.database, &self.blobs, &work, new).await.unwrap();
    }

    /// Submits a program in Python to `sum`.
    pub(crate) async fn submit(&self, person: &Person) -> SubmissionId {
        let sent = json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content": CODE }] });
        let response = self.post("/api/v1/submissions").bearer_auth(&person.token).json(&sent);
        let (status, answer) = answer(response).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["id"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) fn judgement(&self, submission: SubmissionId) -> JudgementId {
        self.db(|connection| {
            store::submissions::by_id(connection, submission).unwrap().unwrap().judgement.id
        })
    }

    /// Claims the current judgement, as a function does.
    pub(crate) fn claim(&self, submission: SubmissionId) -> Lease {
        let judgement = self.judgement(submission);
        let length = Duration::MINUTE;
        match self.db(|connection| leases::claim(connection, judgement, "test", length).unwrap()) {
            Claim::Granted(lease) => lease,
            other => panic!("{other:?}"),
        }
    }

    /// Fetches, compiles and runs a sample and a hidden test, as a function does.
    pub(crate) fn run_tests(&self, lease: &Lease, second: Verdict) {
        self.db(|connection| {
            lease.fetched(connection, 2).unwrap();
            let compiled =
                CompileResult { success: true, output: "a warning".into(), usage: usage(5) };
            lease.compiled(connection, &compiled).unwrap();
            lease.add_run(connection, &run(1, Verdict::Accepted), 2).unwrap();
            lease.add_run(connection, &run(2, second), 2).unwrap();
        });
    }

    /// Fetches, compiles and runs the tests, each of which `run` makes of the number of those before it.
    pub(crate) fn run_tests_with(&self, lease: &Lease, run: impl Fn(u32) -> Option<RunResult>) {
        let runs: Vec<_> = (0..).map_while(run).collect();
        let total = u32::try_from(runs.len()).unwrap();
        self.db(|connection| {
            lease.fetched(connection, total).unwrap();
            let compiled = CompileResult { success: true, output: String::new(), usage: usage(5) };
            lease.compiled(connection, &compiled).unwrap();
            for run in &runs {
                lease.add_run(connection, run, total).unwrap();
            }
        });
    }

    pub(crate) fn finish(&self, lease: &Lease, verdict: Verdict) {
        let execution =
            ExecutionUsage { wall_ms: 250, memory_bytes: 1 << 20, ..Default::default() };
        self.db(|connection| {
            lease
                .finish(connection, &Conclusion::pass_fail(verdict, usage(20)), &execution)
                .unwrap()
        });
    }

    pub(crate) fn fail(&self, lease: &Lease) {
        let error = JudgingError::new(JudgingErrorKind::Package, JURY_ERROR);
        self.db(|connection| lease.fail(connection, &error, &ExecutionUsage::default()).unwrap());
    }

    /// Judges a submission to the end, as a function does.
    pub(crate) fn judge(&self, submission: SubmissionId, verdict: Verdict) {
        let lease = self.claim(submission);
        self.run_tests(&lease, verdict);
        self.finish(&lease, verdict);
    }
}

pub(crate) const CODE: &str = "print(sum(map(int, input().split())))\n";

// What contestants must never see; each is unlike anything else.
pub(crate) const SECRET_INPUT: &str = "774411";
pub(crate) const SECRET_ANSWER: &str = "885522";
pub(crate) const SECRET_NAME: &str = "zz-hidden-case";
pub(crate) const JURY_CODE: &str = "jury_only_solution";
pub(crate) const JURY_MESSAGE: &str = "jury-message-for-hidden-case";
pub(crate) const JURY_ERROR: &str = "validator-of-the-jury-crashed";
pub(crate) const HIDDEN_ENDING: &str = "exit code 142";

fn usage(cpu_ms: u64) -> RunUsage {
    RunUsage { cpu_ms, wall_ms: cpu_ms + 3, memory_bytes: 4 << 20 }
}

fn run(ordinal: u32, verdict: Verdict) -> RunResult {
    let is_sample = ordinal == 1;
    RunResult {
        ordinal,
        test_case: if is_sample { "sample/1".into() } else { format!("secret/{SECRET_NAME}") },
        is_sample,
        score: None,
        transcript: None,
        output: None,
        error_output: None,
        verdict,
        usage: usage(10 * u64::from(ordinal)),
        ending: if is_sample { String::new() } else { HIDDEN_ENDING.into() },
        judge_message: Some(JURY_MESSAGE.into()),
        team_message: Some("message for the team".into()),
    }
}

/// A run of the hidden test case of this name.
pub(crate) fn hidden_run(ordinal: u32, name: &str, verdict: Verdict) -> RunResult {
    RunResult { test_case: name.into(), is_sample: false, ..run(ordinal, verdict) }
}

/// Sends a request; gives its status and its JSON, or null.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    (status, json)
}

/// Sends a request that must be refused; gives the error's status, code and field.
pub(crate) async fn refusal(request: RequestBuilder) -> (u16, String, Option<String>) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let error: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    let allowed = ["code", "message", "field", "faults"];
    let keys: Vec<_> = error.as_object().unwrap().keys().collect();
    assert!(keys.iter().all(|key| allowed.contains(&key.as_str())), "{error}");
    assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
    let field = error["field"].as_str().map(str::to_owned);
    (status, error["code"].as_str().unwrap().to_owned(), field)
}

/// What [`refusal`] gives.
pub(crate) fn refused(
    status: u16,
    code: &str,
    field: Option<&str>,
) -> (u16, String, Option<String>) {
    (status, code.to_owned(), field.map(str::to_owned))
}
