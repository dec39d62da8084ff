//! A function that helps another one: it judges test cases of a submission that the other has compiled.

use super::{
    FunctionConfig, FunctionExit, Notice, compiled, heart::Heart, job, language, metered,
    pace::Pace, sharing::is_time_to_hand_over, source_texts, storage, taken::Taken, whole_ms,
};
use crate::judging::{Compiled, HelpSource, Interrupted, help};
use judge_types::{ExecutionUsage, JudgeTask, Retry};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
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
    let is_for_here = language(config, task)
        .and_then(|language| compiled::is_for_here(&config.bench, language, &fan_out));
    if !is_for_here.unwrap_or(false) {
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
    execution.record(connection, &metered(&config.bench.meter, started, usage), ending)?;
    Ok(exit)
}

fn help_out(
    config: &FunctionConfig,
    task: &JudgeTask,
    fan_out: &FanOut,
    connection: &mut AnyConnection,
    started: Instant,
    transferred: &AtomicU64,
) -> Result<(), Interrupted> {
    let language = language(config, task)?;
    let cached = config.packages.get(&task.package, &config.blobs)?;
    let (folder, bytes) = compiled::fetch(&config.blobs, fan_out, &config.bench.scratch)?;
    transferred.store(cached.transferred_bytes + bytes, Ordering::Relaxed);
    let compiled = Compiled { folder: folder.path().to_owned(), result: fan_out.compile.clone() };
    let sources = source_texts(connection, task.submission)?;
    let job = job(config, task, &cached.package, language, sources, Some(compiled));
    let taken = Taken::none(config, task.judgement, Pace::default());
    help(&job, &mut Shares { config, connection, started, taken })
}

/// A task that waits this long finds no free slot.
const WAITS_FOR: time::Duration = time::Duration::seconds(1);

/// Takes test cases a share at a time.
struct Shares<'a> {
    config: &'a FunctionConfig,
    connection: &'a mut AnyConnection,
    started: Instant,
    taken: Taken<'a>,
}

impl HelpSource for Shares<'_> {
    fn next(&mut self) -> Result<Option<u32>, Interrupted> {
        if is_time_to_hand_over(self.config, self.started) {
            return Err(Interrupted::HandedOver);
        }
        if self.taken.is_empty() {
            // Those who submit go before those who take long.
            let waits = outbox::is_anyone_waiting(self.connection, WAITS_FOR);
            if waits.map_err(|e| storage(&e))? {
                return Err(Interrupted::HandedOver);
            }
            self.taken.claim(self.connection)?;
        }
        Ok(self.taken.next())
    }

    fn judged(&mut self, ordinal: u32, result: &str, decides: bool) -> Result<(), Interrupted> {
        if !self.taken.judged(self.connection, ordinal, result, decides)? {
            // Nobody wants it any more; then perhaps the rest of the share neither.
            self.taken.release(self.connection)?;
        }
        Ok(())
    }
}
