//! `gavel scale`: takes tasks from RabbitMQ and judges them on this machine.

use crate::broker::{self, BrokerOptions};
use crate::data::{DataOptions, Holder};
use crate::judging::{JudgeOptions, found_here};
use crate::monitoring::MonitoringOptions;
use crate::stop::{StopSignals, runtime};
use crate::terminal::{HEADING, say};
use crate::{logging, up};
use anyhow::Context;
use executor::{Scaler, ScalerConfig, TaskSource};
use judge_api::monitoring::Monitoring;
use std::process::ExitCode;
use store::Database;
use store::broker::{BrokerUrl, Link};
use tokio::sync::oneshot;

const MORE: &str = "\
Takes tasks from RabbitMQ as long as there is a free slot, and starts a function, a process of its own, for \
each; none runs when nothing is queued.

Exit codes: 0 stopped as asked, by Ctrl-C or SIGTERM; 3 could not start or failed.";

/// How to judge what comes from the broker.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    broker: BrokerOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    #[command(flatten)]
    monitoring: MonitoringOptions,
}

/// For what the functions' ends are written through; each function has a connection of its own.
const DATABASE_CONNECTIONS: u32 = 4;

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let _exporting = logging::start("info,lapin=off");
    runtime()?.block_on(serve(options))
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let stop = StopSignals::listen()?;
    let broker = options.broker.broker()?;
    let _lock = options.data.lock(Holder::Functions)?;
    options.data.clear_scratch(Holder::Functions)?;
    say!("{HEADING}Gavel {}{HEADING:#}: functions", env!("CARGO_PKG_VERSION"));
    say!("  database   {}", options.data.database()?);
    say!("  broker     {broker}");
    up::introduce_sandbox(&options.data);
    let found = found_here(&options.data.sandbox.languages()?);
    say!("  languages  {} (`gavel doctor` lists them)", found.len());
    let database = open(&options.data, &broker).await?;
    let link = Link::default();
    let monitoring = Monitoring::of_executor(database.clone(), Some(link.clone()));
    let tasks = TaskSource::Broker { broker, priority: 0, link };
    let config = options.judge.scaler(&options.data, database, tasks, &monitoring, found)?;
    options.monitoring.serve(&monitoring)?;
    say!("  slots      {}", config.slots);
    until_stopped(config, stop).await
}

/// The database, once it is known that broker and packages can be reached as well.
pub(crate) async fn open(data: &DataOptions, broker: &BrokerUrl) -> anyhow::Result<Database> {
    broker::check(broker).await?;
    data.check_blobs().await?;
    Ok(Database::open(data.prepared_database()?, DATABASE_CONNECTIONS)?)
}

/// Runs a scaler until it ends by itself, or is asked to.
pub(crate) async fn until_stopped(
    config: ScalerConfig,
    mut stop: StopSignals,
) -> anyhow::Result<ExitCode> {
    let (stop_scaler, stopping) = oneshot::channel::<()>();
    let mut scaler = tokio::spawn(Scaler::run(config, async { drop(stopping.await) }));
    tokio::select! {
        ended = &mut scaler => {
            ended.context("the scaler failed")?;
            return Ok(ExitCode::SUCCESS);
        }
        () = stop.asked() => {}
    }
    say!("Stopping; running functions may finish. Ctrl-C again stops at once.");
    drop(stop_scaler);
    tokio::select! {
        ended = scaler => ended.context("the scaler failed")?,
        () = stop.asked() => say!("Stopped at once; what was not finished is judged elsewhere."),
    }
    Ok(ExitCode::SUCCESS)
}
