//! Identifiers: UUID version 7, so that newer ones sort after older ones.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not an identifier of the kind named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {kind} id (a UUID)")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id, later than every one made before by this process.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "two ids are never the same, so there is no default one")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as a bare UUID.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| InvalidId { kind: $kind, text: text.chars().take(64).collect() })
            }
        }
    };
}

id!(
    /// Names a user: a contestant, a member of the jury or an administrator.
    UserId,
    "user"
);
id!(
    /// Names a contest.
    ContestId,
    "contest"
);
id!(
    /// Names a problem through all versions of its package.
    ProblemId,
    "problem"
);
id!(
    /// Names what a contestant sent.
    SubmissionId,
    "submission"
);
id!(
    /// Names one attempt to judge a submission; a rejudging makes a new one.
    JudgementId,
    "judgement"
);
id!(
    /// Names a set of submissions that are judged again together.
    RejudgingId,
    "rejudging"
);
id!(
    /// Names a session or an API token, without being its secret.
    TokenId,
    "token"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_sort_by_age() {
        let (older, newer) = (SubmissionId::new(), SubmissionId::new());
        assert!(older < newer);
        assert_eq!(older.to_string().parse::<SubmissionId>().unwrap(), older);
    }

    #[test]
    fn a_bad_id_is_named_in_the_error() {
        let error = "none".parse::<JudgementId>().unwrap_err();
        assert_eq!(error.to_string(), "\"none\" is not a judgement id (a UUID)");
    }
}
