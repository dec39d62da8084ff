//! Test cases that several functions judge.

use super::{
    bench::host,
    case::{CaseResult, CaseRunner},
    judge::{Interrupted, JudgeJob, StopRule, prepare},
    plan::Plan,
    program::{Program, failed},
};
use judge_types::{CompileResult, JudgingError, JudgingErrorKind};
use languages::Toolchain;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A submission as another function has compiled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The folder with what its work folder held then.
    pub folder: PathBuf,
    /// What the compiler said.
    pub result: CompileResult,
}

/// Whose a test case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The caller's: it is not shared.
    Own,
    /// This one is the caller's, who then says what it came to. It need not be the one that was asked for.
    Judge(u32),
    /// Judged, by whomever: what it came to, as it was said.
    Judged(String),
    /// Somebody else's, who is at it.
    Wait,
}

/// The test cases that are still to be judged.
pub struct Left<'a> {
    /// Their numbers, in order; the first is the one that is wanted next.
    pub ordinals: &'a [u32],
    pub(super) program: Option<&'a Program<'a>>,
}

/// The most that a compiled submission may have that is given to others, in bytes: what is larger takes long to carry.
const SHARED_BYTES: u64 = 128 << 20;

impl Left<'_> {
    /// What it was compiled with.
    #[must_use]
    pub fn toolchain(&self) -> Option<&Toolchain> {
        self.program.map(|program| &program.toolchain)
    }

    /// The compiled submission in a folder that is gone with what this gives; `None` where there is none, or it is too
    /// large to be carried about.
    ///
    /// # Errors
    /// Where this machine fails.
    pub fn compiled(&self, scratch: &Path) -> Result<Option<TempDir>, JudgingError> {
        let Some(program) = self.program else { return Ok(None) };
        let folder = TempDir::new_in(scratch)
            .map_err(|e| host("create a folder in", scratch.display(), &e))?;
        program.restore_kept()?;
        match program.work().copy_all_to(folder.path(), SHARED_BYTES) {
            Ok(()) => Ok(Some(folder)),
            Err(sandbox::SandboxError::Work { source, .. })
                if source.kind() == std::io::ErrorKind::FileTooLarge =>
            {
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// Who hands out test cases to a helper.
pub trait HelpSource {
    /// The next one for the helper, by its number; `None` where nothing is left for it.
    ///
    /// # Errors
    /// [`Interrupted`] ends the helping.
    fn next(&mut self) -> Result<Option<u32>, Interrupted>;

    /// What it came to; `decides` says that no test case after it matters.
    ///
    /// # Errors
    /// [`Interrupted`] ends the helping.
    fn judged(&mut self, ordinal: u32, result: &str, decides: bool) -> Result<(), Interrupted>;
}

/// Judges test cases of a submission that another function has compiled, `job.compiled`, as long as there are any.
///
/// # Errors
/// [`Interrupted::Failed`] where the judge itself failed, or the package: the other function will find out as well, in its
/// order; what `source` said otherwise.
pub fn help(job: &JudgeJob<'_>, source: &mut dyn HelpSource) -> Result<(), Interrupted> {
    let prepared = prepare(job)?;
    let (program, compile) = prepared.compile(job)?;
    if !compile.success {
        return Ok(());
    }
    let mut cases = CaseRunner::open(job, program)?;
    let plan = Plan::of(job.package);
    while let Some(ordinal) = source.next()? {
        let case = plan.case_of(ordinal).ok_or_else(|| unknown(ordinal))?;
        let result = cases.run(&job.package.test_cases[case], ordinal)?;
        let decides = ends_all(job, &plan, case, &result);
        source.judged(ordinal, &to_text(&result)?, decides)?;
    }
    Ok(())
}

/// Whether what the test case came to makes all others after it needless.
pub(super) fn ends_all(job: &JudgeJob<'_>, plan: &Plan, case: usize, result: &CaseResult) -> bool {
    job.stop == StopRule::AtFirstFailure && !result.verdict.is_accepted() && plan.decides(case)
}

/// What a test case came to, to be said to others.
pub(super) fn to_text(result: &CaseResult) -> Result<String, JudgingError> {
    serde_json::to_string(result).map_err(|error| garbled(&error))
}

/// What a test case came to, as it was said.
pub(super) fn from_text(text: &str) -> Result<CaseResult, JudgingError> {
    serde_json::from_str(text).map_err(|error| garbled(&error))
}

fn garbled(error: &serde_json::Error) -> JudgingError {
    let message = format!("what a test case came to cannot be passed on: {error}");
    JudgingError::new(JudgingErrorKind::Host, message)
}

/// A number that the package has no test case for.
pub(super) fn unknown(ordinal: u32) -> JudgingError {
    let message = format!("the package has no test case number {ordinal}");
    JudgingError::new(JudgingErrorKind::Host, message)
}
