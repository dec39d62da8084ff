//! Large, immutable things by key: problem packages and what is public of them.

use futures_util::{StreamExt, TryStreamExt};
use object_store::Error::PermissionDenied;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A store of blobs: a folder on this machine, or a bucket of an S3-compatible store.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

/// A blob could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no blob of this key.
    #[error("no blob {0}")]
    Missing(String),
    /// The URL, or what belongs to it, names no store.
    #[error("blob store: {0}")]
    Url(String),
    /// The key is not one that the store takes.
    #[error("blob key {key:?}: {reason}")]
    Key {
        /// The key as given.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store failed.
    #[error("{operation} blob {key}")]
    Store {
        /// What was tried.
        operation: &'static str,
        /// With which blob.
        key: String,
        /// Why it failed.
        source: object_store::Error,
    },
    /// A file on this machine could not be read or written.
    #[error("{operation} {path} for blob {key}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// With which file.
        path: String,
        /// For which blob.
        key: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// What is read or written in one go, in bytes.
const CHUNK: usize = 5 << 20;

impl Blobs {
    /// Blobs in a folder, which is made if missing, closed to other users: they hold hidden test data.
    ///
    /// # Errors
    /// Where the folder cannot be made or used.
    pub fn in_folder(folder: &Path) -> Result<Self, BlobError> {
        let file = |source| BlobError::File {
            operation: "create folder",
            path: folder.display().to_string(),
            key: "/".into(),
            source,
        };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|source| failed("open store for", "/", source))?
            .with_automatic_cleanup(true)
            // The database names a blob once it is stored: it must survive a power cut as well.
            .with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Blobs in a bucket, below a prefix.
    pub(crate) fn in_bucket(client: AmazonS3Builder, prefix: &str) -> Result<Self, BlobError> {
        let store = client.build().map_err(|source| failed("open store for", "/", source))?;
        Ok(Self { store: Arc::new(PrefixStore::new(store, parse(prefix)?)) })
    }

    /// Whether the store can be reached and lets us in.
    pub(crate) async fn check(&self) -> Result<(), BlobError> {
        // Not by looking it up: what answers that has no body to say what is wrong.
        match self.get("check").await {
            Ok(_) | Err(BlobError::Missing(_)) => Ok(()),
            // To whoever may read and not list, S3 does not say that a blob is missing.
            Err(BlobError::Store { source: PermissionDenied { source, .. }, .. })
                if source.to_string().contains("AccessDenied") =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Stores a small blob.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn put(&self, key: &str, content: Vec<u8>) -> Result<(), BlobError> {
        self.store
            .put(&parse(key)?, PutPayload::from(content))
            .await
            .map(|_| ())
            .map_err(|source| failed("write", key, source))
    }

    /// Stores a file of any size, in pieces; readers see all of it or nothing.
    ///
    /// # Errors
    /// Where the file cannot be read or the store fails.
    pub async fn put_file(&self, key: &str, path: &Path) -> Result<(), BlobError> {
        let file_error = |source| BlobError::File {
            operation: "read",
            path: path.display().to_string(),
            key: key.to_owned(),
            source,
        };
        let mut file = tokio::fs::File::open(path).await.map_err(file_error)?;
        let upload = self
            .store
            .put_multipart(&parse(key)?)
            .await
            .map_err(|source| failed("write", key, source))?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, CHUNK);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match file.read(&mut buffer).await {
                Ok(0) => break,
                Ok(count) => count,
                Err(source) => {
                    let _ = upload.abort().await;
                    return Err(file_error(source));
                }
            };
            // Bounds what is in memory when the disk is faster than the store.
            upload.wait_for_capacity(2).await.map_err(|source| failed("write", key, source))?;
            upload.write(&buffer[..count]);
        }
        upload.finish().await.map(|_| ()).map_err(|source| failed("write", key, source))
    }

    /// Reads a small blob whole.
    ///
    /// # Errors
    /// [`BlobError::Missing`] where there is none, or where the store fails.
    pub async fn get(&self, key: &str) -> Result<Vec<u8>, BlobError> {
        let found =
            self.store.get(&parse(key)?).await.map_err(|source| failed("read", key, source))?;
        let bytes = found.bytes().await.map_err(|source| failed("read", key, source))?;
        Ok(bytes.to_vec())
    }

    /// Copies a blob of any size to a file; says how many bytes it has.
    ///
    /// # Errors
    /// [`BlobError::Missing`] where there is none, or where reading or writing fails.
    pub async fn get_to_file(&self, key: &str, path: &Path) -> Result<u64, BlobError> {
        let file_error = |source| BlobError::File {
            operation: "write",
            path: path.display().to_string(),
            key: key.to_owned(),
            source,
        };
        let found =
            self.store.get(&parse(key)?).await.map_err(|source| failed("read", key, source))?;
        let mut stream = found.into_stream();
        let mut file = tokio::fs::File::create(path).await.map_err(file_error)?;
        let mut bytes = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|source| failed("read", key, source))?;
            file.write_all(&chunk).await.map_err(file_error)?;
            bytes += chunk.len() as u64;
        }
        file.flush().await.map_err(file_error)?;
        Ok(bytes)
    }

    /// Removes a blob; that there is none is no failure.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn delete(&self, key: &str) -> Result<(), BlobError> {
        match self.store.delete(&parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("remove", key, source)),
        }
    }

    /// Whether there is a blob of this key.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn exists(&self, key: &str) -> Result<bool, BlobError> {
        match self.store.head(&parse(key)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(failed("look up", key, source)),
        }
    }

    /// The keys below a prefix.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, BlobError> {
        self.store
            .list(Some(&parse(prefix)?))
            .map_ok(|meta| meta.location.to_string())
            .try_collect()
            .await
            .map_err(|source| failed("list", prefix, source))
    }
}

/// How many bytes a file has, and their SHA-256 in hexadecimal digits, by which blobs are named.
///
/// # Errors
/// Where it cannot be read.
pub fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut hash = Hashing(Sha256::new());
    let bytes = io::copy(&mut File::open(path)?, &mut hash)?;
    Ok((bytes, hex::encode(hash.0.finalize())))
}

/// What is written to it is hashed.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The key of a package's canonical zip.
#[must_use]
pub fn package_key(hash: &judge_types::PackageHash) -> String {
    format!("packages/{hash}.zip")
}

/// Where compiled submissions are while several functions judge them.
pub const COMPILED: &str = "compiled";

/// The key of a compiled submission: of its judgement, and of its content's hash.
#[must_use]
pub fn compiled_key(judgement: judge_types::JudgementId, hash: &str) -> String {
    format!("{COMPILED}/{judgement}-{hash}.zip")
}

/// The judgement in the key of a compiled submission.
#[must_use]
pub fn compiled_judgement(key: &str) -> Option<judge_types::JudgementId> {
    let name = key.strip_prefix(COMPILED)?.strip_prefix('/')?;
    name.rsplit_once('-')?.0.parse().ok()
}

fn parse(key: &str) -> Result<Key, BlobError> {
    Key::parse(key)
        .map_err(|error| BlobError::Key { key: key.to_owned(), reason: error.to_string() })
}

fn failed(operation: &'static str, key: &str, source: object_store::Error) -> BlobError {
    // That there is no bucket says nothing of what is in it.
    if let object_store::Error::NotFound { source: why, .. } = &source
        && !why.to_string().contains("NoSuchBucket")
    {
        return BlobError::Missing(key.to_owned());
    }
    BlobError::Store { operation, key: key.to_owned(), source }
}
