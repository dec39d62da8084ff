//! What verifying found out.

use super::bout::Attempt;
use judge_types::{JudgingError, Limits, PackageHash, Verdict};
use problems::{JurySubmission, Package};
use serde::Serialize;

/// The result of verifying a package.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyReport {
    /// The problem's short name.
    pub short_name: String,
    /// The problem's title.
    pub title: String,
    /// The content that was verified.
    pub package: PackageHash,
    /// The limits that counted.
    pub limits: Limits,
    /// Where the time limit comes from.
    pub time_limit: TimeLimitSource,
    /// How many test cases the package has.
    pub test_cases: usize,
    /// The submissions, by name.
    pub rows: Vec<VerifyRow>,
    /// What is odd about the package but does no harm.
    pub warnings: Vec<String>,
}

/// Where a time limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum TimeLimitSource {
    /// The package states it.
    Stated,
    /// The caller chose it.
    Given,
    /// The accepted submissions were timed.
    Measured {
        /// CPU time of the slowest run of an accepted submission, in milliseconds.
        slowest_ms: u64,
    },
    /// No accepted submission could be timed: the default.
    Default,
}

/// One jury submission.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyRow {
    /// Its name, for example `wrong_answer/off-by-one.py`.
    pub submission: String,
    /// The id of its language, where that is known.
    pub language: Option<String>,
    /// The verdicts that the jury means.
    pub expected: Vec<Verdict>,
    /// What it came to.
    pub verdict: Option<Verdict>,
    /// Why it could not be judged.
    pub error: Option<JudgingError>,
    /// Whether the verdict is none that the jury means.
    pub mismatch: bool,
    /// The test case that decided against it: its name, how the program ended, what the validator said.
    pub failed: Option<String>,
    /// The test case that took most CPU time.
    pub slowest_test: Option<String>,
    /// The most CPU time of a run, in milliseconds.
    pub max_cpu_ms: u64,
    /// The most wall time of a run, in milliseconds.
    pub max_wall_ms: u64,
    /// The most memory of a run, in bytes.
    pub max_memory_bytes: u64,
    /// What the compiler printed, where it refused the program.
    pub compile_output: Option<String>,
}

impl VerifyReport {
    pub(super) fn new(
        package: &Package,
        limits: Limits,
        time_limit: TimeLimitSource,
        rows: Vec<VerifyRow>,
    ) -> Self {
        let mut warnings: Vec<_> = package.warnings.iter().map(ToString::to_string).collect();
        warnings.extend(rows.iter().filter_map(|row| too_close(row, package, &limits)));
        Self {
            short_name: package.short_name.clone(),
            title: package.title().to_owned(),
            package: package.hash.clone(),
            limits,
            time_limit,
            test_cases: package.test_cases.len(),
            rows,
            warnings,
        }
    }

    /// Whether every submission was judged and came to what the jury means.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.rows.iter().all(|row| !row.mismatch && row.error.is_none())
    }
}

impl VerifyRow {
    pub(super) fn new(submission: &JurySubmission, attempt: Attempt) -> Self {
        let mut row = Self {
            submission: submission.name.clone(),
            language: attempt.language,
            expected: submission.expected.verdicts(),
            verdict: None,
            error: None,
            mismatch: false,
            failed: None,
            slowest_test: None,
            max_cpu_ms: 0,
            max_wall_ms: 0,
            max_memory_bytes: 0,
            compile_output: None,
        };
        let judged = match attempt.result {
            Ok(judged) => judged,
            Err(error) => return Self { error: Some(error), ..row },
        };
        row.verdict = Some(judged.verdict);
        row.mismatch = !submission.expected.allows(judged.verdict);
        let failed = judged.runs.iter().find(|run| !run.verdict.is_accepted());
        row.failed = failed.map(|run| {
            let said = run.judge_message.as_deref().unwrap_or_default();
            let parts = [run.test_case.as_str(), &run.ending, said];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
        });
        let slowest = judged.runs.iter().max_by_key(|run| run.usage.cpu_ms);
        row.slowest_test = slowest.map(|run| run.test_case.clone());
        row.max_cpu_ms = judged.usage.cpu_ms;
        row.max_wall_ms = judged.usage.wall_ms;
        row.max_memory_bytes = judged.usage.memory_bytes;
        row.compile_output = (!judged.compile.success).then_some(judged.compile.output);
        row
    }
}

/// A warning where an accepted submission leaves the time limit less room than the package's safety margin.
#[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^52")]
fn too_close(row: &VerifyRow, package: &Package, limits: &Limits) -> Option<String> {
    let margin = package.timing.safety_margin;
    let close = row.verdict == Some(Verdict::Accepted)
        && row.max_cpu_ms as f64 * margin > limits.time_ms as f64;
    close.then(|| {
        format!(
            "{} takes {} ms of {} ms: less than the safety margin of {margin}",
            row.submission, row.max_cpu_ms, limits.time_ms
        )
    })
}
