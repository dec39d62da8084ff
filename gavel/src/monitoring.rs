//! What this process tells those who run it, on a listener of its own: the same for every subcommand that stays.

use crate::terminal::say;
use judge_api::monitoring::{self, Monitoring};
use std::io;
use std::net::SocketAddr;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MonitoringOptions {
    /// Address to serve /metrics, /healthz and /readyz on; not one that strangers can reach
    #[arg(long, value_name = "ADDRESS", env = "GAVEL_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
}

impl MonitoringOptions {
    /// Serves them from now until the process ends, if anybody asked for it. Call it within a Tokio runtime.
    pub(crate) fn serve(&self, monitoring: &Monitoring) -> io::Result<()> {
        if let Some(listen) = self.metrics_listen {
            let running = monitoring::start(listen, monitoring.clone())?;
            say!("  metrics    http://{}/metrics", running.addr());
        }
        Ok(())
    }
}
