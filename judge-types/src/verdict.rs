//! What a judgement, or one run of it, came to.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The verdict on a submission or on one run.
///
/// A failure of the judge itself is not a verdict: see [`crate::JudgingError`].
/// Codes follow the judgement types of the CLICS Contest API, version 2023-06.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Verdict {
    /// Every test case was answered correctly within the limits.
    #[serde(rename = "AC")]
    Accepted,
    /// The output validator rejected the output.
    #[serde(rename = "WA")]
    WrongAnswer,
    /// More CPU or wall time than the limit.
    #[serde(rename = "TLE")]
    TimeLimitExceeded,
    /// Ended by a signal, a non-zero exit code or a forbidden system call.
    #[serde(rename = "RTE")]
    RunTimeError,
    /// The compiler refused the source.
    #[serde(rename = "CE")]
    CompileError,
    /// More memory than the limit.
    #[serde(rename = "MLE")]
    MemoryLimitExceeded,
    /// More output than the limit.
    #[serde(rename = "OLE")]
    OutputLimitExceeded,
}

/// The one table of verdicts: value, code (which is also the CLICS judgement type id), name.
const TABLE: [(Verdict, &str, &str); 7] = [
    (Verdict::Accepted, "AC", "accepted"),
    (Verdict::WrongAnswer, "WA", "wrong answer"),
    (Verdict::TimeLimitExceeded, "TLE", "time limit exceeded"),
    (Verdict::RunTimeError, "RTE", "run-time error"),
    (Verdict::CompileError, "CE", "compile error"),
    (Verdict::MemoryLimitExceeded, "MLE", "memory limit exceeded"),
    (Verdict::OutputLimitExceeded, "OLE", "output limit exceeded"),
];

impl Verdict {
    /// Every verdict there is.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The short code, for example `WA`; the id of the CLICS judgement type.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// The name in words, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// Whether the submission solves the problem.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        self == Self::Accepted
    }

    /// The one of the problem package formats' verdicts that it counts as: they know none of their own for memory and output.
    ///
    /// ICPC problem package format (2025-09), section "Submissions"; (legacy), section "Graders".
    #[must_use]
    pub fn in_packages(self) -> Self {
        match self {
            Self::MemoryLimitExceeded | Self::OutputLimitExceeded => Self::RunTimeError,
            other => other,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The text is no verdict's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a verdict")]
pub struct UnknownVerdict(String);

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(code: &str) -> Result<Self, UnknownVerdict> {
        TABLE
            .iter()
            .find(|row| row.1 == code)
            .map(|row| row.0)
            .ok_or_else(|| UnknownVerdict(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_stands_in_its_own_row() {
        for verdict in Verdict::all() {
            assert_eq!(verdict.row().0, verdict);
        }
    }

    #[test]
    fn every_verdict_round_trips_through_its_code_and_json() {
        for verdict in Verdict::all() {
            assert_eq!(verdict.code().parse(), Ok(verdict));
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
        }
    }
}
