//! What the jury is shown of a dead letter.

use judge_types::{JudgementId, JudgingErrorKind, SubmissionId};
use serde::{Deserialize, Serialize};
use store::dead_letters::DeadLetter;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Whether the jury has yet to do something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// It waits for the jury.
    #[default]
    Open,
    /// It was ignored or judged again.
    Handled,
}

/// A judgement without a verdict, for the jury to look at. Its team is told that it is being judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct DeadLetterView {
    /// The judgement that the judge gave up on; names the dead letter.
    pub(crate) judgement_id: JudgementId,
    /// Which submission it judged.
    pub(crate) submission_id: SubmissionId,
    /// The problem's short name.
    pub(crate) problem_id: String,
    /// Who submitted.
    pub(crate) username: String,
    /// The language's id.
    pub(crate) language_id: String,
    /// Whether the jury has yet to do something.
    pub(crate) state: State,
    /// Whether another judgement has taken its place.
    pub(crate) superseded: bool,
    /// What sort of failure it is.
    pub(crate) kind: Option<JudgingErrorKind>,
    /// What happened.
    pub(crate) reason: String,
    /// The end of the last function's log, where there is one, or other details.
    pub(crate) log: String,
    /// How often the task was delivered, as far as is known.
    pub(crate) deliveries: u32,
    /// When the judge gave up.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) time: Option<OffsetDateTime>,
    /// That it was ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ignored: Option<IgnoredView>,
    /// That it was judged again. One that is handled and has neither was rejudged with its submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retried: Option<RetriedView>,
}

/// That a dead letter was ignored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IgnoredView {
    /// Who said so.
    pub(crate) by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// Why, if they said.
    pub(crate) note: Option<String>,
}

/// That a dead letter was judged again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RetriedView {
    /// Who asked for it.
    pub(crate) by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// The judgement that took its place.
    pub(crate) judgement_id: JudgementId,
}

impl DeadLetterView {
    /// Whether it is still what its submission has come to.
    pub(crate) fn can_be_retried(&self) -> bool {
        !self.superseded
    }
}

impl From<DeadLetter> for DeadLetterView {
    fn from(letter: DeadLetter) -> Self {
        let state = if letter.is_open() { State::Open } else { State::Handled };
        let judgement = letter.judgement;
        let (kind, message) = judgement.error.map(|error| (error.kind, error.message)).unzip();
        let message = message.unwrap_or_default();
        let (reason, log) = message.split_once('\n').unwrap_or((&message, ""));
        Self {
            judgement_id: judgement.id,
            submission_id: judgement.submission,
            problem_id: letter.problem_short_name,
            username: letter.username,
            language_id: letter.language,
            state,
            superseded: !judgement.is_current,
            kind,
            reason: reason.to_owned(),
            log: log.to_owned(),
            deliveries: letter.deliveries,
            time: judgement.finished_at,
            ignored: letter.ignored.map(|ignored| IgnoredView {
                by: ignored.by,
                time: ignored.at,
                note: ignored.note,
            }),
            retried: letter.retried.map(|retried| RetriedView {
                by: retried.by,
                time: retried.at,
                judgement_id: retried.judgement,
            }),
        }
    }
}
