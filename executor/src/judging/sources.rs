//! The files that a program is made of.

use problems::Constants;
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// One source file of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// Its path within the program.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Reading a program's sources from disk failed.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// A file could not be read.
    #[error("read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The files are too large together.
    #[error("the source of {path} and the files before it is larger than {limit} bytes")]
    TooLarge {
        /// The file that went over the limit.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
}

/// The most that all files of one jury program may have, in bytes: they are trusted, but they are held in memory.
const JURY_SOURCE_BYTES: u64 = 64 << 20;

/// Reads a program of the jury: `files`, named by their paths below the folder that holds all of them, with the package's
/// constants in their places.
///
/// # Errors
/// [`SourcesError`] where a file cannot be read or the limit of 64 MiB is passed.
pub fn read_sources(
    files: &[PathBuf],
    constants: &Constants,
) -> Result<Vec<SourceText>, SourcesError> {
    let mut base = files.first().and_then(|file| file.parent()).unwrap_or(Path::new(""));
    while !files.iter().all(|file| file.starts_with(base)) {
        base = base.parent().unwrap_or(Path::new(""));
    }
    let mut left = JURY_SOURCE_BYTES;
    let mut sources = Vec::with_capacity(files.len());
    for path in files {
        let error = |source| SourcesError::Read { path: path.clone(), source };
        let mut content = Vec::new();
        let file = File::open(path).map_err(error)?;
        let read = file.take(left + 1).read_to_end(&mut content).map_err(error)? as u64;
        left = left.checked_sub(read).ok_or_else(|| SourcesError::TooLarge {
            path: path.clone(),
            limit: JURY_SOURCE_BYTES,
        })?;
        let name = path.strip_prefix(base).unwrap_or(path).to_string_lossy().into_owned();
        if let Cow::Owned(with_constants) = constants.apply(&content) {
            content = with_constants;
        }
        sources.push(SourceText { name, content });
    }
    Ok(sources)
}
