//! The thread that renews the lease and ends a function that takes too long.

use super::{FunctionConfig, FunctionExit, metered, sharing::Opened, to_lease_length};
use crate::judging::Meter;
use judge_types::{ExecutionUsage, JudgingError, JudgingErrorKind, with_causes};
use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use store::{
    AnyConnection, DatabaseUrl, database, fan_out,
    leases::{Lease, LeaseError},
};

/// Watches over one execution until it is stopped.
pub(super) struct Guardian {
    stop: Sender<()>,
    /// Whether the judging is over. Held while the guardian ends the process, so that
    /// the end is told once, by one of two.
    over: Arc<Mutex<bool>>,
}

impl Guardian {
    pub(super) fn start(
        config: &FunctionConfig,
        lease: Lease,
        started: Instant,
        usage: ExecutionUsage,
        opened: Arc<Opened>,
    ) -> Self {
        let (stop, stopped) = mpsc::channel();
        let over = Arc::new(Mutex::new(false));
        let watch = Watch {
            database: config.database.clone(),
            lease,
            length: config.lease,
            started,
            hard_timeout: config.hard_timeout,
            usage,
            worker: config.worker.clone(),
            opened,
            meter: config.bench.meter.clone(),
            over: Arc::clone(&over),
        };
        thread::spawn(move || watch.run(&stopped));
        Self { stop, over }
    }

    /// From its return on, the guardian does nothing more.
    pub(super) fn stop(self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        // It may be gone already; then there is nothing to stop.
        let _ = self.stop.send(());
    }
}

struct Watch {
    database: DatabaseUrl,
    lease: Lease,
    length: Duration,
    started: Instant,
    hard_timeout: Duration,
    usage: ExecutionUsage,
    worker: String,
    opened: Arc<Opened>,
    meter: Meter,
    over: Arc<Mutex<bool>>,
}

impl Watch {
    fn run(&self, stopped: &mpsc::Receiver<()>) {
        let mut connection = None;
        loop {
            let left = self.hard_timeout.saturating_sub(self.started.elapsed());
            if left.is_zero() {
                return self.end(|watch| watch.time_out(&mut connection));
            }
            match stopped.recv_timeout(left.min(self.length / 4)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            match self.renew(&mut connection) {
                Ok(()) => {}
                Err(LeaseError::Lost(_)) => {
                    return self.end(|_| {
                        tracing::warn!("lost the lease");
                        FunctionExit::HeldElsewhere
                    });
                }
                // The next try may succeed; meanwhile every write is fenced.
                Err(LeaseError::Database(error)) => {
                    tracing::warn!(error = with_causes(&error), "cannot renew the lease");
                    connection = None;
                }
            }
        }
    }

    /// A connection of its own: the judging thread uses the other one.
    fn renew(&self, connection: &mut Option<AnyConnection>) -> Result<(), LeaseError> {
        let (open, length) = (self.connected(connection)?, to_lease_length(self.length));
        self.lease.renew(open, length)?;
        if self.opened.is_open() {
            fan_out::renew(open, self.lease.judgement, &self.worker, length)?;
        }
        Ok(())
    }

    fn connected<'c>(
        &self,
        connection: &'c mut Option<AnyConnection>,
    ) -> Result<&'c mut AnyConnection, LeaseError> {
        let open = match connection.take() {
            Some(open) => open,
            None => database::connect(&self.database)?,
        };
        Ok(connection.insert(open))
    }

    /// Ends the process, unless the judging is over: then its thread tells how it ended.
    fn end(&self, say: impl FnOnce(&Self) -> FunctionExit) {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if !*over {
            process::exit(say(self).code().into());
        }
    }

    fn time_out(&self, connection: &mut Option<AnyConnection>) -> FunctionExit {
        let seconds = self.hard_timeout.as_secs_f64();
        let message = format!("not judged within the function's hard timeout of {seconds} s");
        tracing::error!(message);
        let error = JudgingError::new(JudgingErrorKind::HardTimeout, message);
        let usage = metered(&self.meter, self.started, self.usage);
        let written = self.connected(connection).and_then(|open| {
            // One test case may take long; the next function has all its time for it.
            if self.opened.has_got_on(open, self.lease.judgement)? {
                fan_out::release(open, self.lease.judgement, &self.worker)?;
                self.lease.release(open, &usage)?;
                return Ok(FunctionExit::HandedOver);
            }
            self.lease.fail(open, &error, &usage)?;
            Ok(FunctionExit::Done)
        });
        match written {
            Ok(exit) => exit,
            Err(LeaseError::Lost(_)) => FunctionExit::HeldElsewhere,
            Err(LeaseError::Database(error)) => {
                tracing::error!(error = with_causes(&error), "cannot store the time-out");
                FunctionExit::HandedBack
            }
        }
    }
}
