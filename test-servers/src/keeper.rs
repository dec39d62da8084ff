//! The process between a test process and a server: it sees to it that the server does not outlive the test.

use crate::port::random;
use nix::unistd::{Gid, Uid, User};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Far longer than any server here takes to start or to stop: a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the keeper's shell runs.
const SCRIPT: &str = include_str!("keeper.sh");

/// A server in a folder of its own. Both are gone once this is dropped, or its process has ended.
pub(crate) struct Keeper {
    name: &'static str,
    folder: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    shell: Child,
    /// Taken to say that the end has come.
    orders: Option<ChildStdin>,
    answers: Receiver<String>,
    /// The server's process while it runs.
    pid: Option<u32>,
}

/// How to start a server.
pub(crate) struct Program {
    /// What it is called in messages and in the name of its folder.
    pub(crate) name: &'static str,
    /// Whose rights it gets where we are root; `None` for ours.
    pub(crate) user: Option<&'static str>,
    /// The program and its arguments; it runs in the folder and does not put itself into the background.
    pub(crate) command: Vec<OsString>,
    /// Variables on top of ours.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Keeper {
    /// Makes the folder; starts nothing yet.
    pub(crate) fn new(program: Program) -> Self {
        let name = program.name;
        let folder = format!("gavel-test-{name}-{}-{:016x}", std::process::id(), random());
        let folder = std::env::temp_dir().join(folder);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "keeper"]).arg(&folder).args(program.command);
        command.envs(program.environment).current_dir("/");
        if let Some((uid, gid)) = program.user.and_then(lesser_user) {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        // What ends the test process's group, such as Ctrl-C, must not end the keeper.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = command.spawn().unwrap_or_else(|error| panic!("start /bin/sh: {error}"));
        let (orders, stdout) = (shell.stdin.take(), shell.stdout.take());
        let stdout = stdout.unwrap_or_else(|| unreachable!("it is piped"));
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody waits for what is said after the end.
                let _ = sender.send(line);
            }
        });
        let keeper =
            Self { name, folder, inner: Mutex::new(Inner { shell, orders, answers, pid: None }) };
        assert!(
            keeper.answer(&keeper.lock()).is_some(),
            "cannot make the folder {}",
            keeper.folder.display()
        );
        keeper
    }

    /// Where the server keeps its files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server and waits until `ready` says that it is.
    pub(crate) fn start(&self, ready: impl Fn(u32) -> bool) {
        let mut inner = self.lock();
        assert!(inner.pid.is_none(), "{} runs already", self.name);
        let pid = self.order(&mut inner, "start");
        let pid = pid.parse().unwrap_or_else(|_| panic!("no process id: {pid}"));
        inner.pid = Some(pid);
        let deadline = Instant::now() + PATIENCE;
        while !ready(pid) {
            assert!(is_alive(pid), "{} ended at its start; its log:\n{}", self.name, self.log());
            assert!(
                Instant::now() < deadline,
                "{} is not ready after {PATIENCE:?}; its log:\n{}",
                self.name,
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a signal that ends the server, and waits for its end. Nothing happens where it does not run.
    pub(crate) fn end(&self, signal: &str) {
        self.end_by(&format!("end {signal}"));
    }

    /// Kills the server with all its processes, as a crash would. Nothing happens where it does not run.
    pub(crate) fn kill(&self) {
        self.end_by("kill");
    }

    /// The server's process while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.lock().pid
    }

    fn end_by(&self, order: &str) {
        let mut inner = self.lock();
        if inner.pid.take().is_some() {
            self.order(&mut inner, order);
        }
    }

    fn order(&self, inner: &mut Inner, order: &str) -> String {
        let orders = inner.orders.as_mut().unwrap_or_else(|| unreachable!("the end has not come"));
        // A keeper that is gone does not answer.
        let _ = writeln!(orders, "{order}");
        self.answer(inner)
            .unwrap_or_else(|| panic!("{} does not {order}; its log:\n{}", self.name, self.log()))
    }

    fn answer(&self, inner: &Inner) -> Option<String> {
        inner.answers.recv_timeout(PATIENCE).ok()
    }

    /// What the server has said so far.
    fn log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Whatever state a test that failed has left, the server can be ended.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let mut inner = self.lock();
        drop(inner.orders.take());
        // It cannot fail for a child that is not waited for elsewhere.
        let _ = inner.shell.wait();
    }
}

/// Servers refuse to run as root, or should.
fn lesser_user(name: &str) -> Option<(Uid, Gid)> {
    if !Uid::effective().is_root() {
        return None;
    }
    let user = [name, "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
    let user = user.unwrap_or_else(|| panic!("this machine has neither user {name} nor nobody"));
    Some((user.uid, user.gid))
}

/// Whether the process has not ended yet, be it waited for or not.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the command's name, which is in parentheses.
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.starts_with(" Z"))
}
