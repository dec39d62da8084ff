//! One delivery: a function from its start to its end, and what is then to become of the task.

use super::ScalerConfig;
use super::child::{Child, ChildEnd};
use super::decision::decide;
use super::task::Task;
use judge_types::TraceContext;
use std::sync::Arc;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
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
        "delivery", judgement = %task.judgement, trace = own.map(TraceContext::trace_id),
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
    let judgement = task.judgement;
    let slot = config.metrics.begin(language, task.deliveries);
    // Every container's first process has the same id, and scalers on one database may be in several.
    let worker = format!("{}-{:016x}", std::process::id(), super::random());
    let listener = Arc::clone(&slot);
    let listen = move |notice| listener.told(notice);
    let (end, log) = match Child::start(&config.function, &worker, core, &task.text, listen) {
        Ok(mut child) => {
            let end = watch_over(config, &task, &mut child, &mut killed).await;
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
}

/// Waits for the function's end. Meanwhile the task stays taken.
async fn watch_over(
    config: &ScalerConfig,
    task: &Task,
    child: &mut Child,
    killed: &mut watch::Receiver<bool>,
) -> ChildEnd {
    let deadline = Instant::now() + config.kill_after;
    loop {
        tokio::select! {
            end = child.end() => return end,
            () = until_true(killed) => {
                child.kill().await;
                return ChildEnd::Stopped;
            }
            () = sleep_until(deadline) => {
                tracing::error!(judgement = %task.judgement, "killing a function that does not end");
                child.kill().await;
                return ChildEnd::Died;
            }
            () = tokio::time::sleep(Task::KEEP_EVERY) => task.keep(&config.database).await,
        }
    }
}

/// Waits until the watched value is true; for ever where it can no longer become so.
async fn until_true(watched: &mut watch::Receiver<bool>) {
    if watched.wait_for(|value| *value).await.is_err() {
        std::future::pending().await
    }
}
