//! Where the broker is, and how to trust it.

use super::BrokerError;
use lapin::uri::{AMQPScheme, AMQPUri};
use std::path::PathBuf;
use std::{fmt, str::FromStr};

/// A RabbitMQ server: `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    uri: AMQPUri,
    /// Certificates in PEM to trust besides the public authorities', for `amqps`.
    authorities: Option<PathBuf>,
}

impl BrokerUrl {
    /// Trusts, besides the public authorities, those whose certificates are in this file, in PEM. It is read
    /// again for each connection.
    ///
    /// # Errors
    /// Where it cannot be read, has no certificate, or the connection is not to be encrypted at all.
    pub fn trusting(mut self, authorities: Option<PathBuf>) -> Result<Self, BrokerError> {
        if authorities.is_some() && self.uri.scheme != AMQPScheme::AMQPS {
            return Err(BrokerError::Url("certificates to trust are for amqps://".into()));
        }
        self.authorities = authorities;
        if let (Some(pem), Some(file)) = (self.authorities()?, &self.authorities)
            && !pem.contains("-----BEGIN CERTIFICATE-----")
        {
            return Err(BrokerError::Url(format!("{} has no certificate in PEM", file.display())));
        }
        Ok(self)
    }

    pub(super) fn uri(&self) -> AMQPUri {
        self.uri.clone()
    }

    /// The certificates to trust besides the public ones, in PEM.
    pub(super) fn authorities(&self) -> Result<Option<String>, BrokerError> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .map_err(|source| BrokerError::Certificates { path: path.clone(), source })
        };
        self.authorities.as_ref().map(read).transpose()
    }
}

impl FromStr for BrokerUrl {
    type Err = BrokerError;

    fn from_str(url: &str) -> Result<Self, BrokerError> {
        // The parser takes what follows a / ? or # of a password for a vhost and so on, which are shown, and for
        // an address in brackets this machine's.
        let (_, rest) = url.split_once("://").unwrap_or_default();
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let misread = authority.contains('[') || rest.contains(['@', '#']);
        // Its own message may repeat the address, which holds a password.
        match AMQPUri::from_str(url) {
            Ok(uri) if !misread => Ok(Self { uri, authorities: None }),
            _ => Err(BrokerError::Url(
                "must be amqp://user:password@host:port/vhost, or amqps://…, with a name or an IPv4 address \
                 for the host; in a password write @ / ? # : % as %40 %2F %3F %23 %3A %25"
                    .into(),
            )),
        }
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
        // Another host than was meant, be it with a password that shows or not.
        for url in
            ["amqp://gavel:/s3cret@broker", "amqp://gavel:?s3cret@broker", "amqp://[::1]:5672"]
        {
            let wrong = url.parse::<BrokerUrl>().unwrap_err().to_string();
            assert!(wrong.contains("%2F") && !wrong.contains("s3cret"), "{wrong}");
        }
    }

    #[test]
    fn certificates_that_would_not_be_used_are_refused() {
        let refused = |url: &str, file: &str| {
            url.parse::<BrokerUrl>().unwrap().trusting(Some(file.into())).unwrap_err().to_string()
        };
        let plain = refused("amqp://gavel:s3cret@broker", "/dev/null");
        assert!(plain.contains("amqps") && !plain.contains("s3cret"), "{plain}");
        let url = "amqps://gavel:s3cret@broker";
        assert!(refused(url, "/dev/null").contains("no certificate"));
        assert!(refused(url, "/nowhere/ca.pem").contains("/nowhere/ca.pem"));
    }
}
