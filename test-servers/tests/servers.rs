//! The servers start, come back after every kind of end, and leave nothing behind.
//!
//! The executable also plays the test process that is killed, so it has no standard harness.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod talk;

use libtest_mimic::{Arguments, Trial};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use talk::{GET, address, answer, ask, endpoint};
use test_servers::{Postgres, RabbitMq, S3};

/// Far longer than anything here takes: a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(60);

/// The argument with which this executable starts a server of each kind, names their folders and waits for its end.
const HOLD: &str = "hold-servers";

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(HOLD) {
        return hold();
    }
    /// Makes tests of functions that panic when they fail.
    macro_rules! tests_of {
        ($($test:ident),* $(,)?) => {
            vec![$(Trial::test(stringify!($test), || { $test(); Ok(()) })),*]
        };
    }
    let trials = tests_of![
        postgres_comes_back_with_its_data,
        a_copy_of_a_database_has_what_it_had,
        rabbitmq_comes_back,
        s3_comes_back_and_wants_requests_signed,
        what_is_dropped_leaves_nothing,
        a_process_that_ends_leaves_nothing,
        a_process_that_is_killed_leaves_nothing,
        a_server_is_not_reachable_from_elsewhere,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn hold() -> ExitCode {
    let (postgres, rabbitmq) = (test_servers::postgres(), test_servers::rabbitmq());
    let s3 = S3::start();
    for folder in [postgres.folder(), rabbitmq.folder(), s3.folder()] {
        println!("{}", folder.display());
    }
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    ExitCode::SUCCESS
}

fn a_copy_of_a_database_has_what_it_had() {
    let server = test_servers::postgres();
    let template = server.new_database();
    ask(template.url(), "CREATE TABLE kept (text TEXT); INSERT INTO kept VALUES ('here')").unwrap();
    let copies = [(); 2].map(|()| server.copy_of(&template));
    ask(copies[0].url(), "DELETE FROM kept").unwrap();
    let kept = |url: &str| ask(url, "SELECT text FROM kept").unwrap();
    assert_eq!([copies[0].url(), copies[1].url(), template.url()].map(kept), ["", "here", "here"]);
}

fn postgres_comes_back_with_its_data() {
    let server = Postgres::start();
    let database = server.new_database();
    ask(database.url(), "CREATE TABLE kept (n INTEGER)").unwrap();
    let ends: [fn(&Postgres); 3] =
        [|server| server.stop(), Postgres::stop_immediately, |server| server.kill()];
    for (n, end) in (1..).zip(ends) {
        ask(database.url(), &format!("INSERT INTO kept VALUES ({n})")).unwrap();
        end(&server);
        assert_eq!(server.pid(), None);
        assert!(ask(database.url(), "SELECT 1").is_err());
        server.restart();
        assert_eq!(ask(database.url(), "SELECT count(*) FROM kept").unwrap(), n.to_string());
    }
    let other = server.new_database();
    assert!(ask(other.url(), "SELECT count(*) FROM kept").is_err(), "it is another database");
    let gone = other.url().to_owned();
    drop(other);
    assert!(ask(&gone, "SELECT 1").unwrap_err().contains("does not exist"));
    let wrong = database.url().replace("gavel:", "gavel:x");
    assert!(ask(&wrong, "SELECT 1").unwrap_err().contains("password"));
}

fn rabbitmq_comes_back() {
    let server = RabbitMq::start();
    let port = address(&server.url());
    let ends: [fn(&RabbitMq); 2] = [|server| server.stop(), |server| server.kill()];
    for end in ends {
        assert!(TcpStream::connect(&port).is_ok());
        end(&server);
        assert_eq!(server.pid(), None);
        assert!(TcpStream::connect(&port).is_err());
        server.restart();
    }
    let url = server.url();
    let folder = server.folder().to_owned();
    drop(server);
    assert!(TcpStream::connect(address(&url)).is_err());
    assert_nothing_is_left(&folder);
}

fn s3_comes_back_and_wants_requests_signed() {
    let server = S3::start();
    let address = address(&endpoint(&server));
    for _ in 0..2 {
        let refused = String::from_utf8(answer(&address, GET)).unwrap();
        assert!(refused.contains(" 403 ") && refused.contains("AccessDenied"), "{refused}");
        server.stop();
        assert!(TcpStream::connect(&address).is_err());
        server.restart();
    }
    let folder = server.folder().to_owned();
    drop(server);
    assert!(TcpStream::connect(&address).is_err());
    assert_nothing_is_left(&folder);
}

fn what_is_dropped_leaves_nothing() {
    let server = Postgres::start();
    let (folder, segment) = (server.folder().to_owned(), segment(server.folder()));
    assert!(segments().contains(&segment));
    // Even where it was killed and could not tidy up.
    server.kill();
    drop(server);
    assert!(!folder.exists());
    assert!(!segments().contains(&segment));
    assert_nothing_is_left(&folder);
}

fn a_process_that_ends_leaves_nothing() {
    the_end_leaves_nothing(|process| drop(process.stdin.take()));
}

fn a_process_that_is_killed_leaves_nothing() {
    the_end_leaves_nothing(|process| process.kill().unwrap());
}

fn the_end_leaves_nothing(end: impl Fn(&mut Child)) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .arg(HOLD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let folders: Vec<PathBuf> = lines.take(3).map(|line| line.unwrap().into()).collect();
    assert!(folders.iter().all(|folder| folder.exists() && !processes_of(folder).is_empty()));
    let segment = segment(&folders[0]);
    let everything = processes_below(process.id());
    assert!(everything.len() >= 10, "servers, their name server, keepers: {everything:?}");
    end(&mut process);
    process.wait().unwrap();

    folders.iter().for_each(|folder| assert_nothing_is_left(folder));
    assert!(!segments().contains(&segment));
    let deadline = Instant::now() + PATIENCE;
    while everything.iter().any(|process| process.is_alive()) {
        assert!(Instant::now() < deadline, "some still run: {everything:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn a_server_is_not_reachable_from_elsewhere() {
    let (postgres, rabbitmq, s3) = (Postgres::start(), RabbitMq::start(), S3::start());
    let database = postgres.new_database();
    for url in [database.url(), &rabbitmq.url(), &endpoint(&s3)] {
        talk::assert_not_reachable_from_elsewhere(url);
    }
}

/// Waits until the folder and all processes in it are gone.
fn assert_nothing_is_left(folder: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while folder.exists() || !processes_of(folder).is_empty() {
        let left = processes_of(folder);
        assert!(Instant::now() < deadline, "{} still has {left:?}", folder.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The processes that work in the folder or name it in their command line.
fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.as_os_str().as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    entries
        .filter(|process| {
            std::fs::read(process.join("cmdline")).is_ok_and(|line| holds(&line))
                || std::fs::read_link(process.join("cwd"))
                    .is_ok_and(|cwd| holds(cwd.as_os_str().as_bytes()))
        })
        .map(|process| std::fs::read_to_string(process.join("comm")).unwrap_or_default())
        .collect()
}

/// A process, told from a later one of the same id.
#[derive(Debug)]
struct Process {
    pid: u32,
    started: String,
}

impl Process {
    fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: stat(pid)?.1 })
    }

    fn is_alive(&self) -> bool {
        stat(self.pid).is_some_and(|(state, started)| state != "Z" && started == self.started)
    }
}

/// State and start time of a process.
fn stat(pid: u32) -> Option<(String, String)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name, in parentheses, may hold anything; what follows the last one cannot.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some((fields[0].to_owned(), fields[19].to_owned()))
}

fn processes_below(pid: u32) -> Vec<Process> {
    let children =
        std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten().flat_map(
            |task| {
                std::fs::read_to_string(task.path().join("children"))
                    .unwrap_or_default()
                    .split_whitespace()
                    .map(|pid| pid.parse().unwrap())
                    .collect::<Vec<u32>>()
            },
        );
    children
        .flat_map(|child| Process::of(child).into_iter().chain(processes_below(child)))
        .collect()
}

/// The id of the shared memory segment that guards the server's data.
fn segment(folder: &Path) -> String {
    let status = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    status.lines().nth(6).unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

/// The ids of all shared memory segments of this machine.
fn segments() -> Vec<String> {
    let all = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    all.lines().filter_map(|line| Some(line.split_whitespace().nth(1)?.to_owned())).collect()
}
