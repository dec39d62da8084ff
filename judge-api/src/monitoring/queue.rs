//! What waits to be judged: the same for all processes, so it is read from the database when somebody asks.

use super::bounded::Bounded;
use super::registered;
use judge_types::{Lane, with_causes};
use prometheus::{GaugeVec, IntCounterVec, IntGaugeVec, Opts, Registry};
use store::outbox::{self, Backlog};
use store::{AnyConnection, Database, DatabaseError, clock};

pub(super) struct QueueMetrics {
    ready: IntGaugeVec,
    in_flight: IntGaugeVec,
    oldest: GaugeVec,
    dead_letters: IntGaugeVec,
    queued: IntCounterVec,
    reading: Bounded<Found>,
}

/// What the database says.
struct Found {
    lanes: [Backlog; Lane::OF_JUDGEMENTS.len()],
    dead_letters: u64,
    /// When that was, by the clock that stamps what waits.
    at: time::OffsetDateTime,
}

impl QueueMetrics {
    pub(super) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let by_lane =
            |name, help| registered(registry, IntGaugeVec::new(Opts::new(name, help), &["lane"]));
        let oldest = Opts::new(
            "gavel_queue_oldest_age_seconds",
            "For how long the oldest judgement that no function has claimed has waited; 0 where none waits.",
        );
        // Without labels, and yet a vector: it can be left out where the database does not answer.
        let dead_letters = Opts::new(
            "gavel_dead_letters",
            "Submissions without a verdict, given up after too many deliveries: the jury must look.",
        );
        let queued = Opts::new(
            "gavel_judgements_queued_total",
            "Judgements that this process has queued: its rate is the arrival rate.",
        );
        let queued = registered(registry, IntCounterVec::new(queued, &["lane"]))?;
        for lane in Lane::OF_JUDGEMENTS {
            // A rate needs the 0 before the first.
            queued.with_label_values(&[lane.name()]);
        }
        Ok(Self {
            ready: by_lane("gavel_queue_ready", "Judgements that no function has claimed.")?,
            in_flight: by_lane("gavel_queue_in_flight", "Judgements that a function works on.")?,
            oldest: registered(registry, GaugeVec::new(oldest, &["lane"]))?,
            dead_letters: registered(registry, IntGaugeVec::new(dead_letters, &[]))?,
            queued,
            reading: Bounded::new(),
        })
    }

    pub(super) fn count_queued(&self, lane: Lane) {
        self.queued.with_label_values(&[lane.name()]).inc();
    }

    /// Reads the database; what it does not say is told of nobody, rather than what it said before.
    pub(super) async fn refresh(&self, database: &Database, is_up: bool) {
        self.forget();
        if !is_up {
            return;
        }
        let database = database.clone();
        match self.reading.ask(async move { database.run(read).await }).await {
            Ok(found) => self.set(&found),
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "cannot read the backlog");
            }
        }
    }

    fn forget(&self) {
        self.oldest.reset();
        for gauges in [&self.ready, &self.in_flight, &self.dead_letters] {
            gauges.reset();
        }
    }

    fn set(&self, found: &Found) {
        for lane in &found.lanes {
            let label = [lane.lane.name()];
            let set = |gauges: &IntGaugeVec, number| {
                gauges.with_label_values(&label).set(as_gauge(number));
            };
            set(&self.ready, lane.ready);
            set(&self.in_flight, lane.in_flight);
            let age = lane.oldest.map_or(0.0, |oldest| (found.at - oldest).as_seconds_f64());
            // A clock that was set back since makes none negative.
            self.oldest.with_label_values(&label).set(age.max(0.0));
        }
        let none: [&str; 0] = [];
        self.dead_letters.with_label_values(&none).set(as_gauge(found.dead_letters));
    }
}

fn as_gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn read(connection: &mut AnyConnection) -> Result<Found, DatabaseError> {
    Ok(Found {
        lanes: outbox::backlog(connection)?,
        dead_letters: outbox::dead_letters(connection)?,
        at: clock::now(connection)?,
    })
}
