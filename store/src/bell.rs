//! The word from those who submit to those who judge, within one process.

use std::sync::Arc;
use tokio::sync::Notify;

/// Rings when a task has been committed, so that nobody has to look again and again.
///
/// Whoever passes tasks on listens: the scaler of the embedded queue, or the relay to a broker. That a
/// word is lost delays a task, and never loses it.
#[derive(Debug, Clone, Default)]
pub struct Bell {
    notify: Arc<Notify>,
}

impl Bell {
    /// Says that a task has been committed.
    pub fn ring(&self) {
        self.notify.notify_one();
    }

    /// Waits until the bell rings; returns at once if it rang since the last wait.
    pub async fn rung(&self) {
        self.notify.notified().await;
    }
}
