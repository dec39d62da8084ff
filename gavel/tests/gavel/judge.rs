//! A judge of a test's own: a process, a port, a data folder.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use ureq::Agent;

pub(crate) const GAVEL: &str = env!("CARGO_BIN_EXE_gavel");

/// Far longer than anything here takes: a bound, not a measure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../problems/examples").join(name)
}

/// The program in another folder, for users who may not look into the one that it was built in. Another process copies it:
/// what this one writes to may be open in a child that is being started, and then it cannot be executed.
pub(crate) fn copy_of_gavel(folder: &Path) -> PathBuf {
    let gavel = folder.join("gavel");
    let copied = Command::new("cp").args([Path::new(GAVEL), &gavel]).status().unwrap();
    assert!(copied.success());
    gavel
}

/// What solves the example problem `hello`, in Python.
pub(crate) fn hello() -> String {
    std::fs::read_to_string(example("hello/submissions/accepted/hello.py")).unwrap()
}

/// How a test's web server serves.
const SERVE: [&str; 4] = ["--listen", "127.0.0.1:0", "--submissions-per-minute", "0"];

/// A subcommand on a data folder, and a database that is elsewhere if one is given.
fn command(name: &str, data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(GAVEL);
    command.arg(name).arg("--data").arg(data);
    command.envs(database.map(|url| ("GAVEL_DATABASE", url)));
    command.env("GAVEL_LOG", "warn,lapin=off").stdin(Stdio::null());
    command
}

/// A running judge; killed when dropped.
pub(crate) struct Judge {
    process: Child,
    /// Where the functions are not that process's.
    scaler: Option<Child>,
    pub(crate) url: String,
    /// Where its metrics are, if it was asked to show them.
    pub(crate) metrics: Option<String>,
    /// Printed at the first start on a data folder.
    pub(crate) admin_password: Option<String>,
    agent: Agent,
}

impl Judge {
    /// Starts `gavel up` on a free port and waits until it is open.
    pub(crate) fn start(data: &Path, options: &[&str]) -> Self {
        Self::start_with(data, None, options)
    }

    /// The same with a database that is not in the data folder.
    pub(crate) fn start_with(data: &Path, database: Option<&str>, options: &[&str]) -> Self {
        Self::run(command("up", data, database).args(SERVE).args(options))
    }

    /// `gavel up` on a free port.
    pub(crate) fn command(data: &Path) -> Command {
        let mut command = command("up", data, None);
        command.args(SERVE);
        command
    }

    /// Starts `gavel api` and `gavel scale`, with the options, and a broker between them; all that is elsewhere is
    /// in the variables.
    pub(crate) fn start_in_parts(
        data: &Path,
        variables: &[(&str, String)],
        options: &[&str],
    ) -> Self {
        let mut scale = command("scale", data, None);
        scale.envs(variables.iter().cloned()).args(options).stdout(Stdio::null());
        let scaler = scale.spawn().unwrap();
        let mut judge = Self::start_api(data, variables);
        judge.scaler = Some(scaler);
        judge
    }

    /// Starts `gavel api` alone.
    pub(crate) fn start_api(data: &Path, variables: &[(&str, String)]) -> Self {
        Self::run(command("api", data, None).envs(variables.iter().cloned()).args(SERVE))
    }

    /// Runs such a command and waits until the judge is open.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        // Goes on reading after the start, so that the judge never waits for a reader.
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let (mut admin_password, mut metrics) = (None, None);
        let url = loop {
            let line = lines.recv_timeout(PATIENCE).expect("the judge says where it listens");
            if let Some(password) = line.trim().strip_prefix("password ") {
                admin_password = Some(password.trim().to_owned());
            }
            if let Some(url) = line.trim().strip_prefix("metrics ") {
                metrics = Some(url.trim().to_owned());
            }
            if let Some(rest) = line.strip_prefix("Open ") {
                break rest.split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
            }
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Self { process, scaler: None, url, metrics, admin_password, agent }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to stop as Ctrl-C does, and waits until it has.
    pub(crate) fn interrupt(mut self) {
        for process in self.scaler.iter_mut().chain([&mut self.process]) {
            signal(process.id(), "INT");
            let deadline = Instant::now() + PATIENCE;
            loop {
                if let Some(status) = process.try_wait().unwrap() {
                    assert!(status.success(), "the judge ended with {status}");
                    break;
                }
                assert!(Instant::now() < deadline, "the judge does not stop");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Kills it as a power cut would.
    pub(crate) fn kill(mut self) {
        for process in self.scaler.iter_mut().chain([&mut self.process]) {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// The functions that run now.
    pub(crate) fn functions(&self) -> Vec<u32> {
        children(self.scaler.as_ref().map_or(self.pid(), Child::id))
    }

    pub(crate) fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut answer = self
            .agent
            .post(format!("{}/api/v1/{path}", self.url))
            .header("Authorization", format!("Bearer {token}"))
            .send_json(body)
            .unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    /// What is answered to whoever has the token; to nobody in particular where that is empty.
    pub(crate) fn get(&self, token: &str, path: &str) -> Value {
        let mut request = self.agent.get(format!("{}/api/v1/{path}", self.url));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.body_mut().read_json().unwrap()
    }

    /// The events of a submission until its stream ends.
    pub(crate) fn events(&self, token: &str, submission: &str) -> Vec<Value> {
        let answer = self
            .agent
            .get(format!("{}/api/v1/submissions/{submission}/events", self.url))
            .header("Authorization", format!("Bearer {token}"))
            .call()
            .unwrap();
        let lines = BufReader::new(answer.into_body().into_reader()).lines();
        lines
            .map_while(Result::ok)
            .filter_map(|line| Some(serde_json::from_str(line.strip_prefix("data: ")?).unwrap()))
            .collect()
    }

    /// A token of a new contestant.
    pub(crate) fn register(&self, username: &str) -> String {
        let account = json!({ "username": username, "password": "correct horse" });
        let (status, answer) = self.post("", "register", &account);
        assert_eq!(status, 201, "{answer}");
        self.log_in(username, "correct horse")
    }

    pub(crate) fn log_in(&self, username: &str, password: &str) -> String {
        let account = json!({ "username": username, "password": password });
        let (status, answer) = self.post("", "login", &account);
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Sends a program; gives the submission's id.
    pub(crate) fn submit(
        &self,
        token: &str,
        problem: &str,
        language: &str,
        name: &str,
        content: &str,
    ) -> String {
        let body = json!({
            "problem_id": problem,
            "language_id": language,
            "files": [{ "name": name, "content": content }],
        });
        let (status, answer) = self.post(token, "submissions", &body);
        assert_eq!(status, 201, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the submission's judgement has ended; gives all that its author sees.
    pub(crate) fn wait(&self, token: &str, submission: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let detail = self.get(token, &format!("submissions/{submission}"));
            if detail["state"] == "finished" {
                return detail;
            }
            assert!(Instant::now() < deadline, "no verdict: {detail:#}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the submission has an event of this type.
    pub(crate) fn wait_for_event(&self, token: &str, submission: &str, kind: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let detail = self.get(token, &format!("submissions/{submission}"));
            if detail["timeline"].as_array().unwrap().iter().any(|event| event["type"] == kind) {
                return;
            }
            assert!(Instant::now() < deadline, "no event {kind}: {detail:#}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        for process in self.scaler.iter_mut().chain([&mut self.process]) {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "signal {name} to {pid}");
}

/// The processes whose parent is `parent`.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let stat = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let is_child = |pid: &u32| {
        // The command's name, in parentheses, may hold anything; what follows the last one cannot.
        let stat = stat(*pid).unwrap_or_default();
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let (state, of) = (fields.next(), fields.next());
        state != Some("Z") && of == Some(parent.to_string().as_str())
    };
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_child).collect()
}
