//! Test data groups: which test cases belong together and what a group comes to.

/// A test data group: test cases and groups that are judged and graded together.
///
/// ICPC problem package format (legacy and 2025-09), sections "Test Data Groups", "Graders" and "Result Aggregation".
#[derive(Debug, Clone, PartialEq)]
pub struct TestGroup {
    /// The path below `data/`: `secret/group1`; empty for all test data.
    pub name: String,
    /// What it consists of, in the order of judging.
    pub members: Vec<Member>,
    /// How its result follows from those of its members.
    pub grading: Grading,
    /// Whether the rest of the group is judged after a member that was not accepted.
    pub on_reject: OnReject,
    /// Groups, as indices in [`crate::Package::groups`], that must have been accepted; otherwise this one is not judged.
    pub requires: Vec<usize>,
    /// A test of the submission's source by the package's static validator.
    pub static_validation: Option<StaticValidation>,
}

impl TestGroup {
    /// The name that its static validation goes by among the runs of a judgement.
    #[must_use]
    pub fn static_validation_name(&self) -> String {
        format!("{}/static_validation", self.name)
    }

    /// Whether what a group inside this one comes to counts for anything here.
    #[must_use]
    pub fn counts(&self, inner: &Self) -> bool {
        let is_ignored = match &self.grading {
            Grading::OfSecret => true,
            Grading::Default { flags, .. } => flags.ignore_sample,
            _ => false,
        };
        inner.grading != Grading::Nothing && !(is_ignored && inner.name == "sample")
    }
}

/// What a group consists of, as indices in [`crate::Package::test_cases`] and [`crate::Package::groups`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A test case.
    Case(usize),
    /// A group.
    Group(usize),
}

/// What happens after a member of a group that was not accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnReject {
    /// The group is graded at once.
    #[default]
    Break,
    /// The rest is judged.
    Continue,
}

impl OnReject {
    /// The words for it (legacy, `testdata.yaml`, key `on_reject`).
    pub(crate) const WORDS: [(&'static str, Self); 2] =
        [("break", Self::Break), ("continue", Self::Continue)];
}

/// How a group's result follows from those of its members.
#[derive(Debug, Clone, PartialEq)]
pub enum Grading {
    /// By the legacy format's default grader.
    Default {
        /// What it is told.
        flags: GraderFlags,
        /// What a test case gets where the validator says nothing.
        scores: CaseScores,
    },
    /// By the package's own grader (legacy).
    Custom {
        /// Its arguments.
        arguments: Vec<String>,
        /// What a test case gets where the validator says nothing.
        scores: CaseScores,
    },
    /// As 2025-09 has it.
    Aggregate {
        /// How.
        aggregation: Aggregation,
        /// The most that the group can get; `None` where it is unbounded.
        max_score: Option<f64>,
    },
    /// As the group `secret` in it, as samples count for nothing: all test data of a scoring problem (2025-09).
    OfSecret,
    /// As DOMjudge has it for a group of test cases: all or nothing, unless validators say scores.
    AllOrSaid {
        /// What it gets where all test cases are accepted.
        accept: f64,
        /// What becomes of the scores that validators say.
        score: ScoreMode,
    },
    /// Not at all: what is in it is judged, and counts for nothing.
    Nothing,
}

/// How scores are added up (2025-09, key `score_aggregation`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// All of the most where everything was accepted, otherwise nothing.
    PassFail,
    /// The sum of the members' scores.
    Sum,
    /// The least of the members' scores.
    Min,
}

/// Scores of test cases about which a validator says nothing (legacy, `testdata.yaml`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseScores {
    /// Of one that was accepted.
    pub accept: f64,
    /// Of one that was not.
    pub reject: f64,
    /// The least and the most that the group should come to; nothing is cut off there.
    pub range: (f64, f64),
}

impl Default for CaseScores {
    fn default() -> Self {
        Self { accept: 1.0, reject: 0.0, range: (f64::NEG_INFINITY, f64::INFINITY) }
    }
}

/// What the default grader is told.
///
/// ICPC problem package format (legacy), section "Default Grader Specification".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GraderFlags {
    /// How the verdict is found.
    pub verdict: VerdictMode,
    /// How the score is found.
    pub score: ScoreMode,
    /// Whether the group `sample` counts for nothing.
    pub ignore_sample: bool,
    /// Whether one accepted member is enough.
    pub accept_if_any_accepted: bool,
}

/// How the default grader finds a verdict where not everything was accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VerdictMode {
    /// The worst: run-time error before memory, time and output limit, before wrong answer.
    #[default]
    WorstError,
    /// That of the first member that was not accepted.
    FirstError,
    /// Accepted whatever the members came to.
    AlwaysAccept,
}

/// How the default grader finds a score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScoreMode {
    /// The sum.
    #[default]
    Sum,
    /// The average.
    Average,
    /// The least.
    Min,
    /// The most.
    Max,
}

impl Grading {
    /// What a package grades by that says nothing: everything must be accepted.
    #[must_use]
    pub fn pass_fail() -> Self {
        Self::Aggregate { aggregation: Aggregation::PassFail, max_score: None }
    }

    /// The least and the most that a group should come to (legacy).
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        match self {
            Self::Default { scores, .. } | Self::Custom { scores, .. } => Some(scores.range),
            _ => None,
        }
    }

    /// The most that a group of this grading can get, where there is a bound.
    #[must_use]
    pub fn max_score(&self) -> Option<f64> {
        match self {
            Self::Aggregate { max_score, .. } => *max_score,
            _ => self.range().map(|(_, most)| most).filter(|most| most.is_finite()),
        }
    }
}

impl GraderFlags {
    /// The flags, for people.
    pub(crate) const KNOWN: &str = "worst_error, first_error, always_accept, sum, avg, min, max, ignore_sample, accept_if_any_accepted";

    /// Reads the flags; of several that contradict each other the last one counts. Gives those besides that the default grader
    /// does not know: it goes by the others.
    #[must_use]
    pub fn parse<S: AsRef<str>>(arguments: &[S]) -> (Self, Vec<&str>) {
        let (mut flags, mut unknown) = (Self::default(), Vec::new());
        for argument in arguments.iter().map(AsRef::as_ref) {
            match argument {
                "worst_error" | "no_errors" => flags.verdict = VerdictMode::WorstError,
                "first_error" => flags.verdict = VerdictMode::FirstError,
                "always_accept" => flags.verdict = VerdictMode::AlwaysAccept,
                "sum" => flags.score = ScoreMode::Sum,
                "avg" => flags.score = ScoreMode::Average,
                "min" => flags.score = ScoreMode::Min,
                "max" => flags.score = ScoreMode::Max,
                "ignore_sample" => flags.ignore_sample = true,
                "accept_if_any_accepted" => flags.accept_if_any_accepted = true,
                other => unknown.push(other),
            }
        }
        (flags, unknown)
    }
}

/// A test of a submission's source: what the package's static validator is told, and what it is worth.
///
/// ICPC problem package format (2025-09), section "Static Validation Test Cases".
#[derive(Debug, Clone, PartialEq)]
pub struct StaticValidation {
    /// The most that it can get; `None` where it only passes or fails.
    pub max_score: Option<f64>,
    /// What follows the validator's own arguments.
    pub arguments: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_grader_flags_that_contradict_each_other_the_last_counts() {
        let words = ["min", "first_error", "most", "avg", "ignore_sample"];
        let (flags, unknown) = GraderFlags::parse(&words);
        assert_eq!(unknown, ["most"]);
        assert_eq!(flags.score, ScoreMode::Average);
        assert_eq!(flags.verdict, VerdictMode::FirstError);
        assert!(flags.ignore_sample && !flags.accept_if_any_accepted);
    }
}
