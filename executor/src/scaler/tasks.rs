//! Where tasks come from: the embedded queue or a broker.

use super::other_versions::OtherVersions;
use super::task::{TAKEN_FOR, Task};
use super::{ScalerConfig, ScalerMetrics, TaskSource, to_length};
use std::time::Duration;
use store::broker::consumer::{Consumer, ConsumerConfig};
use store::outbox::{self, PutBack};
use store::{Bell, Database};
use tokio::time::Instant;

/// A queue that is open.
pub(super) struct Tasks {
    queue: Queue,
    metrics: ScalerMetrics,
    others: OtherVersions,
}

enum Queue {
    Embedded { bell: Bell, slow_tick: Duration },
    Broker(Consumer),
}

/// What there is to do.
pub(super) enum Next {
    Task(Task),
    /// There was one for executors of another version, and it was left to them. There may be more.
    LeftToOthers,
    /// Nothing until the queue rings, or until this time.
    Nothing(Option<Instant>),
}

impl Tasks {
    pub(super) fn open(config: &ScalerConfig) -> Self {
        let queue = match &config.tasks {
            TaskSource::Embedded { bell, slow_tick } => {
                Queue::Embedded { bell: bell.clone(), slow_tick: *slow_tick }
            }
            TaskSource::Broker { broker, priority, link } => {
                Queue::Broker(Consumer::start(ConsumerConfig {
                    broker: broker.clone(),
                    slots: u16::try_from(config.slots).unwrap_or(u16::MAX).max(1),
                    priority: *priority,
                    link: link.clone(),
                    name: format!("gavel scaler {}", std::process::id()),
                }))
            }
        };
        Self { queue, metrics: config.metrics.clone(), others: OtherVersions::default() }
    }

    /// The most urgent task that waits.
    pub(super) async fn next(&self, database: &Database) -> Next {
        let next = match &self.queue {
            Queue::Embedded { slow_tick, .. } => next_embedded(database, *slow_tick).await,
            Queue::Broker(consumer) => next_of_broker(consumer).await,
        };
        let Next::Task(task) = next else { return next };
        let Some(version) = task.other_version() else { return Next::Task(task) };
        self.others.met(version);
        self.metrics.left_to_others();
        task.leave_to_others(database).await;
        Next::LeftToOthers
    }

    /// Waits until something has come since the last wait.
    pub(super) async fn rung(&self) {
        match &self.queue {
            Queue::Embedded { bell, .. } => bell.rung().await,
            Queue::Broker(consumer) => consumer.rung().await,
        }
    }

    /// Takes no more. What has come and waits for a slot goes to others, uncounted.
    pub(super) async fn stop(&self, database: &Database) {
        let Queue::Broker(consumer) = &self.queue else { return };
        consumer.stop_taking();
        loop {
            match self.next(database).await {
                Next::Task(task) => {
                    task.put_back(database, Duration::ZERO, PutBack::Uncounted).await;
                }
                Next::LeftToOthers => {}
                Next::Nothing(_) => return,
            }
        }
    }

    pub(super) async fn close(self) {
        if let Queue::Broker(consumer) = self.queue {
            consumer.close().await;
        }
    }
}

/// How often a broker is asked, while a slot is free, whether another function could be helped.
const ASK_EVERY: Duration = Duration::from_secs(1);

async fn next_of_broker(consumer: &Consumer) -> Next {
    loop {
        let message = match consumer.take() {
            Some(message) => message,
            None => match consumer.ask_for_help_task().await {
                Some(message) => message,
                None => return Next::Nothing(Some(Instant::now() + ASK_EVERY)),
            },
        };
        match Task::of(message) {
            Ok(task) => return Next::Task(task),
            Err(message) => {
                tracing::error!("dropped a message that is no task");
                message.give_up().await;
            }
        }
    }
}

async fn next_embedded(database: &Database, slow_tick: Duration) -> Next {
    let slow = Instant::now() + slow_tick;
    match database.run(|db| outbox::take(db, to_length(TAKEN_FOR))).await {
        Ok(Some(delivery)) => Next::Task(delivery.into()),
        Ok(None) => {
            let next = database.run(outbox::next_available).await;
            let wait = next.ok().flatten().map(|wait| Duration::try_from(wait).unwrap_or_default());
            // Another taker may have been quicker: then look again soon, not at once.
            let soon = Duration::from_millis(20);
            Next::Nothing(Some(wait.map_or(slow, |wait| slow.min(Instant::now() + wait.max(soon)))))
        }
        Err(error) => {
            tracing::error!(%error, "cannot take a task");
            Next::Nothing(Some(slow))
        }
    }
}
