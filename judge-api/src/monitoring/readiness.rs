//! Whether the process can do its work now.

use super::bounded::{Bounded, Unanswered};
use judge_types::with_causes;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use store::broker::Link;
use store::{Database, database};
use utoipa::ToSchema;

/// What has to be there.
pub(super) struct Readiness {
    database: Database,
    broker: Option<Link>,
    ping: Bounded<()>,
    /// What was found last: only a change is logged, for probes come every few seconds.
    was_ready: AtomicBool,
}

/// Whether the process can do its work.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Report {
    pub(super) ready: bool,
    /// What keeps it from its work.
    not_ready: Vec<Missing>,
}

/// Something that is needed and not there.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Missing {
    /// `database` or `broker`.
    name: &'static str,
    /// Why; anybody may read it, so it names no address and repeats no message of theirs.
    reason: &'static str,
}

impl Readiness {
    pub(super) fn new(database: Database, broker: Option<Link>) -> Self {
        Self { database, broker, ping: Bounded::new(), was_ready: AtomicBool::new(true) }
    }

    pub(super) fn pool(&self) -> &Database {
        &self.database
    }

    /// Whether the broker is connected; `None` where there is none.
    pub(super) fn broker(&self) -> Option<bool> {
        self.broker.as_ref().map(Link::is_up)
    }

    /// Whether the database answers.
    pub(super) async fn database(&self) -> Result<(), Unanswered> {
        let database = self.database.clone();
        self.ping.ask(async move { database.run(database::ping).await }).await
    }

    pub(super) async fn report(&self) -> Report {
        let mut not_ready = Vec::new();
        let answer = self.database().await;
        if let Err(error) = &answer {
            let reason = match error {
                Unanswered::Late => "no answer within 2 s",
                Unanswered::Failed(_) | Unanswered::Ended(_) => "it fails; the log says why",
            };
            not_ready.push(Missing { name: "database", reason });
        }
        if self.broker() == Some(false) {
            not_ready.push(Missing { name: "broker", reason: "not connected; the log says why" });
        }
        let ready = not_ready.is_empty();
        if self.was_ready.swap(ready, Ordering::Relaxed) != ready {
            let database = answer.err().map(|error| with_causes(&error));
            if ready {
                tracing::info!("ready again");
            } else {
                tracing::warn!(database, broker = self.broker(), "not ready");
            }
        }
        Report { ready, not_ready }
    }
}
