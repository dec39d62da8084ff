//! Where blobs are kept, how to get in there, and how to say so without a secret.

use crate::{BlobError, Blobs};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{Certificate, ClientConfigKey, ClientOptions, RetryConfig};
use std::path::{Path, PathBuf};
use std::{fmt, str::FromStr};

/// Where blobs are kept: `file:///FOLDER`, or `s3://BUCKET/PREFIX` of an S3-compatible store.
#[derive(Clone)]
pub struct BlobsUrl {
    place: Place,
    /// Certificates in PEM to trust besides the system's, for a store with HTTPS.
    authorities: Option<PathBuf>,
    /// The secret key, where no variable has it.
    secret: Option<String>,
}

#[derive(Clone)]
enum Place {
    Folder(PathBuf),
    Bucket { name: String, prefix: String },
}

impl BlobsUrl {
    /// Trusts, besides the system's authorities, those whose certificates are in this file, in PEM.
    ///
    /// # Errors
    /// Where that makes no sense, as blobs are in a folder.
    pub fn trusting(mut self, authorities: Option<PathBuf>) -> Result<Self, BlobError> {
        if authorities.is_some() && matches!(self.place, Place::Folder(_)) {
            return Err(wrong("there are no certificates to trust where blobs are in a folder"));
        }
        self.authorities = authorities;
        Ok(self)
    }

    /// Takes this for the secret key, in the place of what the variable `AWS_SECRET_ACCESS_KEY` holds.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<String>) -> Self {
        self.secret = secret;
        self
    }

    /// The store, with the keys, region and endpoint that the environment names (`AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, …). Nothing is asked of it yet.
    ///
    /// # Errors
    /// Where the folder cannot be made or used, or the variables make no sense.
    pub fn open(&self) -> Result<Blobs, BlobError> {
        self.open_with(environment())
    }

    /// The same with the variables given here instead of those of the environment.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with<N: Into<String>, V: Into<String>>(
        &self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Blobs, BlobError> {
        self.open_by(variables, RetryConfig::default())
    }

    /// Asks the store that [`open`](Self::open) gives for something, once, to see that it is there, is trusted and lets
    /// us in. What fails later is tried again for some minutes, which is long for whoever waits for a start.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and where the store cannot be reached, is not trusted or refuses.
    pub async fn check(&self) -> Result<(), BlobError> {
        if let Place::Folder(_) = self.place {
            return Ok(());
        }
        let once = RetryConfig { max_retries: 0, ..RetryConfig::default() };
        self.open_by(environment(), once)?.check().await
    }

    fn open_by<N: Into<String>, V: Into<String>>(
        &self,
        variables: impl IntoIterator<Item = (N, V)>,
        retry: RetryConfig,
    ) -> Result<Blobs, BlobError> {
        let (bucket, prefix) = match &self.place {
            Place::Folder(folder) => return Blobs::in_folder(folder),
            Place::Bucket { name, prefix } => (name, prefix),
        };
        let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
        let (mut client, mut plain, mut plain_allowed) = (ClientOptions::new(), false, false);
        for (name, value) in variables {
            let (name, value) = (name.into(), value.into());
            if !name.starts_with("AWS_") {
                continue;
            }
            // There are variables for other programs.
            let Ok(key) = name.to_ascii_lowercase().parse() else { continue };
            match key {
                AmazonS3ConfigKey::Endpoint | AmazonS3ConfigKey::S3Endpoint => {
                    // Messages name the address that was asked.
                    if value.contains('@') {
                        return Err(wrong(&format!(
                            "{name} must be https://HOST:PORT, without a user or a password"
                        )));
                    }
                    plain |= value.starts_with("http://");
                }
                AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp) => {
                    plain_allowed = value.eq_ignore_ascii_case("true") || value == "1";
                }
                _ => {}
            }
            match key {
                AmazonS3ConfigKey::Client(key) => client = client.with_config(key, value),
                key => builder = builder.with_config(key, value),
            }
        }
        match (plain, &self.authorities) {
            (true, _) if !plain_allowed => {
                return Err(wrong("AWS_ENDPOINT is http://: AWS_ALLOW_HTTP=true lets it be"));
            }
            (true, Some(_)) => {
                return Err(wrong(
                    "there are no certificates to trust where AWS_ENDPOINT is http://",
                ));
            }
            (_, authorities) => {
                for certificate in authorities.iter().flat_map(|file| certificates(file)) {
                    client = client.with_root_certificate(certificate?);
                }
            }
        }
        if let Some(secret) = &self.secret {
            builder = builder.with_secret_access_key(secret);
        }
        Blobs::in_bucket(builder.with_client_options(client).with_retry(retry), prefix)
    }
}

/// The variables that are text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The certificates of a file in PEM; at least one.
fn certificates(file: &Path) -> Vec<Result<Certificate, BlobError>> {
    let unread = |why: &dyn fmt::Display| {
        wrong(&format!("read the certificates to trust in {}: {why}", file.display()))
    };
    let read = std::fs::read(file)
        .map_err(|error| unread(&error))
        .and_then(|pem| Certificate::from_pem_bundle(&pem).map_err(|error| unread(&error)));
    match read {
        Ok(found) if found.is_empty() => vec![Err(unread(&"there are none in it"))],
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    }
}

fn wrong(reason: &str) -> BlobError {
    BlobError::Url(reason.to_owned())
}

impl FromStr for BlobsUrl {
    type Err = BlobError;

    /// What is wrong is said without quoting it: whoever writes keys into an address should not read them in a log.
    fn from_str(url: &str) -> Result<Self, BlobError> {
        let place = if let Some(folder) = url.strip_prefix("file://") {
            if !folder.starts_with('/') {
                return Err(wrong("a folder's path begins with /: file:///FOLDER"));
            }
            Place::Folder(folder.into())
        } else if let Some(rest) = url.strip_prefix("s3://") {
            let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let is_name = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(wrong("must be s3://BUCKET/PREFIX; keys have variables of their own"));
            }
            // Those that S3 calls safe; an address' others, such as @ ? :, may be about a secret.
            if !prefix.chars().all(|c| is_name(c) || "/!*'()".contains(c)) {
                return Err(wrong("a prefix has letters, digits and - _ . / ! * ' ( ) only"));
            }
            Place::Bucket { name: name.to_owned(), prefix: prefix.to_owned() }
        } else {
            return Err(wrong("must begin with file:// or s3://"));
        };
        Ok(Self { place, authorities: None, secret: None })
    }
}

/// Without any key.
impl fmt::Display for BlobsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Folder(folder) => write!(f, "file://{}", folder.display()),
            Place::Bucket { name, prefix } if prefix.is_empty() => write!(f, "s3://{name}"),
            Place::Bucket { name, prefix } => write!(f, "s3://{name}/{prefix}"),
        }
    }
}

impl fmt::Debug for BlobsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_it_was_given() {
        for url in ["file:///srv/blobs", "s3://gavel", "s3://gavel/a/b"] {
            let parsed: BlobsUrl = url.parse().unwrap();
            let parsed = parsed.with_secret(Some("hidden".into()));
            assert_eq!(format!("{parsed} {parsed:?}"), format!("{url} {url}"));
        }
    }

    #[test]
    fn a_key_in_an_address_is_refused_without_showing_it() {
        for url in [
            "s3://key:hidden@gavel",
            "s3://key:hid/den@gavel",
            "s3://gavel?secret=hidden",
            "s3://gavel/x?secret=hidden",
            "s3://",
            "file://user:hidden@host/x",
            "https://key:hidden@host/gavel",
            "hidden",
            "",
        ] {
            let refused = url.parse::<BlobsUrl>().unwrap_err();
            let said = format!("{refused} {refused:?}");
            assert!(!said.contains("hid") && !said.contains("den"), "{url}: {said}");
        }
    }

    #[test]
    fn variables_that_make_no_sense_are_refused_without_showing_a_secret() {
        let url: BlobsUrl = "s3://gavel".parse().unwrap();
        let url = url.with_secret(Some("hidden".into()));
        let said = |url: &BlobsUrl, variables: &[(&str, &str)]| {
            let Err(refused) = url.open_with(variables.iter().copied()) else {
                panic!("taken: {variables:?}")
            };
            format!("{refused} {refused:?}")
        };
        let plain = said(&url, &[("AWS_ENDPOINT", "http://store:9000")]);
        assert!(plain.contains("AWS_ALLOW_HTTP"), "{plain}");
        let endpoint = [("AWS_ENDPOINT_URL", "https://me:hidden@store:9000")];
        let named = said(&url, &endpoint);
        assert!(named.contains("AWS_ENDPOINT_URL") && !named.contains("hidden"), "{named}");

        let trusting = |file: &str| url.clone().trusting(Some(file.into())).unwrap();
        let missing = said(&trusting("/nowhere/ca.pem"), &[]);
        assert!(missing.contains("/nowhere/ca.pem"), "{missing}");
        let empty = said(&trusting("/dev/null"), &[]);
        assert!(empty.contains("none"), "{empty}");
        let plain = [("AWS_ENDPOINT", "http://store"), ("AWS_ALLOW_HTTP", "true")];
        assert!(said(&trusting("/dev/null"), &plain).contains("certificates"));
        let folder: BlobsUrl = "file:///srv".parse().unwrap();
        assert!(folder.trusting(Some("/dev/null".into())).is_err());
    }
}
