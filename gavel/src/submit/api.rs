//! The part of the HTTP API that a contestant's program needs.

use crate::client::Client;
use judge_types::{JudgementState, RunUsage, Score, SubmissionId, Verdict};
use serde::Deserialize;

/// A stored submission.
#[derive(Deserialize)]
pub(super) struct Submitted {
    pub(super) id: SubmissionId,
    pub(super) language_id: String,
    pub(super) position: Option<u64>,
}

/// What is known of a submission.
#[derive(Deserialize)]
pub(super) struct Detail {
    pub(super) id: SubmissionId,
    pub(super) state: JudgementState,
    pub(super) judgement_type_id: Option<Verdict>,
    pub(super) score: Option<Score>,
    pub(super) usage: RunUsage,
    pub(super) judgement: Judgement,
    pub(super) runs: Vec<Run>,
}

/// The judgement that counts.
#[derive(Deserialize)]
pub(super) struct Judgement {
    pub(super) tests_total: u32,
    pub(super) compile_output: Option<String>,
}

/// One test case.
#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) ordinal: u32,
    pub(super) judgement_type_id: Verdict,
    pub(super) team_message: Option<String>,
    pub(super) output: Option<String>,
    pub(super) error_output: Option<String>,
}

/// Sends a submission. The key lets the judge tell a repeated request from a second submission.
pub(super) fn submit(
    client: &Client,
    body: &serde_json::Value,
    idempotency_key: &str,
) -> anyhow::Result<Submitted> {
    client.post("submissions", body, Some(idempotency_key))
}

/// All that is known of a submission.
pub(super) fn detail(client: &Client, id: SubmissionId) -> anyhow::Result<Detail> {
    client.get(&format!("submissions/{id}"))
}

/// Where people see the submission.
pub(super) fn page(client: &Client, id: SubmissionId) -> String {
    client.page(&format!("submissions/{id}"))
}
