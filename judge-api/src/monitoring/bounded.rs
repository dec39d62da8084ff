//! Questions that need an answer soon, to a database that may not give one.

use std::future::Future;
use std::time::Duration;
use store::DatabaseError;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Late,
    #[error(transparent)]
    Failed(#[from] DatabaseError),
    #[error("asking the database failed")]
    Ended(#[from] tokio::task::JoinError),
}

/// One question. It is asked once at a time: one that is stuck takes a thread and a connection, and probes come
/// without end.
pub(super) struct Bounded<T> {
    asking: Mutex<Option<JoinHandle<Result<T, DatabaseError>>>>,
}

impl<T: Send + 'static> Bounded<T> {
    pub(super) fn new() -> Self {
        Self { asking: Mutex::new(None) }
    }

    /// The answer, if it comes in time. Where an earlier one is still waited for, it is that one.
    pub(super) async fn ask(
        &self,
        question: impl Future<Output = Result<T, DatabaseError>> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let answer = async {
            let mut asking = self.asking.lock().await;
            // An answer that nobody has waited for is an old one.
            if asking.as_ref().is_some_and(JoinHandle::is_finished) {
                *asking = None;
            }
            let answer = asking.get_or_insert_with(|| tokio::spawn(question)).await;
            *asking = None;
            Ok(answer??)
        };
        timeout(PATIENCE, answer).await.unwrap_or(Err(Unanswered::Late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_answer_is_asked_once_and_not_waited_for() {
        let bounded = Bounded::new();
        let (answer, stuck) = oneshot::channel();
        let first = bounded.ask(async { Ok(stuck.await.unwrap()) }).await;
        assert!(matches!(first, Err(Unanswered::Late)), "{first:?}");
        // A second question would be answered at once.
        let second = bounded.ask(async { Ok(2) }).await;
        assert!(matches!(second, Err(Unanswered::Late)), "{second:?}");
        answer.send(1).unwrap();
        let third = bounded.ask(async { Ok(3) }).await.unwrap();
        assert_eq!(third, 1, "the one that was waited for");
        assert_eq!(bounded.ask(async { Ok(4) }).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_failure_is_told() {
        let error = || DatabaseError::Url("no such database".into());
        let failed = Bounded::<()>::new().ask(async move { Err(error()) }).await;
        assert_eq!(failed.unwrap_err().to_string(), error().to_string());
    }
}
