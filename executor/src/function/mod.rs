//! The function: one message, one process, one verdict.

mod compiled;
mod execution;
mod exit;
mod fan_out_rules;
mod guardian;
mod heart;
mod helping;
mod notice;
mod pace;
mod place;
mod recorder;
mod sharing;
mod taken;
mod watchdog;

pub use exit::FunctionExit;
pub use fan_out_rules::FanOutRules;
pub(crate) use notice::Notice;
pub use place::settle_down;

use crate::{
    PackageCache,
    judging::{Compiled, JudgeJob, Meter, SourceText, StopRule, Workbench},
};
use execution::Execution;
use judge_types::{
    ExecutionUsage, HELP_TASK_VERSION, JudgeTask, JudgingError, JudgingErrorKind, SourceFile,
    SubmissionId, TASK_VERSION, TraceContext, with_causes,
};
use languages::Language;
use nix::sys::resource::{UsageWho, getrusage};
use problems::Package;
use std::time::{Duration, Instant};
use store::{
    AnyConnection, Blobs, DatabaseError, DatabaseUrl, database,
    leases::{self, Claim},
    submissions,
};

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
    let task: JudgeTask = serde_json::from_str(message).map_err(broken)?;
    if task.key().is_help() != (version == HELP_TASK_VERSION) {
        let reason = format!("it has version {version}, but helper number {}", task.helper);
        return Err(Refused { reason, exit: FunctionExit::HandedBack });
    }
    Ok(task)
}

fn unclaimed(error: &DatabaseError) -> FunctionExit {
    tracing::error!(error = with_causes(error), "cannot claim");
    FunctionExit::Unreachable
}

/// The language of the task's submission.
fn language<'a>(
    config: &'a FunctionConfig,
    task: &JudgeTask,
) -> Result<&'a Language, JudgingError> {
    config.bench.languages.get(&task.language).ok_or_else(|| {
        let message = format!("language {} is not known here", task.language);
        JudgingError::new(JudgingErrorKind::ToolchainMissing, message)
    })
}

/// What a task asks to be judged.
fn job<'a>(
    config: &'a FunctionConfig,
    task: &JudgeTask,
    package: &'a Package,
    language: &'a Language,
    sources: Vec<SourceText>,
    compiled: Option<Compiled>,
) -> JudgeJob<'a> {
    JudgeJob {
        bench: &config.bench,
        package,
        language,
        sources,
        limits: task.limits.clone(),
        stop: config.stop,
        entry_point: None,
        overtime: Duration::ZERO,
        compiled,
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
