//! Whatever is in an address: no password of it is ever shown, be the address taken or refused.

use proptest::prelude::*;
use store::broker::BrokerUrl;
use store::{BlobsUrl, DatabaseUrl};

/// In every password here, and in nothing else.
const SECRET: &str = "hidden";

/// All that is said about an address that was read.
fn said<T: std::fmt::Debug, E: std::error::Error>(
    read: Result<T, E>,
    show: impl Fn(&T) -> String,
) -> String {
    match &read {
        Ok(url) => format!("{read:?} {}", show(url)),
        Err(error) => {
            let mut said = format!("{read:?} {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                said += &format!(": {error} {error:?}");
                cause = error.source();
            }
            said
        }
    }
}

proptest! {
    /// The characters with a meaning in an address may be anywhere around the password, and not be escaped.
    #[test]
    fn no_password_is_shown(
        before in r"[@/?#:%&=\[\] .,\\a2]{0,4}",
        after in r"[@/?#:%&=\[\] .,\\a2]{0,4}",
        parameter in "(password|sslpassword|pass%77ord|secret|auth_mechanism|x)",
        scheme in "(amqps?|postgres(ql)?|s3|file|https?)",
    ) {
        let password = format!("{before}{SECRET}{after}");
        for url in [
            format!("{scheme}://gavel:{password}@host/gavel"),
            format!("{scheme}://:{password}@host:1234/gavel?sslmode=disable"),
            format!("{scheme}://host/gavel?{parameter}={password}"),
        ] {
            for said in [
                said(url.parse::<DatabaseUrl>(), ToString::to_string),
                said(url.parse::<BrokerUrl>(), ToString::to_string),
                said(url.parse::<BlobsUrl>(), ToString::to_string),
            ] {
                prop_assert!(!said.contains(SECRET), "{url}: {said}");
            }
        }
    }
}
