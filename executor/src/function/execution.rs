//! One execution: from the claim of a judgement to its end, or to the next function.

use super::{
    FunctionConfig, FunctionExit, Notice, compiled,
    guardian::Guardian,
    job, language, metered,
    recorder::{self, Recorder},
    sharing::Sharing,
    source_texts, storage, whole_ms,
};
use crate::judging::{Compiled, Interrupted, Judged, judge, run_count};
use judge_types::{CompileResult, ExecutionUsage, JudgeTask, JudgingError, Retry, with_causes};
use languages::Language;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{
    AnyConnection, fan_out,
    leases::{Lease, LeaseError},
};
use tempfile::TempDir;

/// A judgement that this process has claimed.
pub(super) struct Execution<'a> {
    pub(super) config: &'a FunctionConfig,
    pub(super) task: JudgeTask,
    pub(super) lease: Lease,
    pub(super) started: Instant,
    pub(super) claimed: Instant,
    pub(super) cold_start: Duration,
}

impl Execution<'_> {
    pub(super) fn run(&self, connection: &mut AnyConnection) -> FunctionExit {
        let mut usage = ExecutionUsage {
            cold_start_ms: whole_ms(self.cold_start),
            queue_wait_ms: self.queue_wait_ms(),
            ..ExecutionUsage::default()
        };
        Notice::Claimed { queue_wait_ms: usage.queue_wait_ms }.send();
        let mut sharing = Sharing::new(self.config, &self.task, self.started);
        let opened = Arc::clone(&sharing.opened);
        let guardian = Guardian::start(self.config, self.lease, self.started, usage, opened);
        let judged = self.judge(connection, &mut usage, &mut sharing);
        // From here on nobody else ends this process or writes through the lease.
        guardian.stop();
        let usage = metered(&self.config.bench.meter, self.started, usage);
        let exit = self.conclude(connection, judged, &usage);
        if let Some(key) = sharing.artefact().filter(|_| exit == FunctionExit::Done) {
            compiled::remove(&self.config.blobs, key);
        }
        exit
    }

    /// From the judgement's queueing to the claim, in milliseconds.
    fn queue_wait_ms(&self) -> u64 {
        // Of one clock, which is not this machine's.
        let waited = self.lease.claimed_at - self.lease.queued_at;
        whole_ms(waited.try_into().unwrap_or_default())
    }

    fn judge(
        &self,
        connection: &mut AnyConnection,
        usage: &mut ExecutionUsage,
        sharing: &mut Sharing<'_>,
    ) -> Result<Judged, Interrupted> {
        let language = language(self.config, &self.task)?;
        let cached = self.config.packages.get(&self.task.package, &self.config.blobs)?;
        usage.transferred_bytes = cached.transferred_bytes;
        let package = &cached.package;
        let total = run_count(package);
        self.lease.fetched(connection, total).map_err(recorder::interrupted)?;
        let sources = source_texts(connection, self.task.submission)?;
        let before = self.resume(connection, language, usage, sharing)?;
        let compiled = before.as_ref().map(|(folder, result)| Compiled {
            folder: folder.path().to_owned(),
            result: result.clone(),
        });
        let job = job(self.config, &self.task, package, language, sources, compiled);
        judge(&job, &mut Recorder { connection, lease: self.lease, sharing })
    }

    /// What a function before this one has compiled, and opened to others.
    fn resume(
        &self,
        connection: &mut AnyConnection,
        language: &Language,
        usage: &mut ExecutionUsage,
        sharing: &mut Sharing<'_>,
    ) -> Result<Option<(TempDir, CompileResult)>, JudgingError> {
        if self.lease.attempt == 1 {
            return Ok(None);
        }
        let found = fan_out::find(connection, self.task.judgement).map_err(|e| storage(&e))?;
        let Some(fan_out) = found else { return Ok(None) };
        sharing.resume(connection, &fan_out)?;
        if !compiled::is_for_here(&self.config.bench, language, &fan_out)? {
            // What another one has made may not run here.
            return Ok(None);
        }
        match compiled::fetch(&self.config.blobs, &fan_out, &self.config.bench.scratch) {
            Ok((folder, bytes)) => {
                usage.transferred_bytes += bytes;
                Ok(Some((folder, fan_out.compile)))
            }
            Err(error) if error.kind.retry() == Retry::Always => Err(error),
            Err(error) => {
                tracing::warn!(%error, "compiles once more what was compiled before");
                Ok(None)
            }
        }
    }

    /// Writes how it ended; only where it is done is that the judgement's end, too.
    fn conclude(
        &self,
        connection: &mut AnyConnection,
        judged: Result<Judged, Interrupted>,
        usage: &ExecutionUsage,
    ) -> FunctionExit {
        let (written, exit) = match judged {
            Ok(judged) => {
                tracing::info!(verdict = %judged.verdict, wall_ms = usage.wall_ms, "judged");
                let written = self.lease.finish(connection, &judged.conclusion(), usage);
                if written.is_ok() {
                    let since_queued_ms = self.queue_wait_ms() + whole_ms(self.claimed.elapsed());
                    Notice::Judged { since_queued_ms }.send();
                }
                (written, FunctionExit::Done)
            }
            Err(Interrupted::Stopped) => {
                tracing::warn!("lost the lease");
                return FunctionExit::HeldElsewhere;
            }
            Err(Interrupted::HandedOver) => {
                tracing::info!("leaves the rest to another function");
                (self.lease.release(connection, usage), FunctionExit::HandedOver)
            }
            Err(Interrupted::Failed(error)) => {
                tracing::error!(%error, "judging failed");
                match error.kind.retry() {
                    Retry::Never => {
                        (self.lease.fail(connection, &error, usage), FunctionExit::Done)
                    }
                    Retry::Again => {
                        (self.lease.release(connection, usage), FunctionExit::HandedBack)
                    }
                    Retry::Always => (self.lease.release(connection, usage), FunctionExit::NoRoom),
                }
            }
        };
        match written {
            Ok(()) => exit,
            Err(LeaseError::Lost(_)) => {
                tracing::warn!("lost the lease");
                FunctionExit::HeldElsewhere
            }
            Err(LeaseError::Database(error)) => {
                tracing::error!(
                    error = with_causes(&error),
                    "cannot write the end of the judgement"
                );
                FunctionExit::Unreachable
            }
        }
    }
}
