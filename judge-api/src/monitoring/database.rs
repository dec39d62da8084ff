//! What a process's connections are like.

use super::readiness::Readiness;
use super::registered;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

pub(super) struct DatabaseMetrics {
    up: IntGauge,
    connections: IntGaugeVec,
    most: IntGauge,
    /// Where there is a broker.
    broker: Option<IntGauge>,
}

impl DatabaseMetrics {
    pub(super) fn register(registry: &Registry, has_broker: bool) -> prometheus::Result<Self> {
        let gauge = |name, help| registered(registry, IntGauge::new(name, help));
        let connections = Opts::new(
            "gavel_database_pool_connections",
            "Open connections of this process's pool, by state: idle or busy.",
        );
        let broker = || {
            gauge(
                "gavel_broker_up",
                "1 where this process is connected to the broker, 0 where not.",
            )
        };
        Ok(Self {
            up: gauge(
                "gavel_database_up",
                "1 where the database answers this process, 0 where not.",
            )?,
            connections: registered(registry, IntGaugeVec::new(connections, &["state"]))?,
            most: gauge(
                "gavel_database_pool_connections_max",
                "The most connections that this process's pool opens.",
            )?,
            broker: has_broker.then(broker).transpose()?,
        })
    }

    pub(super) fn refresh(&self, readiness: &Readiness, is_up: bool) {
        self.up.set(is_up.into());
        let pool = readiness.pool().pool_use();
        self.connections.with_label_values(&["idle"]).set(pool.idle.into());
        let busy = pool.open.saturating_sub(pool.idle);
        self.connections.with_label_values(&["busy"]).set(busy.into());
        self.most.set(pool.most.into());
        if let (Some(gauge), Some(is_up)) = (&self.broker, readiness.broker()) {
            gauge.set(is_up.into());
        }
    }
}
