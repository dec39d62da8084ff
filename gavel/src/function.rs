//! `gavel function`: one message in, one verdict out; or the messages that a broker has.

use crate::broker::{BrokerOptions, explained};
use crate::judging::{JudgeOptions, found_here};
use crate::monitoring::MonitoringOptions;
use crate::stop::{StopSignals, runtime};
use crate::units::up_to_a_week;
use crate::{data::DataOptions, logging, scale};
use anyhow::Context;
use executor::{
    CORE_VARIABLE, FunctionConfig, Lifetime, Scaler, StopRule, TaskSource, WORKER_VARIABLE,
    run_function, settle_down,
};
use judge_api::monitoring::Monitoring;
use std::{
    env,
    io::Read,
    process::{self, ExitCode},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use store::broker::Link;

const MORE: &str = "\
Judges one task that it reads from standard input. With --once it takes one message from RabbitMQ instead, and \
with --drain those that come until none has come for a while; each message has a process of its own there.

Exit codes for a task from standard input: 0 there is nothing more to do for it; 10 it should be delivered \
again; 11 another function holds it, deliver it again later; 12 it is of another version, deliver it again \
later, to another build; 13 the database was out of reach, deliver it again later; 14 this machine's disk is \
full, deliver it again later; 15 it has done as much as it has time for, deliver it again at once, to another \
function that goes on. Any other, such as 3 where it could not start, means what 10 means.

With --once and --drain: 0 the broker has been told what became of each message; 3 could not start or failed.";

/// What to judge, and where everything is.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Take one message from the broker, judge it, and exit
    #[arg(long, conflicts_with = "drain")]
    once: bool,
    /// Take messages from the broker until none has come for a while
    #[arg(long)]
    drain: bool,
    /// With --drain: exit when nothing has come for this long
    #[arg(long, value_name = "TIME", env = "GAVEL_IDLE", default_value = "10s", value_parser = up_to_a_week)]
    idle: Duration,
    /// With --drain: take nothing more after this long
    #[arg(long, value_name = "TIME", env = "GAVEL_MAX_LIFETIME", default_value = "1h", value_parser = up_to_a_week)]
    max_lifetime: Duration,
    #[command(flatten)]
    broker: BrokerOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    #[command(flatten)]
    monitoring: MonitoringOptions,
    /// The longest that judging may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = FunctionConfig::DEFAULT_HARD_TIMEOUT.as_secs())]
    hard_timeout: u64,
}

/// A task is a few hundred bytes; more than this is none, in bytes.
const TASK_BYTES: u64 = 1 << 20;

pub(crate) fn run(options: &Options, started: Instant) -> anyhow::Result<ExitCode> {
    if options.once || options.drain {
        let _exporting = logging::start("info,lapin=off");
        return runtime()?.block_on(serve(options));
    }
    let worker = env::var(WORKER_VARIABLE).ok();
    // A scaler, which names the function, keeps its log.
    let _exporting = match worker {
        Some(_) => logging::start_within_another("warn"),
        None => logging::start("warn"),
    };
    settle_down(env::var(CORE_VARIABLE).ok().and_then(|core| core.parse().ok()));
    let mut message = String::new();
    std::io::stdin()
        .take(TASK_BYTES)
        .read_to_string(&mut message)
        .context("read the task from standard input")?;
    let config = FunctionConfig {
        database: options.data.database()?,
        blobs: options.data.blobs()?,
        packages: options.data.package_cache(),
        bench: options.data.workbench()?,
        worker: worker.unwrap_or_else(|| format!("by-hand-{}", process::id())),
        lease: FunctionConfig::DEFAULT_LEASE,
        hard_timeout: Duration::from_secs(options.hard_timeout),
        stop: if options.judge.all_tests { StopRule::AfterAll } else { StopRule::AtFirstFailure },
        fan_out: options.judge.fan_out(),
    };
    Ok(run_function(&config, &message, started).into())
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let stop = StopSignals::listen()?;
    let broker = options.broker.broker()?;
    let (database, link) = (scale::open(&options.data, &broker).await?, Link::default());
    let monitoring = Monitoring::of_executor(database.clone(), Some(link.clone()));
    let tasks = TaskSource::Broker { broker: broker.clone(), priority: priority(), link };
    let found = found_here(&options.data.sandbox.languages()?);
    let mut config = options.judge.scaler(&options.data, database, tasks, &monitoring, found)?;
    config.lifetime = Lifetime::Drain { idle: options.idle, at_most: options.max_lifetime };
    if !options.once {
        options.monitoring.serve(&monitoring)?;
        return scale::until_stopped(config, stop).await;
    }
    let taken = Scaler::run_once(&config, &broker).await;
    if !taken.map_err(|error| explained(error, &broker))? {
        tracing::info!("there was no message");
    }
    Ok(ExitCode::SUCCESS)
}

/// The older a process, the more messages it gets: so few are busy, and the others leave.
fn priority() -> i32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Until 2038 and for as long after it as the sign does not matter.
    i32::try_from(now.as_secs()).map_or(0, |seconds| i32::MAX - seconds)
}
