//! Certificates of an authority that nobody knows but who is told: what servers that speak TLS show.

use crate::port::random;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

/// The name of the file with the authority's certificate in a server's folder.
pub(crate) const AUTHORITY_FILE: &str = "authority.pem";

/// What a server on the loopback address shows, and who vouches for it; all in PEM.
pub(crate) struct Certified {
    /// The authority's certificate.
    pub(crate) authority: String,
    /// The server's, for `127.0.0.1` and no other name.
    pub(crate) certificate: String,
    /// The server's private key.
    pub(crate) key: String,
}

impl Certified {
    /// A server's certificate from an authority of its own: who trusts another server's does not trust this one.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        // Names that differ, or another's would be taken for this one's that has been tampered with.
        let name = format!("Authority {:016x} of a test", random());
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(params, key()).unwrap_or_else(failed);

        let names = ["127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap_or_else(failed);
        params.distinguished_name.push(DnType::CommonName, "A server of a test");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = key();
        let certificate = params.signed_by(&key, &authority).unwrap_or_else(failed);
        Self {
            authority: authority.pem(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// What `tls.sh` makes files of.
    pub(crate) fn environment(&self) -> [(&'static str, String); 3] {
        let Self { authority, certificate, key } = self;
        [("AUTHORITY", authority), ("CERTIFICATE", certificate), ("KEY", key)]
            .map(|(name, pem)| (name, pem.clone()))
    }
}

fn key() -> KeyPair {
    KeyPair::generate().unwrap_or_else(failed)
}

fn failed<T>(error: rcgen::Error) -> T {
    panic!("make a certificate: {error}")
}
