//! Which broker brings the tasks.

use crate::secret::{self, Unread};
use anyhow::{Context, bail};
use std::path::PathBuf;
use store::broker::{BrokerError, BrokerUrl, check as check_connection};

/// Where the broker is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BrokerOptions {
    /// RabbitMQ server, amqp://user:password@host:port/vhost, or amqps://… for TLS
    ///
    /// Other users of this machine can read command lines: give an address with a password in the
    /// variable, or in a file that GAVEL_BROKER_FILE names.
    #[arg(long, value_name = "URL", env = "GAVEL_BROKER", hide_env_values = true)]
    broker: Option<Unread>,
    /// File that holds the broker's address
    #[arg(long, value_name = "FILE", env = "GAVEL_BROKER_FILE")]
    broker_file: Option<PathBuf>,
    /// File with certificates (PEM) to trust for amqps, besides the public authorities'
    #[arg(long, value_name = "FILE", env = "GAVEL_BROKER_CA")]
    broker_ca: Option<PathBuf>,
}

impl BrokerOptions {
    /// The broker that was given.
    pub(crate) fn broker(&self) -> anyhow::Result<BrokerUrl> {
        let given = secret::read("GAVEL_BROKER", self.broker.as_ref(), self.broker_file.as_ref())?;
        let Some(url) = given else {
            bail!(
                "say with --broker, GAVEL_BROKER or GAVEL_BROKER_FILE where RabbitMQ is; \
                 `gavel up` is the judge on one machine, which needs none"
            );
        };
        let url: BrokerUrl = url.parse().context("option --broker or GAVEL_BROKER")?;
        url.trusting(self.broker_ca.clone()).context("option --broker-ca or GAVEL_BROKER_CA")
    }
}

/// Fails where the broker does not let us in or is not to be trusted. One that is away is waited for, later.
pub(crate) async fn check(broker: &BrokerUrl) -> anyhow::Result<()> {
    let Err(error) = check_connection(broker).await else { return Ok(()) };
    let is_refusal = error.is_refusal();
    let explained = explained(error, broker);
    if is_refusal {
        return Err(explained);
    }
    tracing::warn!(error = format!("{explained:#}"), "the broker is not there yet");
    Ok(())
}

/// Says with what the broker was to be reached.
pub(crate) fn explained(error: BrokerError, broker: &BrokerUrl) -> anyhow::Error {
    anyhow::Error::new(error).context(format!(
        "option --broker or GAVEL_BROKER: {broker} cannot be used; it goes by --broker-ca too where it begins with amqps"
    ))
}
