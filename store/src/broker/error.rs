//! What can go wrong between this process and the broker.

use lapin::ErrorKind;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};

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
    #[error("read the certificates to trust for the broker in {path}")]
    Certificates {
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
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

impl BrokerError {
    /// Whether somebody has to change something: the broker does not let us in, is not to be trusted, or does not
    /// speak as its address says. Anything else may pass.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Url(_) | Self::Certificates { .. } => true,
            Self::Amqp(error) => match error.kind() {
                // What does not fit TLS or AMQP.
                ErrorKind::IOError(error) => error.kind() == std::io::ErrorKind::InvalidData,
                ErrorKind::ParsingError(_) | ErrorKind::InvalidProtocolVersion(_) => true,
                ErrorKind::ProtocolError(error) => matches!(
                    error.kind(),
                    AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)
                        | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED)
                ),
                _ => false,
            },
            Self::Silent(_) | Self::NotTaken(..) | Self::Cancelled => false,
        }
    }
}
