//! What verifying found out.

use super::{TimeBounds, ValidatorCheck, VerifyRow};
use judge_types::{Limits, PackageHash};
use problems::Package;
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
    /// What the submissions say about the time limit.
    pub time_bounds: TimeBounds,
    /// What the package's own validators were asked.
    pub validators: Vec<ValidatorCheck>,
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

impl VerifyReport {
    pub(super) fn new(
        package: &Package,
        limits: Limits,
        time_limit: TimeLimitSource,
        time_bounds: TimeBounds,
        validators: Vec<ValidatorCheck>,
        rows: Vec<VerifyRow>,
    ) -> Self {
        let mut warnings: Vec<_> = package.warnings.iter().map(ToString::to_string).collect();
        warnings.extend(too_close(&time_bounds, package, &limits));
        warnings.extend(too_fast(&time_bounds, &limits));
        Self {
            short_name: package.short_name.clone(),
            title: package.title().to_owned(),
            package: package.hash.clone(),
            limits,
            time_limit,
            test_cases: package.test_cases.len(),
            time_bounds,
            validators,
            rows,
            warnings,
        }
    }

    /// Whether every submission was judged and came to what the jury means, and the validators do what they should.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.rows.iter().all(|row| !row.mismatch && row.error.is_none())
            && self.validators.iter().all(ValidatorCheck::is_good)
    }
}

/// A warning where the time limit leaves the slowest submission that must be in time less room than the package's margin.
#[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^52")]
fn too_close(bounds: &TimeBounds, package: &Package, limits: &Limits) -> Option<String> {
    let margin = package.timing.safety_margin;
    let timed = bounds.slowest_in_time.as_ref()?;
    let is_close = timed.cpu_ms as f64 * margin > limits.time_ms as f64;
    is_close.then(|| {
        format!(
            "{} takes {} ms of {} ms: less than the safety margin of {margin}",
            timed.submission, timed.cpu_ms, limits.time_ms
        )
    })
}

/// A warning where a submission that must be too slow is so by less than the package's safety margin.
fn too_fast(bounds: &TimeBounds, limits: &Limits) -> Option<String> {
    let most_ms = bounds.most_ms.filter(|most_ms| *most_ms < limits.time_ms)?;
    let timed = bounds.fastest_too_slow.as_ref()?;
    Some(format!(
        "{} takes {} ms: with the safety margin, the time limit may be {most_ms} ms at most",
        timed.submission, timed.cpu_ms
    ))
}
