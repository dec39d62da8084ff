//! Which submission's score counts.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Which of a contestant's submissions to a problem that gives scores counts in a contest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScoreRule {
    /// The one with the best score; of several the first.
    #[default]
    Best,
    /// The last one that was judged.
    Last,
}

/// The text is no rule's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a score rule (best, last)")]
pub struct UnknownScoreRule(String);

impl ScoreRule {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::Best, Self::Last];

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Last => "last",
        }
    }
}

impl fmt::Display for ScoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ScoreRule {
    type Err = UnknownScoreRule;

    fn from_str(name: &str) -> Result<Self, UnknownScoreRule> {
        Self::ALL
            .into_iter()
            .find(|rule| rule.name() == name)
            .ok_or_else(|| UnknownScoreRule(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for rule in ScoreRule::ALL {
            assert_eq!(rule.name().parse(), Ok(rule));
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{rule}\""));
        }
    }
}
