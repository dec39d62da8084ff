//! Where this process judges.

use super::{Meter, room::out_of_room};
use judge_types::{JudgingError, JudgingErrorKind};
use languages::{Language, Languages, Search, Toolchain};
use sandbox::{Helper, Level};
use std::{io, path::PathBuf};

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
    let kind = if out_of_room(error) { JudgingErrorKind::NoRoom } else { JudgingErrorKind::Host };
    JudgingError::new(kind, format!("{operation} {thing}: {error}"))
}
