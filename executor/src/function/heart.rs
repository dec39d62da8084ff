//! What renews a helper's hold and its reading, and ends a helper that nobody waits for any more.

use super::{
    FunctionConfig, FunctionExit, metered, to_lease_length,
    watchdog::{OwnConnection, Watch, Watchdog},
};
use crate::judging::Meter;
use judge_types::{ExecutionUsage, JudgementId, with_causes};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    DatabaseError,
    executions::{ExecutionEnding, HelpExecution},
    fan_out, judgements,
};

/// Watches over one helper.
pub(super) struct Heart {
    connection: OwnConnection,
    judgement: JudgementId,
    worker: String,
    lease: Duration,
    hard_timeout: Duration,
    execution: HelpExecution,
    started: Instant,
    usage: ExecutionUsage,
    /// How many bytes it has fetched so far.
    transferred: Arc<AtomicU64>,
    meter: Meter,
}

/// Nobody needs this helper, or not for this long.
pub(super) struct NotNeeded;

impl Heart {
    pub(super) fn start(
        config: &FunctionConfig,
        judgement: JudgementId,
        execution: HelpExecution,
        started: Instant,
        usage: ExecutionUsage,
        transferred: Arc<AtomicU64>,
    ) -> Watchdog {
        Watchdog::start(Self {
            connection: OwnConnection::to(&config.database),
            judgement,
            worker: config.worker.clone(),
            lease: config.lease,
            hard_timeout: config.hard_timeout,
            execution,
            started,
            usage,
            transferred,
            meter: config.bench.meter.clone(),
        })
    }

    fn reading(&self) -> ExecutionUsage {
        let transferred_bytes = self.transferred.load(Ordering::Relaxed);
        metered(&self.meter, self.started, ExecutionUsage { transferred_bytes, ..self.usage })
    }

    /// Renews everything; whether the judgement still needs help.
    fn renew(&mut self) -> Result<bool, DatabaseError> {
        let usage = self.reading();
        let (open, length) = (self.connection.get()?, to_lease_length(self.lease));
        fan_out::renew(open, self.judgement, &self.worker, length)?;
        self.execution.record(open, &usage, ExecutionEnding::Lost)?;
        let judgement = judgements::by_id(open, self.judgement)?;
        Ok(judgement.is_some_and(|judgement| !judgement.state.is_final()))
    }
}

impl Watch for Heart {
    type Reason = NotNeeded;

    fn pause(&self) -> Duration {
        self.lease / 4
    }

    fn look(&mut self) -> Option<NotNeeded> {
        if self.started.elapsed() > self.hard_timeout {
            tracing::error!("cannot judge one test case in half a function's time");
            return Some(NotNeeded);
        }
        match self.renew() {
            Ok(is_needed) => (!is_needed).then_some(NotNeeded),
            // The next try may succeed; meanwhile every write is fenced.
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "cannot renew a helper's hold");
                self.connection.drop_it();
                None
            }
        }
    }

    fn end(&mut self, NotNeeded: NotNeeded) -> FunctionExit {
        let usage = self.reading();
        let read = self.connection.get().and_then(|open| {
            fan_out::release(open, self.judgement, &self.worker)?;
            self.execution.record(open, &usage, ExecutionEnding::Released)
        });
        if let Err(error) = read {
            tracing::warn!(error = with_causes(&error), "cannot store a helper's reading");
        }
        FunctionExit::Done
    }
}
