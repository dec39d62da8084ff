//! The scaler: one process for each task, none when idle.

mod child;
mod decision;
mod deliver;
mod metrics;
mod other_versions;
mod prefetch;
mod slot_states;
mod slots;
mod task;
mod tasks;

pub use metrics::ScalerMetrics;
pub use prefetch::Prefetch;

use deliver::deliver;
use other_versions::OtherVersions;
use prefetch::Prefetching;
use slots::Slots;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::{ffi::OsString, future::Future, path::PathBuf, pin::pin, sync::Arc, time::Duration};
use store::broker::{BrokerError, BrokerUrl, Link, consumer};
use store::{Bell, Database};
use task::Task;
use tasks::{Next, Tasks};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

/// The environment variable that tells a function its [`FunctionConfig::worker`](crate::FunctionConfig::worker).
pub const WORKER_VARIABLE: &str = "GAVEL_WORKER";

/// The environment variable that tells a function which processor is its own, if one is: see
/// [`settle_down`](crate::settle_down).
pub const CORE_VARIABLE: &str = "GAVEL_CORE";

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
    /// Variables of the scaler's environment that it does not get.
    pub hidden: Vec<OsString>,
}

/// Where tasks come from.
#[derive(Debug, Clone)]
pub enum TaskSource {
    /// The outbox table itself.
    Embedded {
        /// Rings when a task has been committed by this process.
        bell: Bell,
        /// How often the table is looked at though no bell rang: it does not ring for other processes.
        slow_tick: Duration,
    },
    /// A broker, which pushes them here.
    Broker {
        /// Which.
        broker: BrokerUrl,
        /// Of the scalers that have a free slot, those with the highest priority are served first.
        priority: i32,
        /// Up while it is connected.
        link: Link,
    },
}

/// When a scaler ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Not at all.
    Forever,
    /// Once nothing has come for `idle`, and after `at_most` in any case.
    Drain {
        /// For how long nothing was judged here.
        idle: Duration,
        /// After this it takes nothing more.
        at_most: Duration,
    },
}

/// What the scaler works with.
#[derive(Clone)]
pub struct ScalerConfig {
    /// Where judgements are.
    pub database: Database,
    /// Where their tasks come from.
    pub tasks: TaskSource,
    /// What to start for each.
    pub function: FunctionCommand,
    /// How many functions may run at once.
    pub slots: usize,
    /// How often a task is delivered again after its function has died or failed.
    pub delivery_limit: u32,
    /// When a function is killed that has not ended by itself: above its own hard timeout.
    pub kill_after: Duration,
    /// How long functions may go on after a stop was asked for, before they are killed and their tasks put back.
    pub stop_grace: Duration,
    /// When to stop unasked.
    pub lifetime: Lifetime,
    /// Which packages to fetch before functions need them; `None` for none.
    pub prefetch: Option<Prefetch>,
    /// Where to count what happens.
    pub metrics: ScalerMetrics,
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

/// Takes tasks off a queue and starts a function for each.
pub struct Scaler;

impl Scaler {
    /// Runs until `shutdown` is done, or its lifetime is over. Then nothing more is taken; functions that run
    /// may end by themselves within the grace, the others are killed and their tasks put back. No task is lost.
    /// Whatever fails meanwhile is logged and tried again. Any number of scalers may work on one database.
    pub async fn run(config: ScalerConfig, shutdown: impl Future<Output = ()>) {
        let config = Arc::new(config);
        let tasks = Tasks::open(&config);
        let (kill, killed) = watch::channel(false);
        let slots = Slots::new(config.slots);
        config.metrics.open(config.slots.max(1));
        let prefetching = config.prefetch.clone().and_then(|prefetch| {
            Prefetching::start(prefetch, config.database.clone(), config.metrics.clone())
        });
        let mut running = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut age = Age::new(config.lifetime);
        loop {
            let next_look = start_what_waits(&config, &tasks, &slots, &killed, &mut running).await;
            let end = age.end(running.is_empty());
            tokio::select! {
                () = &mut shutdown => break,
                () = tasks.rung() => {}
                () = sleep_until_some(next_look) => {}
                () = sleep_until_some(end) => break,
                Some(_) = running.join_next() => {}
            }
        }
        tracing::info!(running = running.len(), "stopping");
        drop(prefetching);
        tasks.stop(&config.database).await;
        let drained = async { while running.join_next().await.is_some() {} };
        if timeout(config.stop_grace, drained).await.is_err() {
            // Nobody listens where the last one has just ended.
            let _ = kill.send(true);
            while running.join_next().await.is_some() {}
        }
        tasks.close().await;
    }

    /// Asks a broker for one task, runs it to its end, and returns whether there was one. The lifetime,
    /// the slots and the priority do not matter.
    ///
    /// # Errors
    /// Where the broker cannot be reached.
    pub async fn run_once(config: &ScalerConfig, broker: &BrokerUrl) -> Result<bool, BrokerError> {
        let name = format!("gavel function {}", std::process::id());
        let Some((message, connection)) = consumer::fetch(broker, &name).await? else {
            return Ok(false);
        };
        match Task::of(message).map(|task| (task.other_version(), task)) {
            Ok((None, task)) => {
                let (_kill, killed) = watch::channel(false);
                deliver(config, task, None, killed).await;
            }
            Ok((Some(version), task)) => {
                OtherVersions::default().met(version);
                task.leave_to_others(&config.database).await;
            }
            Err(message) => message.give_up().await,
        }
        connection.close().await;
        Ok(true)
    }
}

/// How old a scaler is, and for how long it has had nothing to do.
struct Age {
    lifetime: Lifetime,
    born: Instant,
    idle_since: Option<Instant>,
}

impl Age {
    fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, born: Instant::now(), idle_since: None }
    }

    /// When to end if nothing happens before.
    fn end(&mut self, is_idle: bool) -> Option<Instant> {
        let Lifetime::Drain { idle, at_most } = self.lifetime else { return None };
        self.idle_since = is_idle.then(|| self.idle_since.unwrap_or_else(Instant::now));
        let oldest = self.born + at_most;
        Some(self.idle_since.map_or(oldest, |since| oldest.min(since + idle)))
    }
}

async fn sleep_until_some(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Starts a function for each task while there are free slots; says when to look again at the latest.
async fn start_what_waits(
    config: &Arc<ScalerConfig>,
    tasks: &Tasks,
    slots: &Slots,
    killed: &watch::Receiver<bool>,
    running: &mut JoinSet<()>,
) -> Option<Instant> {
    while let Some(slot) = slots.free() {
        match tasks.next(&config.database).await {
            Next::Task(task) => {
                let (config, killed) = (Arc::clone(config), killed.clone());
                running.spawn(async move {
                    deliver(&config, task, slot.core(), killed).await;
                    drop(slot);
                });
            }
            // After a look at whether to stop.
            Next::LeftToOthers => return Some(Instant::now()),
            Next::Nothing(look_again) => return look_again,
        }
    }
    // All slots are taken: the end of a function wakes us.
    None
}

/// Any number. It may be guessed: the standard library's seeds are random, not secret.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn to_length(length: Duration) -> time::Duration {
    time::Duration::try_from(length).unwrap_or(time::Duration::MAX)
}
