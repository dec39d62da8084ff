//! What a process tells those who run it: whether it is alive and ready, and its metrics for Prometheus.
//!
//! Metrics are counted in structs that hold their own, in a registry that whoever starts the process makes;
//! nothing is global, so tests run side by side. What all processes share (the backlog, the dead letters) is read
//! from the database when somebody asks, and by the API alone.

mod bounded;
mod database;
mod health;
mod listener;
mod queue;
mod readiness;
mod requests;

pub use listener::start;

pub(crate) use health::{__path_healthz, __path_readyz, healthz, readyz};
pub(crate) use requests::measure;

use database::DatabaseMetrics;
use judge_types::Lane;
use prometheus::{Encoder, Registry, TextEncoder};
use queue::QueueMetrics;
use readiness::Readiness;
use requests::RequestMetrics;
use std::sync::Arc;
use store::Database;
use store::broker::Link;

/// One process's health and metrics; clones are the same.
#[derive(Clone)]
pub struct Monitoring {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    readiness: Readiness,
    database: DatabaseMetrics,
    api: Option<ApiMetrics>,
    /// Between reading the database and writing the metrics down, nobody else does so.
    scraping: tokio::sync::Mutex<()>,
}

/// What only the API counts and reads.
struct ApiMetrics {
    requests: RequestMetrics,
    queue: QueueMetrics,
}

impl Monitoring {
    /// Of a process with the API; `broker` is the connection that its relay keeps, if it has one.
    ///
    /// # Panics
    /// Never: each metric has a name of its own.
    #[must_use]
    pub fn of_api(database: Database, broker: Option<Link>) -> Self {
        let registry = Registry::new();
        let api = RequestMetrics::register(&registry).and_then(|requests| {
            Ok(ApiMetrics { requests, queue: QueueMetrics::register(&registry)? })
        });
        Self::new(database, broker, registry, Some(api.expect("names of metrics differ")))
    }

    /// Of a process that judges and has no API; `broker` is the connection that its tasks come through.
    #[must_use]
    pub fn of_executor(database: Database, broker: Option<Link>) -> Self {
        Self::new(database, broker, Registry::new(), None)
    }

    fn new(
        database: Database,
        broker: Option<Link>,
        registry: Registry,
        api: Option<ApiMetrics>,
    ) -> Self {
        let has_broker = broker.is_some();
        let metrics = DatabaseMetrics::register(&registry, has_broker);
        let inner = Inner {
            readiness: Readiness::new(database, broker),
            database: metrics.expect("names of metrics differ"),
            registry,
            api,
            scraping: tokio::sync::Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Where other parts of the process register what they count.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    /// Counts a judgement that was queued here.
    pub(crate) fn count_queued(&self, lane: Lane) {
        if let Some(api) = &self.inner.api {
            api.queue.count_queued(lane);
        }
    }

    fn readiness(&self) -> &Readiness {
        &self.inner.readiness
    }

    fn requests(&self) -> Option<&RequestMetrics> {
        self.inner.api.as_ref().map(|api| &api.requests)
    }

    /// All metrics in Prometheus' text format. What the database would have to say is left out where it does not
    /// answer in time.
    ///
    /// # Errors
    /// Where a metric cannot be written in that format.
    async fn scrape(&self) -> prometheus::Result<Vec<u8>> {
        let inner = &self.inner;
        let _turn = inner.scraping.lock().await;
        let is_up = inner.readiness.database().await.is_ok();
        inner.database.refresh(&inner.readiness, is_up);
        if let Some(api) = &inner.api {
            api.queue.refresh(inner.readiness.pool(), is_up).await;
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&inner.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Registers a metric and gives it back.
///
/// # Errors
/// Where the registry has one of this name.
fn registered<M: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    metric: prometheus::Result<M>,
) -> prometheus::Result<M> {
    let metric = metric?;
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
