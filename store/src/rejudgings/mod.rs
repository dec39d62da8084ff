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
    SubmissionId, Verdict,
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

/// How the new judgements of a rejudging compare with those that they are to replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many submissions went from the one to the other; only those that occur.
    pub matrix: BTreeMap<(Standing, Standing), u64>,
    /// What became of the submissions when it was applied.
    pub outcomes: BTreeMap<&'static str, u64>,
}

impl Comparison {
    /// How many submissions have another verdict now.
    #[must_use]
    pub fn changed(&self) -> u64 {
        let changes = self.matrix.iter().filter(|((old, new), _)| is_change(*old, *new));
        changes.map(|(_, submissions)| submissions).sum()
    }
}

/// Whether a submission gets another verdict by it.
fn is_change(old: Standing, new: Standing) -> bool {
    matches!(new, Standing::Judged(_)) && old != new
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
    pub old: (JudgementId, Standing),
    /// The new judgement, once it is made.
    pub new: Option<(JudgementId, Standing)>,
    /// What became of it when the rejudging was applied.
    pub outcome: Option<RejudgingOutcome>,
}

impl RejudgedSubmission {
    /// Whether the submission gets another verdict by it.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.new.is_some_and(|(_, new)| is_change(self.old.1, new))
    }
}
