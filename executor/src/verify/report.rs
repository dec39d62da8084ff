//! What verifying found out.

use super::{TimeBounds, ValidatorCheck, VerifyRow, margins::Misfits};
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
    /// Which margins of the format the time limit does not leave the submissions (2025-09), in words.
    pub time_limit_faults: Vec<String>,
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
    /// The submissions that bound it from below were timed.
    Measured {
        /// CPU time of their slowest run, in milliseconds.
        slowest_ms: u64,
    },
    /// No submission could be timed: the default.
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
        let misfits = Misfits::find(&time_bounds, package, limits.time_ms, time_limit);
        warnings.extend(misfits.warnings);
        Self {
            short_name: package.short_name.clone(),
            title: package.title().to_owned(),
            package: package.hash.clone(),
            limits,
            time_limit,
            test_cases: package.test_cases.len(),
            time_bounds,
            time_limit_faults: misfits.faults,
            validators,
            rows,
            warnings,
        }
    }

    /// Whether every submission was judged and came to what the jury means, the validators do what they should, and the
    /// time limit is one that the format allows.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.rows.iter().all(|row| !row.mismatch && row.error.is_none())
            && self.validators.iter().all(ValidatorCheck::is_good)
            && self.time_limit_faults.is_empty()
    }
}
