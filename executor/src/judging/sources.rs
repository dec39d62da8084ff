//! The files that a program is made of.

use judge_types::{JudgingError, JudgingErrorKind, with_causes};
use languages::Source;
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

impl SourceText {
    /// The sources of a program as languages look at them.
    pub(crate) fn borrow_all(sources: &[Self]) -> Vec<Source<'_>> {
        sources.iter().map(|s| Source { name: &s.name, content: &s.content }).collect()
    }
}

/// Reading a program's sources from disk failed.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// A file could not be read.
    #[error("cannot read {path}")]
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
        limit: usize,
    },
}

/// The most that all files of one jury program may have, in bytes: they are trusted, but they are held in memory.
const JURY_SOURCE_BYTES: usize = 64 << 20;

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
    let mut reader = JuryReader::new(constants);
    let mut sources = Vec::with_capacity(files.len());
    for path in files {
        let content = reader.read(path)?;
        let name = path.strip_prefix(base).unwrap_or(path).to_string_lossy().into_owned();
        sources.push(SourceText { name, content });
    }
    Ok(sources)
}

/// Reads files of the jury that belong together, with the package's constants in their places.
pub(super) struct JuryReader<'a> {
    constants: &'a Constants,
    left: usize,
}

impl<'a> JuryReader<'a> {
    pub(super) fn new(constants: &'a Constants) -> Self {
        Self { constants, left: JURY_SOURCE_BYTES }
    }

    /// The next file; all together may have 64 MiB.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<u8>, SourcesError> {
        let error = |source| SourcesError::Read { path: path.to_owned(), source };
        let mut content = Vec::new();
        let file = File::open(path).map_err(error)?;
        file.take(self.left as u64 + 1).read_to_end(&mut content).map_err(error)?;
        match self.constants.apply(&content, self.left) {
            Ok(Cow::Borrowed(_)) => {}
            Ok(Cow::Owned(with_constants)) => content = with_constants,
            Err(_) => {
                let path = path.to_owned();
                return Err(SourcesError::TooLarge { path, limit: JURY_SOURCE_BYTES });
            }
        }
        self.left -= content.len();
        Ok(content)
    }
}

impl From<SourcesError> for JudgingError {
    fn from(error: SourcesError) -> Self {
        let kind = match &error {
            SourcesError::Read { .. } => JudgingErrorKind::Host,
            SourcesError::TooLarge { .. } => JudgingErrorKind::Package,
        };
        Self::new(kind, with_causes(&error))
    }
}
