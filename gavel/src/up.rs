//! `gavel up`: the whole judge on one machine.

use crate::data::{DataOptions, Holder};
use crate::judging::{JudgeOptions, found_here};
use crate::logging;
use crate::monitoring::MonitoringOptions;
use crate::serving::{self, ServeOptions};
use crate::stop::{StopSignals, runtime};
use crate::terminal::{HEADING, WARNING, say};
use anyhow::{Context, bail};
use executor::{Scaler, ScalerConfig, TaskSource};
use judge_api::OfferedLanguages;
use judge_api::monitoring::Monitoring;
use sandbox::{BoxSpec, Level};
use std::process::ExitCode;
use store::Bell;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const MORE: &str = "\
Exit codes: 0 stopped as asked, by Ctrl-C or SIGTERM; 3 could not start or failed.";

/// How to run the whole judge.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    judge: JudgeOptions,
    #[command(flatten)]
    monitoring: MonitoringOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let _exporting = logging::start("info,actix_server=warn");
    runtime()?.block_on(serve(options))
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    // Asked for first, so that no moment is left in which Ctrl-C kills without tidying.
    let mut stop = StopSignals::listen()?;
    let _lock = options.data.lock(Holder::WholeJudge)?;
    let (mut api, mut scaler, stop_scaler) = tokio::select! {
        running = start(options) => running?,
        // What is not loaded yet is loaded at the next start.
        () = stop.asked() => return Ok(ExitCode::SUCCESS),
    };
    tokio::select! {
        () = stop.asked() => {}
        error = serving::failed(&mut api) => return Err(error),
        failed = &mut scaler => {
            failed.context("the scaler failed")?;
            bail!("the scaler ended by itself");
        }
    }
    say!("Stopping; running functions may finish. Ctrl-C again stops at once.");
    let stopped = async {
        drop(stop_scaler);
        let (scaler, api) = tokio::join!(scaler, api.stop());
        scaler.context("the scaler failed")?;
        api.context("the web server failed")
    };
    tokio::select! {
        stopped = stopped => stopped?,
        () = stop.asked() => {
            say!("Stopped at once; what running functions do not end by themselves is judged at the next start.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

type RunningScaler = JoinHandle<()>;

/// Prepares the data folder and starts the web server and the scaler; the latter stops once the sender is dropped.
async fn start(
    options: &Options,
) -> anyhow::Result<(judge_api::Running, RunningScaler, oneshot::Sender<()>)> {
    let Options { data, serve, judge, monitoring } = options;
    serve.check_address()?;
    data.clear_scratch(Holder::WholeJudge)?;
    let languages = data.sandbox.languages()?;
    let found = found_here(&languages);
    let languages = OfferedLanguages::new(languages, found.clone());
    say!("{HEADING}Gavel {}{HEADING:#}", env!("CARGO_PKG_VERSION"));
    say!("  data       {}", data.data.display());
    say!("  database   {}", data.database()?);
    introduce_sandbox(data);
    say!("  languages  {} (`gavel doctor` lists them)", languages.list().len());
    let database = serve.prepare(data).await?;
    let bell = Bell::default();
    let slow_tick = ScalerConfig::DEFAULT_SLOW_TICK;
    let tasks = TaskSource::Embedded { bell: bell.clone(), slow_tick };
    let shown = Monitoring::of_api(database.clone(), None);
    let scaler = judge.scaler(data, database.clone(), tasks, &shown, found)?;
    monitoring.serve(&shown)?;
    let api = serve.start(true, data, database, bell, languages, shown)?;
    let (stop_scaler, stopping) = oneshot::channel::<()>();
    // A sender that is gone asks for the stop as well.
    let scaler = tokio::spawn(Scaler::run(scaler, async { drop(stopping.await) }));
    Ok((api, scaler, stop_scaler))
}

/// Says how strong the sandbox is.
pub(crate) fn introduce_sandbox(data: &DataOptions) {
    let level = data.sandbox.sandbox_level.map(Level::from);
    let host = sandbox::probe_with(&BoxSpec { level, ..BoxSpec::default() });
    match host.level {
        Some(level) => say!("  sandbox    {level}"),
        None => say!(
            "  sandbox    {WARNING}none: nothing can be judged here, `gavel doctor` says why{WARNING:#}"
        ),
    }
}
