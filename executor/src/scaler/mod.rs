//! The local scaler: one process for each queued judgement, none when idle.

mod child;
mod decision;

use child::{Child, ChildEnd};
use decision::{Decision, decide};
use judge_types::{JudgingError, JudgingErrorKind};
use std::{ffi::OsString, future::Future, path::PathBuf, pin::pin, sync::Arc, time::Duration};
use store::{
    AnyConnection, Database, DatabaseError, EmbeddedQueue, leases,
    outbox::{self, Delivery, PutBack},
};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

/// The environment variable that tells a function its [`FunctionConfig::worker`](crate::FunctionConfig::worker).
pub const WORKER_VARIABLE: &str = "GAVEL_WORKER";

/// How a function is started. It reads one task from standard input and ends with a
/// [`FunctionExit`](crate::FunctionExit).
#[derive(Debug, Clone)]
pub struct FunctionCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables on top of the scaler's own environment.
    pub environment: Vec<(OsString, OsString)>,
}

/// What the scaler works with.
#[derive(Clone)]
pub struct ScalerConfig {
    /// Where the queue's entries are.
    pub database: Database,
    /// Rings when an entry has been committed.
    pub queue: EmbeddedQueue,
    /// What to start for each entry.
    pub function: FunctionCommand,
    /// How often the queue is looked at though no bell rang: it does not ring for entries of other processes.
    pub slow_tick: Duration,
    /// How many functions may run at once.
    pub slots: usize,
    /// How often a task is delivered again after its function has died or failed.
    pub delivery_limit: u32,
    /// When a function is killed that has not ended by itself: above its own hard timeout.
    pub kill_after: Duration,
    /// How long functions may go on after a stop was asked for, before they are killed and their tasks put back.
    pub stop_grace: Duration,
}

impl ScalerConfig {
    /// As many slots as this machine has processors.
    #[must_use]
    pub fn default_slots() -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    /// How often to look at the queue unasked when nobody says otherwise.
    pub const DEFAULT_SLOW_TICK: Duration = Duration::from_secs(5);

    /// How often a task is delivered again when nobody says otherwise.
    pub const DEFAULT_DELIVERY_LIMIT: u32 = 3;
}

/// For how long a task is taken, unless renewed: a scaler that died loses its tasks after this.
const TAKEN_FOR: Duration = Duration::from_secs(30);

/// How long a task waits that neither a function nor the jury could be told of.
const RECONSIDER_AFTER: Duration = Duration::from_secs(5);

/// Takes entries off the embedded queue and starts a function for each.
pub struct LocalScaler;

impl LocalScaler {
    /// Runs until `shutdown` is done. Then nothing more is taken; functions that run may end by themselves
    /// within the grace, the others are killed and their tasks put back. No task is lost.
    ///
    /// # Errors
    /// Where the database fails at the very start; later failures are logged and tried again.
    pub async fn run(
        config: ScalerConfig,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), DatabaseError> {
        let config = Arc::new(config);
        // What an earlier scaler on this database had taken and never ended.
        let returned = with_database(&config, outbox::put_back_all).await?;
        if returned > 0 {
            tracing::info!(returned, "took over the tasks of an earlier scaler");
        }
        let (kill, killed) = watch::channel(false);
        let slots = Arc::new(Semaphore::new(config.slots.max(1)));
        let mut running = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let next_look = start_what_waits(&config, &slots, &killed, &mut running).await;
            tokio::select! {
                () = &mut shutdown => break,
                () = config.queue.rung() => {}
                () = sleep_until(next_look) => {}
                Some(_) = running.join_next() => {}
            }
        }
        tracing::info!(running = running.len(), "stopping");
        let drained = async { while running.join_next().await.is_some() {} };
        if timeout(config.stop_grace, drained).await.is_err() {
            // Nobody listens where the last one has just ended.
            let _ = kill.send(true);
            while running.join_next().await.is_some() {}
        }
        Ok(())
    }
}

/// Starts a function for each entry while there are free slots; says when to look again at the latest.
async fn start_what_waits(
    config: &Arc<ScalerConfig>,
    slots: &Arc<Semaphore>,
    killed: &watch::Receiver<bool>,
    running: &mut JoinSet<()>,
) -> Instant {
    let slow = Instant::now() + config.slow_tick;
    while let Ok(slot) = Arc::clone(slots).try_acquire_owned() {
        match with_database(config, |connection| outbox::take(connection, to_length(TAKEN_FOR)))
            .await
        {
            Ok(Some(delivery)) => {
                let (config, killed) = (Arc::clone(config), killed.clone());
                running.spawn(async move {
                    deliver(&config, &delivery, killed).await;
                    drop(slot);
                });
            }
            Ok(None) => {
                let next = with_database(config, outbox::next_available).await;
                let wait = next.ok().flatten().map(|at| at - judge_types::now());
                let wait = wait.map(|wait| Duration::try_from(wait).unwrap_or_default());
                // Another taker may have been quicker: then look again soon, not at once.
                let soon = Duration::from_millis(20);
                return wait.map_or(slow, |wait| slow.min(Instant::now() + wait.max(soon)));
            }
            Err(error) => {
                tracing::error!(%error, "cannot take a task");
                return slow;
            }
        }
    }
    // All slots are taken: the end of a function wakes us.
    slow
}

/// One delivery: a function from its start to its end, and what then becomes of the task.
async fn deliver(config: &ScalerConfig, delivery: &Delivery, mut killed: watch::Receiver<bool>) {
    let judgement = delivery.judgement;
    let worker = format!("{}-{}-{}", std::process::id(), judgement, delivery.deliveries);
    let (end, log) = match Child::start(&config.function, &worker, &delivery.task) {
        Ok(mut child) => {
            let end = watch_over(config, delivery, &mut child, &mut killed).await;
            (end, child.last_lines().await)
        }
        Err(error) => {
            let program = config.function.program.display();
            tracing::error!(%judgement, %program, %error, "cannot start a function");
            (ChildEnd::NotStarted, Vec::new())
        }
    };
    let decision = decide(end, delivery.deliveries, config.delivery_limit);
    tracing::debug!(%judgement, ?end, ?decision, "function ended");
    // A task that cannot be put back comes back by itself when its time is over.
    if let Err(error) = carry_out(config, delivery, &worker, decision, &log).await {
        tracing::error!(%judgement, %error, "cannot tell the queue how a function ended");
    }
}

/// Waits for the function's end. Meanwhile the task stays taken.
async fn watch_over(
    config: &ScalerConfig,
    delivery: &Delivery,
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
                tracing::error!(judgement = %delivery.judgement, "killing a function that does not end");
                child.kill().await;
                return ChildEnd::Died;
            }
            () = tokio::time::sleep(TAKEN_FOR / 3) => {
                let judgement = delivery.judgement;
                let renewed = with_database(config, move |connection| {
                    outbox::renew(connection, judgement, to_length(TAKEN_FOR))
                });
                if let Err(error) = renewed.await {
                    tracing::warn!(%judgement, %error, "cannot keep a task");
                }
            }
        }
    }
}

/// Waits until the watched value is true; for ever where it can no longer become so.
async fn until_true(watched: &mut watch::Receiver<bool>) {
    if watched.wait_for(|value| *value).await.is_err() {
        std::future::pending().await
    }
}

async fn carry_out(
    config: &ScalerConfig,
    delivery: &Delivery,
    worker: &str,
    decision: Decision,
    log: &[String],
) -> Result<(), DatabaseError> {
    let (judgement, worker) = (delivery.judgement, worker.to_owned());
    let message = format!(
        "tried {} times; the last function's log ends with:\n{}",
        delivery.deliveries,
        log.join("\n")
    );
    with_database(config, move |connection| {
        match decision {
            Decision::Acknowledge => outbox::acknowledge(connection, judgement),
            Decision::PutBack { delay, counted } => {
                leases::release_dead(connection, judgement, &worker)?;
                outbox::put_back(connection, judgement, to_length(delay), counted)
            }
            Decision::GiveUp => {
                leases::release_dead(connection, judgement, &worker)?;
                let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, message);
                if leases::fail_unheld(connection, judgement, &error)? {
                    return Ok(());
                }
                // Another function holds it, or it has a verdict: look once more, later.
                outbox::put_back(
                    connection,
                    judgement,
                    to_length(RECONSIDER_AFTER),
                    PutBack::Uncounted,
                )
            }
        }
    })
    .await
}

/// Runs `work` on a connection, where blocking is allowed.
async fn with_database<T: Send + 'static>(
    config: &ScalerConfig,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    let database = config.database.clone();
    let done = tokio::task::spawn_blocking(move || work(&mut *database.get()?)).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn to_length(length: Duration) -> time::Duration {
    time::Duration::try_from(length).unwrap_or(time::Duration::MAX)
}
