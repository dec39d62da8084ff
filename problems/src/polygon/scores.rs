//! Whether there are scores, and what a group of the testset comes to.

use super::groups::Group;
use crate::groups::{Aggregation, CaseScores, GraderFlags, Grading, OnReject, VerdictMode};
use std::collections::BTreeMap;

/// How a problem's scores are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scores {
    /// Neither a test nor a group is worth points.
    None,
    /// Each test or group has points of its own.
    Bounded,
    /// All have 0 points, which is how problems are exported whose checker says the points, however many.
    OfChecker,
}

impl Scores {
    /// By the points of each test, where it has some, and of the groups.
    pub(super) fn of(
        of_tests: impl Iterator<Item = Option<f64>>,
        groups: &BTreeMap<&str, Group<'_>>,
    ) -> Self {
        let of_groups = groups.values().map(|group| group.points);
        match of_tests.chain(of_groups).flatten().reduce(f64::max) {
            None => Self::None,
            Some(most) if most > 0.0 => Self::Bounded,
            Some(_) => Self::OfChecker,
        }
    }

    /// How a group is graded whose tests are worth `sum`; `None` is all test data.
    pub(super) fn of_group(self, group: Option<&Group<'_>>, sum: f64) -> (Grading, OnReject) {
        let is_complete = group.is_some_and(|group| group.is_complete);
        match self {
            Self::None => (Grading::pass_fail(), OnReject::Break),
            Self::Bounded if is_complete => {
                let most = group.and_then(|group| group.points).unwrap_or(sum);
                (aggregate(Aggregation::PassFail, most), OnReject::Break)
            }
            Self::Bounded => (aggregate(Aggregation::Sum, sum), OnReject::Continue),
            Self::OfChecker if is_complete => (as_checker_says(), OnReject::Break),
            Self::OfChecker => (as_checker_says(), OnReject::Continue),
        }
    }
}

fn aggregate(aggregation: Aggregation, most: f64) -> Grading {
    Grading::Aggregate { aggregation, max_score: Some(most) }
}

/// The sum of what the checker says; a test that is only accepted is worth nothing, as `problem.xml` has it.
fn as_checker_says() -> Grading {
    let scores = CaseScores { accept: 0.0, reject: 0.0, range: (0.0, f64::INFINITY) };
    let flags = GraderFlags { verdict: VerdictMode::FirstError, ..GraderFlags::default() };
    Grading::Default { flags, scores }
}
