//! TLS as a server in this process speaks it, and as the readiness of others is asked in it.

use crate::authority::Certified;
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned,
};

/// Named, so that what else is in a test's executable makes no difference.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// How a server speaks that shows this certificate.
pub(crate) fn server(certified: &Certified) -> Arc<ServerConfig> {
    let config = || {
        let chain = vec![CertificateDer::from_pem_slice(certified.certificate.as_bytes()).ok()?];
        let key = PrivateKeyDer::from_pem_slice(certified.key.as_bytes()).ok()?;
        let config = ServerConfig::builder_with_provider(provider());
        let config = config.with_safe_default_protocol_versions().ok()?;
        config.with_no_client_auth().with_single_cert(chain, key).ok()
    };
    Arc::new(config().unwrap_or_else(|| unreachable!("the certificate was made here")))
}

/// Speaks TLS with a server on the loopback address that this authority (PEM) vouches for.
pub(crate) fn encrypt(
    stream: TcpStream,
    authority: &str,
) -> Option<StreamOwned<ClientConnection, TcpStream>> {
    let mut trusted = RootCertStore::empty();
    trusted.add(CertificateDer::from_pem_slice(authority.as_bytes()).ok()?).ok()?;
    let config = ClientConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions().ok()?;
    let config = config.with_root_certificates(trusted).with_no_client_auth();
    let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
    Some(StreamOwned::new(ClientConnection::new(Arc::new(config), name).ok()?, stream))
}
