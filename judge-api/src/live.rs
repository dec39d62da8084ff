//! Who waits for news of which submission.
//!
//! One task asks the database for the newest event of all watched submissions together, and lives
//! only while somebody watches: a thousand watchers cost one query, none cost nothing.

use judge_types::{SubmissionId, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Database, events};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// How long news may wait before a watcher hears of it.
const PERIOD: Duration = Duration::from_millis(100);

/// How long to leave a database alone that just failed.
const PERIOD_AFTER_FAILURE: Duration = Duration::from_secs(2);

/// The watched submissions.
pub(crate) struct Live {
    database: Database,
    /// Outlives every worker of the server.
    runtime: Handle,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    newest: HashMap<SubmissionId, watch::Sender<u64>>,
    is_polled: bool,
    /// How many streams each user has open; none with 0.
    streams: HashMap<UserId, usize>,
}

/// A user's right to one open stream, until dropped.
pub(crate) struct Seat {
    live: Arc<Live>,
    user: UserId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut watched = self.live.lock();
        if let Some(count) = watched.streams.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                watched.streams.remove(&self.user);
            }
        }
    }
}

impl Live {
    /// Polls on `runtime`.
    pub(crate) fn new(database: Database, runtime: Handle) -> Arc<Self> {
        Arc::new(Self { database, runtime, watched: Mutex::default() })
    }

    /// The number of the newest event of the submission, as it grows; 0 until it is first known.
    pub(crate) fn watch(self: &Arc<Self>, submission: SubmissionId) -> watch::Receiver<u64> {
        let mut watched = self.lock();
        let newest = watched.newest.entry(submission).or_insert_with(|| watch::Sender::new(0));
        let receiver = newest.subscribe();
        if !watched.is_polled {
            watched.is_polled = true;
            self.runtime.spawn(Arc::clone(self).poll());
        }
        receiver
    }

    /// A seat for one more stream of the user's; `None` where all together or this user have as
    /// many as they may.
    pub(crate) fn take_seat(
        self: &Arc<Self>,
        user: UserId,
        (of_all, of_one): (usize, usize),
    ) -> Option<Seat> {
        let mut watched = self.lock();
        let all: usize = watched.streams.values().sum();
        let own = watched.streams.get(&user).copied().unwrap_or(0);
        if all >= of_all || own >= of_one {
            return None;
        }
        watched.streams.insert(user, own + 1);
        Some(Seat { live: Arc::clone(self), user })
    }

    async fn poll(self: Arc<Self>) {
        while let Some(submissions) = self.still_watched() {
            let database = self.database.clone();
            let found = tokio::task::spawn_blocking(move || {
                events::newest_sequences(&mut *database.get()?, &submissions)
            });
            let period = match found.await {
                Ok(Ok(found)) => {
                    self.tell(&found);
                    PERIOD
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "look for new events");
                    PERIOD_AFTER_FAILURE
                }
                Err(error) => {
                    tracing::error!(%error, "look for new events");
                    PERIOD_AFTER_FAILURE
                }
            };
            tokio::time::sleep(period).await;
        }
    }

    /// Forgets what nobody watches any more; `None`, and the end of polling, where nothing is left.
    fn still_watched(&self) -> Option<Vec<SubmissionId>> {
        let mut watched = self.lock();
        watched.newest.retain(|_, newest| newest.receiver_count() > 0);
        if watched.newest.is_empty() {
            watched.newest.shrink_to_fit();
            watched.is_polled = false;
            return None;
        }
        Some(watched.newest.keys().copied().collect())
    }

    fn tell(&self, found: &[(SubmissionId, u64)]) {
        let watched = self.lock();
        for (submission, sequence) in found {
            if let Some(newest) = watched.newest.get(submission) {
                newest.send_if_modified(|known| {
                    let is_news = *sequence > *known;
                    *known = (*known).max(*sequence);
                    is_news
                });
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        // Nothing in here can be left half-done.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
