//! A judge with a database, a blob store and problems, as functions and scalers see it.

use super::{PackageFolder, Relayed, workbench};
use executor::{
    FanOutRules, FunctionCommand, FunctionConfig, PackageCache, StopRule, WORKER_VARIABLE,
};
use judge_types::{
    JudgeTask, JudgementId, JudgementState, Lane, Limits, Role, SourceFile, SubmissionId,
    TASK_VERSION, TraceContext,
};
use std::{
    collections::HashMap,
    env,
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};
use store::{
    AnyConnection, Bell, Blobs, DatabaseUrl, blobs, database, executions,
    judgements::{self, Judgement},
    problems::{NewVersion, Problem},
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
const HELP_AFTER_MS: &str = "TEST_HELP_AFTER_MS";
const HELPERS: &str = "TEST_HELPERS";

/// A judge below a folder of its own.
pub(crate) struct Judge {
    /// Ends before its database does.
    pub(super) broker: Option<Relayed>,
    folder: TempDir,
    url: DatabaseUrl,
    pub(crate) connection: AnyConnection,
    pub(crate) hard_timeout: Duration,
    pub(crate) lease: Duration,
    pub(crate) fan_out: FanOutRules,
    /// Who sends what is submitted.
    pub(crate) team: &'static str,
    /// What was queued for each judgement.
    messages: HashMap<JudgementId, JudgeTask>,
    /// Of a scaler or a relay in this process.
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

    pub(crate) fn on_broker() -> Self {
        Self { broker: Some(Relayed::new()), ..Self::on_postgres() }
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
        Self {
            broker: None,
            folder,
            url,
            connection,
            hard_timeout,
            lease,
            fan_out: FanOutRules::default(),
            team: "team",
            messages: HashMap::new(),
            bell,
            _on_server: on_server,
        }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        self.url.clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where packages are stored.
    pub(crate) fn blobs(&self) -> Blobs {
        Blobs::in_folder(&self.folder.path().join("blobs")).unwrap()
    }

    /// Stores the package as the current version of a problem.
    pub(crate) fn store(&mut self, short_name: &str, package: &PackageFolder) -> Problem {
        let package = package.open();
        let zip = self.folder.path().join("package.zip");
        problems::pack(&package, fs::File::create(&zip).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let key = blobs::package_key(&package.hash);
        runtime.block_on(self.blobs().put_file(&key, &zip)).unwrap();
        let version = NewVersion {
            short_name,
            package: package.hash.clone(),
            title: "Test",
            limits: package.limits.clone(),
            public_content: "{}",
            guarded_content: "{}",
            package_bytes: fs::metadata(&zip).unwrap().len(),
            test_count: 1,
            uploaded_by: None,
        };
        store::problems::save_version(&mut self.connection, &version).unwrap();
        store::problems::by_short_name(&mut self.connection, short_name).unwrap().unwrap()
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
        let problem = self.store("test", package);
        let team = users::create(&mut self.connection, self.team, "-", Role::Contestant).unwrap();
        let user = match team {
            Some(user) => user,
            None => users::by_username(&mut self.connection, self.team).unwrap().unwrap().user,
        };
        let mut limits = problem.limits;
        change(&mut limits);
        let new = NewSubmission {
            user: user.id,
            problem: problem.id,
            contest: None,
            language,
            files: &[SourceFile::new(name, content.into()).unwrap()],
            package: problem.package,
            limits,
            lane: Lane::Practice,
            idempotency_key: None,
            trace: Some(TraceContext::new()),
        };
        match submissions::create(&mut self.connection, &new, None).unwrap() {
            Submitted::Created(submission, judgement) => {
                self.messages.insert(judgement, task(judgement, submission, &new));
                judgement
            }
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// The message that was queued for a judgement, for another function than its scaler's.
    pub(crate) fn message(&self, id: JudgementId) -> String {
        serde_json::to_string(&self.messages[&id]).unwrap()
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
                (HELP_AFTER_MS.into(), self.fan_out.after.as_millis().to_string().into()),
                (HELPERS.into(), self.fan_out.helpers.to_string().into()),
            ],
            hidden: Vec::new(),
        }
    }

    /// Starts a function with `message`.
    pub(crate) fn start(&self, message: &str) -> Child {
        self.start_within::<&OsStr>(&[], message)
    }

    /// Starts a function by a program that becomes it, given what it takes before the function's command.
    pub(crate) fn start_within<S: AsRef<OsStr>>(&self, program: &[S], message: &str) -> Child {
        let FunctionCommand { program: own, arguments, environment, .. } = self.command();
        let own: Vec<OsString> = [own.into()].into_iter().chain(arguments).collect();
        let mut words = program.iter().map(S::as_ref).chain(own.iter().map(OsString::as_os_str));
        let mut child = Command::new(words.next().expect("a program"))
            .args(words)
            .envs(environment)
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

/// The task that a submission queues.
fn task(judgement: JudgementId, submission: SubmissionId, new: &NewSubmission<'_>) -> JudgeTask {
    JudgeTask {
        version: TASK_VERSION,
        judgement,
        submission,
        language: new.language.to_owned(),
        package: new.package.clone(),
        limits: new.limits.clone(),
        helper: 0,
        traceparent: new.trace,
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
        fan_out: FanOutRules {
            after: ms(HELP_AFTER_MS),
            helpers: variable(HELPERS).parse().unwrap(),
        },
    };
    let message = io::read_to_string(io::stdin()).unwrap();
    executor::run_function(&config, &message, started).into()
}
