//! The judge in parts, and what can be done to each.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::journal::Journal;
use crate::proxy::Proxy;
use judge_types::JudgementId;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use test_servers::{Postgres, PostgresDatabase, RabbitMq};

const GAVEL: &str = env!("CARGO_BIN_EXE_gavel");

/// The account that uploads packages and looks at dead letters.
pub(crate) const JURY: (&str, &str) = ("chief", "correct horse");

/// One machine: a disk, a clock, and the part of the judge that runs there.
pub(crate) struct Machine {
    arguments: Vec<String>,
    pub(crate) disk: Disk,
    pub(crate) clock: Clock,
    process: Option<Child>,
}

/// Servers, machines, and the network between them.
pub(crate) struct World {
    pub(crate) postgres: &'static Postgres,
    pub(crate) broker: RabbitMq,
    database: PostgresDatabase<'static>,
    pub(crate) to_database: Proxy,
    pub(crate) to_broker: Proxy,
    /// The web server, another relay, and the scalers.
    pub(crate) machines: Vec<Machine>,
    port: u16,
    /// Functions that were stopped, to be let go on.
    pub(crate) asleep: Vec<u32>,
    pub(crate) journal: Journal,
}

/// The machine of the web server that the load goes to. It has a relay, too.
pub(crate) const API: usize = 0;
/// That of a second web server, which nobody asks: a relay alone.
pub(crate) const RELAY: usize = 1;
/// Those with functions.
pub(crate) const SCALERS: [usize; 2] = [2, 3];

impl World {
    pub(crate) fn start() -> Self {
        let postgres = test_servers::postgres();
        let database = postgres.new_database();
        let broker = RabbitMq::start();
        let to_database = Proxy::to(port_of(database.url()));
        let to_broker = Proxy::to(port_of(&broker.url()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let serve = |port: u16| {
            let listen = format!("127.0.0.1:{port}");
            ["api", "--listen", &listen, "--submissions-per-minute", "0"].map(String::from).to_vec()
        };
        let scale =
            || ["scale", "--slots", "2", "--help-after", "500ms"].map(String::from).to_vec();
        let machines = [serve(port), serve(0), scale(), scale()].map(Machine::new).into();
        let mut world = Self {
            postgres,
            broker,
            database,
            to_database,
            to_broker,
            machines,
            port,
            asleep: Vec::new(),
            journal: Journal::default(),
        };
        world.make_jury();
        world.wait_until_open();
        // A queue that was made a moment before a crash may answer nobody afterwards.
        world.broker.restart();
        world
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    /// Kills the part that runs on a machine, and starts it again.
    pub(crate) fn kill(&mut self, machine: usize) {
        self.machines[machine].kill();
        self.start_again(machine);
    }

    /// The functions that the scalers have started, and the judgements that they are for.
    pub(crate) fn functions(&self) -> Vec<(u32, JudgementId)> {
        let scalers = SCALERS.iter().filter_map(|machine| self.machines[*machine].process.as_ref());
        scalers.flat_map(|scaler| children(scaler.id())).filter_map(with_judgement).collect()
    }

    /// What the database's tables are reached by without the network that is cut.
    pub(crate) fn database(&self) -> store::DatabaseUrl {
        self.database.url().parse().unwrap()
    }

    /// Lets everything work again.
    pub(crate) fn heal(&mut self) {
        self.wake();
        for machine in &mut self.machines {
            machine.disk.empty();
        }
        self.wait_until_open();
    }

    /// Lets functions that were stopped go on.
    pub(crate) fn wake(&mut self) {
        for function in std::mem::take(&mut self.asleep) {
            signal(function, "CONT");
        }
    }

    /// A part that could not start, because what it needs was away, is started again, as a service manager would.
    pub(crate) fn wait_until_open(&mut self) {
        let began = Instant::now();
        loop {
            for machine in 0..self.machines.len() {
                if !self.machines[machine].is_running() {
                    self.start_again(machine);
                }
            }
            if ureq::get(format!("{}/problems", self.url())).call().is_ok() {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(120), "the web server does not open");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the first task has found its way.
    pub(crate) fn wait_until_judging(&self) {
        let began = Instant::now();
        while self.functions().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(120), "nothing is judged");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn start_again(&mut self, machine: usize) {
        let mut command = self.command(machine);
        self.machines[machine].process = Some(command.spawn().unwrap());
    }

    /// The part that runs on a machine.
    fn command(&self, machine: usize) -> Command {
        let machine = &self.machines[machine];
        let mut command = self.program();
        command.args(&machine.arguments).arg("--data").arg(machine.disk.path().join("data"));
        command.env("TMPDIR", machine.disk.path());
        machine.clock.on(&mut command);
        command
    }

    /// The executable, told where the servers are.
    fn program(&self) -> Command {
        let mut command = Command::new(GAVEL);
        let behind =
            |url: &str, port: u16| url.replace(&port_of(url).to_string(), &port.to_string());
        // On the web server's disk, which fills up as well.
        let blobs = self.machines[API].disk.path().join("blobs");
        command.env("GAVEL_BLOBS", format!("file://{}", blobs.display()));
        command.env("GAVEL_DATABASE", behind(self.database.url(), self.to_database.port()));
        command.env("GAVEL_BROKER", behind(&self.broker.url(), self.to_broker.port()));
        command.env("GAVEL_LOG", std::env::var("GAVEL_LOG").unwrap_or_else(|_| "off".into()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        command
    }

    fn make_jury(&self) {
        let mut command = self.program();
        command.args(["admin", "create-user", JURY.0, "--role", "admin"]).stdin(Stdio::piped());
        let mut making = command.spawn().unwrap();
        writeln!(making.stdin.take().unwrap(), "{}", JURY.1).unwrap();
        assert!(making.wait().unwrap().success());
    }
}

impl Machine {
    fn new(arguments: Vec<String>) -> Self {
        let disk = Disk::new();
        // In memory that never fills up, under a name that no other machine's clock has.
        let clock = Clock::new(Path::new("/dev/shm").join(disk.path().file_name().unwrap()));
        Self { arguments, disk, clock, process: None }
    }

    fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none())
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.journal.tell_the_last();
        }
        self.machines.iter_mut().for_each(Machine::kill);
    }
}

/// The processes that a process has started.
fn children(parent: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let texts = threads.filter_map(|t| std::fs::read_to_string(t.path().join("children")).ok());
    texts
        .flat_map(|text| text.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// A function, with the judgement that its name tells.
fn with_judgement(function: u32) -> Option<(u32, JudgementId)> {
    let environment = std::fs::read(format!("/proc/{function}/environ")).ok()?;
    let variables = environment.split(|byte| *byte == 0);
    let worker = variables.filter_map(|v| v.strip_prefix(b"GAVEL_WORKER=")).next()?;
    let worker = std::str::from_utf8(worker).ok()?;
    // It ends with the judgement, a UUID; a helper's does not.
    let judgement = worker.get(worker.len().checked_sub(36)?..)?;
    Some((function, judgement.parse().ok()?))
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
