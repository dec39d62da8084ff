//! One function's process.

use super::{CORE_VARIABLE, FunctionCommand, WORKER_VARIABLE};
use crate::FunctionExit;
use std::{collections::VecDeque, io, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::Command,
    task::JoinHandle,
};

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
}

impl Child {
    /// Starts a function and hands it its task.
    pub(super) fn start(
        command: &FunctionCommand,
        worker: &str,
        core: Option<usize>,
        task: &str,
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
            .stdout(Stdio::null())
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
        let log = tokio::spawn(async move {
            match stderr {
                Some(stderr) => keep_last_lines(stderr).await,
                None => VecDeque::new(),
            }
        });
        Ok(Self { process, log })
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

    /// The end of its log.
    pub(super) async fn last_lines(self) -> Vec<String> {
        self.log.await.map(Vec::from).unwrap_or_default()
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
        tracing::info!(target: "function", "{text}");
        if kept.len() == LOG_LINES {
            kept.pop_front();
        }
        kept.push_back(text);
    }
    kept
}
