//! What a contestant can watch while a submission is judged.

use crate::{JudgementId, RunUsage, Score, Verdict};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One step in the life of a submission, in the order in which it was committed.
///
/// It holds nothing that a contestant may not see: no hidden data, no jury message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressEvent {
    /// Counts from 1 within the submission, without gaps; the id in the event stream.
    pub sequence: u64,
    /// Which judgement of the submission it is about.
    pub judgement: JudgementId,
    /// When it was committed.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    #[serde(flatten)]
    pub kind: ProgressKind,
}

/// What happened to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProgressKind {
    /// Stored and waiting.
    Queued,
    /// A function has claimed it; `attempt` counts from 1.
    Started {
        /// How many functions have claimed this judgement so far.
        attempt: u32,
    },
    /// The problem package is on the executor.
    Fetched,
    /// The compiler is done.
    Compiled {
        /// Whether there is a program to run.
        success: bool,
    },
    /// One test case is judged.
    Run {
        /// Position in the order of judging, from 1.
        ordinal: u32,
        /// How many test cases there are.
        total: u32,
        /// What this run came to.
        verdict: Verdict,
        /// What the program used.
        usage: RunUsage,
    },
    /// There is a verdict. The last event of a judgement.
    Finished {
        /// The verdict.
        verdict: Verdict,
        /// The worst of all runs.
        usage: RunUsage,
        /// The score, in a problem that gives scores.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<Score>,
    },
    /// The function died or handed the judgement back; it is queued again.
    Released,
    /// The judge gave up; the jury has been told. The last event of a judgement.
    Failed,
}

impl ProgressKind {
    /// Whether no event of the same judgement follows.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed)
    }

    /// The `type` tag, which is also the event's name in the event stream.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started { .. } => "started",
            Self::Fetched => "fetched",
            Self::Compiled { .. } => "compiled",
            Self::Run { .. } => "run",
            Self::Finished { .. } => "finished",
            Self::Released => "released",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_in_json_is_the_name() {
        let usage = RunUsage::default();
        let verdict = Verdict::Accepted;
        for kind in [
            ProgressKind::Queued,
            ProgressKind::Started { attempt: 1 },
            ProgressKind::Fetched,
            ProgressKind::Compiled { success: true },
            ProgressKind::Run { ordinal: 1, total: 2, verdict, usage },
            ProgressKind::Finished { verdict, usage, score: None },
            ProgressKind::Finished { verdict, usage, score: Score::new(2.5).ok() },
            ProgressKind::Released,
            ProgressKind::Failed,
        ] {
            let json = serde_json::to_value(&kind).unwrap();
            assert_eq!(json["type"], kind.name());
            assert_eq!(serde_json::from_value::<ProgressKind>(json).unwrap(), kind);
        }
    }
}
