//! Where the broker is, and how to trust it.

use super::BrokerError;
use lapin::uri::AMQPUri;
use std::path::PathBuf;
use std::{fmt, str::FromStr};

/// A RabbitMQ server: `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    uri: AMQPUri,
    /// Certificates in PEM to trust in the place of the public authorities', for `amqps`.
    authorities: Option<PathBuf>,
}

impl BrokerUrl {
    /// Trusts the authorities whose certificates are in this file, in PEM, in the place of the public ones.
    #[must_use]
    pub fn trusting(mut self, authorities: Option<PathBuf>) -> Self {
        self.authorities = authorities;
        self
    }

    pub(super) fn uri(&self) -> AMQPUri {
        self.uri.clone()
    }

    /// The certificates to trust, in PEM; `None` for the public ones.
    pub(super) fn authorities(&self) -> Result<Option<String>, BrokerError> {
        let read = |path| std::fs::read_to_string(path).map_err(BrokerError::Certificates);
        self.authorities.as_ref().map(read).transpose()
    }
}

impl FromStr for BrokerUrl {
    type Err = BrokerError;

    fn from_str(url: &str) -> Result<Self, BrokerError> {
        // The parser's own message may repeat the address, which holds a password.
        let uri = AMQPUri::from_str(url).map_err(|_| {
            BrokerError::Url("must be amqp://user:password@host:port/vhost, or amqps://…".into())
        })?;
        Ok(Self { uri, authorities: None })
    }
}

/// Without user and password.
impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AMQPUri { scheme, authority, vhost, .. } = &self.uri;
        let vhost = if vhost == "/" { "" } else { vhost };
        write!(f, "{scheme}://{}:{}/{vhost}", authority.host, authority.port)
    }
}

impl fmt::Debug for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url: BrokerUrl = "amqps://gavel:s3cret@broker:5671/judge".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "amqps://broker:5671/judge amqps://broker:5671/judge");
        let url: BrokerUrl = "amqp://gavel:s3cret@broker".parse().unwrap();
        assert_eq!(url.to_string(), "amqp://broker:5672/");
        let wrong = "amqp://gavel:s3cret@broker:none".parse::<BrokerUrl>().unwrap_err();
        assert!(!wrong.to_string().contains("s3cret"), "{wrong}");
    }
}
