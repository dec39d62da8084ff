//! A task on its way through a scaler, and where it goes when its function has ended.

use super::decision::{Decision, LATER};
use super::{other_versions, to_length};
use judge_types::{JudgingError, JudgingErrorKind, TaskKey};
use std::time::Duration;
use store::broker::Message;
use store::outbox::{self, Delivery, PutBack};
use store::{Database, DatabaseError, fan_out, leases};

/// For how long a task of the embedded queue is taken, unless renewed. A scaler that died loses its tasks after
/// this, to itself when it is started again or to another on the same database; so it is little longer than a claim
/// holds, which a new function would have to wait for anyway.
pub(super) const TAKEN_FOR: Duration = Duration::from_secs(10);

/// How long a task waits that neither a function nor the jury could be told of.
const RECONSIDER_AFTER: Duration = Duration::from_secs(5);

/// A task for one function.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) key: TaskKey,
    /// The task as JSON, for the function's standard input.
    pub(super) text: String,
    /// How often it has been delivered, this time included.
    pub(super) deliveries: u32,
    /// What the broker is told by; the embedded queue needs nothing.
    message: Option<Message>,
}

impl From<Delivery> for Task {
    fn from(delivery: Delivery) -> Self {
        let Delivery { judgement, helper, task: text, deliveries } = delivery;
        Self { key: TaskKey { judgement, helper }, text, deliveries, message: None }
    }
}

impl Task {
    /// The task in a broker's message; of one of another version, the judgement is all that is understood.
    pub(super) fn of(mut message: Message) -> Result<Self, Message> {
        let Ok(key) = serde_json::from_slice::<TaskKey>(&message.body) else {
            return Err(message);
        };
        // JSON that was understood is text.
        let text = String::from_utf8_lossy(&std::mem::take(&mut message.body)).into_owned();
        Ok(Self { key, text, deliveries: message.deliveries, message: Some(message) })
    }

    /// Its version, if it is one that this build does not read.
    pub(super) fn other_version(&self) -> Option<u64> {
        other_versions::other_version(&self.text)
    }

    /// How often to [keep](Self::keep) it.
    pub(super) const KEEP_EVERY: Duration = Duration::from_secs(TAKEN_FOR.as_secs() / 3);

    /// Says that its function is still at work. A broker sees that by itself.
    pub(super) async fn keep(&self, database: &Database) {
        if self.message.is_some() {
            return;
        }
        let TaskKey { judgement, .. } = self.key;
        let key = self.key;
        let kept = database.run(move |db| outbox::renew(db, key, to_length(TAKEN_FOR))).await;
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
        let TaskKey { judgement, .. } = self.key;
        let concluded = match decision {
            Decision::Acknowledge => self.acknowledge(database).await,
            Decision::PutBack { delay, counted } => {
                // A helper makes room for others: they are to come before it.
                let delay = if self.key.is_help() { delay.max(LATER) } else { delay };
                self.release(database, worker).await;
                self.put_back(database, delay, counted).await;
                Ok(())
            }
            Decision::LeaveToOthers => {
                self.release(database, worker).await;
                self.leave_to_others(database).await;
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
        let (key, comes_from_broker) = (self.key, self.message.is_some());
        let settled = database.run(move |db| {
            if !outbox::acknowledge(db, key)? && comes_from_broker {
                // The function was wrong about being done.
                outbox::unpublish(db, key, to_length(LATER), PutBack::Counted)?;
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
        let (key, worker) = (self.key, worker.to_owned());
        let TaskKey { judgement, .. } = key;
        let released = database.run(move |db| {
            fan_out::release(db, judgement, &worker)?;
            if key.is_help() {
                return Ok(false);
            }
            leases::release_dead(db, judgement, &worker)
        });
        if let Err(error) = released.await {
            tracing::error!(%judgement, %error, "cannot release what a dead function held");
        }
    }

    /// Has it delivered again, uncounted, to whoever reads its version.
    pub(super) async fn leave_to_others(self, database: &Database) {
        let key = self.key;
        let age = database.run(move |db| outbox::age(db, key)).await;
        let age = age.unwrap_or_default().try_into().unwrap_or_default();
        self.put_back(database, other_versions::pause_after(age), PutBack::Uncounted).await;
    }

    /// Has it delivered again after `delay`.
    pub(super) async fn put_back(self, database: &Database, delay: Duration, counted: PutBack) {
        let (key, delay) = (self.key, to_length(delay));
        let TaskKey { judgement, .. } = key;
        let put_back = match &self.message {
            Some(_) => {
                // Published anew, in its turn and after the delay; the broker would deliver it at once.
                database.run(move |db| outbox::unpublish(db, key, delay, counted)).await
            }
            None => database.run(move |db| outbox::put_back(db, key, delay, counted)).await,
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

    /// Leaves it to the jury; one that only helps is dropped.
    async fn give_up(self, database: &Database, log: &[String]) -> Result<(), DatabaseError> {
        if self.key.is_help() {
            tracing::warn!(judgement = %self.key.judgement, "gave up helping with it");
            return self.acknowledge(database).await;
        }
        let TaskKey { judgement, .. } = self.key;
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
