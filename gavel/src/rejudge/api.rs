//! The part of the HTTP API that a rejudging needs.

use anyhow::Context;
use judge_types::{RejudgingId, RejudgingState, Score, SubmissionId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How far a rejudging is.
#[derive(Debug, Deserialize)]
pub(super) struct Rejudging {
    pub(super) id: RejudgingId,
    pub(super) reason: String,
    pub(super) state: RejudgingState,
    pub(super) made_by: String,
    pub(super) submissions: u64,
    pub(super) finished: u64,
    pub(super) failed: u64,
}

/// What a dry run says.
#[derive(Debug, Deserialize)]
pub(super) struct Count {
    pub(super) submissions: u64,
    pub(super) needs_confirmation: bool,
}

/// How verdicts and scores change.
#[derive(Debug, Deserialize)]
pub(super) struct Comparison {
    /// Submissions with another verdict or another score.
    pub(super) changed: u64,
    /// Those among them that keep their verdict.
    pub(super) rescored: u64,
    pub(super) matrix: Vec<Cell>,
    pub(super) outcomes: Option<Outcomes>,
}

/// So many submissions went from one verdict to another.
#[derive(Debug, Deserialize)]
pub(super) struct Cell {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) submissions: u64,
    pub(super) rescored: u64,
}

/// What became of the submissions of a rejudging that was applied.
#[derive(Debug, Deserialize)]
pub(super) struct Outcomes {
    pub(super) applied: u64,
    pub(super) superseded: u64,
    pub(super) failed: u64,
    pub(super) unfinished: u64,
}

/// A submission that gets another verdict, or another score.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    pub(super) submission_id: SubmissionId,
    pub(super) problem_id: String,
    pub(super) username: String,
    pub(super) old: String,
    pub(super) old_score: Option<Score>,
    pub(super) new: String,
    pub(super) new_score: Option<Score>,
}

/// What this program needs of an answer that it also prints.
pub(super) fn understand<T: DeserializeOwned>(answer: &Value) -> anyhow::Result<T> {
    T::deserialize(answer).context("read the judge's answer")
}
