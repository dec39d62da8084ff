//! The submission as programs of the jury find it where they start.
//!
//! ICPC problem package format (2025-09), section "Working directory".

use super::{
    jury_program::JuryProgram,
    limits,
    program::{Program, failed},
    sources::SourceText,
};
use judge_types::JudgingError;

/// Where a program of the jury finds it in its work folder.
const FOLDER: &str = ".submission";

/// A submission that programs of the jury may look at.
pub(super) enum Seen<'a> {
    /// With what came of compiling it.
    Compiled(&'a Program<'a>),
    /// Nothing but files.
    Files(&'a [SourceText]),
}

impl Seen<'_> {
    /// Puts its files into a folder of its own in the box of `jury`, which starts there from now on.
    pub(super) fn show_to(&self, jury: &mut JuryProgram<'_>) -> Result<(), JudgingError> {
        let work = jury.program.work();
        match self {
            Self::Compiled(submission) => {
                submission.restore_kept()?;
                let copied = submission.work().copy_all_into(&work, FOLDER, limits::COMPILED_BYTES);
                copied.map_err(failed)?;
            }
            Self::Files(files) => {
                work.make_dir(FOLDER).map_err(failed)?;
                for file in *files {
                    let name = format!("{FOLDER}/{}", file.name);
                    jury.program.put(&name, &file.content, false)?;
                }
            }
        }
        jury.folder = FOLDER;
        Ok(())
    }
}
