//! Verifying a package: its jury submissions judged by the very code that judges contestants'.

mod bout;
mod margins;
mod report;
mod results;
mod row;
mod time_bounds;
mod time_limit;
mod validators;

pub use report::{TimeLimitSource, VerifyReport};
pub use row::VerifyRow;
pub use time_bounds::{TimeBounds, Timed};
pub use validators::ValidatorCheck;

use crate::judging::{StopRule, Workbench};
use bout::Bout;
use judge_types::{CompileResult, RunResult};
use problems::{ArchiveCaps, Faults, JurySubmission, Package};
use results::Results;
use std::{
    io,
    path::{Path, PathBuf},
};

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// When to stop running test cases of one submission, unless what is left may break a rule about it or keep one.
    pub stop: StopRule,
    /// A time limit to use instead of the package's, in milliseconds.
    pub time_limit_ms: Option<u64>,
    /// Only the submissions whose name (`accepted/x.cpp`) contains one of these; empty for all.
    pub only: Vec<String>,
    /// How many submissions to judge at once. More than one makes measured times less exact.
    pub parallel: usize,
    /// A folder with what submissions came to before: what is unchanged is not judged again. Results that nobody wanted for 30
    /// days are removed from it.
    pub results: Option<PathBuf>,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            stop: StopRule::default(),
            time_limit_ms: None,
            only: Vec::new(),
            parallel: 1,
            results: None,
        }
    }
}

/// Something that happened while verifying.
#[derive(Debug)]
pub enum VerifyEvent<'a> {
    /// The package is read and found good.
    Opened {
        /// The package.
        package: &'a Package,
        /// How many submissions will be judged.
        submissions: usize,
    },
    /// A validator of the package's is being asked about the package's own data.
    Validating {
        /// Its name.
        validator: &'a str,
    },
    /// The package states no time limit; the submissions that bound it from below are being timed.
    Timing {
        /// How many submissions are timed.
        submissions: usize,
    },
    /// The time limit is known.
    TimeLimit {
        /// The limit, in milliseconds.
        time_ms: u64,
        /// Where it comes from.
        source: TimeLimitSource,
    },
    /// A submission's turn has come.
    Started {
        /// Its name.
        submission: &'a str,
    },
    /// A submission is compiled.
    Compiled {
        /// Its name.
        submission: &'a str,
        /// What the compiler said.
        result: &'a CompileResult,
    },
    /// A test case is judged.
    Ran {
        /// The submission's name.
        submission: &'a str,
        /// The run.
        result: &'a RunResult,
        /// How many test cases there are.
        total: u32,
    },
    /// A submission is judged under the final limits.
    Finished {
        /// What it came to.
        row: &'a VerifyRow,
    },
}

/// The package could not be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The package is broken.
    #[error("the package has faults:\n{0}")]
    Package(Faults),
    /// There is no room for a copy of it.
    #[error("cannot create a folder in {path}")]
    Scratch {
        /// Where.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// The results of before cannot be looked through.
    #[error("cannot keep results in {path}")]
    Results {
        /// Where.
        path: String,
        /// Why not.
        source: io::Error,
    },
}

/// Judges every jury submission of the package at `path`, a folder or a zip.
///
/// A package that states no time limit gets one from the submissions that must be in time (ICPC problem package format,
/// legacy, section "Problem Timing"; 2025-09, section "Timelimit Inference"): they are judged first.
///
/// # Errors
/// [`VerifyError`] where the package itself is refused. A submission that cannot be judged is a row of the report.
pub fn verify(
    path: &Path,
    bench: &Workbench,
    options: &VerifyOptions,
    progress: &mut dyn FnMut(VerifyEvent<'_>),
) -> Result<VerifyReport, VerifyError> {
    let scratch = tempfile::tempdir_in(&bench.scratch).map_err(|source| VerifyError::Scratch {
        path: bench.scratch.display().to_string(),
        source,
    })?;
    let into = scratch.path().join("package");
    let caps = ArchiveCaps::default();
    let package = problems::import(path, &into, &caps).map_err(VerifyError::Package)?;
    let wanted = |submission: &&JurySubmission| {
        options.only.is_empty() || options.only.iter().any(|part| submission.name.contains(part))
    };
    let results = match &options.results {
        Some(folder) => Some(open_results(folder, &package)?),
        None => None,
    };
    let bout = Bout { bench, package: &package, options, results };
    let (submissions, unknown): (Vec<_>, Vec<_>) =
        package.submissions.iter().filter(wanted).partition(|one| bout.has_language(one));
    progress(VerifyEvent::Opened { package: &package, submissions: submissions.len() });
    let validators = match options.only.is_empty() {
        true => validators::check(bench, &package, &package.limits, progress),
        false => Vec::new(),
    };
    let (limits, source, timed) = bout.time_limit(&submissions, progress);
    progress(VerifyEvent::TimeLimit { time_ms: limits.time_ms, source });
    let (rows, bounds) = bout.judge_all(&submissions, &limits, timed, progress);
    let mut report = VerifyReport::new(&package, limits, source, bounds, validators, rows);
    report.warnings.extend(unknown.iter().map(|submission| {
        let name = &submission.name;
        format!("submissions/{name}: is in no language that this judge knows; not judged")
    }));
    Ok(report)
}

fn open_results(folder: &Path, package: &Package) -> Result<Results, VerifyError> {
    let judging = package.judging_hash().map_err(VerifyError::Package)?;
    Results::open(folder, judging)
        .map_err(|source| VerifyError::Results { path: folder.display().to_string(), source })
}
