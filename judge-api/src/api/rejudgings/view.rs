//! What the jury is shown of a rejudging.

use judge_types::{
    JudgementId, RejudgingFilter, RejudgingId, RejudgingKind, RejudgingOutcome, RejudgingState,
    Score, SubmissionId, Verdict,
};
use serde::{Serialize, Serializer};
use store::rejudgings::{Closing, Comparison, RejudgedSubmission, Rejudging, Standing};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A set of submissions that are judged again together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Rejudging)]
pub(crate) struct RejudgingView {
    /// Names it.
    pub(crate) id: RejudgingId,
    /// Why it was made.
    pub(crate) reason: String,
    /// When its judgements count.
    pub(crate) kind: RejudgingKind,
    /// How far it has come.
    pub(crate) state: RejudgingState,
    /// Which submissions were asked for.
    pub(crate) filter: RejudgingFilter,
    /// Who made it.
    pub(crate) made_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// That it was applied or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<ClosingView>,
    /// How many submissions there are.
    pub(crate) submissions: u64,
    /// Those that wait.
    pub(crate) waiting: u64,
    /// Those that are being judged.
    pub(crate) running: u64,
    /// Those with a new verdict.
    pub(crate) finished: u64,
    /// Those that the judge gave up on, or that were dropped.
    pub(crate) failed: u64,
}

/// That a rejudging was applied or cancelled.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RejudgingClosing)]
pub(crate) struct ClosingView {
    /// Who did it.
    pub(crate) by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// Why, if they said.
    pub(crate) note: Option<String>,
}

impl From<Closing> for ClosingView {
    fn from(closing: Closing) -> Self {
        Self { by: closing.by, time: closing.at, note: closing.note }
    }
}

impl RejudgingView {
    /// Those that have come to their end.
    pub(crate) fn ended(&self) -> u64 {
        self.finished + self.failed
    }

    /// Whether it can still be applied or cancelled.
    pub(crate) fn is_open(&self) -> bool {
        self.kind == RejudgingKind::Preview && self.closed.is_none()
    }

    /// Whether its figures may still change.
    pub(crate) fn is_live(&self) -> bool {
        self.state == RejudgingState::Judging
    }
}

impl From<Rejudging> for RejudgingView {
    fn from(rejudging: Rejudging) -> Self {
        let (state, progress) = (rejudging.state(), rejudging.progress);
        // What is not even made when one is closed will not be.
        let waiting = if rejudging.closing.is_some() { 0 } else { progress.waiting() };
        Self {
            id: rejudging.id,
            reason: rejudging.reason,
            kind: rejudging.kind,
            state,
            filter: rejudging.filter,
            made_by: rejudging.made_by,
            time: rejudging.made_at,
            closed: rejudging.closing.map(ClosingView::from),
            submissions: progress.total,
            waiting,
            running: progress.running,
            finished: progress.finished,
            failed: progress.failed,
        }
    }
}

/// What a judgement has come to: the code of a verdict, `failed` where the judge gave up, `unfinished` before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StandingView(pub(crate) Standing);

impl StandingView {
    /// The verdict, if it is one.
    pub(crate) fn verdict(self) -> Option<Verdict> {
        match self.0 {
            Standing::Judged(verdict) => Some(verdict),
            Standing::Failed | Standing::Unfinished => None,
        }
    }
}

impl Serialize for StandingView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self.0 {
            Standing::Judged(verdict) => verdict.code(),
            Standing::Failed => "failed",
            Standing::Unfinished => "unfinished",
        })
    }
}

/// How the new judgements of a rejudging compare with those that they are to replace.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RejudgingComparison)]
pub(crate) struct ComparisonView {
    /// How many submissions have another verdict now, or another score.
    pub(crate) changed: u64,
    /// How many of those keep their verdict and get another score.
    pub(crate) rescored: u64,
    /// How many submissions went from one standing to another; only those that occur.
    pub(crate) matrix: Vec<Cell>,
    /// What became of the submissions, once it is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcomes: Option<Outcomes>,
}

/// So many submissions went from one standing to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RejudgingCell)]
pub(crate) struct Cell {
    /// What the judgement that was current when the rejudging was made has come to.
    #[schema(value_type = String)]
    pub(crate) old: StandingView,
    /// What the new one has come to.
    #[schema(value_type = String)]
    pub(crate) new: StandingView,
    /// How many submissions.
    pub(crate) submissions: u64,
    /// How many of them keep their verdict and get another score.
    pub(crate) rescored: u64,
}

impl Cell {
    /// Whether submissions get another verdict or another score.
    pub(crate) fn is_change(&self) -> bool {
        self.rescored > 0 || self.new.verdict().is_some() && self.new != self.old
    }
}

/// What became of the submissions of a rejudging that was applied.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = RejudgingOutcomes)]
pub(crate) struct Outcomes {
    /// Their new judgement counts.
    pub(crate) applied: u64,
    /// Skipped: they have got another judgement since the rejudging was made.
    pub(crate) superseded: u64,
    /// Skipped: the judge gave up on their new judgement.
    pub(crate) failed: u64,
    /// Skipped: their new judgement had no verdict.
    pub(crate) unfinished: u64,
}

impl Outcomes {
    /// Those that were not applied.
    pub(crate) fn skipped(&self) -> u64 {
        self.superseded + self.failed + self.unfinished
    }
}

impl From<Comparison> for ComparisonView {
    fn from(comparison: Comparison) -> Self {
        let (changed, rescored) = (comparison.changed(), comparison.rescored());
        let of = |outcome: RejudgingOutcome| {
            comparison.outcomes.get(outcome.name()).copied().unwrap_or(0)
        };
        let outcomes = Outcomes {
            applied: of(RejudgingOutcome::Applied),
            superseded: of(RejudgingOutcome::Superseded),
            failed: of(RejudgingOutcome::Failed),
            unfinished: of(RejudgingOutcome::Unfinished),
        };
        let matrix = comparison.matrix.iter().map(|((old, new), cell)| Cell {
            old: StandingView(*old),
            new: StandingView(*new),
            submissions: cell.submissions,
            rescored: cell.rescored,
        });
        Self {
            changed,
            rescored,
            matrix: matrix.collect(),
            outcomes: (!comparison.outcomes.is_empty()).then_some(outcomes),
        }
    }
}

/// One submission of a rejudging.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RejudgedSubmission)]
pub(crate) struct RejudgedView {
    /// The submission.
    pub(crate) submission_id: SubmissionId,
    /// The problem's short name.
    pub(crate) problem_id: String,
    /// Who submitted.
    pub(crate) username: String,
    /// The language's id.
    pub(crate) language_id: String,
    /// When it was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// The judgement that was current when the rejudging was made.
    pub(crate) old_judgement_id: JudgementId,
    /// What that has come to.
    #[schema(value_type = String)]
    pub(crate) old: StandingView,
    /// Its score, where the problem gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old_score: Option<Score>,
    /// The new judgement, once it is made.
    pub(crate) new_judgement_id: Option<JudgementId>,
    /// What that has come to.
    #[schema(value_type = String)]
    pub(crate) new: StandingView,
    /// Its score, where the problem gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new_score: Option<Score>,
    /// Whether the submission gets another verdict, or another score.
    pub(crate) changed: bool,
    /// What became of it, once the rejudging is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<RejudgingOutcome>,
}

impl From<RejudgedSubmission> for RejudgedView {
    fn from(rejudged: RejudgedSubmission) -> Self {
        let changed = rejudged.is_change();
        let (old, new) = (rejudged.old, rejudged.new);
        Self {
            submission_id: rejudged.submission,
            problem_id: rejudged.problem_short_name,
            username: rejudged.username,
            language_id: rejudged.language,
            time: rejudged.submitted_at,
            old_judgement_id: old.id,
            old: StandingView(old.standing),
            old_score: old.score,
            new_judgement_id: new.map(|new| new.id),
            new: StandingView(new.map_or(Standing::Unfinished, |new| new.standing)),
            new_score: new.and_then(|new| new.score),
            changed,
            outcome: rejudged.outcome,
        }
    }
}
