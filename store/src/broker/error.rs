//! What can go wrong between this process and the broker.

/// The broker could not be reached or asked. It is reached again by trying again.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The address is none.
    #[error("broker address: {0}")]
    Url(String),
    /// The broker did not answer within this many seconds.
    #[error("the broker did not answer within {0} s")]
    Silent(u64),
    /// The certificates to trust cannot be read.
    #[error("read the certificates to trust for the broker")]
    Certificates(#[source] std::io::Error),
    /// The connection failed, or the broker refused something.
    #[error("talk to the broker")]
    Amqp(#[from] lapin::Error),
    /// The broker did not take a task over.
    #[error("the broker did not take a task for lane {0}: {1}")]
    NotTaken(judge_types::Lane, &'static str),
    /// A consumer was cancelled by the broker, as when its queue is deleted.
    #[error("the broker ended a consumer")]
    Cancelled,
}
