//! A connection to the broker, with the queues declared.
//!
//! It is not mended when it breaks: whoever works on it drops it, with all that depended on it, and opens
//! another. So nothing has to be known of what a broken one had promised.

use super::topology;
use super::{BrokerError, BrokerUrl};
use judge_types::Lane;
use lapin::tcp::OwnedTLSConfig;
use lapin::{Connection, ConnectionProperties};
use std::time::Duration;

/// How long the broker may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between attempts grow from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) struct Session {
    pub(super) connection: Connection,
    /// Lanes whose queue had to be made: what the database says is in them is not.
    pub(super) fresh: Vec<Lane>,
}

impl Session {
    /// Connects under a name, which the broker shows, and declares the queues.
    pub(super) async fn open(url: &BrokerUrl, name: &str) -> Result<Self, BrokerError> {
        within(PATIENCE, async {
            let connection = connect(url, name).await?;
            let fresh = topology::declare(&connection).await?;
            Ok(Self { connection, fresh })
        })
        .await
    }

    /// Says goodbye; what was not acknowledged goes to others at once.
    pub(super) async fn close(self) {
        let _ = tokio::time::timeout(PATIENCE, self.connection.close(200, "done".into())).await;
    }
}

async fn connect(url: &BrokerUrl, name: &str) -> Result<Connection, BrokerError> {
    let properties = ConnectionProperties::default().with_connection_name(name.to_owned().into());
    let tls = OwnedTLSConfig { cert_chain: url.authorities()?, ..OwnedTLSConfig::default() };
    let runtime = lapin::runtime::default_runtime()?;
    Ok(Connection::connect_uri_with_config(url.uri(), properties, tls, runtime).await?)
}

/// Connects and says goodbye.
///
/// # Errors
/// Where the broker cannot be reached within five seconds, is not trusted, or does not let us in:
/// [`BrokerError::is_refusal`] tells what is worth trying again.
pub async fn check(url: &BrokerUrl) -> Result<(), BrokerError> {
    within(Duration::from_secs(5), async {
        let connection = connect(url, "gavel start").await?;
        // That it is open was the question.
        let _ = connection.close(200, "done".into()).await;
        Ok(())
    })
    .await
}

/// Gives up on an answer that does not come.
pub(super) async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, BrokerError>>,
) -> Result<T, BrokerError> {
    let silent = || Err(BrokerError::Silent(time.as_secs()));
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| silent())
}

/// The pauses between attempts to reach the broker.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { next: FIRST_PAUSE }
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}
