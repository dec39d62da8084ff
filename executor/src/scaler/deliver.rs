//! One delivery: a function from its start to its end, and what is then to become of the task.

use super::child::{Child, ChildEnd};
use super::decision::{LATER, decide};
use super::task::Task;
use super::{ScalerConfig, TaskSource};
use crate::FunctionExit;
use crate::function::Notice;
use judge_types::TraceContext;
use std::{sync::Arc, time::Duration};
use store::leases;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};
use tracing::Instrument;

/// Starts a function, on this processor if one is given, waits for its end, and tells the queue what is to become of
/// the task.
pub(super) async fn deliver(
    config: &ScalerConfig,
    task: Task,
    core: Option<usize>,
    killed: watch::Receiver<bool>,
) {
    let told = Told::by(&task);
    let (parent, own) = (told.traceparent, told.traceparent.map(TraceContext::child));
    // At the level of errors, so that no filter takes it from a line within.
    let span = tracing::error_span!(
        "delivery", judgement = %task.key.judgement, trace = own.map(TraceContext::trace_id),
        span = own.map(TraceContext::span_id), parent = parent.map(TraceContext::span_id),
    );
    deliver_one(config, task, core, &told.language, killed).instrument(span).await;
}

/// What a task of any version may tell about itself.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Told {
    language: String,
    #[serde(deserialize_with = "TraceContext::deserialize_if_valid")]
    traceparent: Option<TraceContext>,
}

impl Told {
    fn by(task: &Task) -> Self {
        serde_json::from_str(&task.text).unwrap_or_default()
    }
}

async fn deliver_one(
    config: &ScalerConfig,
    task: Task,
    core: Option<usize>,
    language: &str,
    mut killed: watch::Receiver<bool>,
) {
    let judgement = task.key.judgement;
    let slot = config.metrics.begin(language, task.deliveries);
    // By its name is freed what a dead one held, so no other has it: not in another container, whose processes have
    // the same ids, nor where a task comes twice.
    let mut worker = format!("{}-{:016x}-{judgement}", std::process::id(), super::random());
    if task.key.is_help() {
        worker.push_str(&format!("+{}", task.key.helper));
    }
    let listener = Arc::clone(&slot);
    let tasks = config.tasks.clone();
    let listen = move |notice| {
        if let (Notice::Opened { .. }, TaskSource::Embedded { bell, .. }) = (notice, &tasks) {
            bell.ring();
        }
        listener.told(notice);
    };
    let (end, log) = match Child::start(&config.function, &worker, core, &task.text, listen) {
        Ok(mut child) => {
            let end = watch_over(config, &task, &worker, &mut child, &mut killed).await;
            (end, child.last_lines().await)
        }
        Err(error) => {
            let program = config.function.program.display();
            tracing::error!(%judgement, %program, %error, "cannot start a function");
            (ChildEnd::NotStarted, Vec::new())
        }
    };
    slot.ended(end);
    let decision = decide(end, task.deliveries, config.delivery_limit);
    tracing::debug!(%judgement, ?end, ?decision, "function ended");
    task.conclude(&config.database, &worker, decision, &log).await;
    if end == ChildEnd::Exited(FunctionExit::NoRoom) {
        // Meanwhile this slot is taken: a machine without room must not draw the tasks that others could judge.
        tokio::time::sleep(LATER).await;
    }
}

/// How often is looked whether a function keeps its judgement: more often than a lease runs out.
const LOOK_EVERY: Duration = Duration::from_secs(4);

/// Waits for the function's end. Meanwhile the task stays taken.
async fn watch_over(
    config: &ScalerConfig,
    task: &Task,
    worker: &str,
    child: &mut Child,
    killed: &mut watch::Receiver<bool>,
) -> ChildEnd {
    let deadline = Instant::now() + config.kill_after;
    let mut keep = interval_at(Instant::now() + Task::KEEP_EVERY, Task::KEEP_EVERY);
    let mut look = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    // Never twice at once, however long the database let the one before wait.
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut was_kept = true;
    loop {
        tokio::select! {
            end = child.end() => return end,
            () = until_true(killed) => {
                child.kill().await;
                return ChildEnd::Stopped;
            }
            () = sleep_until(deadline) => {
                tracing::error!(judgement = %task.key.judgement, "killing a function that does not end");
                child.kill().await;
                return ChildEnd::Died;
            }
            _ = keep.tick() => task.keep(&config.database).await,
            _ = look.tick() => {
                let is_kept = is_kept(config, task, worker).await;
                // Twice, for it renews several times in between: once may be the database's fault, which was away.
                if !is_kept && !was_kept {
                    tracing::error!(judgement = %task.key.judgement, "killing a function that hangs");
                    child.kill().await;
                    return ChildEnd::Died;
                }
                was_kept = is_kept;
            }
        }
    }
}

/// Whether the function keeps the lease that it has; true also where that is not known, and where it has none, as who
/// helps another.
async fn is_kept(config: &ScalerConfig, task: &Task, worker: &str) -> bool {
    let (judgement, worker) = (task.key.judgement, worker.to_owned());
    let looked = config.database.run(move |db| leases::is_kept(db, judgement, &worker)).await;
    !matches!(looked, Ok(Some(false)))
}

/// Waits until the watched value is true; for ever where it can no longer become so.
async fn until_true(watched: &mut watch::Receiver<bool>) {
    if watched.wait_for(|value| *value).await.is_err() {
        std::future::pending().await
    }
}
