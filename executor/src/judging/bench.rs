//! Where this process judges.

use super::Meter;
use judge_types::{JudgingError, JudgingErrorKind};
use languages::{Language, Languages, Search, Toolchain};
use sandbox::{Helper, Level};
use std::{fs, io, path::PathBuf};

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
    pub(crate) fn scratch_file(&self) -> Result<fs::File, JudgingError> {
        tempfile::tempfile_in(&self.scratch)
            .map_err(|e| host("create a file in", self.scratch.display(), &e))
    }

    pub(crate) fn toolchain(&self, language: &Language) -> Result<Toolchain, JudgingError> {
        Toolchain::find_in(language, &self.search).map_err(|missing| {
            JudgingError::new(JudgingErrorKind::ToolchainMissing, missing.to_string())
        })
    }
}

/// This machine could not `operation` on `thing`.
pub(crate) fn host(
    operation: &str,
    thing: impl std::fmt::Display,
    error: &io::Error,
) -> JudgingError {
    JudgingError::new(JudgingErrorKind::Host, format!("{operation} {thing}: {error}"))
}
