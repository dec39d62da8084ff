//! What sort of problem a package is.

use std::{fmt, num::NonZeroU32};

/// The version of the format that a package is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PackageFormat {
    /// ICPC problem package format, `legacy` or `legacy-icpc`, and what DOMjudge adds to it.
    #[default]
    Legacy,
    /// ICPC problem package format, `2023-07-draft`: what became 2025-09, with other names for some keys.
    Draft2023,
    /// ICPC problem package format, `2025-09`.
    V2025,
    /// A full package of Polygon, `problem.xml`.
    Polygon,
}

impl PackageFormat {
    /// Whether it follows the rules that 2025-09 made, in its drafts, too.
    #[must_use]
    pub fn is_new_icpc(self) -> bool {
        matches!(self, Self::Draft2023 | Self::V2025)
    }
}

/// `legacy`, `2025-09`.
impl fmt::Display for PackageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Legacy => "legacy",
            Self::Draft2023 => "2023-07-draft",
            Self::V2025 => "2025-09",
            Self::Polygon => "Polygon",
        })
    }
}

/// How submissions to a problem are run and what they get.
///
/// ICPC problem package format (2025-09), section "Type"; the legacy format says the same with `type` and `validation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// Whether submissions get a score, besides the verdict.
    pub scoring: bool,
    /// Whether the submission talks with a program of the jury while it runs.
    pub interactive: bool,
    /// How often at most a submission is run on one test case, each time on what the validator made of the last: 1 unless
    /// the problem is of several passes.
    pub passes: NonZeroU32,
    /// Whether a submission consists of its answers to the test cases instead of a program.
    pub submit_answer: bool,
}

impl ProblemType {
    /// Whether a test case may need more than one run.
    #[must_use]
    pub fn is_multi_pass(self) -> bool {
        self.passes.get() > 1
    }
}

impl Default for ProblemType {
    fn default() -> Self {
        Self { scoring: false, interactive: false, passes: NonZeroU32::MIN, submit_answer: false }
    }
}

/// `pass-fail`, `scoring interactive`.
impl fmt::Display for ProblemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.scoring { "scoring" } else { "pass-fail" })?;
        let more = [
            (self.is_multi_pass(), " multi-pass"),
            (self.interactive, " interactive"),
            (self.submit_answer, " submit-answer"),
        ];
        more.iter().filter(|(is, _)| *is).try_for_each(|(_, word)| f.write_str(word))
    }
}
