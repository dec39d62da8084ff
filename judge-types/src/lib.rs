//! The words that every part of Gavel shares.
//!
//! Names follow the CLICS Contest API (*submission*, *judgement*, *run*) and the
//! ICPC problem package format (*test case*, *test data group*). This crate does no
//! input or output: it holds data, and the pure rules about that data.
//!
//! Units are in the names: `_ms` is milliseconds, `_bytes` is bytes.

mod causes;
mod error;
mod event;
mod group;
mod ids;
mod limits;
mod rejudging;
mod role;
mod run;
mod score;
mod score_rule;
mod source;
mod state;
mod task;
mod trace;
mod turn;
mod usage;
mod verdict;

pub use causes::with_causes;
pub use error::{JudgingError, JudgingErrorKind, Retry};
pub use event::{ProgressEvent, ProgressKind};
pub use group::{Conclusion, GroupResult, GroupResults};
pub use ids::{
    ContestId, InvalidId, JudgementId, ProblemId, RejudgingId, SubmissionId, TokenId, UserId,
};
pub use limits::Limits;
pub use rejudging::{
    RejudgingFilter, RejudgingKind, RejudgingOutcome, RejudgingState, UnknownRejudgingWord,
};
pub use role::{InvalidRole, Role};
pub use run::{CompileResult, RunResult};
pub use score::{InvalidScore, Score};
pub use score_rule::{ScoreRule, UnknownScoreRule};
pub use source::{SourceFile, SourceFileError};
pub use state::{InvalidState, JudgementState, Transition};
pub use task::{
    HELP_TASK_VERSION, InvalidPackageHash, JudgeTask, Lane, PackageHash, TASK_VERSION, TaskKey,
    UnknownLane,
};
pub use trace::{InvalidTraceContext, TraceContext};
pub use turn::turn_for;
pub use usage::{ExecutionUsage, RunUsage};
pub use verdict::{UnknownVerdict, Verdict};

/// The present moment in UTC, cut to microseconds: what both databases can hold,
/// so that a time read back equals the time written.
#[must_use]
pub fn now() -> time::OffsetDateTime {
    let now = time::OffsetDateTime::now_utc();
    now - time::Duration::nanoseconds(i64::from(now.nanosecond() % 1_000))
}
