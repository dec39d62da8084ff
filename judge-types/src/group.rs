//! What the test data groups of a judgement came to.

use crate::{RunUsage, Score, Verdict};
use serde::{Deserialize, Serialize};

/// What a whole judgement came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The verdict.
    pub verdict: Verdict,
    /// The worst of all runs.
    pub usage: RunUsage,
    /// The score, in a problem that gives scores.
    pub score: Option<Score>,
    /// What the groups came to, where that is worth keeping.
    pub groups: Option<GroupResults>,
}

impl Conclusion {
    /// That of a problem that gives no scores.
    #[must_use]
    pub fn pass_fail(verdict: Verdict, usage: RunUsage) -> Self {
        Self { verdict, usage, score: None, groups: None }
    }
}

/// What the test data groups of a judgement came to, in the package's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupResults {
    /// Whether contestants are shown them.
    pub shown_to_team: bool,
    /// The groups.
    pub groups: Vec<GroupResult>,
}

/// One test data group within a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupResult {
    /// Its path below the package's `data/`: `secret/group1`; empty for all test data.
    pub name: String,
    /// What it came to; `None` where it was not judged, since one that it depends on failed.
    pub verdict: Option<Verdict>,
    /// Its score.
    pub score: Option<Score>,
    /// The most that it can get, where there is a bound.
    pub max_score: Option<Score>,
}
