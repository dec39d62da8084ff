//! A function that helps another one: it judges test cases of a submission that the other has compiled.

use super::{
    FunctionConfig, FunctionExit, Notice, compiled,
    compiled::Stored,
    heart::Heart,
    metered,
    pace::Pace,
    sharing::{LAST, is_time_to_hand_over},
    source_texts, storage, to_lease_length, whole_ms,
};
use crate::judging::{Compiled, HelpSource, Interrupted, JudgeJob, help};
use judge_types::{ExecutionUsage, JudgeTask, JudgingError, JudgingErrorKind, Retry};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    AnyConnection, DatabaseError,
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
    if !is_compiled_for_here(config, task, &fan_out) {
        tracing::info!("was compiled with another toolchain than is here");
        return Ok(FunctionExit::OtherVersion);
    }
    let mut usage =
        ExecutionUsage { cold_start_ms: whole_ms(started.elapsed()), ..ExecutionUsage::default() };
    let execution = HelpExecution::begin(connection, task.key(), &usage)?;
    Notice::Helping.send();
    let transferred = Arc::default();
    let heart =
        Heart::start(config, task.judgement, execution, started, usage, Arc::clone(&transferred));
    let helped = help_out(config, task, &fan_out, connection, started, &transferred);
    heart.stop();
    usage.transferred_bytes = transferred.load(Ordering::Relaxed);
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

/// Whether the submission, compiled elsewhere, runs with what is on this machine.
fn is_compiled_for_here(config: &FunctionConfig, task: &JudgeTask, fan_out: &FanOut) -> bool {
    let language = config.bench.languages.get(&task.language);
    let toolchain = language.and_then(|language| config.bench.toolchain(language).ok());
    toolchain.is_some_and(|toolchain| {
        compiled::toolchain(&toolchain).is_ok_and(|here| here == fan_out.toolchain)
    })
}

fn help_out(
    config: &FunctionConfig,
    task: &JudgeTask,
    fan_out: &FanOut,
    connection: &mut AnyConnection,
    started: Instant,
    transferred: &AtomicU64,
) -> Result<(), Interrupted> {
    let language = config.bench.languages.get(&task.language).ok_or_else(|| {
        let message = format!("language {} is not known here", task.language);
        JudgingError::new(JudgingErrorKind::ToolchainMissing, message)
    })?;
    let cached = config.packages.get(&task.package, &config.blobs)?;
    let stored = Stored { key: fan_out.artefact.clone(), hash: fan_out.artefact_hash.clone() };
    let (folder, bytes) = compiled::fetch(&config.blobs, &stored, &config.bench.scratch)?;
    transferred.store(cached.transferred_bytes + bytes, Ordering::Relaxed);
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

/// A task that waits this long finds no free slot.
const WAITS_FOR: time::Duration = time::Duration::seconds(1);

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
            // Those who submit go before those who take long.
            let waits = outbox::is_anyone_waiting(self.connection, WAITS_FOR);
            if waits.map_err(|e| storage(&e))? {
                return Err(Interrupted::HandedOver);
            }
            let length = to_lease_length(self.config.lease);
            let most = self.pace.share();
            let taken = fan_out::claim(self.connection, judgement, worker, most, LAST, length);
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
