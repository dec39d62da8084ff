//! What a function writes while it holds a judgement.
//!
//! The event comes first in each transaction, because it holds the submission: where the judgement
//! proves lost, it is rolled back with the rest.

use super::{LONGEST_LEASE, Lease, LeaseError, names};
use crate::convert::{to_bigint, to_integer, to_json, to_text, to_timestamp};
use crate::executions::{self, ExecutionEnding};
use crate::schema::judgements;
use crate::{AnyConnection, clock, database, events, fan_out, outbox, runs};
use diesel::prelude::*;
use judge_types::{
    CompileResult, Conclusion, ExecutionUsage, JudgementState, ProgressKind, RunResult, Score,
    Transition,
};
use time::{Duration, PrimitiveDateTime};

/// The judgement, where it still belongs to this lease's attempt and is in one of these states.
macro_rules! mine {
    ($lease:ident, $states:expr) => {
        judgements::table
            .filter(judgements::id.eq($lease.judgement.to_string()))
            .filter(judgements::attempt.eq(to_integer($lease.attempt)))
            .filter(judgements::state.eq_any($states))
    };
}

impl Lease {
    /// Holds the judgement for another `length` from now, at most [`LONGEST_LEASE`].
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where it no longer belongs to this attempt.
    pub fn renew(
        &self,
        connection: &mut AnyConnection,
        length: Duration,
    ) -> Result<(), LeaseError> {
        let until = to_timestamp(clock::now(connection)? + length.min(LONGEST_LEASE));
        let changed = diesel::update(mine!(self, names(Transition::Finish)))
            .set(judgements::lease_expires_at.eq(until))
            .execute(connection)?;
        self.held(changed)
    }

    /// Notes that the problem package is at hand.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn fetched(
        &self,
        connection: &mut AnyConnection,
        tests_total: u32,
    ) -> Result<(), LeaseError> {
        database::write(connection, |connection| {
            self.event(connection, &ProgressKind::Fetched)?;
            let changed = diesel::update(mine!(self, [JudgementState::Compiling.name()]))
                .set(judgements::tests_total.eq(to_integer(tests_total)))
                .execute(connection)?;
            self.held(changed)
        })
    }

    /// Stores what the compiler said; on success the test cases may start.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn compiled(
        &self,
        connection: &mut AnyConnection,
        result: &CompileResult,
    ) -> Result<(), LeaseError> {
        let after =
            if result.success { JudgementState::Running } else { JudgementState::Compiling };
        database::write(connection, |connection| {
            self.event(connection, &ProgressKind::Compiled { success: result.success })?;
            let changed = diesel::update(mine!(self, [JudgementState::Compiling.name()]))
                .set((
                    judgements::state.eq(after.name()),
                    judgements::compile_output.eq(to_text(&result.output)),
                ))
                .execute(connection)?;
            self.held(changed)
        })
    }

    /// Stores one run as soon as it is judged.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn add_run(
        &self,
        connection: &mut AnyConnection,
        run: &RunResult,
        total: u32,
    ) -> Result<(), LeaseError> {
        let kind = ProgressKind::Run {
            ordinal: run.ordinal,
            total,
            verdict: run.verdict,
            usage: run.usage,
        };
        database::write(connection, |connection| {
            self.event(connection, &kind)?;
            // Writes nothing new, but holds the row: no other claim can come between.
            let changed = diesel::update(mine!(self, [JudgementState::Running.name()]))
                .set(judgements::tests_total.eq(to_integer(total)))
                .execute(connection)?;
            self.held(changed)?;
            Ok(runs::insert(connection, self, run)?)
        })
    }

    /// Stores the verdict, the score and what the execution used, and takes the task off the queue.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn finish(
        &self,
        connection: &mut AnyConnection,
        conclusion: &Conclusion,
        execution: &ExecutionUsage,
    ) -> Result<(), LeaseError> {
        let Conclusion { verdict, usage, score, ref groups } = *conclusion;
        let groups = groups.as_ref().map(|groups| to_json("group results", groups)).transpose()?;
        database::write(connection, |connection| {
            self.event(connection, &ProgressKind::Finished { verdict, usage, score })?;
            let now = clock::now(connection)?;
            let changed = diesel::update(mine!(self, names(Transition::Finish)))
                .set((
                    judgements::state.eq(JudgementState::Finished.name()),
                    judgements::verdict.eq(verdict.code()),
                    judgements::cpu_ms.eq(to_bigint(usage.cpu_ms)),
                    judgements::wall_ms.eq(to_bigint(usage.wall_ms)),
                    judgements::memory_bytes.eq(to_bigint(usage.memory_bytes)),
                    judgements::lease_expires_at.eq(None::<PrimitiveDateTime>),
                    judgements::finished_at.eq(to_timestamp(now)),
                    judgements::score.eq(score.map(Score::get)),
                    judgements::group_results.eq(&groups),
                ))
                .execute(connection)?;
            self.held(changed)?;
            executions::insert(connection, self, execution, ExecutionEnding::Finished, now)?;
            fan_out::close(connection, self.judgement)?;
            Ok(outbox::remove(connection, self.judgement)?)
        })
    }

    pub(crate) fn held(&self, changed: usize) -> Result<(), LeaseError> {
        if changed == 1 { Ok(()) } else { Err(LeaseError::Lost(self.judgement)) }
    }

    fn event(&self, connection: &mut AnyConnection, kind: &ProgressKind) -> Result<(), LeaseError> {
        let now = clock::now(connection)?;
        Ok(events::append(connection, self.subject(), now, kind)?)
    }
}
