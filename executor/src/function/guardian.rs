//! What renews a function's lease and ends a function that takes too long.

use super::{
    FunctionConfig, FunctionExit, metered,
    sharing::Opened,
    to_lease_length,
    watchdog::{OwnConnection, Watch, Watchdog},
};
use crate::judging::Meter;
use judge_types::{ExecutionUsage, JudgingError, JudgingErrorKind, with_causes};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{
    fan_out,
    leases::{Lease, LeaseError},
};

/// Watches over one execution.
pub(super) struct Guardian {
    connection: OwnConnection,
    lease: Lease,
    length: Duration,
    started: Instant,
    hard_timeout: Duration,
    usage: ExecutionUsage,
    worker: String,
    opened: Arc<Opened>,
    meter: Meter,
}

/// Why the function ends.
pub(super) enum Reason {
    LostLease,
    TimedOut,
}

impl Guardian {
    pub(super) fn start(
        config: &FunctionConfig,
        lease: Lease,
        started: Instant,
        usage: ExecutionUsage,
        opened: Arc<Opened>,
    ) -> Watchdog {
        Watchdog::start(Self {
            connection: OwnConnection::to(&config.database),
            lease,
            length: config.lease,
            started,
            hard_timeout: config.hard_timeout,
            usage,
            worker: config.worker.clone(),
            opened,
            meter: config.bench.meter.clone(),
        })
    }

    fn left(&self) -> Duration {
        self.hard_timeout.saturating_sub(self.started.elapsed())
    }

    fn renew(&mut self) -> Result<(), LeaseError> {
        let (open, length) = (self.connection.get()?, to_lease_length(self.length));
        self.lease.renew(open, length)?;
        if self.opened.is_open() {
            fan_out::renew(open, self.lease.judgement, &self.worker, length)?;
        }
        Ok(())
    }

    /// Gives up on the judgement, unless another function gets further with it.
    fn time_out(&mut self) -> Result<FunctionExit, LeaseError> {
        let seconds = self.hard_timeout.as_secs_f64();
        let message = format!("not judged within the function's hard timeout of {seconds} s");
        tracing::error!(message);
        let usage = metered(&self.meter, self.started, self.usage);
        let open = self.connection.get()?;
        // One test case may take long; the next function has all its time for it.
        if self.opened.has_got_on(open, self.lease.judgement)? {
            fan_out::release(open, self.lease.judgement, &self.worker)?;
            self.lease.release(open, &usage)?;
            return Ok(FunctionExit::HandedOver);
        }
        let error = JudgingError::new(JudgingErrorKind::HardTimeout, message);
        self.lease.fail(open, &error, &usage)?;
        Ok(FunctionExit::Done)
    }
}

impl Watch for Guardian {
    type Reason = Reason;

    fn pause(&self) -> Duration {
        self.left().min(self.length / 4)
    }

    fn look(&mut self) -> Option<Reason> {
        if self.left().is_zero() {
            return Some(Reason::TimedOut);
        }
        match self.renew() {
            Ok(()) => None,
            Err(LeaseError::Lost(_)) => Some(Reason::LostLease),
            // The next try may succeed; meanwhile every write is fenced.
            Err(LeaseError::Database(error)) => {
                tracing::warn!(error = with_causes(&error), "cannot renew the lease");
                self.connection.drop_it();
                None
            }
        }
    }

    fn end(&mut self, reason: Reason) -> FunctionExit {
        let ended = match reason {
            Reason::LostLease => Err(LeaseError::Lost(self.lease.judgement)),
            Reason::TimedOut => self.time_out(),
        };
        match ended {
            Ok(exit) => exit,
            Err(LeaseError::Lost(_)) => {
                tracing::warn!("lost the lease");
                FunctionExit::HeldElsewhere
            }
            Err(LeaseError::Database(error)) => {
                tracing::error!(error = with_causes(&error), "cannot store the time-out");
                FunctionExit::HandedBack
            }
        }
    }
}
