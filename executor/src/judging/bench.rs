//! Where this process judges.

use super::Meter;
use judge_types::{JudgingError, JudgingErrorKind};
use languages::{Language, Languages, Search, Toolchain};
use rustix::{fs::FallocateFlags, io::Errno};
use sandbox::{Helper, Level};
use std::{
    fs,
    io::{self, Read, Seek},
    path::PathBuf,
};

/// What judging needs of the machine it runs on.
#[derive(Debug, Clone)]
pub struct Workbench {
    /// The languages there are.
    pub languages: Languages,
    /// Where their commands are looked for.
    pub search: Search,
    /// How strong the sandbox must be; `None` takes the best that the host gives.
    pub level: Option<Level>,
    /// The program that becomes the sandbox's helper.
    pub helper: Helper,
    /// A folder for what programs write while they are judged. No program in a box sees it.
    pub scratch: PathBuf,
    /// A folder for what can be made again: unpacked packages, compiled validators.
    pub cache: PathBuf,
    /// Where it is added up what programs use.
    pub meter: Meter,
}

impl Workbench {
    /// A file without a name, for what one program writes; gone when closed.
    ///
    /// The disk holds room for `bytes` and one more from the start: a program must not find it full, for it would be
    /// told so, and fail or go on without its output, and nobody could tell that from a fault of its own.
    pub(crate) fn scratch_file(&self, bytes: u64) -> Result<fs::File, JudgingError> {
        let file = tempfile::tempfile_in(&self.scratch)
            .map_err(|e| host("create a file in", self.scratch.display(), &e))?;
        reserve(&file, bytes.saturating_add(1))
            .map_err(|e| host("reserve room in", self.scratch.display(), &e))?;
        Ok(file)
    }

    pub(crate) fn toolchain(&self, language: &Language) -> Result<Toolchain, JudgingError> {
        Toolchain::find_in(language, &self.search).map_err(|missing| {
            JudgingError::new(JudgingErrorKind::ToolchainMissing, missing.to_string())
        })
    }
}

/// Has the file system set room aside, without making the file longer.
fn reserve(file: &fs::File, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
        Err(Errno::OPNOTSUPP) => reserve_by_writing(file, bytes),
        reserved => Ok(reserved?),
    }
}

/// The same where the file system cannot: it has room now, and nobody knows for how long.
fn reserve_by_writing(file: &fs::File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(bytes), &mut &*file)?;
    file.set_len(0)?;
    (&mut &*file).rewind()
}

/// This machine could not `operation` on `thing`.
pub(crate) fn host(
    operation: &str,
    thing: impl std::fmt::Display,
    error: &io::Error,
) -> JudgingError {
    let kind = if out_of_room(error) { JudgingErrorKind::NoRoom } else { JudgingErrorKind::Host };
    JudgingError::new(kind, format!("{operation} {thing}: {error}"))
}

/// Whether it is the disk that is full.
pub(crate) fn out_of_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
