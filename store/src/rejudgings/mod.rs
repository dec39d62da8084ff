//! Sets of submissions that are judged again together.
//!
//! Which submissions belong to a rejudging is fixed in one transaction; their judgements are made after it in batches,
//! each in a transaction of its own, so that nobody waits long. Whoever finds one half made goes on with it.
//!
//! The judgements of a *preview* are not current: only the jury hears of them, until it is applied as a whole.
//! Whoever changes a rejudging holds its row first, then submissions in order, judgements, turns and tasks.

mod closing;
mod making;
mod reading;
mod selecting;

pub use closing::{Closed, apply, cancel};
pub use making::{Batch, Creation, NewRejudging, create, make_some, unmade};
pub use reading::{Which, by_id, compare, list, submissions};
pub use selecting::count;

use judge_types::{
    JudgementId, RejudgingFilter, RejudgingId, RejudgingKind, RejudgingOutcome, RejudgingState,
    Score, SubmissionId, Verdict,
};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A rejudging, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejudging {
    /// Names it.
    pub id: RejudgingId,
    /// Why it was made.
    pub reason: String,
    /// When its judgements count.
    pub kind: RejudgingKind,
    /// Which submissions were asked for.
    pub filter: RejudgingFilter,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: OffsetDateTime,
    /// That it was applied or cancelled.
    pub closing: Option<Closing>,
    /// How far its judgements are.
    pub progress: Progress,
}

/// That somebody applied or cancelled a rejudging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// What they did.
    pub state: RejudgingState,
    /// Who.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// Why, if they said.
    pub note: Option<String>,
}

/// How many judgements of a rejudging have come how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// All of them.
    pub total: u64,
    /// With a function.
    pub running: u64,
    /// With a verdict.
    pub finished: u64,
    /// The judge gave up on them, or they were dropped.
    pub failed: u64,
}

impl Progress {
    /// Those that wait for a function, or are yet to be made.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.total.saturating_sub(self.running + self.ended())
    }

    /// Those that have come to their end.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.finished + self.failed
    }
}

impl Rejudging {
    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> RejudgingState {
        match (&self.closing, self.kind) {
            (Some(closing), _) => closing.state,
            (None, _) if self.progress.ended() < self.progress.total => RejudgingState::Judging,
            (None, RejudgingKind::Preview) => RejudgingState::Ready,
            (None, RejudgingKind::Direct) => RejudgingState::Applied,
        }
    }
}

/// What a judgement has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A verdict.
    Judged(Verdict),
    /// The judge gave up on it.
    Failed,
    /// It is not over, or not even made.
    Unfinished,
}

/// How many submissions of a rejudging went from one standing to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// All of them.
    pub submissions: u64,
    /// Those among them that keep their verdict and get another score.
    pub rescored: u64,
}

/// How the new judgements of a rejudging compare with those that they are to replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many submissions went from the one to the other; only those that occur.
    pub matrix: BTreeMap<(Standing, Standing), Cell>,
    /// What became of the submissions when it was applied.
    pub outcomes: BTreeMap<&'static str, u64>,
}

impl Comparison {
    /// How many submissions have another verdict now, or another score.
    #[must_use]
    pub fn changed(&self) -> u64 {
        let has_another_verdict = |old, new| matches!(new, Standing::Judged(_)) && old != new;
        let changes = self.matrix.iter().map(|((old, new), cell)| {
            if has_another_verdict(*old, *new) { cell.submissions } else { cell.rescored }
        });
        changes.sum()
    }

    /// How many of those keep their verdict.
    #[must_use]
    pub fn rescored(&self) -> u64 {
        self.matrix.values().map(|cell| cell.rescored).sum()
    }
}

/// A judgement that is compared with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComparedJudgement {
    /// Names it.
    pub id: JudgementId,
    /// What it has come to.
    pub standing: Standing,
    /// The score, where the problem gives one.
    pub score: Option<Score>,
}

/// One submission of a rejudging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejudgedSubmission {
    /// The submission.
    pub submission: SubmissionId,
    /// The problem's name in addresses.
    pub problem_short_name: String,
    /// Whose it is.
    pub username: String,
    /// The language's id.
    pub language: String,
    /// When it was submitted.
    pub submitted_at: OffsetDateTime,
    /// The judgement that was current when the rejudging was made.
    pub old: ComparedJudgement,
    /// The new judgement, once it is made.
    pub new: Option<ComparedJudgement>,
    /// What became of it when the rejudging was applied.
    pub outcome: Option<RejudgingOutcome>,
}

impl RejudgedSubmission {
    /// Whether the submission gets another verdict by it, or another score.
    #[must_use]
    pub fn is_change(&self) -> bool {
        let outcome = |judgement: &ComparedJudgement| (judgement.standing, judgement.score);
        self.new.is_some_and(|new| {
            matches!(new.standing, Standing::Judged(_)) && outcome(&new) != outcome(&self.old)
        })
    }
}
