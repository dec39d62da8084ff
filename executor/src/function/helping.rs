//! A function that helps another one: it judges test cases of a submission that the other has compiled.

use super::{
    FunctionConfig, FunctionExit, Notice, compiled, compiled::Stored, metered, pace::Pace,
    sharing::is_time_to_hand_over, source_texts, storage, to_lease_length, whole_ms,
};
use crate::judging::{Compiled, HelpSource, Interrupted, JudgeJob, Meter, help};
use judge_types::{ExecutionUsage, JudgeTask, JudgingError, JudgingErrorKind, Retry, with_causes};
use std::{
    collections::VecDeque,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use store::{
    AnyConnection, DatabaseError, DatabaseUrl, database,
    executions::{ExecutionEnding, HelpExecution},
    fan_out::{self, FanOut},
    outbox,
};

/// Judges test cases until there are none left to take, or half the function's time is over.
pub(super) fn run(
    config: &FunctionConfig,
    task: &JudgeTask,
    connection: &mut AnyConnection,
    started: Instant,
) -> Result<FunctionExit, DatabaseError> {
    let Some(fan_out) = fan_out::find(connection, task.judgement)? else {
        tracing::info!("needs no help any more");
        return Ok(FunctionExit::Done);
    };
    let queue_wait_ms = outbox::age(connection, task.key())?.whole_milliseconds().try_into();
    let mut usage = ExecutionUsage {
        cold_start_ms: whole_ms(started.elapsed()),
        queue_wait_ms: queue_wait_ms.unwrap_or(0),
        ..ExecutionUsage::default()
    };
    let execution = HelpExecution::begin(connection, task.key(), &usage)?;
    Notice::Helping.send();
    let heart = Heart::start(config, task, execution, started, usage);
    let helped = help_out(config, task, &fan_out, connection, started, &mut usage);
    heart.stop();
    fan_out::release(connection, task.judgement, &config.worker)?;
    let (ending, exit) = match helped {
        Ok(()) => (ExecutionEnding::Finished, FunctionExit::Done),
        Err(Interrupted::HandedOver) => (ExecutionEnding::Released, FunctionExit::HandedOver),
        Err(Interrupted::Stopped) => (ExecutionEnding::Released, FunctionExit::Done),
        Err(Interrupted::Failed(error)) => {
            // The function that it helps comes to the same test case, and says whose fault it is.
            tracing::warn!(%error, "cannot help");
            let exit = match error.kind.retry() {
                Retry::Never => FunctionExit::Done,
                Retry::Again => FunctionExit::HandedBack,
                Retry::Always => FunctionExit::NoRoom,
            };
            (ExecutionEnding::Failed, exit)
        }
    };
    execution.read(connection, &metered(&config.bench.meter, started, usage), ending)?;
    Ok(exit)
}

fn help_out(
    config: &FunctionConfig,
    task: &JudgeTask,
    fan_out: &FanOut,
    connection: &mut AnyConnection,
    started: Instant,
    usage: &mut ExecutionUsage,
) -> Result<(), Interrupted> {
    let language = config.bench.languages.get(&task.language).ok_or_else(|| {
        let message = format!("language {} is not known here", task.language);
        JudgingError::new(JudgingErrorKind::ToolchainMissing, message)
    })?;
    let cached = config.packages.get(&task.package, &config.blobs)?;
    let stored = Stored { key: fan_out.artefact.clone(), hash: fan_out.artefact_hash.clone() };
    let (folder, bytes) = compiled::fetch(&config.blobs, &stored, &config.bench.scratch)?;
    usage.transferred_bytes = cached.transferred_bytes + bytes;
    let job = JudgeJob {
        bench: &config.bench,
        package: &cached.package,
        language,
        sources: source_texts(connection, task.submission)?,
        limits: task.limits.clone(),
        stop: config.stop,
        entry_point: None,
        overtime: Duration::ZERO,
        compiled: Some(Compiled {
            folder: folder.path().to_owned(),
            result: fan_out.compile.clone(),
        }),
    };
    let taken = VecDeque::new();
    let pace = Pace::default();
    help(&job, &mut Shares { config, task, connection, started, taken, pace })
}

/// Takes test cases a share at a time.
struct Shares<'a> {
    config: &'a FunctionConfig,
    task: &'a JudgeTask,
    connection: &'a mut AnyConnection,
    started: Instant,
    taken: VecDeque<u32>,
    pace: Pace,
}

impl HelpSource for Shares<'_> {
    fn next(&mut self) -> Result<Option<u32>, Interrupted> {
        let (judgement, worker) = (self.task.judgement, &self.config.worker);
        if is_time_to_hand_over(self.config, self.started) {
            return Err(Interrupted::HandedOver);
        }
        if self.taken.is_empty() {
            let length = to_lease_length(self.config.lease);
            let most = self.pace.share();
            let taken = fan_out::claim(self.connection, judgement, worker, most, length);
            self.taken.extend(taken.map_err(|e| storage(&e))?);
        }
        self.pace.begin();
        Ok(self.taken.pop_front())
    }

    fn judged(&mut self, ordinal: u32, result: &str, decides: bool) -> Result<(), Interrupted> {
        let (judgement, worker) = (self.task.judgement, &self.config.worker);
        let failed = |e| Interrupted::Failed(storage(&e));
        self.pace.end();
        let kept = fan_out::store(self.connection, judgement, worker, ordinal, result);
        if !kept.map_err(failed)? {
            // Nobody wants it any more; then perhaps the rest of the share neither.
            fan_out::release(self.connection, judgement, worker).map_err(failed)?;
            self.taken.clear();
        } else if decides {
            fan_out::cancel_after(self.connection, judgement, ordinal).map_err(failed)?;
            self.taken.retain(|other| *other < ordinal);
        }
        Ok(())
    }
}

/// The thread that renews the helper's hold and its reading, and ends it when nobody waits for it any more.
struct Heart {
    stop: Sender<()>,
    /// Whether the helping is over. Held while the thread ends the process.
    over: Arc<Mutex<bool>>,
}

struct Beat {
    database: DatabaseUrl,
    task: JudgeTask,
    worker: String,
    lease: Duration,
    hard_timeout: Duration,
    execution: HelpExecution,
    started: Instant,
    usage: ExecutionUsage,
    meter: Meter,
    over: Arc<Mutex<bool>>,
}

impl Heart {
    fn start(
        config: &FunctionConfig,
        task: &JudgeTask,
        execution: HelpExecution,
        started: Instant,
        usage: ExecutionUsage,
    ) -> Self {
        let (stop, stopped) = mpsc::channel();
        let over = Arc::new(Mutex::new(false));
        let beat = Beat {
            database: config.database.clone(),
            task: task.clone(),
            worker: config.worker.clone(),
            lease: config.lease,
            hard_timeout: config.hard_timeout,
            execution,
            started,
            usage,
            meter: config.bench.meter.clone(),
            over: Arc::clone(&over),
        };
        thread::spawn(move || beat.run(&stopped));
        Self { stop, over }
    }

    /// From its return on, the thread does nothing more.
    fn stop(self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        // It may be gone already; then there is nothing to stop.
        let _ = self.stop.send(());
    }
}

impl Beat {
    fn run(&self, stopped: &mpsc::Receiver<()>) {
        let mut connection = None;
        loop {
            match stopped.recv_timeout(self.lease / 4) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.started.elapsed() > self.hard_timeout {
                tracing::error!("cannot judge one test case in half a function's time");
                return self.end();
            }
            match self.beat(&mut connection) {
                Ok(true) => {}
                Ok(false) => return self.end(),
                // The next try may succeed; meanwhile every write is fenced.
                Err(error) => {
                    tracing::warn!(error = with_causes(&error), "cannot renew a helper's hold");
                    connection = None;
                }
            }
        }
    }

    /// Renews everything; false where the judgement needs no help any more.
    fn beat(&self, connection: &mut Option<AnyConnection>) -> Result<bool, DatabaseError> {
        let open = match connection.take() {
            Some(open) => open,
            None => database::connect(&self.database)?,
        };
        let open = connection.insert(open);
        let length = to_lease_length(self.lease);
        let held = fan_out::renew(open, self.task.judgement, &self.worker, length)?;
        let usage = metered(&self.meter, self.started, self.usage);
        self.execution.read(open, &usage, ExecutionEnding::Lost)?;
        Ok(held > 0 || fan_out::find(open, self.task.judgement)?.is_some())
    }

    /// Ends the process, and with it what it runs, unless the helping is over.
    fn end(&self) {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if *over {
            return;
        }
        let usage = metered(&self.meter, self.started, self.usage);
        let read = database::connect(&self.database)
            .and_then(|mut open| self.execution.read(&mut open, &usage, ExecutionEnding::Released));
        if let Err(error) = read {
            tracing::warn!(error = with_causes(&error), "cannot store a helper's reading");
        }
        process::exit(FunctionExit::Done.code().into());
    }
}
