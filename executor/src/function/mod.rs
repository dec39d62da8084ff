//! The function: one message, one process, one verdict.

mod compiled;
mod exit;
mod guardian;
mod helping;
mod notice;
mod pace;
mod place;
mod recorder;
mod sharing;

pub use exit::FunctionExit;
pub(crate) use notice::Notice;
pub use place::settle_down;
pub use sharing::FanOutRules;

use crate::{
    PackageCache,
    judging::{
        Compiled, Interrupted, JudgeJob, Judged, Meter, SourceText, StopRule, Workbench, judge,
        run_count,
    },
};
use compiled::Stored;
use guardian::Guardian;
use judge_types::{
    CompileResult, ExecutionUsage, HELP_TASK_VERSION, JudgeTask, JudgingError, JudgingErrorKind,
    Retry, SourceFile, SubmissionId, TASK_VERSION, TraceContext, with_causes,
};
use nix::sys::resource::{UsageWho, getrusage};
use recorder::Recorder;
use sharing::Sharing;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{
    AnyConnection, Blobs, DatabaseError, DatabaseUrl, database, fan_out,
    leases::{self, Claim, Lease, LeaseError},
    submissions,
};
use tempfile::TempDir;

/// What a function needs besides its message.
#[derive(Clone)]
pub struct FunctionConfig {
    /// Where judgements are claimed and verdicts written.
    pub database: DatabaseUrl,
    /// Where packages are fetched from.
    pub blobs: Blobs,
    /// Where packages are kept.
    pub packages: PackageCache,
    /// Where programs are run.
    pub bench: Workbench,
    /// Names this process among all functions, so that whoever started it can release what it held.
    pub worker: String,
    /// For how long a claim holds unless it is renewed, at most [`leases::LONGEST_LEASE`]; it is renewed four times as
    /// often.
    pub lease: Duration,
    /// The longest that judging may take; then it is a judging error.
    pub hard_timeout: Duration,
    /// When to stop running test cases.
    pub stop: StopRule,
    /// When others may help.
    pub fan_out: FanOutRules,
}

impl FunctionConfig {
    /// A lease outlives a slow disk, and is short enough that a lost function is noticed within seconds.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(7);

    /// Well under the half hour after which RabbitMQ gives up on a consumer.
    pub const DEFAULT_HARD_TIMEOUT: Duration = Duration::from_secs(15 * 60);
}

/// Judges what `message`, a [`JudgeTask`] as JSON, asks for. `started` is when this process began.
///
/// This ends the process itself when the lease is lost or the hard timeout passes while
/// a program runs; everything in the sandbox dies with it.
pub fn run_function(config: &FunctionConfig, message: &str, started: Instant) -> FunctionExit {
    let task = match parse(message) {
        Ok(task) => task,
        Err(refused) => {
            tracing::error!(reason = refused.reason, "the message is not understood");
            return refused.exit;
        }
    };
    // At the level of errors, so that no filter takes it from a line within.
    let (parent, own) = (task.traceparent, task.traceparent.map(TraceContext::child));
    let span = tracing::error_span!(
        "judgement", id = %task.judgement, trace = own.map(TraceContext::trace_id),
        span = own.map(TraceContext::span_id), parent = parent.map(TraceContext::span_id),
    );
    let _entered = span.enter();
    let mut connection = match database::connect(&config.database) {
        Ok(connection) => connection,
        Err(error) => return unclaimed(&error),
    };
    if task.key().is_help() {
        return helping::run(config, &task, &mut connection, started)
            .unwrap_or_else(|error| unclaimed(&error));
    }
    let lease = to_lease_length(config.lease);
    match leases::claim(&mut connection, task.judgement, &config.worker, lease) {
        Ok(Claim::Granted(lease)) => {
            let claimed = Instant::now();
            Execution { config, task, lease, started, claimed, cold_start: claimed - started }
                .run(&mut connection)
        }
        Ok(Claim::Held(until)) => {
            tracing::info!(%until, "another function holds it");
            FunctionExit::HeldElsewhere
        }
        Ok(Claim::Final) => {
            tracing::info!("has its verdict already");
            FunctionExit::Done
        }
        Ok(Claim::Unknown) => {
            tracing::warn!("is not in the database");
            FunctionExit::Done
        }
        Err(error) => unclaimed(&error),
    }
}

/// A message that cannot be acted on.
struct Refused {
    reason: String,
    exit: FunctionExit,
}

fn parse(message: &str) -> Result<JudgeTask, Refused> {
    // Another version may have other fields: look at the version before anything else.
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u32,
    }
    let broken = |error: serde_json::Error| Refused {
        reason: error.to_string(),
        exit: FunctionExit::HandedBack,
    };
    let Versioned { version } = serde_json::from_str(message).map_err(broken)?;
    if ![TASK_VERSION, HELP_TASK_VERSION].contains(&version) {
        let reason = format!(
            "it has version {version}; this build reads {TASK_VERSION} and {HELP_TASK_VERSION}"
        );
        return Err(Refused { reason, exit: FunctionExit::OtherVersion });
    }
    serde_json::from_str(message).map_err(broken)
}

fn unclaimed(error: &DatabaseError) -> FunctionExit {
    tracing::error!(error = with_causes(error), "cannot claim");
    FunctionExit::Unreachable
}

/// A judgement that this process has claimed.
struct Execution<'a> {
    config: &'a FunctionConfig,
    task: JudgeTask,
    lease: Lease,
    started: Instant,
    claimed: Instant,
    cold_start: Duration,
}

impl Execution<'_> {
    fn run(&self, connection: &mut AnyConnection) -> FunctionExit {
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
        let (exit, is_over) = self.conclude(connection, judged, &usage);
        if let Some(key) = sharing.artefact().filter(|_| is_over) {
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
        let language = self.config.bench.languages.get(&self.task.language).ok_or_else(|| {
            let message = format!("language {} is not known here", self.task.language);
            JudgingError::new(JudgingErrorKind::ToolchainMissing, message)
        })?;
        let cached = self.config.packages.get(&self.task.package, &self.config.blobs)?;
        usage.transferred_bytes = cached.transferred_bytes;
        let package = &cached.package;
        let total = run_count(package);
        self.lease.fetched(connection, total).map_err(recorder::interrupted)?;
        let sources = source_texts(connection, self.task.submission)?;
        let before = self.resume(connection, usage, sharing)?;
        let job = JudgeJob {
            bench: &self.config.bench,
            package,
            language,
            sources,
            limits: self.task.limits.clone(),
            stop: self.config.stop,
            entry_point: None,
            overtime: Duration::ZERO,
            compiled: before.as_ref().map(|(folder, result)| Compiled {
                folder: folder.path().to_owned(),
                result: result.clone(),
            }),
        };
        judge(&job, &mut Recorder { connection, lease: self.lease, sharing })
    }

    /// What a function before this one has compiled, and opened to others.
    fn resume(
        &self,
        connection: &mut AnyConnection,
        usage: &mut ExecutionUsage,
        sharing: &mut Sharing<'_>,
    ) -> Result<Option<(TempDir, CompileResult)>, JudgingError> {
        if self.lease.attempt == 1 {
            return Ok(None);
        }
        let found = fan_out::find(connection, self.task.judgement).map_err(|e| storage(&e))?;
        let Some(fan_out) = found else { return Ok(None) };
        sharing.resume(connection, &fan_out)?;
        let stored = Stored { key: fan_out.artefact, hash: fan_out.artefact_hash };
        let scratch = &self.config.bench.scratch;
        match compiled::fetch(&self.config.blobs, &stored, scratch) {
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

    /// Writes how it ended; whether that is the judgement's end, too.
    fn conclude(
        &self,
        connection: &mut AnyConnection,
        judged: Result<Judged, Interrupted>,
        usage: &ExecutionUsage,
    ) -> (FunctionExit, bool) {
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
                return (FunctionExit::HeldElsewhere, false);
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
            Ok(()) => (exit, exit == FunctionExit::Done),
            Err(LeaseError::Lost(_)) => {
                tracing::warn!("lost the lease");
                (FunctionExit::HeldElsewhere, false)
            }
            Err(LeaseError::Database(error)) => {
                tracing::error!(
                    error = with_causes(&error),
                    "cannot write the end of the judgement"
                );
                (FunctionExit::Unreachable, false)
            }
        }
    }
}

/// The submission's files.
fn source_texts(
    connection: &mut AnyConnection,
    submission: SubmissionId,
) -> Result<Vec<SourceText>, JudgingError> {
    let files = submissions::files(connection, submission).map_err(|e| storage(&e))?;
    let text = |file: SourceFile| SourceText {
        name: file.name().to_owned(),
        content: file.content().to_vec(),
    };
    Ok(files.into_iter().map(text).collect())
}

fn storage(error: &DatabaseError) -> JudgingError {
    JudgingError::new(JudgingErrorKind::Storage, with_causes(error))
}

fn to_lease_length(length: Duration) -> time::Duration {
    time::Duration::try_from(length).unwrap_or(time::Duration::MAX)
}

fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The reading at the end of an execution that began at `started`, however it ends.
fn metered(meter: &Meter, started: Instant, usage: ExecutionUsage) -> ExecutionUsage {
    ExecutionUsage {
        cpu_ms: whole_ms(meter.cpu() + own_cpu()),
        wall_ms: whole_ms(started.elapsed()),
        memory_bytes: meter.memory_bytes(),
        ..usage
    }
}

/// CPU time of this process, without what it ran in boxes.
fn own_cpu() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let time = |time: nix::sys::time::TimeVal| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    time(usage.user_time()) + time(usage.system_time())
}
