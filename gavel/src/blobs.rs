//! Where packages are kept.

use crate::secret::{self, Unread};
use anyhow::{Context, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use store::{Blobs, BlobsUrl};

/// Where packages are kept, and how to get in there.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BlobsOptions {
    /// Where packages are kept, file:///FOLDER or s3://BUCKET/PREFIX, if not in the data folder
    ///
    /// Keys, region and endpoint of S3 are those in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and
    /// AWS_ENDPOINT; AWS_ALLOW_HTTP=true lets it do without TLS.
    #[arg(long, value_name = "URL", env = URL_VARIABLE, hide_env_values = true)]
    blobs: Option<Unread>,
    /// File that holds the secret key of S3, in the place of AWS_SECRET_ACCESS_KEY
    #[arg(long, value_name = "FILE", env = "GAVEL_BLOBS_SECRET_FILE")]
    blobs_secret_file: Option<PathBuf>,
    /// File with certificates (PEM) to trust for an endpoint with https, besides the system's
    #[arg(long, value_name = "FILE", env = AUTHORITIES_VARIABLE)]
    blobs_ca: Option<PathBuf>,
}

const URL_VARIABLE: &str = "GAVEL_BLOBS";
const AUTHORITIES_VARIABLE: &str = "GAVEL_BLOBS_CA";
const SECRET_VARIABLE: &str = "AWS_SECRET_ACCESS_KEY";

/// What a message about the store begins with.
const OPTION: &str = "option --blobs or GAVEL_BLOBS";

impl BlobsOptions {
    /// The store; a folder in `data` where none was given.
    pub(crate) fn open(&self, data: &Path) -> anyhow::Result<Blobs> {
        match self.url()? {
            Some(url) => url.open().context(OPTION),
            None => Ok(Blobs::in_folder(&data.join("blobs"))?),
        }
    }

    /// Fails where the store cannot be reached, is not trusted or does not let us in.
    pub(crate) async fn check(&self) -> anyhow::Result<()> {
        let Some(url) = self.url()? else { return Ok(()) };
        let checked = url.check().await;
        checked.with_context(|| {
            format!(
                "{OPTION}: {url} cannot be used; it goes by --blobs-ca, AWS_ENDPOINT, AWS_ACCESS_KEY_ID \
                 and {SECRET_VARIABLE} or --blobs-secret-file too"
            )
        })
    }

    /// What a function needs in its environment to find the same store, besides ours.
    pub(crate) fn environment(&self) -> anyhow::Result<Vec<(OsString, OsString)>> {
        let url = self.blobs.as_ref().map(|url| (URL_VARIABLE.into(), url.reveal().into()));
        let authorities = self.blobs_ca.as_ref();
        let authorities = authorities.map(|file| (AUTHORITIES_VARIABLE.into(), file.into()));
        let secret = self.secret()?.map(|secret| (SECRET_VARIABLE.into(), secret.into()));
        Ok(url.into_iter().chain(authorities).chain(secret).collect())
    }

    fn url(&self) -> anyhow::Result<Option<BlobsUrl>> {
        let Some(url) = &self.blobs else { return Ok(None) };
        let url: BlobsUrl = url.reveal().parse().context(OPTION)?;
        let url = url.with_secret(self.secret()?);
        Ok(Some(
            url.trusting(self.blobs_ca.clone()).context("option --blobs-ca or GAVEL_BLOBS_CA")?,
        ))
    }

    fn secret(&self) -> anyhow::Result<Option<String>> {
        let Some(file) = &self.blobs_secret_file else { return Ok(None) };
        if std::env::var_os(SECRET_VARIABLE).is_some() {
            bail!("give {SECRET_VARIABLE} or GAVEL_BLOBS_SECRET_FILE, not both");
        }
        secret::from_file("GAVEL_BLOBS_SECRET_FILE", file).map(Some)
    }
}
