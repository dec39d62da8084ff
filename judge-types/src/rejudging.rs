//! Judging many submissions again, together.

use crate::{SubmissionId, Verdict};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use time::OffsetDateTime;

/// When the new judgements of a rejudging count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RejudgingKind {
    /// Once it is applied; until then only the jury hears of them.
    #[default]
    Preview,
    /// At once: each submission is being judged again for all to see.
    Direct,
}

impl RejudgingKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Preview, Self::Direct];

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Direct => "direct",
        }
    }
}

/// How far a rejudging has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RejudgingState {
    /// Some of its judgements have not come to their end.
    Judging,
    /// A preview that is judged and waits to be applied or cancelled.
    Ready,
    /// Its judgements count.
    Applied,
    /// It was given up; nothing of it counts.
    Cancelled,
}

impl RejudgingState {
    /// Every state, in the order of a rejudging's life.
    pub const ALL: [Self; 4] = [Self::Judging, Self::Ready, Self::Applied, Self::Cancelled];

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Judging => "judging",
            Self::Ready => "ready",
            Self::Applied => "applied",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What became of one submission of a preview when it was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RejudgingOutcome {
    /// The new judgement counts.
    Applied,
    /// It was skipped: since the rejudging was made, the submission has got another judgement.
    Superseded,
    /// It was skipped: the judge gave up on the new judgement.
    Failed,
    /// It was skipped: the new judgement had no verdict yet.
    Unfinished,
}

impl RejudgingOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Applied, Self::Superseded, Self::Failed, Self::Unfinished];

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Unfinished => "unfinished",
        }
    }
}

/// The text names no value of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {what}")]
pub struct UnknownRejudgingWord {
    what: &'static str,
    text: String,
}

macro_rules! named {
    ($name:ident, $what:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = UnknownRejudgingWord;

            fn from_str(text: &str) -> Result<Self, UnknownRejudgingWord> {
                Self::ALL
                    .into_iter()
                    .find(|value| value.name() == text)
                    .ok_or_else(|| UnknownRejudgingWord { what: $what, text: text.to_owned() })
            }
        }
    };
}

named!(RejudgingKind, "a kind of rejudging (preview or direct)");
named!(RejudgingState, "a state of a rejudging");
named!(RejudgingOutcome, "an outcome of a rejudging");

/// Which submissions to judge again: those that every condition given is true of. Of a condition with several values
/// one must be; without any it is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RejudgingFilter {
    /// Short names of problems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problem_ids: Vec<String>,
    /// Short names of contests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contest_ids: Vec<String>,
    /// Ids of languages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub language_ids: Vec<String>,
    /// Names of who submitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usernames: Vec<String>,
    /// The verdicts that count now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// Submitted then or later.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub submitted_from: Option<OffsetDateTime>,
    /// Submitted before then.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub submitted_until: Option<OffsetDateTime>,
    /// Exactly some of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub submission_ids: Vec<SubmissionId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_match_json() {
        fn check<T>(all: impl IntoIterator<Item = T>)
        where
            T: fmt::Display
                + FromStr<Err = UnknownRejudgingWord>
                + fmt::Debug
                + PartialEq
                + Serialize,
        {
            for value in all {
                assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(&value));
                assert_eq!(serde_json::to_string(&value).unwrap(), format!("\"{value}\""));
            }
        }
        check(RejudgingKind::ALL);
        check(RejudgingState::ALL);
        check(RejudgingOutcome::ALL);
    }

    #[test]
    fn a_filter_holds_what_it_asks_for_and_nothing_else() {
        let empty = RejudgingFilter::default();
        assert_eq!(serde_json::to_string(&empty).unwrap(), "{}");
        let text = r#"{"verdicts":["WA"],"submitted_from":"2026-11-25T10:00:00Z"}"#;
        let filter: RejudgingFilter = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), text);
        assert!(serde_json::from_str::<RejudgingFilter>(r#"{"problem":"sum"}"#).is_err());
    }
}
