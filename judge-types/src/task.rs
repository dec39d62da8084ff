//! The message that starts a function.

use crate::{JudgementId, Limits, SubmissionId, TraceContext};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The version of [`JudgeTask`] that this build writes and reads.
pub const TASK_VERSION: u32 = 1;

/// One message, one process, one judgement.
///
/// It pins everything that the verdict depends on, so that a judgement can be
/// reproduced after the problem has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeTask {
    /// Always [`TASK_VERSION`]; another version is handed back, not guessed at.
    pub version: u32,
    /// Which judgement to bring to a verdict.
    pub judgement: JudgementId,
    /// Which submission it judges.
    pub submission: SubmissionId,
    /// The id of the submission's language.
    pub language: String,
    /// The content of the package to judge with.
    pub package: PackageHash,
    /// The limits to judge under.
    pub limits: Limits,
    /// The trace of the request that asked for it. Nothing depends on it, so it is no change of version.
    #[serde(default, deserialize_with = "TraceContext::deserialize_if_valid")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<TraceContext>,
}

/// The SHA-256 of a package's content, in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct PackageHash(String);

impl PackageHash {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a SHA-256 in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a package hash (64 lower-case hexadecimal digits)")]
pub struct InvalidPackageHash(String);

impl TryFrom<String> for PackageHash {
    type Error = InvalidPackageHash;

    fn try_from(text: String) -> Result<Self, InvalidPackageHash> {
        let digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if text.len() == 64 && text.bytes().all(digit) {
            Ok(Self(text))
        } else {
            Err(InvalidPackageHash(text.chars().take(80).collect()))
        }
    }
}

impl FromStr for PackageHash {
    type Err = InvalidPackageHash;

    fn from_str(text: &str) -> Result<Self, InvalidPackageHash> {
        Self::try_from(text.to_owned())
    }
}

impl From<PackageHash> for String {
    fn from(hash: PackageHash) -> Self {
        hash.0
    }
}

impl fmt::Display for PackageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Which queue a judgement waits in. Lanes are served in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Submissions to a running contest.
    Contest,
    /// Submissions outside a contest.
    Practice,
    /// Judging again what was judged before.
    Rejudge,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Contest, Self::Practice, Self::Rejudge];

    /// The name stored in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contest => "contest",
            Self::Practice => "practice",
            Self::Rejudge => "rejudge",
        }
    }

    /// How urgent the lane is: 0 is served first.
    #[must_use]
    pub fn rank(self) -> i32 {
        self as i32
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is no lane's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a lane")]
pub struct UnknownLane(String);

impl FromStr for Lane {
    type Err = UnknownLane;

    fn from_str(name: &str) -> Result<Self, UnknownLane> {
        Self::ALL
            .into_iter()
            .find(|lane| lane.name() == name)
            .ok_or_else(|| UnknownLane(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> JudgeTask {
        JudgeTask {
            version: TASK_VERSION,
            judgement: JudgementId::new(),
            submission: SubmissionId::new(),
            language: "cpp17".into(),
            package: "0".repeat(64).parse().unwrap(),
            limits: Limits::default(),
            traceparent: Some(TraceContext::new()),
        }
    }

    #[test]
    fn a_task_round_trips_and_pins_its_fields() {
        let json = serde_json::to_string(&task()).unwrap();
        let read: JudgeTask = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }

    #[test]
    fn a_task_is_understood_whatever_its_trace() {
        let mut json = serde_json::to_value(task()).unwrap();
        json["traceparent"] = "00-zz".into();
        assert_eq!(serde_json::from_value::<JudgeTask>(json.clone()).unwrap().traceparent, None);
        json.as_object_mut().unwrap().remove("traceparent");
        let read: JudgeTask = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), json, "as an older build writes it");
    }

    #[test]
    fn a_hash_that_could_be_a_path_is_refused() {
        for text in ["", "../../etc", &"A".repeat(64), &"0".repeat(63)] {
            assert!(text.parse::<PackageHash>().is_err(), "{text}");
            assert!(serde_json::from_str::<PackageHash>(&format!("\"{text}\"")).is_err());
        }
    }

    #[test]
    fn lanes_round_trip() {
        for lane in Lane::ALL {
            assert_eq!(lane.name().parse(), Ok(lane));
        }
    }
}
