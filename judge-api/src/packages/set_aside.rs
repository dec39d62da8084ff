//! Files of a package that are kept beside it: each is stored by its content's hash.

use problems::{Fault, Faults};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use store::blobs;
use utoipa::ToSchema;

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PublicFile)]
pub struct PackageFile {
    /// The name, with its folder: `attachments/tool.py`.
    pub name: String,
    /// The content's size, in bytes.
    pub bytes: u64,
    /// The content's SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Who may download a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Everybody.
    Public,
    /// Only some, as the handler says that serves it.
    Guarded,
}

impl PackageFile {
    /// Where the content is stored.
    pub(crate) fn blob_key(&self, audience: Audience) -> String {
        let place = match audience {
            Audience::Public => "public",
            Audience::Guarded => "guarded",
        };
        format!("{place}/{}", self.sha256)
    }
}

/// Files to store, each with its place in the package's folder.
#[derive(Debug, Default)]
pub(super) struct SetAside {
    files: Vec<PackageFile>,
    paths: Vec<PathBuf>,
}

impl SetAside {
    /// Adds a file, unless there is one of that name.
    pub(super) fn add(&mut self, name: String, path: PathBuf) -> Result<(), Faults> {
        if self.files.iter().any(|file| file.name == name) {
            return Ok(());
        }
        let (bytes, sha256) = blobs::digest(&path).map_err(|error| unreadable(&path, &error))?;
        self.files.push(PackageFile { name, bytes, sha256 });
        self.paths.push(path);
        Ok(())
    }

    /// What is known of the files.
    pub(super) fn files(&self) -> &[PackageFile] {
        &self.files
    }

    /// Each file's key and where it lies.
    pub(super) fn to_store(&self, audience: Audience) -> impl Iterator<Item = (String, &Path)> {
        let keys = self.files.iter().map(move |file| file.blob_key(audience));
        keys.zip(self.paths.iter().map(PathBuf::as_path))
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Faults {
    let file = path.display().to_string();
    Fault { file, line: None, field: None, message: format!("cannot be read: {error}") }.into()
}
