//! The judge in parts, and what can be done to each.

use crate::proxy::Proxy;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use test_servers::{Postgres, PostgresDatabase, RabbitMq};

const GAVEL: &str = env!("CARGO_BIN_EXE_gavel");

/// Servers, processes, and the network between them.
pub(crate) struct World {
    pub(crate) postgres: &'static Postgres,
    pub(crate) broker: RabbitMq,
    database: PostgresDatabase<'static>,
    pub(crate) to_database: Proxy,
    pub(crate) to_broker: Proxy,
    data: TempDir,
    port: u16,
    api: Child,
    scaler: Child,
    /// Functions that were stopped, to be let go on.
    pub(crate) asleep: Vec<u32>,
    troubles: BTreeMap<&'static str, u32>,
}

impl World {
    pub(crate) fn start() -> Self {
        let postgres = test_servers::postgres();
        let database = postgres.new_database();
        let broker = RabbitMq::start();
        let to_database = Proxy::to(port_of(database.url()));
        let to_broker = Proxy::to(port_of(&broker.url()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = tempfile::tempdir().unwrap();
        // Replaced by the real ones at once; a child is needed to have a place for it.
        let nobody = || Command::new("true").spawn().unwrap();
        let (api, scaler) = (nobody(), nobody());
        let mut world = Self {
            postgres,
            broker,
            database,
            to_database,
            to_broker,
            data,
            port,
            api,
            scaler,
            asleep: Vec::new(),
            troubles: BTreeMap::new(),
        };
        world.start_api();
        world.start_scaler();
        world.wait_until_open();
        // A queue that was made a moment before a crash may answer nobody afterwards.
        world.broker.restart();
        world
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    /// Counts what has been done.
    pub(crate) fn note(&mut self, trouble: &'static str) {
        *self.troubles.entry(trouble).or_default() += 1;
    }

    pub(crate) fn troubles(&self) -> &BTreeMap<&'static str, u32> {
        &self.troubles
    }

    pub(crate) fn kill_api(&mut self) {
        kill(&mut self.api);
        self.start_api();
    }

    pub(crate) fn kill_scaler(&mut self) {
        kill(&mut self.scaler);
        self.start_scaler();
    }

    /// The functions that the scaler has started.
    pub(crate) fn functions(&self) -> Vec<u32> {
        let children = format!("/proc/{0}/task/{0}/children", self.scaler.id());
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.scaler.id()));
        let files = threads.into_iter().flatten().flatten().map(|t| t.path().join("children"));
        let texts =
            files.chain([children.into()]).filter_map(|file| std::fs::read_to_string(file).ok());
        let mut found: Vec<u32> = texts
            .flat_map(|text| text.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What the database's tables are reached by without the network that is cut.
    pub(crate) fn database(&self) -> store::DatabaseUrl {
        self.database.url().parse().unwrap()
    }

    /// Lets everything work again.
    pub(crate) fn heal(&mut self) {
        for function in std::mem::take(&mut self.asleep) {
            signal(function, "CONT");
        }
        self.wait_until_open();
    }

    fn start_api(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let serve = ["--listen", &listen, "--submissions-per-minute", "0"];
        self.api = self.command("api").args(serve).spawn().unwrap();
    }

    fn start_scaler(&mut self) {
        // Far more die here than a task may be blamed for.
        let limit = ["--delivery-limit", "1000"];
        self.scaler = self.command("scale").args(limit).spawn().unwrap();
    }

    fn command(&self, part: &str) -> Command {
        let mut command = Command::new(GAVEL);
        let behind =
            |url: &str, port: u16| url.replace(&port_of(url).to_string(), &port.to_string());
        command.arg(part).arg("--data").arg(self.data.path());
        command.env("GAVEL_DATABASE", behind(self.database.url(), self.to_database.port()));
        command.env("GAVEL_BROKER", behind(&self.broker.url(), self.to_broker.port()));
        command
            .env("GAVEL_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// A part that could not start, because what it needs was away, is started again, as a service manager would.
    pub(crate) fn wait_until_open(&mut self) {
        let began = Instant::now();
        loop {
            if self.api.try_wait().unwrap().is_some() {
                self.start_api();
            }
            if self.scaler.try_wait().unwrap().is_some() {
                self.start_scaler();
            }
            let problems = format!("{}/problems", self.url());
            if ureq::get(problems).call().is_ok() {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(120), "the web server does not open");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        kill(&mut self.api);
        kill(&mut self.scaler);
    }
}

fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Sends a signal to a process that may be gone.
pub(crate) fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    kill.args(["-s", name, &process.to_string()]).stderr(Stdio::null());
    let _ = kill.status();
}

fn port_of(url: &str) -> u16 {
    let after_host = url.rsplit_once("127.0.0.1:").unwrap().1;
    after_host.split('/').next().unwrap().parse().unwrap()
}
