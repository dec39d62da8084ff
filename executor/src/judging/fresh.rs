//! A work folder that is as it was after compiling, for submissions that write files or find some.

use super::{
    bench::host,
    limits,
    program::{Program, failed},
};
use judge_types::JudgingError;
use problems::{CaseFile, Package, TestCase};
use std::{fs::File, path::Path};
use tempfile::TempDir;

impl Program<'_> {
    /// Remembers the work folder as it is now, where the package's test cases may change it.
    ///
    /// ICPC problem package format (2025-09), sections "Allow File Writing" and "Input".
    pub(super) fn keep_fresh(&mut self, package: &Package) -> Result<(), JudgingError> {
        let has_files = package.test_cases.iter().any(|case| !case.files.is_empty());
        let names_files = package.input_file.is_some() || package.output_file.is_some();
        if !package.allow_file_writing && !has_files && !names_files {
            return Ok(());
        }
        let scratch = &self.bench.scratch;
        let kept = TempDir::new_in(scratch)
            .map_err(|e| host("create a folder in", scratch.display(), &e))?;
        self.work().copy_all_to(kept.path(), limits::WORK_BYTES).map_err(failed)?;
        self.kept = Some(kept);
        Ok(())
    }

    /// Makes the work folder what it was after compiling, if runs may have changed it.
    pub(super) fn restore_kept(&self) -> Result<(), JudgingError> {
        self.kept.as_ref().map_or(Ok(()), |kept| self.restore_from(kept.path()))
    }

    /// Fills the work folder with what a folder of this machine holds.
    pub(super) fn restore_from(&self, folder: &Path) -> Result<(), JudgingError> {
        let work = self.work();
        work.clear().map_err(failed)?;
        work.copy_all_from(folder).map_err(failed)
    }

    /// Puts a copy of a test case's file into the work folder.
    pub(super) fn put_copy(&self, file: &CaseFile) -> Result<(), JudgingError> {
        self.make_folder_of(&file.name)?;
        let mut source =
            File::open(&file.source).map_err(|e| host("open", file.source.display(), &e))?;
        self.work().put_from(&file.name, &mut source).map_err(failed)
    }

    /// Makes the work folder what it was, with the files that belong to the test case, and its input where that is read
    /// from a file.
    pub(super) fn freshen(
        &mut self,
        case: &TestCase,
        input: Option<(&str, File)>,
    ) -> Result<(), JudgingError> {
        let Some(kept) = &self.kept else { return Ok(()) };
        let work = self.work();
        self.restore_from(kept.path())?;
        case.files.iter().try_for_each(|file| self.put_copy(file))?;
        if let Some((name, mut input)) = input {
            work.put_from(name, &mut input).map_err(failed)?;
        }
        Ok(())
    }
}
