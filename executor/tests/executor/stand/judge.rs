//! A judge with a database, a blob store and problems, as functions and scalers see it.

use super::{PackageFolder, workbench};
use executor::{FunctionCommand, FunctionConfig, PackageCache, StopRule, WORKER_VARIABLE};
use judge_types::{JudgementId, JudgementState, Lane, Limits, Role, SourceFile, TraceContext};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};
use store::{
    AnyConnection, Bell, Blobs, DatabaseUrl, blobs, database, executions,
    judgements::{self, Judgement},
    outbox,
    problems::NewVersion,
    submissions::{self, NewSubmission, Submitted},
    users,
};
use tempfile::TempDir;
use test_servers::PostgresDatabase;

/// How a test's function differs from the default, in the environment of its process.
const DATA: &str = "TEST_DATA";
const DATABASE: &str = "TEST_DATABASE";
const HARD_TIMEOUT_MS: &str = "TEST_HARD_TIMEOUT_MS";
const LEASE_MS: &str = "TEST_LEASE_MS";

/// A judge below a folder of its own.
pub(crate) struct Judge {
    folder: TempDir,
    url: DatabaseUrl,
    pub(crate) connection: AnyConnection,
    pub(crate) hard_timeout: Duration,
    pub(crate) lease: Duration,
    /// Of a scaler in this process.
    pub(crate) bell: Bell,
    /// Dropped last, and its database with it.
    _on_server: Option<PostgresDatabase<'static>>,
}

impl Judge {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("gavel.db"));
        Self::new(folder, url, None)
    }

    pub(crate) fn on_postgres() -> Self {
        let database = test_servers::postgres().new_database();
        let url = database.url().parse().unwrap();
        Self::new(tempfile::tempdir().unwrap(), url, Some(database))
    }

    fn new(
        folder: TempDir,
        url: DatabaseUrl,
        on_server: Option<PostgresDatabase<'static>>,
    ) -> Self {
        database::migrate(&url).unwrap();
        let connection = database::connect(&url).unwrap();
        let hard_timeout = FunctionConfig::DEFAULT_HARD_TIMEOUT;
        let (lease, bell) = (FunctionConfig::DEFAULT_LEASE, Bell::default());
        Self { folder, url, connection, hard_timeout, lease, bell, _on_server: on_server }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        self.url.clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stores the package and a submission for it, which is queued.
    pub(crate) fn submit(
        &mut self,
        package: &PackageFolder,
        language: &str,
        file: (&str, &str),
    ) -> JudgementId {
        self.submit_with(package, language, file, |_| {})
    }

    pub(crate) fn submit_with(
        &mut self,
        package: &PackageFolder,
        language: &str,
        (name, content): (&str, &str),
        change: impl FnOnce(&mut Limits),
    ) -> JudgementId {
        let package = package.open();
        let zip = self.folder.path().join("package.zip");
        problems::pack(&package, fs::File::create(&zip).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let key = blobs::package_key(&package.hash);
        let store = Blobs::in_folder(&self.folder.path().join("blobs")).unwrap();
        runtime.block_on(store.put_file(&key, &zip)).unwrap();
        let version = NewVersion {
            short_name: "test",
            package: package.hash.clone(),
            title: "Test",
            limits: package.limits.clone(),
            public_content: "{}",
            package_bytes: 0,
            test_count: 1,
            uploaded_by: None,
        };
        store::problems::save_version(&mut self.connection, &version).unwrap();
        let problem =
            store::problems::by_short_name(&mut self.connection, "test").unwrap().unwrap();
        let user = match users::create(&mut self.connection, "team", "-", Role::Contestant).unwrap()
        {
            Some(user) => user,
            None => users::by_username(&mut self.connection, "team").unwrap().unwrap().user,
        };
        let mut limits = package.limits.clone();
        change(&mut limits);
        let submission = NewSubmission {
            user: user.id,
            problem: problem.id,
            contest: None,
            language,
            files: &[SourceFile::new(name, content.into()).unwrap()],
            package: package.hash,
            limits,
            lane: Lane::Practice,
            idempotency_key: None,
            trace: Some(TraceContext::new()),
        };
        match submissions::create(&mut self.connection, &submission, None).unwrap() {
            Submitted::Created(_, judgement) => judgement,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// The queued task of a judgement, taken off the queue.
    pub(crate) fn take(&mut self) -> outbox::Delivery {
        outbox::take(&mut self.connection, time::Duration::seconds(60)).unwrap().unwrap()
    }

    pub(crate) fn judgement(&mut self, id: JudgementId) -> Judgement {
        judgements::by_id(&mut self.connection, id).unwrap().unwrap()
    }

    /// How many executions have told what they used.
    pub(crate) fn executions(&mut self, id: JudgementId) -> usize {
        executions::of_judgement(&mut self.connection, id).unwrap().len()
    }

    /// Waits until the judgement is in a state that `wanted` accepts.
    pub(crate) fn wait_for(
        &mut self,
        id: JudgementId,
        wanted: impl Fn(JudgementState) -> bool,
    ) -> Judgement {
        let give_up = Instant::now() + Duration::from_secs(60);
        loop {
            let judgement = self.judgement(id);
            if wanted(judgement.state) {
                return judgement;
            }
            assert!(Instant::now() < give_up, "still {:?} after a minute", judgement.state);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How to start this judge's functions: this very executable.
    pub(crate) fn command(&self) -> FunctionCommand {
        FunctionCommand {
            program: env::current_exe().unwrap(),
            arguments: vec!["function".into()],
            environment: vec![
                (DATA.into(), self.folder.path().into()),
                (DATABASE.into(), self.url.with_password().unwrap().into()),
                (HARD_TIMEOUT_MS.into(), self.hard_timeout.as_millis().to_string().into()),
                (LEASE_MS.into(), self.lease.as_millis().to_string().into()),
            ],
            hidden: Vec::new(),
        }
    }

    /// Starts a function with `message`.
    pub(crate) fn start(&self, message: &str) -> Child {
        let command = self.command();
        let mut child = Command::new(command.program)
            .args(command.arguments)
            .envs(command.environment)
            .env(WORKER_VARIABLE, "test")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        io::Write::write_all(&mut child.stdin.take().unwrap(), message.as_bytes()).unwrap();
        child
    }

    /// Runs a function with `message` and says how it exited.
    pub(crate) fn run(&self, message: &str) -> Option<i32> {
        self.start(message).wait().unwrap().code()
    }
}

/// `main` of a function's process: what `gavel function` does, with its configuration from a test.
pub(crate) fn function_process() -> ExitCode {
    let started = Instant::now();
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is set"));
    let ms = |name: &str| Duration::from_millis(variable(name).parse().unwrap());
    let folder = PathBuf::from(variable(DATA));
    let bench = workbench(&folder, None);
    let config = FunctionConfig {
        database: variable(DATABASE).parse().unwrap(),
        blobs: Blobs::in_folder(&folder.join("blobs")).unwrap(),
        packages: PackageCache::new(bench.cache.join("packages"), 1 << 30),
        bench,
        worker: variable(WORKER_VARIABLE),
        lease: ms(LEASE_MS),
        hard_timeout: ms(HARD_TIMEOUT_MS),
        stop: StopRule::AtFirstFailure,
    };
    let message = io::read_to_string(io::stdin()).unwrap();
    executor::run_function(&config, &message, started).into()
}
