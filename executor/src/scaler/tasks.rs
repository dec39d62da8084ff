//! Where tasks come from, and where they go when their function has ended: the embedded queue or a broker.

use super::decision::{Decision, LATER};
use super::{ScalerConfig, TaskSource, to_length};
use judge_types::{JudgementId, JudgingError, JudgingErrorKind};
use std::time::Duration;
use store::broker::Message;
use store::broker::consumer::{Consumer, ConsumerConfig};
use store::outbox::{self, PutBack};
use store::{Bell, Database, DatabaseError, leases};
use tokio::time::Instant;

/// For how long a task of the embedded queue is taken, unless renewed: a scaler that died loses its tasks
/// after this.
const TAKEN_FOR: Duration = Duration::from_secs(30);

/// How long a task waits that neither a function nor the jury could be told of.
const RECONSIDER_AFTER: Duration = Duration::from_secs(5);

/// A queue that is open.
pub(super) enum Tasks {
    Embedded { bell: Bell, slow_tick: Duration },
    Broker(Consumer),
}

/// What there is to do.
pub(super) enum Next {
    Task(Task),
    /// Nothing until the queue rings, or until this time.
    Nothing(Option<Instant>),
}

/// A task for one function.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) judgement: JudgementId,
    /// The task as JSON, for the function's standard input.
    pub(super) text: String,
    /// How often it has been delivered, this time included.
    pub(super) deliveries: u32,
    /// What the broker is told by; the embedded queue needs nothing.
    message: Option<Message>,
}

impl Tasks {
    pub(super) async fn open(config: &ScalerConfig) -> Result<Self, DatabaseError> {
        match &config.tasks {
            TaskSource::Embedded { bell, slow_tick } => {
                // What an earlier scaler on this database had taken and never ended.
                let returned = config.database.run(outbox::put_back_all).await?;
                if returned > 0 {
                    tracing::info!(returned, "took over the tasks of an earlier scaler");
                }
                Ok(Self::Embedded { bell: bell.clone(), slow_tick: *slow_tick })
            }
            TaskSource::Broker { broker, priority, link } => {
                Ok(Self::Broker(Consumer::start(ConsumerConfig {
                    broker: broker.clone(),
                    slots: u16::try_from(config.slots).unwrap_or(u16::MAX).max(1),
                    priority: *priority,
                    link: link.clone(),
                    name: format!("gavel scaler {}", std::process::id()),
                })))
            }
        }
    }

    /// The most urgent task that waits.
    pub(super) async fn next(&self, database: &Database) -> Next {
        match self {
            Self::Embedded { slow_tick, .. } => next_embedded(database, *slow_tick).await,
            Self::Broker(consumer) => loop {
                let Some(message) = consumer.take() else { return Next::Nothing(None) };
                match Task::of(message) {
                    Ok(task) => return Next::Task(task),
                    Err(message) => {
                        tracing::error!("dropped a message that is no task");
                        message.give_up().await;
                    }
                }
            },
        }
    }

    /// Waits until something has come since the last wait.
    pub(super) async fn rung(&self) {
        match self {
            Self::Embedded { bell, .. } => bell.rung().await,
            Self::Broker(consumer) => consumer.rung().await,
        }
    }

    /// Takes no more. What has come and waits for a slot goes to others, uncounted.
    pub(super) async fn stop(&self, database: &Database) {
        if let Self::Broker(consumer) = self {
            consumer.stop_taking();
            while let Next::Task(task) = self.next(database).await {
                task.put_back(database, Duration::ZERO, PutBack::Uncounted).await;
            }
        }
    }

    pub(super) async fn close(self) {
        if let Self::Broker(consumer) = self {
            consumer.close().await;
        }
    }
}

async fn next_embedded(database: &Database, slow_tick: Duration) -> Next {
    let slow = Instant::now() + slow_tick;
    match database.run(|db| outbox::take(db, to_length(TAKEN_FOR))).await {
        Ok(Some(delivery)) => Next::Task(Task {
            judgement: delivery.judgement,
            text: delivery.task,
            deliveries: delivery.deliveries,
            message: None,
        }),
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

impl Task {
    /// The task in a broker's message; of one of another version, the judgement is all that is understood.
    pub(super) fn of(mut message: Message) -> Result<Self, Message> {
        #[derive(serde::Deserialize)]
        struct Named {
            judgement: JudgementId,
        }
        let Ok(Named { judgement }) = serde_json::from_slice(&message.body) else {
            return Err(message);
        };
        // JSON that was understood is text.
        let text = String::from_utf8_lossy(&std::mem::take(&mut message.body)).into_owned();
        Ok(Self { judgement, text, deliveries: message.deliveries, message: Some(message) })
    }

    /// How often to [keep](Self::keep) it.
    pub(super) const KEEP_EVERY: Duration = Duration::from_secs(TAKEN_FOR.as_secs() / 3);

    /// Says that its function is still at work. A broker sees that by itself.
    pub(super) async fn keep(&self, database: &Database) {
        if self.message.is_some() {
            return;
        }
        let judgement = self.judgement;
        let kept = database.run(move |db| outbox::renew(db, judgement, to_length(TAKEN_FOR))).await;
        if let Err(error) = kept {
            tracing::warn!(%judgement, %error, "cannot keep a task");
        }
    }

    /// Tells the database and the queue what is to become of it. Where that fails, it comes again by itself.
    pub(super) async fn conclude(
        self,
        database: &Database,
        worker: &str,
        decision: Decision,
        log: &[String],
    ) {
        let judgement = self.judgement;
        let concluded = match decision {
            Decision::Acknowledge => self.acknowledge(database).await,
            Decision::PutBack { delay, counted } => {
                self.release(database, worker).await;
                self.put_back(database, delay, counted).await;
                Ok(())
            }
            Decision::GiveUp => {
                self.release(database, worker).await;
                self.give_up(database, log).await
            }
        };
        if let Err(error) = concluded {
            tracing::error!(%judgement, %error, "cannot tell the database how a function ended");
        }
    }

    async fn acknowledge(self, database: &Database) -> Result<(), DatabaseError> {
        let (judgement, comes_from_broker) = (self.judgement, self.message.is_some());
        let settled = database.run(move |db| {
            if !outbox::acknowledge(db, judgement)? && comes_from_broker {
                // The function was wrong about being done.
                outbox::unpublish(db, judgement, to_length(LATER), PutBack::Counted)?;
            }
            Ok(())
        });
        let settled = settled.await;
        match (self.message, &settled) {
            (Some(message), Ok(())) => message.acknowledge().await,
            // One that is told nothing would take up room until the connection ends.
            (Some(message), Err(_)) => message.put_back().await,
            (None, _) => {}
        }
        settled
    }

    /// Frees what the function held that has died.
    async fn release(&self, database: &Database, worker: &str) {
        let (judgement, worker) = (self.judgement, worker.to_owned());
        if let Err(error) =
            database.run(move |db| leases::release_dead(db, judgement, &worker)).await
        {
            tracing::error!(%judgement, %error, "cannot release what a dead function held");
        }
    }

    /// Has it delivered again after `delay`.
    async fn put_back(self, database: &Database, delay: Duration, counted: PutBack) {
        let (judgement, delay) = (self.judgement, to_length(delay));
        let put_back = match &self.message {
            Some(_) => {
                // Published anew, in its turn and after the delay; the broker would deliver it at once.
                database.run(move |db| outbox::unpublish(db, judgement, delay, counted)).await
            }
            None => database.run(move |db| outbox::put_back(db, judgement, delay, counted)).await,
        };
        match (put_back, self.message) {
            (Ok(()), Some(message)) => message.acknowledge().await,
            (Ok(()), None) => {}
            (Err(error), message) => {
                tracing::error!(%judgement, %error, "cannot put a task back");
                if let Some(message) = message {
                    message.put_back().await;
                }
            }
        }
    }

    /// Leaves it to the jury.
    async fn give_up(self, database: &Database, log: &[String]) -> Result<(), DatabaseError> {
        let judgement = self.judgement;
        let message = format!(
            "tried {} times; the last function's log ends with:\n{}",
            self.deliveries,
            log.join("\n")
        );
        let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, message);
        let failed = database.run(move |db| leases::fail_unheld(db, judgement, &error)).await;
        match (failed, self.message) {
            (Ok(true), Some(message)) => message.give_up().await,
            (Ok(true), None) => {}
            // Another function holds it, or it has a verdict: look once more, later.
            (Ok(false), message) => {
                Self { message, text: String::new(), ..self }
                    .put_back(database, RECONSIDER_AFTER, PutBack::Uncounted)
                    .await;
            }
            (Err(error), message) => {
                if let Some(message) = message {
                    message.put_back().await;
                }
                return Err(error);
            }
        }
        Ok(())
    }
}
