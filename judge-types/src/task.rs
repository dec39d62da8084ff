//! The message that starts a function.

use crate::{JudgementId, Limits, SubmissionId, TraceContext};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The version of a [`JudgeTask`] that brings a judgement to its verdict, as this build writes and reads it.
pub const TASK_VERSION: u32 = 1;

/// The version of a [`JudgeTask`] that helps another function with its test cases. It is another one because builds
/// that know no helpers must not read it.
pub const HELP_TASK_VERSION: u32 = 2;

/// One message, one process, one judgement, or a part of one.
///
/// It pins everything that the verdict depends on, so that a judgement can be
/// reproduced after the problem has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeTask {
    /// [`TASK_VERSION`], or [`HELP_TASK_VERSION`]; another version is handed back, not guessed at.
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
    /// Which helper is wanted, from 1; 0 in a task that brings the judgement to its verdict.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub helper: u32,
    /// The trace of the request that asked for it. Nothing depends on it, so it is no change of version.
    #[serde(default, deserialize_with = "TraceContext::deserialize_if_valid")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<TraceContext>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl JudgeTask {
    /// Which task it is.
    #[must_use]
    pub fn key(&self) -> TaskKey {
        TaskKey { judgement: self.judgement, helper: self.helper }
    }
}

/// Names a task among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskKey {
    /// What it is about.
    pub judgement: JudgementId,
    /// Which helper's it is, from 1; 0 for the task that brings the judgement to its verdict.
    #[serde(default)]
    pub helper: u32,
}

impl TaskKey {
    /// Whether it is a helper's, without which the judgement comes to its verdict as well.
    #[must_use]
    pub fn is_help(self) -> bool {
        self.helper > 0
    }
}

impl From<JudgementId> for TaskKey {
    fn from(judgement: JudgementId) -> Self {
        Self { judgement, helper: 0 }
    }
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
    /// Helping functions with their test cases: for who has nothing else to do.
    Help,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Contest, Self::Practice, Self::Rejudge, Self::Help];

    /// Those in which judgements wait for their functions.
    pub const OF_JUDGEMENTS: [Self; 3] = [Self::Contest, Self::Practice, Self::Rejudge];

    /// The name stored in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contest => "contest",
            Self::Practice => "practice",
            Self::Rejudge => "rejudge",
            Self::Help => "help",
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
            helper: 0,
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
