//! The queue between those who submit and those who judge.

use std::sync::Arc;
use tokio::sync::Notify;

/// Where tasks go once their judgement is committed.
#[derive(Debug, Clone)]
pub enum Queue {
    /// The outbox table itself, served to a scaler in the same process.
    Embedded(EmbeddedQueue),
}

impl Queue {
    /// Says that a task has been committed. Losing the word delays a task, never loses it.
    pub fn notify(&self) {
        match self {
            Self::Embedded(queue) => queue.bell.notify_one(),
        }
    }
}

/// The outbox table with a bell, so that nobody has to poll it.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedQueue {
    bell: Arc<Notify>,
}

impl EmbeddedQueue {
    /// Waits until the bell rings; returns at once if it rang since the last wait.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }
}
