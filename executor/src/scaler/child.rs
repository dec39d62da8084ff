//! One function's process.

use super::{CORE_VARIABLE, FunctionCommand, WORKER_VARIABLE};
use crate::FunctionExit;
use crate::function::Notice;
use std::io::{self, Write};
use std::{collections::VecDeque, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::Command,
    task::JoinHandle,
};
use tracing::{Instrument, Span};

/// How a function's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChildEnd {
    /// It exited with this meaning.
    Exited(FunctionExit),
    /// A signal killed it, or it had to be killed for not ending.
    Died,
    /// The scaler was asked to stop and killed it.
    Stopped,
    /// There was no process.
    NotStarted,
}

/// How many lines of a function's log are kept for the jury, and how long each may be, in bytes.
const LOG_LINES: usize = 20;
const LINE_BYTES: usize = 2_000;

/// A running function.
pub(super) struct Child {
    process: tokio::process::Child,
    log: JoinHandle<VecDeque<String>>,
    notices: JoinHandle<()>,
}

impl Child {
    /// Starts a function, on this processor if one is given, and hands it its task; `listen` hears what it tells.
    pub(super) fn start(
        command: &FunctionCommand,
        worker: &str,
        core: Option<usize>,
        task: &str,
        listen: impl FnMut(Notice) + Send + 'static,
    ) -> io::Result<Self> {
        let mut process = Command::new(&command.program);
        for variable in &command.hidden {
            process.env_remove(variable);
        }
        let mut process = process
            .args(&command.arguments)
            .envs(command.environment.iter().cloned())
            .envs(core.map(|core| (CORE_VARIABLE, core.to_string())))
            .env(WORKER_VARIABLE, worker)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the scaler, which lets its functions end.
            .process_group(0)
            .spawn()?;
        if let Some(mut stdin) = process.stdin.take() {
            let task = task.to_owned();
            // A function that does not read its task fails, and its end says so.
            tokio::spawn(async move { stdin.write_all(task.as_bytes()).await });
        }
        let stderr = process.stderr.take();
        let log = async move {
            match stderr {
                Some(stderr) => keep_last_lines(stderr).await,
                None => VecDeque::new(),
            }
        };
        let log = tokio::spawn(log.instrument(Span::current()));
        let stdout = process.stdout.take();
        let notices = tokio::spawn(async move {
            if let Some(stdout) = stdout {
                hear_notices(stdout, listen).await;
            }
        });
        Ok(Self { process, log, notices })
    }

    /// Waits for the end. May be called again after being cancelled.
    pub(super) async fn end(&mut self) -> ChildEnd {
        match self.process.wait().await {
            Ok(status) => match status.code() {
                Some(code) => ChildEnd::Exited(FunctionExit::from_code(code)),
                None => ChildEnd::Died,
            },
            Err(error) => {
                tracing::error!(%error, "cannot wait for a function");
                ChildEnd::Died
            }
        }
    }

    /// Kills the process, and with it everything in its sandbox.
    pub(super) async fn kill(&mut self) {
        if let Err(error) = self.process.kill().await {
            tracing::error!(%error, "cannot kill a function");
        }
    }

    /// The end of its log, once all it has told was heard.
    pub(super) async fn last_lines(self) -> Vec<String> {
        let _ = self.notices.await;
        self.log.await.map(Vec::from).unwrap_or_default()
    }
}

async fn hear_notices(stdout: impl AsyncRead + Unpin, mut listen: impl FnMut(Notice)) {
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line).await, Ok(read) if read > 0) {
        if let Some(notice) = Notice::read(&line) {
            listen(notice);
        }
        line.clear();
    }
}

/// Passes a function's log on to ours and keeps the end of it.
async fn keep_last_lines(log: impl AsyncRead + Unpin) -> VecDeque<String> {
    let mut kept = VecDeque::with_capacity(LOG_LINES);
    let mut reader = BufReader::new(log);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line).await, Ok(read) if read > 0) {
        let end = line.len().min(LINE_BYTES);
        let text = String::from_utf8_lossy(&line[..end]).trim_end().to_owned();
        line.clear();
        if text.starts_with('{') {
            // A record already: where its fields are text within another one, nobody finds them.
            let _ = writeln!(io::stderr(), "{text}");
        } else {
            tracing::info!(target: "function", "{text}");
        }
        if kept.len() == LOG_LINES {
            kept.pop_front();
        }
        kept.push_back(text);
    }
    kept
}
