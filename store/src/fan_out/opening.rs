//! Opening a judgement to others.

use super::{FanOut, Shared};
use crate::convert::{to_integer, to_json, to_text};
use crate::leases::{Lease, LeaseError};
use crate::outbox::{self, NewTask};
use crate::schema::{fan_out_runs, fan_outs, judgements, submissions};
use crate::{AnyConnection, DatabaseError, clock, database, events};
use diesel::prelude::*;
use judge_types::{HELP_TASK_VERSION, JudgeTask, JudgementState, Lane};

impl Lease {
    /// Opens the judgement to others, and asks for so many helpers by tasks like `task`, which is the judgement's own.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where the judgement no longer belongs to this attempt.
    pub fn open_to_others(
        &self,
        connection: &mut AnyConnection,
        fan_out: &FanOut,
        shared: &Shared<'_>,
        task: &JudgeTask,
        helpers: u32,
    ) -> Result<(), LeaseError> {
        let judgement = self.judgement.to_string();
        let compile = to_json("compile result", &fan_out.compile)?;
        database::write(connection, |connection| {
            events::hold(connection, self.submission)?;
            let now = clock::now(connection)?;
            // Writes nothing new, but holds the row: no other claim can come between.
            let mine = judgements::table
                .filter(judgements::id.eq(&judgement))
                .filter(judgements::attempt.eq(to_integer(self.attempt)))
                .filter(judgements::state.eq(JudgementState::Running.name()));
            let changed = diesel::update(mine)
                .set(judgements::attempt.eq(judgements::attempt))
                .execute(connection)?;
            self.held(changed)?;
            diesel::insert_into(fan_outs::table)
                .values((
                    fan_outs::judgement_id.eq(&judgement),
                    fan_outs::artefact.eq(&fan_out.artefact),
                    fan_outs::artefact_hash.eq(&fan_out.artefact_hash),
                    fan_outs::toolchain.eq(&fan_out.toolchain),
                    fan_outs::compile.eq(to_text(&compile)),
                ))
                .execute(connection)?;
            let judged = shared
                .judged
                .iter()
                .map(|(ordinal, result)| (*ordinal, Some(shared.worker), Some(to_text(result))));
            let open = shared.open.iter().map(|ordinal| (*ordinal, None, None));
            let rows: Vec<_> = judged
                .chain(open)
                .map(|(ordinal, worker, result)| {
                    (
                        fan_out_runs::judgement_id.eq(&judgement),
                        fan_out_runs::ordinal.eq(to_integer(ordinal)),
                        fan_out_runs::worker.eq(worker),
                        fan_out_runs::result.eq(result),
                    )
                })
                .collect();
            for some in rows.chunks(1_000) {
                database::insert_all!(connection, fan_out_runs::table, some)?;
            }
            let user: String = submissions::table
                .find(self.submission.to_string())
                .select(submissions::user_id)
                .first(connection)?;
            let tasks = (1..=helpers).map(|helper| {
                let task = JudgeTask { version: HELP_TASK_VERSION, helper, ..task.clone() };
                let json = to_json("task", &task)?;
                Ok::<_, DatabaseError>(NewTask { key: task.key(), user: user.clone(), task: json })
            });
            let tasks = tasks.collect::<Result<_, _>>()?;
            Ok(outbox::insert(connection, Lane::Help, tasks, now)?)
        })
    }
}
